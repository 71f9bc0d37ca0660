#include "tests/unit/net/lab.hpp"

using namespace tegami;
using namespace tegami::net;
using namespace tegami::net::lab;
using wire::milliseconds;
using wire::seconds;

namespace {

/// ann – one – two – ben, of both families; the middle link carries less.
Wiring narrow(std::uint16_t mtu)
{
    return Wiring{}
        .dual()
        .host("ann")
        .router("one", {"10.0.1.0/24", "2001:db8:0:1::/64"})
        .router("two", {"10.0.3.0/24", "2001:db8:0:3::/64"})
        .host("ben")
        .link("ann", "one")
        .link("one", "two", {.mtu = mtu})
        .link("two", "ben");
}

void ping_large(Lab& lab, Duration when, std::string_view from, const wire::Address& to, std::uint16_t sequence,
                std::size_t octets)
{
    lab.at(when, from, [&lab, n = lab.node(from), to, sequence, octets] {
        lab.network.internet.ping(n, to, sequence, {}, octets);
    });
}

std::size_t echoes_taken(Lab& lab, std::string_view host, int type)
{
    std::size_t count = 0;
    for (const auto& [at, noted] : Lab::facts<run::IcmpNoted>(lab.log(), lab.node(host)))
        count += noted.direction == run::Direction::received && noted.type == type;
    return count;
}

wire::Task<void> upload(Lab& lab, wire::Endpoint to, std::size_t octets)
{
    auto connected = co_await lab.network.tcp.connect(lab.node("ann"), to, run::Protocol::smtp, {});
    if (!connected) co_return;
    const std::string text(octets, 'x');
    const bool written = co_await (*connected)->write(text, {});
    if (written) (*connected)->close();
}

wire::Task<void> drain(std::unique_ptr<wire::Stream> stream, std::size_t& taken)
{
    for (;;) {
        const auto chunk = co_await stream->read_some();
        if (!chunk) co_return;
        taken += chunk->octets.size();
    }
}

} // namespace

TEST_CASE("what is larger than the link is cut by its sender, and put together", "[net][fragments]")
{
    Lab lab{narrow(1500)};
    ping_large(lab, seconds(1), "ann", wire::Address::v4(address(3, 2)), 1, 4000);
    ping_large(lab, seconds(2), "ann", address6(3, 2), 2, 4000);
    ping_large(lab, seconds(3), "ann", wire::Address::v4(address(3, 2)), 3, 1472); // fits
    ping_large(lab, seconds(4), "ann", wire::Address::v4(address(3, 2)), 4, 1473); // by one octet not
    lab.run(seconds(6));
    CHECK(echoes_taken(lab, "ann", 0) == 3);
    CHECK(echoes_taken(lab, "ann", 129) == 1);
    const run::Log log = lab.log();
    std::vector<std::uint32_t> cuts;
    for (const auto& [at, cut] : Lab::facts<run::PacketFragmented>(log, lab.node("ann"))) cuts.push_back(cut.fragments);
    CHECK(cuts == std::vector<std::uint32_t>{3, 3, 2});
    std::size_t done = 0;
    for (const auto& [at, packet] : Lab::facts<run::PacketReassembled>(log))
        done += packet.outcome == run::Reassembly::done;
    CHECK(done == 6);
    CHECK(lab.network.context.frames.out() == 0);
}

TEST_CASE("a router cuts what may be cut, and tells who may not", "[net][fragments][icmp]")
{
    Lab lab{narrow(600)};
    const wire::Octets text = wire::as_octets("x");
    wire::OctetBuffer payload(1000, text[0]);
    for (const bool dont : {false, true})
        lab.packet(
            seconds(dont ? 2 : 1), "ann",
            {.destination = address(3, 2), .protocol = inet::Protocol{99}, .identification = 7, .dont_fragment = dont},
            payload);
    lab.run(seconds(4));
    const run::Log log = lab.log();
    const auto cuts = Lab::facts<run::PacketFragmented>(log, lab.node("one"));
    REQUIRE(cuts.size() == 1);
    CHECK(cuts[0].second.fragments == 2);
    CHECK(Lab::facts<run::PacketReassembled>(log, lab.node("ben")).size() == 1);
    CHECK(Lab::drops(log, run::DropReason::too_big) == 1);
    // RFC 1191 §4: with the next link's MTU.
    bool told = false;
    for (std::uint64_t f = 1; f <= log.frames(); ++f) {
        const Octets octets = log.frame(run::FrameRef{f}).octets;
        if (octets.size() < 50 || octets[23] != 1 || octets[34] != 3 || octets[35] != 4) continue;
        told = true;
        CHECK(wire::load_u16(&octets[40]) == 600);
    }
    CHECK(told);
    CHECK(lab.network.context.frames.out() == 0);
}

