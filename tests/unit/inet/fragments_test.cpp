#include "protocols/inet/fragments.hpp"

#include "protocols/inet/icmpv6.hpp"
#include "protocols/inet/udp.hpp"
#include "protocols/link/ethernet.hpp"
#include "tests/unit/inet/hex.hpp"
#include "tests/unit/inet/tshark.hpp"
#include "tests/unit/skip.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>

using namespace tegami;
using namespace tegami::inet;
using tegami::test::hex;
using wire::OctetBuffer;
using wire::Octets;

namespace {

using Kind = ReassemblyStep::Kind;
using Why = AbandonedPacket::Why;

constexpr wire::Time fragments_start{1'000'000'000};
const wire::Address fragments_a = *wire::parse_address("2001:db8::a");
const wire::Address fragments_b = *wire::parse_address("2001:db8::b");

OctetBuffer pattern(std::size_t size)
{
    OctetBuffer octets(size);
    for (std::size_t i = 0; i < size; ++i) octets[i] = static_cast<std::uint8_t>(i * 7 + i / 256);
    return octets;
}

/// A datagram of UDP with its header and checksum: `size` octets of payload.
OctetBuffer udp_of(const wire::Address& source, const wire::Address& destination, std::size_t size)
{
    const OctetBuffer payload = pattern(size);
    OctetBuffer octets(udp_header_size);
    encode_udp_header({source, wire::Port{4000}}, {destination, wire::Port{5000}}, payload, octets.data());
    octets.insert(octets.end(), payload.begin(), payload.end());
    return octets;
}

OctetBuffer ipv4_of(const Ipv4Header& header, Octets payload, Octets options = {})
{
    OctetBuffer octets(ipv4_header_size);
    encode(header, options.size() + payload.size(), octets.data());
    octets.insert(octets.end(), options.begin(), options.end());
    octets[0] = static_cast<std::uint8_t>(0x40 | octets.size() / 4);
    wire::store_u16(&octets[10], 0);
    wire::store_u16(&octets[10], wire::internet_checksum(octets));
    octets.insert(octets.end(), payload.begin(), payload.end());
    return octets;
}

Ipv4Header fragments_v4(std::uint16_t identification, std::size_t offset = 0, bool more = false)
{
    return {.source = 0xC0000201,
            .destination = 0xC6336402,
            .protocol = Protocol::udp,
            .identification = identification,
            .fragment_offset = static_cast<std::uint16_t>(offset),
            .dont_fragment = false,
            .more_fragments = more};
}

std::vector<OctetBuffer> cut_v4(const OctetBuffer& packet, std::size_t mtu)
{
    std::vector<OctetBuffer> all;
    for (Ipv4Cut cut{*decode_ipv4(packet), mtu}; !cut.done(); cut.advance()) {
        OctetBuffer octets(cut.size(), 0xEE);
        REQUIRE(cut.write(octets.data()) == octets.data() + octets.size());
        CHECK(octets.size() <= mtu);
        all.push_back(std::move(octets));
    }
    return all;
}

std::vector<OctetBuffer> cut_v6(const Ipv6Header& header, const OctetBuffer& payload, std::size_t mtu)
{
    std::vector<OctetBuffer> all;
    for (Ipv6Cut cut{header, payload, mtu, 0x12345678}; !cut.done(); cut.advance()) {
        OctetBuffer octets(cut.size(), 0xEE);
        REQUIRE(cut.write(octets.data()) == octets.data() + octets.size());
        CHECK(octets.size() <= mtu);
        all.push_back(std::move(octets));
    }
    return all;
}

/// As it comes out of a link: of either family.
ReassemblyStep give(Reassembly& reassembly, const OctetBuffer& octets, wire::Time now = fragments_start,
                    std::uint64_t cause = 0)
{
    const FragmentTag tag{.serves = {}, .cause = cause};
    if (octets[0] >> 4 == 4) {
        const auto packet = decode_ipv4(octets);
        REQUIRE(packet);
        return reassembly.add(now, *packet, octets, tag);
    }
    const auto packet = decode_ipv6(octets);
    REQUIRE(packet);
    const Ipv6Walk walk = walk_headers(*packet);
    REQUIRE(walk.end == Ipv6Walk::End::fragment);
    return reassembly.add(now, *packet, walk, octets, tag);
}

/// A fragment of one's own making.
OctetBuffer v4_piece(std::uint16_t identification, std::size_t offset, std::size_t size, bool more,
                     std::uint8_t fill = 0x61)
{
    return ipv4_of(fragments_v4(identification, offset, more), OctetBuffer(size, fill));
}
OctetBuffer v6_piece(std::uint32_t identification, std::size_t offset, std::size_t size, bool more,
                     std::uint8_t fill = 0x61)
{
    OctetBuffer octets(ipv6_header_size + 8 + size, fill);
    std::uint8_t* at =
        encode(Ipv6Header{.source = fragments_a, .destination = fragments_b, .next_header = Protocol::fragment},
               8 + size, octets.data());
    encode(Ipv6FragmentHeader{Protocol::udp, static_cast<std::uint16_t>(offset), more, identification}, at);
    return octets;
}

} // namespace

TEST_CASE("what a link does with an IPv4 packet, on both sides of its MTU")
{
    CHECK(fit_ipv4(true, 1500, 1500) == Ipv4Fit::whole);
    CHECK(fit_ipv4(false, 1500, 1500) == Ipv4Fit::whole);
    CHECK(fit_ipv4(true, 1501, 1500) == Ipv4Fit::refused);
    CHECK(fit_ipv4(false, 1501, 1500) == Ipv4Fit::cut);
}

TEST_CASE("RFC 791 §3.2: an IPv4 packet cut for a link, and cut again, and put together in any order")
{
    const OctetBuffer udp = udp_of(wire::Address::v4(0xC0000201), wire::Address::v4(0xC6336402), 3000);
    const OctetBuffer whole = ipv4_of(fragments_v4(77), udp);
    const std::vector<OctetBuffer> pieces = cut_v4(whole, 1500);
    REQUIRE(pieces.size() == 3);
    CHECK(decode_ipv4(pieces[0])->header == fragments_v4(77, 0, true));
    CHECK(decode_ipv4(pieces[1])->header == fragments_v4(77, 1480, true));
    CHECK(decode_ipv4(pieces[2])->header == fragments_v4(77, 2960, false));
    CHECK(cut_v4(whole, whole.size()).size() == 1);
    CHECK(cut_v4(whole, whole.size())[0] == whole);

    std::vector<OctetBuffer> small;
    for (const OctetBuffer& piece : pieces)
        for (OctetBuffer& smaller : cut_v4(piece, 68)) small.push_back(std::move(smaller));
    CHECK(decode_ipv4(small.back())->header.more_fragments == false);
    CHECK(std::ranges::count_if(small, [](const auto& s) { return !decode_ipv4(s)->header.more_fragments; }) == 1);

    std::mt19937 draws{1};
    for (int round = 0; round < 20; ++round) {
        std::ranges::shuffle(small, draws);
        Reassembly reassembly;
        for (std::size_t i = 0; i + 1 < small.size(); ++i) {
            const auto step = give(reassembly, small[i], fragments_start, i);
            CHECK(step.kind == Kind::kept);
        }
        CHECK(reassembly.deadline() == fragments_start + wire::seconds(60));
        const auto step = give(reassembly, small.back());
        REQUIRE(step.kind == Kind::complete);
        CHECK(step.packet == whole);
        REQUIRE(step.pieces.size() == small.size());
        for (std::size_t i = 0; i + 1 < step.pieces.size(); ++i) CHECK(step.pieces[i].end == step.pieces[i + 1].begin);
        CHECK(step.pieces.back().end == udp.size());
        CHECK(reassembly.datagrams() == 0);
        CHECK(reassembly.octets_held() == 0);
        CHECK(reassembly.deadline() == wire::Time::never());
    }
}

TEST_CASE("RFC 791 §3.1: options go into later fragments where they say so")
{
    // Loose source route (copied), no operation, record route (not copied), end of list.
    const OctetBuffer options = hex("83 07 04 c0 00 02 09 01 07 07 04 00 00 00 00 00");
    const OctetBuffer whole = ipv4_of(fragments_v4(5), pattern(200), options);
    const std::vector<OctetBuffer> pieces = cut_v4(whole, 100);
    REQUIRE(pieces.size() == 3); // 64 octets behind a header of 36, then 72 and 64 behind 28
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        const auto packet = decode_ipv4(pieces[i]);
        REQUIRE(packet);
        CHECK(OctetBuffer(packet->options.begin(), packet->options.end()) ==
              (i == 0 ? options : hex("83 07 04 c0 00 02 09 00")));
    }
    Reassembly reassembly;
    for (std::size_t i = pieces.size() - 1; i > 0; --i) CHECK(give(reassembly, pieces[i]).kind == Kind::kept);
    CHECK(give(reassembly, pieces[0]).packet == whole);

