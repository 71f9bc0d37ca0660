/// Any octets as an IPv6 packet: header, extension headers, ICMPv6 and neighbour discovery. Beside not crashing: what was
/// read, written again and read again is the same, views stay inside the packet, the destination's walk and a stranger's
/// glance agree, and errors about the packet can be read.

#include "protocols/inet/ndp.hpp"

#include <cstdlib>

using namespace tegami;
using namespace tegami::inet;
using wire::Octets;

namespace {

void require(bool holds)
{
    if (!holds) std::abort();
}

bool within(Octets inner, Octets outer)
{
    return inner.empty() ||
           (inner.data() >= outer.data() && inner.data() + inner.size() <= outer.data() + outer.size());
}

void fuzz_nd(const Ipv6Header& ip, const Icmpv6Message& message)
{
    const auto read = decode_nd(ip, message);
    if (!read) return require(read.error().offset <= ipv6_header_size + icmpv6_header_size + message.body.size());
    const NdPacket packet{ip, *read};
    wire::OctetBuffer again(encoded_size(packet));
    require(encode(packet, again.data()) == again.data() + again.size());
    const auto ip_again = decode_ipv6(again);
    require(ip_again.has_value());
    const auto message_again = decode_icmpv6(ip_again->header, ip_again->payload);
    require(message_again.has_value());
    const auto read_again = decode_nd(ip_again->header, *message_again);
    require(read_again && *read_again == *read);

    const auto ours = link::MacAddress::from_number(0x020000000001),
               theirs = link::MacAddress::from_number(0x0200000002);
    if (const auto* const asked = std::get_if<NeighbourSolicitation>(&*read)) {
        const auto reaction = on_neighbour_solicitation(ip, *asked, asked->target, OwnAddress::assigned, ours, theirs);
        require(reaction.answer && !reaction.conflict);
        const NdPacket answer = neighbour_answer(ip, *asked, ours, false);
        wire::OctetBuffer octets(encoded_size(answer));
        encode(answer, octets.data());
        // What was asked from a multicast address, or as one, gets an answer that nobody believes; all others can be read.
        const auto parsed = decode_ipv6(octets);
        require(parsed.has_value());
        const auto inner = decode_icmpv6(parsed->header, parsed->payload);
        require(inner.has_value());
        require(decode_nd(parsed->header, *inner).has_value() || is_v6_multicast(ip.source));
    }
    if (const auto* const said = std::get_if<NeighbourAdvertisement>(&*read))
        for (const auto state : {NeighbourState::none, NeighbourState::incomplete, NeighbourState::reachable,
                                 NeighbourState::stale, NeighbourState::delay, NeighbourState::probe}) {
            const auto update = on_neighbour_advertisement({state, ours, true}, *said);
            require((update.entry.state == NeighbourState::none) == (state == NeighbourState::none));
            require(!update.mac_changed || update.entry.mac == said->target_mac);
        }
}

void fuzz_icmpv6(const Ipv6Header& ip, Octets octets)
{
    const auto message = decode_icmpv6(ip, octets);
    if (!message) return require(message.error().offset <= octets.size());
    require(within(message->body, octets));
    if (is_error(message->type)) {
        const auto quoted = decode_icmpv6_quotation(message->body);
        if (quoted) require(within(quoted->payload, message->body) && quoted->payload.size() >= 8);
    }
    wire::OctetBuffer again(octets.size());
    encode_icmpv6(message->type, message->code, message->rest, message->body, {ip.source, ip.destination},
                  again.data());
    require(decode_icmpv6(ip, again).has_value());
    if (is_nd(message->type)) fuzz_nd(ip, *message);
}

void fuzz_errors(const Ipv6Packet& packet, Octets whole, const Icmpv6Error& error)
{
    if (icmpv6_error_rule(packet, LinkDelivery::to_us, error) != IcmpErrorRule::allowed) return;
    wire::OctetBuffer octets(icmpv6_error_largest);
    const Icmpv6Way way{packet.header.destination, packet.header.source};
    octets.resize(static_cast<std::size_t>(encode_icmpv6_error(error, whole, way, octets.data()) - octets.data()));
    const auto read = decode_icmpv6({.source = way.source, .destination = way.destination}, octets);
    require(read && std::equal(read->body.begin(), read->body.end(), whole.begin()));
    static_cast<void>(decode_icmpv6_quotation(read->body));
}

void fuzz_walk(const Ipv6Packet& packet, Octets whole)
{
    using End = Ipv6Walk::End;
    const Ipv6Walk walk = walk_headers(packet);
    const auto glance = glance_at_headers(packet.header, packet.payload);
    require((walk.end == End::discarded || walk.end == End::parameter_problem) == !walk.rule.empty());
    if (walk.end == End::parameter_problem) {
        require(walk.pointer < whole.size());
        fuzz_errors(packet, whole, Icmpv6Error::of(walk));
    }
    if (walk.end == End::upper_layer || walk.end == End::fragment) {
        require(within(walk.payload, whole) && walk.offset + walk.payload.size() == whole.size());
        require(walk.named_at < whole.size() &&
                whole[walk.named_at] ==
                    static_cast<std::uint8_t>(walk.end == End::fragment ? Protocol::fragment : walk.protocol));
    }
    if (walk.end == End::upper_layer || walk.end == End::nothing)
        require(glance && glance->protocol == walk.protocol && glance->offset == walk.offset);
    if (walk.end == End::fragment) {
        require(!walk.fragment.is_atomic());
        if (walk.fragment.fragment_offset != 0) require(glance && glance->fragment == walk.fragment);
    }
    if (walk.end == End::upper_layer) {
        fuzz_errors(packet, whole, Icmpv6Error::of(walk.unknown_protocol()));
        if (walk.protocol == Protocol::icmpv6) {
            fuzz_icmpv6(packet.header, walk.payload);
            // Few get past a checksum by themselves.
            wire::OctetBuffer mended(walk.payload.begin(), walk.payload.end());
            if (mended.size() < icmpv6_header_size) return;
            wire::store_u16(&mended[2], 0);
            auto sum =
                pseudo_header_sum(packet.header.source, packet.header.destination, Protocol::icmpv6, mended.size());
            wire::store_u16(&mended[2], sum.add(mended).checksum());
            fuzz_icmpv6(packet.header, mended);
        }
    }
    const Ipv6Walk again = walk_headers(packet, Ipv6Origin::reassembled);
    require(again.end != End::fragment);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const Octets octets{data, size};
    static_cast<void>(decode_icmpv6_quotation(octets));
    const auto packet = decode_ipv6(octets);
    if (!packet) {
        require(packet.error().offset <= size);
        return 0;
    }
    require(within(packet->payload, octets));
    std::uint8_t memory[ipv6_header_size];
    encode(packet->header, packet->payload.size(), memory);
    require(std::memcmp(memory, data, sizeof memory) == 0);

    const Octets whole = octets.first(ipv6_header_size + packet->payload.size());
    fuzz_walk(*packet, whole);
    fuzz_errors(*packet, whole, Icmpv6Error::packet_too_big(1280));
    fuzz_errors(*packet, whole, Icmpv6Error::unreachable(Unreachable6Code::port));
    wire::OctetBuffer forwarded(whole.begin(), whole.end());
    if (decrement_hop_limit(forwarded.data())) {
        const auto next = decode_ipv6(forwarded);
        require(next && next->header.hop_limit + 1 == packet->header.hop_limit);
    }
    return 0;
}
