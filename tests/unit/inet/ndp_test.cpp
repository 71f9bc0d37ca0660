#include "protocols/inet/ndp.hpp"

#include "protocols/link/ethernet.hpp"
#include "tests/unit/inet/hex.hpp"
#include "tests/unit/inet/tshark.hpp"
#include "tests/unit/skip.hpp"

#include <catch2/catch.hpp>

using namespace tegami;
using namespace tegami::inet;
using tegami::test::hex;
using wire::Malformed;
using wire::OctetBuffer;
using wire::Octets;

namespace {

wire::Address nd_address(std::string_view text) { return *wire::parse_address(text); }
const MacAddress nd_mac = *link::parse_mac_address("02:00:00:00:00:0a");
const MacAddress nd_other_mac = *link::parse_mac_address("02:00:00:00:00:0b");
const wire::Address nd_us = nd_address("2001:db8::a");
const wire::Address nd_peer = nd_address("2001:db8::b");

OctetBuffer nd_octets(const NdPacket& packet)
{
    OctetBuffer octets(encoded_size(packet), 0xEE);
    REQUIRE(encode(packet, octets.data()) == octets.data() + octets.size());
    return octets;
}

/// As a host reads it: header, checksum, message.
wire::Decoded<NdMessage> read_nd(Octets octets)
{
    const auto packet = decode_ipv6(octets);
    if (!packet) return std::unexpected(packet.error());
    const auto message = decode_icmpv6(packet->header, packet->payload);
    if (!message) return std::unexpected(message.error());
    return decode_nd(packet->header, *message);
}

/// The same packet with a body of one's own (hexadecimal), the checksum made right.
OctetBuffer nd_with(Icmpv6Type type, std::string_view body, std::uint32_t rest = 0, std::string_view source = "fe80::1",
                    std::string_view destination = "ff02::1", std::uint8_t hops = 255, std::uint8_t code = 0)
{
    const OctetBuffer octets = hex(body);
    const Ipv6Header ip{.source = nd_address(source),
                        .destination = nd_address(destination),
                        .next_header = Protocol::icmpv6,
                        .hop_limit = hops};
    OctetBuffer packet(ipv6_header_size + icmpv6_header_size + octets.size());
    std::uint8_t* const at = encode(ip, icmpv6_header_size + octets.size(), packet.data());
    encode_icmpv6(type, code, rest, octets, {ip.source, ip.destination}, at);
    return packet;
}

std::vector<NdPacket> nd_samples()
{
    const NdPacket asked = neighbour_solicitation(nd_mac, nd_us, nd_peer);
    const NdPacket probe = duplicate_probe(nd_peer);
    const RouterAdvertisement advertisement{
        .hop_limit = 64,
        .managed = true,
        .other = false,
        .lifetime = 1800,
        .reachable_time = 30'000,
        .retransmit_time = 1000,
        .source_mac = nd_mac,
        .mtu = 1400,
        .prefixes = {{.prefix = nd_address("2001:db8::"),
                      .length = 64,
                      .on_link = true,
                      .autonomous = true,
                      .valid = 86'400,
                      .preferred = 14'400},
                     {.prefix = nd_address("2001:db8:1::"), .length = 48, .valid = 0xFFFF'FFFF, .preferred = 7}}};
    return {
        asked,
        neighbour_answer(asked.ip, std::get<NeighbourSolicitation>(asked.message), nd_other_mac, true),
        probe,
        neighbour_answer(probe.ip, std::get<NeighbourSolicitation>(probe.message), nd_other_mac, false),
        neighbour_probe(nd_mac, nd_us, nd_peer),
        neighbour_announcement(nd_us, nd_mac, false),
        router_solicitation(nd_mac, nd_us),
        router_solicitation(nd_mac, {}),
        {.ip = {.source = nd_address("fe80::a"),
                .destination = all_nodes,
                .next_header = Protocol::icmpv6,
                .hop_limit = nd_hop_limit},
         .message = advertisement},
    };
}

} // namespace

TEST_CASE("addresses made of MAC addresses, and MAC addresses of groups")
{
    // RFC 4291 Appendix A's interface, with RFC 2464 §4's; a Linux host's as seen in a third party's capture.
    CHECK(link_local_address(*link::parse_mac_address("34:56:78:9a:bc:de")) == nd_address("fe80::3656:78ff:fe9a:bcde"));
    CHECK(link_local_address(*link::parse_mac_address("92:ba:3d:6f:1d:c5")) == nd_address("fe80::90ba:3dff:fe6f:1dc5"));
    CHECK(is_v6_link_local(link_local_address(nd_mac)));
    CHECK(link::format(multicast_mac(all_nodes)) == "33:33:00:00:00:01");
    CHECK(link::format(multicast_mac(solicited_node(nd_address("2001:db8::1:800:200e:8c6c")))) == "33:33:ff:0e:8c:6c");
    CHECK(multicast_mac(all_nodes).is_group());
}

TEST_CASE("messages of neighbour discovery come back as they went")
{
    for (const NdPacket& packet : nd_samples()) {
        const OctetBuffer octets = nd_octets(packet);
        const auto read = read_nd(octets);
        REQUIRE(read);
        CHECK(*read == packet.message);
        CHECK(decode_ipv6(octets)->header == packet.ip);
        // No part of it is a message: the ICMPv6 message is cut, with a length and checksum of its own. Where an option
        // ends, what is left may well be one.
        const Octets body = Octets{octets}.subspan(48);
        const std::uint8_t type = octets[40];
        for (std::size_t size = 0; size < body.size(); ++size) {
            const Icmpv6Message message{Icmpv6Type{type}, 0, wire::load_u32(&octets[44]), body.first(size)};
            const std::size_t fixed = type == 133 ? 0 : type == 134 ? 8 : 16;
            const bool whole = size >= fixed && (size - fixed) % 8 == 0 && (type != 134 || size <= 24 || size == 56);
            CAPTURE(int{type}, size);
            CHECK(decode_nd(packet.ip, message).has_value() == whole);
        }
    }
}

TEST_CASE("the questions and answers of neighbour discovery say what RFC 4861 wants them to")
{
    const NdPacket asked = neighbour_solicitation(nd_mac, nd_us, nd_peer);
    CHECK(asked.ip.destination == nd_address("ff02::1:ff00:b"));
    CHECK(asked.ip.hop_limit == 255);
    CHECK(std::get<NeighbourSolicitation>(asked.message) == NeighbourSolicitation{nd_peer, nd_mac});
    const NdPacket answer =
        neighbour_answer(asked.ip, std::get<NeighbourSolicitation>(asked.message), nd_other_mac, true);
    CHECK(answer.ip.source == nd_peer);
    CHECK(answer.ip.destination == nd_us);
    CHECK(std::get<NeighbourAdvertisement>(answer.message) ==
          NeighbourAdvertisement{nd_peer, true, true, true, nd_other_mac});

    const NdPacket probe = duplicate_probe(nd_peer);
    CHECK(is_v6_unspecified(probe.ip.source));
    CHECK(probe.ip.destination == nd_address("ff02::1:ff00:b"));
    CHECK_FALSE(std::get<NeighbourSolicitation>(probe.message).source_mac);
    const NdPacket taken =
        neighbour_answer(probe.ip, std::get<NeighbourSolicitation>(probe.message), nd_other_mac, false);
    CHECK(taken.ip.destination == all_nodes);
    CHECK_FALSE(std::get<NeighbourAdvertisement>(taken.message).solicited);

    CHECK(neighbour_probe(nd_mac, nd_us, nd_peer).ip.destination == nd_peer);
    CHECK(neighbour_announcement(nd_us, nd_mac, false).ip.destination == all_nodes);
    CHECK(std::get<RouterSolicitation>(router_solicitation(nd_mac, {}).message).source_mac == std::nullopt);
}

TEST_CASE("messages of neighbour discovery that are not believed, by the rule that they break")
{
    const std::string target = "20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 0b ";
    const std::string mac = "01 01 02 00 00 00 00 0a ";
    using enum Icmpv6Type;
    struct {
        OctetBuffer octets;
        Malformed malformed;
    } const table[] = {
        {nd_with(neighbour_solicitation, target, 0, "fe80::1", "ff02::1", 254),
         {7, "RFC 4861 §6.1, §7.1: the hop limit is 255"}},
        {nd_with(neighbour_solicitation, target, 0, "fe80::1", "ff02::1", 255, 1),
         {1, "RFC 4861 §6.1, §7.1: the code is 0"}},
        {nd_with(neighbour_solicitation, "20 01"), {10 - 2, "the octets end too early"}},
        {nd_with(neighbour_solicitation, "ff 02 00 00 00 00 00 00 00 00 00 00 00 00 00 01"),
         {24, "RFC 4861 §7.1: a target is no multicast address"}},
        {nd_with(neighbour_solicitation, "00 00 00 00 00 00 00 00 00 00 ff ff 7f 00 00 01"),
         {24, "RFC 6890 §2.2.3: an IPv4-mapped address is nobody's on a link"}},
        {nd_with(neighbour_solicitation, target + "02 00"), {26, "RFC 4861 §4.6: an option is not empty"}},
        {nd_with(neighbour_solicitation, target + "0e 02 00 00 00 00 00 00"),
         {26, "RFC 4861 §4.6: an option ends behind its message"}},
        {nd_with(neighbour_solicitation, target + "01 02 02 00 00 00 00 0a 00 00 00 00 00 00 00 00"),
         {26, "RFC 2464 §6: an Ethernet address makes an option of 8 octets"}},
        {nd_with(neighbour_solicitation, target + "01 01 33 33 00 00 00 01"),
         {32, "RFC 4861 §4.6.1: a neighbour's link-layer address is not a group's"}},
        {nd_with(neighbour_solicitation, target + mac, 0, "::", "ff02::1:ff00:b"),
         {32, "RFC 4861 §7.1.1: who has no address yet tells no link-layer address"}},
        {nd_with(neighbour_solicitation, target, 0, "::", "ff02::1"),
         {24, "RFC 4861 §7.1.1: who has no address yet asks a solicited-node multicast address"}},
        {nd_with(neighbour_advertisement, target, 0x4000'0000),
         {4, "RFC 4861 §7.1.2: what goes to many answers nobody"}},
        {nd_with(router_solicitation, mac, 0, "::"),
         {16, "RFC 4861 §6.1.1: who has no address yet tells no link-layer address"}},
        {nd_with(router_advertisement, "00 00 00 00 00 00 00 00", 0, "2001:db8::1"),
         {8, "RFC 4861 §6.1.2: a router advertises from its link-local address"}},
        {nd_with(router_advertisement, "00 00 00 00 00 00 00 00 05 02 00 00 00 00 05 dc 00 00 00 00 00 00 00 00"),
         {18, "RFC 4861 §4.6.4: an MTU makes an option of 8 octets"}},
        {nd_with(router_advertisement, "00 00 00 00 00 00 00 00 03 01 40 00 00 00 00 00"),
         {18, "RFC 4861 §4.6.2: prefix information has 32 octets"}},
        {nd_with(router_advertisement, "00 00 00 00 00 00 00 00 03 04 81" + std::string(2 * 29, '0')),
         {19, "RFC 4861 §4.6.2: a prefix has at most 128 bits"}},
        {nd_with(redirect, target + target), {0, "RFC 4861 §4: no message of neighbour discovery that we know"}},
    };
    for (const auto& row : table) {
        CAPTURE(row.malformed.rule);
        const auto read = read_nd(row.octets);
        REQUIRE_FALSE(read);
        CHECK(read.error().rule == row.malformed.rule);
        CHECK(read.error().offset == row.malformed.offset);
    }
    for (int type = 0; type < 256; ++type)
        CHECK(is_nd(Icmpv6Type{static_cast<std::uint8_t>(type)}) == (type >= 133 && type <= 136));
}

TEST_CASE("unknown options are skipped, and the first of a kind counts")
{
    const auto read = read_nd(nd_with(Icmpv6Type::neighbour_solicitation,
                                      "20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 0b  0e 01 01 02 03 04 05 06 "
                                      "01 01 02 00 00 00 00 0a  fe 02 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
                                      "01 01 02 00 00 00 00 0b"));
    REQUIRE(read);
    CHECK(*read == NdMessage{NeighbourSolicitation{nd_peer, nd_mac}});
}

TEST_CASE("what a host does about a neighbour's question")
{
    const NdPacket asked = neighbour_solicitation(nd_other_mac, nd_peer, nd_us);
    const NdPacket probe = duplicate_probe(nd_us);
    const auto reaction = [](const NdPacket& packet, const wire::Address& ours, OwnAddress what,
                             const MacAddress& from) {
        const auto r = on_neighbour_solicitation(packet.ip, std::get<NeighbourSolicitation>(packet.message), ours, what,
                                                 nd_mac, from);
        return std::string{r.answer ? "answer " : ""} + (r.learn ? "learn " : "") + (r.conflict ? "conflict " : "");
    };
    using enum OwnAddress;
    CHECK(reaction(asked, nd_us, assigned, nd_other_mac) == "answer learn ");
    CHECK(reaction(asked, nd_peer, assigned, nd_other_mac) == "");
    CHECK(reaction(asked, nd_us, tentative, nd_other_mac) == "");
    CHECK(reaction(probe, nd_us, assigned, nd_other_mac) == "answer ");
    CHECK(reaction(probe, nd_us, tentative, nd_other_mac) == "conflict ");
    CHECK(reaction(probe, nd_us, tentative, nd_mac) == ""); // our own, sent back
    NdPacket silent = asked;
    std::get<NeighbourSolicitation>(silent.message).source_mac.reset();
    CHECK(reaction(silent, nd_us, assigned, nd_other_mac) == "answer ");
}

TEST_CASE("what becomes of an entry when an advertisement comes: RFC 4861 Appendix C, row by row")
{
    using enum NeighbourState;
    const auto advertisement = [](std::string_view flags, std::optional<MacAddress> mac) {
        return NeighbourAdvertisement{.target = nd_peer,
                                      .router = flags.contains('R'),
                                      .solicited = flags.contains('S'),
                                      .override = flags.contains('O'),
                                      .target_mac = mac};
    };
    struct {
        NeighbourState before;
        std::string_view flags;
        std::optional<MacAddress> mac; ///< known until now: nd_mac
        NeighbourState after;
        bool takes_mac;
        bool resolved;
    } const table[] = {
        {none, "SO", nd_other_mac, none, false, false},
        {incomplete, "S", nd_mac, reachable, true, true},
        {incomplete, "SO", nd_other_mac, reachable, true, true},
        {incomplete, "", nd_mac, stale, true, true},
        {incomplete, "O", nd_mac, stale, true, true},
        {incomplete, "SO", std::nullopt, incomplete, false, false},
        {reachable, "S", nd_mac, reachable, false, false},
        {stale, "S", nd_mac, reachable, false, false},
        {delay, "S", nd_mac, reachable, false, false},
        {probe, "S", nd_mac, reachable, false, false},
        {probe, "S", std::nullopt, reachable, false, false},
        {reachable, "S", nd_other_mac, stale, false, false},
        {stale, "S", nd_other_mac, stale, false, false},
        {delay, "S", nd_other_mac, delay, false, false},
        {probe, "S", nd_other_mac, probe, false, false},
        {reachable, "SO", nd_other_mac, reachable, true, false},
        {probe, "SO", nd_other_mac, reachable, true, false},
        {probe, "SO", nd_mac, reachable, false, false},
        {reachable, "", nd_other_mac, stale, false, false},
        {delay, "", nd_other_mac, delay, false, false},
        {reachable, "", nd_mac, reachable, false, false},
        {delay, "O", nd_mac, delay, false, false},
        {reachable, "O", nd_other_mac, stale, true, false},
        {probe, "O", nd_other_mac, stale, true, false},
        {stale, "", std::nullopt, stale, false, false},
    };
    for (const auto& row : table) {
        CAPTURE(static_cast<int>(row.before), row.flags);
        const NeighbourEntry entry{row.before, row.before == none || row.before == incomplete ? MacAddress{} : nd_mac,
                                   false};
        const NeighbourUpdate update = on_neighbour_advertisement(entry, advertisement(row.flags, row.mac));
        CHECK(update.entry.state == row.after);
        CHECK(update.entry.mac == (row.takes_mac ? *row.mac : entry.mac));
        CHECK(update.resolved == row.resolved);
        CHECK(update.mac_changed == (row.takes_mac && !row.resolved));
    }

    // Routers that become hosts.
    const NeighbourEntry router{reachable, nd_mac, true};
    CHECK(on_neighbour_advertisement(router, advertisement("S", nd_mac)).no_longer_router);
    CHECK_FALSE(on_neighbour_advertisement(router, advertisement("SR", nd_mac)).no_longer_router);
    CHECK(on_neighbour_advertisement(router, advertisement("S", nd_other_mac)).entry.is_router); // not believed
    CHECK(on_neighbour_advertisement({incomplete, {}, false}, advertisement("SR", nd_mac)).entry.is_router);
}

TEST_CASE("what is learnt from a neighbour's own question")
{
    using enum NeighbourState;
    for (const auto state : {none, incomplete}) {
        const auto update = on_source_mac({state, {}, false}, nd_mac);
        CHECK(update.entry == NeighbourEntry{stale, nd_mac, false});
        CHECK(update.resolved);
        CHECK_FALSE(update.mac_changed);
    }
    for (const auto state : {reachable, stale, delay, probe}) {
        CHECK(on_source_mac({state, nd_mac, true}, nd_mac).entry == NeighbourEntry{state, nd_mac, true});
        const auto update = on_source_mac({state, nd_mac, true}, nd_other_mac);
        CHECK(update.entry == NeighbourEntry{stale, nd_other_mac, true});
        CHECK(update.mac_changed);
        CHECK_FALSE(update.resolved);
    }
}

TEST_CASE("somebody else says that our address is his")
{
    const NeighbourAdvertisement claim{.target = nd_us, .target_mac = nd_other_mac};
    CHECK(claims_our_address(claim, nd_us, nd_mac, nd_other_mac));
    CHECK_FALSE(claims_our_address(claim, nd_peer, nd_mac, nd_other_mac));
    const NeighbourAdvertisement own{.target = nd_us, .target_mac = nd_mac};
    CHECK_FALSE(claims_our_address(own, nd_us, nd_mac, nd_mac));
}

TEST_CASE("tshark reads neighbour discovery as we write it, and finds nothing wrong")
{
    if (!test::tshark_is_there()) return test::skip("tshark");
    std::vector<OctetBuffer> frames;
    for (const NdPacket& packet : nd_samples()) {
        OctetBuffer frame(link::ethernet_header_size + encoded_size(packet));
        const bool many = is_v6_multicast(packet.ip.destination);
        std::uint8_t* const at = link::encode(
            {many ? multicast_mac(packet.ip.destination) : nd_other_mac, nd_mac, link::EtherType::ipv6}, frame.data());
        encode(packet, at);
        frames.push_back(frame);
    }
    CHECK(test::tshark_complains(frames) == "");
    CHECK(test::tshark_says(frames, "-T fields -e icmpv6.type -e ipv6.dst -e icmpv6.nd.ns.target_address "
                                    "-e icmpv6.nd.na.target_address -e icmpv6.opt.linkaddr -e icmpv6.opt.mtu "
                                    "-e icmpv6.opt.prefix") ==
          "135\tff02::1:ff00:b\t2001:db8::b\t\t02:00:00:00:00:0a\t\t\n"
          "136\t2001:db8::a\t\t2001:db8::b\t02:00:00:00:00:0b\t\t\n"
          "135\tff02::1:ff00:b\t2001:db8::b\t\t\t\t\n"
          "136\tff02::1\t\t2001:db8::b\t02:00:00:00:00:0b\t\t\n"
          "135\t2001:db8::b\t2001:db8::b\t\t02:00:00:00:00:0a\t\t\n"
          "136\tff02::1\t\t2001:db8::a\t02:00:00:00:00:0a\t\t\n"
          "133\tff02::2\t\t\t02:00:00:00:00:0a\t\t\n"
          "133\tff02::2\t\t\t\t\t\n"
          "134\tff02::1\t\t\t02:00:00:00:00:0a\t1400\t2001:db8::,2001:db8:1::\n");
}
