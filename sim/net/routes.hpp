#pragma once
/// Fills every host's prefix table: shortest paths by delay among the routers, the neighbour for whoever has but one.

#include "sim/net/prefix_table.hpp"
#include "sim/net/topology.hpp"

#include <algorithm>

namespace tegami::net {

/// One table a host, in the order of Topology::hosts. `nic_of` gives a host's interface its id.
///
/// A host has a route to its neighbour on each link, and its default route over its first link to a router. A router has
/// the same host routes, and for each prefix that another router announces, and for the addresses of that router's own
/// links, the first hop of the shortest path by delay; the choice among equally short ones is the same on every machine.
template <class NicOf>
std::vector<PrefixTable> compute_routes(const Topology& topology, NicOf nic_of);

/// For each pair of routers: which of `from`'s links leads to `to`. Indices into Topology; `none` where there is no way.
struct FirstHops {
    static constexpr std::uint32_t none = 0xFFFF'FFFF;
    std::vector<std::size_t> routers;            ///< host indices
    std::vector<std::vector<std::uint32_t>> hop; ///< [from][to] → link
};
FirstHops first_hops(const Topology& topology);

// ---------------------------------------------------------------------------------------------------------------------

template <class NicOf>
std::vector<PrefixTable> compute_routes(const Topology& topology, NicOf nic_of)
{
    const auto& hosts = topology.hosts;
    std::vector<PrefixTable> tables(hosts.size());
    std::vector<bool> has_default(hosts.size());

    const auto neighbour = [&](std::size_t from, std::size_t from_interface, std::size_t to, std::size_t to_interface) {
        const std::uint32_t address = hosts[to].interfaces[to_interface].address.to_v4();
        const NicId nic = nic_of(from, from_interface);
        tables[from].put(address, 32, {nic, 0});
        if (!hosts[from].router && hosts[to].router && !has_default[from]) {
            tables[from].put(0, 0, {nic, address});
            has_default[from] = true;
        }
    };
    for (const LinkSpec& l : topology.links) {
        neighbour(l.a, l.a_interface, l.b, l.b_interface);
        neighbour(l.b, l.b_interface, l.a, l.a_interface);
    }

    const FirstHops hops = first_hops(topology);
    for (std::size_t i = 0; i < hops.routers.size(); ++i) {
        const std::size_t from = hops.routers[i];
        for (std::size_t j = 0; j < hops.routers.size(); ++j) {
            if (i == j || hops.hop[i][j] == FirstHops::none) continue;
            const LinkSpec& l = topology.links[hops.hop[i][j]];
            const bool forwards = l.a == from;
            const NicId nic = nic_of(from, forwards ? l.a_interface : l.b_interface);
            const auto& peer = forwards ? hosts[l.b].interfaces[l.b_interface] : hosts[l.a].interfaces[l.a_interface];
            const Route route{nic, peer.address.to_v4()};
            const HostSpec& to = hosts[hops.routers[j]];
            for (const inet::Prefix& prefix : to.announces)
                tables[from].put(prefix.address.to_v4(), prefix.length, route);
            const auto announced = [&](const wire::Address& address) {
                return std::ranges::any_of(to.announces,
                                           [&](const inet::Prefix& prefix) { return prefix.contains(address); });
            };
            for (const InterfaceSpec& interface : to.interfaces)
                if (interface.address != peer.address && !announced(interface.address))
                    tables[from].put(interface.address.to_v4(), 32, route);
        }
    }
    return tables;
}

} // namespace tegami::net
