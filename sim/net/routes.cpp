#include "sim/net/routes.hpp"

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/dijkstra_shortest_paths.hpp>

#include <algorithm>
#include <tuple>

namespace tegami::net {

FirstHops first_hops(const Topology& topology)
{
    using Weight = boost::property<boost::edge_weight_t, std::int64_t>;
    using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS, boost::no_property, Weight>;

    FirstHops result;
    std::vector<std::size_t> vertex_of(topology.hosts.size());
    for (std::size_t host = 0; host < topology.hosts.size(); ++host)
        if (topology.hosts[host].router) result.routers.push_back(host);
    // By name, so that of equally short paths the choice does not depend on the order in a file.
    std::ranges::sort(result.routers, {},
                      [&](std::size_t host) -> const std::string& { return topology.hosts[host].name; });
    for (std::size_t v = 0; v < result.routers.size(); ++v) vertex_of[result.routers[v]] = v;

    const std::size_t count = result.routers.size();
    Graph graph(count);
    std::vector<std::vector<std::pair<std::size_t, std::uint32_t>>> links(count); // (neighbour, link)
    for (std::uint32_t i = 0; i < topology.links.size(); ++i) {
        const LinkSpec& l = topology.links[i];
        if (!topology.hosts[l.a].router || !topology.hosts[l.b].router) continue;
        const std::size_t a = vertex_of[l.a], b = vertex_of[l.b];
        links[a].emplace_back(b, i);
        links[b].emplace_back(a, i);
    }
    // Each router's neighbours by name as well, for the same reason.
    for (std::size_t a = 0; a < count; ++a) {
        std::ranges::sort(links[a], {}, [&](const auto& to) {
            return std::tuple{to.first, topology.links[to.second].figures.delay, topology.links[to.second].name};
        });
        for (const auto& [b, i] : links[a])
            if (a < b) boost::add_edge(a, b, Weight{topology.links[i].figures.delay.ns}, graph);
    }
    const auto shortest_link = [&](std::size_t from, std::size_t to) {
        std::uint32_t best = FirstHops::none;
        for (const auto& [neighbour, link] : links[from])
            if (neighbour == to &&
                (best == FirstHops::none || topology.links[link].figures.delay < topology.links[best].figures.delay))
                best = link;
        return best;
    };

    result.hop.assign(count, std::vector<std::uint32_t>(count, FirstHops::none));
    std::vector<std::size_t> towards(count);
    // Paths from `to`, read backwards: the one before a router on its path is its next hop towards `to`.
    for (std::size_t to = 0; to < count; ++to) {
        boost::dijkstra_shortest_paths(graph, to, boost::predecessor_map(towards.data()));
        for (std::size_t from = 0; from < count; ++from)
            if (towards[from] != from) result.hop[from][to] = shortest_link(from, towards[from]);
    }
    return result;
}

} // namespace tegami::net
