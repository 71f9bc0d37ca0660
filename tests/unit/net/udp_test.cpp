#include "tests/unit/net/lab.hpp"

using namespace tegami;
using namespace tegami::net;
using namespace tegami::net::lab;
using wire::milliseconds;
using wire::seconds;

namespace {

Wiring udp_hosts() { return Wiring{}.host("ann").router("edge").host("ben").link("ann", "edge").link("edge", "ben"); }

wire::Task<void> echo(std::unique_ptr<wire::Datagram> port, std::size_t& served)
{
    for (;;) {
        auto received = co_await port->receive(Duration{});
        if (!received) co_return;
        ++served;
        port->send(received->from, received->octets, received->spans);
    }
}

struct Asked {
    std::string answer;
    std::optional<wire::Hangup> hangup;
    Duration at{};
    Spans spans;
};

wire::Task<void> ask(Lab& lab, std::string_view from, wire::Endpoint to, std::string text, Duration patience,
                     Spans spans, Asked& asked)
{
    const auto port = lab.network.udp.bind(lab.node(from), wire::Port{});
    port->send(to, wire::as_octets(text), spans);
    const auto received = co_await port->receive(patience);
    asked.at = lab.now();
    if (!received) {
        asked.hangup = received.error();
        co_return;
    }
    asked.answer = wire::as_text(received->octets);
    asked.spans = received->spans;
    CHECK(received->from == to);
}

} // namespace

TEST_CASE("a datagram is answered, and its spans come back with it", "[net][udp]")
{
    Lab lab{udp_hosts()};
    const wire::Endpoint to{wire::Address::v4(address(2, 2)), wire::Port{53}};
    const Spans serves = lab.spans.only(lab.spans.begin({.kind = run::SpanKind::step,
                                                         .node = lab.node("ann"),
                                                         .number = 0,
                                                         .mail = {lab.node("ann"), 1},
                                                         .step = run::Step::s1_dns,
                                                         .tries = 1}));
    std::size_t served = 0;
    lab.at({}, "ben", [&] {
        lab.engine.spawn(lab.node("ben"), echo(lab.network.udp.bind(lab.node("ben"), wire::Port{53}), served));
    });
    std::vector<Asked> asked(3);
    for (std::size_t i = 0; i < 3; ++i)
        lab.at(seconds(1), "ann", [&, i] {
            lab.engine.spawn(lab.node("ann"),
                             ask(lab, "ann", to, "question " + std::to_string(i), seconds(5), serves, asked[i]));
        });
    lab.run(seconds(10));
    for (std::size_t i = 0; i < 3; ++i) {
        CHECK(asked[i].answer == "question " + std::to_string(i)); // three ports, three answers
        CHECK(asked[i].spans == serves);
    }
    CHECK(served == 3);
    for (std::uint64_t f = 1; f <= lab.log().frames(); ++f)
        CHECK(lab.log().frame(run::FrameRef{f}).spans != Spans{}); // the ARP too
    CHECK(lab.network.context.frames.out() == 0);
}

TEST_CASE("who waits for a datagram waits as long as allowed", "[net][udp]")
{
    Lab lab{udp_hosts()};
    Asked asked;
    const auto silent = lab.network.udp.bind(lab.node("ben"), wire::Port{53});
    lab.at(seconds(1), "ann", [&] {
        lab.engine.spawn(lab.node("ann"), ask(lab, "ann", {wire::Address::v4(address(2, 2)), wire::Port{53}}, "anyone?",
                                              milliseconds(2500), {}, asked));
    });
    lab.run(seconds(10));
    CHECK(asked.hangup == wire::Hangup::timed_out);
    CHECK(asked.at == milliseconds(3500));
    CHECK(lab.engine.process_count(lab.node("ann")) == 0);
}

TEST_CASE("a question asked while the host checks its addresses goes out when it has one", "[net][udp][arp][limits]")
{
    static_assert(datagrams_held == 3);
    Lab lab{udp_hosts()};
    std::vector<std::string> heard;
    struct Reader {
        static wire::Task<void> all(std::unique_ptr<wire::Datagram> port, std::vector<std::string>& texts)
        {
            for (;;) {
                const auto received = co_await port->receive(Duration{});
                if (!received) co_return;
                texts.emplace_back(wire::as_text(received->octets));
            }
        }
    };
    lab.at({}, "ben", [&] {
        lab.engine.spawn(lab.node("ben"), Reader::all(lab.network.udp.bind(lab.node("ben"), wire::Port{53}), heard));
    });
    const auto port = lab.network.udp.bind(lab.node("ann"), wire::Port{});
    lab.at(seconds(1), "ann", [&] {
        lab.network.links.set_power(lab.node("ann"), false);
        lab.network.links.set_power(lab.node("ann"), true);
        for (const char* text : {"one", "two", "three", "four"})
            port->send({wire::Address::v4(address(2, 2)), wire::Port{53}}, wire::as_octets(text), {});
    });
    lab.run(seconds(3));
    CHECK(heard.empty());
    lab.run(seconds(20));
    CHECK(heard == std::vector<std::string>{"two", "three", "four"});
    CHECK(lab.network.context.frames.out() == 0);
}

