#include "sim/net/topology.hpp"

#include "protocols/inet/ndp.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace tegami::net {

std::optional<InterfaceAddress> InterfaceSpec::first(bool v4) const
{
    for (const InterfaceAddress& own : addresses)
        if (own.address.is_v4() == v4 && (v4 || !inet::is_v6_link_local(own.address))) return own;
    return std::nullopt;
}

InterfaceSpec loopback_interface()
{
    wire::Address one;
    one.octets[15] = 1;
    return {.name = "lo", .mac = {}, .addresses = {{wire::Address::v4(0x7F00'0001), 8}, {one, 128}}, .loopback = true};
}

std::vector<InterfacePlace> interfaces_in_order(const Topology& topology)
{
    std::vector<InterfacePlace> places;
    for (std::size_t h = 0; h < topology.hosts.size(); ++h)
        for (std::size_t i = 0; i < topology.hosts[h].interfaces.size(); ++i) places.push_back({h, i});
    std::ranges::sort(places, {}, [&](const InterfacePlace& place) {
        const HostSpec& host = topology.hosts[place.host];
        return std::tie(host.name, host.interfaces[place.interface].name);
    });
    return places;
}

std::optional<std::size_t> link_that_closes_a_loop(const Topology& topology)
{
    std::vector<std::size_t> leader(topology.hosts.size());
    std::iota(leader.begin(), leader.end(), std::size_t{0});
    const auto leader_of = [&](std::size_t host) {
        while (leader[host] != host) host = leader[host] = leader[leader[host]];
        return host;
    };
    for (std::size_t i = 0; i < topology.links.size(); ++i) {
        const LinkSpec& l = topology.links[i];
        if (!topology.hosts[l.a].is_switch() || !topology.hosts[l.b].is_switch()) continue;
        const std::size_t a = leader_of(l.a), b = leader_of(l.b);
        if (a == b) return i;
        leader[a] = b;
    }
    return std::nullopt;
}

std::vector<InterfaceAddress> addresses_of(const InterfaceSpec& interface)
{
    std::vector<InterfaceAddress> all = interface.addresses;
    const auto first_v6 = std::ranges::find_if(all, [](const InterfaceAddress& own) { return !own.address.is_v4(); });
    if (interface.loopback || first_v6 == all.end() ||
        std::ranges::any_of(all, [](const InterfaceAddress& own) { return inet::is_v6_link_local(own.address); }))
        return all;
    all.insert(first_v6, {inet::link_local_address(interface.mac), 64});
    return all;
}

} // namespace tegami::net
