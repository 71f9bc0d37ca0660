#pragma once
/// Makes of a packet of one family what the layers above ask of either.

#include "sim/net/internet.hpp"

namespace tegami::net {

/// `whole`: the packet's octets, with the link's padding or without.
inline Packet neutral(const inet::Ipv4Packet& packet, Octets whole, bool to_a_group)
{
    return {.source = wire::Address::v4(packet.header.source),
            .destination = wire::Address::v4(packet.header.destination),
            .protocol = packet.header.protocol,
            .payload = packet.payload,
            .whole = whole.first(packet.header_size() + packet.payload.size()),
            .to_a_group = to_a_group,
            .v4 = &packet,
            .v6 = nullptr};
}

inline Packet neutral(const inet::Ipv6Packet& packet, Octets whole, bool to_a_group)
{
    return {.source = packet.header.source,
            .destination = packet.header.destination,
            .protocol = packet.header.next_header,
            .payload = packet.payload,
            .whole = whole.first(inet::ipv6_header_size + packet.payload.size()),
            .to_a_group = to_a_group,
            .v4 = nullptr,
            .v6 = &packet};
}

inline Octets ip_octets(const Frame& frame) { return frame.octets().subspan(link::ethernet_header_size); }

} // namespace tegami::net
