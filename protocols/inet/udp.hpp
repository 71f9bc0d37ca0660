#pragma once
/// UDP over IPv4 and IPv6. RFC 768, RFC 1122 §4.1, RFC 8200 §8.1.

#include "protocols/inet/ipv6.hpp"

namespace tegami::inet {

inline constexpr std::size_t udp_header_size = 8;
/// The most octets of payload that fit an IPv4 packet. (Over IPv6, 20 more.)
inline constexpr std::size_t udp_largest_payload = ipv4_largest_packet - ipv4_header_size - udp_header_size;

/// A view of a datagram's octets.
struct UdpDatagram {
    wire::Port source{}; ///< 0: none, no answer is wanted
    wire::Port destination{};
    bool has_checksum = true; ///< the sender made one; it was right
    wire::Octets payload;
};

namespace detail {

/// `sum`: of the pseudo-header.
inline std::uint8_t* encode_udp_header(wire::Port source, wire::Port destination, wire::ChecksumSum sum,
                                       wire::Octets payload, std::uint8_t* at)
{
    const auto length = static_cast<std::uint16_t>(udp_header_size + payload.size());
    sum.add_u16(static_cast<std::uint16_t>(source))
        .add_u16(static_cast<std::uint16_t>(destination))
        .add_u16(length)
        .add(payload);
    const std::uint16_t checksum = sum.checksum();
    wire::store_u16(at, static_cast<std::uint16_t>(source));
    wire::store_u16(at + 2, static_cast<std::uint16_t>(destination));
    wire::store_u16(at + 4, length);
    wire::store_u16(at + 6, checksum == 0 ? 0xFFFF : checksum); // 0 would say that there is none
    return at + udp_header_size;
}

/// All but the checksum.
inline wire::Decoded<UdpDatagram> load_udp(wire::Octets octets)
{
    const auto malformed = [](std::size_t offset, std::string_view rule) {
        return std::unexpected(wire::Malformed{offset, rule});
    };
    if (octets.size() < udp_header_size) return malformed(octets.size(), "RFC 768: a header has 8 octets");
    const std::uint8_t* const at = octets.data();
    const std::size_t length = wire::load_u16(at + 4);
    if (length < udp_header_size) return malformed(4, "RFC 768: the length includes the header, and is at least 8");
    if (length > octets.size()) return malformed(4, "RFC 768: the length is more than what came");

    UdpDatagram datagram;
    datagram.source = wire::Port{wire::load_u16(at)};
    datagram.destination = wire::Port{wire::load_u16(at + 2)};
    datagram.has_checksum = wire::load_u16(at + 6) != 0;
    datagram.payload = octets.subspan(udp_header_size, length - udp_header_size);
    return datagram;
}

} // namespace detail

/// Writes the header's 8 octets at `at`, with the checksum over addresses, header and `payload`, which is copied by the
/// caller to where the result points, before or afterwards.
inline std::uint8_t* encode_udp_header(wire::Port source, wire::Port destination, std::uint32_t source_address,
                                       std::uint32_t destination_address, wire::Octets payload, std::uint8_t* at)
{
    const std::size_t length = udp_header_size + payload.size();
    return detail::encode_udp_header(source, destination,
                                     pseudo_header_sum(source_address, destination_address, Protocol::udp, length),
                                     payload, at);
}
/// The same for two addresses of either family.
inline std::uint8_t* encode_udp_header(const wire::Endpoint& source, const wire::Endpoint& destination,
                                       wire::Octets payload, std::uint8_t* at)
{
    const std::size_t length = udp_header_size + payload.size();
    return detail::encode_udp_header(source.port, destination.port,
                                     pseudo_header_sum(source.address, destination.address, Protocol::udp, length),
                                     payload, at);
}

/// `ip` says where `octets`, its payload, came from and went to. A checksum of 0 is none, and accepted (RFC 1122
/// §4.1.3.4 leaves that to the application, accepting is the default). Octets behind the length are not part of it.
inline wire::Decoded<UdpDatagram> decode_udp(const Ipv4Header& ip, wire::Octets octets)
{
    const auto datagram = detail::load_udp(octets);
    if (datagram && datagram->has_checksum) {
        const std::size_t length = udp_header_size + datagram->payload.size();
        auto sum = pseudo_header_sum(ip.source, ip.destination, Protocol::udp, length);
        if (sum.add(octets.first(length)).checksum() != 0)
            return std::unexpected(wire::Malformed{6, "RFC 1122 §4.1.3.4: the checksum is wrong"});
    }
    return datagram;
}
/// Over IPv6 there is always a checksum.
inline wire::Decoded<UdpDatagram> decode_udp(const Ipv6Header& ip, wire::Octets octets)
{
    const auto datagram = detail::load_udp(octets);
    if (!datagram) return datagram;
    if (!datagram->has_checksum)
        return std::unexpected(wire::Malformed{6, "RFC 8200 §8.1: over IPv6 a datagram has a checksum"});
    const std::size_t length = udp_header_size + datagram->payload.size();
    auto sum = pseudo_header_sum(ip.source, ip.destination, Protocol::udp, length);
    if (sum.add(octets.first(length)).checksum() != 0)
        return std::unexpected(wire::Malformed{6, "RFC 8200 §8.1: the checksum is wrong"});
    return datagram;
}

} // namespace tegami::inet
