#include "sim/net/network.hpp"

namespace tegami::net {

Network::Network(engine::Engine& engine, run::Recorder& recorder, run::SpanTable& spans, const Topology& topology)
    : context{engine, recorder, spans},
      links(context, topology),
      internet(context, links, topology),
      tcp(context, links, internet),
      udp(context, links, internet)
{
    links.set_upper(internet);
    internet.set_upper(tcp, udp);
}

std::vector<std::string> host_names(const Topology& topology)
{
    std::vector<std::string> names;
    for (const HostSpec& host : topology.hosts) names.push_back(host.name);
    return names;
}

std::vector<run::NicRow> nic_rows(const engine::Engine& engine, const Topology& topology)
{
    const std::vector<InterfacePlace> places = interfaces_in_order(topology);
    std::vector<run::NicRow> rows(places.size());
    std::vector<std::vector<std::uint32_t>> id(topology.hosts.size());
    for (std::size_t h = 0; h < topology.hosts.size(); ++h) id[h].resize(topology.hosts[h].interfaces.size());
    for (std::uint32_t i = 0; i < places.size(); ++i) {
        const HostSpec& host = topology.hosts[places[i].host];
        const InterfaceSpec& interface = host.interfaces[places[i].interface];
        id[places[i].host][places[i].interface] = i;
        rows[i].host = engine.find(host.name);
        rows[i].name = host.name + ':' + interface.name;
        rows[i].mac = interface.mac;
        rows[i].address = interface.address;
        rows[i].prefix_length = 32;
    }
    for (const LinkSpec& link : topology.links) {
        const std::uint32_t a = id[link.a][link.a_interface], b = id[link.b][link.b_interface];
        rows[a].link = rows[b].link = link.name;
        rows[a].peer = NicId{b};
        rows[b].peer = NicId{a};
    }
    return rows;
}

} // namespace tegami::net
