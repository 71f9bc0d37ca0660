#pragma once
/// Which of several addresses to send to, and from which of one's own. RFC 6724, with its default policy table.
///
/// Left out, for want of what they speak of: rules 4 (mobile hosts), 5.5 (prefixes by router) and 7 (temporary addresses)
/// for a source, rules 4 and 7 (mobile hosts, tunnels) for a destination.

#include "protocols/inet/prefix.hpp"

#include <optional>
#include <span>
#include <vector>

namespace tegami::inet {

/// RFC 6724 §3.1, §3.2: how far an address reaches; the numbers are those of multicast scopes (RFC 4291 §2.7).
enum class Scope : std::uint8_t {
    interface_local = 1,
    link_local = 2,
    site_local = 5,
    global = 14,
};
Scope scope_of(const wire::Address& address);

/// A row of the policy table. RFC 6724 §2.1.
struct Policy {
    std::uint8_t precedence = 0; ///< the higher, the sooner is a destination tried
    std::uint8_t label = 0;      ///< source and destination of one label go together
};
Policy policy_of(const wire::Address& address);

/// Leading bits that an own address and another have in common, at most those of the own address's prefix. RFC 6724 §2.2.
std::uint8_t common_prefix_length(const wire::Address& own, std::uint8_t prefix_length, const wire::Address& other);

/// An address of this host.
struct OwnSource {
    wire::Address address;
    std::uint8_t prefix_length = 0; ///< of its link: 24 of 192.0.2.7/24
    std::uint32_t interface = 0;
    bool deprecated = false; ///< not for new connections. RFC 4862 §5.5.4.
};

/// An address that a name has, and the way there.
struct Destination {
    wire::Address address;
    std::uint32_t interface = 0; ///< which packets go out by
    bool reachable = true;       ///< there is a route

    bool operator==(const Destination&) const = default;
};

/// Which of the host's addresses goes into packets for there: its place among `sources`, or none where none is of that
/// family. RFC 6724 §5, rules 1, 2, 3, 5, 6, 8; of equal ones the first.
std::optional<std::size_t> choose_source(const Destination& destination, std::span<const OwnSource> sources);

/// The destinations in the order to try them in. RFC 6724 §6, rules 1, 2, 3, 5, 6, 8, 9; of equal ones the order stays.
std::vector<Destination> order_destinations(std::vector<Destination> destinations, std::span<const OwnSource> sources);

} // namespace tegami::inet
