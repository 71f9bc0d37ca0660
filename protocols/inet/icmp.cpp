#include "protocols/inet/icmp.hpp"

#include <cassert>

namespace tegami::inet {

namespace {

/// A whole message. `body` may be empty.
std::uint8_t* encode_icmp(IcmpType type, std::uint8_t code, std::uint32_t rest, wire::Octets body, std::uint8_t* at)
{
    at[0] = static_cast<std::uint8_t>(type);
    at[1] = code;
    wire::store_u16(at + 2, 0);
    wire::store_u32(at + 4, rest);
    if (!body.empty()) std::memmove(at + icmp_header_size, body.data(), body.size());
    const std::size_t size = icmp_header_size + body.size();
    wire::store_u16(at + 2, wire::internet_checksum({at, size}));
    return at + size;
}

wire::Octets quotation(wire::Octets packet, IcmpQuote quote)
{
    assert(packet.size() >= ipv4_header_size);
    const std::size_t size = quote == IcmpQuote::header_and_64_bits
                                 ? std::size_t{packet[0] & 0x0Fu} * 4 + 8
                                 : icmp_error_largest_packet - ipv4_header_size - icmp_header_size;
    return packet.first(std::min(packet.size(), size));
}

} // namespace

wire::Decoded<IcmpMessage> decode_icmp(wire::Octets octets)
{
    if (octets.size() < icmp_header_size)
        return std::unexpected(wire::Malformed{octets.size(), "RFC 792: a header has 8 octets"});
    if (wire::internet_checksum(octets) != 0)
        return std::unexpected(wire::Malformed{2, "RFC 792: the checksum is wrong"});
    return IcmpMessage{
        .type = static_cast<IcmpType>(octets[0]),
        .code = octets[1],
        .rest = wire::load_u32(&octets[4]),
        .body = octets.subspan(icmp_header_size),
    };
}

std::uint8_t* encode_icmp_echo(IcmpType type, std::uint16_t identifier, std::uint16_t sequence_number,
                               wire::Octets data, std::uint8_t* at)
{
    assert(type == IcmpType::echo || type == IcmpType::echo_reply);
    const auto rest = static_cast<std::uint32_t>(identifier) << 16 | sequence_number;
    return encode_icmp(type, 0, rest, data, at);
}

std::uint8_t* encode_icmp_unreachable(UnreachableCode code, wire::Octets packet, std::uint8_t* at, IcmpQuote quote,
                                      std::uint16_t next_hop_mtu)
{
    const std::uint32_t rest = code == UnreachableCode::fragmentation_needed ? next_hop_mtu : 0;
    return encode_icmp(IcmpType::destination_unreachable, static_cast<std::uint8_t>(code), rest,
                       quotation(packet, quote), at);
}

std::uint8_t* encode_icmp_time_exceeded(TimeExceededCode code, wire::Octets packet, std::uint8_t* at, IcmpQuote quote)
{
    return encode_icmp(IcmpType::time_exceeded, static_cast<std::uint8_t>(code), 0, quotation(packet, quote), at);
}

wire::Decoded<QuotedPacket> decode_icmp_quotation(wire::Octets body)
{
    const auto malformed = [](std::size_t offset, std::string_view rule) {
        return std::unexpected(wire::Malformed{offset, rule});
    };
    if (body.size() < ipv4_header_size) return malformed(body.size(), "RFC 792: an error quotes the packet's header");
    if (body[0] >> 4 != 4) return malformed(0, "RFC 791 §3.1: the version is 4");
    const std::size_t header_size = std::size_t{body[0] & 0x0Fu} * 4;
    if (header_size < ipv4_header_size) return malformed(0, "RFC 791 §3.1: the header length is at least 5");
    if (header_size + 8 > body.size())
        return malformed(body.size(), "RFC 792: an error quotes 64 bits of what follows the packet's header");
    return QuotedPacket{detail::load_header(body.data()), body.subspan(header_size)};
}

IcmpErrorRule icmp_error_rule(const Ipv4Packet& packet, LinkDelivery delivery, const Prefix& network)
{
    const Ipv4Header& header = packet.header;
    if (header.fragment_offset != 0) return IcmpErrorRule::later_fragment;
    if (header.protocol == Protocol::icmp) {
        if (packet.payload.empty()) return IcmpErrorRule::about_an_error;
        const auto type = static_cast<IcmpType>(packet.payload[0]);
        if (type != IcmpType::echo && type != IcmpType::echo_reply) return IcmpErrorRule::about_an_error;
    }
    if (is_v4_multicast(header.destination) || is_v4_limited_broadcast(header.destination) ||
        network.is_v4_broadcast(header.destination))
        return IcmpErrorRule::to_many;
    if (delivery == LinkDelivery::to_a_group) return IcmpErrorRule::link_delivered_to_many;
    if (!is_v4_single_host(header.source) || network.is_v4_broadcast(header.source))
        return IcmpErrorRule::source_not_one_host;
    return IcmpErrorRule::allowed;
}

} // namespace tegami::inet