TEST_CASE("a connection learns what its path carries, and gets everything through", "[net][pmtu][tcp]")
{
    for (const bool v4 : {true, false}) {
        Lab lab{narrow(1300)};
        std::size_t taken = 0;
        lab.network.tcp.listen(lab.node("ben"), wire::Port{25}, run::Protocol::smtp,
                               [&](std::unique_ptr<wire::Stream> stream, wire::Endpoint) {
                                   lab.engine.spawn(lab.node("ben"), drain(std::move(stream), taken));
                               });
        const wire::Endpoint to{v4 ? wire::Address::v4(address(3, 2)) : address6(3, 2), wire::Port{25}};
        lab.at(seconds(1), "ann", [&] { lab.engine.spawn(lab.node("ann"), upload(lab, to, 200'000)); });
        lab.at(seconds(100), "ann", [&] { lab.engine.spawn(lab.node("ann"), upload(lab, to, 100'000)); });
        lab.run(seconds(200));
        CHECK(taken == 300'000);
        const run::Log log = lab.log();
        const auto learnt = Lab::facts<run::PathMtuChanged>(log, lab.node("ann"));
        REQUIRE(learnt.size() == 1);
        CHECK(learnt[0].second.mtu == 1300);
        CHECK(learnt[0].second.destination == to.address);
        // The second connection knows from the beginning.
        for (const auto& [at, dropped] : Lab::facts<run::FrameDropped>(log)) CHECK(at < seconds(100));
        CHECK(lab.network.context.frames.out() == 0);
    }
}

TEST_CASE("a forged report about a path changes nothing", "[net][pmtu][hostile]")
{
    Lab lab{narrow(1500)};
    std::size_t taken = 0;
    lab.network.tcp.listen(lab.node("ben"), wire::Port{25}, run::Protocol::smtp,
                           [&](std::unique_ptr<wire::Stream> stream, wire::Endpoint) {
                               lab.engine.spawn(lab.node("ben"), drain(std::move(stream), taken));
                           });
    lab.at(seconds(1), "ann", [&] {
        lab.engine.spawn(lab.node("ann"), upload(lab, {wire::Address::v4(address(3, 2)), wire::Port{25}}, 1000));
    });
    lab.at(seconds(2), "one", [&] { // quotes a sequence number that nobody has in flight
        wire::OctetBuffer quoted(28);
        inet::encode(
            inet::Ipv4Header{.source = address(1, 1), .destination = address(3, 2), .protocol = inet::Protocol::tcp},
            1000, quoted.data());
        wire::store_u16(&quoted[22], 25);
        std::array<std::uint8_t, 600> message;
        const auto* end = inet::encode_icmp_unreachable(inet::UnreachableCode::fragmentation_needed, quoted,
                                                        message.data(), inet::IcmpQuote::as_much_as_fits_576, 576);
        const auto size = static_cast<std::size_t>(end - message.data());
        Frame& frame = lab.network.internet.packet(
            inet::Ipv4Header{.source = address(1, 2), .destination = address(1, 1), .protocol = inet::Protocol::icmp},
            size);
        std::memcpy(Internet::payload_of(frame), message.data(), size);
        lab.network.internet.send(lab.network.internet.path(lab.node("one"), address(1, 1)), frame);
    });
    lab.run(seconds(5));
    CHECK(taken == 1000);
    CHECK(Lab::facts<run::PathMtuChanged>(lab.log()).empty());
}

TEST_CASE("fragments whose others do not come are given up after a minute, and the sender told",
          "[net][fragments][limits]")
{
    Lab lab{narrow(1500)};
    ping_large(lab, milliseconds(500), "ann", wire::Address::v4(address(3, 2)), 0, 100);
    lab.at(milliseconds(999), "ann", [&] { lab.network.links.lose_next(lab.nic("ann", "one"), 1, 1); });
    ping_large(lab, seconds(1), "ann", wire::Address::v4(address(3, 2)), 1, 2000); // the second of two is lost
    lab.run(seconds(63));
    const run::Log log = lab.log();
    const auto gone = Lab::facts<run::PacketReassembled>(log, lab.node("ben"));
    REQUIRE(gone.size() == 1);
    CHECK(gone[0].second.outcome == run::Reassembly::timed_out);
    CHECK(gone[0].first > seconds(61));
    CHECK(gone[0].first < milliseconds(61'100));
    const auto told = Lab::facts<run::IcmpNoted>(log, lab.node("ann"));
    CHECK(told.back().second.type == 11);
    CHECK(told.back().second.code == 1);
    CHECK(lab.network.context.frames.out() == 0);
}

TEST_CASE("a datagram as large as UDP allows gets through, and one octet more is not sent", "[net][fragments][udp]")
{
    Lab lab{narrow(1500)};
    std::vector<std::size_t> sizes;
    struct Reader {
        static wire::Task<void> all(std::unique_ptr<wire::Datagram> port, std::vector<std::size_t>& seen)
        {
            for (;;) {
                const auto received = co_await port->receive(Duration{});
                if (!received) co_return;
                seen.push_back(received->octets.size());
            }
        }
    };
    lab.at({}, "ben", [&] {
        lab.engine.spawn(lab.node("ben"), Reader::all(lab.network.udp.bind(lab.node("ben"), wire::Port{53}), sizes));
    });
    const auto send = [&](const wire::Address& to, std::size_t octets) {
        return [&lab, to, octets] {
            const auto port = lab.network.udp.bind(lab.node("ann"), wire::Port{});
            port->send({to, wire::Port{53}}, wire::OctetBuffer(octets), {});
        };
    };
    lab.at(milliseconds(500), "ann", send(wire::Address::v4(address(3, 2)), 1));
    lab.at(milliseconds(600), "ann", send(address6(3, 2), 2));
    lab.at(seconds(1), "ann", send(wire::Address::v4(address(3, 2)), 65'507));
    lab.at(seconds(2), "ann", send(wire::Address::v4(address(3, 2)), 65'508));
    lab.at(seconds(3), "ann", send(address6(3, 2), 60'000));
    lab.run(seconds(5));
    CHECK(sizes == std::vector<std::size_t>{1, 2, 65'507, 60'000});
    CHECK(lab.network.context.frames.out() == 0);
}
