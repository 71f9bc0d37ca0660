#pragma once
/// Ethernet II frames as RFC 894 carries IP in them: destination, source, type, payload.
///
/// A frame here is what a packet capture holds: no preamble, no frame check sequence. On a real cable a frame has at
/// least 60 octets before that sequence, and shorter ones are padded by the sender's hardware. A sniffer on the sending
/// host sees them before the padding, and so do simulated links: they carry frames unpadded. Decoders accept padding.
///
/// Simplified: no collisions, no frame check sequence; a simulated link damages nothing, it loses whole frames.
/// Left out: IEEE 802.3 lengths with LLC (RFC 1042), VLAN tags (IEEE 802.1Q), jumbo frames.

#include "protocols/link/mac_address.hpp"
#include "protocols/wire/endian.hpp"
#include "protocols/wire/octets.hpp"

namespace tegami::link {

/// What the payload is. IANA, "IEEE 802 Numbers".
enum class EtherType : std::uint16_t {
    ipv4 = 0x0800, ///< RFC 894
    arp = 0x0806,  ///< RFC 826
    ipv6 = 0x86DD, ///< RFC 2464
};

inline constexpr std::size_t ethernet_header_size = 14;
/// The least a real cable carries, without the frame check sequence.
inline constexpr std::size_t ethernet_minimum_frame = 60;
/// The most octets of payload: the link's MTU. RFC 894.
inline constexpr std::size_t ethernet_mtu = 1500;

struct EthernetHeader {
    MacAddress destination;
    MacAddress source;
    EtherType type{};

    bool operator==(const EthernetHeader&) const = default;
};

/// A view of a frame's octets.
struct EthernetFrame {
    EthernetHeader header;
    wire::Octets payload; ///< with the padding, if there is any: the payload itself says how long it is
};

/// Writes the header's 14 octets; returns where the payload begins.
inline std::uint8_t* encode(const EthernetHeader& header, std::uint8_t* at)
{
    std::memcpy(at, header.destination.octets.data(), 6);
    std::memcpy(at + 6, header.source.octets.data(), 6);
    wire::store_u16(at + 12, static_cast<std::uint16_t>(header.type));
    return at + ethernet_header_size;
}

/// Types that `EtherType` does not name are passed on; it is for the receiver not to know them.
inline wire::Decoded<EthernetFrame> decode_ethernet(wire::Octets octets)
{
    if (octets.size() < ethernet_header_size)
        return std::unexpected(
            wire::Malformed{octets.size(), "RFC 894: an Ethernet frame begins with a header of 14 octets"});
    const std::uint16_t type = wire::load_u16(&octets[12]);
    // IEEE 802.3 §3.2.6 tells the two kinds of frames apart by this field.
    if (type < 0x0600)
        return std::unexpected(
            wire::Malformed{12, "RFC 894: a type is at least 0x0600; less is the length of an IEEE 802.3 frame"});
    EthernetFrame frame;
    std::memcpy(frame.header.destination.octets.data(), octets.data(), 6);
    std::memcpy(frame.header.source.octets.data(), octets.data() + 6, 6);
    frame.header.type = static_cast<EtherType>(type);
    frame.payload = octets.subspan(ethernet_header_size);
    return frame;
}

} // namespace tegami::link
