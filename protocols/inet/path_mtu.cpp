#include "protocols/inet/path_mtu.hpp"

#include <algorithm>

namespace tegami::inet {

std::size_t next_plateau(std::size_t size)
{
    for (const std::size_t plateau :
         std::initializer_list<std::size_t>{32'000, 17'914, 8'166, 4'352, 2'002, 1'492, 1'006, 508, 296})
        if (plateau < size) return plateau;
    return 68;
}

PathMtu PathMtus::find(wire::Time now, const wire::Address& destination, std::size_t link_mtu) const
{
    if (!entries_.empty()) {
        const auto at = std::ranges::lower_bound(entries_, destination, {}, &Entry::destination);
        if (at != entries_.end() && at->destination == destination && now < at->until)
            return {std::min(at->path.mtu, link_mtu), at->path.dont_fragment};
    }
    return {link_mtu, true};
}

bool PathMtus::on_too_big(wire::Time now, const wire::Address& destination, std::size_t next_hop_mtu,
                          std::size_t packet_size, std::size_t link_mtu)
{
    PathMtu told{next_hop_mtu, true};
    if (destination.is_v4()) {
        // RFC 1191 §5: an old router does not say, and one that names no less than what it refused says nothing either.
        if (told.mtu == 0 || told.mtu >= packet_size) told.mtu = next_plateau(packet_size);
        if (told.mtu < ipv4_path_mtu_floor) told = {ipv4_path_mtu_floor, false};
    } else if (told.mtu < ipv6_minimum_mtu)
        return false; // RFC 8201 §4: to be thrown away

    const PathMtu known = find(now, destination, link_mtu);
    told.dont_fragment = told.dont_fragment && known.dont_fragment;
    told.mtu = std::min(told.mtu, known.mtu);
    if (told == known) return false;

    auto at = std::ranges::lower_bound(entries_, destination, {}, &Entry::destination);
    if (at == entries_.end() || at->destination != destination) {
        if (entries_.size() == path_mtus_at_most) {
            entries_.erase(std::ranges::min_element(entries_, {}, &Entry::until)); // of equal ones the first
            at = std::ranges::lower_bound(entries_, destination, {}, &Entry::destination);
        }
        at = entries_.insert(at, Entry{.destination = destination, .path = {}, .until = {}});
    }
    at->path = told;
    at->until = now + path_mtu_lifetime;
    return true;
}

} // namespace tegami::inet
