#include "sim/net/routes.hpp"

#include "protocols/inet/ipv6.hpp"

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/dijkstra_shortest_paths.hpp>

#include <algorithm>
#include <map>
#include <tuple>

namespace tegami::net {

namespace {

using engine::Duration;

/// Interfaces of hosts and routers that hear each other: the two ends of a link, or all that hang on one or more switches.
struct Segment {
    struct End {
        InterfacePlace place;
        std::size_t link = 0; ///< index into Topology::links
        std::size_t at = 0;   ///< the host or switch at the link's other end
    };
    std::vector<End> ends; ///< in the order of the links
    bool switched = false;
};

class Map {
  public:
    explicit Map(const Topology& topology) : topology_(topology), links_of_(topology.hosts.size())
    {
        for (std::size_t i = 0; i < topology.links.size(); ++i) {
            links_of_[topology.links[i].a].push_back(i);
            links_of_[topology.links[i].b].push_back(i);
        }
    }

    std::vector<Segment> segments() const
    {
        std::vector<Segment> all;
        std::map<std::size_t, std::size_t> of_switch; // segment by the least switch in it
        for (std::size_t i = 0; i < topology_.links.size(); ++i) {
            const LinkSpec& l = topology_.links[i];
            for (const bool first : {true, false}) {
                const Segment::End end{first ? InterfacePlace{l.a, l.a_interface} : InterfacePlace{l.b, l.b_interface},
                                       i, first ? l.b : l.a};
                if (topology_.hosts[end.place.host].is_switch()) continue;
                if (topology_.hosts[end.at].is_switch()) {
                    const auto [at, is_new] = of_switch.try_emplace(least_switch(end.at), all.size());
                    if (is_new) all.push_back({{}, true});
                    all[at->second].ends.push_back(end);
                } else {
                    if (first) all.emplace_back();
                    all.back().ends.push_back(end);
                }
            }
        }
        return all;
    }

    /// How long a frame travels from one end to another of its segment; queues and sending apart.
    Duration delay(const Segment& segment, std::size_t from, std::size_t to) const
    {
        const Segment::End &a = segment.ends[from], &b = segment.ends[to];
        if (!segment.switched) return topology_.links[a.link].figures.delay;
        return topology_.links[a.link].figures.delay + between_switches(a.at, b.at, a.at) +
               topology_.links[b.link].figures.delay;
    }

  private:
    std::size_t other(std::size_t link, std::size_t host) const
    {
        const LinkSpec& l = topology_.links[link];
        return l.a == host ? l.b : l.a;
    }
    std::size_t least_switch(std::size_t from) const
    {
        std::vector<std::size_t> seen{from};
        for (std::size_t i = 0; i < seen.size(); ++i)
            for (const std::size_t link : links_of_[seen[i]])
                if (const std::size_t next = other(link, seen[i]);
                    topology_.hosts[next].is_switch() && std::ranges::find(seen, next) == seen.end())
                    seen.push_back(next);
        return *std::ranges::min_element(seen);
    }
    /// Switches form no loop: there is one way.
    Duration between_switches(std::size_t from, std::size_t to, std::size_t came_from) const
    {
        if (from == to) return {};
        for (const std::size_t link : links_of_[from]) {
            const std::size_t next = other(link, from);
            if (next == came_from || !topology_.hosts[next].is_switch()) continue;
            if (const Duration further = between_switches(next, to, from); further.ns >= 0)
                return topology_.links[link].figures.delay + further;
        }
        return Duration{std::numeric_limits<std::int64_t>::min() / 4};
    }

