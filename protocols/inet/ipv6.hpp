#pragma once
/// IPv6: the header of 40 octets, and the walk along the extension headers behind it. RFC 8200, with RFC 4291 (kinds of
/// addresses), RFC 5095 (no source routes), RFC 6946 (atomic fragments), RFC 7112 (first fragments) and RFC 8504 §5.3
/// (limits).
///
/// Headers are written straight into a frame and read as views of it. A router looks at the 40 octets only: RFC 8200 §4
/// leaves hop-by-hop options to those that were told to look at them, and ours were not.
/// Left out: sending extension headers other than the fragment header (inet/fragments), jumbograms (RFC 2675: their
/// option is one that we do not know), IPsec (its headers are protocols that nobody here has).

#include "protocols/inet/ipv4.hpp"

#include <optional>

namespace tegami::inet {

inline constexpr std::size_t ipv6_header_size = 40;
inline constexpr std::size_t ipv6_largest_payload = 65'535;
/// What every link must carry. RFC 8200 §5.
inline constexpr std::size_t ipv6_minimum_mtu = 1280;
/// IANA's recommended default, which RFC 1122 §3.2.1.7 gave IPv4.
inline constexpr std::uint8_t default_hop_limit = default_time_to_live;

/// The fields that say something beside the payload's length.
struct Ipv6Header {
    wire::Address source;
    wire::Address destination;
    Protocol next_header{}; ///< what the payload begins with: an extension header, or the protocol above
    std::uint8_t hop_limit = default_hop_limit;
    std::uint8_t dscp = 0;        ///< differentiated services code point, 6 bits. RFC 2474.
    std::uint8_t ecn = 0;         ///< 2 bits. RFC 3168.
    std::uint32_t flow_label = 0; ///< 20 bits; 0 marks no flow. RFC 8200 §6.

    bool operator==(const Ipv6Header&) const = default;
};

/// A view of a packet's octets.
struct Ipv6Packet {
    Ipv6Header header;
    wire::Octets payload; ///< extension headers and what follows them; the link's padding is cut off
};

// Kinds of addresses. RFC 4291 §2.4, §2.5. -----------------------------------------------------------------------------

constexpr bool is_v6_unspecified(const wire::Address& address) { return address == wire::Address{}; }
constexpr bool is_v6_multicast(const wire::Address& address) { return address.octets[0] == 0xFF; }
/// fe80::/10
constexpr bool is_v6_link_local(const wire::Address& address)
{
    return address.octets[0] == 0xFE && (address.octets[1] & 0xC0) == 0x80;
}
inline bool is_v6_loopback(const wire::Address& address)
{
    wire::Address loopback;
    loopback.octets[15] = 1;
    return address == loopback;
}
/// Names a single host beyond this one: not unspecified, loopback or multicast. What is not may not be answered.
inline bool is_v6_single_host(const wire::Address& address)
{
    return !is_v6_multicast(address) && !is_v6_unspecified(address) && !is_v6_loopback(address);
}

/// ff02::1 and ff02::2, all nodes and all routers of a link. RFC 4291 §2.7.1.
constexpr wire::Address link_multicast(std::uint8_t group)
{
    wire::Address address;
    address.octets[0] = 0xFF;
    address.octets[1] = 0x02;
    address.octets[15] = group;
    return address;
}
inline constexpr wire::Address all_nodes = link_multicast(1);
inline constexpr wire::Address all_routers = link_multicast(2);

/// ff02::1:ff and the last 24 bits: who has that address listens there. RFC 4291 §2.7.1.
constexpr wire::Address solicited_node(const wire::Address& address)
{
    wire::Address group = link_multicast(0);
    group.octets[11] = 0x01;
    group.octets[12] = 0xFF;
    for (std::size_t i = 13; i < 16; ++i) group.octets[i] = address.octets[i];
    return group;
}

// Encoding and decoding. -----------------------------------------------------------------------------------------------

/// Writes the header's 40 octets; returns where the payload begins. The payload's size is at most ipv6_largest_payload.
inline std::uint8_t* encode(const Ipv6Header& header, std::size_t payload_size, std::uint8_t* at)
{
    const std::uint32_t services = static_cast<std::uint32_t>(header.dscp) << 2 | header.ecn;
    wire::store_u32(at, 0x6000'0000 | services << 20 | (header.flow_label & 0xF'FFFF));
    wire::store_u16(at + 4, static_cast<std::uint16_t>(payload_size));
    at[6] = static_cast<std::uint8_t>(header.next_header);
    at[7] = header.hop_limit;
    std::memcpy(at + 8, header.source.octets.data(), 16);
    std::memcpy(at + 24, header.destination.octets.data(), 16);
    return at + ipv6_header_size;
}

