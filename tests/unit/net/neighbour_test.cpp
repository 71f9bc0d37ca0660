#include "protocols/link/arp.hpp"
#include "tests/unit/net/lab.hpp"

using namespace tegami;
using namespace tegami::net;
using namespace tegami::net::lab;
using wire::milliseconds;
using wire::minutes;
using wire::seconds;

namespace {

Wiring two_hosts() { return Wiring{}.host("ann").host("ben").link("ann", "ben", megabit()); }

std::size_t arp_asked(const run::Log& log)
{
    std::size_t count = 0;
    for (const auto& [at, changed] : Lab::facts<run::ArpChanged>(log)) count += changed.change == run::ArpChange::asked;
    return count;
}

wire::OctetBuffer arp_frame(const link::MacAddress& to, const link::ArpPacket& packet)
{
    wire::OctetBuffer octets(link::ethernet_header_size + link::arp_packet_size);
    std::uint8_t* const payload = link::encode({to, packet.sender_mac, link::EtherType::arp}, octets.data());
    link::encode(packet, payload);
    return octets;
}

} // namespace

TEST_CASE("a neighbour is asked for once, and the packet follows the answer", "[net][arp]")
{
    Lab lab{two_hosts()};
    lab.ping(seconds(1), "ann", address(1, 2), 1);
    lab.ping(seconds(2), "ann", address(1, 2), 2);
    lab.run(seconds(3));
    const run::Log log = lab.log();
    CHECK(arp_asked(log) == 1);
    // Request, answer, echo, reply; then echo, reply.
    REQUIRE(log.frames() == 6);
    CHECK(log.frame(run::FrameRef{1}).octets.size() == 42);
    // RFC 826: whoever is asked learns the asker, so its answer needs no question. 42 octets at 8 us, and 10 ms.
    const auto learnt = Lab::facts<run::ArpChanged>(log);
    REQUIRE(learnt.size() == 3);
    CHECK(learnt[1].second.change == run::ArpChange::learnt);
    CHECK(learnt[1].first == seconds(1) + milliseconds(10) + wire::microseconds(42 * 8));
    CHECK(learnt[1].second.mac == link::MacAddress::from_number(0x02'0000'0000'02));
    CHECK(learnt[2].second.change == run::ArpChange::learnt);
    CHECK(learnt[2].first == seconds(1) + milliseconds(20) + wire::microseconds(84 * 8));
    CHECK(lab.network.context.frames.out() == 0);
}

TEST_CASE("so many packets wait for a neighbour, the latest ones", "[net][arp][limits]")
{
    Lab lab{two_hosts()};
    constexpr auto limit = static_cast<std::uint16_t>(frames_waiting_for_neighbour);
    for (std::uint16_t n = 1; n <= limit + 2; ++n)
        lab.ping(seconds(1) + wire::microseconds(n), "ann", address(1, 2), n);
    lab.run(seconds(2));
    const run::Log log = lab.log();
    CHECK(Lab::drops(log, run::DropReason::arp_queue_full) == 2);
    std::vector<std::uint16_t> arrived;
    for (std::uint64_t f = 1; f <= log.frames(); ++f) {
        const run::Frame& frame = log.frame(run::FrameRef{f});
        if (frame.node != lab.node("ann") || frame.octets.size() < 43) continue;
        arrived.push_back(wire::load_u16(&frame.octets[14 + 20 + 6]));
    }
    std::vector<std::uint16_t> latest;
    for (std::uint16_t n = 3; n <= limit + 2; ++n) latest.push_back(n);
    CHECK(arrived == latest);
    // What was dropped was never sent: its octets stand in the fact.
    for (const auto& [at, dropped] : Lab::facts<run::FrameDropped>(log)) CHECK(dropped.octets.size() > 42);
    CHECK(lab.network.context.frames.out() == 0);

    Lab within{two_hosts()};
    for (std::uint16_t n = 1; n <= limit; ++n) within.ping(seconds(1) + wire::microseconds(n), "ann", address(1, 2), n);
    within.run(seconds(2));
    CHECK(Lab::drops(within.log(), run::DropReason::arp_queue_full) == 0);
}

TEST_CASE("a neighbour that does not answer is asked three times, a second apart", "[net][arp]")
{
    Lab lab{two_hosts()};
    lab.network.links.set_power(lab.node("ben"), false);
    lab.ping(seconds(1), "ann", address(1, 2), 1);
    lab.ping(seconds(2), "ann", address(1, 2), 2);
    lab.ping(seconds(9), "ann", address(1, 2), 3); // a new beginning
    lab.run(seconds(20));
    const run::Log log = lab.log();
    std::vector<std::pair<std::int64_t, run::ArpChange>> seen;
    for (const auto& [at, changed] : Lab::facts<run::ArpChanged>(log))
        seen.emplace_back(at.ns / 1'000'000'000, changed.change);
    using enum run::ArpChange;
    CHECK(seen == std::vector<std::pair<std::int64_t, run::ArpChange>>{{1, asked},
                                                                       {2, asked},
                                                                       {3, asked},
                                                                       {4, unanswered},
                                                                       {9, asked},
                                                                       {10, asked},
                                                                       {11, asked},
                                                                       {12, unanswered}});
    CHECK(Lab::drops(log, run::DropReason::no_neighbour) == 3);
    CHECK(Lab::drops(log, run::DropReason::host_off) == 6); // the questions
    CHECK(Lab::facts<run::IcmpNoted>(log).size() == 3);     // a host tells nobody but itself: only its own echoes
    CHECK(lab.network.context.frames.out() == 0);
}

TEST_CASE("a router without an answer tells the sender that the host is unreachable", "[net][arp][icmp]")
{
    Lab lab{Wiring{}.host("ann").router("edge").host("ben").link("ann", "edge").link("edge", "ben")};
    lab.network.links.set_power(lab.node("ben"), false);
    lab.ping(seconds(1), "ann", address(2, 2), 7);
    lab.run(seconds(10));
    const run::Log log = lab.log();
    const auto told = Lab::facts<run::IcmpNoted>(log, lab.node("ann"));
    REQUIRE(told.size() == 2);
    CHECK(told[1].second.direction == run::Direction::received);
    CHECK(told[1].second.type == 3);
    CHECK(told[1].second.code == 1); // RFC 1812 §5.2.7.1
    CHECK(told[1].second.peer == wire::Address::v4(address(1, 2)));
    CHECK(told[1].first > seconds(4));
    CHECK(told[1].first < seconds(5));
    CHECK(lab.network.context.frames.out() == 0);
}

TEST_CASE("what is known of a neighbour ends after twenty minutes", "[net][arp]")
{
    Lab lab{two_hosts()};
    lab.ping(seconds(0), "ann", address(1, 2), 1);
    lab.ping(minutes(19), "ann", address(1, 2), 2); // learnt 20.7 ms after the start: still known
    lab.ping(minutes(20) + milliseconds(21), "ann", address(1, 2), 3);
    lab.run(minutes(21));
    const run::Log log = lab.log();
    std::vector<run::ArpChange> ann;
    for (const auto& [at, changed] : Lab::facts<run::ArpChanged>(log, lab.node("ann"))) ann.push_back(changed.change);
    using enum run::ArpChange;
    CHECK(ann == std::vector<run::ArpChange>{asked, learnt, expired, asked, learnt});
    std::size_t replies = 0;
    for (const auto& [at, noted] : Lab::facts<run::IcmpNoted>(log, lab.node("ann"))) replies += noted.type == 0;
    CHECK(replies == 3);
}

TEST_CASE("a power cut forgets neighbours and what waited for them", "[net][arp]")
{
    Lab lab{two_hosts()};
    lab.ping(seconds(1), "ann", address(1, 2), 1);
    lab.at(seconds(2), "ann", [&] {
        lab.network.links.set_power(lab.node("ann"), false), lab.network.links.set_power(lab.node("ann"), true);
    });
    lab.ping(seconds(12), "ann", address(1, 2), 2); // its address was checked by then
    lab.at(seconds(14), "ann", [&] { lab.network.links.set_power(lab.node("ann"), false); });
    lab.run(seconds(15));
    CHECK(arp_asked(lab.log()) == 2);

    Lab waiting{two_hosts()};
    waiting.network.links.set_power(waiting.node("ben"), false);
    for (std::uint16_t n = 1; n <= 3; ++n) waiting.ping(seconds(1), "ann", address(1, 2), n);
    waiting.at(milliseconds(1500), "ann", [&] { waiting.network.links.set_power(waiting.node("ann"), false); });
    waiting.run(seconds(10));
    CHECK(waiting.network.context.frames.out() == 0);
    CHECK(Lab::drops(waiting.log(), run::DropReason::no_neighbour) == 0);
}

TEST_CASE("a table of neighbours holds 1,024, and one more drives out whom nobody talks with", "[net][arp][limits]")
{
    static_assert(neighbour_table_limit == 1024 && frames_waiting_for_neighbour == 16);
    // Ben knows ann, who pinged him; the rest are strangers who only ask.
    for (const std::uint32_t strangers : {1'023u, 1'024u, 5'000u}) {
        INFO(strangers);
        Lab lab{two_hosts()};
        const NicId ben = lab.nic("ben", "ann");
        lab.ping(wire::microseconds(1), "ann", address(1, 2), 1);
        for (std::uint32_t n = 0; n < strangers; ++n) {
            const link::MacAddress mac = link::MacAddress::from_number(0x02'AA00'0000'00 + n);
            lab.inject(
                milliseconds(100) + wire::microseconds(100 * n), ben,
                arp_frame(link::MacAddress::broadcast(), link::arp_request(mac, wire::Address::v4(0x0B00'0000 + n),
                                                                           wire::Address::v4(address(1, 2)))));
        }
        lab.ping(seconds(2), "ben", address(1, 1), 2);
        lab.run(seconds(3));
        CHECK(lab.network.neighbours.known(ben) == neighbour_table_limit);
        const run::Log log = lab.log();
        std::size_t learnt = 0, expired = 0, asked = 0;
        for (const auto& [at, changed] : Lab::facts<run::ArpChanged>(log, lab.node("ben"))) {
            learnt += changed.change == run::ArpChange::learnt;
            expired += changed.change == run::ArpChange::expired;
            asked += changed.change == run::ArpChange::asked;
        }
        CHECK(learnt == strangers + 1);
        CHECK(expired == strangers + 1 - neighbour_table_limit);
        CHECK(asked == 0); // ann was kept
    }
}

TEST_CASE("asking for thousands who are not there leaves room for one who is", "[net][arp][limits]")
{
    // A scan of a network, as a router of it sees it.
    Lab lab{two_hosts()};
    const NicId ann = lab.nic("ann", "ben");
    for (std::uint32_t n = 0; n < 5'000; ++n)
        lab.at(wire::microseconds(100 * n), "ann", [&lab, ann, n] {
            net::Frame& frame = lab.network.internet.packet(
                {.source = address(1, 1), .destination = 0x0B00'0000 + n, .protocol = inet::Protocol::udp}, 8);
            lab.network.links.send(ann, 0x0B00'0000 + n, frame);
        });
    lab.ping(milliseconds(400), "ann", address(1, 2), 1);
    lab.run(milliseconds(500));
    CHECK(lab.network.neighbours.known(ann) == neighbour_table_limit);
    CHECK(Lab::drops(lab.log(), run::DropReason::arp_queue_full) == 5'001 - neighbour_table_limit);
    lab.run(seconds(20));
    lab.ping(seconds(21), "ann", address(1, 2), 2);
    lab.run(seconds(22));
    std::size_t replies = 0;
    for (const auto& [at, noted] : Lab::facts<run::IcmpNoted>(lab.log(), lab.node("ann"))) replies += noted.type == 0;
    CHECK(replies == 2);
    CHECK(lab.network.neighbours.known(ann) <= neighbour_table_limit);
    CHECK(lab.network.context.frames.out() == 0);
}

TEST_CASE("frames that make no sense are dropped with the rule they break", "[net][link]")
{
    Lab lab{two_hosts()};
    const NicId ben = lab.nic("ben", "ann");
    const link::MacAddress to = lab.network.links[ben].mac, from = lab.network.links[lab.nic("ann", "ben")].mac;
    const auto ethernet = [&](const link::MacAddress& destination, link::EtherType type, std::size_t payload) {
        wire::OctetBuffer octets(link::ethernet_header_size + payload);
        link::encode({destination, from, type}, octets.data());
        return octets;
    };
    lab.inject(milliseconds(1), ben, wire::OctetBuffer(9));                      // no whole header
    lab.inject(milliseconds(2), ben, ethernet(to, link::EtherType{0x1234}, 50)); // nobody's protocol
    lab.inject(milliseconds(3), ben,
               ethernet(link::MacAddress::from_number(1 << 1), link::EtherType::ipv4, 50)); // somebody else's
    lab.inject(milliseconds(4), ben, ethernet(to, link::EtherType::ipv4, 50));              // version 0
    lab.inject(milliseconds(5), ben, ethernet(to, link::EtherType::arp, 10));               // half an ARP packet
    lab.run(seconds(1));
    const run::Log log = lab.log();
    std::vector<run::DropReason> reasons;
    for (const auto& [at, dropped] : Lab::facts<run::FrameDropped>(log)) {
        reasons.push_back(dropped.reason);
        if (dropped.reason == run::DropReason::malformed) CHECK_FALSE(dropped.rule.empty());
    }
    using enum run::DropReason;
    CHECK(reasons == std::vector<run::DropReason>{malformed, no_protocol, not_for_us, malformed, malformed});
    CHECK(lab.network.context.frames.out() == 0);
}
