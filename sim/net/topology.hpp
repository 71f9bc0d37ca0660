#pragma once
/// What a network is made of, as plain data: hosts, routers and switches, their interfaces, and the links between two
/// interfaces each.

#include "protocols/inet/prefix.hpp"
#include "protocols/link/mac_address.hpp"
#include "protocols/wire/address.hpp"
#include "sim/engine/ids.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tegami::net {

/// One direction of a link takes its figures from here; both directions are alike.
struct LinkFigures {
    std::uint64_t bits_per_second = 1'000'000'000;
    engine::Duration delay = wire::milliseconds(1); ///< at least 1 ns
    std::uint32_t loss = 0;                         ///< of a million frames
    std::uint32_t reorder = 0;                      ///< of a million frames, so many are held back by `reorder_by`
    engine::Duration reorder_by = wire::milliseconds(5);
    std::uint64_t queue_octets = 100 * 1514; ///< room for what waits to be sent
    std::uint32_t duplicate = 0;             ///< of a million frames, so many arrive twice
    engine::Duration jitter{};               ///< each frame takes up to so much longer, drawn evenly
    std::uint16_t mtu = 1500;                ///< 576 to 1,500 octets of packet; 1,280 at least where IPv6 is spoken
};

/// An address of an interface, and how long the prefix is that it shares with its neighbours: /24 on an office's LAN; /32
/// or /128 on a line of its own, where only the other end is a neighbour.
struct InterfaceAddress {
    wire::Address address;
    std::uint8_t prefix_length = 128; ///< at most 32 counts for IPv4

    inet::Prefix network() const
    {
        return inet::Prefix::around(address, std::min(prefix_length, inet::address_bits(address)));
    }
    /// It shares its prefix with nobody.
    bool alone() const { return prefix_length >= inet::address_bits(address); }
};

struct InterfaceSpec {
    std::string name; ///< of the neighbour: HOST:NEIGHBOUR is the interface's whole name
    link::MacAddress mac;
    /// Of both families. An interface with an IPv6 address has a link-local one as well (RFC 4291 §2.8): that of its MAC
    /// address (Appendix A) where none is given.
    std::vector<InterfaceAddress> addresses;
    bool loopback = false;

    /// The first of its family that is not link-local; nothing where there is none.
    std::optional<InterfaceAddress> first(bool v4) const;
};

/// "HOST:lo", for a host whose programs talk with each other: 127.0.0.1/8 and ::1.
InterfaceSpec loopback_interface();

enum class HostKind : std::uint8_t {
    host,
    router,
    /// Passes frames on by their MAC addresses and has none of its own. Switches form no loop: there is no spanning tree.
    network_switch,
    /// Stands for a machine outside the world, with the addresses that it has there (sim/net/outside).
    outside,
};

struct HostSpec {
    std::string name;
    HostKind kind = HostKind::host;
    std::vector<InterfaceSpec> interfaces;
    /// Prefixes behind a router that the others reach through it, beside the addresses of its own links.
    std::vector<inet::Prefix> announces;

    bool is_router() const { return kind == HostKind::router; }
    bool is_switch() const { return kind == HostKind::network_switch; }
};

/// A link joins interface `a_interface` of host `a` to that of host `b`; indices into Topology::hosts and interfaces.
struct LinkSpec {
    std::string name;
    std::size_t a = 0;
    std::size_t a_interface = 0;
    std::size_t b = 0;
    std::size_t b_interface = 0;
    LinkFigures figures;
};

struct Topology {
    std::vector<HostSpec> hosts;
    std::vector<LinkSpec> links;
};

/// An interface's place in a topology.
struct InterfacePlace {
    std::size_t host = 0;
    std::size_t interface = 0;

    bool operator==(const InterfacePlace&) const = default;
};
/// All of them by (host name, interface name): the order of NicId, whatever the order in a file.
std::vector<InterfacePlace> interfaces_in_order(const Topology& topology);

/// The first link that closes a loop of switches, around which a frame would run for ever; an index into Topology::links.
std::optional<std::size_t> link_that_closes_a_loop(const Topology& topology);

/// The addresses that an interface has: those given, and where one of them is IPv6, a link-local one first among these.
std::vector<InterfaceAddress> addresses_of(const InterfaceSpec& interface);

} // namespace tegami::net
