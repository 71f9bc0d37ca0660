// What a name server and a resolver do with clients that are not well-behaved, over the simulated network.

#include "tests/unit/nodes/name_world.hpp"
#include "tests/unit/skip.hpp"

#include <filesystem>
#include <fstream>

using namespace tegami;
using namespace tegami::nodes;
using net::lab::Lab;
using wire::milliseconds;
using wire::seconds;

namespace {

wire::OctetBuffer query_octets(std::uint16_t id, std::string_view name, dns::Type type, bool recursion = false)
{
    return dns::encode(dns::make_query(id, {*dns::parse_name(name), type}, recursion));
}

/// A client over TCP that writes octets and counts what comes back.
struct TcpClient {
    NameWorld& world;
    std::string host;
    wire::Address server;
    std::vector<std::uint16_t> ids; ///< of the responses
    std::optional<Duration> ended;
    bool connected = false;

    Task<void> talk(wire::OctetBuffer octets)
    {
        auto stream = co_await world.lab.network.tcp.connect(world.lab.node(host), {server, wire::Port{53}},
                                                             run::Protocol::dns, {});
        if (!stream) co_return;
        connected = true;
        const bool written = co_await (*stream)->write(octets, {});
        wire::OctetBuffer received;
        while (written) {
            const auto chunk = co_await (*stream)->read_some();
            if (!chunk) break;
            received.insert(received.end(), chunk->octets.begin(), chunk->octets.end());
            Octets ahead = received;
            while (const auto message = dns::next_tcp_message(ahead)) {
                const auto response = dns::decode_message(*message);
                CHECK(response);
                if (response) ids.push_back(response->header.id);
            }
            received.erase(received.begin(), received.end() - static_cast<std::ptrdiff_t>(ahead.size()));
        }
        ended = world.lab.now();
    }
};

wire::OctetBuffer tcp_queries(std::size_t count, std::string_view name)
{
    wire::OctetBuffer octets;
    for (std::size_t i = 0; i < count; ++i)
        dns::append_tcp_message(octets, query_octets(static_cast<std::uint16_t>(i), name, dns::Type::mx));
    return octets;
}

} // namespace

TEST_CASE("a server ends a connection ten seconds after its last answer, however slowly octets dribble in",
          "[nodes][names][limits]")
{
    static_assert(dns_tcp_idle == seconds(10));
    NameWorld world;
    TcpClient quiet{world, "ann", world_address(5), {}, {}}, slow{world, "ann", world_address(5), {}, {}};
    const auto dribble = [](NameWorld& w, TcpClient& client) -> Task<void> {
        auto stream = co_await w.lab.network.tcp.connect(w.lab.node("ann"), {client.server, wire::Port{53}},
                                                         run::Protocol::dns, {});
        const wire::OctetBuffer octets = tcp_queries(1, "example.com.");
        for (const std::uint8_t octet : octets) {
            const bool written = co_await (*stream)->write(Octets{&octet, 1}, {});
            if (!written) break;
            (*stream)->allow(seconds(4));
            const auto chunk = co_await (*stream)->read_some();
            if (!chunk && chunk.error() != wire::Hangup::timed_out) break;
        }
        client.ended = w.lab.now();
    };
    world.lab.at(seconds(1), "ann", [&] {
        world.hosts["ann"]->spawn(quiet.talk(tcp_queries(3, "example.com.")));
        world.hosts["ann"]->spawn(dribble(world, slow));
    });
    world.lab.run(seconds(60));
    CHECK(quiet.ids == std::vector<std::uint16_t>{0, 1, 2});
    REQUIRE(quiet.ended);
    CHECK(*quiet.ended > seconds(11));
    CHECK(*quiet.ended < seconds(12));
    REQUIRE(slow.ended);
    CHECK(*slow.ended < seconds(13));
}

