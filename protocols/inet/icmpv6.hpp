#pragma once
/// ICMPv6: echo, and the errors that hosts and routers send about packets. RFC 4443. Neighbour discovery, which is ICMPv6
/// as well, is inet/ndp.
///
/// Left out: multicast listener discovery (RFC 3810: simulated switches carry multicast everywhere), the multi-part
/// extension (RFC 4884). How often errors may be sent (RFC 4443 §2.4 f) is the host's.

#include "protocols/inet/icmp.hpp"
#include "protocols/inet/ipv6.hpp"

namespace tegami::inet {

/// IANA, "ICMPv6 Parameters". Below 128: errors.
enum class Icmpv6Type : std::uint8_t {
    destination_unreachable = 1,
    packet_too_big = 2,
    time_exceeded = 3,
    parameter_problem = 4,
    echo_request = 128,
    echo_reply = 129,
    router_solicitation = 133,
    router_advertisement = 134,
    neighbour_solicitation = 135,
    neighbour_advertisement = 136,
    redirect = 137,
};

/// RFC 4443 §3.1.
enum class Unreachable6Code : std::uint8_t {
    no_route = 0,
    prohibited = 1, ///< by a filter
    beyond_scope = 2,
    address = 3,
    port = 4,
    source_policy = 5,
    reject_route = 6,
};

inline constexpr std::size_t icmpv6_header_size = 8;
/// An ICMPv6 error, IPv6 header included, quotes no more than makes this many octets. RFC 4443 §2.4 c.
inline constexpr std::size_t icmpv6_error_largest_packet = ipv6_minimum_mtu;
/// The most octets that an error without its IPv6 header has.
inline constexpr std::size_t icmpv6_error_largest = icmpv6_error_largest_packet - ipv6_header_size;

constexpr bool is_error(Icmpv6Type type) { return static_cast<std::uint8_t>(type) < 128; }

/// A view of a message's octets.
struct Icmpv6Message {
    Icmpv6Type type{};
    std::uint8_t code = 0;
    std::uint32_t rest = 0; ///< the header's second half: what it means depends on the type
    wire::Octets body;      ///< an echo's data, an error's quotation

    // Echo request and reply.
    std::uint16_t identifier() const { return static_cast<std::uint16_t>(rest >> 16); }
    std::uint16_t sequence_number() const { return static_cast<std::uint16_t>(rest); }
    /// Packet too big: what the next link carries. RFC 4443 §3.2.
    std::uint32_t mtu() const { return rest; }
};

/// Checks the checksum. `ip` says where `octets`, its payload behind all extension headers, came from and went to. Types
/// not named above are passed on: an unknown error is for the protocol above, any other is ignored (RFC 4443 §2.4 a, b).
wire::Decoded<Icmpv6Message> decode_icmpv6(const Ipv6Header& ip, wire::Octets octets);

/// Addresses that a message goes between: they are part of its checksum.
struct Icmpv6Way {
    wire::Address source;
    wire::Address destination;
};

/// An echo request or reply: 8 octets and `data`. Returns the place behind them. An answer repeats identifier, sequence
/// number and data (RFC 4443 §4.2); its source is the address that was asked, or where that was a multicast one, any of
/// the host's own.
std::uint8_t* encode_icmpv6_echo(Icmpv6Type type, std::uint16_t identifier, std::uint16_t sequence_number,
                                 wire::Octets data, const Icmpv6Way& way, std::uint8_t* at);

/// Any message: 8 octets and `body`, which may lie where it is written. Returns the place behind them.
std::uint8_t* encode_icmpv6(Icmpv6Type type, std::uint8_t code, std::uint32_t rest, wire::Octets body,
                            const Icmpv6Way& way, std::uint8_t* at);

// Errors. --------------------------------------------------------------------------------------------------------------

/// What an error says, beside the packet it quotes.
struct Icmpv6Error {
    Icmpv6Type type{};
    std::uint8_t code = 0;
    std::uint32_t rest = 0;

    bool operator==(const Icmpv6Error&) const = default;

    static Icmpv6Error unreachable(Unreachable6Code code)
    {
        return {Icmpv6Type::destination_unreachable, static_cast<std::uint8_t>(code), 0};
    }
    static Icmpv6Error packet_too_big(std::uint32_t mtu) { return {Icmpv6Type::packet_too_big, 0, mtu}; }
    static Icmpv6Error time_exceeded(TimeExceededCode code)
    {
        return {Icmpv6Type::time_exceeded, static_cast<std::uint8_t>(code), 0};
    }
    static Icmpv6Error parameter_problem(ParameterProblemCode code, std::uint32_t pointer)
    {
        return {Icmpv6Type::parameter_problem, static_cast<std::uint8_t>(code), pointer};
    }
    /// What a walk that ended in a parameter problem asks for.
    static Icmpv6Error of(const Ipv6Walk& walk) { return parameter_problem(walk.code, walk.pointer); }
};

/// An error about `packet`, the octets of an IPv6 packet as it came, without padding. Writes at most
/// icmpv6_error_largest octets; returns the place behind them.
std::uint8_t* encode_icmpv6_error(const Icmpv6Error& error, wire::Octets packet, const Icmpv6Way& way,
                                  std::uint8_t* at);

/// The packet that an error is about, as far as it was quoted.
struct QuotedPacket6 {
    Ipv6Header header;
    Protocol protocol{};  ///< behind the extension headers
    wire::Octets payload; ///< its first octets, at least 8: ports and sequence number of TCP, the whole header of UDP
};

/// Reads an error's body. The packet's payload length is not looked at, for the packet may be cut short. What one cannot
/// find the protocol in is for nobody (RFC 4443 §2.4 d).
wire::Decoded<QuotedPacket6> decode_icmpv6_quotation(wire::Octets body);

/// Whether that error may be sent about a packet. RFC 4443 §2.4 e. Packet too big, and an option whose sender wants to
/// hear of it even then, may be said about a packet that went to many.
/// A later fragment is no exception here: an ICMPv6 error is never so large that it was cut.
IcmpErrorRule icmpv6_error_rule(const Ipv6Packet& packet, LinkDelivery delivery, const Icmpv6Error& error);

} // namespace tegami::inet
