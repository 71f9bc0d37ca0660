#include "sim/scenario/expansion.hpp"
#include "sim/scenario/registrable.hpp"

#include <algorithm>

namespace tegami::scenario {

namespace {

constexpr std::uint32_t core_part = 1; ///< of the router `internet`
constexpr std::uint32_t root_part = 53;
constexpr std::uint32_t top_level_part = 54; ///< of the first TLD's server

bool has(const Server& server, Role role) { return std::ranges::find(server.roles, role) != server.roles.end(); }

/// The first label of the name of a TLD's server: below gtld.example for the three oldest, else below one of its own.
std::string name_of_top_level_server(const std::string& top)
{
    constexpr std::string_view generic[] = {"com", "net", "org"};
    const auto place = std::ranges::find(generic, top);
    if (place != std::end(generic)) return std::string(1, static_cast<char>('a' + (place - generic))) + ".gtld.example";
    return "a.dns-" + top + ".example";
}

/// Where the world's own servers have their names: no site may have these domains.
bool is_infrastructure(std::string_view domain)
{
    const std::string own = registrable(domain);
    return own == "gtld.example" || own == "root-servers.example" ||
           (own.starts_with("dns-") && own.ends_with(".example"));
}

std::vector<Server> default_servers(const Site& site)
{
    const Position at = site.name.at;
    if (site.kind == SiteKind::isp)
        return {{{"msa", at}, {Role::msa}, at, {}},
                {{"mta", at}, {Role::mta}, at, {}},
                {{"mail", at}, {Role::mda, Role::mra}, at, {}}};
    return {{{"mx1", at}, {Role::mta}, at, {}}, {{"mail", at}, {Role::mda, Role::mra}, at, {}}};
}

} // namespace

std::uint32_t Expansion::core_server(const std::string& name, const std::string& domain_name, std::uint32_t part)
{
    PlanNode node = bare_node(name, domain_name, NodeKind::server);
    node.roles = {Role::ns};
    node.gateway = 0;
    const Room::Given given = core_room_.take(part);
    node.v4 = given.v4;
    node.v6 = given.v6;
    return add_node(std::move(node));
}

void Expansion::sites()
{
    const Families families = from_.families;
    const Net numbered{core_net_v4.address, 16}; // its first half: two octets of digits are enough
    core_room_ = Room{families.v4 ? std::optional{numbered} : std::nullopt,
                      families.v6 ? std::optional{core_net_v6} : std::nullopt};
    PlanNode internet = bare_node("internet", "internet", NodeKind::router);
    const Room::Given given = core_room_.take(core_part);
    internet.v4 = given.v4;
    internet.v6 = given.v6;
    add_node(std::move(internet));
    plan_.roots.push_back(core_server("root", "a.root-servers.example", root_part));

    for (std::size_t i = 0; i < from_.sites.size(); ++i) {
        if (i == limits_.sites) {
            problems_.report(from_.sites[i].name.at, "scenario.sites", {{"limit", std::to_string(limits_.sites)}});
            break;
        }
        site(i);
    }
    // Site by site, so that one more at the end moves nobody.
    for (std::size_t i = 0; i < plan_.sites.size(); ++i) {
        uplinks_.push_back(core_room_.take(core_part));
        top_level_of(i);
    }
    reserve_own_addresses();
    for (std::size_t i = 0; i < plan_.sites.size(); ++i) servers(i);
}

void Expansion::site(std::size_t i)
{
    const Site& site = from_.sites[i];
    const Problems::Inside in_sites{problems_, site.kind == SiteKind::isp ? "isp" : "company"};
    const Problems::Inside inside{problems_, site.name.value};
    claim(site.name.value, site.name.at);
    compare_domain(i);
    PlanSite planned;
    planned.kind = site.kind;
    planned.name = site.name.value;
    planned.title = title_or_name(site.title, site.name.value);
    planned.domain = site.domain.value;
    planned.families = site.families.value_or(from_.families);
    if ((planned.families.v4 && !from_.families.v4) || (planned.families.v6 && !from_.families.v6))
        problems_.report(site.name.at, "scenario.families.world", {{"site", site.name.value}});
    planned.families.v4 = planned.families.v4 && from_.families.v4;
    planned.families.v6 = planned.families.v6 && from_.families.v6;
    choose_nets(i, planned);
    plan_.site_index.emplace(planned.name, static_cast<std::uint32_t>(i));
    plan_.sites.push_back(std::move(planned));
    compare_nets(i);
    rooms_.emplace_back(plan_.sites[i].net_v4(), plan_.sites[i].net_v6());
}

void Expansion::compare_domain(std::size_t i)
{
    const Placed<std::string>& domain = from_.sites[i].domain;
    if (domain.value.empty()) return;
    if (is_infrastructure(domain.value))
        return problems_.report(domain.at, "scenario.domain.taken", {{"domain", domain.value}});
    for (std::size_t k = 0; k < i; ++k) {
        const Placed<std::string>& other = from_.sites[k].domain;
        if (other.value.empty()) continue;
        const std::string& shorter = domain.value.size() < other.value.size() ? domain.value : other.value;
        const bool nested = is_within(domain.value, other.value) || is_within(other.value, domain.value);
        if (!nested && registrable(domain.value) != registrable(other.value)) continue;
        const auto& [early, late] = domain.at < other.at ? std::tie(domain, other) : std::tie(other, domain);
        problems_.report(late.at, "scenario.domain.shared",
                         {{"domain", late.value},
                          {"other", early.value},
                          {"line", std::to_string(early.at.line)},
                          {"registered", nested ? shorter : registrable(domain.value)}});
        return;
    }
}

void Expansion::choose_nets(std::size_t i, PlanSite& planned)
{
    const Problems::Inside inside{problems_, "net"};
    for (const bool v4 : {true, false}) {
        if (!(v4 ? planned.families.v4 : planned.families.v6)) continue;
        bool written = false;
        for (const Placed<Net>& net : from_.sites[i].nets) {
            if (net.value.is_v4() != v4) continue;
            // Too large a net leaves no room for others, too small a one none for hosts and a LAN.
            const auto [shortest, longest] = v4 ? std::pair{8, 29} : std::pair{32, 64};
            if (net.value.length < shortest || net.value.length > longest) {
                problems_.report(net.at, "scenario.net.length",
                                 {{"net", inet::format(net.value)},
                                  {"min", std::to_string(shortest)},
                                  {"max", std::to_string(longest)}});
                continue;
            }
            planned.nets.push_back(net.value);
            written = true;
        }
        if (!written) planned.nets.push_back(v4 ? default_net_v4(i) : default_net_v6(i));
    }
}

void Expansion::compare_nets(std::size_t i)
{
    const auto place_of = [&](std::size_t site, const Net& net) {
        const auto& written = from_.sites[site].nets;
        const auto found = std::ranges::find(written, net, &Placed<Net>::value);
        return found == written.end() ? std::optional<Position>{} : std::optional<Position>{found->at};
    };
    const Problems::Inside inside{problems_, "net"};
    for (const Net& net : plan_.sites[i].nets) {
        for (const Net& core : {core_net_v4, core_net_v6})
            if (overlap(net, core))
                return problems_.report(place_of(i, net).value_or(from_.sites[i].name.at), "scenario.net.overlap",
                                        {{"net", inet::format(net)}, {"other", inet::format(core) + " (internet)"}});
        for (std::size_t k = 0; k <= i; ++k)
            for (const Net& other : plan_.sites[k].nets) {
                if ((k == i && &other >= &net) || !overlap(net, other)) continue;
                // Two defaults never overlap: a written one is to blame, the later of two.
                const auto here = place_of(i, net), there = place_of(k, other);
                const bool ours = here && (!there || *there < *here || k == i);
                return problems_.report(
                    (ours ? here : there).value_or(from_.sites[i].name.at), "scenario.net.overlap",
                    {{"net", inet::format(ours ? net : other)},
                     {"other", inet::format(ours ? other : net) + " (" + plan_.sites[ours ? k : i].name + ")"}});
            }
    }
}

void Expansion::top_level_of(std::size_t i)
{
    const std::string& domain = plan_.sites[i].domain;
    const std::string top = domain.substr(domain.rfind('.') + 1);
    if (top.empty() || top_levels_.contains(top)) return;
    top_levels_[top] = core_server("tld-" + top, name_of_top_level_server(top), top_level_part);
}

// ---- servers -------------------------------------------------------------------------------------------------------

void Expansion::reserve_own_addresses()
{
    const auto reserve = [&](std::size_t site, const std::vector<Placed<wire::Address>>& addresses) {
        for (const Placed<wire::Address>& address : addresses) {
            const std::string text = wire::format(address.value);
            if (!(address.value.is_v4() ? plan_.sites[site].families.v4 : plan_.sites[site].families.v6))
                problems_.report(address.at, "scenario.address.family",
                                 {{"address", text}, {"site", plan_.sites[site].name}});
            else if (std::ranges::none_of(plan_.sites[site].nets,
                                          [&](const Net& n) { return n.contains(address.value); }))
                problems_.report(address.at, "scenario.address.outside",
                                 {{"address", text}, {"site", plan_.sites[site].name}});
            else if (!rooms_[site].reserve(address.value))
                problems_.report(address.at, "scenario.address.taken", {{"address", text}});
        }
    };
    for (std::size_t i = 0; i < plan_.sites.size(); ++i) {
        // The edge's address is the edge's, whoever writes it.
        const Room::Given edge = rooms_[i].take(edge_part);
        PlanNode node = bare_node(plan_.sites[i].name + "-edge", "edge." + plan_.sites[i].domain, NodeKind::router);
        node.site = static_cast<std::uint32_t>(i);
        node.v4 = edge.v4;
        node.v6 = edge.v6;
        edges_.push_back(std::move(node));
        const Problems::Inside in_sites{problems_, plan_.sites[i].kind == SiteKind::isp ? "isp" : "company"};
        const Problems::Inside inside{problems_, plan_.sites[i].name};
        if (from_.sites[i].servers)
            for (const Server& server : *from_.sites[i].servers) reserve(i, server.addresses);
    }
    for (const User& user : from_.users) {
        const std::uint32_t site = plan_.find_site(user.at.value);
        const Problems::Inside in_users{problems_, "user"};
        const Problems::Inside inside{problems_, user.name.value};
        if (site != nowhere && user.devices)
            for (const Device& device : *user.devices) reserve(site, device.addresses);
    }
}

void Expansion::place(PlanNode& node, std::size_t site, std::uint32_t part,
                      const std::vector<Placed<wire::Address>>& own, const std::vector<Placed<Net>>& ranges,
                      Position at)
{
    node.site = static_cast<std::uint32_t>(site);
    const Room::Given given = rooms_[site].take(part, own, ranges);
    const PlanSite& in = plan_.sites[site];
    if (in.families.v4) node.v4 = given.v4;
    if (in.families.v6) node.v6 = given.v6;
    if (given.full && full_.insert(site).second)
        problems_.report(
            at, "scenario.net.full",
            {{"net", inet::format(ranges.empty() ? in.nets.front() : ranges.front().value)}, {"name", node.name}});
}

void Expansion::servers(std::size_t i)
{
    const Site& site = from_.sites[i];
    const Problems::Inside in_sites{problems_, site.kind == SiteKind::isp ? "isp" : "company"};
    const Problems::Inside inside{problems_, site.name.value};
    claim(edges_[i].name, site.name.at);
    plan_.sites[i].edge = add_node(edges_[i]);
    if (site.kind == SiteKind::company) {
        PlanNode lan = bare_node(site.name.value + "-switch", {}, NodeKind::network_switch);
        lan.site = static_cast<std::uint32_t>(i);
        claim(lan.name, site.name.at);
        plan_.sites[i].lan_switch = add_node(std::move(lan));
    }
    std::vector<Server> written = site.servers ? *site.servers : default_servers(site);
    // A site cannot do without a name server of its zone, nor its hosts without somebody who looks names up.
    const auto somebody = [&](Role role) {
        return std::ranges::any_of(written, [&](const Server& s) { return has(s, role); });
    };
    const Position at = site.name.at;
    if (!somebody(Role::ns)) written.push_back({{"ns1", at}, {Role::ns}, at, {}});
    if (!somebody(Role::resolver)) written.push_back({{"resolver", at}, {Role::resolver}, at, {}});
    for (const Server& each : written) {
        // Only what is written counts: that default servers are many is not the author's doing.
        if (site.servers && each.name.at != at && !one_host_more(each.name.at)) return;
        server(i, each);
    }
    for (const std::uint32_t node : plan_.sites[i].servers)
        for (const std::uint32_t resolver : plan_.sites[i].servers)
            if (plan_.nodes[resolver].has(Role::resolver)) plan_.nodes[node].resolvers.push_back(resolver);
}

void Expansion::server(std::size_t i, const Server& server)
{
    check_roles(server, plan_.sites[i]);
    PlanNode planned = bare_node(plan_.sites[i].name + '-' + server.name.value,
                                 server.name.value + '.' + plan_.sites[i].domain, NodeKind::server);
    planned.roles = server.roles;
    planned.gateway = plan_.sites[i].edge;
    claim(planned.name, server.name.at);
    place(planned, i, part_for(server, i), server.addresses, {}, server.name.at);
    const std::uint32_t node = add_node(std::move(planned));
    plan_.sites[i].servers.push_back(node);
    if (has(server, Role::mda) && plan_.sites[i].mail_host == nowhere) plan_.sites[i].mail_host = node;
}

/// The second MTA of a site has its own address too; from the third on they take what is free behind it.
std::uint32_t Expansion::part_for(const Server& server, std::size_t site) const
{
    if (has(server, Role::mta)) {
        const bool first = std::ranges::none_of(plan_.sites[site].servers,
                                                [&](std::uint32_t node) { return plan_.nodes[node].has(Role::mta); });
        return first ? mta_part : mta_part + 1;
    }
    if (has(server, Role::msa)) return msa_part;
    if (has(server, Role::mda) || has(server, Role::mra)) return mra_part;
    return has(server, Role::resolver) ? resolver_part : ns_part;
}

void Expansion::check_roles(const Server& server, const PlanSite& site)
{
    const std::string host = site.name + '-' + server.name.value;
    if (has(server, Role::mda) != has(server, Role::mra))
        problems_.report(server.roles_at, "scenario.roles.mda_mra",
                         {{"host", host}, {"missing", has(server, Role::mda) ? "mra" : "mda"}});
    if (has(server, Role::mda) && site.mail_host != nowhere)
        problems_.report(server.roles_at, "scenario.roles.second_store",
                         {{"host", host}, {"other", plan_.nodes[site.mail_host].name}});
    const auto& all = from_.sites[plan_.find_site(site.name)].servers;
    if (has(server, Role::msa) && all && std::ranges::none_of(*all, [](const Server& s) { return has(s, Role::mta); }))
        problems_.report(server.roles_at, "scenario.roles.msa_alone", {{"host", host}});
}

} // namespace tegami::scenario
