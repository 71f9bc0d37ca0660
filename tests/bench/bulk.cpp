// A bulk transfer by TCP: 100 MB of real octets between two hosts over one link of 100 Mbit/s and 10 ms, with buffers of
// 1 MiB at both ends. The same work as peers/ns3_bulk.cpp gives to ns-3; checksums, ARP, congestion control and spans
// are the real stack's.
//
//   bulk [--bytes=N] [--record=none|headers|full] [--save=FILE] [--timestamps=0|1] [--sack=0|1] [--loss=OF_A_MILLION]

#include "tests/bench/bench_world.hpp"

#include <cstdio>
#include <cstdlib>

namespace {

using namespace tegami;
using namespace tegami::net;

std::uint64_t octets_read = 0, sum_read = 0;
Time last_read{};

/// Looks at some of what it reads, as a program would: a place in a thousand is summed up.
wire::Task<void> serve(engine::Engine& engine, std::unique_ptr<wire::Stream> stream)
{
    for (;;) {
        const auto chunk = co_await stream->read_some();
        if (!chunk) break;
        for (std::size_t i = (1000 - octets_read % 1000) % 1000; i < chunk->octets.size(); i += 1000)
            sum_read += chunk->octets[i];
        octets_read += chunk->octets.size();
        last_read = engine.now();
    }
    stream->close();
}

wire::Task<void> pour(Network& network, NodeId node, wire::Endpoint to, std::uint64_t octets)
{
    std::string block(16384, ' ');
    for (std::size_t i = 0; i < block.size(); ++i) block[i] = static_cast<char>('a' + i % 26);
    auto connected = co_await network.tcp.connect(node, to, run::Protocol::smtp, {});
    if (!connected) co_return;
    wire::Stream& stream = **connected;
    while (octets != 0) {
        const std::size_t size = std::min<std::uint64_t>(octets, block.size());
        const bool written = co_await stream.write(std::string_view{block}.substr(0, size), {});
        if (!written) co_return;
        octets -= size;
    }
    stream.close();
}

struct Options {
    std::uint64_t bytes = 100'000'000;
    run::Level level = run::Level::none;
    std::string save;
    bool timestamps = true, sack = true;
    std::uint32_t loss = 0;
};

Topology two_hosts()
{
    Topology t;
    t.hosts.push_back({.name = "a", .kind = HostKind::host, .interfaces = {}, .announces = {}});
    t.hosts.push_back({.name = "b", .kind = HostKind::host, .interfaces = {}, .announces = {}});
    t.hosts[0].interfaces.push_back(
        {"b", link::MacAddress::from_number(0x02'0000'0000'01), {{wire::Address::v4(0x0A00'0001), 32}}});
    t.hosts[1].interfaces.push_back(
        {"a", link::MacAddress::from_number(0x02'0000'0000'02), {{wire::Address::v4(0x0A00'0002), 32}}});
    t.links.push_back({.name = "a-b",
                       .a = 0,
                       .a_interface = 0,
                       .b = 1,
                       .b_interface = 0,
                       .figures = {.bits_per_second = 100'000'000, .delay = wire::milliseconds(10)}});
    return t;
}

} // namespace

int main(int argc, char** argv)
{
    Options o;
    for (int i = 1; i < argc; ++i) {
        const std::string_view a = argv[i];
        const auto value = [&](std::string_view key) { return a.starts_with(key) ? argv[i] + key.size() : nullptr; };
        if (auto v = value("--bytes="))
            o.bytes = static_cast<std::uint64_t>(std::atoll(v));
        else if (auto v2 = value("--save="))
            o.save = v2;
        else if (auto v3 = value("--record="))
            o.level = bench::level_named(v3);
        else if (auto v4 = value("--timestamps="))
            o.timestamps = *v4 == '1';
        else if (auto v5 = value("--sack="))
            o.sack = *v5 == '1';
        else if (auto v6 = value("--loss="))
            o.loss = static_cast<std::uint32_t>(std::atoi(v6));
        else {
            std::fprintf(stderr, "bulk: I do not know %s\n", argv[i]);
            return 2;
        }
    }

    const double begin = bench::wall_s();
    bench::BenchWorld world{"bulk", two_hosts(), o.level, o.save};
    engine::Engine& engine = world.engine;
    Network& network = world.network;
    tcp::Config& config = network.tcp.config();
    config.send_buffer = config.receive_buffer = 1 << 20;
    config.timestamps = o.timestamps;
    config.sack = o.sack;
    const NodeId a = engine.find("a"), b = engine.find("b");
    if (o.loss != 0) network.links.set_loss(network.links.nic_of(0, 0), o.loss);
    network.tcp.listen(b, wire::Port{25}, run::Protocol::smtp,
                       [&engine, b](std::unique_ptr<wire::Stream> stream, wire::Endpoint) {
                           engine.spawn(b, serve(engine, std::move(stream)));
                       });
    engine.spawn(a, pour(network, a, {wire::Address::v4(0x0A00'0002), wire::Port{25}}, o.bytes));

    const double setup_s = bench::wall_s() - begin;
    const auto [run_s, used] = world.run_to(bench::world_start + wire::seconds(600));

    std::printf("tegami-bulk setup_s=%.4f run_s=%.4f cpu_s=%.4f sim_s=%.3f events=%llu link_pkts=%llu app_MB=%.2f "
                "us_a_packet=%.3f peak_MB=%.1f records=%llu frames=%llu\n",
                setup_s, run_s, used, static_cast<double>((last_read - bench::world_start).ns) * 1e-9,
                static_cast<unsigned long long>(engine.steps()),
                static_cast<unsigned long long>(network.links.frames_handed_over()),
                static_cast<double>(octets_read) / 1e6,
                used * 1e6 / static_cast<double>(network.links.frames_handed_over()), bench::peak_mb(),
                static_cast<unsigned long long>(world.recorder.facts()),
                static_cast<unsigned long long>(world.recorder.frames()));
    std::uint64_t expected = 0;
    for (std::uint64_t i = 0; i < o.bytes; i += 1000) expected += 'a' + i % 16384 % 26;
    if (octets_read != o.bytes || sum_read != expected) {
        std::fprintf(stderr, "bulk: %llu octets of %llu, sum %llu instead of %llu\n",
                     static_cast<unsigned long long>(octets_read), static_cast<unsigned long long>(o.bytes),
                     static_cast<unsigned long long>(sum_read), static_cast<unsigned long long>(expected));
        return 1;
    }
    return 0;
}
