#include "sim/net/topology.hpp"

#include <algorithm>
#include <tuple>

namespace tegami::net {

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

} // namespace tegami::net
