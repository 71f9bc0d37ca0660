#include "tests/unit/net/lab.hpp"

using namespace tegami;
using namespace tegami::net;
using namespace tegami::net::lab;
using wire::milliseconds;
using wire::seconds;

namespace {

Wiring pair_on_a_switch()
{
    Wiring wiring;
    wiring.dual().host("ann").host("ben").network_switch("sw");
    return wiring.plug("ann", "sw", {"10.9.0.1/24", "2001:db8:9::1/64"})
        .plug("ben", "sw", {"10.9.0.2/24", "2001:db8:9::2/64"});
}

std::vector<std::pair<run::AddressChange, std::string>> changes(Lab& lab, std::string_view host)
{
    std::vector<std::pair<run::AddressChange, std::string>> all;
    for (const auto& [at, changed] : Lab::facts<run::AddressChanged>(lab.log(), lab.node(host)))
        all.emplace_back(changed.change, format(changed.address));
    return all;
}
std::size_t count(Lab& lab, std::string_view host, run::AddressChange change, std::string_view address)
{
    std::size_t found = 0;
    for (const auto& [what, which] : changes(lab, host)) found += what == change && which == address;
    return found;
}

} // namespace

TEST_CASE("a host whose power comes back checks its addresses before it uses them", "[net][arp][ndp]")
{
    Lab lab{pair_on_a_switch()};
    lab.at(seconds(1), "ann", [&] { lab.network.links.set_power(lab.node("ann"), false); });
    lab.at(seconds(2), "ann", [&] { lab.network.links.set_power(lab.node("ann"), true); });
    lab.ping(seconds(3), "ben", 0x0A09'0001, 1); // too early: nobody answers
    lab.ping(seconds(15), "ben", 0x0A09'0001, 2);
    bool checking = false, still = true;
    lab.at(seconds(3), "ann", [&] { checking = lab.network.neighbours.checking(lab.node("ann")); });
    lab.at(seconds(12), "ann", [&] { still = lab.network.neighbours.checking(lab.node("ann")); });
    lab.run(seconds(20));
    CHECK(checking);
    CHECK_FALSE(still);
    CHECK(count(lab, "ann", run::AddressChange::assigned, "10.9.0.1") == 1);
    CHECK(count(lab, "ann", run::AddressChange::assigned, "2001:db8:9::1") == 1);

    // RFC 5227: three probes 1 to 2 s apart, 2 s of silence, two announcements 2 s apart. RFC 4862: one probe, 1 s.
    const run::Log log = lab.log();
    std::vector<Duration> probes, announcements, solicitations;
    for (std::uint64_t f = 1; f <= log.frames(); ++f) {
        const run::Frame& frame = log.frame(run::FrameRef{f});
        if (frame.node != lab.node("ann")) continue;
        const auto type = static_cast<link::EtherType>(wire::load_u16(&frame.octets[12]));
        const Duration at = frame.at - lab_start;
        if (type == link::EtherType::arp) {
            const auto packet = link::decode_arp(frame.octets.subspan(14));
            REQUIRE(packet);
            if (packet->sender_address.to_v4() == 0) probes.push_back(at);
            if (packet->is_announcement()) announcements.push_back(at);
        } else if (type == link::EtherType::ipv6) {
            const auto packet = inet::decode_ipv6(frame.octets.subspan(14));
            REQUIRE(packet);
            if (inet::is_v6_unspecified(packet->header.source)) solicitations.push_back(at);
        }
    }
    REQUIRE(probes.size() == 3);
    CHECK(probes[0] > seconds(2));
    CHECK(probes[0] <= seconds(3));
    for (std::size_t i = 1; i < 3; ++i) {
        CHECK(probes[i] - probes[i - 1] >= seconds(1));
        CHECK(probes[i] - probes[i - 1] <= seconds(2));
    }
    REQUIRE(announcements.size() == 2);
    CHECK(announcements[0] - probes[2] == seconds(2));
    CHECK(announcements[1] - announcements[0] == seconds(2));
    CHECK(solicitations.size() == 2); // the link-local address, and the other
    CHECK(lab.network.context.frames.out() == 0);
}

TEST_CASE("an address that somebody has already is not used", "[net][arp][ndp]")
{
    Lab lab{pair_on_a_switch()};
    const NicId nic = lab.nic("ann", "sw");
    lab.at(seconds(1), "ann", [&] {
        lab.network.neighbours.add_address(nic, {wire::Address::v4(0x0A09'0002), 24});
        lab.network.neighbours.add_address(nic, {*wire::parse_address("2001:db8:9::2"), 64});
        lab.network.neighbours.add_address(nic, {wire::Address::v4(0x0A09'0007), 24});
        lab.network.neighbours.add_address(nic, {*wire::parse_address("2001:db8:9::7"), 64});
    });
    lab.ping(seconds(20), "ben", 0x0A09'0007, 1);
    lab.ping(seconds(21), "ben", *wire::parse_address("2001:db8:9::7"), 2);
    lab.run(seconds(25));
    CHECK(count(lab, "ann", run::AddressChange::duplicate, "10.9.0.2") == 1);
    CHECK(count(lab, "ann", run::AddressChange::duplicate, "2001:db8:9::2") == 1);
    CHECK(count(lab, "ann", run::AddressChange::assigned, "10.9.0.2") == 0);
    CHECK(count(lab, "ann", run::AddressChange::assigned, "10.9.0.7") == 1);
    CHECK(count(lab, "ann", run::AddressChange::assigned, "2001:db8:9::7") == 1);
    const link::MacAddress ben = lab.network.links[lab.nic("ben", "sw")].mac;
    for (const auto& [at, changed] : Lab::facts<run::AddressChanged>(lab.log(), lab.node("ann")))
        if (changed.change == run::AddressChange::duplicate) CHECK(changed.mac == ben);
    std::size_t replies = 0;
    for (const auto& [at, noted] : Lab::facts<run::IcmpNoted>(lab.log(), lab.node("ben")))
        replies += noted.direction == run::Direction::received;
    CHECK(replies == 2);
    CHECK(lab.network.context.frames.out() == 0);
}

TEST_CASE("an address in use is defended once, and given up when it is disputed again soon", "[net][arp]")
{
    Lab lab{pair_on_a_switch()};
    const link::MacAddress stranger = link::MacAddress::from_number(0x02'BB00'0000'01);
    wire::OctetBuffer octets(42);
    link::encode({link::MacAddress::broadcast(), stranger, link::EtherType::arp}, octets.data());
    const auto mine = wire::Address::v4(0x0A09'0001);
    link::encode(link::arp_request(stranger, mine, mine), octets.data() + 14);
    for (const Duration when : {seconds(1), seconds(20), seconds(25)}) lab.inject(when, lab.nic("ann", "sw"), octets);
    lab.run(seconds(30));
    CHECK(count(lab, "ann", run::AddressChange::disputed, "10.9.0.1") == 2);
    CHECK(count(lab, "ann", run::AddressChange::duplicate, "10.9.0.1") == 1);
    CHECK_FALSE(lab.network.internet.path(lab.node("ann"), 0x0A09'0002).found);
    CHECK(lab.network.context.frames.out() == 0);
}

TEST_CASE("an IPv6 neighbour is doubted after a while, asked alone, and forgotten when it is silent", "[net][ndp]")
{
    Lab lab{pair_on_a_switch()};
    const wire::Address ben = *wire::parse_address("2001:db8:9::2");
    lab.ping(seconds(1), "ann", ben, 1);
    lab.ping(seconds(60), "ann", ben, 2); // at most 45 s reachable: stale by now
    lab.at(seconds(70), "ben", [&] { lab.network.links.set_power(lab.node("ben"), false); });
    lab.ping(seconds(120), "ann", ben, 3);
    lab.run(seconds(200));
    std::vector<std::pair<std::int64_t, run::NeighbourChange>> seen;
    for (const auto& [at, changed] : Lab::facts<run::NeighbourChanged>(lab.log(), lab.node("ann")))
        if (changed.address == ben) seen.emplace_back(at.ns / 1'000'000'000, changed.change);
    using enum run::NeighbourChange;
    CHECK(seen == std::vector<std::pair<std::int64_t, run::NeighbourChange>>{{1, asked},
                                                                             {1, learnt},
                                                                             {65, probed},
                                                                             {65, confirmed},
                                                                             {125, probed},
                                                                             {126, probed},
                                                                             {127, probed},
                                                                             {128, unanswered}});
    CHECK(lab.network.context.frames.out() == 0);
}
