#include "sim/scenario/topology.hpp"

#include "sim/net/links.hpp"

namespace tegami::scenario {

net::LinkFigures figures_of(const PlanLink& link)
{
    const std::uint64_t queue =
        link.queue.unit == QueueLimit::Unit::octets ? link.queue.amount : link.queue.amount * net::largest_frame;
    net::LinkFigures figures;
    figures.bits_per_second = link.rate;
    figures.delay = link.delay;
    figures.loss = link.loss;
    figures.reorder = link.reorder;
    figures.queue_octets = queue;
    return figures;
}

net::Topology topology_of(const Plan& plan)
{
    net::Topology topology;
    // A LAN's lines end at its router as long as there is no switch: a switch is left out, and what hung on it hangs on
    // the edge. IPv4 only.
    const auto is_lan = [&](std::uint32_t node) { return plan.nodes[node].kind == NodeKind::network_switch; };
    for (const PlanNode& node : plan.nodes) {
        net::HostSpec host{
            .name = node.name, .router = node.kind == NodeKind::router, .interfaces = {}, .announces = {}};
        if (host.router && node.site != nowhere)
            for (const Net& net : plan.sites[node.site].nets)
                if (net.is_v4()) host.announces.push_back(net);
        topology.hosts.push_back(std::move(host));
    }
    const auto add = [&](std::uint32_t at, std::uint32_t neighbour, const Mac& mac, const wire::Address& address) {
        topology.hosts[at].interfaces.push_back({plan.nodes[neighbour].name, link::MacAddress{mac}, address});
        return topology.hosts[at].interfaces.size() - 1;
    };
    for (const PlanLink& link : plan.links) {
        std::array<std::uint32_t, 2> nodes{link.ends[0].node, link.ends[1].node};
        if (is_lan(nodes[1]) && nodes[0] == plan.sites[plan.nodes[nodes[1]].site].edge) continue; // left out
        std::array<wire::Address, 2> addresses;
        std::array<Mac, 2> macs;
        for (std::size_t i = 0; i < 2; ++i) {
            const PlanEnd end = link.ends[i];
            const PlanNic* nic = &plan.nodes[end.node].nics[end.nic];
            if (is_lan(nodes[i])) {
                nodes[i] = plan.sites[plan.nodes[end.node].site].edge;
                nic = &plan.nodes[nodes[i]].nics[plan.find_nic(nodes[i], plan.nodes[end.node].name)];
            }
            if (!nic->addresses.empty() && nic->addresses[0].address.is_v4()) addresses[i] = nic->addresses[0].address;
            macs[i] = nic->mac;
        }
        topology.links.push_back({.name = link.name,
                                  .a = nodes[0],
                                  .a_interface = add(nodes[0], nodes[1], macs[0], addresses[0]),
                                  .b = nodes[1],
                                  .b_interface = add(nodes[1], nodes[0], macs[1], addresses[1]),
                                  .figures = figures_of(link)});
    }
    return topology;
}

} // namespace tegami::scenario