TEST_CASE("a server has fifty clients over TCP at once, and room again when one has gone", "[nodes][names][limits]")
{
    static_assert(dns_tcp_clients == 50);
    NameWorld world;
    std::vector<std::unique_ptr<TcpClient>> clients;
    for (int i = 0; i < 52; ++i) {
        clients.push_back(std::make_unique<TcpClient>(world, "ann", world_address(5)));
        // The last one comes when the others have been idle for too long.
        world.lab.at(i < 51 ? seconds(1) + milliseconds(i) : seconds(20), "ann",
                     [&world, client = clients.back().get()] {
                         world.hosts["ann"]->spawn(client->talk(tcp_queries(1, "example.com.")));
                     });
    }
    world.lab.run(seconds(40));
    std::size_t answered = 0;
    for (int i = 0; i < 51; ++i) answered += clients[static_cast<std::size_t>(i)]->ids.size();
    CHECK(answered == 50);
    CHECK(clients[51]->ids.size() == 1);
}

TEST_CASE("five hundred queries one behind the other are all answered", "[nodes][names][hostile][vectors]")
{
    const std::filesystem::path file = TEGAMI_VECTORS "/attack-pack/dns/tcp-pipelined-500.bin";
    wire::OctetBuffer octets = tcp_queries(500, "www.example.test.");
    if (std::filesystem::exists(file)) {
        std::ifstream in{file, std::ios::binary};
        octets.assign(std::istreambuf_iterator<char>{in}, {});
    }
    NameWorld world;
    TcpClient server{world, "ann", world_address(5), {}, {}}, resolver{world, "ann", world_address(2), {}, {}};
    world.lab.at(seconds(1), "ann", [&] {
        world.hosts["ann"]->spawn(server.talk(octets));
        world.hosts["ann"]->spawn(resolver.talk(octets));
    });
    world.lab.run(seconds(60));
    for (const TcpClient* client : {&server, &resolver}) {
        CHECK(client->ids.size() == 500);
        for (std::size_t i = 0; i < client->ids.size(); ++i) CHECK(client->ids[i] == i);
    }
}

