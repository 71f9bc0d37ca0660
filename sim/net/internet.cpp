// Packets in and out. ICMP of both families: internet_icmp.cpp.

#include "sim/net/internet.hpp"

#include "protocols/inet/address_choice.hpp"
#include "sim/net/neutral_packet.hpp"
#include "sim/net/routes.hpp"
#include "sim/net/tcp.hpp"
#include "sim/net/udp.hpp"

namespace tegami::net {

using inet::Protocol;

Internet::Internet(Context& context, Links& links, Neighbours& neighbours, const Topology& topology)
    : context_(context), links_(links), neighbours_(neighbours), hosts_(context.engine.node_count())
{
    std::vector<Ways> ways = compute_routes(
        topology, [&](std::size_t host, std::size_t interface) { return links.nic_of(host, interface); });
    for (std::size_t i = 0; i < topology.hosts.size(); ++i) {
        if (topology.hosts[i].is_switch()) continue;
        Host& host = hosts_[engine::index_of(context.engine.find(topology.hosts[i].name))];
        host.ways = std::move(ways[i]);
        host.router = topology.hosts[i].is_router();
        for (std::size_t k = 0; k < topology.hosts[i].interfaces.size(); ++k) {
            const NicId nic = links.nic_of(i, k);
            for (const Own& own : neighbours.addresses(nic)) on_address(nic, own.what, true);
            if (links[nic].kind == NicKind::loopback) {
                host.loopback = nic;
                continue;
            }
            if (!host.has_nic || nic < host.first_nic) host.first_nic = nic;
            host.has_nic = true;
        }
    }
    context.engine.handle(engine::DueKind::reassembly, this, [](void* self, const engine::Due& due) {
        static_cast<Internet*>(self)->on_reassembly_due(due.target);
    });
}

void Internet::on_address(NicId nic, const InterfaceAddress& address, bool usable)
{
    Host& host = hosts_[engine::index_of(links_[nic].node)];
    // All of 127/8 is the host itself: RFC 1122 §3.2.1.3.
    const bool whole = links_[nic].kind == NicKind::loopback;
    const inet::Prefix own =
        whole ? address.network() : inet::Prefix{address.address, inet::address_bits(address.address)};
    if (usable)
        host.ways.put(own, itself, std::nullopt);
    else
        host.ways.remove(own);
    // What shares its prefix is on the link. (Those of the topology are in its routes already.)
    if (usable && !whole && !address.alone()) host.ways.put(address.network(), nic, std::nullopt);
    if (usable && udp_) udp_->on_address(links_[nic].node);
}

wire::Address Internet::address_of(NodeId node) const
{
    const Host& host = hosts_[engine::index_of(node)];
    if (host.has_nic)
        for (const Own& own : neighbours_.addresses(host.first_nic))
            if (!inet::is_v6_link_local(own.what.address)) return own.what.address;
    return wire::Address::v4(0);
}

std::optional<wire::Address> Internet::address_of(NodeId node, bool v4) const
{
    for (const NicId nic : links_.nics_of(node)) {
        if (links_[nic].kind != NicKind::end) continue;
        for (const Own& own : neighbours_.addresses(nic))
            if (own.usable() && own.what.address.is_v4() == v4 && !inet::is_v6_link_local(own.what.address))
                return own.what.address;
    }
    return std::nullopt;
}

// ---- out -----------------------------------------------------------------------------------------------------------

/// Our address for packets over `nic`; unspecified where there is none. RFC 6724 §5.
wire::Address Internet::source_over(NicId nic, const wire::Address& destination) const
{
    const bool v4 = destination.is_v4();
    const std::span<const Own> all = neighbours_.addresses(nic);
    // On most interfaces there is nothing to choose.
    if (v4 && all.size() == 1)
        return all[0].usable() && all[0].what.address.is_v4() ? all[0].what.address : wire::Address{};
    std::vector<inet::OwnSource> sources;
    for (const Own& own : all) {
        if (!own.usable() || own.what.address.is_v4() != v4) continue;
        // A link-local source gets nowhere beyond the link: better to say that there is no way.
        const bool near = !v4 && inet::is_v6_link_local(own.what.address);
        if (near && inet::scope_of(destination) > inet::Scope::link_local) continue;
        sources.push_back({own.what.address, std::min(own.what.prefix_length, inet::address_bits(own.what.address)),
                           index_of(nic), false});
    }
    const auto chosen = inet::choose_source({destination, index_of(nic), true}, sources);
    return chosen ? sources[*chosen].address : wire::Address{};
}

Path Internet::path(NodeId from, const wire::Address& destination, NicId over) const
{
    const Host& host = hosts_[engine::index_of(from)];
    NicId nic{};
    wire::Address neighbour = destination;
    if (destination.is_v4()) {
        const Route* const route = host.ways.v4.find(destination.to_v4());
        if (!route) return {};
        nic = route->nic;
        if (route->next_hop != 0) neighbour = wire::Address::v4(route->next_hop);
    } else {
        const Route6* const route = host.ways.v6.find(Bits128{destination});
        const bool on_a_link = inet::is_v6_link_local(destination) || inet::is_v6_multicast(destination);
        if (route && (route->nic == itself || !on_a_link)) {
            nic = route->nic;
            if (!(route->next_hop == Bits128{})) neighbour = route->next_hop.address();
        } else if (on_a_link && host.has_nic) {
            nic = over == itself ? host.first_nic : over;
        } else
            return {};
    }
    // Its own address: over the loopback interface, and from that same address.
    if (nic == itself) {
        if (host.loopback == itself) return {};
        return {host.loopback, destination, destination, true, destination.is_v4()};
    }
    const wire::Address source = source_over(nic, destination);
    if (source == wire::Address{}) return {};
    return {nic, neighbour, source, true, destination.is_v4()};
}

Frame& Internet::packet(const inet::Ipv4Header& header, std::size_t payload)
{
    Frame& frame = context_.frames.take(link::ethernet_header_size + inet::ipv4_header_size + payload);
    inet::encode(header, payload, frame.data() + link::ethernet_header_size);
    return frame;
}

Frame& Internet::packet(const inet::Ipv6Header& header, std::size_t payload)
{
    Frame& frame = context_.frames.take(link::ethernet_header_size + inet::ipv6_header_size + payload);
    inet::encode(header, payload, frame.data() + link::ethernet_header_size);
    return frame;
}

Frame& Internet::packet(const IpHeader& header, std::size_t payload)
{
    if (header.destination.is_v4())
        return packet(inet::Ipv4Header{.source = header.source.to_v4(),
                                       .destination = header.destination.to_v4(),
                                       .protocol = header.protocol,
                                       .time_to_live = header.hop_limit},
                      payload);
    return packet(inet::Ipv6Header{.source = header.source,
                                   .destination = header.destination,
                                   .next_header = header.protocol,
                                   .hop_limit = header.hop_limit},
                  payload);
}

// ---- in ------------------------------------------------------------------------------------------------------------

void Internet::on_packet(NicId nic, Frame& frame, bool to_a_group)
{
    const auto packet = inet::decode_ipv4(ip_octets(frame));
    if (!packet) [[unlikely]]
        return links_.drop(nic, frame, run::DropReason::malformed, packet.error().rule);
    const std::uint32_t destination = packet->header.destination;
    const Host& host = host_at(nic);
    if (!host.router && destination == links_[nic].address) return deliver(nic, frame, *packet, to_a_group);
    const Route* const route = host.ways.v4.find(destination);
    if (route && route->nic == itself) {
        if (inet::is_v4_loopback(destination) && links_[nic].kind != NicKind::loopback)
            return links_.drop(nic, frame, run::DropReason::malformed,
                               "RFC 1122 §3.2.1.3: 127.0.0.0/8 does not appear outside a host");
        return deliver(nic, frame, *packet, to_a_group);
    }
    // A packet that the link gave to many is passed on to nobody: RFC 1812 §5.3.4.
    if (!host.router || to_a_group) return links_.drop(nic, frame, run::DropReason::not_for_us);
    if (!route) {
        send_error(nic, frame, neutral(*packet, ip_octets(frame), to_a_group), PacketError::no_route);
        return links_.drop(nic, frame, run::DropReason::no_route);
    }
    forward(nic, frame, *packet, *route, to_a_group);
}

void Internet::forward(NicId nic, Frame& frame, const inet::Ipv4Packet& packet, const Route& route, bool to_a_group)
{
    const Host& host = host_at(nic);
    if (host.guarded && is_filtered(nic, route.nic, frame, neutral(packet, ip_octets(frame), to_a_group))) return;
    auto fit = inet::Ipv4Fit::whole;
    if (const std::uint16_t mtu = links_[route.nic].mtu; frame.length > link::ethernet_header_size + mtu) [[unlikely]] {
        const std::size_t size = packet.header_size() + packet.payload.size();
        fit = inet::fit_ipv4(packet.header.dont_fragment, size, mtu);
        if (fit == inet::Ipv4Fit::refused && packet.header.time_to_live > 1) { // RFC 1191 §4
            send_error(nic, frame, neutral(packet, ip_octets(frame), to_a_group), PacketError::too_big, mtu);
            return links_.drop(nic, frame, run::DropReason::too_big);
        }
    }
    if (!inet::decrement_time_to_live(frame.data() + link::ethernet_header_size)) {
        send_error(nic, frame, neutral(packet, ip_octets(frame), to_a_group), PacketError::hop_limit);
        return links_.drop(nic, frame, run::DropReason::ttl_exceeded);
    }
    const std::uint32_t neighbour = route.next_hop != 0 ? route.next_hop : packet.header.destination;
    if (fit == inet::Ipv4Fit::cut) [[unlikely]]
        return cut_for(nic, route.nic, wire::Address::v4(neighbour), frame, packet);
    links_.send(route.nic, neighbour, frame);
}

void Internet::deliver(NicId nic, Frame& frame, const inet::Ipv4Packet& packet, bool to_a_group)
{
    if (packet.header.is_fragment()) [[unlikely]]
        return on_fragment(nic, frame, packet);
    hand_up(nic, frame, neutral(packet, ip_octets(frame), to_a_group));
}

void Internet::on_packet6(NicId nic, Frame& frame, bool to_a_group)
{
    const auto packet = inet::decode_ipv6(ip_octets(frame));
    if (!packet) [[unlikely]]
        return links_.drop(nic, frame, run::DropReason::malformed, packet.error().rule);
    const wire::Address& destination = packet->header.destination;
    if (inet::is_v6_multicast(destination)) {
        if (neighbours_.has_joined(nic, destination)) return deliver6(nic, frame, *packet, true);
        return context_.frames.give_back(frame);
    }
    const Host& host = host_at(nic);
    const Route6* const route = host.ways.v6.find(Bits128{destination});
    if (route && route->nic == itself) {
        if (inet::is_v6_loopback(destination) && links_[nic].kind != NicKind::loopback)
            return links_.drop(nic, frame, run::DropReason::malformed,
                               "RFC 4291 §2.5.3: the loopback address does not appear outside a host");
        return deliver6(nic, frame, *packet, to_a_group);
    }
    if (!host.router || to_a_group || inet::is_v6_link_local(destination))
        return links_.drop(nic, frame, run::DropReason::not_for_us);
    forward6(nic, frame, *packet, to_a_group);
}

void Internet::forward6(NicId nic, Frame& frame, const inet::Ipv6Packet& packet, bool to_a_group)
{
    const Packet neutral_packet = neutral(packet, ip_octets(frame), to_a_group);
    const Route6* const route = host_at(nic).ways.v6.find(Bits128{packet.header.destination});
    if (!route) {
        send_error(nic, frame, neutral_packet, PacketError::no_route);
        return links_.drop(nic, frame, run::DropReason::no_route);
    }
    if (inet::is_v6_link_local(packet.header.source)) { // RFC 4291 §2.5.6
        send_error(nic, frame, neutral_packet, PacketError::beyond_scope);
        return links_.drop(nic, frame, run::DropReason::no_route);
    }
    if (host_at(nic).guarded && is_filtered(nic, route->nic, frame, neutral_packet)) return;
    const std::uint16_t mtu = links_[route->nic].mtu;
    if (neutral_packet.whole.size() > mtu && packet.header.hop_limit > 1) { // RFC 8200 §5: routers cut nothing
        send_error(nic, frame, neutral_packet, PacketError::too_big, mtu);
        return links_.drop(nic, frame, run::DropReason::too_big);
    }
    if (!inet::decrement_hop_limit(frame.data() + link::ethernet_header_size)) {
        send_error(nic, frame, neutral_packet, PacketError::hop_limit);
        return links_.drop(nic, frame, run::DropReason::ttl_exceeded);
    }
    links_.send(route->nic, route->next_hop == Bits128{} ? packet.header.destination : route->next_hop.address(),
                frame);
}

void Internet::deliver6(NicId nic, Frame& frame, const inet::Ipv6Packet& packet, bool to_a_group)
{
    Packet whole = neutral(packet, ip_octets(frame), to_a_group);
    const inet::Ipv6Walk walk = inet::walk_headers(packet);
    switch (walk.end) {
    case inet::Ipv6Walk::End::upper_layer: break;
    case inet::Ipv6Walk::End::nothing: return context_.frames.give_back(frame);
    case inet::Ipv6Walk::End::fragment: return on_fragment6(nic, frame, packet, walk);
    case inet::Ipv6Walk::End::discarded: return links_.drop(nic, frame, run::DropReason::malformed, walk.rule);
    case inet::Ipv6Walk::End::parameter_problem:
        send_error(nic, frame, whole, PacketError::header, walk.pointer, walk.code);
        return links_.drop(nic, frame, run::DropReason::malformed, walk.rule);
    }
    whole.protocol = walk.protocol;
    whole.payload = walk.payload;
    if (whole.protocol != Protocol::tcp && whole.protocol != Protocol::udp && whole.protocol != Protocol::icmpv6) {
        const inet::Ipv6Walk unknown = walk.unknown_protocol();
        if (unknown.end == inet::Ipv6Walk::End::parameter_problem)
            send_error(nic, frame, whole, PacketError::header, unknown.pointer, unknown.code);
        return links_.drop(nic, frame, run::DropReason::no_protocol);
    }
    hand_up(nic, frame, whole);
}

void Internet::hand_up(NicId nic, Frame& frame, const Packet& packet)
{
    switch (packet.protocol) {
    case Protocol::tcp: return tcp_->on_packet(nic, frame, packet);
    case Protocol::udp: return udp_->on_packet(nic, frame, packet);
    case Protocol::icmp:
        if (packet.v4) return on_icmp(nic, frame, packet);
        break;
    case Protocol::icmpv6:
        if (packet.v6) return on_icmpv6(nic, frame, packet);
        break;
    default: break;
    }
    send_error(nic, frame, packet, PacketError::no_protocol);
    links_.drop(nic, frame, run::DropReason::no_protocol);
}

void Internet::on_no_neighbour(NicId nic, Frame& frame)
{
    const Octets octets = ip_octets(frame);
    const auto is_own = [&](const wire::Address& source) {
        return std::ranges::any_of(neighbours_.addresses(nic),
                                   [&](const Own& own) { return own.what.address == source; });
    };
    // RFC 1812 §5.2.7.1, RFC 4443 §3.1: a router tells whose packet it was.
    if (is_router(links_[nic].node)) {
        if (octets[0] >> 4 == 4) {
            const auto packet = inet::decode_ipv4(octets);
            if (packet && !is_own(wire::Address::v4(packet->header.source)))
                send_error(nic, frame, neutral(*packet, octets, false), PacketError::no_neighbour);
        } else {
            const auto packet = inet::decode_ipv6(octets);
            if (packet && !is_own(packet->header.source))
                send_error(nic, frame, neutral(*packet, octets, false), PacketError::no_neighbour);
        }
    }
    links_.drop(nic, frame, run::DropReason::no_neighbour);
}

void Internet::port_unreachable(NicId nic, Frame& frame, const Packet& packet)
{
    send_error(nic, frame, packet, PacketError::no_port);
    links_.drop(nic, frame, run::DropReason::no_listener);
}

} // namespace tegami::net
