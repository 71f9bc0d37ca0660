// folders: sim/net
// A bulk transfer by TCP: 100 MB of real octets between two hosts over one link of 100 Mbit/s and 10 ms, with buffers of
// 1 MiB at both ends. The same work as peers/ns3_bulk.cpp gives to ns-3; checksums, ARP, congestion control and spans
// are the real stack's.
//
//   bulk [--bytes=N] [--record=none|headers|full] [--save=FILE] [--timestamps=0|1] [--sack=0|1] [--loss=OF_A_MILLION]

#include "sim/net/network.hpp"

#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

using namespace tegami;
using namespace tegami::net;

double now_s() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }
rusage usage()
{
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    return used;
}
double cpu_s()
{
    const rusage used = usage();
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

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
            o.level = !std::strcmp(v3, "full")      ? run::Level::full
                      : !std::strcmp(v3, "headers") ? run::Level::headers
                                                    : run::Level::none;
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

    const double t0 = now_s();
    const Time start{1'775'433'600'000'000'000};
    const Topology topology = two_hosts();
    engine::Engine engine{1, start, host_names(topology)};
    run::SpanTable spans;
    run::RunHeader header;
    header.title = "bulk";
    header.seed = 1;
    header.start = start;
    header.level = o.level;
    for (std::size_t i = 0; i < engine.node_count(); ++i) header.nodes.push_back(engine.name(static_cast<NodeId>(i)));
    header.nics = nic_rows(engine, topology);
    std::unique_ptr<run::Sink> sink = std::make_unique<run::HashSink>();
    if (!o.save.empty()) {
        auto file = run::FileSink::create(o.save);
        if (!file) {
            std::fprintf(stderr, "bulk: %s\n", file.error().text().c_str());
            return 1;
        }
        sink = std::move(*file);
    }
    run::Recorder recorder{header, spans, std::move(sink)};
    Network network{engine, recorder, spans, topology};
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

    const double t1 = now_s(), cpu0 = cpu_s();
    const Time end = start + wire::seconds(600);
    engine.run_until(end);
    const auto finished = recorder.finish(end);
    const double run_s = now_s() - t1, used = cpu_s() - cpu0;
    if (!finished) std::fprintf(stderr, "bulk: %s\n", finished.error().text().c_str());

    std::printf("tegami-bulk setup_s=%.4f run_s=%.4f cpu_s=%.4f sim_s=%.3f events=%llu link_pkts=%llu app_MB=%.2f "
                "us_a_packet=%.3f peak_MB=%.1f records=%llu frames=%llu\n",
                t1 - t0, run_s, used, static_cast<double>((last_read - start).ns) * 1e-9,
                static_cast<unsigned long long>(engine.steps()),
                static_cast<unsigned long long>(network.links.frames_handed_over()),
                static_cast<double>(octets_read) / 1e6,
                used * 1e6 / static_cast<double>(network.links.frames_handed_over()),
                static_cast<double>(usage().ru_maxrss) / 1024.0, static_cast<unsigned long long>(recorder.facts()),
                static_cast<unsigned long long>(recorder.frames()));
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
