#include "sim/net/internet.hpp"

#include "sim/net/routes.hpp"
#include "sim/net/tcp.hpp"
#include "sim/net/udp.hpp"

namespace tegami::net {

using inet::IcmpType;
using inet::Protocol;

Internet::Internet(Context& context, Links& links, const Topology& topology)
    : context_(context), links_(links), hosts_(context.engine.node_count())
{
    std::vector<PrefixTable> tables = compute_routes(
        topology, [&](std::size_t host, std::size_t interface) { return links.nic_of(host, interface); });
    for (std::size_t i = 0; i < topology.hosts.size(); ++i) {
        Host& host = hosts_[engine::index_of(context.engine.find(topology.hosts[i].name))];
        host.routes = std::move(tables[i]);
        host.router = topology.hosts[i].router;
        for (std::size_t k = 0; k < topology.hosts[i].interfaces.size(); ++k) {
            const NicId nic = links.nic_of(i, k);
            host.routes.put(links[nic].address, 32, {itself, 0});
            if (!host.has_nic || nic < host.first_nic) host.first_nic = nic;
            host.has_nic = true;
        }
    }
}

wire::Address Internet::address_of(NodeId node) const
{
    const Host& host = hosts_[engine::index_of(node)];
    return wire::Address::v4(host.has_nic ? links_[host.first_nic].address : 0);
}

Frame& Internet::packet(const inet::Ipv4Header& header, std::size_t payload)
{
    Frame& frame = context_.frames.take(headers + payload);
    inet::encode(header, payload, frame.data() + link::ethernet_header_size);
    return frame;
}

void Internet::on_packet(NicId nic, Frame& frame, bool to_a_group)
{
    const auto packet = inet::decode_ipv4(frame.octets().subspan(link::ethernet_header_size));
    if (!packet) [[unlikely]]
        return links_.drop(nic, frame, run::DropReason::malformed, packet.error().rule);
    const std::uint32_t destination = packet->header.destination;
    if (destination == links_[nic].address) return deliver(nic, frame, *packet, to_a_group);

    const NodeId node = links_[nic].node;
    const Route* const route = hosts_[engine::index_of(node)].routes.find(destination);
    if (route && route->nic == itself) return deliver(nic, frame, *packet, to_a_group);
    if (!is_router(node)) return links_.drop(nic, frame, run::DropReason::not_for_us);
    if (!route) {
        send_error(nic, frame, *packet, to_a_group, IcmpType::destination_unreachable,
                   static_cast<std::uint8_t>(inet::UnreachableCode::network), [&](Octets quoted, std::uint8_t* at) {
                       return inet::encode_icmp_unreachable(inet::UnreachableCode::network, quoted, at);
                   });
        return links_.drop(nic, frame, run::DropReason::no_route);
    }
    forward(nic, frame, *packet, *route, to_a_group);
}

void Internet::forward(NicId nic, Frame& frame, const inet::Ipv4Packet& packet, const Route& route, bool to_a_group)
{
    if (!inet::decrement_time_to_live(frame.data() + link::ethernet_header_size)) {
        send_error(nic, frame, packet, to_a_group, IcmpType::time_exceeded,
                   static_cast<std::uint8_t>(inet::TimeExceededCode::in_transit), [&](Octets quoted, std::uint8_t* at) {
                       return inet::encode_icmp_time_exceeded(inet::TimeExceededCode::in_transit, quoted, at);
                   });
        return links_.drop(nic, frame, run::DropReason::ttl_exceeded);
    }
    links_.send(route.nic, route.next_hop != 0 ? route.next_hop : packet.header.destination, frame);
}

void Internet::on_no_neighbour(NicId nic, Frame& frame)
{
    const NodeId node = links_[nic].node;
    const auto packet = inet::decode_ipv4(frame.octets().subspan(link::ethernet_header_size));
    if (packet && is_router(node) &&
        packet->header.source != links_[nic].address) // RFC 1812 §5.2.7.1: host unreachable
        send_error(nic, frame, *packet, false, IcmpType::destination_unreachable,
                   static_cast<std::uint8_t>(inet::UnreachableCode::host), [&](Octets quoted, std::uint8_t* at) {
                       return inet::encode_icmp_unreachable(inet::UnreachableCode::host, quoted, at);
                   });
    links_.drop(nic, frame, run::DropReason::no_neighbour);
}

void Internet::deliver(NicId nic, Frame& frame, const inet::Ipv4Packet& packet, bool to_a_group)
{
    if (packet.header.is_fragment())
        return links_.drop(nic, frame, run::DropReason::no_protocol, "RFC 791 §3.2: fragments");
    switch (packet.header.protocol) {
    case Protocol::tcp: return tcp_->on_packet(nic, frame, packet);
    case Protocol::udp: return udp_->on_packet(nic, frame, packet);
    case Protocol::icmp: return on_icmp(nic, frame, packet);
    default: break;
    }
    send_error(nic, frame, packet, to_a_group, IcmpType::destination_unreachable,
               static_cast<std::uint8_t>(inet::UnreachableCode::protocol), [&](Octets quoted, std::uint8_t* at) {
                   return inet::encode_icmp_unreachable(inet::UnreachableCode::protocol, quoted, at);
               });
    links_.drop(nic, frame, run::DropReason::no_protocol);
}

void Internet::port_unreachable(NicId nic, Frame& frame, const inet::Ipv4Packet& packet)
{
    send_error(nic, frame, packet, false, IcmpType::destination_unreachable,
               static_cast<std::uint8_t>(inet::UnreachableCode::port), [&](Octets quoted, std::uint8_t* at) {
                   return inet::encode_icmp_unreachable(inet::UnreachableCode::port, quoted, at);
               });
    links_.drop(nic, frame, run::DropReason::no_listener);
}

// ---- ICMP ----------------------------------------------------------------------------------------------------------

template <class Encode>
void Internet::send_error(NicId nic, const Frame& about, const inet::Ipv4Packet& packet, bool to_a_group, IcmpType type,
                          std::uint8_t code, Encode encode)
{
    const NodeId node = links_[nic].node;
    const auto delivery = to_a_group ? inet::LinkDelivery::to_a_group : inet::LinkDelivery::to_us;
    const inet::Prefix network{wire::Address::v4(links_[nic].address), 32};
    if (inet::icmp_error_rule(packet, delivery, network) != inet::IcmpErrorRule::allowed) return;
    const std::int64_t second = context_.engine.now().ns / 1'000'000'000;
    if (errors_.size() >= icmp_peers_remembered)
        std::erase_if(errors_, [&](const auto& e) { return e.second.second != second; });
    Errors& sent = errors_[std::uint64_t{engine::index_of(node)} << 32 | packet.header.source];
    if (sent.second != second) sent = {second, 0};
    if (sent.count++ >= icmp_errors_a_second) return;
    const Path back = path(node, packet.header.source);
    if (!back.found) return;

    std::array<std::uint8_t, inet::icmp_error_largest_packet> message;
    const Octets quoted = about.octets().subspan(link::ethernet_header_size);
    const auto size = static_cast<std::size_t>(encode(quoted, message.data()) - message.data());
    Frame& frame =
        this->packet({.source = back.source, .destination = packet.header.source, .protocol = Protocol::icmp}, size);
    std::memcpy(payload_of(frame), message.data(), size);
    frame.spans = about.spans;
    frame.cause = context_.record(node, about.spans, about.cause,
                                  run::IcmpNoted{.direction = run::Direction::sent,
                                                 .type = static_cast<std::uint8_t>(type),
                                                 .code = code,
                                                 .peer = wire::Address::v4(packet.header.source)});
    send(back, frame);
}

void Internet::ping(NodeId from, std::uint32_t destination, std::uint16_t sequence, Spans serves)
{
    const Path way = path(from, destination);
    if (!way.found) return;
    static constexpr std::string_view data = "tegami, a letter on its way";
    Frame& frame = packet({.source = way.source, .destination = destination, .protocol = Protocol::icmp},
                          inet::icmp_header_size + data.size());
    inet::encode_icmp_echo(IcmpType::echo, 1, sequence, wire::as_octets(data), payload_of(frame));
    frame.spans = serves;
    frame.cause = context_.record(from, serves, FactRef::none,
                                  run::IcmpNoted{.direction = run::Direction::sent,
                                                 .type = static_cast<std::uint8_t>(IcmpType::echo),
                                                 .code = 0,
                                                 .peer = wire::Address::v4(destination)});
    send(way, frame);
}

void Internet::on_icmp(NicId nic, Frame& frame, const inet::Ipv4Packet& packet)
{
    const auto message = inet::decode_icmp(packet.payload);
    if (!message) return links_.drop(nic, frame, run::DropReason::malformed, message.error().rule);
    const NodeId node = links_[nic].node;
    const wire::Address peer = wire::Address::v4(packet.header.source);
    frame.cause = context_.record(node, frame.spans, frame.cause,
                                  run::IcmpNoted{.direction = run::Direction::received,
                                                 .type = static_cast<std::uint8_t>(message->type),
                                                 .code = message->code,
                                                 .peer = peer});
    if (message->type == IcmpType::echo) {
        // RFC 1122 §3.2.2.6: from the address that was asked, with all of the data.
        Frame& answer = this->packet(
            {.source = packet.header.destination, .destination = packet.header.source, .protocol = Protocol::icmp},
            inet::icmp_header_size + message->body.size());
        inet::encode_icmp_echo(IcmpType::echo_reply, message->identifier(), message->sequence_number(), message->body,
                               payload_of(answer));
        answer.spans = frame.spans;
        answer.cause = frame.cause;
        const Path back = path(node, packet.header.source);
        if (back.found)
            send(back, answer);
        else
            context_.frames.give_back(answer);
    } else if (inet::is_error(message->type))
        on_icmp_error(node, *message, frame.cause);
    context_.frames.give_back(frame);
}

void Internet::on_icmp_error(NodeId host, const inet::IcmpMessage& message, FactRef cause)
{
    const auto quoted = inet::decode_icmp_quotation(message.body);
    if (!quoted) return;
    if (quoted->header.protocol == Protocol::tcp) tcp_->on_icmp_error(host, message, *quoted, cause);
}

} // namespace tegami::net
