#include "sim/scenario/expansion.hpp"

#include <algorithm>

namespace tegami::scenario {

namespace {

std::uint32_t index_in(const std::map<std::string, std::uint32_t, std::less<>>& index, std::string_view name)
{
    const auto found = index.find(name);
    return found == index.end() ? nowhere : found->second;
}

std::optional<Net> net_of(const PlanSite& site, bool v4)
{
    for (const Net& net : site.nets)
        if (net.is_v4() == v4) return net;
    return std::nullopt;
}

} // namespace

std::vector<std::string_view> names_in(const std::map<std::string, std::uint32_t, std::less<>>& index)
{
    std::vector<std::string_view> names;
    for (const auto& [name, place] : index) names.push_back(name);
    return names;
}

Text title_or_name(const Text& title, const std::string& name)
{
    if (!title.en.empty() || !title.ja.empty()) return title;
    std::string capitalised = name;
    if (!name.empty() && name[0] >= 'a' && name[0] <= 'z') capitalised[0] = static_cast<char>(name[0] - 'a' + 'A');
    return {capitalised, capitalised};
}

PlanNode bare_node(const std::string& name, const std::string& domain_name, NodeKind kind)
{
    PlanNode node;
    node.name = name;
    node.domain_name = domain_name;
    node.kind = kind;
    return node;
}

// ---- names ---------------------------------------------------------------------------------------------------------

void Expansion::claim(const std::string& name, Position at)
{
    constexpr std::string_view taken[] = {"at", "after", "plus", "internet", "root", "any"};
    const bool top_level = name.starts_with("tld-") && name.find('-', 4) == name.npos;
    if (std::ranges::find(taken, name) != std::end(taken) || top_level)
        return problems_.report(at, "scenario.name.reserved", {{"name", name}});
    const auto [place, fresh] = names_.emplace(name, at);
    if (!fresh)
        problems_.report(std::max(at, place->second), "scenario.name.twice",
                         {{"name", name}, {"line", std::to_string(std::min(at, place->second).line)}});
}

std::uint32_t Expansion::add_node(PlanNode node)
{
    const auto index = static_cast<std::uint32_t>(plan_.nodes.size());
    plan_.node_index.emplace(node.name, index);
    if (!node.domain_name.empty()) plan_.domain_index.emplace(node.domain_name, index);
    plan_.nodes.push_back(std::move(node));
    return index;
}

void Expansion::report_unknown(const Placed<std::string>& name, const std::vector<std::string_view>& known)
{
    const std::string_view meant = problems_.full() ? std::string_view{} : closest(name.value, known);
    if (meant.empty())
        problems_.report(name.at, "scenario.name.unknown", {{"name", name.value}, {"known", listed(known)}});
    else
        problems_.report(name.at, "scenario.name.unknown.meant", {{"name", name.value}, {"meant", std::string{meant}}});
}

bool Expansion::one_host_more(Position at)
{
    if (++hosts_ <= limits_.hosts) return true;
    if (hosts_ == limits_.hosts + 1) problems_.report(at, "scenario.hosts", {{"limit", std::to_string(limits_.hosts)}});
    return false;
}

Plan Expansion::run()
{
    sites();
    users();
    lines();
    own_links();
    filters();
    zones();
    return std::move(plan_);
}

// ---- asking a plan -------------------------------------------------------------------------------------------------

bool PlanNode::has(Role role) const { return std::ranges::find(roles, role) != roles.end(); }

std::vector<wire::Address> PlanNode::addresses() const
{
    std::vector<wire::Address> all;
    if (v4) all.push_back(*v4);
    if (v6) all.push_back(*v6);
    return all;
}

std::optional<Net> PlanSite::net_v4() const { return net_of(*this, true); }
std::optional<Net> PlanSite::net_v6() const { return net_of(*this, false); }

void PlanLink::change(const LinkFigures& figures)
{
    if (figures.rate) rate = *figures.rate;
    if (figures.delay) delay = *figures.delay;
    if (figures.jitter) jitter = *figures.jitter;
    if (figures.loss) loss = *figures.loss;
    if (figures.reorder) reorder = *figures.reorder;
    if (figures.duplicate) duplicate = *figures.duplicate;
    if (figures.mtu) mtu = *figures.mtu;
    if (figures.queue) queue = *figures.queue;
}

std::uint32_t Plan::find_site(std::string_view name) const { return index_in(site_index, name); }
std::uint32_t Plan::find_user(std::string_view name) const { return index_in(user_index, name); }
std::uint32_t Plan::find_link(std::string_view name) const { return index_in(link_index, name); }
std::uint32_t Plan::find_node(std::string_view name) const { return index_in(node_index, name); }
std::uint32_t Plan::find_filter(std::string_view name) const { return index_in(filter_index, name); }

std::uint32_t Plan::find_host(std::string_view name) const
{
    const std::uint32_t node = find_node(name);
    return node != nowhere ? node : index_in(domain_index, name);
}

std::uint32_t Plan::find_nic(std::uint32_t node, std::string_view neighbour) const
{
    const auto& nics = nodes[node].nics;
    const auto nic = std::ranges::find(nics, neighbour, &PlanNic::neighbour);
    return nic == nics.end() ? nowhere : static_cast<std::uint32_t>(nic - nics.begin());
}

const PlanZone* Plan::find_zone(std::string_view origin) const
{
    const auto zone = std::ranges::find(zones, origin, &PlanZone::origin);
    return zone == zones.end() ? nullptr : &*zone;
}

Plan expand(const Scenario& scenario, Problems& problems, const Suspects& suspects, const PlanLimits& limits)
{
    return Expansion{scenario, problems, suspects, limits}.run();
}

} // namespace tegami::scenario