namespace detail {

/// The fields of a header whose 40 octets are there.
inline Ipv6Header load_ipv6_header(const std::uint8_t* at)
{
    const std::uint32_t first = wire::load_u32(at);
    Ipv6Header header;
    std::memcpy(header.source.octets.data(), at + 8, 16);
    std::memcpy(header.destination.octets.data(), at + 24, 16);
    header.next_header = static_cast<Protocol>(at[6]);
    header.hop_limit = at[7];
    header.dscp = static_cast<std::uint8_t>(first >> 22 & 0x3F);
    header.ecn = static_cast<std::uint8_t>(first >> 20 & 0x03);
    header.flow_label = first & 0xF'FFFF;
    return header;
}

} // namespace detail

/// Extension headers are not looked at (`walk_headers`), and addresses not judged but for one kind: an IPv4-mapped one,
/// which in this program means IPv4, may be neither source nor destination of a packet (RFC 6890 §2.2.3).
inline wire::Decoded<Ipv6Packet> decode_ipv6(wire::Octets octets)
{
    const auto malformed = [](std::size_t offset, std::string_view rule) {
        return std::unexpected(wire::Malformed{offset, rule});
    };
    if (octets.size() < ipv6_header_size) return malformed(octets.size(), "RFC 8200 §3: a header has 40 octets");
    const std::uint8_t* const at = octets.data();
    if (at[0] >> 4 != 6) return malformed(0, "RFC 8200 §3: the version is 6");
    const std::size_t payload_length = wire::load_u16(at + 4);
    if (payload_length > octets.size() - ipv6_header_size)
        return malformed(4, "RFC 8200 §3: the payload length is more than what came");
    const Ipv6Packet packet{detail::load_ipv6_header(at), octets.subspan(ipv6_header_size, payload_length)};
    if (packet.header.source.is_v4()) return malformed(8, "RFC 6890 §2.2.3: an IPv4-mapped address is no source");
    if (packet.header.destination.is_v4())
        return malformed(24, "RFC 6890 §2.2.3: an IPv4-mapped address is no destination");
    return packet;
}

/// A router is about to forward the packet whose header begins at `at`: takes one from its hop limit, in place. False,
/// and nothing changed, where it would become zero: the packet dies here, and its sender is told by ICMPv6's time
/// exceeded. RFC 8200 §3.
inline bool decrement_hop_limit(std::uint8_t* at)
{
    if (at[7] <= 1) return false;
    at[7] = static_cast<std::uint8_t>(at[7] - 1);
    return true;
}

// For the protocols above. ---------------------------------------------------------------------------------------------

/// The sum of the pseudo-header of RFC 8200 §8.1; `length` is that of the segment, datagram or message with its own
/// header. For two IPv4 addresses it is also the sum of the other pseudo-header (ipv4.hpp): what marks a mapped address
/// adds 0xFFFF, which is zero in ones' complement, and the fields are the same numbers.
inline wire::ChecksumSum pseudo_header_sum(const wire::Address& source, const wire::Address& destination,
                                           Protocol protocol, std::size_t length)
{
    wire::ChecksumSum sum;
    sum.add(source.octets)
        .add(destination.octets)
        .add_u32(static_cast<std::uint32_t>(length))
        .add_u16(static_cast<std::uint16_t>(protocol));
    return sum;
}

// Extension headers. RFC 8200 §4. --------------------------------------------------------------------------------------

/// How many extension headers a packet may have, and how many options beside padding one of them: what has more is
/// dropped without a word (RFC 8504 §5.3 allows that, and names the second number).
inline constexpr std::size_t ipv6_extension_headers_at_most = 8;
inline constexpr std::size_t ipv6_options_at_most = 8;

inline constexpr std::size_t ipv6_fragment_header_size = 8;

/// RFC 8200 §4.5.
struct Ipv6FragmentHeader {
    Protocol next_header{};            ///< the first header of what was cut
    std::uint16_t fragment_offset = 0; ///< in octets, a multiple of 8
    bool more_fragments = false;
    std::uint32_t identification = 0;