    // Options that make no sense are not copied, and nothing is read behind them.
    for (const char* broken : {"83 00 00 00", "83 01 00 00", "83 05 00 00", "01 01 01 83"}) {
        const auto cut = cut_v4(ipv4_of(fragments_v4(5), pattern(200), hex(broken)), 100);
        CHECK(decode_ipv4(cut[1])->options.empty());
    }
}

TEST_CASE("RFC 8200 §4.5: an IPv6 packet cut by its sender and put together")
{
    const Ipv6Header header{
        .source = fragments_a, .destination = fragments_b, .next_header = Protocol::udp, .flow_label = 0x12345};
    const OctetBuffer udp = udp_of(fragments_a, fragments_b, 3000);
    std::vector<OctetBuffer> pieces = cut_v6(header, udp, 1280);
    REQUIRE(pieces.size() == 3);
    CHECK(pieces[0].size() == 1280);
    OctetBuffer whole(ipv6_header_size);
    encode(header, udp.size(), whole.data());
    whole.insert(whole.end(), udp.begin(), udp.end());
    std::ranges::sort(pieces);
    do {
        Reassembly reassembly;
        CHECK(give(reassembly, pieces[0]).kind == Kind::kept);
        CHECK(give(reassembly, pieces[1]).kind == Kind::kept);
        const auto step = give(reassembly, pieces[2]);
        REQUIRE(step.kind == Kind::complete);
        CHECK(step.packet == whole);
    } while (std::ranges::next_permutation(pieces).found);

    // Headers before the fragment header stay where they were, those of the first fragment alone.
    const auto with_options = [](const char* options, const OctetBuffer& piece) {
        OctetBuffer octets(piece.begin(), piece.begin() + 40);
        const OctetBuffer extra = hex(options);
        octets[6] = 60;
        octets.insert(octets.end(), extra.begin(), extra.end());
        octets.insert(octets.end(), piece.begin() + 40, piece.end());
        wire::store_u16(&octets[4], static_cast<std::uint16_t>(octets.size() - 40));
        return octets;
    };
    Reassembly reassembly;
    give(reassembly, with_options("2c 01 01 0c 00 00 00 00 00 00 00 00 00 00 00 00", v6_piece(3, 8, 3, false)));
    const auto step = give(reassembly, with_options("2c 00 01 04 00 00 00 00", v6_piece(3, 0, 8, true)));
    REQUIRE(step.kind == Kind::complete);
    const auto packet = decode_ipv6(step.packet);
    REQUIRE(packet);
    CHECK(packet->payload.size() == 8 + 11);
    const Ipv6Walk walk = walk_headers(*packet, Ipv6Origin::reassembled);
    CHECK(walk.end == Ipv6Walk::End::upper_layer);
    CHECK(walk.protocol == Protocol::udp);
    CHECK(walk.payload.size() == 11);
}

