#include "sim/scenario/readers.hpp"

namespace tegami::scenario {

namespace {

void read_targets(Problems& problems, const Node& node, std::vector<Placed<std::string>>& into)
{
    read_each(problems, node, [&](const Node& item) {
        Placed<std::string> target;
        read_line(problems, item, target);
        if (target.value != "any" && !target.value.empty()) into.push_back(std::move(target));
    });
}

void read_ports(Problems& problems, const Node& node, FilterRow& row)
{
    const auto one = [&](const Node& item) {
        std::int64_t port = 0;
        read_integer(problems, item, 1, 65'535, port);
        if (port != 0) row.ports.push_back(static_cast<std::uint16_t>(port));
    };
    if (node.kind != Node::Kind::list) return one(node);
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        const Problems::Inside inside{problems, i + 1};
        one(node.items[i]);
    }
}

constexpr Key<FilterRow> row_keys[] = {
    {{"from", "target, or a list of them", "\"any\"", "\"sakura.dynamic\"",
      "Whose packets: a host, an interface HOST:NEIGHBOUR, a site, the lines SITE.dynamic or SITE.static, an address "
      "or a "
      "prefix, any. All addresses of both families are meant."},
     [](Problems& problems, const Node& node, FilterRow& row) { read_targets(problems, node, row.from); }},
    {{"to", "target, or a list of them", "\"any\"", "\"any\"", "For whom they are."},
     [](Problems& problems, const Node& node, FilterRow& row) { read_targets(problems, node, row.to); }},
    {{"proto", "any, tcp, udp or icmp", "\"any\"", "\"tcp\"", "What they carry. `icmp` means that of both families."},
     [](Problems& problems, const Node& node, FilterRow& row) {
         read_choice(problems, node, row_protocol_words, row.protocol);
     }},
    {{"port", "integer, or a list of them", "any", "25", "To which port; needs `proto` tcp or udp."}, read_ports},
    {{"state", "any, new or established", "\"any\"", "\"established\"",
      "`established`: of a connection that this filter has let begin, or an answer to it. `new`: any other."},
     [](Problems& problems, const Node& node, FilterRow& row) {
         read_choice(problems, node, row_state_words, row.state);
     }},
    {{"do", "pass, drop, reset or prohibit", required, "\"drop\"",
      "`drop` says nothing to the sender, `reset` ends the TCP connection, `prohibit` sends an ICMP message."},
     [](Problems& problems, const Node& node, FilterRow& row) {
         if (const auto action = read_word(problems, node, row_action_words))
             row.action = static_cast<RowAction>(*action);
     }},
};

void read_rows(Problems& problems, const Node& node, Filter& filter)
{
    constexpr std::string_view example = "[ { from = \"any\", proto = \"tcp\", port = 25, do = \"drop\" } ]";
    if (node.kind != Node::Kind::list)
        return problems.report(node.at, "scenario.expects.rows", {{"example", std::string{example}}});
    if (node.items.size() > rows_limit)
        return problems.report(node.items[rows_limit].at, "scenario.filter.rows",
                               {{"limit", std::to_string(rows_limit)}});
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        const Problems::Inside inside{problems, i + 1};
        FilterRow row;
        row.at = node.items[i].at;
        read_table(problems, node.items[i], row.at, "{ from = \"any\", proto = \"tcp\", port = 25, do = \"drop\" }",
                   all(row_keys), row);
        if (!row.ports.empty() && row.protocol != RowProtocol::tcp && row.protocol != RowProtocol::udp)
            problems.report(row.at, "scenario.filter.port");
        filter.rows.push_back(std::move(row));
    }
}

constexpr Key<Filter> filter_keys[] = {
    {{"at", "router", required, "\"sakura-edge\"", "The edge of a site, at whose border packets are looked at."},
     [](Problems& problems, const Node& node, Filter& filter) { read_line(problems, node, filter.at); }},
    {{"way", "out, in or both", "\"out\"", "\"in\"", "What leaves the site, what enters it, or both."},
     [](Problems& problems, const Node& node, Filter& filter) {
         read_choice(problems, node, way_of_filter_words, filter.way);
     }},
    {{"rows", "list of rows", required,
      "[ { from = \"any\", to = \"any\", proto = \"tcp\", port = 25, do = \"drop\" } ]",
      "The first row that fits decides; what fits none passes. Rows are counted from 1."},
     read_rows},
};

constexpr Key<Zone> zone_keys[] = {
    {{"text", "zone text", required, "\"@ 3600 IN MX 10 mx1\"",
      "Records as RFC 1035 §5 writes them, best between three apostrophes. Records of the same owner and type replace "
      "those that the zone has by default; the others stay."},
     [](Problems& problems, const Node& node, Zone& zone) {
         read_lines(problems, node, zone.text.value);
         zone.text.at = node.content_at;
     }},
};

} // namespace

void read_filter(Problems& problems, const Node& node, Placed<std::string> name, Scenario& scenario)
{
    Filter filter;
    filter.name = std::move(name);
    read_table(problems, node, filter.name.at, "[filter.op25b]", all(filter_keys), filter);
    scenario.filters.push_back(std::move(filter));
}

void read_zone(Problems& problems, const Node& node, Placed<std::string> origin, Scenario& scenario)
{
    Zone zone;
    zone.origin = std::move(origin);
    read_table(problems, node, zone.origin.at, "[zone.\"example.com\"]", all(zone_keys), zone);
    scenario.zones.push_back(std::move(zone));
}

std::vector<Section> filter_sections()
{
    return {section("[zone.\"DOMAIN\"]", all(zone_keys)), section("[filter.NAME]", all(filter_keys)),
            section("[filter.NAME] rows", all(row_keys))};
}

} // namespace tegami::scenario
