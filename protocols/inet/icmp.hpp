#pragma once
/// ICMP for IPv4: echo, and the errors that hosts and routers send about packets. RFC 792, RFC 1122 §3.2.2, RFC 1812 §4.3.
///
/// Left out: sending redirects (those that come are for the host to ignore), timestamps, address masks, source quench
/// (RFC 6633), the multi-part extension (RFC 4884). How often errors may be sent (RFC 1812 §4.3.2.8) is the host's.

#include "protocols/inet/ipv4.hpp"
#include "protocols/inet/prefix.hpp"

#include <algorithm>

namespace tegami::inet {

/// IANA, "ICMP Parameters".
enum class IcmpType : std::uint8_t {
    echo_reply = 0,
    destination_unreachable = 3,
    source_quench = 4,
    redirect = 5,
    echo = 8,
    time_exceeded = 11,
    parameter_problem = 12,
};

/// RFC 792, RFC 1122 §3.2.2.1, RFC 1812 §5.2.7.1.
enum class UnreachableCode : std::uint8_t {
    network = 0,
    host = 1,
    protocol = 2,
    port = 3,
    fragmentation_needed = 4, ///< and the packet forbids it
    source_route_failed = 5,
    communication_prohibited = 13, ///< by a filter
};

/// RFC 792.
enum class TimeExceededCode : std::uint8_t {
    in_transit = 0,    ///< the time to live became zero at a router
    in_reassembly = 1, ///< fragments were missing
};

inline constexpr std::size_t icmp_header_size = 8;
/// An ICMP packet, IP header included, quotes no more than makes this many octets. RFC 1812 §4.3.2.3.
inline constexpr std::size_t icmp_error_largest_packet = 576;

/// RFC 1122 §3.2.2: a message about a packet, as opposed to a question or an answer.
constexpr bool is_error(IcmpType type)
{
    switch (type) {
    case IcmpType::destination_unreachable:
    case IcmpType::source_quench:
    case IcmpType::redirect:
    case IcmpType::time_exceeded:
    case IcmpType::parameter_problem: return true;
    default: return false;
    }
}

/// A view of a message's octets.
struct IcmpMessage {
    IcmpType type{};
    std::uint8_t code = 0;
    std::uint32_t rest = 0; ///< the header's second half: what it means depends on the type
    wire::Octets body;      ///< an echo's data, an error's quotation

    // Echo and echo reply.
    std::uint16_t identifier() const { return static_cast<std::uint16_t>(rest >> 16); }
    std::uint16_t sequence_number() const { return static_cast<std::uint16_t>(rest); }
    /// Destination unreachable, fragmentation needed: RFC 1191 §4. 0: the router does not say.
    std::uint16_t next_hop_mtu() const { return static_cast<std::uint16_t>(rest); }
};

/// Checks the checksum. Types not named above are passed on; a host ignores them silently (RFC 1122 §3.2.2).
wire::Decoded<IcmpMessage> decode_icmp(wire::Octets octets);

/// An echo or echo reply: 8 octets and `data`. Returns the place behind them. An answer repeats identifier, sequence
/// number and data (RFC 1122 §3.2.2.6).
std::uint8_t* encode_icmp_echo(IcmpType type, std::uint16_t identifier, std::uint16_t sequence_number,
                               wire::Octets data, std::uint8_t* at);

// Errors. --------------------------------------------------------------------------------------------------------------

/// How much of a packet an error about it quotes.
enum class IcmpQuote : std::uint8_t {
    header_and_64_bits,  ///< RFC 792
    as_much_as_fits_576, ///< RFC 1812 §4.3.2.3
};

/// An error about `packet`, the octets of an IPv4 packet as it came, without padding. `next_hop_mtu` goes with
/// fragmentation_needed only. Writes at most 8 + 548 octets; returns the place behind them.
std::uint8_t* encode_icmp_unreachable(UnreachableCode code, wire::Octets packet, std::uint8_t* at,
                                      IcmpQuote quote = IcmpQuote::as_much_as_fits_576, std::uint16_t next_hop_mtu = 0);
std::uint8_t* encode_icmp_time_exceeded(TimeExceededCode code, wire::Octets packet, std::uint8_t* at,
                                        IcmpQuote quote = IcmpQuote::as_much_as_fits_576);

/// The packet that an error is about, as far as it was quoted.
struct QuotedPacket {
    Ipv4Header header;
    wire::Octets payload; ///< its first octets, at least 8: ports and sequence number of TCP, the whole header of UDP
};

/// Reads an error's body. The quoted header's checksum and total length are not looked at: a router may have changed the
/// first (RFC 1812 §4.3.2.3), and the packet is cut short.
wire::Decoded<QuotedPacket> decode_icmp_quotation(wire::Octets body);

/// How a packet came over its link.
enum class LinkDelivery : std::uint8_t {
    to_us,
    to_a_group, ///< broadcast or multicast
};

/// Whether an ICMP error may be sent about a packet, and if not, why.
enum class IcmpErrorRule : std::uint8_t {
    allowed,
    about_an_error,         ///< it is an ICMP error itself, or ICMP of a type we do not know
    to_many,                ///< its destination is a broadcast or multicast address
    link_delivered_to_many, ///< the link delivered it to many
    later_fragment,         ///< it is a fragment, and not the first
    source_not_one_host,    ///< its source is no address of a single host
};

/// RFC 1122 §3.2.2, RFC 1812 §4.3.2.7. `network` is the prefix of the link it came over, whose own broadcast address
/// nobody answers. These rules come before all others that ask for an error.
IcmpErrorRule icmp_error_rule(const Ipv4Packet& packet, LinkDelivery delivery, const Prefix& network);

} // namespace tegami::inet