TEST_CASE("who asks where nobody listens is told, unless it was another who told", "[net][udp][icmp]")
{
    Lab lab{udp_hosts()};
    Asked asked;
    const wire::Endpoint to{wire::Address::v4(address(2, 2)), wire::Port{53}};
    lab.at(seconds(1), "ann",
           [&] { lab.engine.spawn(lab.node("ann"), ask(lab, "ann", to, "anyone?", seconds(5), {}, asked)); });
    // A server's port goes on whatever one of its clients says.
    bool ended = false;
    struct Server {
        static wire::Task<void> wait(std::unique_ptr<wire::Datagram> port, wire::Endpoint client, bool& over)
        {
            port->send(client, wire::as_octets("you asked"), {});
            const auto received = co_await port->receive(seconds(5));
            over = !received && received.error() == wire::Hangup::reset;
        }
    };
    lab.at(seconds(1), "ann", [&] {
        lab.engine.spawn(lab.node("ann"),
                         Server::wait(lab.network.udp.bind(lab.node("ann"), wire::Port{53}), to, ended));
    });
    lab.run(seconds(10));
    CHECK(asked.hangup == wire::Hangup::reset);
    CHECK(asked.at < milliseconds(1100));
    CHECK_FALSE(ended);
    CHECK(lab.engine.process_count(lab.node("ann")) == 0);
}

TEST_CASE("a port is bound once, holds 64 datagrams, and dies with its process", "[net][udp][limits]")
{
    static_assert(datagrams_waiting == 64);
    Lab lab{udp_hosts()};
    const NodeId ann = lab.node("ann"), ben = lab.node("ben");
    const wire::Endpoint to{wire::Address::v4(address(2, 2)), wire::Port{53}};
    std::size_t read = 0;
    auto held = lab.network.udp.bind(ben, wire::Port{53});
    REQUIRE(held);
    CHECK_FALSE(lab.network.udp.bind(ben, wire::Port{53}));
    CHECK(lab.network.udp.bind(ann, wire::Port{53})); // another host's
    lab.at(seconds(1), "ann", [&] {
        const auto port = lab.network.udp.bind(ann, wire::Port{});
        port->send(to, wire::as_octets("first"), {}); // resolves the neighbours
    });
    lab.at(seconds(2), "ann", [&] {
        const auto port = lab.network.udp.bind(ann, wire::Port{});
        for (int n = 0; n < 80; ++n) port->send(to, wire::as_octets("more"), {});
        const wire::OctetBuffer largest(1'472), too_large(1'473);
        port->send(to, too_large, {}); // goes nowhere: nothing is cut into fragments
        port->send(to, largest, {});
    });
    struct Reader {
        static wire::Task<void> all(wire::Datagram& port, std::size_t& count)
        {
            for (;;) {
                const auto received = co_await port.receive(milliseconds(10));
                if (!received) co_return;
                ++count;
            }
        }
    };
    lab.at(seconds(3), "ben", [&] { lab.engine.spawn(ben, Reader::all(*held, read)); });
    // A process that crashes takes its port along: datagrams are answered by ICMP, and the port is free.
    std::size_t served = 0;
    lab.at(seconds(4), "ben", [&] { lab.engine.spawn(ben, echo(lab.network.udp.bind(ben, wire::Port{54}), served)); });
    lab.at(seconds(5), "ben", [&] { lab.engine.crash(ben); });
    lab.at(seconds(6), "ann", [&] {
        const auto port = lab.network.udp.bind(ann, wire::Port{});
        port->send({to.address, wire::Port{54}}, wire::as_octets("still there?"), {});
    });
    lab.at(seconds(7), "ben", [&] { CHECK(lab.network.udp.bind(ben, wire::Port{54})); });
    lab.run(seconds(8));
    CHECK(read == 64);
    std::size_t largest = 0;
    const run::Log log = lab.log();
    for (std::uint64_t f = 1; f <= log.frames(); ++f)
        largest = std::max(largest, log.frame(run::FrameRef{f}).octets.size());
    CHECK(largest == largest_frame);
    const auto told = Lab::facts<run::IcmpNoted>(log, ann);
    REQUIRE(told.size() == 1);
    CHECK(told[0].second.code == 3);
    CHECK(lab.network.context.frames.out() == 0);
    held.reset();
}
