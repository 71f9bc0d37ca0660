// UDP (RFC 768), TCP (RFC 9293 §3.1) with its options, ICMP (RFC 792), ICMPv6 (RFC 4443) with neighbour discovery
// (RFC 4861 §4).
#include "protocols/wire/checksum.hpp"
#include "sim/export/dissector.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tegami::exporting {
namespace {

/// An error quotes the packet it is about; what that one quotes is not taken apart any more.
constexpr int most_quotes = 1;

std::string_view icmp_type_word(std::uint32_t type)
{
    switch (type) {
    case 0: return "word.icmp.echo_reply";
    case 3: return "word.icmp.unreachable";
    case 5: return "word.icmp.redirect";
    case 8: return "word.icmp.echo";
    case 11: return "word.icmp.time_exceeded";
    case 12: return "word.icmp.parameter_problem";
    default: return {};
    }
}

std::string_view icmpv6_type_word(std::uint32_t type)
{
    switch (type) {
    case 1: return "word.icmp.unreachable";
    case 2: return "word.icmp.packet_too_big";
    case 3: return "word.icmp.time_exceeded";
    case 4: return "word.icmp.parameter_problem";
    case 128: return "word.icmp.echo";
    case 129: return "word.icmp.echo_reply";
    case 133: return "word.ndp.router_solicitation";
    case 134: return "word.ndp.router_advertisement";
    case 135: return "word.ndp.neighbour_solicitation";
    case 136: return "word.ndp.neighbour_advertisement";
    default: return {};
    }
}

void bit(Field& field, std::string_view key, bool set)
{
    field.parts.push_back({key, set ? "1" : "0", {}, field.offset, 0});
}

/// Options of neighbour discovery. RFC 4861 §4.6.
void read_neighbour_options(LayerReader& in)
{
    while (in.left() > 0 && !in.failed()) {
        const std::size_t from = in.at();
        in.open("field.ndp.option");
        const std::uint32_t type = in.number("field.ndp.option_type", 1);
        in.means(type == 1   ? "word.ndp.source_link"
                 : type == 2 ? "word.ndp.target_link"
                 : type == 3 ? "word.ndp.prefix"
                 : type == 5 ? "word.ndp.mtu"
                             : "");
        const std::size_t octets = std::size_t{in.number("field.ndp.option_length", 1)} * 8;
        if (octets == 0) in.fail("RFC 4861 §4.6: an option's length is not 0", from + 1);
        if ((type == 1 || type == 2) && octets == 8)
            in.mac("field.ndp.link_address");
        else if (octets > 2)
            in.octets("field.ip.options", octets - 2);
        in.close();
    }
}

/// RFC 9293 §3.2; RFC 2018 §2 and §3; RFC 7323 §2.2, §3.2.
void read_tcp_option(LayerReader& in, std::size_t end)
{
    const std::size_t from = in.at();
    in.open("field.tcp.option");
    const std::uint32_t kind = in.number("field.tcp.option_kind", 1);
    if (kind == 0 || kind == 1) {
        in.means(kind == 0 ? "word.tcp.end_of_options" : "word.tcp.no_operation");
        return in.close();
    }
    const std::size_t length = in.number("field.tcp.option_length", 1);
    if (length < 2 || from + length > end) {
        in.fail("RFC 9293 §3.1: an option ends within the header", from + 1);
        return in.close();
    }
    const auto kind_is = [&](std::string_view word, std::size_t wanted) {
        if (Field* field = in.last(); field && length == wanted) return field->word = word, true;
        return false;
    };
    if (kind == 2 && kind_is("word.tcp.mss", 4)) {
        in.number("field.tcp.mss", 2);
    } else if (kind == 3 && kind_is("word.tcp.window_scale", 3)) {
        const std::uint32_t shift = in.number("field.tcp.shift", 1);
        in.means(fmt::format("{} (× {})", shift, 1u << std::min(shift, 14u)), {});
    } else if (kind == 4 && kind_is("word.tcp.sack_permitted", 2)) {
    } else if (kind == 5 && length >= 10 && (length - 2) % 8 == 0) {
        kind_is("word.tcp.sack", length);
        for (std::size_t i = 0; i < (length - 2) / 8; ++i) {
            in.number("field.tcp.sack_left", 4);
            in.number("field.tcp.sack_right", 4);
        }
    } else if (kind == 8 && kind_is("word.tcp.timestamps", 10)) {
        in.number("field.tcp.timestamp", 4);
        in.number("field.tcp.timestamp_echo", 4);
    } else if (length > 2) {
        in.octets("field.ip.options", length - 2);
    }
    in.close();
}

} // namespace

