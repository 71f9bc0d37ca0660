// Strangers on the network: floods, garbage, and peers that say nothing. Memory stays bounded, nothing is left behind,
// and the letters of others arrive.

#include "protocols/dns/message.hpp"
#include "protocols/dns/record.hpp"
#include "protocols/inet/udp.hpp"
#include "protocols/tcp/segment.hpp"
#include "sim/scenario/plug.hpp"
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

/// A world with a machine of a stranger plugged in beside a link: it sends whatever frames it likes.
class Intruded {
  public:
    Intruded(const std::string& text, const std::string& beside, run::Level level)
    {
        scenario::Loaded read = loaded(text);
        const scenario::Plug plug{"stranger", beside};
        REQUIRE(scenario::plug_in(read.plan, plug));
        WorldOptions options;
        options.level = level;
        options.file = "scenario.toml";
        options.text = text;
        options.plugs = {plug};
        auto built = World::build(read, std::move(options), std::make_unique<run::MemorySink>());
        REQUIRE(built);
        world = std::move(*built);
    }

    net::Network& network() { return world->network(); }
    NodeId node(std::string_view name) { return world->engine().find(name); }
    net::NicId nic(std::string_view name) { return network().links.nics_of(node(name)).front(); }
    wire::Address address(std::string_view name, bool v4)
    {
        for (const net::Own& own : network().neighbours.addresses(nic(name)))
            if (own.what.address.is_v4() == v4) return own.what.address;
        FAIL(name << " has no such address");
        return {};
    }
    /// At once.
    void send(const link::MacAddress& to, const link::MacAddress& from, link::EtherType type, wire::Octets payload)
    {
        wire::OctetBuffer frame(link::ethernet_header_size + payload.size());
        std::ranges::copy(payload, link::encode({to, from, type}, frame.data()));
        REQUIRE(world->inject(0, frame, world->engine().now() + wire::nanoseconds(1)));
    }

    std::unique_ptr<World> world;
};

