#include "protocols/link/arp.hpp"

namespace tegami::link {

namespace {

constexpr std::uint16_t hardware_ethernet = 1;

std::uint8_t* put(std::uint8_t* at, const MacAddress& mac, const wire::Address& address)
{
    std::memcpy(at, mac.octets.data(), 6);
    wire::store_u32(at + 6, address.to_v4());
    return at + 10;
}

MacAddress load_mac(const std::uint8_t* at)
{
    MacAddress mac;
    std::memcpy(mac.octets.data(), at, 6);
    return mac;
}

} // namespace

ArpPacket arp_request(const MacAddress& sender_mac, const wire::Address& sender_address,
                      const wire::Address& target_address)
{
    return {ArpOperation::request, sender_mac, sender_address, MacAddress{}, target_address};
}

ArpPacket arp_reply(const ArpPacket& request, const MacAddress& mac)
{
    return {ArpOperation::reply, mac, request.target_address, request.sender_mac, request.sender_address};
}

std::uint8_t* encode(const ArpPacket& packet, std::uint8_t* at)
{
    wire::store_u16(at, hardware_ethernet);
    wire::store_u16(at + 2, static_cast<std::uint16_t>(EtherType::ipv4));
    at[4] = 6; // octets of a hardware address
    at[5] = 4; // octets of a protocol address
    wire::store_u16(at + 6, static_cast<std::uint16_t>(packet.operation));
    at = put(at + 8, packet.sender_mac, packet.sender_address);
    return put(at, packet.target_mac, packet.target_address);
}

wire::Decoded<ArpPacket> decode_arp(wire::Octets octets)
{
    const auto malformed = [](std::size_t offset, std::string_view rule) {
        return std::unexpected(wire::Malformed{offset, rule});
    };
    constexpr std::string_view too_short = "RFC 826: a packet for IPv4 over Ethernet has 28 octets";
    if (octets.size() < 8) return malformed(octets.size(), too_short);
    const std::uint8_t* const at = octets.data();
    if (wire::load_u16(at) != hardware_ethernet) return malformed(0, "RFC 826: the hardware is not Ethernet");
    if (wire::load_u16(at + 2) != static_cast<std::uint16_t>(EtherType::ipv4))
        return malformed(2, "RFC 826: the protocol is not IPv4");
    if (at[4] != 6) return malformed(4, "RFC 826: an Ethernet address has 6 octets");
    if (at[5] != 4) return malformed(5, "RFC 826: an IPv4 address has 4 octets");
    if (octets.size() < arp_packet_size) return malformed(octets.size(), too_short);

    ArpPacket packet;
    packet.operation = static_cast<ArpOperation>(wire::load_u16(at + 6));
    if (packet.operation != ArpOperation::request && packet.operation != ArpOperation::reply)
        return malformed(6, "RFC 826: the operation is neither request nor reply");
    packet.sender_mac = load_mac(at + 8);
    if (packet.sender_mac.is_group())
        return malformed(8, "RFC 1812 §3.3.2: a sender's hardware address is not a group's");
    packet.sender_address = wire::Address::v4(wire::load_u32(at + 14));
    packet.target_mac = load_mac(at + 18);
    packet.target_address = wire::Address::v4(wire::load_u32(at + 24));
    return packet;
}

ArpReaction on_arp_packet(const ArpPacket& packet, const wire::Address& our_address, const MacAddress& our_mac)
{
    const bool for_us = packet.target_address == our_address;
    const bool claims_ours = packet.sender_address == our_address;
    // A probe's sender has no address yet (RFC 5227 §2.1.1), and our own needs no entry.
    const bool teaches = packet.sender_address.to_v4() != 0 && !claims_ours;
    return {
        .update_entry = teaches,
        .add_entry = teaches && for_us,
        .answer = for_us && packet.operation == ArpOperation::request && !claims_ours,
        .conflict = claims_ours && packet.sender_mac != our_mac,
    };
}

} // namespace tegami::link
