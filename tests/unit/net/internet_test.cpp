#include "sim/net/routes.hpp"
#include "tests/unit/net/lab.hpp"

#include <set>

using namespace tegami;
using namespace tegami::net;
using namespace tegami::net::lab;
using wire::milliseconds;
using wire::seconds;

namespace {

/// ann – one – two – ben
Wiring two_routers()
{
    return Wiring{}
        .host("ann")
        .router("one", {"10.0.1.0/24"})
        .router("two", {"10.0.3.0/24"})
        .host("ben")
        .link("ann", "one", megabit())
        .link("one", "two", megabit())
        .link("two", "ben", megabit());
}

struct IcmpTold {
    int type, code;
    std::uint32_t peer;
    bool operator==(const IcmpTold&) const = default;
};
std::vector<IcmpTold> heard_by(Lab& lab, std::string_view host)
{
    std::vector<IcmpTold> all;
    for (const auto& [at, noted] : Lab::facts<run::IcmpNoted>(lab.log(), lab.node(host)))
        if (noted.direction == run::Direction::received) all.push_back({noted.type, noted.code, noted.peer.to_v4()});
    return all;
}

wire::OctetBuffer udp_octets(std::uint32_t from, std::uint32_t to, std::uint16_t port)
{
    const wire::Octets text = wire::as_octets("to a shut port");
    wire::OctetBuffer octets(inet::udp_header_size + text.size());
    inet::encode_udp_header(wire::Port{4000}, wire::Port{port}, from, to, text, octets.data());
    std::ranges::copy(text, octets.begin() + inet::udp_header_size);
    return octets;
}

} // namespace

TEST_CASE("an echo goes through two routers and comes back", "[net][icmp]")
{
    Lab lab{two_routers()};
    lab.ping(seconds(1), "ann", address(3, 2), 1);
    lab.ping(seconds(2), "ann", address(3, 2), 2);
    lab.run(seconds(3));
    CHECK(heard_by(lab, "ben") == std::vector<IcmpTold>{{8, 0, address(1, 1)}, {8, 0, address(1, 1)}});
    CHECK(heard_by(lab, "ann") == std::vector<IcmpTold>{{0, 0, address(3, 2)}, {0, 0, address(3, 2)}});
    // With every neighbour known: six links of 69 octets at 8 us and 10 ms each.
    const run::Log log = lab.log();
    const auto noted = Lab::facts<run::IcmpNoted>(log, lab.node("ann"));
    CHECK(noted.back().first == seconds(2) + (wire::microseconds(69 * 8) + milliseconds(10)) * 6);
    // One frame, three links; each router takes one from its time to live and gives it its own MAC address.
    for (std::uint64_t f = 1; f <= log.frames(); ++f) {
        const auto number = run::FrameRef{f};
        if (log.frame(number).octets.size() == 42) continue;
        REQUIRE(log.hops(number).size() == 3);
        for (std::size_t hop = 0; hop < 3; ++hop) {
            const wire::OctetBuffer octets = log.octets_on(number, hop);
            const auto packet = inet::decode_ipv4(wire::Octets{octets}.subspan(14));
            REQUIRE(packet); // its checksum is right on every link
            CHECK(packet->header.time_to_live == 64 - hop);
        }
    }
    CHECK(lab.network.context.frames.out() == 0);
}

TEST_CASE("a packet whose time is over dies at the router, which says so", "[net][icmp]")
{
    Lab lab{two_routers()};
    for (const auto hops : std::to_array<std::uint8_t>({1, 2, 3}))
        lab.packet(seconds(hops), "ann",
                   {.destination = address(3, 2), .protocol = inet::Protocol::udp, .time_to_live = hops},
                   udp_octets(address(1, 1), address(3, 2), 9));
    lab.run(seconds(5));
    CHECK(heard_by(lab, "ann") ==
          std::vector<IcmpTold>{{11, 0, address(1, 2)}, {11, 0, address(2, 2)}, {3, 3, address(3, 2)}});
    const run::Log log = lab.log();
    CHECK(Lab::drops(log, run::DropReason::ttl_exceeded) == 2);
    CHECK(Lab::drops(log, run::DropReason::no_listener) == 1);
    CHECK(lab.network.context.frames.out() == 0);
}

