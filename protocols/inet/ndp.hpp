#pragma once
/// Neighbour discovery: who on this link has that IPv6 address, and does he still? RFC 4861, with RFC 4862 §5.4 (is an
/// address mine alone?) and RFC 2464 (all of it over Ethernet).
///
/// Here are the octets, and the rules that say what to do with a message that came; the table, its timers and the packets
/// that wait for an answer are the host's.
/// Left out: redirects (those that come are for the host to ignore), proxies and anycast, options of RFC 3971 and later.

#include "protocols/inet/icmpv6.hpp"
#include "protocols/link/mac_address.hpp"
#include "protocols/wire/time.hpp"

#include <variant>
#include <vector>

namespace tegami::inet {

using link::MacAddress;

/// A message with another hop limit has crossed a router, and is not believed. RFC 4861 §3.1.
inline constexpr std::uint8_t nd_hop_limit = 255;

// RFC 4861 §10, RFC 4862 §5.1. Waits are between one message and the next, or giving up.
inline constexpr int multicast_solicitations = 3;
inline constexpr int unicast_solicitations = 3;
inline constexpr int duplicate_probes = 1;
inline constexpr wire::Duration retransmission_wait = wire::seconds(1);
inline constexpr wire::Duration reachable_for = wire::seconds(30);
inline constexpr wire::Duration first_probe_after = wire::seconds(5); ///< in NeighbourState::delay

// Addresses. -----------------------------------------------------------------------------------------------------------

/// fe80:: and the interface's number made of its MAC address. RFC 4291 Appendix A, RFC 2464 §4, §5.
wire::Address link_local_address(const MacAddress& mac);
/// 33:33 and the last 32 bits: where frames for that multicast address go. RFC 2464 §7.
MacAddress multicast_mac(const wire::Address& group);

// Messages. RFC 4861 §4. -----------------------------------------------------------------------------------------------

/// "Who has `target`?"
struct NeighbourSolicitation {
    wire::Address target;
    std::optional<MacAddress> source_mac; ///< never there in a probe for duplicates, whose sender has no address yet

    bool operator==(const NeighbourSolicitation&) const = default;
};

/// "I have `target`."
struct NeighbourAdvertisement {
    wire::Address target;
    bool router = false;
    bool solicited = false; ///< it answers a question, and shows that question and answer get through
    bool override = false;  ///< it replaces what others remember
    std::optional<MacAddress> target_mac;

    bool operator==(const NeighbourAdvertisement&) const = default;
};

struct RouterSolicitation {
    std::optional<MacAddress> source_mac;

    bool operator==(const RouterSolicitation&) const = default;
};

/// RFC 4861 §4.6.2. Lifetimes in seconds, 0xFFFFFFFF for ever. The bits of `prefix` behind `length` mean nothing.
struct PrefixInformation {
    wire::Address prefix;
    std::uint8_t length = 0;
    bool on_link = false;
    bool autonomous = false;
    std::uint32_t valid = 0;
    std::uint32_t preferred = 0;

    bool operator==(const PrefixInformation&) const = default;
};

struct RouterAdvertisement {
    std::uint8_t hop_limit = 0; ///< 0: the router does not say
    bool managed = false;
    bool other = false;
    std::uint16_t lifetime = 0;        ///< of the router as a default one, seconds
    std::uint32_t reachable_time = 0;  ///< ms; 0: the router does not say
    std::uint32_t retransmit_time = 0; ///< ms; 0: the router does not say
    std::optional<MacAddress> source_mac;
    std::optional<std::uint32_t> mtu;
    std::vector<PrefixInformation> prefixes;

