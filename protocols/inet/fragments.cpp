#include "protocols/inet/fragments.hpp"

#include <algorithm>
#include <cassert>

namespace tegami::inet {

using Kind = ReassemblyStep::Kind;

// ---- cutting -------------------------------------------------------------------------------------------------------

Ipv4Cut::Ipv4Cut(const Ipv4Packet& packet, std::size_t mtu) : packet_(packet), mtu_(mtu)
{
    assert(mtu >= ipv4_minimum_mtu);
    // RFC 791 §3.1: options whose highest bit is set go into every fragment.
    const wire::Octets options = packet.options;
    for (std::size_t i = 0; i < options.size();) {
        const std::uint8_t type = options[i];
        if (type == 0) break; // end of list
        const std::size_t size = type == 1 ? 1 : i + 1 < options.size() ? options[i + 1] : 0;
        if (size == 0 || size > options.size() - i || (type != 1 && size < 2)) break; // what follows cannot be read
        if ((type & 0x80) != 0) {
            std::copy_n(options.begin() + static_cast<std::ptrdiff_t>(i), size, copied_.begin() + copied_size_);
            copied_size_ += size;
        }
        i += size;
    }
    copied_size_ = (copied_size_ + 3) / 4 * 4; // padded with "end of list", 0
    measure();
}

void Ipv4Cut::measure()
{
    const std::size_t left = packet_.payload.size() - begin_;
    const std::size_t room = mtu_ - header_size();
    piece_ = left <= room ? left : room / 8 * 8;
}

void Ipv4Cut::advance()
{
    begin_ += piece_;
    measure();
}

std::uint8_t* Ipv4Cut::write(std::uint8_t* at) const
{
    Ipv4Header header = packet_.header;
    header.fragment_offset = static_cast<std::uint16_t>(header.fragment_offset + begin_);
    header.more_fragments = header.more_fragments || end() != packet_.payload.size();
    const wire::Octets options = begin_ == 0 ? packet_.options : wire::Octets{copied_}.first(copied_size_);
    encode(header, options.size() + piece_, at);
    if (!options.empty()) {
        std::memcpy(at + ipv4_header_size, options.data(), options.size());
        at[0] = static_cast<std::uint8_t>(0x40 | header_size() / 4);
        wire::store_u16(at + 10, 0);
        wire::store_u16(at + 10, wire::internet_checksum({at, header_size()}));
    }
    if (piece_ != 0) std::memcpy(at + header_size(), packet_.payload.data() + begin_, piece_);
    return at + size();
}

Ipv6Cut::Ipv6Cut(const Ipv6Header& header, wire::Octets payload, std::size_t mtu, std::uint32_t identification)
    : header_(header),
      payload_(payload),
      most_((mtu - ipv6_header_size - ipv6_fragment_header_size) / 8 * 8),
      identification_(identification)
{
    assert(mtu >= ipv6_minimum_mtu);
    measure();
}

void Ipv6Cut::measure() { piece_ = std::min(payload_.size() - begin_, most_); }

void Ipv6Cut::advance()
{
    begin_ += piece_;
    measure();
}

std::uint8_t* Ipv6Cut::write(std::uint8_t* at) const
{
    Ipv6Header header = header_;
    header.next_header = Protocol::fragment;
    at = encode(header, ipv6_fragment_header_size + piece_, at);
    at = encode(Ipv6FragmentHeader{.next_header = header_.next_header,
                                   .fragment_offset = static_cast<std::uint16_t>(begin_),
                                   .more_fragments = end() != payload_.size(),
                                   .identification = identification_},
                at);
    if (piece_ != 0) std::memcpy(at, payload_.data() + begin_, piece_);
    return at + piece_;
}

// ---- putting together ----------------------------------------------------------------------------------------------

ReassemblyStep Reassembly::add(wire::Time now, const Ipv4Packet& packet, wire::Octets octets, FragmentTag tag)
{
    const Ipv4Header& header = packet.header;
    assert(header.is_fragment());
    const auto dropped = [](std::string_view rule) {
        ReassemblyStep step;
        step.kind = Kind::dropped;
        step.rule = rule;
        return step;
    };
    if (header.more_fragments && packet.payload.size() % 8 != 0)
        return dropped("RFC 791 §3.2: a fragment that others follow is a multiple of 8 octets long");
    if (packet.header_size() + header.fragment_offset + packet.payload.size() > ipv4_largest_packet)
        return dropped("RFC 791 §3.2: a fragment that ends behind the largest packet");
    return add(now, Arrived{.key = {.source = wire::Address::v4(header.source),
                                    .destination = wire::Address::v4(header.destination),
                                    .protocol = header.protocol,
                                    .identification = header.identification},
                            .offset = header.fragment_offset,
                            .more = header.more_fragments,
                            .headers = octets.first(packet.header_size()),
                            .piece = packet.payload,
                            .named_at = 0,
                            .tag = tag});
}

ReassemblyStep Reassembly::add(wire::Time now, const Ipv6Packet& packet, const Ipv6Walk& walk, wire::Octets octets,
                               FragmentTag tag)
{
    assert(walk.end == Ipv6Walk::End::fragment);
    return add(now, Arrived{.key = {.source = packet.header.source,
                                    .destination = packet.header.destination,
                                    .protocol = {},
                                    .identification = walk.fragment.identification},
                            .offset = walk.fragment.fragment_offset,
                            .more = walk.fragment.more_fragments,
                            .headers = octets.first(walk.offset),
                            .piece = walk.payload,
                            .named_at = walk.named_at,
                            .tag = tag});
}

std::size_t Reassembly::place_of(const FragmentKey& key, wire::Time now)
{
    const auto found = std::ranges::find(datagrams_, key, &Datagram::key);
    if (found != datagrams_.end()) return static_cast<std::size_t>(found - datagrams_.begin());
    datagrams_.push_back({.key = key, .until = now + reassembly_timeout, .pieces = {}, .headers = {}});
    return datagrams_.size() - 1;
}

/// Where no piece that is there lies across the new one, `at` is its place among them. A contradiction is also a second
/// end, or a piece behind the end.
bool Reassembly::contradicts(const Datagram& datagram, const Arrived& arrived, std::size_t& at) const
{
    const std::size_t end = arrived.offset + arrived.piece.size();
    const auto next = std::ranges::lower_bound(datagram.pieces, arrived.offset, {},
                                               [](const Held& held) { return held.piece.begin; });
    at = static_cast<std::size_t>(next - datagram.pieces.begin());
    if (next != datagram.pieces.end() && next->piece.begin < end) return true;
    if (at != 0 && datagram.pieces[at - 1].piece.end > arrived.offset) return true;
    if (datagram.size != 0) return !arrived.more || end > datagram.size;
    return !arrived.more && !datagram.pieces.empty() && datagram.pieces.back().piece.end > end;
}

ReassemblyStep Reassembly::add(wire::Time now, const Arrived& arrived)
{
    ReassemblyStep step;
    step.abandoned = on_timer(now);
    const auto dropped = [&](std::string_view rule) {
        step.kind = Kind::dropped;
        step.rule = rule;
    };
    if (arrived.piece.empty()) {
        dropped("RFC 815 §3: a fragment without octets fills nothing");
        return step;
    }
    const std::size_t place = place_of(arrived.key, now);
    Datagram& datagram = datagrams_[place];
    constexpr std::string_view overlap = "RFC 5722 §4: fragments that overlap are dropped with all their packet";
    if (datagram.refused) {
        dropped(overlap);
        return step;
    }

    const std::size_t end = arrived.offset + arrived.piece.size();
    std::size_t at = 0;
    if (contradicts(datagram, arrived, at)) {
        // RFC 8200 §4.5: what a network duplicated is no overlap.
        const Held* const same = at < datagram.pieces.size() ? &datagram.pieces[at] : nullptr;
        if (same && same->piece.begin == arrived.offset && std::ranges::equal(same->octets, arrived.piece) &&
            arrived.more == (end != datagram.size)) {
            step.kind = Kind::duplicate;
            return step;
        }
        step.abandoned.push_back(
            {.key = datagram.key, .why = AbandonedPacket::Why::overlap, .pieces = release(datagram), .first = {}});
        datagram.refused = true;
        dropped(overlap);
        return step;
    }

    datagram.pieces.insert(
        datagram.pieces.begin() + static_cast<std::ptrdiff_t>(at),
        Held{.piece = {arrived.offset, end, arrived.tag}, .octets = {arrived.piece.begin(), arrived.piece.end()}});
    datagram.received += arrived.piece.size();
    octets_held_ += arrived.piece.size() + reassembly_piece_cost;
    if (!arrived.more) datagram.size = end;
    if (arrived.offset == 0) {
        datagram.headers.assign(arrived.headers.begin(), arrived.headers.end());
        datagram.named_at = arrived.named_at;
        octets_held_ += datagram.headers.size();
    }

    // Nothing overlaps: where as much has come as the whole is long, nothing is missing.
    if (datagram.size != 0 && datagram.received == datagram.size) {
        step.rule = put_together(datagram, step.packet);
        step.kind = step.rule.empty() ? Kind::complete : Kind::dropped;
        step.pieces = release(datagram);
        datagrams_.erase(datagrams_.begin() + static_cast<std::ptrdiff_t>(place));
        return step;
    }
    while (datagrams_.size() > reassembly_datagrams_at_most || octets_held_ > reassembly_octets_at_most) {
        if (datagrams_.front().key == arrived.key) dropped("more fragments than a host holds");
        abandon_oldest(AbandonedPacket::Why::evicted, step.abandoned);
    }
    return step;
}

/// Lets go of a datagram's pieces, and tells which they were. It is the caller's to remove, or to keep as refused.
std::vector<FragmentPiece> Reassembly::release(Datagram& datagram)
{
    std::vector<FragmentPiece> pieces;
    pieces.reserve(datagram.pieces.size());
    for (const Held& held : datagram.pieces) {
        pieces.push_back(held.piece);
        octets_held_ -= held.octets.size() + reassembly_piece_cost;
    }
    octets_held_ -= datagram.headers.size();
    datagram.pieces = {};
    datagram.headers = {};
    return pieces;
}

/// The oldest goes. Where it was refused, its end was told before.
void Reassembly::abandon_oldest(AbandonedPacket::Why why, std::vector<AbandonedPacket>& gone)
{
    Datagram& oldest = datagrams_.front();
    AbandonedPacket packet{.key = oldest.key, .why = why, .pieces = {}, .first = {}};
    if (why == AbandonedPacket::Why::timed_out && !oldest.headers.empty()) {
        packet.first = oldest.headers;
        const wire::OctetBuffer& piece = oldest.pieces.front().octets;
        packet.first.insert(packet.first.end(), piece.begin(), piece.end());
    }
    packet.pieces = release(oldest);
    if (!oldest.refused) gone.push_back(std::move(packet));
    datagrams_.erase(datagrams_.begin());
}

/// Writes the whole packet; where that cannot be, the rule that forbids it.
std::string_view Reassembly::put_together(const Datagram& datagram, wire::OctetBuffer& packet)
{
    const bool v4 = datagram.key.source.is_v4();
    // RFC 8200 §4.5: the fragment header goes, and what it named is named where it was.
    const std::size_t headers = datagram.headers.size() - (v4 ? 0 : ipv6_fragment_header_size);
    const std::size_t size = headers + datagram.size;
    if (v4 ? size > ipv4_largest_packet : size - ipv6_header_size > ipv6_largest_payload)
        return v4 ? "RFC 791 §3.2: a fragment that ends behind the largest packet"
                  : "RFC 8200 §4.5: a fragment that ends behind the largest packet";
    packet.reserve(size);
    packet.assign(datagram.headers.begin(), datagram.headers.begin() + static_cast<std::ptrdiff_t>(headers));
    for (const Held& held : datagram.pieces) packet.insert(packet.end(), held.octets.begin(), held.octets.end());
    if (v4) {
        wire::store_u16(&packet[2], static_cast<std::uint16_t>(size));
        wire::store_u16(&packet[6], wire::load_u16(&packet[6]) & 0xC000); // no more fragments, no offset
        wire::store_u16(&packet[10], 0);
        wire::store_u16(&packet[10], wire::internet_checksum(wire::Octets{packet}.first(headers)));
    } else {
        wire::store_u16(&packet[4], static_cast<std::uint16_t>(size - ipv6_header_size));
        packet[datagram.named_at] = datagram.headers[headers]; // the fragment header's own next header
    }
    return {};
}

std::vector<AbandonedPacket> Reassembly::on_timer(wire::Time now)
{
    std::vector<AbandonedPacket> gone;
    while (deadline() <= now) abandon_oldest(AbandonedPacket::Why::timed_out, gone);
    return gone;
}

void Reassembly::clear()
{
    datagrams_.clear();
    octets_held_ = 0;
}

} // namespace tegami::inet
