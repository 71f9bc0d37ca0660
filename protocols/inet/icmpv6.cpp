#include "protocols/inet/icmpv6.hpp"

#include <cassert>

namespace tegami::inet {

namespace {

/// RFC 4443 §2.4 e.3: an option of the kind 10, about which its sender is told even where it asked many.
bool tells_many(const Ipv6Packet& packet, const Icmpv6Error& error)
{
    if (error.type == Icmpv6Type::packet_too_big) return true;
    if (error.type != Icmpv6Type::parameter_problem ||
        static_cast<ParameterProblemCode>(error.code) != ParameterProblemCode::unrecognized_option)
        return false;
    const std::size_t at = error.rest - ipv6_header_size;
    return error.rest >= ipv6_header_size && at < packet.payload.size() && packet.payload[at] >> 6 == 2;
}

} // namespace

wire::Decoded<Icmpv6Message> decode_icmpv6(const Ipv6Header& ip, wire::Octets octets)
{
    if (octets.size() < icmpv6_header_size)
        return std::unexpected(wire::Malformed{octets.size(), "RFC 4443 §2.1: a message has at least 8 octets"});
    auto sum = pseudo_header_sum(ip.source, ip.destination, Protocol::icmpv6, octets.size());
    if (sum.add(octets).checksum() != 0)
        return std::unexpected(wire::Malformed{2, "RFC 4443 §2.3: the checksum is wrong"});
    return Icmpv6Message{
        .type = static_cast<Icmpv6Type>(octets[0]),
        .code = octets[1],
        .rest = wire::load_u32(&octets[4]),
        .body = octets.subspan(icmpv6_header_size),
    };
}

std::uint8_t* encode_icmpv6(Icmpv6Type type, std::uint8_t code, std::uint32_t rest, wire::Octets body,
                            const Icmpv6Way& way, std::uint8_t* at)
{
    if (!body.empty()) std::memmove(at + icmpv6_header_size, body.data(), body.size());
    at[0] = static_cast<std::uint8_t>(type);
    at[1] = code;
    wire::store_u16(at + 2, 0);
    wire::store_u32(at + 4, rest);
    const std::size_t size = icmpv6_header_size + body.size();
    auto sum = pseudo_header_sum(way.source, way.destination, Protocol::icmpv6, size);
    wire::store_u16(at + 2, sum.add({at, size}).checksum());
    return at + size;
}

std::uint8_t* encode_icmpv6_echo(Icmpv6Type type, std::uint16_t identifier, std::uint16_t sequence_number,
                                 wire::Octets data, const Icmpv6Way& way, std::uint8_t* at)
{
    assert(type == Icmpv6Type::echo_request || type == Icmpv6Type::echo_reply);
    const auto rest = static_cast<std::uint32_t>(identifier) << 16 | sequence_number;
    return encode_icmpv6(type, 0, rest, data, way, at);
}

std::uint8_t* encode_icmpv6_error(const Icmpv6Error& error, wire::Octets packet, const Icmpv6Way& way, std::uint8_t* at)
{
    assert(is_error(error.type) && packet.size() >= ipv6_header_size);
    const std::size_t quoted = std::min(packet.size(), icmpv6_error_largest - icmpv6_header_size);
    return encode_icmpv6(error.type, error.code, error.rest, packet.first(quoted), way, at);
}

wire::Decoded<QuotedPacket6> decode_icmpv6_quotation(wire::Octets body)
{
    const auto malformed = [](std::size_t offset, std::string_view rule) {
        return std::unexpected(wire::Malformed{offset, rule});
    };
    if (body.size() < ipv6_header_size)
        return malformed(body.size(), "RFC 4443 §2.4: an error quotes the packet's header");
    if (body[0] >> 4 != 6) return malformed(0, "RFC 8200 §3: the version is 6");
    const Ipv6Header header = detail::load_ipv6_header(body.data());
    const auto glance = glance_at_headers(header, body.subspan(ipv6_header_size));
    if (!glance) return std::unexpected(glance.error());
    if (glance->payload.size() < 8)
        return malformed(body.size(), "RFC 4443 §2.4: an error quotes as much of the packet as fits");
    return QuotedPacket6{header, glance->protocol, glance->payload};
}

IcmpErrorRule icmpv6_error_rule(const Ipv6Packet& packet, LinkDelivery delivery, const Icmpv6Error& error)
{
    const auto glance = glance_at_headers(packet.header, packet.payload);
    if (glance && glance->protocol == Protocol::icmpv6 && !glance->payload.empty()) {
        const auto type = static_cast<Icmpv6Type>(glance->payload[0]);
        if (is_error(type) || type == Icmpv6Type::redirect) return IcmpErrorRule::about_an_error;
    }
    if (!tells_many(packet, error)) {
        if (is_v6_multicast(packet.header.destination)) return IcmpErrorRule::to_many;
        if (delivery == LinkDelivery::to_a_group) return IcmpErrorRule::link_delivered_to_many;
    }
    if (!is_v6_single_host(packet.header.source)) return IcmpErrorRule::source_not_one_host;
    return IcmpErrorRule::allowed;
}

} // namespace tegami::inet
