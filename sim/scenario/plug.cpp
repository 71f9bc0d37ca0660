#include "sim/scenario/plug.hpp"

#include "sim/scenario/values.hpp"

#include <algorithm>

namespace tegami::scenario {

namespace {

constexpr std::size_t interface_name_limit = 15; // Linux: IFNAMSIZ without the zero at its end

std::unexpected<PlugProblem> problem(std::string_view key,
                                     std::vector<std::pair<std::string_view, std::string>> arguments)
{
    return std::unexpected(PlugProblem{key, std::move(arguments)});
}

std::string names_of_lines(const Plan& plan)
{
    std::vector<std::string_view> names;
    for (const PlanLink& link : plan.links)
        for (const PlanEnd& end : link.ends)
            if (plan.nodes[end.node].is_host() && plan.nodes[end.node].site != nowhere) names.push_back(link.name);
    return listed(names);
}

/// The node that a new line beside this one is laid to: a company's switch or a provider's edge.
std::uint32_t socket_of(const Plan& plan, const PlanLink& link)
{
    for (std::size_t i = 0; i < 2; ++i) {
        const PlanNode& host = plan.nodes[link.ends[i].node];
        if (host.is_host() && host.site != nowhere) return link.ends[1 - i].node;
    }
    return nowhere;
}

bool taken(const Plan& plan, const wire::Address& address)
{
    return std::ranges::any_of(plan.nodes,
                               [&](const PlanNode& node) { return node.v4 == address || node.v6 == address; });
}

/// The first host part from that of users on which nobody of the site is, in either family.
bool give_addresses(const Plan& plan, const PlanSite& site, PlanNode& node)
{
    const std::optional<Net> v4 = site.net_v4(), v6 = site.net_v6();
    const Net counting = v4.value_or(default_net_v4(0));
    const std::uint32_t last = (1u << (32 - counting.length)) - 2;
    for (std::uint32_t part = first_user_part; part <= last; ++part) {
        const wire::Address one = wire::Address::v4(counting.address.to_v4() + part);
        const auto other = v6 ? std::optional{with_digits_of(*v6, one, counting.length)} : std::nullopt;
        if ((v4 && taken(plan, one)) || (other && taken(plan, *other))) continue;
        if (v4) node.v4 = one;
        node.v6 = other;
        return true;
    }
    return false;
}

Mac free_mac(const Plan& plan, const std::string& nic)
{
    for (unsigned again = 0;; ++again) {
        const Mac mac = mac_of(nic, again);
        const bool used = std::ranges::any_of(plan.nodes, [&](const PlanNode& node) {
            return std::ranges::any_of(node.nics, [&](const PlanNic& other) { return other.mac == mac; });
        });
        if (!used) return mac;
    }
}

PlanEnd lay(Plan& plan, std::uint32_t from, std::uint32_t to, std::vector<PlanAddress> addresses, const Mac& mac,
            std::uint32_t link)
{
    PlanNode& node = plan.nodes[from];
    node.nics.push_back({.name = node.name + ':' + plan.nodes[to].name,
                         .neighbour = plan.nodes[to].name,
                         .mac = mac,
                         .addresses = std::move(addresses),
                         .link = link});
    return {from, static_cast<std::uint32_t>(node.nics.size() - 1)};
}

} // namespace

std::expected<void, PlugProblem> plug_in(Plan& plan, const Plug& plug)
{
    if (!is_name(plug.name) || plug.name.size() > interface_name_limit)
        return problem("plug.name", {{"name", plug.name}});
    if (plan.find_node(plug.name) != nowhere || plan.find_link(plug.name) != nowhere ||
        plan.find_user(plug.name) != nowhere || plan.find_site(plug.name) != nowhere ||
        plan.find_filter(plug.name) != nowhere)
        return problem("plug.taken", {{"name", plug.name}});
    const std::uint32_t beside = plan.find_link(plug.link);
    const std::uint32_t socket = beside == nowhere ? nowhere : socket_of(plan, plan.links[beside]);
    if (socket == nowhere) return problem("plug.link", {{"link", plug.link}, {"known", names_of_lines(plan)}});

    // The neighbour's line, once more: its end at the socket looks just so, and so does the host's.
    const PlanLink& model = plan.links[beside];
    const std::size_t host_end = model.ends[0].node == socket ? 1 : 0;
    const PlanNode& neighbour = plan.nodes[model.ends[host_end].node];
    const PlanNic& neighbours = neighbour.nics[model.ends[host_end].nic];
    const PlanNic& port = plan.nodes[socket].nics[model.ends[1 - host_end].nic];

    PlanNode node;
    node.name = plug.name;
    node.kind = NodeKind::outside;
    node.site = neighbour.site;
    node.gateway = neighbour.gateway;
    node.resolvers = neighbour.resolvers;
    const PlanSite& site = plan.sites[node.site];
    node.domain_name = plug.name + '.' + site.domain;
    if (!give_addresses(plan, site, node)) return problem("plug.full", {{"site", site.name}});
    std::vector<PlanAddress> addresses;
    for (const wire::Address& address : node.addresses())
        for (const PlanAddress& like : neighbours.addresses)
            if (like.address.is_v4() == address.is_v4()) addresses.push_back({address, like.prefix_length});

    PlanLink line = model;
    line.name = plug.name + "-line";
    line.by_hand = false;
    const std::vector<PlanAddress> at_port = port.addresses;
    const Mac port_mac = port.mac;
    const auto index = static_cast<std::uint32_t>(plan.nodes.size());
    const auto link = static_cast<std::uint32_t>(plan.links.size());
    plan.node_index.emplace(node.name, index);
    plan.domain_index.emplace(node.domain_name, index);
    plan.nodes.push_back(std::move(node));
    const Mac mac = free_mac(plan, plug.name + ':' + plan.nodes[socket].name);
    line.ends[0] = lay(plan, index, socket, std::move(addresses), mac, link);
    line.ends[1] = lay(plan, socket, index, at_port, port_mac, link);
    plan.link_index.emplace(line.name, link);
    plan.links.push_back(std::move(line));
    return {};
}

PlugHost plug_host(const Plan& plan, std::string_view name)
{
    const PlanNode& node = plan.nodes[plan.find_node(name)];
    const PlanNic& nic = node.nics.front();
    PlugHost host;
    host.name = node.name;
    host.mac = nic.mac;
    host.mtu = static_cast<std::uint16_t>(plan.links[nic.link].mtu);
    for (const PlanAddress& each : nic.addresses)
        host.addresses.push_back({each.address, inet::Prefix::around(each.address, each.prefix_length)});
    for (const PlanSite& site : plan.sites)
        for (const Net& net : site.nets)
            if (net.is_v4() ? node.v4.has_value() : node.v6.has_value()) host.networks.push_back(net);
    if (node.v4) host.networks.push_back(core_net_v4);
    if (node.v6) host.networks.push_back(core_net_v6);
    if (node.gateway != nowhere) {
        if (node.v4) host.gateway_v4 = plan.nodes[node.gateway].v4;
        if (node.v6) host.gateway_v6 = plan.nodes[node.gateway].v6;
    }
    for (const std::uint32_t resolver : node.resolvers)
        for (const wire::Address& address : plan.nodes[resolver].addresses())
            if (address.is_v4() ? node.v4.has_value() : node.v6.has_value()) host.resolvers.push_back(address);
    for (const PlanSite& site : plan.sites)
        if (site.domain != plan.sites[node.site].domain && host.a_domain.empty()) host.a_domain = site.domain;
    return host;
}

} // namespace tegami::scenario
