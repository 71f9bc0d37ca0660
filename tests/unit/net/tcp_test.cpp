#include "tests/unit/net/lab.hpp"

using namespace tegami;
using namespace tegami::net;
using namespace tegami::net::lab;
using wire::ConnectError;
using wire::milliseconds;
using wire::minutes;
using wire::seconds;

namespace {

Wiring tcp_hosts(LinkFigures figures = {})
{
    return Wiring{}.host("ann").router("edge").host("ben").link("ann", "edge").link("edge", "ben", figures);
}
const wire::Endpoint ben_smtp{wire::Address::v4(address(2, 2)), wire::Port{25}};

using Connected = std::expected<std::unique_ptr<wire::Stream>, ConnectError>;

/// What a client's process has seen; the stream stays open in it.
struct Client {
    std::optional<ConnectError> error;
    std::unique_ptr<wire::Stream> stream;
    Duration at{};
    bool done = false;
};

wire::Task<void> dial(Lab& lab, std::string_view from, wire::Endpoint to, Client& client)
{
    auto connected = co_await lab.network.tcp.connect(lab.node(from), to, run::Protocol::smtp, {});
    client.at = lab.now();
    if (connected)
        client.stream = std::move(*connected);
    else
        client.error = connected.error();
    client.done = true;
}

/// Octets that depend on their place and on `key`.
std::uint8_t octet_at(std::uint64_t key, std::uint64_t place)
{
    std::uint64_t z = (place + 1) * 0x9E37'79B9'7F4A'7C15 + key;
    z = (z ^ (z >> 30)) * 0xBF58'476D'1CE4'E5B9;
    return static_cast<std::uint8_t>(z >> 56);
}

wire::Task<void> send_all(wire::Stream& stream, std::uint64_t key, std::uint64_t size, bool& done)
{
    wire::OctetBuffer piece;
    for (std::uint64_t at = 0; at < size;) {
        piece.resize(static_cast<std::size_t>(std::min<std::uint64_t>(size - at, 10'000)));
        for (std::size_t i = 0; i < piece.size(); ++i) piece[i] = octet_at(key, at + i);
        const bool written = co_await stream.write(wire::Octets{piece}, Spans{});
        if (!written) co_return;
        at += piece.size();
    }
    stream.close();
    done = true;
}

struct Taken {
    std::uint64_t octets = 0;
    std::uint64_t wrong = 0;
    std::optional<wire::Hangup> end;
    Duration at{};
};

wire::Task<void> take_all(Lab& lab, wire::Stream& stream, std::uint64_t key, Taken& taken)
{
    for (;;) {
        const auto chunk = co_await stream.read_some();
        if (!chunk) {
            taken.end = chunk.error();
            taken.at = lab.now();
            co_return;
        }
        for (const std::uint8_t octet : chunk->octets) taken.wrong += octet != octet_at(key, taken.octets++);
    }
}

/// Writes a piece and reads a piece, over and over, as the other end does: both directions are full all the time. (A
/// stream has one that waits.)
wire::Task<void> exchange(Lab& lab, wire::Stream& stream, std::uint64_t out, std::uint64_t in, std::uint64_t size,
                          Taken& taken)
{
    constexpr std::uint64_t piece_size = 30'000; // fits into the send buffer
    wire::OctetBuffer piece;
    for (std::uint64_t at = 0; at < size;) {
        piece.resize(static_cast<std::size_t>(std::min(size - at, piece_size)));
        for (std::size_t i = 0; i < piece.size(); ++i) piece[i] = octet_at(out, at + i);
        const bool written = co_await stream.write(wire::Octets{piece}, Spans{});
        if (!written) co_return;
        at += piece.size();
        while (taken.octets < at) {
            const auto chunk = co_await stream.read_some(static_cast<std::size_t>(at - taken.octets));
            if (!chunk) co_return;
            for (const std::uint8_t octet : chunk->octets) taken.wrong += octet != octet_at(in, taken.octets++);
        }
    }
    stream.close();
    co_await take_all(lab, stream, in, taken);
}

struct Transfer {
    Client client;
    std::unique_ptr<wire::Stream> server;
    Taken at_client, at_server;
};

void start_transfer(Lab& lab, Transfer& t, std::uint64_t key, std::uint64_t size, wire::Port port)
{
    const NodeId ben = lab.node("ben");
    lab.network.tcp.listen(ben, port, run::Protocol::smtp,
                           [&lab, &t, ben, key, size](std::unique_ptr<wire::Stream> stream, wire::Endpoint) {
                               t.server = std::move(stream);
                               lab.engine.spawn(ben, exchange(lab, *t.server, key + 1, key, size, t.at_server));
                           });
    struct Dialling {
        static wire::Task<void> run(Lab& in, Transfer& of, std::uint64_t k, std::uint64_t octets, wire::Port to)
        {
            co_await dial(in, "ann", {ben_smtp.address, to}, of.client);
            if (!of.client.stream) co_return;
            co_await exchange(in, *of.client.stream, k, k + 1, octets, of.at_client);
        }
    };
    lab.at(seconds(1), "ann",
           [&lab, &t, key, size, port] { lab.engine.spawn(lab.node("ann"), Dialling::run(lab, t, key, size, port)); });
}

struct SynSeen {
    Duration at;
    tcp::Flags flags;
};
/// The segments that a host sent, without payload they carry.
std::vector<SynSeen> segments_of(const run::Log& log, NodeId node)
{
    std::vector<SynSeen> all;
    for (std::uint64_t f = 1; f <= log.frames(); ++f) {
        const run::Frame& frame = log.frame(run::FrameRef{f});
        if (frame.node != node) continue;
        const auto packet = inet::decode_ipv4(frame.octets.subspan(14));
        if (!packet || packet->header.protocol != inet::Protocol::tcp) continue;
        all.push_back({frame.at - lab_start, tcp::decode(packet->payload)->flags});
    }
    return all;
}

} // namespace

TEST_CASE("a port where nobody listens refuses", "[net][tcp]")
{
    Lab lab{tcp_hosts()};
    Client client;
    lab.at(seconds(1), "ann", [&] { lab.engine.spawn(lab.node("ann"), dial(lab, "ann", ben_smtp, client)); });
    lab.run(seconds(10));
    CHECK(client.error == ConnectError::refused);
    CHECK(client.at < seconds(2));
    CHECK(lab.network.tcp.connections() == 0);
    CHECK(lab.network.context.frames.out() == 0);
}

TEST_CASE("a host that is silent is asked at 0 1 3 7 15 31 63 123 s, until 183 s", "[net][tcp][limits]")
{
    // A link that is down at its far end: nobody says anything.
    Lab lab{Wiring{}.host("ann").host("ben").link("ann", "ben")};
    Client client;
    lab.ping(milliseconds(500), "ann", address(1, 2)); // the neighbour is known
    lab.at(milliseconds(900), "ben", [&] { lab.network.links.set_up(lab.nic("ben", "ann"), false); });
    lab.at(seconds(1), "ann", [&] {
        lab.engine.spawn(lab.node("ann"), dial(lab, "ann", {wire::Address::v4(address(1, 2)), wire::Port{25}}, client));
    });
    lab.run(minutes(5));
    CHECK(client.error == ConnectError::timed_out);
    CHECK(client.at == seconds(184));
    std::vector<std::int64_t> syns;
    for (const SynSeen& s : segments_of(lab.log(), lab.node("ann")))
        syns.push_back((s.at - seconds(1)).ns / 1'000'000'000);
    CHECK(syns == std::vector<std::int64_t>{0, 1, 3, 7, 15, 31, 63, 123});
    CHECK(lab.network.tcp.connections() == 0);
    CHECK(lab.network.context.frames.out() == 0);
}

TEST_CASE("a host without power is unreachable when its router says so", "[net][tcp]")
{
    Lab lab{tcp_hosts()};
    Client client;
    lab.network.links.set_power(lab.node("ben"), false);
    lab.at(seconds(1), "ann", [&] { lab.engine.spawn(lab.node("ann"), dial(lab, "ann", ben_smtp, client)); });
    lab.run(minutes(5));
    // RFC 1122 §4.2.3.9: host unreachable is a soft error; TCP goes on trying, and says so when it gives up.
    CHECK(client.error == ConnectError::unreachable);
    CHECK(client.at == seconds(184));

    Client nowhere;
    lab.at(minutes(6), "ann", [&] {
        lab.engine.spawn(lab.node("ann"), dial(lab, "ann", {wire::Address::v4(0xC633'6401), wire::Port{25}}, nowhere));
    });
    lab.run(minutes(12));
    CHECK(nowhere.error == ConnectError::unreachable);
    CHECK(lab.network.tcp.connections() == 0);
    CHECK(lab.network.context.frames.out() == 0);
}

TEST_CASE("one side ends, the other still talks", "[net][tcp]")
{
    Lab lab{tcp_hosts()};
    const NodeId ben = lab.node("ben");
    struct Server {
        static wire::Task<void> talk(Lab& in, std::unique_ptr<wire::Stream> stream, Taken& taken)
        {
            co_await take_all(in, *stream, 5, taken); // up to the client's end
            co_await in.engine.pause(in.node("ben"), seconds(3));
            bool sent = false;
            co_await send_all(*stream, 6, 20'000, sent);
        }
        static wire::Task<void> ask(Lab& in, Client& client, Taken& taken)
        {
            co_await dial(in, "ann", ben_smtp, client);
            bool sent = false;
            co_await send_all(*client.stream, 5, 10'000, sent); // closes our side
            co_await take_all(in, *client.stream, 6, taken);
            client.stream.reset();
        }
    };
    Taken at_server, at_client;
    Client client;
    lab.network.tcp.listen(ben, wire::Port{25}, run::Protocol::smtp,
                           [&](std::unique_ptr<wire::Stream> stream, wire::Endpoint) {
                               lab.engine.spawn(ben, Server::talk(lab, std::move(stream), at_server));
                           });
    lab.at(seconds(1), "ann", [&] { lab.engine.spawn(lab.node("ann"), Server::ask(lab, client, at_client)); });
    lab.run(seconds(20));
    CHECK(at_server.octets == 10'000);
    CHECK(at_server.end == wire::Hangup::closed);
    CHECK(at_client.octets == 20'000);
    CHECK(at_client.end == wire::Hangup::closed);
    CHECK(at_server.wrong + at_client.wrong == 0);
    CHECK(at_client.at > at_server.at + seconds(3));
    // Who closed first waits out TIME-WAIT, and holds no buffers while it does.
    CHECK(lab.network.tcp.connections() == 1);
    CHECK(lab.network.tcp.buffers_lent() == 0);
    lab.run(minutes(5));
    CHECK(lab.network.tcp.connections() == 0);
    CHECK(lab.network.context.frames.out() == 0);
}

TEST_CASE("10 MB each way over a link that loses and reorders a tenth arrive octet by octet", "[net][tcp]")
{
    Lab lab{tcp_hosts({.loss = 100'000, .reorder = 100'000}), 1, run::Level::none};
    Transfer transfer;
    constexpr std::uint64_t size = 10'000'000;
    start_transfer(lab, transfer, 77, size, wire::Port{25});
    lab.run(minutes(24 * 60));
    REQUIRE(transfer.client.stream);
    for (const Taken* taken : {&transfer.at_client, &transfer.at_server}) {
        CHECK(taken->octets == size);
        CHECK(taken->wrong == 0);
        CHECK(taken->end == wire::Hangup::closed);
    }
    transfer.client.stream.reset();
    transfer.server.reset();
    lab.run(minutes(24 * 60 + 10));
    CHECK(lab.network.tcp.connections() == 0);
    CHECK(lab.network.tcp.buffers_lent() == 0);
    CHECK(lab.network.context.frames.out() == 0);
}

TEST_CASE("many connections at once keep to themselves", "[net][tcp]")
{
    Lab lab{tcp_hosts({.loss = 20'000, .reorder = 50'000}), 3, run::Level::none};
    std::vector<Transfer> transfers(40);
    for (std::size_t i = 0; i < transfers.size(); ++i)
        start_transfer(lab, transfers[i], 1'000 + 10 * i, 20'000 + 777 * i,
                       wire::Port{static_cast<std::uint16_t>(1'000 + i)});
    lab.run(minutes(120));
    for (std::size_t i = 0; i < transfers.size(); ++i) {
        CHECK(transfers[i].at_client.octets == 20'000 + 777 * i);
        CHECK(transfers[i].at_server.octets == 20'000 + 777 * i);
        CHECK(transfers[i].at_client.wrong + transfers[i].at_server.wrong == 0);
        transfers[i].client.stream.reset();
        transfers[i].server.reset();
    }
    lab.run(minutes(130));
    CHECK(lab.network.tcp.connections() == 0);
    CHECK(lab.network.context.frames.out() == 0);
}

namespace {

/// A SYN to ben's port 25 from an address behind ann, which ignores the answer.
void knock(Lab& lab, Duration when, std::uint32_t from, std::uint16_t port)
{
    tcp::Segment s;
    s.source = wire::Port{port};
    s.destination = wire::Port{25};
    s.flags = tcp::Flag::syn;
    s.seq = from + port;
    s.window = 1'000;
    lab.packet(when, "ann", {.source = from, .destination = ben_smtp.address.to_v4(), .protocol = inet::Protocol::tcp},
               tcp::encode(s, inet::pseudo_header_sum(from, ben_smtp.address.to_v4(), inet::Protocol::tcp,
                                                      tcp::header_length(s))));
}

} // namespace

TEST_CASE("256 half-open connections fit, and the next one takes the place of the oldest", "[net][tcp][limits]")
{
    for (const std::uint32_t knocks : {std::uint32_t{half_open_limit}, std::uint32_t{half_open_limit} + 1}) {
        Lab lab{tcp_hosts()};
        lab.network.tcp.listen(lab.node("ben"), wire::Port{25}, run::Protocol::smtp,
                               [](std::unique_ptr<wire::Stream>, wire::Endpoint) {});
        lab.ping(milliseconds(500), "ann", address(2, 2));
        for (std::uint32_t n = 0; n < knocks; ++n)
            knock(lab, seconds(1) + wire::microseconds(100 * n), 0x0B00'0000 + n, 5'000);
        // The first one's SYN again: known, it is answered as a repetition; let go, it is one more.
        const auto opened = [&] {
            std::size_t count = 0;
            for (const run::Event& event : lab.log().events())
                count += std::holds_alternative<run::TcpOpened>(event.what);
            return count;
        };
        lab.run(seconds(2) - milliseconds(100));
        CHECK(lab.network.tcp.connections() == half_open_limit);
        CHECK(opened() == knocks);
        knock(lab, seconds(2), 0x0B00'0000, 5'000);
        lab.run(seconds(2) + milliseconds(500));
        CHECK(opened() == (knocks == half_open_limit ? knocks : knocks + 1));
        CHECK(lab.network.tcp.connections() == half_open_limit);
    }
}

TEST_CASE("behind one half-open connection that waits long, the line of those that stood up stays short",
          "[net][tcp][limits]")
{
    Lab lab{tcp_hosts()};
    const NodeId ben = lab.node("ben");
    lab.network.tcp.listen(ben, wire::Port{25}, run::Protocol::smtp,
                           [](std::unique_ptr<wire::Stream>, wire::Endpoint) {});
    lab.ping(milliseconds(500), "ann", address(2, 2));
    knock(lab, seconds(1), 0x0B00'0000, 5'000); // nobody ever answers for it
    std::vector<Client> clients(1'000);
    std::size_t most = 0;
    for (std::size_t n = 0; n < clients.size(); ++n)
        lab.at(seconds(2) + milliseconds(100 * static_cast<std::int64_t>(n)), "ann", [&, n] {
            most = std::max(most, lab.network.tcp.half_open_places(ben, ben_smtp));
            lab.engine.spawn(lab.node("ann"), dial(lab, "ann", ben_smtp, clients[n]));
        });
    lab.run(seconds(110));
    CHECK(std::ranges::all_of(clients, [](const Client& client) { return client.done; }));
    CHECK(most > half_open_limit);
    CHECK(most <= 2 * half_open_limit);
}

TEST_CASE("a listening port keeps 256 half-open connections, and lets the oldest go", "[net][tcp][limits]")
{
    static_assert(half_open_limit == 256);
    Lab lab{tcp_hosts()};
    const NodeId ben = lab.node("ben");
    std::vector<std::unique_ptr<wire::Stream>> accepted;
    lab.network.tcp.listen(
        ben, wire::Port{25}, run::Protocol::smtp,
        [&](std::unique_ptr<wire::Stream> stream, wire::Endpoint) { accepted.push_back(std::move(stream)); });
    lab.ping(milliseconds(500), "ann", address(2, 2));
    std::size_t most = 0;
    for (std::uint32_t n = 0; n < 20'000; ++n) {
        knock(lab, seconds(1) + wire::microseconds(100 * n), 0x0B00'0000 + n, 5'000);
        if (n % 100 == 0)
            lab.at(seconds(1) + wire::microseconds(100 * n), "ben",
                   [&] { most = std::max(most, lab.network.tcp.connections()); });
    }
    // An honest client comes in the middle of it, and gets in: its handshake is quicker than 256 SYNs.
    Client client;
    lab.at(seconds(2), "ann", [&] { lab.engine.spawn(lab.node("ann"), dial(lab, "ann", ben_smtp, client)); });
    lab.run(seconds(4));
    CHECK(client.done);
    CHECK(client.stream);
    CHECK(accepted.size() == 1);
    CHECK(most <= half_open_limit + 2);
    CHECK(lab.network.tcp.connections() <= half_open_limit + 2);
    CHECK(lab.network.tcp.buffers_lent() <= half_open_limit + 2);
    lab.run(minutes(10)); // those that are left give up
    CHECK(lab.network.tcp.connections() == 2);
    accepted.clear();
    client.stream.reset();
    lab.run(minutes(20));
    CHECK(lab.network.tcp.connections() == 0);
    CHECK(lab.network.context.frames.out() == 0);
}

TEST_CASE("a peer of a host that lost its power is told by a reset when it speaks", "[net][tcp]")
{
    Lab lab{tcp_hosts()};
    const NodeId ann = lab.node("ann"), ben = lab.node("ben");
    std::unique_ptr<wire::Stream> server;
    const auto listen = [&] {
        lab.network.tcp.listen(
            ben, wire::Port{25}, run::Protocol::smtp,
            [&](std::unique_ptr<wire::Stream> stream, wire::Endpoint) { server = std::move(stream); });
    };
    listen();
    Client client;
    lab.at(seconds(1), "ann", [&] { lab.engine.spawn(ann, dial(lab, "ann", ben_smtp, client)); });
    lab.at(seconds(5), "ben", [&] {
        lab.engine.crash(ben);
        lab.network.tcp.forget_all(ben);
        lab.network.links.set_power(ben, false);
    });
    lab.at(seconds(10), "ben", [&] { lab.network.links.set_power(ben, true), listen(); });
    struct Speaker {
        static wire::Task<void> speak(Lab& in, wire::Stream& stream, std::optional<wire::Hangup>& heard, Duration& at)
        {
            const bool written = co_await stream.write("are you there?\r\n", Spans{});
            CHECK(written);
            const auto line = co_await stream.read_line(100);
            if (!line) heard = line.error();
            at = in.now();
        }
    };
    std::optional<wire::Hangup> heard;
    Duration at{};
    lab.at(seconds(20), "ann", [&] { lab.engine.spawn(ann, Speaker::speak(lab, *client.stream, heard, at)); });
    lab.run(seconds(30));
    REQUIRE(client.stream);
    CHECK(heard == wire::Hangup::reset);
    CHECK(at < seconds(21));
    client.stream.reset();
    server.reset();
    lab.run(minutes(10));
    CHECK(lab.network.tcp.connections() == 0);
    CHECK(lab.network.context.frames.out() == 0);
}

TEST_CASE("after a power cut a host does not meet its own old connection", "[net][tcp]")
{
    Lab lab{tcp_hosts()};
    const NodeId ann = lab.node("ann"), ben = lab.node("ben");
    std::vector<std::unique_ptr<wire::Stream>> servers;
    lab.network.tcp.listen(
        ben, wire::Port{25}, run::Protocol::smtp,
        [&](std::unique_ptr<wire::Stream> stream, wire::Endpoint) { servers.push_back(std::move(stream)); });
    Client before, after;
    lab.at(seconds(1), "ann", [&] { lab.engine.spawn(ann, dial(lab, "ann", ben_smtp, before)); });
    lab.at(seconds(5), "ann", [&] {
        lab.engine.crash(ann);
        lab.network.tcp.forget_all(ann);
    });
    lab.at(seconds(6), "ann", [&] { lab.engine.spawn(ann, dial(lab, "ann", ben_smtp, after)); });
    lab.run(seconds(20));
    REQUIRE(after.stream);
    CHECK(after.at < seconds(6) + milliseconds(10)); // no challenge, no second SYN
    CHECK(servers.size() == 2);
    const run::Log log = lab.log();
    const auto opened = Lab::facts<run::TcpOpened>(log, ann);
    REQUIRE(opened.size() == 2);
    CHECK(opened[0].second.local_port != opened[1].second.local_port);
    before.stream.reset();
    after.stream.reset();
    servers.clear();
}

TEST_CASE("a wait on a stream ends when its time is over, and the connection stands", "[net][tcp]")
{
    Lab lab{tcp_hosts()};
    const NodeId ann = lab.node("ann"), ben = lab.node("ben");
    std::unique_ptr<wire::Stream> server;
    lab.network.tcp.listen(ben, wire::Port{25}, run::Protocol::smtp,
                           [&](std::unique_ptr<wire::Stream> stream, wire::Endpoint) { server = std::move(stream); });
    struct Patient {
        static wire::Task<void> wait(Lab& in, Client& client, std::vector<Duration>& ends, std::string& line)
        {
            co_await dial(in, "ann", ben_smtp, client);
            client.stream->allow(seconds(2));
            const auto nothing = co_await client.stream->read_line(100);
            CHECK(nothing.error() == wire::Hangup::timed_out);
            ends.push_back(in.now());
            const auto still_nothing = co_await client.stream->read_line(100); // each wait anew
            CHECK(still_nothing.error() == wire::Hangup::timed_out);
            ends.push_back(in.now());
            client.stream->allow({});
            const auto something = co_await client.stream->read_line(100);
            line = something->text;
            ends.push_back(in.now());
            // A peer that reads nothing: the send buffer fills, and writing takes too long.
            client.stream->allow(seconds(2));
            const wire::OctetBuffer much(1'000'000);
            const bool written = co_await client.stream->write(wire::Octets{much}, Spans{});
            CHECK_FALSE(written);
            ends.push_back(in.now());
        }
        static wire::Task<void> say(wire::Stream& stream)
        {
            const bool written = co_await stream.write("late\r\n", Spans{});
            CHECK(written);
        }
    };
    Client client;
    std::vector<Duration> ends;
    std::string line;
    lab.at(seconds(1), "ann", [&] { lab.engine.spawn(ann, Patient::wait(lab, client, ends, line)); });
    lab.at(seconds(30), "ben", [&] { lab.engine.spawn(ben, Patient::say(*server)); });
    lab.run(seconds(60));
    REQUIRE(ends.size() == 4);
    CHECK(ends[0] == client.at + seconds(2));
    CHECK(ends[1] == client.at + seconds(4));
    CHECK(line == "late");
    CHECK(ends[2] > seconds(30));
    CHECK(ends[2] < seconds(31));
    CHECK(ends[3] >= ends[2] + seconds(2));
    CHECK(ends[3] < ends[2] + seconds(3));
    client.stream.reset();
    server.reset();
    lab.run(minutes(20));
    CHECK(lab.network.tcp.connections() == 0);
    CHECK(lab.network.context.frames.out() == 0);
}

TEST_CASE("who sends to a process that is gone is answered with a reset", "[net][tcp]")
{
    // RFC 1122 §4.2.2.13: data that comes after the close, for which nobody is left.
    Lab lab{tcp_hosts()};
    const NodeId ann = lab.node("ann"), ben = lab.node("ben");
    std::unique_ptr<wire::Stream> server;
    lab.network.tcp.listen(ben, wire::Port{25}, run::Protocol::smtp,
                           [&](std::unique_ptr<wire::Stream> stream, wire::Endpoint) { server = std::move(stream); });
    Client client;
    lab.at(seconds(1), "ann", [&] { lab.engine.spawn(ann, dial(lab, "ann", ben_smtp, client)); });
    lab.at(seconds(2), "ann", [&] { client.stream.reset(); });
    bool sent = false;
    lab.at(seconds(3), "ben", [&] { lab.engine.spawn(ben, send_all(*server, 1, 500'000, sent)); });
    lab.run(seconds(10));
    CHECK_FALSE(sent);
    CHECK(lab.engine.process_count(ben) == 0); // its write failed
    CHECK(lab.network.tcp.connections() <= 1);
    server.reset();
    lab.run(minutes(10));
    CHECK(lab.network.tcp.connections() == 0);
    CHECK(lab.network.tcp.buffers_lent() == 0);
}
