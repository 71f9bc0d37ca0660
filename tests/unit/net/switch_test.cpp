#include "tests/unit/net/lab.hpp"

using namespace tegami;
using namespace tegami::net;
using namespace tegami::net::lab;
using wire::milliseconds;
using wire::minutes;
using wire::seconds;

namespace {

/// ann, ben and cid on a switch; edge is their gateway, and dan beyond it.
Wiring office()
{
    Wiring wiring;
    wiring.dual().host("ann").host("ben").host("cid").router("edge").host("dan").network_switch("sw");
    wiring.plug("ann", "sw", {"10.9.0.1/24", "2001:db8:9::1/64"})
        .plug("ben", "sw", {"10.9.0.2/24", "2001:db8:9::2/64"})
        .plug("cid", "sw", {"10.9.0.3/24", "2001:db8:9::3/64"})
        .plug("edge", "sw", {"10.9.0.254/24", "2001:db8:9::fe/64"})
        .link("edge", "dan");
    return wiring;
}

constexpr std::uint32_t ben4 = 0x0A09'0002;

wire::Address in_office(std::uint16_t end)
{
    wire::Address address;
    address.octets = {0x20, 0x01, 0x0D, 0xB8, 0, 9};
    wire::store_u16(&address.octets[14], end);
    return address;
}

/// Echo requests and replies that a host took.
std::size_t taken_by(Lab& lab, std::string_view host)
{
    std::size_t count = 0;
    for (const auto& [at, noted] : Lab::facts<run::IcmpNoted>(lab.log(), lab.node(host)))
        count += noted.direction == run::Direction::received;
    return count;
}

} // namespace

TEST_CASE("a switch floods what it does not know, and then knows better", "[net][switch]")
{
    Lab lab{office()};
    lab.ping(seconds(1), "ann", ben4, 1);
    lab.ping(seconds(2), "ann", ben4, 2);
    lab.run(seconds(3));
    CHECK(taken_by(lab, "ben") == 2);
    CHECK(taken_by(lab, "ann") == 2);
    const run::Log log = lab.log();
    // The question goes to all ports, one frame with a crossing each; everything else takes one way.
    REQUIRE(log.frames() == 6);
    CHECK(log.hops(run::FrameRef{1}).size() == 4);
    for (std::uint64_t f = 2; f <= 6; ++f) CHECK(log.hops(run::FrameRef{f}).size() == 2);
    for (std::uint64_t f = 1; f <= 6; ++f)
        for (std::size_t hop = 0; hop < log.hops(run::FrameRef{f}).size(); ++hop) // nothing changes on its way
            CHECK(std::ranges::equal(log.octets_on(run::FrameRef{f}, hop), log.frame(run::FrameRef{f}).octets));
    const auto learnt = Lab::facts<run::SwitchChanged>(log, lab.node("sw"));
    REQUIRE(learnt.size() == 2);
    CHECK(learnt[0].second.mac == lab.network.links[lab.nic("ann", "sw")].mac);
    CHECK(learnt[1].second.nic == lab.nic("sw", "ben"));
    CHECK(lab.network.context.frames.out() == 0);
}

TEST_CASE("neighbour discovery asks a group, which the others' interfaces leave alone", "[net][switch][ndp]")
{
    Lab lab{office()};
    lab.ping(seconds(1), "ann", in_office(2), 1);
    lab.run(seconds(3));
    CHECK(taken_by(lab, "ben") == 1);
    CHECK(taken_by(lab, "ann") == 1);
    const run::Log log = lab.log();
    CHECK(Lab::facts<run::FrameDropped>(log).empty());
    CHECK(log.hops(run::FrameRef{1}).size() == 4);
    CHECK(wire::load_u16(&log.frame(run::FrameRef{1}).octets[0]) == 0x3333);
    const auto changed = Lab::facts<run::NeighbourChanged>(log, lab.node("ann"));
    REQUIRE(changed.size() == 2);
    CHECK(changed[0].second.change == run::NeighbourChange::asked);
    CHECK(changed[1].second.change == run::NeighbourChange::learnt);
    CHECK(lab.network.context.frames.out() == 0);
}