    bool operator==(const RouterAdvertisement&) const = default;
};

using NdMessage = std::variant<NeighbourSolicitation, NeighbourAdvertisement, RouterSolicitation, RouterAdvertisement>;

/// Whether that is a type of message for `decode_nd`.
constexpr bool is_nd(Icmpv6Type type)
{
    return type >= Icmpv6Type::router_solicitation && type <= Icmpv6Type::neighbour_advertisement;
}
/// Reads a message of one of the four types (`is_nd`), and holds it to all of RFC 4861 §6.1 and §7.1: what breaks one
/// rule is dropped without a word. Offsets count from the ICMPv6 header's beginning, but for the hop limit's (7) and
/// addresses' (8, 24), which count from the IPv6 header's. Unknown options are skipped; of several of a kind the first
/// counts.
wire::Decoded<NdMessage> decode_nd(const Ipv6Header& ip, const Icmpv6Message& message);

/// A message with the IPv6 header that belongs to it.
struct NdPacket {
    Ipv6Header ip;
    NdMessage message;
};

/// Octets of the whole packet, IPv6 header included.
std::size_t encoded_size(const NdPacket& packet);
/// Writes them; returns the place behind them.
std::uint8_t* encode(const NdPacket& packet, std::uint8_t* at);

/// To all who may have that address: the last 24 bits say who. RFC 4861 §7.2.2.
NdPacket neighbour_solicitation(const MacAddress& our_mac, const wire::Address& our_address,
                                const wire::Address& target);
/// To the neighbour alone, whether he is still there. RFC 4861 §7.3.3.
NdPacket neighbour_probe(const MacAddress& our_mac, const wire::Address& our_address, const wire::Address& neighbour);
/// Before an address is used: does anybody else have it? RFC 4862 §5.4.2.
NdPacket duplicate_probe(const wire::Address& target);
/// The answer to a solicitation, from who has its target, at `mac`. RFC 4861 §7.2.4.
NdPacket neighbour_answer(const Ipv6Header& asked, const NeighbourSolicitation& solicitation, const MacAddress& mac,
                          bool router);
/// To all of the link, unasked: that address is at `mac` now. RFC 4861 §7.2.6.
NdPacket neighbour_announcement(const wire::Address& address, const MacAddress& mac, bool router);
/// "Are there routers?" `our_address` may be unspecified. RFC 4861 §6.3.7.
NdPacket router_solicitation(const MacAddress& our_mac, const wire::Address& our_address);

// What a host does about them. -----------------------------------------------------------------------------------------

/// What an address of ours is: RFC 4862 §2.
enum class OwnAddress : std::uint8_t {
    assigned,
    tentative, ///< we are asking whether it is ours alone
};

struct SolicitationReaction {
    bool answer;   ///< send `neighbour_answer`
    bool learn;    ///< the sender told its MAC address: `on_source_mac`, with an entry made where there is none
    bool conflict; ///< somebody else asks for the address that we are about to take. RFC 4862 §5.4.3.
};
/// RFC 4861 §7.2.3. Asked for each address of the interface, and false throughout where it is not the target.
/// `from_mac`, the frame's source, tells our own probes, which a link may send back, from a stranger's.
SolicitationReaction on_neighbour_solicitation(const Ipv6Header& ip, const NeighbourSolicitation& solicitation,
                                               const wire::Address& our_address, OwnAddress what,
                                               const MacAddress& our_mac, const MacAddress& from_mac);

/// RFC 4861 §7.3.2.
enum class NeighbourState : std::uint8_t {
    none,       ///< there is no entry
    incomplete, ///< asked, and not yet answered
    reachable,  ///< shown to be there within the last `reachable_for`
    stale,      ///< not shown since; nobody cares until a packet is sent to it
    delay,      ///< a packet was sent: perhaps the layers above hear from it within `first_probe_after`
    probe,      ///< being asked again
};

/// What is remembered of a neighbour.
struct NeighbourEntry {
    NeighbourState state = NeighbourState::none;
    MacAddress mac; ///< from `reachable` on
    bool is_router = false;

    bool operator==(const NeighbourEntry&) const = default;
};

/// What becomes of an entry.
struct NeighbourUpdate {
    NeighbourEntry entry;
    bool resolved = false;         ///< the MAC address is known now: packets that wait may go
    bool mac_changed = false;      ///< it is another one than before
    bool no_longer_router = false; ///< routes through this neighbour are to be given up. RFC 4861 §7.2.5.
};
/// An advertisement whose target is that neighbour. RFC 4861 §7.2.5.
NeighbourUpdate on_neighbour_advertisement(const NeighbourEntry& entry, const NeighbourAdvertisement& advertisement);
/// A neighbour told its MAC address in a question of its own. RFC 4861 §7.2.3.
NeighbourUpdate on_source_mac(const NeighbourEntry& entry, const MacAddress& mac);

/// Whether somebody else says that an address of ours is his. A tentative address is then not to be used (RFC 4862
/// §5.4.4); about an assigned one nothing is done but to say so.
bool claims_our_address(const NeighbourAdvertisement& advertisement, const wire::Address& our_address,
                        const MacAddress& our_mac, const MacAddress& from_mac);

} // namespace tegami::inet