void Dissector::judge_checksum(LayerReader& in, std::size_t from, bool optional)
{
    const bool is_fragment = result.fragment_offset != 0 || result.more_fragments;
    if (quoted > 0 || is_fragment || in.failed() || end > frame.size() || !result.source) return;
    Field* const field = in.last();
    if (optional && wire::load_u16(&frame[field->offset]) == 0) return in.means("word.none");
    wire::ChecksumSum sum;
    const auto length = static_cast<std::uint32_t>(end - from);
    if (result.source->is_v4()) {
        sum.add_u32(result.source->to_v4()).add_u32(result.destination->to_v4());
        sum.add_u16(result.protocol).add_u16(static_cast<std::uint16_t>(length));
    } else { // RFC 8200 §8.1
        sum.add(result.source->octets).add(result.destination->octets).add_u32(length).add_u32(result.protocol);
    }
    const bool right = sum.add(frame.subspan(from, length)).checksum() == 0;
    in.means(right ? "word.right" : "word.wrong");
}

void Dissector::transport(std::uint8_t protocol, std::size_t from)
{
    switch (protocol) {
    case 1: return icmp(from);
    case 6: return tcp(from);
    case 17: return udp(from);
    case 58: return icmpv6(from);
    default: return;
    }
}

void Dissector::icmp(std::size_t from)
{
    LayerReader in = layer("ICMP", from);
    const std::uint32_t type = in.number("field.icmp.type", 1);
    in.means(icmp_type_word(type));
    const std::uint32_t code = in.number("field.icmp.code", 1);
    in.hex("field.ip.checksum", 2);
    if (quoted == 0 && !in.failed() && end <= frame.size() && !result.more_fragments)
        in.means(wire::internet_checksum(frame.subspan(from, end - from)) == 0 ? "word.right" : "word.wrong");
    if (quoted == 0 && !in.failed()) result.icmp.emplace(type, code);
    const bool is_error = type == 3 || type == 11 || type == 12;
    if (type == 0 || type == 8) {
        in.number("field.icmp.identifier", 2);
        in.number("field.icmp.sequence", 2);
        in.octets("field.data", in.left());
    } else if (type == 3 && code == 4) { // RFC 1191 §4
        in.number("field.ip.reserved", 2);
        in.number("field.icmp.next_hop_mtu", 2);
    } else {
        in.octets("field.ip.reserved", std::min<std::size_t>(4, in.left()));
    }
    in.finish();
    if (in.failed() || !is_error || quoted >= most_quotes || in.left() == 0) return;
    Dissector{frame, context, result, end, false, quoted + 1}.ipv4(in.at());
}

void Dissector::icmpv6(std::size_t from)
{
    LayerReader in = layer("ICMPv6", from);
    const std::uint32_t type = in.number("field.icmp.type", 1);
    in.means(icmpv6_type_word(type));
    const std::uint32_t code = in.number("field.icmp.code", 1);
    in.hex("field.ip.checksum", 2);
    judge_checksum(in, from, false);
    if (quoted == 0 && !in.failed()) {
        result.icmp.emplace(type, code);
        result.icmpv6 = true;
    }
    switch (type) {
    case 2: in.number("field.icmp.next_hop_mtu", 4); break;
    case 4: in.number("field.icmp.pointer", 4); break;
    case 128:
    case 129:
        in.number("field.icmp.identifier", 2);
        in.number("field.icmp.sequence", 2);
        in.octets("field.data", in.left());
        break;
    case 133:
        in.octets("field.ip.reserved", 4);
        read_neighbour_options(in);
        break;
    case 134:
        in.number("field.ip.hop_limit", 1);
        in.hex("field.ndp.flags", 1);
        in.number("field.ndp.router_lifetime", 2);
        in.number("field.ndp.reachable_time", 4);
        in.number("field.ndp.retrans_timer", 4);
        read_neighbour_options(in);
        break;
    case 135:
    case 136: {
        const std::uint32_t flags = in.hex(type == 136 ? "field.ndp.flags" : "field.ip.reserved", 4);
        if (Field* field = in.last(); field && type == 136) {
            bit(*field, "field.ndp.router", flags >> 31 != 0);
            bit(*field, "field.ndp.solicited", (flags >> 30 & 1) != 0);
            bit(*field, "field.ndp.override", (flags >> 29 & 1) != 0);
        }
        result.neighbour = in.v6("field.ndp.target");
        read_neighbour_options(in);
        break;
    }
    default: in.octets("field.ip.reserved", std::min<std::size_t>(4, in.left()));
    }
    in.finish();
    const bool is_error = type < 128;
    if (in.failed() || !is_error || quoted >= most_quotes || in.left() == 0) return;
    Dissector{frame, context, result, end, false, quoted + 1}.ipv6(in.at());
}

