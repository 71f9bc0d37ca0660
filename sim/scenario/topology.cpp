#include "sim/scenario/topology.hpp"

#include "sim/net/links.hpp"

namespace tegami::scenario {

namespace {

net::HostKind kind_of(NodeKind kind)
{
    switch (kind) {
    case NodeKind::router: return net::HostKind::router;
    case NodeKind::network_switch: return net::HostKind::network_switch;
    case NodeKind::outside: return net::HostKind::outside;
    case NodeKind::server:
    case NodeKind::device: break;
    }
    return net::HostKind::host;
}

} // namespace

std::uint64_t queue_octets(const QueueLimit& queue)
{
    return queue.unit == QueueLimit::Unit::octets ? queue.amount : queue.amount * net::largest_frame;
}

net::LinkFigures figures_of(const PlanLink& link)
{
    net::LinkFigures figures;
    figures.bits_per_second = link.rate;
    figures.delay = link.delay;
    figures.jitter = link.jitter;
    figures.loss = link.loss;
    figures.reorder = link.reorder;
    figures.duplicate = link.duplicate;
    figures.mtu = static_cast<std::uint16_t>(link.mtu);
    figures.queue_octets = queue_octets(link.queue);
    return figures;
}

net::Topology topology_of(const Plan& plan)
{
    net::Topology topology;
    for (const PlanNode& node : plan.nodes) {
        net::HostSpec host{.name = node.name, .kind = kind_of(node.kind), .interfaces = {}, .announces = {}};
        for (const PlanNic& nic : node.nics) {
            if (nic.link == nowhere) {
                host.interfaces.push_back(net::loopback_interface());
                continue;
            }
            net::InterfaceSpec interface{.name = nic.neighbour, .mac = link::MacAddress{nic.mac}, .addresses = {}};
            for (const PlanAddress& each : nic.addresses)
                interface.addresses.push_back({each.address, each.prefix_length});
            host.interfaces.push_back(std::move(interface));
        }
        if (host.is_router() && node.site != nowhere) host.announces = plan.sites[node.site].nets;
        if (host.is_router() && node.site == nowhere) { // the internet's own servers
            if (node.v4) host.announces.push_back(core_net_v4);
            if (node.v6) host.announces.push_back(core_net_v6);
        }
        topology.hosts.push_back(std::move(host));
    }
    for (const PlanLink& link : plan.links)
        topology.links.push_back({.name = link.name,
                                  .a = link.ends[0].node,
                                  .a_interface = link.ends[0].nic,
                                  .b = link.ends[1].node,
                                  .b_interface = link.ends[1].nic,
                                  .figures = figures_of(link)});
    return topology;
}

} // namespace tegami::scenario
