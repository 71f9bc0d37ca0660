#pragma once
/// A network made in code, with all that it takes to run and to record it: what the benchmarks of links and TCP have in
/// common. Everything is the real stack's: octets, checksums, ARP, congestion control, spans.

#include "sim/net/network.hpp"
#include "sim/run/choices.hpp"
#include "tests/bench/measuring.hpp"

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

namespace tegami::bench {

/// "none", "story", "headers" or "full"; ends the program where it is no level.
inline run::Level level_named(std::string_view word)
{
    const auto& names = run::Choices<run::Level>::names;
    for (std::size_t i = 0; i < std::size(names); ++i)
        if (names[i] == word) return static_cast<run::Level>(i);
    std::fprintf(stderr, "there is no level of recording \"%.*s\"\n", static_cast<int>(word.size()), word.data());
    std::exit(2);
}

/// 2026-04-06T09:00+09:00
inline constexpr wire::Time world_start{1'775'433'600'000'000'000};

/// Where a run's blocks go: to that file, or nowhere. Ends the program where it cannot be made.
inline std::unique_ptr<run::Sink> sink_to(const std::string& file)
{
    if (file.empty()) return std::make_unique<run::HashSink>();
    auto sink = run::FileSink::create(file);
    if (sink) return std::move(*sink);
    std::fprintf(stderr, "%s\n", sink.error().text().c_str());
    std::exit(1);
}

class BenchWorld {
  public:
    /// `save`: the run's file; empty for none.
    BenchWorld(std::string_view title, const net::Topology& topology, run::Level level, const std::string& save)
        : engine(1, world_start, net::host_names(topology)),
          recorder(header_of(title, topology, level), spans, sink_to(save)),
          network(engine, recorder, spans, topology)
    {
    }

    struct Used {
        double wall_s, cpu_s;
    };
    /// Runs to `end` and closes the run; ends the program where the file cannot be written.
    Used run_to(wire::Time end)
    {
        const double wall = wall_s(), cpu = cpu_s();
        engine.run_until(end);
        const auto finished = recorder.finish(end);
        const Used used{wall_s() - wall, cpu_s() - cpu};
        if (finished) return used;
        std::fprintf(stderr, "%s\n", finished.error().text().c_str());
        std::exit(1);
    }

    engine::Engine engine;
    run::SpanTable spans;
    run::Recorder recorder;
    net::Network network;

  private:
    run::RunHeader header_of(std::string_view title, const net::Topology& topology, run::Level level) const
    {
        run::RunHeader header;
        header.title = title;
        header.seed = 1;
        header.start = world_start;
        header.level = level;
        for (std::size_t i = 0; i < engine.node_count(); ++i)
            header.nodes.push_back(engine.name(static_cast<engine::NodeId>(i)));
        header.nics = net::nic_rows(engine, topology);
        return header;
    }
};

} // namespace tegami::bench
