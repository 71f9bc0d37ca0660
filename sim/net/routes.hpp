#pragma once
/// Fills every host's prefix tables: what is on its links, shortest paths by delay among the routers, and a router's
/// address for whoever is none.

#include "sim/net/prefix_table.hpp"
#include "sim/net/topology.hpp"

#include <functional>

namespace tegami::net {

/// One table a host, in the order of Topology::hosts. `nic_of` gives a host's interface its id.
///
/// A host has a route to the prefix of each of its addresses, to each neighbour that lies in none of them, and its default
/// route over its first link to a router. A router has the same but no default route, and for each prefix that another
/// router announces, and for the addresses of that router's own interfaces, the first hop of the shortest path by delay;
/// the choice among equally short ones is the same on every machine.
std::vector<Ways> compute_routes(const Topology& topology,
                                 const std::function<NicId(std::size_t host, std::size_t interface)>& nic_of);

} // namespace tegami::net
