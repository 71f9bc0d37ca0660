#pragma once
/// A scenario with every default worked out: each host with its addresses, each link with its ends and figures, each
/// zone with its records. This is what a world is built from, and what `tegami expand` shows.
///
/// Every site has a router SITE-edge; all edges, the root server and a server for each TLD hang on one router, `internet`.
/// At an ISP each host hangs on a line of its own at the edge, with prefixes of 32 and 128 bits: all it sends goes there.
/// In a company all stand on one LAN, on the switch SITE-switch, and the edge is their way out.

#include "sim/scenario/addresses.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace tegami::scenario {

constexpr std::size_t hosts_limit = 1'000; ///< servers and devices written by hand
constexpr std::size_t sites_limit = 255;   ///< the n-th site's net is 10.n.0.0/16

enum class NodeKind : std::uint8_t {
    router,
    network_switch,
    server,
    device,
    outside, ///< a machine that is no part of the world, plugged in
};

constexpr std::uint32_t nowhere = 0xFFFF'FFFF; ///< an index that points at nothing

struct PlanAddress {
    wire::Address address;
    std::uint8_t prefix_length = 32;

    bool operator==(const PlanAddress&) const = default;
};

struct PlanNic {
    std::string name;                   ///< HOST:NEIGHBOUR
    std::string neighbour;              ///< the node at the other end
    Mac mac{};                          ///< zeros: a switch's port
    std::vector<PlanAddress> addresses; ///< IPv4 first
    std::uint32_t link = nowhere;       ///< of the loopback interface "HOST:lo": none
};

struct PlanNode {
    std::string name;
    std::string domain_name; ///< "mail.example.com"; of `internet` its name; of a switch empty
    NodeKind kind{};
    std::vector<Role> roles;              ///< of a server
    std::uint32_t site = nowhere;         ///< of all but internet, root and TLDs
    std::uint32_t user = nowhere;         ///< of a device
    std::optional<wire::Address> v4, v6;  ///< a host's own; an edge's are those towards its site
    std::uint32_t gateway = nowhere;      ///< node: of a host, where everything goes that is not near
    std::vector<std::uint32_t> resolvers; ///< nodes that it asks about names
    std::vector<PlanNic> nics;

    bool has(Role role) const;
    bool is_host() const { return kind == NodeKind::server || kind == NodeKind::device; }
    /// IPv4 first.
    std::vector<wire::Address> addresses() const;
};

struct PlanSite {
    SiteKind kind{};
    std::string name;
    Text title;
    std::string domain;
    std::vector<Net> nets; ///< hosts are numbered in the first of each family
    Families families;
    std::uint32_t edge = nowhere;          ///< node
    std::uint32_t lan_switch = nowhere;    ///< node, of a company
    std::uint32_t mail_host = nowhere;     ///< the node that keeps its mailboxes
    std::array<std::vector<Net>, 2> lines; ///< what SITE.dynamic and SITE.static mean, by LineKind
    std::vector<std::uint32_t> servers;    ///< nodes

    std::optional<Net> net_v4() const;
    std::optional<Net> net_v6() const;
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
    Duration jitter{};
    std::uint32_t loss = 0; ///< millionths, like the next two
    std::uint32_t reorder = 0;
    std::uint32_t duplicate = 0;
    std::uint32_t mtu = 1'500;
    QueueLimit queue;
    bool by_hand = false; ///< laid by the author, between two routers

    void change(const LinkFigures& figures);
};

struct PlanUser {
    std::string name;
    Text title;
    std::string address; ///< "alice@sakura.example.jp"
    std::string password;
    std::uint32_t site = nowhere;          ///< where the devices are
    std::uint32_t mail_site = nowhere;     ///< whose address it is
    std::uint32_t mail_host = nowhere;     ///< node that keeps the mailbox; nowhere: there is none
    std::string submit_name;               ///< that is looked up: "msa.sakura.example.jp"; an address is taken as it is
    std::uint32_t submit_server = nowhere; ///< the node of that name, where one has it
    std::uint16_t submit_port = 587;
    Auth auth{};
    LineKind line{};
    std::vector<std::uint32_t> devices; ///< nodes, in the order of the file
    std::vector<Reads> reads;           ///< how each device fetches
};

struct PlanRow {
    std::vector<Net> from, to;           ///< empty: any
    bool from_any = true, to_any = true; ///< written so; otherwise nobody may be meant
    RowProtocol protocol{};
    std::vector<std::uint16_t> ports;
    RowState state{};
    RowAction action{};
    std::string from_text, to_text; ///< as the author wrote them
};

struct PlanFilter {
    std::string name;
    std::uint32_t node = nowhere; ///< the router
    std::uint32_t nic = nowhere;  ///< its interface towards the internet
    Way way{};
    std::vector<PlanRow> rows;
};

/// What $TTL says, in seconds, where an author's zone does not.
constexpr std::uint32_t zone_ttl = 3'600;

struct PlanZone {
    std::string origin; ///< "example.com", of the root "."
    std::string text;   ///< RFC 1035 §5, every record on a line of its own with owner, TTL, class and type
    std::vector<std::uint32_t> servers; ///< nodes
};

struct Plan {
    std::vector<PlanSite> sites; ///< in the order of the file, like users
    std::vector<PlanNode> nodes; ///< internet; root and TLDs; each site's edge, switch and servers; the users' devices
    std::vector<PlanLink> links; ///< uplinks, lines of servers, lines of devices, then the author's own
    std::vector<PlanUser> users;
    std::vector<PlanFilter> filters;
    std::vector<PlanZone> zones;      ///< root, TLDs, then the sites'
    std::vector<std::uint32_t> roots; ///< nodes: what every resolver starts from

    // Indices, or `nowhere`.
    std::uint32_t find_site(std::string_view name) const;
    std::uint32_t find_user(std::string_view name) const;
    std::uint32_t find_link(std::string_view name) const;
    std::uint32_t find_node(std::string_view name) const;
    /// By the node's name or its domain name.
    std::uint32_t find_host(std::string_view name) const;
    std::uint32_t find_filter(std::string_view name) const;
    std::uint32_t find_nic(std::uint32_t node, std::string_view neighbour) const;
    const PlanZone* find_zone(std::string_view origin) const;

    std::map<std::string, std::uint32_t, std::less<>> site_index, user_index, link_index, node_index, domain_index,
        filter_index;
};

/// Works out every default. Says what contradicts itself: names, domains, nets, roles, ends of links, zones. The plan is
/// whole where nothing was said.
///
/// `suspects`: names that the file may have meant to declare in places that could not be read. That they are unknown is
/// not said again.
using Suspects = std::set<std::string, std::less<>>;
struct PlanLimits {
    std::size_t hosts = hosts_limit;
    std::size_t sites = sites_limit;
};
Plan expand(const Scenario& scenario, Problems& problems, const Suspects& suspects = {}, const PlanLimits& limits = {});

} // namespace tegami::scenario
