#pragma once
/// IPv4 headers. RFC 791, with RFC 1122 §3.2.1 (hosts), RFC 1812 §5.2.2 (routers), RFC 2474 and RFC 3168 (the octet once
/// called type of service) and RFC 6864 (identification).
///
/// Headers are written straight into a frame and read as views of it; every frame of a simulation passes here several
/// times, so what is small is inline.
/// Fragments are inet/fragments. Left out: sending options (those that come are skipped).

#include "protocols/wire/address.hpp"
#include "protocols/wire/checksum.hpp"
#include "protocols/wire/octets.hpp"
#include "protocols/wire/result.hpp"

namespace tegami::inet {

/// What the payload is, or in IPv6 the next header. IANA, "Assigned Internet Protocol Numbers".
enum class Protocol : std::uint8_t {
    hop_by_hop_options = 0, ///< IPv6: RFC 8200 §4.3
    icmp = 1,
    tcp = 6,
    udp = 17,
    routing = 43,  ///< IPv6: RFC 8200 §4.4
    fragment = 44, ///< IPv6: RFC 8200 §4.5
    icmpv6 = 58,
    no_next_header = 59,      ///< IPv6: RFC 8200 §4.7
    destination_options = 60, ///< IPv6: RFC 8200 §4.6
};

inline constexpr std::size_t ipv4_header_size = 20; ///< without options
inline constexpr std::size_t ipv4_largest_header = 60;
inline constexpr std::size_t ipv4_largest_packet = 65'535;
/// What every host must be able to receive. RFC 791 §3.2.
inline constexpr std::size_t ipv4_everyone_receives = 576;
/// RFC 1122 §3.2.1.7, IANA's recommended default.
inline constexpr std::uint8_t default_time_to_live = 64;

/// The fields that say something beside lengths and checksum. Addresses in host order: 0xC0000201 is 192.0.2.1, what
/// wire::Address::v4 takes and to_v4 gives.
struct Ipv4Header {
    std::uint32_t source = 0;
    std::uint32_t destination = 0;
    Protocol protocol{};
    std::uint8_t time_to_live = default_time_to_live;
    std::uint8_t dscp = 0; ///< differentiated services code point, 6 bits. RFC 2474.
    std::uint8_t ecn = 0;  ///< 2 bits. RFC 3168.
    /// Means something for fragments only. RFC 6864 §4.1: in an atomic datagram any value will do, and we send 0.
    std::uint16_t identification = 0;
    std::uint16_t fragment_offset = 0; ///< in octets, a multiple of 8
    bool dont_fragment = true;
    bool more_fragments = false;

    bool operator==(const Ipv4Header&) const = default;

    bool is_fragment() const { return more_fragments || fragment_offset != 0; }
    /// RFC 6864 §4: neither fragmented nor to be.
    bool is_atomic() const { return dont_fragment && !is_fragment(); }
};

/// A view of a packet's octets.
struct Ipv4Packet {
    Ipv4Header header;
    wire::Octets options; ///< undecoded
    wire::Octets payload; ///< total length less header; the link's padding is cut off

