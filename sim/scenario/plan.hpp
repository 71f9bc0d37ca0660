#pragma once
/// A scenario with every default worked out: each host with its addresses, each link with its ends and figures. This is
/// what a world is built from, and what `tegami expand` shows.
///
/// Each host hangs on a line of its own at its site's router SITE-edge, with a prefix of 32 bits: all it sends goes to
/// the router. The edges hang on one router, `core`. A router carries the site's first address on all lines to hosts.

#include "sim/scenario/scenario.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace tegami::scenario {

// Frozen: these stand in every golden text.
constexpr std::uint32_t edge_part = 1;        ///< host part of SITE-edge
constexpr std::uint32_t mta_part = 25;        ///< of the first host with an MTA; the second takes 26, and so on
constexpr std::uint32_t first_user_part = 65; ///< of the first device of a user
constexpr std::uint32_t mra_part = 110;       ///< of the first host with an MRA or MDA and no MTA
constexpr std::size_t hosts_limit = 1'000;    ///< servers and devices written by hand
constexpr std::size_t sites_limit = 255;      ///< the n-th site's net is 10.n.0.0/16

using Mac = std::array<std::uint8_t, 6>;

/// 02 (locally administered, one station: IEEE 802), then five octets of a name: of a host's NIC its own, of a router's
/// the router's and the address ("sakura-edge:192.0.2.1"), since lines on which it carries one address are ports of one
/// interface. The hash is FNV-1a of 64 bits, its
/// upper 24 bits folded onto its lower 40. `again` of 1 and more hash the name with "#2", "#3", … behind it: where two
/// NICs of a world would get the same address, the later one in the plan takes the first of those that is free.
Mac mac_of(std::string_view nic, unsigned again = 0);

enum class NodeKind : std::uint8_t { router, server, device };

constexpr std::uint32_t nowhere = 0xFFFF'FFFF; ///< an index that points at nothing

struct PlanNic {
    std::string name;      ///< HOST:NEIGHBOUR
    std::string neighbour; ///< the node at the other end
    Mac mac{};
    wire::Address address;
    std::uint8_t prefix_length = 32;
    std::uint32_t link = nowhere;
};

struct PlanNode {
    std::string name;
    std::string domain_name; ///< "mail.example.com"; of a router without a site its name
    NodeKind kind{};
    std::vector<Role> roles;      ///< of a server
    std::uint32_t site = nowhere; ///< of all but core
    std::uint32_t user = nowhere; ///< of a device
    wire::Address address;        ///< a host's only one; an edge's is the first of its site's net
    wire::Address gateway;        ///< of a host: where everything goes
    std::vector<PlanNic> nics;

    bool has(Role role) const;
};

struct PlanSite {
    std::string name;
    Text title;
    std::string domain;
    Net net;
    std::uint32_t edge = nowhere;      ///< node
    std::uint32_t mail_host = nowhere; ///< the node that keeps its mailboxes
};

struct PlanEnd {
    std::uint32_t node = nowhere;
    std::uint32_t nic = nowhere; ///< index into the node's
};

struct PlanLink {
    std::string name;
    std::array<PlanEnd, 2> ends;
    std::uint64_t rate = 0; ///< bit/s
    Duration delay;
    std::uint32_t loss = 0;    ///< millionths
    std::uint32_t reorder = 0; ///< millionths
    QueueLimit queue;
};

struct PlanUser {
    std::string name;
    Text title;
    std::string address; ///< "alice@sakura.example.jp"
    std::string password;
    std::uint32_t site = nowhere;          ///< where the devices are
    std::uint32_t mail_site = nowhere;     ///< whose address it is
    std::uint32_t mail_host = nowhere;     ///< node that keeps the mailbox; nowhere: there is none
    std::uint32_t submit_server = nowhere; ///< node
    std::uint16_t submit_port = 25;
    std::vector<std::uint32_t> devices; ///< nodes, in the order of the file
    std::vector<Reads> reads;           ///< how each device fetches
};

struct Plan {
    std::vector<PlanSite> sites; ///< in the order of the file, like users
    std::vector<PlanNode> nodes; ///< core; then each site's edge and servers; then the users' devices
    std::vector<PlanLink> links; ///< uplinks, lines of servers, lines of devices, then the author's own
    std::vector<PlanUser> users;

    // Indices, or `nowhere`.
    std::uint32_t find_site(std::string_view name) const;
    std::uint32_t find_user(std::string_view name) const;
    std::uint32_t find_link(std::string_view name) const;
    std::uint32_t find_node(std::string_view name) const;
    /// By the node's name or its domain name.
    std::uint32_t find_host(std::string_view name) const;
    std::uint32_t find_nic(std::uint32_t node, std::string_view neighbour) const;

    std::map<std::string, std::uint32_t, std::less<>> site_index, user_index, link_index, node_index, domain_index;
};

/// Works out every default. Says what contradicts itself: names, domains, nets, roles, ends of links. The plan is whole
/// where nothing was said.
///
/// `suspects`: names that the file may have meant to declare in places that could not be read. That they are unknown is
/// not said again.
using Suspects = std::set<std::string, std::less<>>;
Plan expand(const Scenario& scenario, Problems& problems, const Suspects& suspects = {});

} // namespace tegami::scenario
