#include "sim/scenario/expansion.hpp"

#include "sim/scenario/values.hpp"

#include <algorithm>

namespace tegami::scenario {

std::uint32_t Expansion::site_named(const Placed<std::string>& name)
{
    if (name.value.empty()) return nowhere; // said already
    const std::uint32_t site = plan_.find_site(name.value);
    if (site == nowhere && !suspects_.contains(name.value)) report_unknown(name, names_in(plan_.site_index));
    return site;
}

void Expansion::users()
{
    for (const User& user : from_.users) {
        const std::string& name = user.name.value;
        claim(name, user.name.at);
        PlanUser planned;
        planned.name = name;
        planned.title = title_or_name(user.title, name);
        planned.password = user.password.value_or(name + "-secret");
        const Problems::Inside in_users{problems_, "user"};
        const Problems::Inside in_user{problems_, name};
        {
            const Problems::Inside inside{problems_, "at"};
            planned.site = site_named(user.at);
        }
        planned.mail_site = planned.site;
        if (user.mail_at) {
            const Problems::Inside inside{problems_, "mail_at"};
            planned.mail_site = site_named(*user.mail_at);
        }
        if (planned.mail_site != nowhere) {
            planned.address = name + '@' + plan_.sites[planned.mail_site].domain;
            planned.mail_host = plan_.sites[planned.mail_site].mail_host;
        }
        if (user.line) {
            planned.line = user.line->value;
            if (planned.site != nowhere && plan_.sites[planned.site].kind == SiteKind::company)
                problems_.report(user.line->at, "scenario.line.company", {{"site", plan_.sites[planned.site].name}});
        }
        submission(user, planned);
        devices(user, planned);
        plan_.user_index.emplace(name, static_cast<std::uint32_t>(plan_.users.size()));
        plan_.users.push_back(std::move(planned));
    }
    // What SITE.dynamic and SITE.static mean: the author's prefixes, and homes that lie in none of them.
    for (std::size_t i = 0; i < plan_.sites.size(); ++i)
        for (const LineKind kind : {LineKind::dynamic, LineKind::fixed}) {
            auto& nets = plan_.sites[i].lines[static_cast<std::size_t>(kind)];
            for (const Placed<Net>& net : from_.sites[i].lines[static_cast<std::size_t>(kind)]) {
                nets.push_back(net.value);
                if (std::ranges::none_of(plan_.sites[i].nets,
                                         [&](const Net& site) { return site.contains(net.value.address); }))
                    problems_.report(net.at, "scenario.lines.outside",
                                     {{"net", inet::format(net.value)}, {"site", plan_.sites[i].name}});
            }
            for (const PlanUser& user : plan_.users) {
                if (user.site != i || user.line != kind || plan_.sites[i].kind == SiteKind::company) continue;
                for (const std::uint32_t device : user.devices)
                    for (const wire::Address& address : plan_.nodes[device].addresses())
                        if (std::ranges::none_of(nets, [&](const Net& net) { return net.contains(address); }))
                            nets.push_back({address, inet::address_bits(address)});
            }
        }
}

void Expansion::submission(const User& user, PlanUser& planned)
{
    const auto first_with = [&](Role role) {
        if (planned.mail_site != nowhere)
            for (const std::uint32_t node : plan_.sites[planned.mail_site].servers)
                if (plan_.nodes[node].has(role)) return node;
        return nowhere;
    };
    const auto settle = [&](std::uint32_t node) {
        planned.submit_server = node;
        const bool msa = node != nowhere && plan_.nodes[node].has(Role::msa);
        planned.submit_port = user.submits.port.value_or(msa ? 587 : 25);
        planned.auth = user.submits.auth.value_or(planned.submit_port == 587 ? Auth::plain : Auth::none);
    };
    if (!user.submits.server) {
        const std::uint32_t msa = first_with(Role::msa);
        settle(msa != nowhere ? msa : first_with(Role::mta));
        if (planned.submit_server != nowhere) planned.submit_name = plan_.nodes[planned.submit_server].domain_name;
        return;
    }
    const Problems::Inside in_submits{problems_, "submits"};
    const Problems::Inside inside{problems_, "server"};
    const Placed<std::string>& server = *user.submits.server;
    settle(plan_.find_host(server.value));
    planned.submit_name = server.value;
    if (server.value.empty()) return;
    if (planned.submit_server != nowhere) {
        const PlanNode& node = plan_.nodes[planned.submit_server];
        planned.submit_name = node.domain_name;
        if (!node.has(Role::msa) && !node.has(Role::mta))
            problems_.report(server.at, "scenario.server.no_mta", {{"host", server.value}});
        return;
    }
    if (wire::parse_address(server.value)) return;
    // A name that only the zone has: an alias, or one that is not there on purpose.
    const auto below_site = [&](const PlanSite& site) { return server.value.ends_with('.' + site.domain); };
    if (is_domain(server.value) && std::ranges::any_of(plan_.sites, below_site)) {
        const bool zone_has = std::ranges::any_of(from_.zones, [&](const Zone& zone) {
            return zone.text.value.find(server.value.substr(0, server.value.find('.'))) != std::string::npos;
        });
        if (zone_has) return;
    }
    if (suspects_.contains(server.value)) return;
    auto known = names_in(plan_.node_index);
    for (const auto& [name, node] : plan_.domain_index) known.push_back(name);
    const std::string_view meant = problems_.full() ? std::string_view{} : closest(server.value, known);
    if (meant.empty()) known = names_in(plan_.node_index);
    report_unknown(server, known);
}

void Expansion::devices(const User& user, PlanUser& planned)
{
    std::vector<Device> written{{{"pc", user.name.at}, Reads::pop3, {}}};
    if (user.devices) written = *user.devices;
    for (const Device& device : written) {
        if (!one_host_more(device.name.at)) return;
        const std::string node_name = user.name.value + '-' + device.name.value;
        PlanNode node = bare_node(node_name, node_name, NodeKind::device);
        claim(node.name, device.name.at);
        node.user = static_cast<std::uint32_t>(plan_.users.size());
        if (planned.site != nowhere) {
            const PlanSite& site = plan_.sites[planned.site];
            node.domain_name += '.' + site.domain;
            node.gateway = site.edge;
            place(node, planned.site, first_user_part, device.addresses,
                  from_.sites[planned.site].lines[static_cast<std::size_t>(planned.line)], device.name.at);
            for (const std::uint32_t server : site.servers)
                if (plan_.nodes[server].has(Role::resolver)) node.resolvers.push_back(server);
        }
        planned.devices.push_back(add_node(std::move(node)));
        planned.reads.push_back(device.reads);
    }
}

} // namespace tegami::scenario
