#pragma once
/// Who gets which address when nobody says so. The rules are frozen: they stand in every golden text.

#include "sim/scenario/scenario.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace tegami::scenario {

// Host parts: 192.0.2.25 and 2001:db8:1::25 are part 25 of their nets.
constexpr std::uint32_t edge_part = 1;        ///< of SITE-edge
constexpr std::uint32_t mta_part = 25;        ///< of the first host with an MTA; the second takes 26
constexpr std::uint32_t resolver_part = 53;   ///< of the first resolver
constexpr std::uint32_t ns_part = 54;         ///< of the first name server
constexpr std::uint32_t first_user_part = 65; ///< of the first device of a user
constexpr std::uint32_t msa_part = 87;        ///< of the first MSA
constexpr std::uint32_t mra_part = 110;       ///< of the first host with an MRA or MDA

/// Where the router `internet`, the edges' other sides and the servers of root and TLDs are.
extern const Net core_net_v4; ///< 198.18.0.0/15, RFC 2544: for measurements
extern const Net core_net_v6; ///< 2001:db8:ffff::/48, in RFC 3849's prefix

/// The nets of the n-th site, from 0: 192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24 (RFC 5737), then 10.n.0.0/16; and
/// 2001:db8:n::/48 (RFC 3849), n from 1 in the digits of people.
Net default_net_v4(std::size_t site);
Net default_net_v6(std::size_t site);

/// The address in `net` whose end has the digits of the host octets of `v4`: 192.0.2.87 of a /24 gives ::87, 10.4.1.5 of
/// a /16 gives ::1:5.
wire::Address with_digits_of(const Net& net, const wire::Address& v4, std::uint8_t v4_length);

bool overlap(const Net& one, const Net& other);

using Mac = std::array<std::uint8_t, 6>;

/// 02 (locally administered, one station: IEEE 802), then five octets of a name: of a host's NIC its own, of a router's
/// the router's and the address ("sakura-edge:192.0.2.1"), since lines on which it carries one address are ports of one
/// interface. The hash is FNV-1a of 64 bits, its upper 24 bits folded onto its lower 40. `again` of 1 and more hash the
/// name with "#2", "#3", … behind it: where two NICs of a world would get the same address, the later one in the plan
/// takes the first of those that is free.
Mac mac_of(std::string_view nic, unsigned again = 0);

/// The addresses of a site that are still free.
class Room {
  public:
    /// `v4`, `v6`: the nets in which hosts are numbered; nothing where the site has not that family.
    Room(std::optional<Net> v4, std::optional<Net> v6);

    /// An address that its author gave to a host; false where somebody has it already.
    bool reserve(const wire::Address& address) { return taken_.insert(address).second; }

    struct Given {
        std::optional<wire::Address> v4, v6;
        bool full = false;
    };
    /// What a host lacks beside `own`: the host part `part` if it is free, else the next free one behind it that belongs
    /// to no role, else any. `ranges`: where the addresses must lie instead; empty: anywhere.
    Given take(std::uint32_t part, const std::vector<Placed<wire::Address>>& own = {},
               const std::vector<Placed<Net>>& ranges = {});

  private:
    static bool reserved(std::uint32_t part);
    bool free(std::uint32_t part) const;
    wire::Address v4_of(std::uint32_t part) const;
    wire::Address v6_of(std::uint32_t part) const;
    std::optional<std::uint32_t> part_near(std::uint32_t part);

    std::optional<Net> v4_, v6_;
    Net counting_;      // the IPv4 net whose host parts are counted; of a site without one a stand-in
    std::uint32_t end_; // the broadcast address's part
    std::set<wire::Address> taken_;
    std::map<std::uint32_t, std::uint32_t> next_; // by the part asked for
    std::uint32_t first_ = 1;
};

} // namespace tegami::scenario
