#include "tests/unit/net/lab.hpp"

using namespace tegami;
using namespace tegami::net;
using namespace tegami::net::lab;
using wire::milliseconds;
using wire::seconds;

namespace {

/// ann – one – two – ben, of both families.
Wiring dual_routers()
{
    return Wiring{}
        .dual()
        .host("ann")
        .router("one", {"10.0.1.0/24", "2001:db8:0:1::/64"})
        .router("two", {"10.0.3.0/24", "2001:db8:0:3::/64"})
        .host("ben")
        .link("ann", "one", megabit())
        .link("one", "two", megabit())
        .link("two", "ben", megabit());
}

struct Heard6 {
    int type, code;
    wire::Address peer;
    bool operator==(const Heard6&) const = default;
};
std::vector<Heard6> heard6_by(Lab& lab, std::string_view host)
{
    std::vector<Heard6> all;
    for (const auto& [at, noted] : Lab::facts<run::IcmpNoted>(lab.log(), lab.node(host)))
        if (noted.direction == run::Direction::received) all.push_back({noted.type, noted.code, noted.peer});
    return all;
}

wire::Task<void> greet(Lab& lab, wire::Endpoint to, std::string& heard)
{
    auto connected = co_await lab.network.tcp.connect(lab.node("ann"), to, run::Protocol::smtp, {});
    if (!connected) {
        heard = "error " + std::to_string(static_cast<int>(connected.error()));
        co_return;
    }
    const auto line = co_await (*connected)->read_line(1000);
    if (line) heard = line->text;
    (*connected)->close();
}

wire::Task<void> say(std::unique_ptr<wire::Stream> stream)
{
    const bool said = co_await stream->write("220 here\r\n", {});
    if (said) stream->close();
}

} // namespace

TEST_CASE("an IPv6 echo goes through two routers and comes back", "[net][ipv6]")
{
    Lab lab{dual_routers()};
    lab.ping(seconds(1), "ann", address6(3, 2), 1);
    lab.run(seconds(3));
    CHECK(heard6_by(lab, "ben") == std::vector<Heard6>{{128, 0, address6(1, 1)}});
    CHECK(heard6_by(lab, "ann") == std::vector<Heard6>{{129, 0, address6(3, 2)}});
    // One frame, three links; each router takes one from its hop limit and gives it its own MAC address.
    const run::Log log = lab.log();
    std::size_t crossed = 0;
    for (std::uint64_t f = 1; f <= log.frames(); ++f) {
        const auto number = run::FrameRef{f};
        if (log.hops(number).size() != 3) continue;
        for (std::size_t hop = 0; hop < 3; ++hop, ++crossed) {
            const wire::OctetBuffer octets = log.octets_on(number, hop);
            const auto packet = inet::decode_ipv6(Octets{octets}.subspan(14));
            REQUIRE(packet);
            CHECK(packet->header.hop_limit == 64 - hop);
            CHECK(std::memcmp(octets.data(),
                              log.header().nics[static_cast<std::size_t>(log.hops(number)[hop].to)].mac.octets.data(),
                              6) == 0);
        }
    }
    CHECK(crossed == 6);
    CHECK(lab.network.context.frames.out() == 0);
}

TEST_CASE("IPv6 errors come back: no route, hop limit, no neighbour, no port", "[net][ipv6][icmp]")
{
    Lab lab{dual_routers()};
    lab.ping(seconds(1), "ann", address6(77, 2), 1); // nobody announces that
    lab.ping(seconds(2), "ann", address6(3, 9), 1);  // two's prefix, and nobody's address
    lab.at(seconds(3), "ann", [&] {
        const Path way = lab.network.internet.path(lab.node("ann"), address6(3, 2));
        for (const auto limit : std::to_array<std::uint8_t>({1, 2})) {
            Frame& frame = lab.network.internet.packet(IpHeader{way.source, address6(3, 2), inet::Protocol::udp, limit},
                                                       inet::udp_header_size);
            inet::encode_udp_header({way.source, wire::Port{9}}, {address6(3, 2), wire::Port{9}}, {},
                                    Internet::payload_of(frame));
            lab.network.internet.send(way, frame);
        }
    });
    lab.at(seconds(5), "ann", [&] {
        const auto port = lab.network.udp.bind(lab.node("ann"), wire::Port{});
        port->send({address6(3, 2), wire::Port{9}}, wire::as_octets("anyone?"), {});
    });
    lab.run(seconds(10));
    CHECK(heard6_by(lab, "ann") == std::vector<Heard6>{{1, 0, address6(1, 2)},
                                                       {1, 0, address6(2, 2)}, // on no link of two's
                                                       {3, 0, address6(1, 2)},
                                                       {3, 0, address6(2, 2)},
                                                       {1, 4, address6(3, 2)}});
    CHECK(lab.network.context.frames.out() == 0);
}

