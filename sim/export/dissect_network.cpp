// Ethernet (RFC 894), ARP (RFC 826), IPv4 (RFC 791), IPv6 and its extension headers (RFC 8200 §4).
#include "protocols/link/ethernet.hpp"
#include "protocols/wire/checksum.hpp"
#include "sim/export/dissector.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tegami::exporting {
namespace {

/// Protocols above IP, and IPv6's extension headers. IANA, "Protocol Numbers".
std::string_view ip_protocol_name(std::uint8_t protocol)
{
    switch (protocol) {
    case 0: return "Hop-by-Hop";
    case 1: return "ICMP";
    case 6: return "TCP";
    case 17: return "UDP";
    case 43: return "Routing";
    case 44: return "Fragment";
    case 50: return "ESP";
    case 51: return "AH";
    case 58: return "ICMPv6";
    case 59: return "No Next Header";
    case 60: return "Destination Options";
    default: return {};
    }
}

std::string named(std::uint32_t number, std::string_view name)
{
    return name.empty() ? fmt::format("{}", number) : fmt::format("{} ({})", number, name);
}

/// A frame has at most so many extension headers here: more are noise, and each costs a layer.
constexpr int most_extension_headers = 16;

bool is_extension(std::uint8_t protocol) { return protocol == 0 || protocol == 43 || protocol == 44 || protocol == 60; }

} // namespace

void Dissector::ethernet()
{
    LayerReader in = layer("Ethernet", 0);
    in.mac("field.ethernet.destination", &result.mac_destination);
    if (result.mac_destination.is_broadcast()) in.means("word.everyone");
    in.mac("field.ethernet.source", &result.mac_source);
    const std::uint32_t type = in.hex("field.ethernet.type", 2);
    if (type < 0x0600) in.fail("RFC 894: a type is at least 0x0600; less is the length of an IEEE 802.3 frame", 12);
    in.finish();
    if (in.failed()) return;
    switch (static_cast<link::EtherType>(type)) {
    case link::EtherType::ipv4: in.means("0x0800 (IPv4)", {}); return ipv4(in.at());
    case link::EtherType::arp: in.means("0x0806 (ARP)", {}); return arp(in.at());
    case link::EtherType::ipv6: in.means("0x86dd (IPv6)", {}); return ipv6(in.at());
    default: result.unknown_type = static_cast<std::uint16_t>(type);
    }
}

void Dissector::arp(std::size_t from)
{
    LayerReader in = layer("ARP", from);
    const std::uint32_t hardware = in.number("field.arp.hardware", 2);
    const std::uint32_t protocol = in.hex("field.arp.protocol", 2);
    const std::uint32_t hardware_length = in.number("field.arp.hardware_length", 1);
    const std::uint32_t protocol_length = in.number("field.arp.protocol_length", 1);
    if (hardware != 1 || protocol != 0x0800 || hardware_length != 6 || protocol_length != 4)
        in.fail("RFC 826: hardware type 1, protocol 0x0800, lengths 6 and 4 for IPv4 over Ethernet", from);
    const std::uint32_t operation = in.number("field.arp.operation", 2);
    in.means(operation == 1 ? "word.arp.request" : operation == 2 ? "word.arp.reply" : "");
    Dissection::Arp arp;
    arp.request = operation == 1;
    in.mac("field.arp.sender_mac", &arp.sender_mac);
    arp.sender = in.v4("field.arp.sender");
    in.mac("field.arp.target_mac");
    arp.target = in.v4("field.arp.target");
    in.finish();
    if (!in.failed()) result.arp = arp;
}