void Dissector::udp(std::size_t from)
{
    LayerReader in = layer("UDP", from);
    const auto source = static_cast<std::uint16_t>(in.number("field.port.source", 2));
    const auto destination = static_cast<std::uint16_t>(in.number("field.port.destination", 2));
    const std::size_t length = in.number("field.udp.length", 2);
    if (length < 8) in.fail("RFC 768: the length includes the header", from + 4);
    if (quoted == 0 && !result.more_fragments && from + length > end)
        in.fail("RFC 768: the length is more than what came", from + 4);
    in.hex("field.ip.checksum", 2);
    judge_checksum(in, from, result.source && result.source->is_v4());
    in.finish();
    if (quoted > 0) return;
    if (in.at() >= from + 4) result.ports.emplace(source, destination);
    if (in.failed()) return;
    end = std::min(end, from + length);
    result.payload_offset = in.at();
    result.payload_size = end - in.at();
    if (result.payload_size > 0) application(in.at(), source, destination);
}

void Dissector::tcp(std::size_t from)
{
    LayerReader in = layer("TCP", from);
    const auto source = static_cast<std::uint16_t>(in.number("field.port.source", 2));
    const auto destination = static_cast<std::uint16_t>(in.number("field.port.destination", 2));
    const std::uint32_t seq = in.number("field.tcp.seq", 4);
    const std::uint32_t ack = in.number("field.tcp.ack", 4);
    const std::uint32_t offset_flags = in.hex("field.tcp.offset_flags", 2);
    const std::size_t header = std::size_t{offset_flags >> 12} * 4;
    const auto flags = static_cast<std::uint8_t>(offset_flags);
    if (Field* field = in.last()) {
        field->parts.push_back({"field.tcp.header_length", fmt::format("{}", header), {}, field->offset, 0});
        constexpr std::array<std::string_view, 8> keys{"field.tcp.cwr",      "field.tcp.ece", "field.tcp.urg",
                                                       "field.tcp.ack_flag", "field.tcp.psh", "field.tcp.rst",
                                                       "field.tcp.syn",      "field.tcp.fin"};
        for (std::size_t i = 0; i < keys.size(); ++i)
            if ((flags >> (7 - i) & 1) != 0) bit(*field, keys[i], true);
    }
    if (header < 20) in.fail("RFC 9293 §3.1: the header has at least 20 octets", from + 12);
    if (quoted == 0 && from + header > end) in.fail("RFC 9293 §3.1: the header ends within the segment", from + 12);
    in.number("field.tcp.window", 2);
    in.hex("field.ip.checksum", 2);
    judge_checksum(in, from, false);
    in.number("field.tcp.urgent", 2);
    while (!in.failed() && in.at() < from + header) read_tcp_option(in, from + header);
    in.finish();
    if (quoted > 0) return;
    if (in.at() >= from + 14) {
        result.ports.emplace(source, destination);
        result.tcp = true;
        result.seq = seq;
        result.ack = ack;
        result.tcp_flags = flags;
    }
    if (in.failed()) return;
    result.payload_offset = in.at();
    result.payload_size = in.left();
    if (result.payload_size > 0) application(in.at(), source, destination);
}

void Dissector::application(std::size_t from, std::uint16_t source, std::uint16_t destination)
{
    if (result.fragment_offset != 0 || quoted > 0) return;
    std::string_view protocol = context.application;
    if (protocol.empty()) protocol = protocol_by_port(destination);
    if (protocol.empty()) protocol = protocol_by_port(source);
    if (from >= frame.size()) return; // recorded without what it carries
    if (protocol == "DNS") return dns(from);
    if (result.tcp && (protocol == "SMTP" || protocol == "LMTP" || protocol == "POP3")) mail_lines(protocol, from);
}

} // namespace tegami::exporting
