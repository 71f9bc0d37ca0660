#include "sim/scenario/expansion.hpp"

#include <algorithm>

namespace tegami::scenario {

namespace {

/// Of an address's family: it alone, or with all of its LAN (of IPv6 the first /64 of a site's net).
std::uint8_t lan_length(const PlanSite& site, const wire::Address& address)
{
    return address.is_v4() ? site.net_v4()->length : std::uint8_t{64};
}

} // namespace

/// A router carries the same address on several lines: they are ports of one interface, with one MAC address.
Mac Expansion::mac_for(const PlanNode& node, const PlanNic& nic)
{
    if (node.kind == NodeKind::network_switch) return {};
    const bool port = node.kind == NodeKind::router;
    if (port)
        for (const PlanNic& other : node.nics)
            if (other.addresses == nic.addresses) return other.mac;
    std::string name = nic.name;
    if (port && !nic.addresses.empty()) name = node.name + ':' + wire::format(nic.addresses.front().address);
    Mac mac{};
    for (unsigned again = 0; again == 0 || macs_.contains(mac); ++again) mac = mac_of(name, again);
    macs_.insert(mac);
    return mac;
}

PlanEnd Expansion::add_nic(std::uint32_t node, std::uint32_t neighbour, std::vector<PlanAddress> addresses,
                           std::uint32_t link)
{
    PlanNic nic;
    nic.neighbour = plan_.nodes[neighbour].name;
    nic.name = plan_.nodes[node].name + ':' + nic.neighbour;
    nic.addresses = std::move(addresses);
    nic.mac = mac_for(plan_.nodes[node], nic);
    nic.link = link;
    plan_.nodes[node].nics.push_back(std::move(nic));
    return {node, static_cast<std::uint32_t>(plan_.nodes[node].nics.size() - 1)};
}

std::uint32_t Expansion::add_link(const std::string& name, std::uint32_t one, std::vector<PlanAddress> one_addresses,
                                  std::uint32_t two, std::vector<PlanAddress> two_addresses,
                                  const LinkDefault& defaults)
{
    const auto index = static_cast<std::uint32_t>(plan_.links.size());
    PlanLink link;
    link.name = name;
    link.rate = defaults.rate;
    link.delay = defaults.delay;
    link.ends[0] = add_nic(one, two, std::move(one_addresses), index);
    link.ends[1] = add_nic(two, one, std::move(two_addresses), index);
    plan_.link_index.emplace(name, index);
    by_ends_.emplace(std::minmax(one, two), index);
    plan_.links.push_back(std::move(link));
    return index;
}

/// A line of its own: whatever is sent goes to its other end.
std::vector<PlanAddress> Expansion::alone(const PlanNode& node) const
{
    std::vector<PlanAddress> addresses;
    for (const wire::Address& address : node.addresses()) addresses.push_back({address, inet::address_bits(address)});
    return addresses;
}

std::vector<PlanAddress> Expansion::on_lan(const PlanNode& node) const
{
    std::vector<PlanAddress> addresses;
    for (const wire::Address& address : node.addresses())
        addresses.push_back({address, lan_length(plan_.sites[node.site], address)});
    return addresses;
}

std::vector<PlanAddress> Expansion::towards_internet(const Room::Given& given, Families families)
{
    std::vector<PlanAddress> addresses;
    if (given.v4 && families.v4) addresses.push_back({*given.v4, 32});
    if (given.v6 && families.v6) addresses.push_back({*given.v6, 128});
    return addresses;
}

void Expansion::line_of_host(std::uint32_t host, const std::string& name, Position at, const LinkDefault& defaults)
{
    line_places_.emplace(name, at);
    const PlanSite& site = plan_.sites[plan_.nodes[host].site];
    if (site.lan_switch != nowhere)
        add_link(name, host, on_lan(plan_.nodes[host]), site.lan_switch, {}, defaults);
    else
        add_link(name, host, alone(plan_.nodes[host]), site.edge, alone(plan_.nodes[site.edge]), defaults);
}

void Expansion::lines()
{
    // A router's first NIC is towards the internet; its own addresses are the site's.
    for (std::uint32_t i = 0; i < plan_.sites.size(); ++i) {
        const PlanSite& site = plan_.sites[i];
        const std::string name = "uplink-" + site.name;
        line_places_.emplace(name, from_.sites[i].name.at);
        const Room::Given internet{.v4 = plan_.nodes[0].v4, .v6 = plan_.nodes[0].v6, .full = false};
        add_link(name, site.edge, towards_internet(uplinks_[i], site.families), 0,
                 towards_internet(internet, from_.families), uplink);
    }
    for (std::uint32_t i = 0; i < plan_.nodes.size(); ++i)
        if (plan_.nodes[i].kind == NodeKind::server && plan_.nodes[i].site == nowhere) {
            line_places_.emplace("uplink-" + plan_.nodes[i].name, Position{});
            add_link("uplink-" + plan_.nodes[i].name, i, alone(plan_.nodes[i]), 0, alone(plan_.nodes[0]), uplink);
        }
    for (std::uint32_t i = 0; i < plan_.sites.size(); ++i) {
        const PlanSite& site = plan_.sites[i];
        if (site.lan_switch != nowhere) {
            line_places_.emplace("lan-" + site.name, from_.sites[i].name.at);
            add_link("lan-" + site.name, site.edge, on_lan(plan_.nodes[site.edge]), site.lan_switch, {}, office_line);
        }
        for (const std::uint32_t server : site.servers)
            line_of_host(server, "lan-" + plan_.nodes[server].name, from_.sites[i].name.at, office_line);
    }
    // Programs of one host that talk with each other do so over an interface of their own.
    for (PlanNode& node : plan_.nodes)
        if (node.kind == NodeKind::server && node.roles.size() > 1)
            node.nics.push_back(
                {.name = node.name + ":lo", .neighbour = "lo", .mac = {}, .addresses = {}, .link = nowhere});
    for (std::uint32_t u = 0; u < plan_.users.size(); ++u) {
        const PlanUser& user = plan_.users[u];
        if (user.site == nowhere) { // that is said; a line that would have been there is not unknown too
            for (const char* kind : {"home-", "office-"}) plan_.link_index.emplace(kind + user.name, nowhere);
            continue;
        }
        const bool home = plan_.sites[user.site].kind == SiteKind::isp;
        for (const std::uint32_t device : user.devices) {
            // "home-alice"; with several computers "home-alice-pc".
            std::string name = home ? "home-" : "office-";
            name += user.devices.size() == 1 ? user.name : plan_.nodes[device].name;
            line_of_host(device, name, from_.users[u].name.at, home ? home_line : office_line);
        }
    }
}

void Expansion::own_links()
{
    for (const Link& link : from_.links) {
        const Problems::Inside in_links{problems_, "link"};
        const Problems::Inside inside{problems_, link.name.value};
        const std::uint32_t index = link_meant(link);
        if (index == nowhere) continue;
        PlanLink& planned = plan_.links[index];
        planned.change(link.figures);
    }
    for (const auto& [name, index] : plan_.link_index) {
        const auto generated = line_places_.find(name);
        if (generated != line_places_.end()) claim(name, generated->second);
    }
}

/// The generated link that is meant, or a new one.
std::uint32_t Expansion::link_meant(const Link& link)
{
    const std::string& name = link.name.value;
    const std::uint32_t same_name = plan_.find_link(name);
    if (!link.between) {
        if (same_name != nowhere) return same_name;
        const auto known = names_in(plan_.link_index);
        const std::string_view meant = problems_.full() ? std::string_view{} : closest(name, known);
        if (meant.empty())
            problems_.report(link.name.at, "scenario.link.no_ends", {{"name", name}, {"known", listed(known)}});
        else
            problems_.report(link.name.at, "scenario.link.no_ends.meant",
                             {{"name", name}, {"meant", std::string{meant}}});
        claim(name, link.name.at);
        plan_.link_index.emplace(name, nowhere);
        return nowhere;
    }
    const Problems::Inside inside{problems_, "between"};
    std::array<std::uint32_t, 2> ends{nowhere, nowhere};
    for (std::size_t i = 0; i < 2; ++i) {
        const Placed<std::string>& end = (*link.between)[i];
        if (end.value.empty()) continue;
        ends[i] = plan_.find_host(end.value);
        if (ends[i] == nowhere && !suspects_.contains(end.value)) report_unknown(end, names_in(plan_.node_index));
    }
    if (ends[0] == nowhere || ends[1] == nowhere) {
        if (same_name == nowhere) {
            claim(name, link.name.at);
            plan_.link_index.emplace(name, nowhere);
        }
        return nowhere;
    }
    if (ends[0] == ends[1]) {
        problems_.report((*link.between)[1].at, "scenario.link.same_ends");
        return nowhere;
    }
    const auto existing = by_ends_.find(std::minmax(ends[0], ends[1]));
    if (same_name != nowhere && (existing == by_ends_.end() || existing->second != same_name)) {
        const auto& there = plan_.links[same_name].ends;
        problems_.report(
            (*link.between)[0].at, "scenario.link.other_ends",
            {{"name", name}, {"ends", plan_.nodes[there[0].node].name + ", " + plan_.nodes[there[1].node].name}});
        return nowhere;
    }
    if (existing != by_ends_.end()) {
        const std::uint32_t index = existing->second;
        if (same_name == index && owned_.contains(index)) return index; // the parser refuses a second table
        if (!owned_.insert(index).second) {
            problems_.report(link.name.at, "scenario.link.ends_twice",
                             {{"name", name}, {"other", plan_.links[index].name}});
            return nowhere;
        }
        if (same_name == nowhere) {
            claim(name, link.name.at);
            plan_.link_index.erase(plan_.links[index].name);
            plan_.links[index].name = name;
            plan_.link_index.emplace(name, index);
        }
        return index;
    }
    for (std::size_t i = 0; i < 2; ++i)
        if (plan_.nodes[ends[i]].kind != NodeKind::router) {
            problems_.report((*link.between)[i].at, "scenario.link.host_end", {{"name", (*link.between)[i].value}});
            claim(name, link.name.at);
            plan_.link_index.emplace(name, nowhere);
            return nowhere;
        }
    claim(name, link.name.at);
    const auto families = [&](std::uint32_t node) {
        return plan_.nodes[node].site == nowhere ? from_.families : plan_.sites[plan_.nodes[node].site].families;
    };
    const auto one = towards_internet(core_room_.take(edge_part), families(ends[0]));
    const auto two = towards_internet(core_room_.take(edge_part), families(ends[1]));
    const std::uint32_t index = add_link(name, ends[0], one, ends[1], two, uplink);
    plan_.links[index].by_hand = true;
    owned_.insert(index);
    return index;
}

} // namespace tegami::scenario
