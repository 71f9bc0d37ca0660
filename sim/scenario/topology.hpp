#pragma once
/// The network of a plan: what sim/net is made from.

#include "sim/net/topology.hpp"
#include "sim/scenario/plan.hpp"

namespace tegami::scenario {

/// Hosts and links in the order of the plan's nodes and links.
net::Topology topology_of(const Plan& plan);
net::LinkFigures figures_of(const PlanLink& link);
/// Frames count as the largest there are.
std::uint64_t queue_octets(const QueueLimit& queue);

} // namespace tegami::scenario