TEST_CASE("where no way leads, the router says that the network is unreachable", "[net][icmp]")
{
    Lab lab{two_routers()};
    lab.ping(seconds(1), "ann", 0xC633'6401, 1); // 198.51.100.1
    lab.ping(seconds(2), "ben", 0xC633'6401, 1);
    lab.run(seconds(3));
    CHECK(heard_by(lab, "ann") == std::vector<IcmpTold>{{3, 0, address(1, 2)}});
    CHECK(heard_by(lab, "ben") == std::vector<IcmpTold>{{3, 0, address(3, 1)}});
    CHECK(Lab::drops(lab.log(), run::DropReason::no_route) == 2);
}

TEST_CASE("a protocol that nobody speaks is unreachable, and hosts forward nothing", "[net][icmp]")
{
    Lab lab{two_routers()};
    lab.packet(seconds(1), "ann", {.destination = address(3, 2), .protocol = inet::Protocol{99}},
               wire::OctetBuffer(30));
    // An address that its router delivers to ben's link, though it is not his.
    lab.packet(seconds(2), "two",
               {.source = address(3, 1), .destination = address(3, 2), .protocol = inet::Protocol{99}},
               wire::OctetBuffer(30));
    lab.run(seconds(3));
    CHECK(heard_by(lab, "ann") == std::vector<IcmpTold>{{3, 2, address(3, 2)}});
    CHECK(Lab::drops(lab.log(), run::DropReason::no_protocol) == 2);
}

TEST_CASE("a host sends ten ICMP errors a second to a peer, and none about errors", "[net][icmp][limits]")
{
    static_assert(icmp_errors_a_second == 10);
    Lab lab{two_routers()};
    lab.ping(milliseconds(100), "ann", address(3, 2), 1); // neighbours are known from here on
    for (int second : {2, 3})
        for (int n = 0; n < 15; ++n)
            lab.packet(seconds(second) + milliseconds(10 * n), "ann",
                       {.destination = address(3, 2), .protocol = inet::Protocol::udp},
                       udp_octets(address(1, 1), address(3, 2), 9));
    // An error whose time to live ends, and one to a shut port: nobody answers.
    wire::OctetBuffer error(inet::icmp_error_largest_packet);
    const wire::OctetBuffer about = [] {
        wire::OctetBuffer octets(48);
        inet::encode({.source = address(3, 2), .destination = address(1, 1), .protocol = inet::Protocol::udp}, 28,
                     octets.data());
        return octets;
    }();
    error.resize(static_cast<std::size_t>(
        inet::encode_icmp_unreachable(inet::UnreachableCode::port, about, error.data()) - error.data()));
    lab.packet(seconds(5), "ann", {.destination = address(3, 2), .protocol = inet::Protocol::icmp, .time_to_live = 1},
               error);
    lab.run(seconds(6));
    const auto told = heard_by(lab, "ann");
    CHECK(std::ranges::count(told, IcmpTold{3, 3, address(3, 2)}) == 20);
    CHECK(std::ranges::none_of(told, [](const IcmpTold& t) { return t.type == 11; }));
    CHECK(lab.network.context.frames.out() == 0);
}

TEST_CASE("a wrong checksum goes no further", "[net][ip]")
{
    Lab lab{two_routers()};
    wire::OctetBuffer damaged = udp_octets(address(1, 1), address(3, 2), 9);
    damaged.back() ^= 1;
    lab.packet(seconds(2), "ann", {.destination = address(3, 2), .protocol = inet::Protocol::udp}, damaged);
    tcp::Segment syn;
    syn.source = wire::Port{4000};
    syn.destination = wire::Port{25};
    syn.flags = tcp::Flag::syn;
    wire::OctetBuffer segment =
        tcp::encode(syn, inet::pseudo_header_sum(address(1, 1), address(3, 2), inet::Protocol::tcp, 20));
    segment[4] ^= 1;
    lab.packet(seconds(3), "ann", {.destination = address(3, 2), .protocol = inet::Protocol::tcp}, segment);
    lab.run(seconds(4));
    const run::Log log = lab.log();
    CHECK(Lab::drops(log, run::DropReason::malformed) == 1);
    CHECK(Lab::drops(log, run::DropReason::bad_checksum) == 1);
    CHECK(heard_by(lab, "ann").empty());
    CHECK(lab.network.context.frames.out() == 0);
}

// ---- routes --------------------------------------------------------------------------------------------------------

TEST_CASE("the longest prefix decides", "[net][routes]")
{
    PrefixTable table;
    table.put(0, 0, {NicId{1}, 11});
    table.put(0x0A00'0000, 8, {NicId{2}, 12});
    table.put(0x0A01'0000, 16, {NicId{3}, 13});
    table.put(0x0A01'0203, 32, {NicId{4}, 14});
    table.put(0x0A01'02FF, 24, {NicId{5}, 15}); // bits behind the length are ignored
    const auto nic = [&](std::uint32_t to) { return static_cast<std::uint32_t>(table.find(to)->nic); };
    CHECK(nic(0xC000'0201) == 1);
    CHECK(nic(0x0AFF'0001) == 2);
    CHECK(nic(0x0A01'FF01) == 3);
    CHECK(nic(0x0A01'0204) == 5);
    CHECK(nic(0x0A01'0203) == 4);
    CHECK(table.size() == 5);
    table.put(0x0A01'0203, 32, {NicId{6}, 0}); // the last one counts
    CHECK(nic(0x0A01'0203) == 6);
    CHECK(table.size() == 5);
    CHECK(PrefixTable{}.find(1) == nullptr);

    // Against a plain search, with many prefixes.
    struct Row {
        std::uint32_t address;
        unsigned length;
    };
    std::vector<Row> rows;
    PrefixTable many;
    std::uint64_t draw = 1;
    const auto next = [&] {
        return static_cast<std::uint32_t>((draw = draw * 6'364'136'223'846'793'005 + 1'442'695'040'888'963'407) >> 33);
    };
    const auto mask = [](unsigned length) { return length == 0 ? 0u : 0xFFFF'FFFFu << (32 - length); };
    for (std::uint32_t i = 0; i < 2'000; ++i) {
        const Row row{next() * 2 & 0x0F0F'FFFF, next() % 33};
        rows.push_back(row);
        many.put(row.address, row.length, {NicId{i}, 0});
    }
    for (int i = 0; i < 2'000; ++i) {
        const std::uint32_t to = next() * 2 & 0x0F0F'FFFF;
        const Row* best = nullptr;
        for (const Row& row : rows)
            if (((row.address ^ to) & mask(row.length)) == 0 && (!best || row.length >= best->length)) best = &row;
        const Route* const found = many.find(to);
        REQUIRE((found != nullptr) == (best != nullptr));
        if (found) CHECK(rows[static_cast<std::uint32_t>(found->nic)].length == best->length);
    }
}

TEST_CASE("the shortest way by delay is taken, and the same of equals", "[net][routes]")
{
    const auto path_of = [](const Wiring& wiring) {
        Lab lab{wiring};
        lab.ping(seconds(1), "ann", lab.network.internet.address_of(lab.node("ben")).to_v4(), 1);
        lab.run(seconds(2));
        const run::Log log = lab.log();
        std::string path;
        for (std::uint64_t f = 1; f <= log.frames(); ++f) {
            const auto hops = log.hops(run::FrameRef{f});
            if (log.frame(run::FrameRef{f}).node != lab.node("ann") || hops.size() < 2) continue;
            for (const run::Hop& hop : hops) path += lab.engine.name(hop.node) + ' ';
        }
        return path;
    };
    // a – b – d takes 20 ms, a – c – d 4 ms, a – d 30 ms.
    Wiring diamond;
    diamond.host("ann").router("a").router("b").router("c").router("d").host("ben");
    diamond.link("ann", "a").link("a", "b", {.delay = milliseconds(10)}).link("b", "d", {.delay = milliseconds(10)});
    diamond.link("a", "c", {.delay = milliseconds(2)})
        .link("c", "d", {.delay = milliseconds(2)})
        .link("a", "d", {.delay = milliseconds(30)})
        .link("d", "ben");
    diamond.topology.hosts[diamond.index("d")].announces.push_back(*inet::parse_prefix("10.0.7.0/24"));
    CHECK(path_of(diamond) == "ann a c d ");

    // Two ways of the same length: the order in which hosts and links stand decides nothing.
    std::set<std::string> paths;
    for (std::size_t turn = 0; turn < 4; ++turn) {
        Wiring wiring;
        wiring.host("ann").host("ben");
        for (std::size_t i = 0; i < 4; ++i) wiring.router(std::string{"pqrs"[(i + turn) % 4]});
        const std::vector<std::pair<std::string, std::string>> ends = {{"p", "q"}, {"p", "r"}, {"q", "s"}, {"r", "s"}};
        wiring.link("ann", "p");
        for (std::size_t i = 0; i < 4; ++i) wiring.link(ends[(i + turn) % 4].first, ends[(i + turn) % 4].second);
        wiring.link("s", "ben");
        wiring.topology.hosts[wiring.index("s")].announces.push_back(*inet::parse_prefix("10.0.6.0/24"));
        paths.insert(path_of(wiring));
    }
    CHECK(paths.size() == 1);
    CHECK(paths.begin()->size() == std::string{"ann p q s "}.size());
}
