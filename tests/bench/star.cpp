// Hosts behind ISP routers, servers three links away, each host several dialogues of the shape of SMTP: 30 lines of 60
// octets and 4 KiB. The same topology, start times and dialogue as peers/star.cc has for ns-3; everything here is the
// real stack: octets, checksums, ARP, congestion control, spans.
//
//   star --hosts=1000 --servers=20 [--dialogues=10] [--record=none|story|headers|full] [--save=FILE] [--idle] [--ipv6]
//
// With --ipv6 every interface has an address of either family, and the dialogues go over IPv6.

#include "tests/bench/bench_world.hpp"

#include <cstdio>
#include <cstdlib>

namespace {

using namespace tegami;
using namespace tegami::net;

double live_octets() // resident now
{
    long pages = 0, resident = 0;
    if (std::FILE* f = std::fopen("/proc/self/statm", "r")) {
        if (std::fscanf(f, "%ld %ld", &pages, &resident) != 2) resident = 0;
        std::fclose(f);
    }
    return static_cast<double>(resident) * 4096.0;
}

constexpr int turns = 15;
std::string line, body;
std::uint64_t dialogues_done = 0, octets_read = 0, failures = 0;

wire::Task<bool> read_exactly(wire::Stream& stream, std::size_t count, wire::Spans& serves)
{
    while (count > 0) {
        const auto chunk = co_await stream.read_some(count);
        if (!chunk) co_return false;
        count -= chunk->octets.size();
        octets_read += chunk->octets.size();
        serves = chunk->spans;
    }
    co_return true;
}

wire::Task<void> serve(std::unique_ptr<wire::Stream> stream)
{
    wire::Spans serves;
    for (int i = 0; i < turns; ++i) {
        const bool written = co_await stream->write(line, serves);
        if (!written) co_return;
        const bool read = co_await read_exactly(*stream, i == turns - 1 ? 4096 : 60, serves);
        if (!read) co_return;
    }
    const bool written = co_await stream->write(line, serves);
    if (!written) co_return;
    const bool read = co_await read_exactly(*stream, 60, serves);
    if (!read) co_return;
    const bool last = co_await stream->write(line, serves);
    if (!last) co_return;
    stream->close();
}

wire::Task<void> talk(Network& network, NodeId node, wire::Endpoint to, std::uint32_t number)
{
    run::SpanTable& spans = network.context.spans;
    const run::SpanId step = spans.begin({.kind = run::SpanKind::step,
                                          .node = node,
                                          .number = 0,
                                          .mail = {node, number},
                                          .step = run::Step::s3_3_transfer,
                                          .tries = 1});
    const wire::Spans mine = spans.only(step);
    auto connected = co_await network.tcp.connect(node, to, run::Protocol::smtp, mine);
    if (!connected) {
        ++failures;
        co_return;
    }
    wire::Stream& stream = **connected;
    wire::Spans serves;
    for (int i = 1; i <= turns + 2; ++i) {
        const bool read = co_await read_exactly(stream, 60, serves);
        if (!read) co_return;
        if (i == turns + 2) break;
        const bool written = co_await stream.write(i == turns ? body : line, mine);
        if (!written) co_return;
    }
    stream.close();
    ++dialogues_done;
}

std::uint32_t ip(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d)
{
    return a << 24 | b << 16 | c << 8 | d;
}

struct Options {
    std::uint32_t hosts = 1000, servers = 20, dialogues = 10;
    run::Level level = run::Level::none;
    std::string save;
    bool ipv6 = false;
};

/// 2001:db8::/32, the IPv4 address, and nothing: so prefixes of either family are alike.
wire::Address six(std::uint32_t v4)
{
    wire::Address address;
    address.octets = {0x20, 0x01, 0x0D, 0xB8};
    wire::store_u32(&address.octets[4], v4);
    return address;
}

Topology star(const Options& o)
{
    Topology t;
    const std::uint32_t per_isp = o.hosts <= 100 ? 25 : 100, isps = (o.hosts + per_isp - 1) / per_isp;
    std::uint64_t mac = 0x02'0000'0000'00;
    t.hosts.push_back({.name = "core", .kind = HostKind::router, .interfaces = {}, .announces = {}});
    const auto join = [&](std::size_t a, std::size_t b, std::uint64_t rate, Duration delay, std::uint32_t address_a,
                          std::uint32_t address_b) {
        HostSpec &ha = t.hosts[a], &hb = t.hosts[b];
        ha.interfaces.push_back({hb.name, link::MacAddress::from_number(++mac), {{wire::Address::v4(address_a), 32}}});
        hb.interfaces.push_back({ha.name, link::MacAddress::from_number(++mac), {{wire::Address::v4(address_b), 32}}});
        if (o.ipv6) {
            ha.interfaces.back().addresses.push_back({six(address_a), 128});
            hb.interfaces.back().addresses.push_back({six(address_b), 128});
        }
        t.links.push_back({.name = ha.name + "-" + hb.name,
                           .a = a,
                           .a_interface = ha.interfaces.size() - 1,
                           .b = b,
                           .b_interface = hb.interfaces.size() - 1,
                           .figures = {.bits_per_second = rate, .delay = delay}});
    };
    for (std::uint32_t k = 0; k < isps; ++k) {
        t.hosts.push_back({.name = "isp" + std::to_string(k),
                           .kind = HostKind::router,
                           .interfaces = {},
                           .announces = {inet::Prefix{wire::Address::v4(ip(10, k, 0, 0)), 16}}});
        if (o.ipv6) t.hosts.back().announces.push_back({six(ip(10, k, 0, 0)), 48});
        join(t.hosts.size() - 1, 0, 1'000'000'000, wire::milliseconds(8), ip(192, 168, k, 1), ip(192, 168, k, 2));
    }
    for (std::uint32_t s = 0; s < o.servers; ++s) {
        t.hosts.push_back(
            {.name = "server" + std::to_string(s), .kind = HostKind::host, .interfaces = {}, .announces = {}});
        const std::uint32_t base = ip(172, 16 + s / 64, s % 64 * 4, 0);
        join(0, t.hosts.size() - 1, 1'000'000'000, wire::milliseconds(2), base + 1, base + 2);
        t.hosts[0].announces.push_back({wire::Address::v4(base), 30});
        if (o.ipv6) t.hosts[0].announces.push_back({six(base), 62});
    }
    for (std::uint32_t h = 0; h < o.hosts; ++h) {
        const std::uint32_t k = h / per_isp, j = h % per_isp;
        t.hosts.push_back(
            {.name = "host" + std::to_string(h), .kind = HostKind::host, .interfaces = {}, .announces = {}});
        const std::uint32_t base = ip(10, k, j / 64, j % 64 * 4);
        join(t.hosts.size() - 1, 1 + k, 20'000'000, wire::milliseconds(5), base + 1, base + 2);
    }
    return t;
}

} // namespace

int main(int argc, char** argv)
{
    Options o;
    for (int i = 1; i < argc; ++i) {
        const std::string_view a = argv[i];
        const auto value = [&](std::string_view key) { return a.starts_with(key) ? argv[i] + key.size() : nullptr; };
        if (auto v = value("--hosts="))
            o.hosts = static_cast<std::uint32_t>(std::atoi(v));
        else if (auto v2 = value("--servers="))
            o.servers = static_cast<std::uint32_t>(std::atoi(v2));
        else if (auto v3 = value("--dialogues="))
            o.dialogues = static_cast<std::uint32_t>(std::atoi(v3));
        else if (a == "--ipv6")
            o.ipv6 = true;
        else if (auto v4 = value("--save="))
            o.save = v4;
        else if (auto v5 = value("--record="))
            o.level = bench::level_named(v5);
        else {
            std::fprintf(stderr, "star: I do not know %s\n", argv[i]);
            return 2;
        }
    }
    for (int i = 0; i < 60; ++i) line += static_cast<char>('A' + i % 26);
    for (int i = 0; i < 4096; ++i) body += static_cast<char>('a' + i % 26);

    const double begin = bench::wall_s(), octets_before = live_octets();
    bench::BenchWorld world{"star", star(o), o.level, o.save};
    engine::Engine& engine = world.engine;
    Network& network = world.network;
    const double idle = live_octets() - octets_before;

    for (std::uint32_t s = 0; s < o.servers; ++s) {
        const NodeId node = engine.find("server" + std::to_string(s));
        network.tcp.listen(node, wire::Port{25}, run::Protocol::smtp,
                           [&engine, node](std::unique_ptr<wire::Stream> stream, wire::Endpoint) {
                               engine.spawn(node, serve(std::move(stream)));
                           });
    }
    struct Start {
        NodeId node;
        wire::Endpoint to;
        std::uint32_t number;
    };
    static std::vector<Start> starts;
    static Network* the_network = &network;
    engine.handle(engine::DueKind::act, &engine, [](void* self, const engine::Due& due) {
        const Start& s = starts[due.subject];
        static_cast<engine::Engine*>(self)->spawn(s.node, talk(*the_network, s.node, s.to, s.number));
    });
    for (std::uint32_t h = 0; h < o.hosts; ++h) {
        const NodeId node = engine.find("host" + std::to_string(h));
        const std::uint32_t s = h % o.servers;
        const std::uint32_t server = ip(172, 16 + s / 64, s % 64 * 4, 0) + 2;
        const wire::Endpoint to{o.ipv6 ? six(server) : wire::Address::v4(server), wire::Port{25}};
        std::uint64_t x = h * 0x9E3779B97F4A7C15ull + 12345;
        for (std::uint32_t k = 0; k < o.dialogues; ++k) {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            const auto offset = static_cast<std::int64_t>(static_cast<unsigned __int128>(x) * 5'000'000'000u >> 64);
            engine.schedule(NodeId::scenario, node,
                            bench::world_start + wire::seconds(1 + 10 * static_cast<std::int64_t>(k)) +
                                Duration{offset},
                            engine::DueKind::act, static_cast<std::uint32_t>(starts.size()));
            starts.push_back({node, to, k + 1});
        }
    }
    const double setup_mb = bench::peak_mb(), setup_s = bench::wall_s() - begin;
    const auto [run_s, used] =
        world.run_to(bench::world_start + wire::seconds(1 + 10 * static_cast<std::int64_t>(o.dialogues)));

    const double sim_s = 1.0 + 10.0 * o.dialogues;
    std::printf("tegami-star hosts=%u servers=%u setup_s=%.4f run_s=%.4f cpu_s=%.4f events=%llu ev_per_s=%.0f "
                "link_pkts=%llu dialogues=%llu "
                "dlg_per_s=%.0f app_MB=%.2f sim_per_wall=%.1f setup_MB=%.1f peak_MB=%.1f idle_octets_a_host=%.0f "
                "records=%llu frames=%llu frames_out=%zu\n",
                o.hosts, o.servers, setup_s, run_s, used, static_cast<unsigned long long>(engine.steps()),
                static_cast<double>(engine.steps()) / used,
                static_cast<unsigned long long>(network.links.frames_handed_over()),
                static_cast<unsigned long long>(dialogues_done), static_cast<double>(dialogues_done) / used,
                static_cast<double>(octets_read) / 1e6, sim_s / run_s, setup_mb, bench::peak_mb(),
                idle / (o.hosts + o.servers), static_cast<unsigned long long>(world.recorder.facts()),
                static_cast<unsigned long long>(world.recorder.frames()), network.context.frames.out());
    if (dialogues_done != std::uint64_t{o.hosts} * o.dialogues || failures) {
        std::fprintf(stderr, "star: only %llu dialogues, %llu failures\n",
                     static_cast<unsigned long long>(dialogues_done), static_cast<unsigned long long>(failures));
        return 1;
    }
    return 0;
}