    const Topology& topology_;
    std::vector<std::vector<std::size_t>> links_of_;
};

/// From a router to another on one of its segments.
struct Edge {
    std::size_t to = 0; ///< vertex
    Duration delay;
    InterfacePlace out, in;
    const std::string* link = nullptr; ///< the name of the link that `out` hangs on
};

/// What the neighbour at `place` is reached by, as a next hop.
std::optional<wire::Address> next_hop_at(const Topology& topology, const InterfacePlace& place, bool v4)
{
    const InterfaceSpec& interface = topology.hosts[place.host].interfaces[place.interface];
    if (const auto own = interface.first(v4)) return own->address;
    if (!v4)
        for (const InterfaceAddress& own : addresses_of(interface))
            if (!own.address.is_v4()) return own.address; // link-local
    return std::nullopt;
}

} // namespace

std::vector<Ways> compute_routes(const Topology& topology,
                                 const std::function<NicId(std::size_t host, std::size_t interface)>& nic_of)
{
    const auto& hosts = topology.hosts;
    const Map map{topology};
    const std::vector<Segment> segments = map.segments();
    std::vector<Ways> ways(hosts.size());

    // ---- neighbours
    struct Defaults {
        bool v4 = false, v6 = false;
    };
    std::vector<Defaults> has_default(hosts.size());
    const auto interface_at = [&](const InterfacePlace& place) -> const InterfaceSpec& {
        return hosts[place.host].interfaces[place.interface];
    };
    for (const Segment& segment : segments) {
        for (const Segment::End& end : segment.ends) {
            const InterfacePlace& here = end.place;
            const NicId nic = nic_of(here.host, here.interface);
            const auto& own = interface_at(here).addresses;
            for (const InterfaceAddress& mine : own)
                if (!mine.alone()) ways[here.host].put(mine.network(), nic, std::nullopt);
            for (const Segment::End& there : segment.ends) {
                if (there.place == here) continue;
                for (const InterfaceAddress& theirs : interface_at(there.place).addresses) {
                    const bool known = std::ranges::any_of(own, [&](const InterfaceAddress& mine) {
                        return !mine.alone() && mine.network().contains(theirs.address);
                    });
                    if (!known && !inet::is_v6_link_local(theirs.address))
                        ways[here.host].put(inet::Prefix::around(theirs.address, inet::address_bits(theirs.address)),
                                            nic, std::nullopt);
                }
                if (hosts[here.host].is_router() || !hosts[there.place.host].is_router()) continue;
                for (const bool v4 : {true, false}) {
                    bool& has = v4 ? has_default[here.host].v4 : has_default[here.host].v6;
                    const bool speaks = std::ranges::any_of(
                        own, [&](const InterfaceAddress& mine) { return mine.address.is_v4() == v4; });
                    const auto hop = next_hop_at(topology, there.place, v4);
                    if (has || !speaks || !hop) continue;
                    ways[here.host].put({v4 ? wire::Address::v4(0) : wire::Address{}, 0}, nic, hop);
                    has = true;
                }
            }
        }
    }

    // ---- routers
    std::vector<std::size_t> routers;
    std::vector<std::size_t> vertex_of(hosts.size());
    for (std::size_t host = 0; host < hosts.size(); ++host)
        if (hosts[host].is_router()) routers.push_back(host);
    // By name, so that of equally short paths the choice does not depend on the order in a file.
    std::ranges::sort(routers, {}, [&](std::size_t host) -> const std::string& { return hosts[host].name; });
    for (std::size_t v = 0; v < routers.size(); ++v) vertex_of[routers[v]] = v;

    const std::size_t count = routers.size();
    std::vector<std::vector<Edge>> edges(count);
    for (const Segment& segment : segments)
        for (std::size_t i = 0; i < segment.ends.size(); ++i)
            for (std::size_t k = 0; k < segment.ends.size(); ++k) {
                const Segment::End &a = segment.ends[i], &b = segment.ends[k];
                if (i == k || !hosts[a.place.host].is_router() || !hosts[b.place.host].is_router()) continue;
                edges[vertex_of[a.place.host]].push_back({vertex_of[b.place.host], map.delay(segment, i, k), a.place,
                                                          b.place, &topology.links[a.link].name});
            }

    using Weight = boost::property<boost::edge_weight_t, std::int64_t>;
    using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS, boost::no_property, Weight>;
    Graph graph(count);
    // Each router's neighbours by name as well, for the same reason; of several ways to one, the shortest first.
    for (std::size_t a = 0; a < count; ++a) {
        std::ranges::sort(edges[a], {}, [](const Edge& e) { return std::tie(e.to, e.delay, *e.link); });
        for (const Edge& e : edges[a])
            if (a < e.to) boost::add_edge(a, e.to, Weight{e.delay.ns}, graph);
    }
    std::vector<std::vector<const Edge*>> first_hop(count, std::vector<const Edge*>(count)); // [from][to]
    std::vector<std::size_t> towards(count);
    // Paths from `to`, read backwards: the one before a router on its path is its next hop towards `to`.
    for (std::size_t to = 0; to < count; ++to) {
        boost::dijkstra_shortest_paths(graph, to, boost::predecessor_map(towards.data()));
        for (std::size_t from = 0; from < count; ++from)
            if (towards[from] != from) first_hop[from][to] = &*std::ranges::find(edges[from], towards[from], &Edge::to);
    }

    for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t j = 0; j < count; ++j) {
            const Edge* const edge = first_hop[i][j];
            if (edge == nullptr) continue;
            const std::size_t from = routers[i];
            const NicId nic = nic_of(from, edge->out.interface);
            const HostSpec& to = hosts[routers[j]];
            const auto hop4 = next_hop_at(topology, edge->in, true), hop6 = next_hop_at(topology, edge->in, false);
            const auto is_on_link = [&](const inet::Prefix& prefix) {
                return std::ranges::any_of(hosts[from].interfaces, [&](const InterfaceSpec& interface) {
                    return std::ranges::any_of(interface.addresses,
                                               [&](const InterfaceAddress& own) { return own.network() == prefix; });
                });
            };
            for (const inet::Prefix& prefix : to.announces)
                if (const auto& hop = prefix.is_v4() ? hop4 : hop6; hop && !is_on_link(prefix))
                    ways[from].put(prefix, nic, hop);
            const auto has = [&](const wire::Address& address) {
                const auto contains = [&](const inet::Prefix& prefix) { return prefix.contains(address); };
                const auto on_link = [&](const InterfaceAddress& own) {
                    return !own.alone() && own.network().contains(address);
                };
                return std::ranges::any_of(to.announces, contains) ||
                       std::ranges::any_of(hosts[from].interfaces, [&](const InterfaceSpec& interface) {
                           return std::ranges::any_of(interface.addresses, on_link);
                       });
            };
            for (const InterfaceSpec& interface : to.interfaces)
                for (const InterfaceAddress& own : interface.addresses) {
                    const auto& hop = own.address.is_v4() ? hop4 : hop6;
                    if (!hop || own.address == *hop || interface.loopback || has(own.address) ||
                        inet::is_v6_link_local(own.address))
                        continue;
                    ways[from].put(own.network(), nic, hop);
                }
        }
    }
    return ways;
}

} // namespace tegami::net