TEST_CASE("behind a router into a switch, the frame's receiver is rebuilt", "[net][switch]")
{
    Lab lab{office()};
    const auto dan = wire::Address::v4(address(5, 2));
    lab.ping(seconds(1), "ben", dan, 1);
    lab.ping(seconds(2), "ben", address6(5, 2), 1);
    lab.run(seconds(4));
    CHECK(taken_by(lab, "dan") == 2);
    CHECK(taken_by(lab, "ben") == 2);
    const run::Log log = lab.log();
    const link::MacAddress ben = lab.network.links[lab.nic("ben", "sw")].mac;
    const link::MacAddress edge = lab.network.links[lab.nic("edge", "sw")].mac;
    std::size_t back = 0;
    for (std::uint64_t f = 1; f <= log.frames(); ++f) {
        const auto hops = log.hops(run::FrameRef{f});
        if (hops.size() != 3 || log.frame(run::FrameRef{f}).node != lab.node("dan")) continue;
        ++back;
        for (std::size_t hop = 1; hop < 3; ++hop) { // from the edge, and from the switch
            const wire::OctetBuffer octets = log.octets_on(run::FrameRef{f}, hop);
            CHECK(std::memcmp(octets.data(), ben.octets.data(), 6) == 0);
            CHECK(std::memcmp(octets.data() + 6, edge.octets.data(), 6) == 0);
            if (octets[14] >> 4 == 4) CHECK(inet::decode_ipv4(Octets{octets}.subspan(14)).has_value());
            CHECK((octets[14] >> 4 == 4 ? octets[22] : octets[21]) == 63);
        }
    }
    CHECK(back == 2);
    CHECK(lab.network.context.frames.out() == 0);
}

TEST_CASE("a switch forgets whom it has not heard for 300 seconds", "[net][switch][limits]")
{
    static_assert(station_lifetime == seconds(300));
    Lab lab{office()};
    const link::MacAddress ann = lab.network.links[lab.nic("ann", "sw")].mac;
    lab.ping(seconds(1), "ann", ben4, 1);
    bool before = false, after = true;
    const auto known = [&] { return lab.network.switches.port_of(lab.node("sw"), ann).has_value(); };
    lab.at(seconds(300), "sw", [&] { before = known(); });
    lab.at(seconds(302), "sw", [&] { after = known(); });
    lab.run(seconds(310));
    CHECK(before);
    CHECK_FALSE(after);
}

TEST_CASE("a station that moves is found at its new port", "[net][switch]")
{
    Lab lab{office()};
    lab.ping(seconds(1), "ann", ben4, 1);
    // Whoever sends with ben's address from cid's place is taken for ben.
    const link::MacAddress ben = lab.network.links[lab.nic("ben", "sw")].mac;
    wire::OctetBuffer frame(60);
    link::encode({link::MacAddress::broadcast(), ben, link::EtherType{0x1234}}, frame.data());
    lab.inject(seconds(2), lab.nic("sw", "cid"), frame);
    lab.run(seconds(3));
    CHECK(lab.network.switches.port_of(lab.node("sw"), ben) == lab.nic("sw", "cid"));
    const run::Log log = lab.log();
    CHECK(Lab::facts<run::SwitchChanged>(log).back().second.change == run::SwitchChange::moved);
}

TEST_CASE("a loop of switches is told by the link that closes it", "[net][switch]")
{
    Wiring wiring;
    wiring.network_switch("a").network_switch("b").network_switch("c").host("ann");
    wiring.link("a", "b").link("b", "c").link("ann", "a");
    CHECK_FALSE(link_that_closes_a_loop(wiring.topology));
    wiring.link("c", "a");
    CHECK(link_that_closes_a_loop(wiring.topology) == 3);
}

TEST_CASE("over the loopback interface a host talks to itself, and to nobody else", "[net][loopback]")
{
    Lab lab{Wiring{}.dual().host("ann").host("ben").loopback("ann").link("ann", "ben")};
    std::size_t replies = 0;
    for (const wire::Address& to : {wire::Address::v4(0x7F00'0001), *wire::parse_address("::1"),
                                    wire::Address::v4(address(1, 1)), address6(1, 1)})
        lab.ping(seconds(1), "ann", to, 1);
    lab.ping(seconds(2), "ben", wire::Address::v4(0x7F00'0001), 2); // has no such interface
    lab.run(seconds(3));
    const run::Log log = lab.log();
    for (const auto& [at, noted] : Lab::facts<run::IcmpNoted>(log, lab.node("ann")))
        replies += noted.direction == run::Direction::received && (noted.type == 0 || noted.type == 129);
    CHECK(replies == 4);
    CHECK(log.frames() == 8);
    for (std::uint64_t f = 1; f <= log.frames(); ++f) CHECK(log.frame(run::FrameRef{f}).nic == lab.nic("ann", "lo"));
    // RFC 1122 §3.2.1.3: such an address does not come from outside.
    Lab other{Wiring{}.host("ann").host("ben").loopback("ben").link("ann", "ben")};
    wire::OctetBuffer octets(42);
    std::uint8_t* at = link::encode(
        {other.network.links[other.nic("ben", "ann")].mac, link::MacAddress::from_number(2), link::EtherType::ipv4},
        octets.data());
    inet::encode(inet::Ipv4Header{.source = address(1, 1), .destination = 0x7F00'0001, .protocol = inet::Protocol::udp},
                 8, at);
    other.inject(seconds(1), other.nic("ben", "ann"), octets);
    other.run(seconds(2));
    CHECK(Lab::drops(other.log(), run::DropReason::malformed) == 1);
    CHECK(lab.network.context.frames.out() == 0);
}