TEST_CASE("a connection stands over either family", "[net][ipv6][tcp]")
{
    Lab lab{dual_routers()};
    lab.network.tcp.listen(lab.node("ben"), wire::Port{25}, run::Protocol::smtp,
                           [&](std::unique_ptr<wire::Stream> stream, wire::Endpoint) {
                               lab.engine.spawn(lab.node("ben"), say(std::move(stream)));
                           });
    std::string four, six, refused;
    lab.at(seconds(1), "ann", [&] {
        lab.engine.spawn(lab.node("ann"), greet(lab, {wire::Address::v4(address(3, 2)), wire::Port{25}}, four));
        lab.engine.spawn(lab.node("ann"), greet(lab, {address6(3, 2), wire::Port{25}}, six));
        lab.engine.spawn(lab.node("ann"), greet(lab, {address6(3, 2), wire::Port{26}}, refused));
    });
    lab.run(seconds(10));
    CHECK(four == "220 here");
    CHECK(six == "220 here");
    CHECK(refused == "error 0");
    const run::Log log = lab.log();
    const auto opened = Lab::facts<run::TcpOpened>(log, lab.node("ben"));
    REQUIRE(opened.size() == 2);
    // RFC 9293 §3.7.1: the MTU less the headers of either family.
    std::size_t with_mss = 0;
    for (std::uint64_t f = 1; f <= log.frames(); ++f) {
        const run::Frame& frame = log.frame(run::FrameRef{f});
        const std::size_t tcp = frame.octets[14] >> 4 == 6 ? 54 : 34;
        if (frame.octets.size() < tcp + 24 || (frame.octets[tcp + 13] & 0x02) == 0) continue;
        CHECK(wire::load_u16(&frame.octets[tcp + 22]) == (tcp == 54 ? 1440 : 1460));
        ++with_mss;
    }
    CHECK(with_mss == 5);
    CHECK(lab.network.context.frames.out() == 0);
}

TEST_CASE("a packet for another's link-local address, or from one's own, crosses no router", "[net][ipv6]")
{
    Lab lab{dual_routers()};
    const wire::Address own = lab.network.neighbours.addresses(lab.nic("ann", "one"))[1].what.address;
    REQUIRE(inet::is_v6_link_local(own));
    lab.at(seconds(1), "ann", [&] {
        Path way = lab.network.internet.path(lab.node("ann"), address6(3, 2));
        Frame& frame = lab.network.internet.packet(IpHeader{own, address6(3, 2), inet::Protocol::udp}, 8);
        inet::encode_udp_header({own, wire::Port{9}}, {address6(3, 2), wire::Port{9}}, {}, Internet::payload_of(frame));
        lab.network.internet.send(way, frame);
    });
    lab.run(seconds(3));
    const wire::Address theirs = lab.network.neighbours.addresses(lab.nic("one", "ann"))[1].what.address;
    CHECK(heard6_by(lab, "ann") == std::vector<Heard6>{{1, 2, theirs}}); // beyond scope
    // The neighbour's link-local address is on the link, and answers.
    lab.ping(seconds(4), "ann", theirs, 1);
    lab.run(seconds(5));
    CHECK(heard6_by(lab, "ann").back() == Heard6{129, 0, theirs});
}