void Dissector::ipv4(std::size_t from)
{
    LayerReader in = layer("IPv4", from);
    const std::uint32_t first = in.hex("field.ip.version_length", 1);
    const std::size_t header = std::size_t{first & 0x0F} * 4;
    in.means(fmt::format("{}, {}", first >> 4, header), {});
    if (first >> 4 != 4) in.fail("RFC 791 §3.1: the version is 4", from);
    if (header < 20) in.fail("RFC 791 §3.1: the header length is at least 5", from);
    in.hex("field.ip.services", 1);
    const std::size_t total = in.number("field.ip.total_length", 2);
    if (total < header) in.fail("RFC 791 §3.1: the total length includes the header", from + 2);
    if (quoted == 0 && from + total > end) in.fail("RFC 791 §3.1: the total length is more than what came", from + 2);
    in.hex("field.ip.identification", 2);
    const std::uint32_t fragment = in.hex("field.ip.flags_offset", 2);
    if (Field* field = in.last()) {
        const auto part = [&](std::string_view key, bool set) {
            field->parts.push_back({key, set ? "1" : "0", {}, field->offset, 0});
        };
        part("field.ip.dont_fragment", (fragment & 0x4000) != 0);
        part("field.ip.more_fragments", (fragment & 0x2000) != 0);
        field->parts.push_back(
            {"field.ip.fragment_offset", fmt::format("{}", (fragment & 0x1FFF) * 8), {}, field->offset, 0});
    }
    in.number("field.ip.ttl", 1);
    const auto protocol = static_cast<std::uint8_t>(in.number("field.ip.protocol", 1));
    in.means(named(protocol, ip_protocol_name(protocol)), {});
    in.hex("field.ip.checksum", 2);
    if (quoted == 0 && !in.failed() && from + header <= std::min(end, frame.size())) {
        const bool right = wire::internet_checksum(frame.subspan(from, header)) == 0;
        in.means(right ? "word.right" : "word.wrong");
        if (!right) in.layer().wrong = "RFC 791 §3.1: the header checksum is wrong", in.layer().wrong_at = from + 10;
    }
    const wire::Address source = in.v4("field.ip.source"), destination = in.v4("field.ip.destination");
    if (header > 20) in.octets("field.ip.options", header - 20);
    in.finish();
    if (in.failed()) return;
    if (quoted == 0) {
        result.source = source;
        result.destination = destination;
        result.protocol = protocol;
        result.fragment_offset = (fragment & 0x1FFF) * 8;
        result.more_fragments = (fragment & 0x2000) != 0;
    }
    end = std::min(end, from + total); // the link's padding is no part of it
    if ((fragment & 0x1FFF) == 0) transport(protocol, in.at());
}

void Dissector::ipv6(std::size_t from)
{
    LayerReader in = layer("IPv6", from);
    const std::uint32_t first = in.hex("field.ip.version_class_flow", 4);
    in.means(fmt::format("{}, 0x{:02x}, 0x{:05x}", first >> 28, first >> 20 & 0xFF, first & 0xFFFFF), {});
    if (first >> 28 != 6) in.fail("RFC 8200 §3: the version is 6", from);
    const std::size_t length = in.number("field.ip.payload_length", 2);
    if (quoted == 0 && in.at() + 34 + length > end)
        in.fail("RFC 8200 §3: the payload length is more than what came", from + 4);
    auto next = static_cast<std::uint8_t>(in.number("field.ip.next_header", 1));
    in.means(named(next, ip_protocol_name(next)), {});
    in.number("field.ip.hop_limit", 1);
    const wire::Address source = in.v6("field.ip.source"), destination = in.v6("field.ip.destination");
    in.finish();
    if (in.failed()) return;
    end = std::min(end, in.at() + length);
    if (quoted == 0) {
        result.source = source;
        result.destination = destination;
    }

    std::size_t at = in.at();
    std::uint32_t offset = 0;
    bool more = false;
    for (int i = 0; is_extension(next) && offset == 0; ++i) {
        LayerReader extension = layer(ip_protocol_name(next), at);
        if (i == most_extension_headers) return extension.fail("RFC 8200 §4: more extension headers than anyone sends");
        const std::uint8_t kind = next;
        next = static_cast<std::uint8_t>(extension.number("field.ip.next_header", 1));
        extension.means(named(next, ip_protocol_name(next)), {});
        if (kind == 44) { // RFC 8200 §4.5
            extension.number("field.ip.reserved", 1);
            const std::uint32_t field = extension.hex("field.ip.fragment_offset_more", 2);
            offset = field & 0xFFF8;
            more = (field & 1) != 0;
            extension.means(fmt::format("{}, {}", offset, more ? 1 : 0), {});
            extension.hex("field.ip.identification", 4);
        } else {
            const std::size_t octets = (std::size_t{extension.number("field.ip.extension_length", 1)} + 1) * 8;
            extension.means(fmt::format("{}", octets), {});
            extension.octets("field.ip.options", octets - 2);
        }
        extension.finish();
        if (extension.failed()) return;
        at = extension.at();
    }
    if (quoted == 0) {
        result.protocol = next;
        result.fragment_offset = offset;
        result.more_fragments = more;
    }
    if (offset == 0) transport(next, at);
}

} // namespace tegami::exporting
