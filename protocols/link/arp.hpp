#pragma once
/// ARP: who on this link has that IPv4 address? RFC 826, for IPv4 over Ethernet.
///
/// Here are the octets, and the rule that says what to do with a packet that came; the table, its timers and the packets
/// that wait for an answer (RFC 1122 §2.3.2) are the host's.
/// Left out: other hardware, other protocols, RARP, proxy ARP. Address conflict detection (RFC 5227) comes with restarts.

#include "protocols/link/ethernet.hpp"
#include "protocols/wire/address.hpp"

namespace tegami::link {

enum class ArpOperation : std::uint16_t {
    request = 1,
    reply = 2,
};

inline constexpr std::size_t arp_packet_size = 28;

struct ArpPacket {
    ArpOperation operation{};
    MacAddress sender_mac;
    wire::Address sender_address; ///< IPv4; 0.0.0.0 in a probe (RFC 5227 §2.1.1)
    MacAddress target_mac;        ///< in a request unknown: zero
    wire::Address target_address; ///< IPv4

    bool operator==(const ArpPacket&) const = default;

    /// The sender announces its own address, and asks nobody. RFC 5227 §2.3.
    bool is_announcement() const { return sender_address == target_address; }
};

/// "Who has `target_address`? Tell `sender_address`": to be broadcast.
ArpPacket arp_request(const MacAddress& sender_mac, const wire::Address& sender_address,
                      const wire::Address& target_address);
/// The answer to a request, from whoever has the address it asks for, at `mac`: to be sent to its sender alone.
ArpPacket arp_reply(const ArpPacket& request, const MacAddress& mac);

/// Writes 28 octets; returns the place behind them.
std::uint8_t* encode(const ArpPacket& packet, std::uint8_t* at);
/// Octets behind the packet are padding and ignored. Operations other than request and reply are refused.
wire::Decoded<ArpPacket> decode_arp(wire::Octets octets);

/// What a host does about a packet that came. RFC 826, "Packet Reception".
struct ArpReaction {
    bool update_entry; ///< where the table already has the sender's address: its MAC address is now this one
    bool add_entry;    ///< make an entry where there is none: the packet is for us
    bool answer;       ///< send `arp_reply`
    bool conflict;     ///< the sender has our address too. RFC 5227 §2.4.
};
/// `our_mac` tells our own packets, which a switch may send back, from a stranger's.
ArpReaction on_arp_packet(const ArpPacket& packet, const wire::Address& our_address, const MacAddress& our_mac);

} // namespace tegami::link