TEST_CASE("hostile datagrams leave a server and a resolver standing", "[nodes][names][hostile][vectors]")
{
    const std::filesystem::path folder = TEGAMI_VECTORS "/attack-pack/dns";
    if (!std::filesystem::exists(folder)) return test::skip("the attack pack is not here");
    NameWorld world;
    std::map<std::string, wire::OctetBuffer> attacks;
    for (const auto& entry : std::filesystem::directory_iterator{folder}) {
        std::ifstream in{entry.path(), std::ios::binary};
        attacks[entry.path().stem()].assign(std::istreambuf_iterator<char>{in}, {});
    }
    std::map<std::string, std::vector<std::uint16_t>> rcodes; // by attack and server
    const auto hear = [](std::shared_ptr<wire::Datagram> port, std::vector<std::uint16_t>& into) -> Task<void> {
        for (;;) {
            const auto received = co_await port->receive(seconds(20));
            if (!received) co_return;
            const auto header = dns::decode_header(received->octets);
            CHECK(header);
            if (header) into.push_back(static_cast<std::uint16_t>(header->rcode));
        }
    };
    for (const std::uint32_t server : {5u, 2u}) {
        Duration at = seconds(1);
        for (const auto& [name, octets] : attacks) {
            if (octets.size() > 1'400) continue; // no datagram
            auto& into = rcodes[name + (server == 5 ? " server" : " resolver")];
            world.lab.at(at, "ann", [&world, &octets, &into, hear, server] {
                std::shared_ptr<wire::Datagram> port = world.lab.network.udp.bind(world.lab.node("ann"), wire::Port{});
                port->send({world_address(server), wire::Port{53}}, octets, {});
                world.hosts["ann"]->spawn(hear(port, into));
            });
            at = at + milliseconds(500);
        }
    }
    world.exchanges(seconds(30), "example.com");
    world.lab.run(seconds(60));
    CHECK(world.told == std::vector<std::string>{"example.com MX 20:mx2.example.com 10:mx1.example.com"});
    const auto only = [&](const std::string& name) {
        const auto& all = rcodes.at(name);
        return all.size() == 1 ? std::optional{all[0]} : std::nullopt;
    };
    constexpr std::uint16_t formerr = 1, notimp = 4, refused = 5;
    for (const std::string who : {" server", " resolver"}) {
        for (const std::string name : {"ptr-self", "ptr-loop2", "ptr-to-header", "ptr-truncated", "label-0x40",
                                       "label-0x80", "opt-twice", "opt-not-root"})
            CHECK(only(name + who) == formerr);
        CHECK(rcodes.at("short-11" + who).empty());
        for (const std::string name : {"cname-self", "wrong-qname", "out-of-bailiwick", "ns-poison", "ttl-max",
                                       "tc-with-answer", "an-65535"}) // responses, to nobody
            CHECK(rcodes.at(name + who).empty());
    }
    CHECK(only("type-252 resolver") == notimp);
    CHECK(only("class-any resolver") == refused);
    CHECK(only("type-255 resolver") == 3); // example.test is not there
    CHECK(only("name-255-ok resolver") == 3);
    CHECK(only("name-255-ok server") == refused);
}

TEST_CASE("a resolver answers within what its client can take", "[nodes][names]")
{
    NameWorld world;
    std::vector<std::pair<std::size_t, bool>> got; // size, TC
    const auto ask = [&](Duration at, std::optional<std::uint16_t> payload) {
        world.lab.at(at, "ann", [&, payload] {
            dns::Message query = dns::make_query(1, {*dns::parse_name("large.example.com."), dns::Type::txt}, true);
            if (payload)
                query.edns = dns::Edns{.payload_size = *payload, .version = 0, .dnssec_ok = false, .options = {}};
            std::shared_ptr<wire::Datagram> port = world.lab.network.udp.bind(world.lab.node("ann"), wire::Port{});
            port->send({world_address(2), wire::Port{53}}, dns::encode(query), {});
            world.hosts["ann"]->spawn([](std::shared_ptr<wire::Datagram> p, decltype(got)& into) -> Task<void> {
                const auto received = co_await p->receive(seconds(10));
                if (!received) co_return;
                const auto response = dns::decode_message(received->octets);
                into.emplace_back(received->octets.size(), response && response->header.truncated);
                CHECK(response);
                CHECK(response->header.recursion_available);
            }(port, got));
        });
    };
    ask(seconds(1), {});
    ask(seconds(5), 512);
    ask(seconds(6), 4096);
    world.lab.run(seconds(20));
    REQUIRE(got.size() == 3);
    for (const auto& [size, truncated] : got) {
        CHECK(truncated); // 1,313 octets of text
        CHECK(size <= 512);
    }
}

TEST_CASE("a resolver refuses to tell what it knows, and what is no question", "[nodes][names]")
{
    NameWorld world;
    std::vector<std::uint16_t> rcodes;
    const auto ask = [&](Duration at, dns::Message query) {
        world.lab.at(at, "ann", [&, query] {
            std::shared_ptr<wire::Datagram> port = world.lab.network.udp.bind(world.lab.node("ann"), wire::Port{});
            port->send({world_address(2), wire::Port{53}}, dns::encode(query), {});
            world.hosts["ann"]->spawn([](std::shared_ptr<wire::Datagram> p,
                                         std::vector<std::uint16_t>& into) -> Task<void> {
                const auto received = co_await p->receive(seconds(10));
                const auto response = received ? dns::decode_message(received->octets) : wire::Decoded<dns::Message>{};
                into.push_back(received && response ? static_cast<std::uint16_t>(response->header.rcode) : 999);
            }(port, rcodes));
        });
    };
    const dns::Question question{*dns::parse_name("example.com."), dns::Type::mx};
    ask(seconds(1), dns::make_query(1, question, true));
    ask(seconds(3), dns::make_query(1, question, false)); // cached, but RD is not set
    dns::Message query = dns::make_query(1, question, true);
    query.header.opcode = dns::Opcode::update;
    ask(seconds(4), query);
    query = dns::make_query(1, question, true);
    query.edns = dns::Edns{.payload_size = 1232, .version = 1, .dnssec_ok = false, .options = {}};
    ask(seconds(5), query);
    query = dns::make_query(1, question, true);
    query.questions.push_back(question);
    ask(seconds(6), query);
    query.questions.clear();
    ask(seconds(7), query);
    ask(seconds(8), dns::make_query(1, {question.name, dns::Type::mx, dns::Class::ch}, true));
    ask(seconds(9), dns::make_query(1, {question.name, dns::Type::axfr}, true));
    world.lab.run(seconds(30));
    CHECK(rcodes == std::vector<std::uint16_t>{0, 5, 4, 16, 1, 1, 5, 4});
}
