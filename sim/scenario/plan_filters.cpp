#include "sim/scenario/expansion.hpp"

#include <algorithm>

namespace tegami::scenario {

void Expansion::filters()
{
    const Problems::Inside in_filters{problems_, "filter"};
    for (const Filter& each : from_.filters) {
        claim(each.name.value, each.name.at);
        const Problems::Inside inside{problems_, each.name.value};
        filter(each);
    }
    for (std::size_t i = 0; i < plan_.sites.size(); ++i)
        if (from_.sites[i].op25b && from_.sites[i].op25b->value) block_port_25(i);
}

void Expansion::filter(const Filter& filter)
{
    PlanFilter planned;
    planned.name = filter.name.value;
    planned.way = filter.way;
    planned.node = filter.at.value.empty() ? nowhere : plan_.find_host(filter.at.value);
    std::vector<std::string_view> edges;
    for (const PlanSite& site : plan_.sites) edges.push_back(plan_.nodes[site.edge].name);
    const bool edge =
        planned.node != nowhere && plan_.nodes[planned.node].kind == NodeKind::router && planned.node != 0;
    if (edge) {
        planned.nic = 0;
    } else if (!filter.at.value.empty() && !suspects_.contains(filter.at.value)) {
        const Problems::Inside inside{problems_, "at"};
        if (planned.node == nowhere)
            report_unknown(filter.at, edges);
        else
            problems_.report(filter.at.at, "scenario.filter.router",
                             {{"name", filter.at.value}, {"known", listed(edges)}});
    }
    for (std::size_t i = 0; i < filter.rows.size(); ++i) {
        const FilterRow& row = filter.rows[i];
        const Problems::Inside in_rows{problems_, "rows"};
        const Problems::Inside inside{problems_, i + 1};
        PlanRow made;
        made.protocol = row.protocol;
        made.ports = row.ports;
        made.state = row.state;
        made.action = row.action.value_or(RowAction::pass);
        target(row.from, made.from, made.from_any, made.from_text);
        target(row.to, made.to, made.to_any, made.to_text);
        planned.rows.push_back(std::move(made));
    }
    plan_.filter_index.emplace(planned.name, static_cast<std::uint32_t>(plan_.filters.size()));
    plan_.filters.push_back(std::move(planned));
}

/// Outbound port 25 blocking: mail leaves an ISP's dynamic addresses only by way of its servers.
void Expansion::block_port_25(std::size_t i)
{
    const PlanSite& site = plan_.sites[i];
    PlanFilter planned;
    planned.name = site.name + "-op25b";
    claim(planned.name, from_.sites[i].op25b->at);
    planned.node = site.edge;
    planned.nic = 0;
    PlanRow servers;
    servers.from_any = false;
    for (const std::uint32_t node : site.servers)
        if (plan_.nodes[node].has(Role::mta)) {
            for (const wire::Address& address : plan_.nodes[node].addresses())
                servers.from.push_back({address, inet::address_bits(address)});
            servers.from_text += (servers.from_text.empty() ? "" : ", ") + plan_.nodes[node].name;
        }
    servers.to_text = "any";
    servers.protocol = RowProtocol::tcp;
    servers.ports = {25};
    PlanRow homes = servers;
    homes.from = site.lines[static_cast<std::size_t>(LineKind::dynamic)];
    homes.from_text = site.name + ".dynamic";
    homes.action = RowAction::drop;
    PlanRow rest;
    rest.from_text = rest.to_text = "any";
    planned.rows = {servers, homes, rest};
    plan_.filter_index.emplace(planned.name, static_cast<std::uint32_t>(plan_.filters.size()));
    plan_.filters.push_back(std::move(planned));
}

void Expansion::target(const std::vector<Placed<std::string>>& written, std::vector<Net>& into, bool& any,
                       std::string& text)
{
    any = written.empty();
    if (any) text = "any";
    for (const Placed<std::string>& each : written) {
        text += (text.empty() ? "" : ", ") + each.value;
        const auto nets = nets_of(each);
        if (!nets) continue;
        for (const Net& net : *nets)
            if (std::ranges::find(into, net) == into.end()) into.push_back(net);
    }
}

/// The prefixes that a word means; nothing where it means none, and that is said.
std::optional<std::vector<Net>> Expansion::nets_of(const Placed<std::string>& target)
{
    const std::string& word = target.value;
    std::vector<Net> nets;
    const auto add = [&](const wire::Address& address) { nets.push_back({address, inet::address_bits(address)}); };
    if (word.find('/') != word.npos) {
        const auto net = inet::parse_prefix(word);
        if (net) return std::vector<Net>{*net};
        problems_.report(target.at, "scenario.net", {{"net", word}});
        return std::nullopt;
    }
    if (const auto address = wire::parse_address(word)) {
        add(*address);
        return nets;
    }
    if (const std::uint32_t site = plan_.find_site(word); site != nowhere) return plan_.sites[site].nets;
    if (const std::size_t dot = word.find('.'); dot != word.npos) {
        const std::uint32_t site = plan_.find_site(word.substr(0, dot));
        const auto kind = std::ranges::find(line_words, word.substr(dot + 1));
        if (site != nowhere && kind != std::end(line_words)) {
            if (plan_.sites[site].kind == SiteKind::company)
                problems_.report(target.at, "scenario.line.company", {{"site", plan_.sites[site].name}});
            return plan_.sites[site].lines[static_cast<std::size_t>(kind - std::begin(line_words))];
        }
    }
    const std::size_t colon = word.find(':');
    const std::uint32_t node = plan_.find_host(word.substr(0, colon));
    if (node != nowhere && plan_.nodes[node].kind != NodeKind::network_switch) {
        if (colon == word.npos) {
            for (const wire::Address& address : plan_.nodes[node].addresses()) add(address);
            return nets;
        }
        const std::uint32_t nic = plan_.find_nic(node, word.substr(colon + 1));
        if (nic != nowhere) {
            for (const PlanAddress& address : plan_.nodes[node].nics[nic].addresses) add(address.address);
            return nets;
        }
        std::vector<std::string_view> known;
        for (const PlanNic& each : plan_.nodes[node].nics) known.push_back(each.name);
        problems_.report(target.at, "scenario.sniff.nic", {{"name", word}, {"known", listed(known)}});
        return std::nullopt;
    }
    if (suspects_.contains(word)) return std::nullopt;
    std::vector<std::string> lines;
    for (const PlanSite& site : plan_.sites)
        if (site.kind == SiteKind::isp)
            for (const std::string_view kind : line_words) lines.push_back(site.name + '.' + std::string{kind});
    std::vector<std::string_view> known{"any"};
    std::ranges::copy(names_in(plan_.site_index), std::back_inserter(known));
    known.insert(known.end(), lines.begin(), lines.end());
    std::ranges::copy(names_in(plan_.node_index), std::back_inserter(known));
    report_unknown(target, known);
    return std::nullopt;
}

} // namespace tegami::scenario
