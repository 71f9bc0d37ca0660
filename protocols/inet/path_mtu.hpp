#pragma once
/// How large packets may be that get to a destination whole: what routers said, remembered for a while. RFC 1191, RFC 8201.
///
/// Whether an error that says so can be believed, by the packet it quotes, is for the caller to find out (RFC 8201 §4,
/// RFC 5927 §7), who asks the transport that sent it.
/// Left out: probing without ICMP (RFC 4821).

#include "protocols/inet/ipv6.hpp"
#include "protocols/wire/time.hpp"

#include <vector>

namespace tegami::inet {

/// After that a larger packet is tried. RFC 1191 §6.3, RFC 8201 §5.3.
inline constexpr wire::Duration path_mtu_lifetime = wire::minutes(10);
/// Destinations remembered by a host: where more come, the one goes that would be forgotten first.
inline constexpr std::size_t path_mtus_at_most = 1024;
/// Less is not believed of IPv4: a forger could make us send nothing but headers. RFC 1191 §3 would go down to 68. Over
/// a path that is smaller, packets of this size have to be cut by its routers.
inline constexpr std::size_t ipv4_path_mtu_floor = ipv4_everyone_receives;

struct PathMtu {
    std::size_t mtu = 0;
    /// False on an IPv4 path that is smaller than we send: its packets must not forbid to be cut.
    bool dont_fragment = true;

    bool operator==(const PathMtu&) const = default;
};

/// The next smaller MTU that links are likely to have, for routers that say only "too big". RFC 1191 §7.1.
std::size_t next_plateau(std::size_t size);

class PathMtus {
  public:
    /// For the next packet to that destination, over a link of `link_mtu`.
    PathMtu find(wire::Time now, const wire::Address& destination, std::size_t link_mtu) const;

    /// A router said that a packet of `packet_size` octets to that destination is too big for a link of `next_hop_mtu`
    /// (0: it does not say). True where packets get smaller, or may be cut, from now on: what is on its way, or waits to
    /// be sent again, has to be cut anew (RFC 1191 §6.4). An estimate never grows for what somebody said.
    bool on_too_big(wire::Time now, const wire::Address& destination, std::size_t next_hop_mtu, std::size_t packet_size,
                    std::size_t link_mtu);

    std::size_t size() const { return entries_.size(); }
    void clear() { entries_.clear(); }

  private:
    struct Entry {
        wire::Address destination;
        PathMtu path;
        wire::Time until;
    };

    std::vector<Entry> entries_; ///< by destination
};

} // namespace tegami::inet
