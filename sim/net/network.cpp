#include "sim/net/network.hpp"

namespace tegami::net {

Network::Network(engine::Engine& engine, run::Recorder& recorder, run::SpanTable& spans, const Topology& topology)
    : context{engine, recorder, spans},
      links(context, topology),
      neighbours(context, links, topology),
      switches(context, links),
      outside(context, links),
      internet(context, links, neighbours, topology),
      tcp(context, links, internet),
      udp(context, links, internet)
{
    assert(!link_that_closes_a_loop(topology) && "switches form no loop");
    links.set_upper(internet, neighbours, switches, outside);
    neighbours.set_upper(internet);
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
        rows[i].kind = interface.loopback ? run::NicKind::loopback
                       : host.is_switch() ? run::NicKind::port
                                          : run::NicKind::end;
        rows[i].peer = NicId{i};
        const std::vector<InterfaceAddress> addresses = addresses_of(interface);
        auto first = std::ranges::find_if(addresses, [](const auto& own) { return own.address.is_v4(); });
        if (first == addresses.end()) first = addresses.begin();
        for (auto own = addresses.begin(); own != addresses.end(); ++own) {
            const std::uint8_t length = std::min(own->prefix_length, inet::address_bits(own->address));
            if (own != first)
                rows[i].others.push_back({own->address, length});
            else
                rows[i].address = own->address, rows[i].prefix_length = length;
        }
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