TEST_CASE("the largest packets of both families are put together, and no larger ones")
{
    const OctetBuffer payload = pattern(65'515);
    const OctetBuffer whole = ipv4_of(fragments_v4(1), payload);
    Reassembly reassembly;
    ReassemblyStep last;
    for (const OctetBuffer& piece : cut_v4(whole, 1500)) last = give(reassembly, piece);
    CHECK(last.packet == whole);

    const OctetBuffer payload6 = pattern(65'535);
    for (const OctetBuffer& piece :
         cut_v6({.source = fragments_a, .destination = fragments_b, .next_header = Protocol::udp}, payload6, 1500))
        last = give(reassembly, piece);
    CHECK(last.packet.size() == 65'575);

    CHECK(give(reassembly, v4_piece(2, 65'512, 3, false)).kind == Kind::kept);
    const auto beyond = give(reassembly, v4_piece(3, 65'512, 4, false));
    CHECK(beyond.kind == Kind::dropped);
    CHECK(beyond.rule == "RFC 791 §3.2: a fragment that ends behind the largest packet");
    // The first fragment's header has options: together it would be too large.
    for (std::size_t at = 0; at < 65'504; at += 1'480)
        last = give(reassembly, v4_piece(2, at + 8, std::min<std::size_t>(1'480, 65'512 - at - 8), true));
    last = give(reassembly, ipv4_of(fragments_v4(2, 0, true), OctetBuffer(8, 0x61), hex("01 01 01 01")));
    CHECK(last.kind == Kind::dropped);
    CHECK(last.rule == "RFC 791 §3.2: a fragment that ends behind the largest packet");
    CHECK(reassembly.datagrams() == 0);
    CHECK(reassembly.octets_held() == 0);
}

TEST_CASE("fragments that make no sense, of both families, are dropped by their rule")
{
    Reassembly reassembly;
    const auto odd = give(reassembly, v4_piece(1, 0, 13, true));
    CHECK(odd.kind == Kind::dropped);
    CHECK(odd.rule == "RFC 791 §3.2: a fragment that others follow is a multiple of 8 octets long");
    for (const OctetBuffer& piece :
         {v4_piece(1, 0, 0, true), v4_piece(1, 8, 0, false), v6_piece(1, 8, 0, true), v6_piece(1, 8, 0, false)}) {
        const auto empty = give(reassembly, piece);
        CHECK(empty.kind == Kind::dropped);
        CHECK(empty.rule == "RFC 815 §3: a fragment without octets fills nothing");
    }
    CHECK(reassembly.datagrams() == 0);
}

TEST_CASE("RFC 5722, RFC 8200 §4.5: an overlap drops the packet, what is still to come included")
{
    struct Piece {
        std::size_t offset;
        std::size_t size;
        bool more;
        std::uint8_t fill = 0x61;
    };
    const std::vector<std::pair<std::string_view, std::vector<Piece>>> table = {
        {"across the end of the one before", {{0, 32, true}, {24, 32, true}}},
        {"across the beginning of the one behind", {{16, 16, true}, {0, 24, true}}},
        {"inside", {{0, 32, true}, {8, 8, true}}},
        {"around", {{8, 8, true}, {0, 24, true}}},
        {"the same place, other octets", {{0, 8, true}, {0, 8, true, 0x62}}},
        {"the same place, longer", {{0, 8, true}, {0, 16, true}}},
        {"the same place, but the last", {{8, 8, true}, {8, 8, false}}},
        {"the same place, but not the last", {{8, 8, false}, {8, 8, true}}},
        {"a second end", {{16, 3, false}, {24, 3, false}}},
        {"an end before what is there", {{16, 8, true}, {8, 3, false}}},
        {"behind the end", {{8, 3, false}, {16, 8, true}}},
    };
    for (const bool v4 : {true, false})
        for (const auto& [what, pieces] : table) {
            CAPTURE(what, v4);
            Reassembly reassembly;
            ReassemblyStep step;
            for (const Piece& p : pieces) {
                CHECK(step.kind == Kind::kept);
                step = give(reassembly, v4 ? v4_piece(9, p.offset, p.size, p.more, p.fill)
                                           : v6_piece(9, p.offset, p.size, p.more, p.fill));
            }
            CHECK(step.kind == Kind::dropped);
            CHECK(step.rule == "RFC 5722 §4: fragments that overlap are dropped with all their packet");
            REQUIRE(step.abandoned.size() == 1);
            CHECK(step.abandoned[0].why == Why::overlap);
            CHECK(step.abandoned[0].first.empty());
            CHECK(step.abandoned[0].pieces.size() == 1);
            CHECK(reassembly.octets_held() == 0);
            // A whole set of right ones comes too late, and nobody is told in the end.
            for (const bool more : {true, false}) {
                step = give(reassembly, v4 ? v4_piece(9, more ? 0 : 8, 8, more) : v6_piece(9, more ? 0 : 8, 8, more));
                CHECK(step.kind == Kind::dropped);
                CHECK(step.abandoned.empty());
            }
            CHECK(reassembly.on_timer(reassembly.deadline()).empty());
            CHECK(reassembly.datagrams() == 0);
            CHECK(give(reassembly, v4 ? v4_piece(9, 0, 8, true) : v6_piece(9, 0, 8, true)).kind == Kind::kept);
        }
}

TEST_CASE("a fragment that a link sent twice is no overlap")
{
    Reassembly reassembly;
    CHECK(give(reassembly, v4_piece(1, 8, 16, true)).kind == Kind::kept);
    CHECK(give(reassembly, v4_piece(1, 8, 16, true)).kind == Kind::duplicate);
    CHECK(give(reassembly, v4_piece(1, 24, 3, false)).kind == Kind::kept);
    CHECK(give(reassembly, v4_piece(1, 24, 3, false)).kind == Kind::duplicate);
    CHECK(give(reassembly, v4_piece(1, 8, 16, true)).kind == Kind::duplicate);
    const auto step = give(reassembly, v4_piece(1, 0, 8, true));
    CHECK(step.kind == Kind::complete);
    CHECK(step.pieces.size() == 3);
}

TEST_CASE("fragments belong together by addresses, identification and, in IPv4, protocol")
{
    Reassembly reassembly;
    give(reassembly, v4_piece(1, 0, 8, true));
    OctetBuffer other = v4_piece(1, 8, 8, false);
    other[9] = 6; // TCP
    wire::store_u16(&other[10], 0);
    wire::store_u16(&other[10], wire::internet_checksum(Octets{other}.first(20)));
    CHECK(give(reassembly, other).kind == Kind::kept);
    CHECK(give(reassembly, v4_piece(2, 8, 8, false)).kind == Kind::kept);
    CHECK(give(reassembly, v6_piece(1, 8, 8, false)).kind == Kind::kept);
    CHECK(give(reassembly, v6_piece(1, 0, 8, true)).kind == Kind::complete);
    OctetBuffer first = v6_piece(2, 0, 8, true), last = v6_piece(2, 8, 8, false);
    last[40] = 6; // the first one's next header counts
    CHECK(give(reassembly, first).kind == Kind::kept);
    CHECK(decode_ipv6(give(reassembly, last).packet)->header.next_header == Protocol::udp);
    CHECK(reassembly.datagrams() == 3);
    CHECK(give(reassembly, v4_piece(1, 8, 8, false)).kind == Kind::complete);
}

TEST_CASE("after a minute a packet is given up, and its sender told where the first fragment had come")
{
    Reassembly reassembly;
    const OctetBuffer first = v6_piece(1, 0, 1232, true);
    give(reassembly, first, fragments_start, 7);
    give(reassembly, v6_piece(2, 8, 8, true), fragments_start + wire::seconds(1), 8);
    give(reassembly, v6_piece(1, 1232, 8, true), fragments_start + wire::seconds(59),
         9); // the time runs from the first
    CHECK(reassembly.deadline() == fragments_start + wire::seconds(60));
    CHECK(reassembly.on_timer(fragments_start + wire::seconds(60) - wire::nanoseconds(1)).empty());

    const auto gone = reassembly.on_timer(fragments_start + wire::seconds(60));
    REQUIRE(gone.size() == 1);
    CHECK(gone[0].why == Why::timed_out);
    CHECK(gone[0].first == first);
    CHECK(gone[0].pieces ==
          std::vector<FragmentPiece>{{0, 1232, {.serves = {}, .cause = 7}}, {1232, 1240, {.serves = {}, .cause = 9}}});
    CHECK(icmpv6_error_rule(*decode_ipv6(gone[0].first), LinkDelivery::to_us,
                            Icmpv6Error::time_exceeded(TimeExceededCode::in_reassembly)) == IcmpErrorRule::allowed);

    // A late fragment finds the other one out of time by itself.
    const auto step = give(reassembly, v6_piece(2, 0, 8, true), fragments_start + wire::seconds(61));
    CHECK(step.kind == Kind::kept);
    REQUIRE(step.abandoned.size() == 1);
    CHECK(step.abandoned[0].first.empty());
    CHECK(reassembly.deadline() == fragments_start + wire::seconds(121));
}

TEST_CASE("ROBUST: 64 packets under way, and the 65th drives out the oldest")
{
    Reassembly reassembly;
    for (std::uint16_t i = 0; i < 64; ++i) {
        const auto step = give(reassembly, v4_piece(i, 0, 8, true));
        CHECK(step.kind == Kind::kept);
        CHECK(step.abandoned.empty());
    }
    CHECK(reassembly.datagrams() == 64);
    const auto step = give(reassembly, v6_piece(64, 0, 8, true));
    REQUIRE(step.abandoned.size() == 1);
    CHECK(step.abandoned[0].why == Why::evicted);
    CHECK(step.abandoned[0].key.identification == 0);
    CHECK(step.abandoned[0].first.empty());
    CHECK(reassembly.datagrams() == 64);
    CHECK(give(reassembly, v4_piece(1, 8, 8, false)).kind == Kind::complete);
}

TEST_CASE("ROBUST: 256 KiB under way, and no more, however small the pieces")
{
    Reassembly reassembly;
    // With what a piece costs: (1384 + 64) · 181 = 262088, and the first fragments' headers of 20.
    std::size_t abandoned = 0;
    for (std::uint16_t i = 0; i < 600; ++i) {
        abandoned += give(reassembly, v4_piece(i, 1384 + 1384u * (i % 40), 1384, true)).abandoned.size();
        CHECK(reassembly.octets_held() <= reassembly_octets_at_most);
        CHECK(reassembly.datagrams() <= reassembly_datagrams_at_most);
    }
    CHECK(abandoned == 600 - 64);
    reassembly.clear();
    CHECK(reassembly.octets_held() == 0);

    std::size_t held = 0;
    bool gave_up = false;
    for (std::size_t at = 8; at < 65'000 && !gave_up; at += 8) { // no first fragment: it never ends
        const auto step = give(reassembly, v6_piece(1, at, 8, true));
        CHECK(step.abandoned.empty() == (step.kind == Kind::kept));
        gave_up = step.kind == Kind::dropped;
        held = std::max(held, reassembly.octets_held());
    }
    CHECK(gave_up);
    CHECK(held == reassembly_octets_at_most / 72 * 72);
    CHECK(reassembly.octets_held() == 0);
    CHECK(reassembly.datagrams() == 0);

    // Two large ones: the older goes, the younger lives.
    for (std::uint16_t id : {std::uint16_t{1}, std::uint16_t{2}, std::uint16_t{3}, std::uint16_t{4}})
        for (std::size_t at = 0; at < 60'000; at += 1'480) give(reassembly, v4_piece(id, at, 1'480, true));
    CHECK(reassembly.datagrams() == 4);
    std::vector<AbandonedPacket> gone;
    for (std::size_t at = 0; at < 60'000 && gone.empty(); at += 1'480)
        gone = give(reassembly, v4_piece(5, at, 1'480, true)).abandoned;
    REQUIRE(gone.size() == 1);
    CHECK(gone[0].key.identification == 1);
    CHECK(gone[0].why == Why::evicted);
}

TEST_CASE("tshark puts together what we cut, and finds nothing wrong")
{
    if (!test::tshark_is_there()) return test::skip("tshark");
    std::vector<OctetBuffer> frames;
    const auto framed = [&](const OctetBuffer& packet, link::EtherType type) {
        OctetBuffer frame(link::ethernet_header_size);
        link::encode(
            {link::MacAddress::from_number(0x020000000002), link::MacAddress::from_number(0x020000000001), type},
            frame.data());
        frame.insert(frame.end(), packet.begin(), packet.end());
        frames.push_back(frame);
    };
    const OctetBuffer udp = udp_of(wire::Address::v4(0xC0000201), wire::Address::v4(0xC6336402), 3000);
    const OctetBuffer options = hex("94 04 00 00"); // router alert: copied
    for (const OctetBuffer& piece : cut_v4(ipv4_of(fragments_v4(77), udp, options), 1500))
        framed(piece, link::EtherType::ipv4);
    const OctetBuffer udp6 = udp_of(fragments_a, fragments_b, 3000);
    const Ipv6Header header{.source = fragments_a, .destination = fragments_b, .next_header = Protocol::udp};
    for (const OctetBuffer& piece : cut_v6(header, udp6, 1280)) framed(piece, link::EtherType::ipv6);

    // Other things that we write, beside them.
    OctetBuffer octets(2000);
    const auto v6 = [&](std::uint8_t* end) {
        encode(Ipv6Header{.source = fragments_b, .destination = fragments_a, .next_header = Protocol::icmpv6},
               static_cast<std::size_t>(end - octets.data()) - ipv6_header_size, octets.data());
        framed({octets.data(), end}, link::EtherType::ipv6);
    };
    std::uint8_t* const at = octets.data() + ipv6_header_size;
    const Icmpv6Way way{fragments_b, fragments_a};
    v6(encode_icmpv6_echo(Icmpv6Type::echo_request, 1, 2, wire::as_octets("hello"), way, at));
    const OctetBuffer offender = cut_v6(header, udp6, 1280)[0];
    for (const auto& error : {Icmpv6Error::packet_too_big(1280), Icmpv6Error::unreachable(Unreachable6Code::prohibited),
                              Icmpv6Error::time_exceeded(TimeExceededCode::in_reassembly),
                              Icmpv6Error::parameter_problem(ParameterProblemCode::unrecognized_next_header, 6)})
        v6(encode_icmpv6_error(error, offender, way, at));

    CHECK(test::tshark_complains(frames) == "");
    CHECK(test::tshark_says(frames, "-T fields -e ip.frag_offset -e ipv6.fraghdr.offset -e udp.length "
                                    "-e icmpv6.type -e icmpv6.mtu -E occurrence=f") == "0\t\t\t\t\n"
                                                                                       "184\t\t\t\t\n"
                                                                                       "368\t\t3008\t\t\n"
                                                                                       "\t0\t\t\t\n"
                                                                                       "\t154\t\t\t\n"
                                                                                       "\t308\t3008\t\t\n"
                                                                                       "\t\t\t128\t\n"
                                                                                       "\t0\t\t2\t1280\n"
                                                                                       "\t0\t\t1\t\n"
                                                                                       "\t0\t\t3\t\n"
                                                                                       "\t0\t\t4\t\n");
}
