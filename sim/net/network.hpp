#pragma once
/// The whole network of a world: every host's layers, each serving all hosts.

#include "sim/net/outside.hpp"
#include "sim/net/switches.hpp"
#include "sim/net/tcp.hpp"
#include "sim/net/tcp_stream.hpp"
#include "sim/net/udp.hpp"

namespace tegami::net {

struct Network {
    Context context;
    Links links;
    Neighbours neighbours;
    Switches switches;
    Outside outside;
    Internet internet;
    Tcp tcp;
    Udp udp;

    Network(engine::Engine& engine, run::Recorder& recorder, run::SpanTable& spans, const Topology& topology);
    Network(const Network&) = delete;
    Network& operator=(const Network&) = delete;
};

/// The names of a topology's hosts, for the engine.
std::vector<std::string> host_names(const Topology& topology);
/// The rows of a run's header that say which interfaces there are.
std::vector<run::NicRow> nic_rows(const engine::Engine& engine, const Topology& topology);

} // namespace tegami::net