    bool operator==(const Ipv6FragmentHeader&) const = default;

    /// A whole packet that only looks like a fragment: it concerns no other. RFC 6946.
    bool is_atomic() const { return !more_fragments && fragment_offset == 0; }
};

/// Writes 8 octets; returns the place behind them.
inline std::uint8_t* encode(const Ipv6FragmentHeader& header, std::uint8_t* at)
{
    at[0] = static_cast<std::uint8_t>(header.next_header);
    at[1] = 0;
    wire::store_u16(at + 2, static_cast<std::uint16_t>(header.fragment_offset | (header.more_fragments ? 1 : 0)));
    wire::store_u32(at + 4, header.identification);
    return at + ipv6_fragment_header_size;
}

/// ICMPv6's parameter problem. RFC 4443 §3.4, RFC 7112 §5.
enum class ParameterProblemCode : std::uint8_t {
    erroneous_field = 0,
    unrecognized_next_header = 1,
    unrecognized_option = 2,
    incomplete_chain = 3, ///< a first fragment without all the headers
};

/// Where the walk along a packet's extension headers ended. Places are counted from the beginning of the IPv6 header, as
/// ICMPv6's pointer is.
struct Ipv6Walk {
    enum class End : std::uint8_t {
        upper_layer,       ///< `protocol` begins at `offset`; the host may not know it: see `unknown_protocol`
        nothing,           ///< "no next header": whatever follows is ignored
        fragment,          ///< a piece of something cut: `fragment`, whose data begins at `offset`
        discarded,         ///< the packet is dropped without a word
        parameter_problem, ///< the packet is dropped, and its sender told: `code` and `pointer`
    };

    End end = End::upper_layer;
    Protocol protocol{};      ///< upper_layer: which; fragment: the first header of what was cut
    std::size_t offset = 0;   ///< upper_layer, fragment: where `payload` begins
    std::size_t named_at = 6; ///< where the next header field stands that named the protocol, or the fragment header
    wire::Octets payload;     ///< upper_layer: its octets; fragment: the piece
    Ipv6FragmentHeader fragment;
    ParameterProblemCode code{};
    std::uint32_t pointer = 0;
    std::string_view rule; ///< discarded, parameter_problem: which rule the packet broke

    /// The same walk, where the host has no such protocol. RFC 8200 §4.
    Ipv6Walk unknown_protocol() const;
};

/// Whether a packet is as it came, or was put together from fragments: then another fragment header is not believed.
enum class Ipv6Origin : std::uint8_t { as_it_came, reassembled };

namespace detail {
Ipv6Walk walk_extension_headers(const Ipv6Packet& packet, Ipv6Origin origin);
constexpr bool is_extension_header(Protocol protocol)
{
    return protocol == Protocol::hop_by_hop_options || protocol == Protocol::routing ||
           protocol == Protocol::fragment || protocol == Protocol::destination_options;
}
} // namespace detail

/// What a packet's destination does with its extension headers, up to the protocol above or to a fragment header. A
/// fragment was checked by itself: its length, and in the first one that all headers are there (RFC 7112).
inline Ipv6Walk walk_headers(const Ipv6Packet& packet, Ipv6Origin origin = Ipv6Origin::as_it_came)
{
    const Protocol next = packet.header.next_header;
    if (detail::is_extension_header(next) || next == Protocol::no_next_header) [[unlikely]]
        return detail::walk_extension_headers(packet, origin);
    Ipv6Walk walk;
    walk.protocol = next;
    walk.offset = ipv6_header_size;
    walk.payload = packet.payload;
    return walk;
}

/// How a stranger looks for the ports in a packet that is not for him: no rule but that the headers are there. What a
/// filter does, and who is told of an error by a quotation, which may be cut short anywhere.
struct Ipv6Glance {
    Protocol protocol{};
    wire::Octets payload; ///< of that protocol: as far as it is there; empty in a later fragment
    std::optional<Ipv6FragmentHeader> fragment;
    std::size_t offset = 0; ///< where `payload` begins, from the beginning of the IPv6 header
};
/// Malformed where the octets end within the headers, or there are too many of them.
wire::Decoded<Ipv6Glance> glance_at_headers(const Ipv6Header& header, wire::Octets payload);

} // namespace tegami::inet
