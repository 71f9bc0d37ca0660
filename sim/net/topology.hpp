#pragma once
/// What a network is made of, as plain data: hosts, their interfaces, and the links between two interfaces each.

#include "protocols/inet/prefix.hpp"
#include "protocols/link/mac_address.hpp"
#include "protocols/wire/address.hpp"
#include "sim/engine/ids.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace tegami::net {

/// One direction of a link takes its figures from here; both directions are alike.
struct LinkFigures {
    std::uint64_t bits_per_second = 1'000'000'000;
    engine::Duration delay = wire::milliseconds(1); ///< at least 1 ns
    std::uint32_t loss = 0;                         ///< of a million frames
    std::uint32_t reorder = 0;                      ///< of a million frames, so many are held back by `reorder_by`
    engine::Duration reorder_by = wire::milliseconds(5);
    std::uint64_t queue_octets = 100 * 1514; ///< room for what waits to be sent
};

struct InterfaceSpec {
    std::string name; ///< of the neighbour: HOST:NEIGHBOUR is the interface's whole name
    link::MacAddress mac;
    wire::Address address;
};

struct HostSpec {
    std::string name;
    bool router = false;
    std::vector<InterfaceSpec> interfaces;
    /// Prefixes behind a router that the others reach through it, beside the addresses of its own links.
    std::vector<inet::Prefix> announces;
};

/// A link joins interface `a_interface` of host `a` to that of host `b`; indices into Topology::hosts and interfaces.
struct LinkSpec {
    std::string name;
    std::size_t a = 0;
    std::size_t a_interface = 0;
    std::size_t b = 0;
    std::size_t b_interface = 0;
    LinkFigures figures;
};

struct Topology {
    std::vector<HostSpec> hosts;
    std::vector<LinkSpec> links;
};

/// An interface's place in a topology.
struct InterfacePlace {
    std::size_t host = 0;
    std::size_t interface = 0;
};
/// All of them by (host name, interface name): the order of NicId, whatever the order in a file.
std::vector<InterfacePlace> interfaces_in_order(const Topology& topology);

} // namespace tegami::net