    std::size_t header_size() const { return ipv4_header_size + options.size(); }
};

// Kinds of addresses. RFC 1122 §3.2.1.3, RFC 1812 §5.3.7. --------------------------------------------------------------

constexpr bool is_v4_multicast(std::uint32_t address) { return address >> 28 == 0xE; }
constexpr bool is_v4_loopback(std::uint32_t address) { return address >> 24 == 127; }
constexpr bool is_v4_limited_broadcast(std::uint32_t address) { return address == 0xFFFF'FFFF; }
/// Names a single host, seen from anywhere: not this network (0/8), loopback, multicast, class E or broadcast. What is
/// not may not be the source of a datagram that comes over a link, nor be answered.
constexpr bool is_v4_single_host(std::uint32_t address)
{
    const std::uint32_t first = address >> 24;
    return first != 0 && first != 127 && first < 224;
}

// Encoding. ------------------------------------------------------------------------------------------------------------

/// Writes the header's 20 octets with its checksum; returns where the payload begins. The payload's size is at most
/// ipv4_largest_packet - ipv4_header_size.
inline std::uint8_t* encode(const Ipv4Header& header, std::size_t payload_size, std::uint8_t* at)
{
    const auto total_length = static_cast<std::uint32_t>(ipv4_header_size + payload_size);
    const auto services = static_cast<std::uint32_t>(header.dscp) << 2 | header.ecn;
    const std::uint32_t flags = (header.dont_fragment ? 0x4000u : 0u) | (header.more_fragments ? 0x2000u : 0u);
    const std::uint32_t first = 0x4500'0000 | services << 16 | total_length;
    const std::uint32_t second =
        static_cast<std::uint32_t>(header.identification) << 16 | flags | header.fragment_offset >> 3;
    const std::uint32_t third =
        static_cast<std::uint32_t>(header.time_to_live) << 24 | static_cast<std::uint32_t>(header.protocol) << 16;

    // Summed in registers: the octets just stored need not be loaded again.
    std::uint64_t sum = std::uint64_t{first} + second + third + header.source + header.destination;
    sum = (sum & 0xFFFF) + (sum >> 16 & 0xFFFF) + (sum >> 32);
    sum = (sum & 0xFFFF) + (sum >> 16);
    sum = (sum & 0xFFFF) + (sum >> 16);

    wire::store_u32(at, first);
    wire::store_u32(at + 4, second);
    wire::store_u32(at + 8, third | static_cast<std::uint16_t>(~sum));
    wire::store_u32(at + 12, header.source);
    wire::store_u32(at + 16, header.destination);
    return at + ipv4_header_size;
}

// Decoding. ------------------------------------------------------------------------------------------------------------

namespace detail {

/// The fields of a header of which at least 20 octets are there.
inline Ipv4Header load_header(const std::uint8_t* at)
{
    const std::uint16_t fragment = wire::load_u16(at + 6);
    Ipv4Header header;
    header.source = wire::load_u32(at + 12);
    header.destination = wire::load_u32(at + 16);
    header.protocol = static_cast<Protocol>(at[9]);
    header.time_to_live = at[8];
    header.dscp = static_cast<std::uint8_t>(at[1] >> 2);
    header.ecn = at[1] & 0x03;
    header.identification = wire::load_u16(at + 4);
    header.fragment_offset = static_cast<std::uint16_t>(fragment << 3);
    header.dont_fragment = (fragment & 0x4000) != 0;
    header.more_fragments = (fragment & 0x2000) != 0;
    return header;
}

} // namespace detail

/// Checks what RFC 1812 §5.2.2 and RFC 1122 §3.2.1 ask for before a packet is looked at further. The addresses are not
/// judged, and fragments come as they are. The reserved flag is ignored.
inline wire::Decoded<Ipv4Packet> decode_ipv4(wire::Octets octets)
{
    const auto malformed = [](std::size_t offset, std::string_view rule) {
        return std::unexpected(wire::Malformed{offset, rule});
    };
    if (octets.size() < ipv4_header_size)
        return malformed(octets.size(), "RFC 791 §3.1: a header has at least 20 octets");
    const std::uint8_t* const at = octets.data();
    if (at[0] >> 4 != 4) return malformed(0, "RFC 791 §3.1: the version is 4");
    const std::size_t header_size = std::size_t{at[0] & 0x0Fu} * 4;
    if (header_size < ipv4_header_size) return malformed(0, "RFC 791 §3.1: the header length is at least 5");
    if (header_size > octets.size()) return malformed(octets.size(), "RFC 791 §3.1: the octets end within the header");
    const std::size_t total_length = wire::load_u16(at + 2);
    if (total_length < header_size) return malformed(2, "RFC 791 §3.1: the total length includes the header");
    if (total_length > octets.size()) return malformed(2, "RFC 791 §3.1: the total length is more than what came");
    if (wire::internet_checksum(octets.first(header_size)) != 0)
        return malformed(10, "RFC 791 §3.1: the header checksum is wrong");

    return Ipv4Packet{
        .header = detail::load_header(at),
        .options = octets.subspan(ipv4_header_size, header_size - ipv4_header_size),
        .payload = octets.subspan(header_size, total_length - header_size),
    };
}

// Forwarding. ----------------------------------------------------------------------------------------------------------

/// A router is about to forward the packet whose valid header begins at `at`: takes one from its time to live, in place,
/// and mends the checksum (RFC 1624). False, and nothing changed, where it would become zero: the packet dies here, and
/// its sender is told by ICMP's time exceeded. RFC 1812 §5.3.1.
inline bool decrement_time_to_live(std::uint8_t* at)
{
    if (at[8] <= 1) return false;
    const std::uint16_t before = wire::load_u16(at + 8);
    const auto after = static_cast<std::uint16_t>(before - 0x0100);
    wire::store_u16(at + 10, wire::checksum_after_change(wire::load_u16(at + 10), before, after));
    at[8] = static_cast<std::uint8_t>(at[8] - 1);
    return true;
}

// For the protocols above. ---------------------------------------------------------------------------------------------

/// The sum of the pseudo-header that TCP (RFC 9293 §3.1) and UDP (RFC 768) add to their checksum; `length` is that of
/// the segment or datagram with its own header. Add the octets with `add`, then take `checksum()`.
inline wire::ChecksumSum pseudo_header_sum(std::uint32_t source, std::uint32_t destination, Protocol protocol,
                                           std::size_t length)
{
    wire::ChecksumSum sum;
    sum.add_u32(source)
        .add_u32(destination)
        .add_u16(static_cast<std::uint16_t>(protocol))
        .add_u16(static_cast<std::uint16_t>(length));
    return sum;
}

} // namespace tegami::inet
