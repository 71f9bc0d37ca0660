// Strangers on the network: floods, garbage, and peers that say nothing. Memory stays bounded, nothing is left behind,
// and the letters of others arrive.

#include "protocols/tcp/segment.hpp"
#include "tests/lessons/playing.hpp"

#include <functional>

using namespace tegami;
using namespace tegami::lessons;

namespace {

constexpr std::size_t wanted_letters = 10;

/// Does something at a host of the world, again and again.
void every(World& world, wire::Duration step, std::size_t times, const std::function<void(std::size_t)>& act)
{
    for (std::size_t i = 0; i < times; ++i) {
        world.run_until(world.engine().now() + step);
        act(i);
    }
}

void check_letters_arrived(World& world)
{
    world.run_until(world.end());
    CHECK(world.finish());
    CHECK(messages_in(*world.find_host("example-mail"), "bob").size() == wanted_letters);
    CHECK(world.network().context.frames.out() == 0);
    CHECK(world.network().tcp.connections() == 0);
    CHECK(world.network().tcp.buffers_lent() == 0);
    for (const char* name : {"alice-pc", "bob-pc", "example-mail"})
        CHECK(world.engine().process_count(world.engine().find(name)) == 0);
}

/// What a stranger says on a connection: `text`, `times` times, without reading an answer; then it holds the line.
struct Stranger {
    std::string text;
    std::size_t times = 1;
    wire::Duration holds{};
    bool reads = false;
};

wire::Task<void> pester(World& world, NodeId node, wire::Endpoint to, Stranger stranger, std::size_t& refused)
{
    auto connected = co_await world.network().tcp.connect(node, to, run::Protocol::none, {});
    if (!connected) {
        ++refused;
        co_return;
    }
    wire::Stream& stream = **connected;
    stream.allow(wire::minutes(30));
    for (std::size_t i = 0; i < stranger.times; ++i) {
        const bool written = co_await stream.write(stranger.text, wire::Spans{});
        if (!written) break;
        if (!stranger.reads) continue;
        const auto answer = co_await stream.read_some();
        if (!answer) break;
    }
    co_await world.engine().pause(node, stranger.holds);
}

} // namespace

TEST_CASE("a flood of SYNs costs bounded memory, and letters pass", "[hostile]")
{
    const auto world =
        world_of(letters({.mails = wanted_letters, .spacing_ms = 500, .until = "2h"}), {.level = run::Level::none});
    net::Network& network = world->network();
    const NodeId flooder = world->engine().find("bob-pc");
    const std::uint32_t server = network.internet.address_of(world->engine().find("example-mail")).to_v4();
    std::size_t most = 0, most_buffers = 0;
    const net::Path way = network.internet.path(flooder, server);
    REQUIRE(way.found);
    every(*world, wire::milliseconds(1), 20'000, [&](std::size_t i) {
        const std::uint32_t from = 0x0B00'0000 + static_cast<std::uint32_t>(i); // nobody's address
        tcp::Segment syn;
        syn.source = wire::Port{1'000};
        syn.destination = wire::Port{25};
        syn.flags = tcp::Flag::syn;
        syn.seq = from;
        syn.window = 65'535;
        const std::size_t size = tcp::header_length(syn);
        net::Frame& frame =
            network.internet.packet({.source = from, .destination = server, .protocol = inet::Protocol::tcp}, size);
        const wire::OctetBuffer octets =
            tcp::encode(syn, inet::pseudo_header_sum(from, server, inet::Protocol::tcp, size));
        std::ranges::copy(octets, net::Internet::payload_of(frame));
        network.internet.send(way, frame);
        most = std::max(most, network.tcp.connections());
        most_buffers = std::max(most_buffers, network.tcp.buffers_lent());
    });
    CHECK(most > net::half_open_limit); // the line was reached
    // Each letter has a connection to the MTA and one from there to the MDA, and then their TIME-WAITs.
    CHECK(most <= net::half_open_limit + 4 * wanted_letters);
    CHECK(most_buffers <= 4);
    check_letters_arrived(*world);
}

TEST_CASE("garbage, endless lines and silence end their own session and no other", "[hostile]")
{
    const auto world =
        world_of(letters({.mails = wanted_letters, .spacing_ms = 500, .until = "4h"}), {.level = run::Level::story});
    const NodeId node = world->engine().find("bob-pc");
    const wire::Address server = world->network().internet.address_of(world->engine().find("example-mail"));
    std::string noise;
    for (int i = 0; i < 4'000; ++i) noise += static_cast<char>(i * 37 % 256);
    const Stranger strangers[] = {
        {.text = noise, .times = 50, .holds = wire::minutes(20)},
        {.text = std::string(60'000, 'x'), .times = 100, .holds = wire::minutes(20)}, // 6 MB in one line
        {.text = "NOOP\r\n", .times = 20'000, .holds = wire::minutes(20)},            // never reads a reply
        {.text = "WHAT\r\n", .times = 1'000, .reads = true},
        {.text = "EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<bob@example.com>\r\nDATA\r\n",
         .holds = wire::minutes(60)},             // and no message
        {.text = "", .holds = wire::minutes(60)}, // says nothing at all
        {.text = "USER bob\r\nPASS wrong\r\n", .times = 500, .reads = true},
    };
    std::size_t refused = 0;
    every(*world, wire::milliseconds(100), 60, [&](std::size_t i) {
        const Stranger& stranger = strangers[i % std::size(strangers)];
        for (const std::uint16_t port : {std::uint16_t{25}, std::uint16_t{110}})
            world->engine().spawn(node, pester(*world, node, {server, wire::Port{port}}, stranger, refused));
    });
    CHECK(refused == 0);
    check_letters_arrived(*world);
}
