// ICMP and ICMPv6: echo, errors sent, errors heard.

#include "sim/net/internet.hpp"
#include "sim/net/tcp.hpp"
#include "sim/net/udp.hpp"

namespace tegami::net {

using inet::IcmpType;
using inet::Icmpv6Error;
using inet::Icmpv6Type;
using inet::Protocol;
using inet::UnreachableCode;

FactRef Internet::note(NodeId node, run::Direction direction, std::uint8_t type, std::uint8_t code,
                       const wire::Address& peer, Spans serves, FactRef cause)
{
    const FactRef noted = context_.record(
        node, serves, cause, run::IcmpNoted{.direction = direction, .type = type, .code = code, .peer = peer});
    return noted == FactRef::none ? cause : noted;
}

// ---- errors sent ---------------------------------------------------------------------------------------------------

bool Internet::may_send_error(NicId nic, const wire::Address& peer)
{
    const std::int64_t second = context_.engine.now().ns / 1'000'000'000;
    if (errors_.size() >= icmp_peers_remembered)
        std::erase_if(errors_, [&](const auto& e) { return e.second.second != second; });
    Errors& sent = errors_[{links_[nic].node, peer}];
    if (sent.second != second) sent = {second, 0};
    return sent.count++ < icmp_errors_a_second;
}

namespace {

struct Error4 {
    IcmpType type;
    std::uint8_t code;
};

Error4 in_v4(PacketError what)
{
    const auto unreachable = [](UnreachableCode code) {
        return Error4{IcmpType::destination_unreachable, static_cast<std::uint8_t>(code)};
    };
    const auto exceeded = [](inet::TimeExceededCode code) {
        return Error4{IcmpType::time_exceeded, static_cast<std::uint8_t>(code)};
    };
    switch (what) {
    case PacketError::no_route: return unreachable(UnreachableCode::network);
    case PacketError::no_protocol: return unreachable(UnreachableCode::protocol);
    case PacketError::no_port: return unreachable(UnreachableCode::port);
    case PacketError::hop_limit: return exceeded(inet::TimeExceededCode::in_transit);
    case PacketError::incomplete: return exceeded(inet::TimeExceededCode::in_reassembly);
    case PacketError::too_big: return unreachable(UnreachableCode::fragmentation_needed);
    case PacketError::prohibited: return unreachable(UnreachableCode::communication_prohibited);
    case PacketError::no_neighbour:
    case PacketError::beyond_scope:
    case PacketError::header: break;
    }
    return unreachable(UnreachableCode::host);
}

Icmpv6Error in_v6(PacketError what, std::uint32_t detail, inet::ParameterProblemCode code)
{
    using inet::Unreachable6Code;
    switch (what) {
    case PacketError::no_route: return Icmpv6Error::unreachable(Unreachable6Code::no_route);
    case PacketError::no_neighbour: break;
    case PacketError::no_protocol:
    case PacketError::header: return Icmpv6Error::parameter_problem(code, detail);
    case PacketError::no_port: return Icmpv6Error::unreachable(Unreachable6Code::port);
    case PacketError::hop_limit: return Icmpv6Error::time_exceeded(inet::TimeExceededCode::in_transit);
    case PacketError::incomplete: return Icmpv6Error::time_exceeded(inet::TimeExceededCode::in_reassembly);
    case PacketError::too_big: return Icmpv6Error::packet_too_big(detail);
    case PacketError::prohibited: return Icmpv6Error::unreachable(Unreachable6Code::prohibited);
    case PacketError::beyond_scope: return Icmpv6Error::unreachable(Unreachable6Code::beyond_scope);
    }
    return Icmpv6Error::unreachable(Unreachable6Code::address);
}

} // namespace

void Internet::send_error(NicId nic, Spans serves, FactRef cause, const Packet& packet, PacketError what,
                          std::uint32_t detail, inet::ParameterProblemCode code)
{
    const NodeId node = links_[nic].node;
    const auto delivery = packet.to_a_group ? inet::LinkDelivery::to_a_group : inet::LinkDelivery::to_us;
    const Icmpv6Error error6 = in_v6(what, detail, code);
    const Error4 error4 = in_v4(what);
    if (packet.v4) {
        inet::Prefix network{wire::Address::v4(links_[nic].address), 32};
        for (const Own& own : neighbours_.addresses(nic))
            if (own.what.address.is_v4() && own.what.network().contains(packet.destination))
                network = own.what.network();
        if (inet::icmp_error_rule(*packet.v4, delivery, network) != inet::IcmpErrorRule::allowed) return;
    } else if (inet::icmpv6_error_rule(*packet.v6, delivery, error6) != inet::IcmpErrorRule::allowed)
        return;
    const Path back = path(node, packet.source, nic);
    if (!back.found || !may_send_error(nic, packet.source)) return;

    std::array<std::uint8_t, inet::icmpv6_error_largest> message;
    std::uint8_t* end = message.data();
    if (!packet.v4)
        end = inet::encode_icmpv6_error(error6, packet.whole, {back.source, packet.source}, message.data());
    else if (error4.type == IcmpType::time_exceeded)
        end = inet::encode_icmp_time_exceeded(static_cast<inet::TimeExceededCode>(error4.code), packet.whole,
                                              message.data());
    else
        end = inet::encode_icmp_unreachable(static_cast<UnreachableCode>(error4.code), packet.whole, message.data(),
                                            inet::IcmpQuote::as_much_as_fits_576, static_cast<std::uint16_t>(detail));
    const auto size = static_cast<std::size_t>(end - message.data());
    Frame& frame = this->packet(IpHeader{.source = back.source,
                                         .destination = packet.source,
                                         .protocol = packet.v4 ? Protocol::icmp : Protocol::icmpv6},
                                size);
    std::memcpy(payload_of(frame), message.data(), size);
    frame.spans = serves;
    const std::uint8_t type =
        packet.v4 ? static_cast<std::uint8_t>(error4.type) : static_cast<std::uint8_t>(error6.type);
    frame.cause =
        note(node, run::Direction::sent, type, packet.v4 ? error4.code : error6.code, packet.source, serves, cause);
    send(back, frame);
}

// ---- echo ----------------------------------------------------------------------------------------------------------

void Internet::ping(NodeId from, const wire::Address& destination, std::uint16_t sequence, Spans serves,
                    std::size_t octets)
{
    const Path way = path(from, destination);
    if (!way.found) return;
    static constexpr std::string_view words = "tegami, a letter on its way";
    wire::OctetBuffer data(octets == 0 ? words.size() : octets);
    for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<std::uint8_t>(words[i % words.size()]);

    const bool v4 = destination.is_v4();
    wire::OctetBuffer message(inet::icmp_header_size + data.size());
    if (v4)
        inet::encode_icmp_echo(IcmpType::echo, 1, sequence, data, message.data());
    else
        inet::encode_icmpv6_echo(Icmpv6Type::echo_request, 1, sequence, data, {way.source, destination},
                                 message.data());
    const std::uint8_t type =
        v4 ? static_cast<std::uint8_t>(IcmpType::echo) : static_cast<std::uint8_t>(Icmpv6Type::echo_request);
    const FactRef cause = note(from, run::Direction::sent, type, 0, destination, serves, FactRef::none);
    send_whole(way, from, {way.source, destination, v4 ? Protocol::icmp : Protocol::icmpv6}, message, serves, cause);
}

void Internet::answer_echo(NicId nic, const Packet& packet, std::uint16_t identifier, std::uint16_t sequence,
                           Octets data, Spans serves, FactRef cause)
{
    // RFC 1122 §3.2.2.6, RFC 4443 §4.2: from the address that was asked, with all of the data.
    const NodeId node = links_[nic].node;
    const Path back = path(node, packet.source, nic);
    if (!back.found) return;
    const bool to_many = !packet.v4 && inet::is_v6_multicast(packet.destination);
    const wire::Address source = to_many ? back.source : packet.destination;
    wire::OctetBuffer message(inet::icmp_header_size + data.size());
    if (packet.v4)
        inet::encode_icmp_echo(IcmpType::echo_reply, identifier, sequence, data, message.data());
    else
        inet::encode_icmpv6_echo(Icmpv6Type::echo_reply, identifier, sequence, data, {source, packet.source},
                                 message.data());
    send_whole(back, node, {source, packet.source, packet.v4 ? Protocol::icmp : Protocol::icmpv6}, message, serves,
               cause);
}

// ---- messages in ---------------------------------------------------------------------------------------------------

void Internet::on_icmp(NicId nic, Frame& frame, const Packet& packet)
{
    const auto message = inet::decode_icmp(packet.payload);
    if (!message) return links_.drop(nic, frame, run::DropReason::malformed, message.error().rule);
    const NodeId node = links_[nic].node;
    frame.cause = note(node, run::Direction::received, static_cast<std::uint8_t>(message->type), message->code,
                       packet.source, frame.spans, frame.cause);
    if (message->type == IcmpType::echo) {
        answer_echo(nic, packet, message->identifier(), message->sequence_number(), message->body, frame.spans,
                    frame.cause);
    } else if (inet::is_error(message->type)) {
        const auto what = [&]() -> std::optional<PacketError> {
            if (message->type == IcmpType::time_exceeded)
                return message->code == 0 ? PacketError::hop_limit : PacketError::incomplete;
            if (message->type != IcmpType::destination_unreachable) return std::nullopt;
            switch (static_cast<UnreachableCode>(message->code)) {
            case UnreachableCode::network: return PacketError::no_route;
            case UnreachableCode::protocol: return PacketError::no_protocol;
            case UnreachableCode::port: return PacketError::no_port;
            case UnreachableCode::fragmentation_needed: return PacketError::too_big;
            case UnreachableCode::communication_prohibited: return PacketError::prohibited;
            default: break;
            }
            // RFC 1122 §3.2.2.1: 9 and 10, network and host administratively prohibited.
            if (message->code == 9 || message->code == 10) return PacketError::prohibited;
            return PacketError::no_neighbour;
        }();
        const auto quoted = inet::decode_icmp_quotation(message->body);
        if (what && quoted)
            report(node,
                   {*what, packet.source, wire::Address::v4(quoted->header.source),
                    wire::Address::v4(quoted->header.destination), quoted->header.protocol, quoted->payload,
                    *what == PacketError::too_big ? message->next_hop_mtu() : 0u, wire::load_u16(&message->body[2])},
                   frame.cause);
    }
    context_.frames.give_back(frame);
}

void Internet::on_icmpv6(NicId nic, Frame& frame, const Packet& packet)
{
    const auto message = inet::decode_icmpv6(packet.v6->header, packet.payload);
    if (!message) return links_.drop(nic, frame, run::DropReason::malformed, message.error().rule);
    if (inet::is_nd(message->type)) return neighbours_.on_nd(nic, frame, packet.v6->header, *message);
    const NodeId node = links_[nic].node;
    frame.cause = note(node, run::Direction::received, static_cast<std::uint8_t>(message->type), message->code,
                       packet.source, frame.spans, frame.cause);
    if (message->type == Icmpv6Type::echo_request) {
        answer_echo(nic, packet, message->identifier(), message->sequence_number(), message->body, frame.spans,
                    frame.cause);
    } else if (inet::is_error(message->type)) {
        const auto what = [&]() -> std::optional<PacketError> {
            using inet::Unreachable6Code;
            switch (message->type) {
            case Icmpv6Type::packet_too_big: return PacketError::too_big;
            case Icmpv6Type::time_exceeded:
                return message->code == 0 ? PacketError::hop_limit : PacketError::incomplete;
            case Icmpv6Type::parameter_problem:
                return message->code == static_cast<std::uint8_t>(inet::ParameterProblemCode::unrecognized_next_header)
                           ? PacketError::no_protocol
                           : PacketError::header;
            case Icmpv6Type::destination_unreachable: break;
            default: return std::nullopt;
            }
            switch (static_cast<Unreachable6Code>(message->code)) {
            case Unreachable6Code::prohibited:
            case Unreachable6Code::source_policy:
            case Unreachable6Code::reject_route: return PacketError::prohibited;
            case Unreachable6Code::beyond_scope: return PacketError::beyond_scope;
            case Unreachable6Code::address: return PacketError::no_neighbour;
            case Unreachable6Code::port: return PacketError::no_port;
            case Unreachable6Code::no_route: break;
            }
            return PacketError::no_route;
        }();
        const auto quoted = inet::decode_icmpv6_quotation(message->body);
        if (what && quoted)
            report(node,
                   {*what, packet.source, quoted->header.source, quoted->header.destination, quoted->protocol,
                    quoted->payload, *what == PacketError::too_big ? message->mtu() : 0u,
                    inet::ipv6_header_size + wire::load_u16(&message->body[4])},
                   frame.cause);
    }
    context_.frames.give_back(frame);
}

void Internet::report(NodeId host, const ErrorReport& report, FactRef cause)
{
    if (report.what == PacketError::too_big)
        on_too_big(host, report, cause);
    else if (report.protocol == Protocol::tcp)
        tcp_->on_error(host, report, cause);
    else if (report.protocol == Protocol::udp)
        udp_->on_error(host, report, cause);
}

} // namespace tegami::net