/// Nobody's, one for each number.
wire::Address forged_v6(std::size_t n)
{
    wire::Address address = *wire::parse_address("2001:db8:bad::");
    wire::store_u32(&address.octets[12], static_cast<std::uint32_t>(n + 1));
    return address;
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

TEST_CASE("a flood of forged neighbours, of both families, costs bounded memory, and letters pass", "[hostile]")
{
    Intruded intruded{letters({.mails = wanted_letters, .spacing_ms = 500, .until = "2h"}), "office-bob",
                      run::Level::none};
    World& world = *intruded.world;
    const std::string victims[] = {"example-mail", "example-edge"};
    std::size_t most = 0;
    // The tables are full before anybody sends a letter.
    every(world, wire::microseconds(800), 7'000, [&](std::size_t i) {
        const auto mac = link::MacAddress::from_number(0x02'BAD0'0000'00 + i);
        for (const std::string& victim : victims) {
            const auto v4 = wire::Address::v4(0x0B00'0000 + static_cast<std::uint32_t>(i));
            wire::OctetBuffer arp(link::arp_packet_size);
            link::encode(link::arp_request(mac, v4, intruded.address(victim, true)), arp.data());
            intruded.send(link::MacAddress::broadcast(), mac, link::EtherType::arp, arp);
            const wire::Address target = intruded.address(victim, false);
            const inet::NdPacket question = inet::neighbour_solicitation(mac, forged_v6(i), target);
            wire::OctetBuffer nd(inet::encoded_size(question));
            inet::encode(question, nd.data());
            intruded.send(inet::multicast_mac(inet::solicited_node(target)), mac, link::EtherType::ipv6, nd);
        }
        for (const std::string& victim : victims)
            for (const net::NicId nic : intruded.network().links.nics_of(intruded.node(victim)))
                most = std::max(most, intruded.network().neighbours.known(nic));
    });
    CHECK(most == net::neighbour_table_limit); // the line was reached
    check_letters_arrived(world);
}

TEST_CASE("fragments that overlap, and others that are never all there, cost bounded memory, and letters pass",
          "[hostile]")
{
    Intruded intruded{letters({.mails = wanted_letters, .spacing_ms = 500, .until = "2h"}), "office-bob",
                      run::Level::story};
    World& world = *intruded.world;
    const NodeId victim = intruded.node("example-mail");
    const link::MacAddress to = intruded.network().links[intruded.nic("example-mail")].mac;
    const auto from = link::MacAddress::from_number(0x02'BAD0'0000'01);
    const wire::Address victim6 = intruded.address("example-mail", false);
    const std::uint32_t victim4 = intruded.address("example-mail", true).to_v4();
    constexpr std::size_t piece = 1'400;
    const auto fragment4 = [&](std::size_t n, std::size_t offset) {
        wire::OctetBuffer packet(inet::ipv4_header_size + piece, static_cast<std::uint8_t>(n + offset));
        inet::encode(inet::Ipv4Header{.source = 0x0B00'0000 + static_cast<std::uint32_t>(n / 3),
                                      .destination = victim4,
                                      .protocol = inet::Protocol::udp,
                                      .identification = static_cast<std::uint16_t>(n),
                                      .fragment_offset = static_cast<std::uint16_t>(offset),
                                      .dont_fragment = false,
                                      .more_fragments = true},
                     piece, packet.data());
        intruded.send(to, from, link::EtherType::ipv4, packet);
    };
    const auto fragment6 = [&](std::size_t n, std::size_t offset) {
        wire::OctetBuffer packet(inet::ipv6_header_size + inet::ipv6_fragment_header_size + piece,
                                 static_cast<std::uint8_t>(n + offset));
        std::uint8_t* const behind = inet::encode(inet::Ipv6Header{.source = forged_v6(n / 3),
                                                                   .destination = victim6,
                                                                   .next_header = inet::Protocol::fragment},
                                                  packet.size() - inet::ipv6_header_size, packet.data());
        inet::encode(inet::Ipv6FragmentHeader{.next_header = inet::Protocol::udp,
                                              .fragment_offset = static_cast<std::uint16_t>(offset),
                                              .more_fragments = true,
                                              .identification = static_cast<std::uint32_t>(n)},
                     behind);
        intruded.send(to, from, link::EtherType::ipv6, packet);
    };
    std::size_t most_datagrams = 0, most_octets = 0;
    world.run_until(world.start() + wire::milliseconds(900));
    every(world, wire::milliseconds(2), 3'000, [&](std::size_t i) {
        const std::size_t pieces = i % 2 == 0 ? 1 : 5; // one alone; several with a hole
        for (std::size_t k = 0; k < pieces; ++k) {
            fragment4(i, 2 * piece * k);
            fragment6(i, 2 * piece * k);
        }
        if (i % 4 == 1) { // and half over each other
            fragment4(i, piece / 2 / 8 * 8);
            fragment6(i, piece / 2 / 8 * 8);
        }
        // In the midst of it somebody sends an honest packet in pieces.
        if (i == 1'500)
            intruded.network().internet.ping(intruded.node("bob-pc"), wire::Address::v4(victim4), 1, {}, 4'000);
        if (i == 1'600) intruded.network().internet.ping(intruded.node("bob-pc"), victim6, 2, {}, 4'000);
        if (const inet::Reassembly* const held = intruded.network().internet.reassembly(victim)) {
            most_datagrams = std::max(most_datagrams, held->datagrams());
            most_octets = std::max(most_octets, held->octets_held());
        }
    });
    CHECK(most_datagrams == inet::reassembly_datagrams_at_most); // the line was reached
    CHECK(most_octets <= inet::reassembly_octets_at_most);
    CHECK(most_octets > inet::reassembly_octets_at_most / 2);
    check_letters_arrived(world);
    const inet::Reassembly* const held = intruded.network().internet.reassembly(victim);
    REQUIRE(held);
    CHECK(held->datagrams() == 0); // given up after a minute
    CHECK(held->octets_held() == 0);
    std::size_t overlaps = 0, echoes = 0;
    for (const run::Event& event : run::Log::of(world.recorder().kept()).events()) {
        if (const auto* reassembled = std::get_if<run::PacketReassembled>(&event.what))
            overlaps += reassembled->outcome == run::Reassembly::overlapping;
        if (const auto* noted = std::get_if<run::IcmpNoted>(&event.what))
            echoes += event.node == intruded.node("bob-pc") && noted->direction == run::Direction::received &&
                      (noted->type == 0 || noted->type == 129);
    }
    CHECK(overlaps > 500);
    CHECK(echoes == 2);
}

TEST_CASE("forged answers pour over a resolver while it asks, and no letter goes astray", "[hostile]")
{
    const std::string text = letters({.mails = wanted_letters, .spacing_ms = 500, .until = "2h"});
    // What the resolver asks first, from which port, and when: what a stranger would have to guess.
    run::DnsAsked asked{};
    std::string name;
    Time when{};
    std::string resolver;
    {
        Intruded honest{text, "home-alice", run::Level::story};
        const run::Log log = log_of(*honest.world);
        for (const run::Event& event : log.events()) {
            const auto* const fact = std::get_if<run::DnsAsked>(&event.what);
            if (!fact || fact->recursive || !fact->server.is_v4()) continue;
            asked = *fact;
            name = fact->name;
            when = event.at;
            resolver = log.header().nodes[engine::index_of(event.node)];
            break;
        }
    }
    REQUIRE(when != Time{});
    INFO(resolver << " asks " << wire::format(asked.server) << " for " << name << " from port " << asked.port);
    Intruded intruded{text, "home-alice", run::Level::story};
    World& world = *intruded.world;
    const scenario::PlugHost self = world.plug_host(0);
    link::MacAddress mac;
    std::ranges::copy(self.mac, mac.octets.begin());
    const net::NicId line =
        intruded.network().links[intruded.network().links.nics_of(intruded.node("stranger")).front()].peer;
    const link::MacAddress edge = intruded.network().links[line].mac;
    const std::uint32_t to = intruded.address(resolver, true).to_v4();
    const auto owner = dns::parse_name(name);
    REQUIRE(owner);
    const dns::A astray{self.addresses[0].address};
    const auto forge = [&](std::uint16_t id, std::uint16_t port) {
        dns::Message message = dns::make_response(
            dns::make_query(id, {*owner, static_cast<dns::Type>(asked.type)}, false), dns::Rcode::noerror);
        message.header.authoritative = true;
        message.answers = {dns::make_record(*owner, 86'400, astray)};
        const wire::OctetBuffer octets = dns::encode(message);
        const std::uint32_t from = asked.server.to_v4(); // that much everybody knows
        const std::size_t size = inet::udp_header_size + octets.size();
        wire::OctetBuffer packet(inet::ipv4_header_size + size);
        std::uint8_t* const udp = inet::encode(
            inet::Ipv4Header{.source = from, .destination = to, .protocol = inet::Protocol::udp}, size, packet.data());
        std::ranges::copy(octets, inet::encode_udp_header(wire::Port{53}, wire::Port{port}, from, to, octets, udp));
        intruded.send(edge, mac, link::EtherType::ipv4, packet);
    };
    world.run_until(when); // earlier, the flood would shift the question, and what it draws
    // The right port with wrong IDs, and the right ID at wrong ports.
    every(world, wire::microseconds(50), 10'000, [&](std::size_t i) {
        const auto other = static_cast<std::uint16_t>(i + 1);
        if (i % 2 == 0)
            forge(static_cast<std::uint16_t>(asked.id + other), asked.port);
        else
            forge(asked.id, static_cast<std::uint16_t>(asked.port + other));
    });
    check_letters_arrived(world);
    std::size_t forged = 0;
    const std::string trap = wire::format(self.addresses[0].address);
    for (const run::Event& event : run::Log::of(world.recorder().kept()).events()) {
        if (const auto* answered = std::get_if<run::DnsAnswered>(&event.what))
            forged += answered->outcome == run::DnsOutcome::forged;
        if (const auto* cached = std::get_if<run::DnsCached>(&event.what)) CHECK_FALSE(cached->records.contains(trap));
    }
    CHECK(forged > 100);
}
