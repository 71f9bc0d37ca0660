#include "protocols/inet/ndp.hpp"

#include "protocols/wire/reader.hpp"
#include "protocols/wire/writer.hpp"

namespace tegami::inet {

namespace {

/// RFC 4861 §4.6.
enum class NdOption : std::uint8_t { source_mac = 1, target_mac = 2, prefix_information = 3, mtu = 5 };

constexpr std::size_t mac_option_size = 8;
constexpr std::size_t prefix_option_size = 32;
constexpr std::size_t mtu_option_size = 8;

// ---- reading -------------------------------------------------------------------------------------------------------

/// All that any message carries behind its fixed part.
struct Options {
    std::optional<MacAddress> source_mac;
    std::optional<MacAddress> target_mac;
    std::optional<std::uint32_t> mtu;
    std::vector<PrefixInformation> prefixes;
};

wire::Address read_address(wire::Reader& in)
{
    wire::Address address;
    const wire::Octets octets = in.octets(16);
    std::copy(octets.begin(), octets.end(), address.octets.begin());
    return address;
}

/// A target: an address of one interface.
wire::Address read_target(wire::Reader& in)
{
    const wire::Address target = read_address(in);
    if (is_v6_multicast(target)) in.fail("RFC 4861 §7.1: a target is no multicast address");
    if (target.is_v4()) in.fail("RFC 6890 §2.2.3: an IPv4-mapped address is nobody's on a link");
    return target;
}

void read_mac(wire::Reader& in, std::size_t size, std::optional<MacAddress>& mac)
{
    if (size != mac_option_size) return in.fail("RFC 2464 §6: an Ethernet address makes an option of 8 octets");
    MacAddress read;
    const wire::Octets octets = in.octets(6);
    std::copy(octets.begin(), octets.end(), read.octets.begin());
    if (read.is_group()) return in.fail("RFC 4861 §4.6.1: a neighbour's link-layer address is not a group's");
    if (!mac) mac = read;
}

void read_prefix(wire::Reader& in, std::size_t size, std::vector<PrefixInformation>& prefixes)
{
    if (size != prefix_option_size) return in.fail("RFC 4861 §4.6.2: prefix information has 32 octets");
    PrefixInformation prefix;
    prefix.length = in.u8();
    if (prefix.length > 128) in.fail("RFC 4861 §4.6.2: a prefix has at most 128 bits");
    const std::uint8_t flags = in.u8();
    prefix.on_link = (flags & 0x80) != 0;
    prefix.autonomous = (flags & 0x40) != 0;
    prefix.valid = in.u32();
    prefix.preferred = in.u32();
    in.skip(4);
    prefix.prefix = read_address(in);
    prefixes.push_back(prefix);
}

Options read_options(wire::Reader& in)
{
    Options options;
    while (in.left() != 0) {
        const std::uint8_t type = in.u8();
        const std::size_t size = std::size_t{in.u8()} * 8;
        if (size == 0) in.fail("RFC 4861 §4.6: an option is not empty");
        if (in.failed() || size - 2 > in.left()) {
            in.fail("RFC 4861 §4.6: an option ends behind its message");
            break;
        }
        const std::size_t end = in.offset() + size - 2;
        switch (static_cast<NdOption>(type)) {
        case NdOption::source_mac: read_mac(in, size, options.source_mac); break;
        case NdOption::target_mac: read_mac(in, size, options.target_mac); break;
        case NdOption::prefix_information: read_prefix(in, size, options.prefixes); break;
        case NdOption::mtu:
            if (size != mtu_option_size) {
                in.fail("RFC 4861 §4.6.4: an MTU makes an option of 8 octets");
            } else {
                in.skip(2);
                options.mtu = options.mtu.value_or(in.u32());
            }
            break;
        default: break;
        }
        if (!in.failed()) in.seek(end);
    }
    return options;
}

NdMessage read_neighbour_solicitation(const Ipv6Header& ip, wire::Reader& in)
{
    NeighbourSolicitation message;
    message.target = read_target(in);
    message.source_mac = read_options(in).source_mac;
    if (is_v6_unspecified(ip.source) && message.source_mac)
        in.fail("RFC 4861 §7.1.1: who has no address yet tells no link-layer address");
    return message;
}

NdMessage read_neighbour_advertisement(std::uint32_t rest, wire::Reader& in)
{
    NeighbourAdvertisement message;
    message.router = (rest & 0x8000'0000) != 0;
    message.solicited = (rest & 0x4000'0000) != 0;
    message.override = (rest & 0x2000'0000) != 0;
    message.target = read_target(in);
    message.target_mac = read_options(in).target_mac;
    return message;
}

NdMessage read_router_solicitation(const Ipv6Header& ip, wire::Reader& in)
{
    const RouterSolicitation message{read_options(in).source_mac};
    if (is_v6_unspecified(ip.source) && message.source_mac)
        in.fail("RFC 4861 §6.1.1: who has no address yet tells no link-layer address");
    return message;
}

NdMessage read_router_advertisement(std::uint32_t rest, wire::Reader& in)
{
    RouterAdvertisement message;
    message.hop_limit = static_cast<std::uint8_t>(rest >> 24);
    message.managed = (rest & 0x0080'0000) != 0;
    message.other = (rest & 0x0040'0000) != 0;
    message.lifetime = static_cast<std::uint16_t>(rest);
    message.reachable_time = in.u32();
    message.retransmit_time = in.u32();
    Options options = read_options(in);
    message.source_mac = options.source_mac;
    message.mtu = options.mtu;
    message.prefixes = std::move(options.prefixes);
    return message;
}

// ---- writing -------------------------------------------------------------------------------------------------------

/// A message's type, the second half of its header, and its body.
struct Parts {
    Icmpv6Type type{};
    std::uint32_t rest = 0;
    wire::OctetBuffer body;
};

void write_mac(wire::Writer& out, NdOption type, const std::optional<MacAddress>& mac)
{
    if (!mac) return;
    out.u8(static_cast<std::uint8_t>(type));
    out.u8(mac_option_size / 8);
    out.octets(mac->octets);
}

Parts parts_of(const NeighbourSolicitation& message)
{
    Parts parts{Icmpv6Type::neighbour_solicitation, 0, {}};
    wire::Writer out{parts.body};
    out.octets(message.target.octets);
    write_mac(out, NdOption::source_mac, message.source_mac);
    return parts;
}

Parts parts_of(const NeighbourAdvertisement& message)
{
    const std::uint32_t flags = (message.router ? 0x8000'0000u : 0u) | (message.solicited ? 0x4000'0000u : 0u) |
                                (message.override ? 0x2000'0000u : 0u);
    Parts parts{Icmpv6Type::neighbour_advertisement, flags, {}};
    wire::Writer out{parts.body};
    out.octets(message.target.octets);
    write_mac(out, NdOption::target_mac, message.target_mac);
    return parts;
}

Parts parts_of(const RouterSolicitation& message)
{
    Parts parts{Icmpv6Type::router_solicitation, 0, {}};
    wire::Writer out{parts.body};
    write_mac(out, NdOption::source_mac, message.source_mac);
    return parts;
}

Parts parts_of(const RouterAdvertisement& message)
{
    const std::uint32_t rest = static_cast<std::uint32_t>(message.hop_limit) << 24 |
                               (message.managed ? 0x0080'0000u : 0u) | (message.other ? 0x0040'0000u : 0u) |
                               message.lifetime;
    Parts parts{Icmpv6Type::router_advertisement, rest, {}};
    wire::Writer out{parts.body};
    out.u32(message.reachable_time);
    out.u32(message.retransmit_time);
    write_mac(out, NdOption::source_mac, message.source_mac);
    if (message.mtu) {
        out.u8(static_cast<std::uint8_t>(NdOption::mtu));
        out.u8(mtu_option_size / 8);
        out.u16(0);
        out.u32(*message.mtu);
    }
    for (const PrefixInformation& prefix : message.prefixes) {
        out.u8(static_cast<std::uint8_t>(NdOption::prefix_information));
        out.u8(prefix_option_size / 8);
        out.u8(prefix.length);
        out.u8(static_cast<std::uint8_t>((prefix.on_link ? 0x80 : 0) | (prefix.autonomous ? 0x40 : 0)));
        out.u32(prefix.valid);
        out.u32(prefix.preferred);
        out.u32(0);
        out.octets(prefix.prefix.octets);
    }
    return parts;
}

Parts parts_of(const NdMessage& message)
{
    return std::visit([](const auto& each) { return parts_of(each); }, message);
}

Ipv6Header nd_header(const wire::Address& source, const wire::Address& destination)
{
    return {.source = source, .destination = destination, .next_header = Protocol::icmpv6, .hop_limit = nd_hop_limit};
}

} // namespace

// ---- addresses -----------------------------------------------------------------------------------------------------

wire::Address link_local_address(const MacAddress& mac)
{
    wire::Address address;
    address.octets[0] = 0xFE;
    address.octets[1] = 0x80;
    std::copy_n(mac.octets.begin(), 3, address.octets.begin() + 8);
    address.octets[8] ^= 0x02; // universal or local: the other way round than in a MAC address
    address.octets[11] = 0xFF;
    address.octets[12] = 0xFE;
    std::copy_n(mac.octets.begin() + 3, 3, address.octets.begin() + 13);
    return address;
}

MacAddress multicast_mac(const wire::Address& group)
{
    MacAddress mac;
    mac.octets[0] = mac.octets[1] = 0x33;
    std::copy_n(group.octets.begin() + 12, 4, mac.octets.begin() + 2);
    return mac;
}

// ---- messages ------------------------------------------------------------------------------------------------------

wire::Decoded<NdMessage> decode_nd(const Ipv6Header& ip, const Icmpv6Message& message)
{
    const auto malformed = [](std::size_t offset, std::string_view rule) {
        return std::unexpected(wire::Malformed{offset, rule});
    };
    if (ip.hop_limit != nd_hop_limit) return malformed(7, "RFC 4861 §6.1, §7.1: the hop limit is 255");
    if (message.code != 0) return malformed(1, "RFC 4861 §6.1, §7.1: the code is 0");
    wire::Reader in{message.body};
    NdMessage read;
    switch (message.type) {
    case Icmpv6Type::neighbour_solicitation: {
        read = read_neighbour_solicitation(ip, in);
        const auto& target = std::get<NeighbourSolicitation>(read).target;
        if (is_v6_unspecified(ip.source) && ip.destination != solicited_node(target) && !in.failed())
            return malformed(24, "RFC 4861 §7.1.1: who has no address yet asks a solicited-node multicast address");
        break;
    }
    case Icmpv6Type::neighbour_advertisement:
        read = read_neighbour_advertisement(message.rest, in);
        if (is_v6_multicast(ip.destination) && std::get<NeighbourAdvertisement>(read).solicited && !in.failed())
            return malformed(4, "RFC 4861 §7.1.2: what goes to many answers nobody");
        break;
    case Icmpv6Type::router_solicitation: read = read_router_solicitation(ip, in); break;
    case Icmpv6Type::router_advertisement:
        if (!is_v6_link_local(ip.source))
            return malformed(8, "RFC 4861 §6.1.2: a router advertises from its link-local address");
        read = read_router_advertisement(message.rest, in);
        break;
    default: return malformed(0, "RFC 4861 §4: no message of neighbour discovery that we know");
    }
    auto result = in.finish(std::move(read));
    if (!result) return malformed(icmpv6_header_size + result.error().offset, result.error().rule);
    return result;
}

std::size_t encoded_size(const NdPacket& packet)
{
    return ipv6_header_size + icmpv6_header_size + parts_of(packet.message).body.size();
}

std::uint8_t* encode(const NdPacket& packet, std::uint8_t* at)
{
    const Parts parts = parts_of(packet.message);
    at = encode(packet.ip, icmpv6_header_size + parts.body.size(), at);
    return encode_icmpv6(parts.type, 0, parts.rest, parts.body, {packet.ip.source, packet.ip.destination}, at);
}

NdPacket neighbour_solicitation(const MacAddress& our_mac, const wire::Address& our_address,
                                const wire::Address& target)
{
    return {nd_header(our_address, solicited_node(target)), NeighbourSolicitation{target, our_mac}};
}

NdPacket neighbour_probe(const MacAddress& our_mac, const wire::Address& our_address, const wire::Address& neighbour)
{
    return {nd_header(our_address, neighbour), NeighbourSolicitation{neighbour, our_mac}};
}

NdPacket duplicate_probe(const wire::Address& target)
{
    return {nd_header({}, solicited_node(target)), NeighbourSolicitation{target, std::nullopt}};
}

NdPacket neighbour_answer(const Ipv6Header& asked, const NeighbourSolicitation& solicitation, const MacAddress& mac,
                          bool router)
{
    const bool nobody = is_v6_unspecified(asked.source); // a probe for duplicates: all are told
    return {nd_header(solicitation.target, nobody ? all_nodes : asked.source),
            NeighbourAdvertisement{.target = solicitation.target,
                                   .router = router,
                                   .solicited = !nobody,
                                   .override = true,
                                   .target_mac = mac}};
}

NdPacket neighbour_announcement(const wire::Address& address, const MacAddress& mac, bool router)
{
    return {nd_header(address, all_nodes),
            NeighbourAdvertisement{
                .target = address, .router = router, .solicited = false, .override = true, .target_mac = mac}};
}

NdPacket router_solicitation(const MacAddress& our_mac, const wire::Address& our_address)
{
    RouterSolicitation message;
    if (!is_v6_unspecified(our_address)) message.source_mac = our_mac;
    return {nd_header(our_address, all_routers), message};
}

// ---- reactions -----------------------------------------------------------------------------------------------------

SolicitationReaction on_neighbour_solicitation(const Ipv6Header& ip, const NeighbourSolicitation& solicitation,
                                               const wire::Address& our_address, OwnAddress what,
                                               const MacAddress& our_mac, const MacAddress& from_mac)
{
    if (solicitation.target != our_address || from_mac == our_mac) return {};
    const bool nobody = is_v6_unspecified(ip.source);
    // RFC 4862 §5.4.3: who asks from an address of his own wants to send there, and is not answered yet.
    if (what == OwnAddress::tentative) return {.answer = false, .learn = false, .conflict = nobody};
    return {.answer = true, .learn = !nobody && solicitation.source_mac.has_value(), .conflict = false};
}

NeighbourUpdate on_neighbour_advertisement(const NeighbourEntry& entry, const NeighbourAdvertisement& advertisement)
{
    NeighbourUpdate update{.entry = entry};
    if (entry.state == NeighbourState::none) return update; // nobody here asked
    const auto& mac = advertisement.target_mac;
    if (entry.state == NeighbourState::incomplete) {
        if (!mac) return update;
        update.entry.mac = *mac;
        update.entry.state = advertisement.solicited ? NeighbourState::reachable : NeighbourState::stale;
        update.entry.is_router = advertisement.router;
        update.resolved = true;
        return update;
    }

    const bool another = mac && *mac != entry.mac;
    if (another && !advertisement.override) { // not believed, but the old one is in doubt
        if (entry.state == NeighbourState::reachable) update.entry.state = NeighbourState::stale;
        return update;
    }
    if (another) {
        update.entry.mac = *mac;
        update.mac_changed = true;
    }
    if (advertisement.solicited)
        update.entry.state = NeighbourState::reachable;
    else if (another)
        update.entry.state = NeighbourState::stale;
    update.entry.is_router = advertisement.router;
    update.no_longer_router = entry.is_router && !advertisement.router;
    return update;
}

NeighbourUpdate on_source_mac(const NeighbourEntry& entry, const MacAddress& mac)
{
    NeighbourUpdate update{.entry = entry};
    const bool unknown = entry.state == NeighbourState::none || entry.state == NeighbourState::incomplete;
    if (!unknown && entry.mac == mac) return update;
    update.entry.mac = mac;
    update.entry.state = NeighbourState::stale;
    update.resolved = unknown;
    update.mac_changed = !unknown;
    return update;
}

bool claims_our_address(const NeighbourAdvertisement& advertisement, const wire::Address& our_address,
                        const MacAddress& our_mac, const MacAddress& from_mac)
{
    return advertisement.target == our_address && from_mac != our_mac && advertisement.target_mac != our_mac;
}

} // namespace tegami::inet
