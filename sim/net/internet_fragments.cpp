// Packets larger than a link: cut here, put together there, and how a sender learns what a path carries.

#include "sim/net/internet.hpp"
#include "sim/net/neutral_packet.hpp"
#include "sim/net/tcp.hpp"
#include "sim/net/udp.hpp"

namespace tegami::net {

using inet::Protocol;

Internet::Fragments& Internet::fragments_of(NodeId host)
{
    const auto known = fragments_.find(host);
    if (known != fragments_.end()) return known->second;
    Fragments& made = fragments_[host];
    made.identifications = context_.engine.random(host, "fragments");
    return made;
}

void Internet::forget_all(NodeId host)
{
    const auto known = fragments_.find(host);
    if (known != fragments_.end()) {
        known->second.reassembly.clear();
        known->second.path_mtus.clear();
    }
    if (const auto filters = filters_.find(host); filters != filters_.end())
        for (Filter& filter : filters->second) filter.restart();
}

// ---- cutting -------------------------------------------------------------------------------------------------------

inet::PathMtu Internet::path_mtu(const Path& path, NodeId from, const wire::Address& destination) const
{
    const std::uint16_t link = links_[path.nic].mtu;
    const auto known = fragments_.find(from);
    if (known == fragments_.end()) return {link, true};
    return known->second.path_mtus.find(context_.engine.now(), destination, link);
}

void Internet::send_whole(const Path& path, NodeId from, const IpHeader& header, Octets payload, Spans serves,
                          FactRef cause)
{
    const bool v4 = header.destination.is_v4();
    const std::size_t size = (v4 ? inet::ipv4_header_size : inet::ipv6_header_size) + payload.size();
    const inet::PathMtu mtu = path_mtu(path, from, header.destination);
    if (size <= mtu.mtu && (mtu.dont_fragment || !v4)) {
        Frame& frame = packet(header, payload.size());
        std::ranges::copy(payload, payload_of(frame));
        frame.spans = serves;
        frame.cause = cause;
        return send(path, frame);
    }
    if (size > (v4 ? inet::ipv4_largest_packet : inet::ipv6_header_size + inet::ipv6_largest_payload)) return;

    // The sender cuts it, and lets IPv4's routers cut it further.
    const std::uint64_t drawn = fragments_of(from).identifications.draw();
    const inet::Ipv4Header header4{.source = header.source.to_v4(),
                                   .destination = header.destination.to_v4(),
                                   .protocol = header.protocol,
                                   .time_to_live = header.hop_limit,
                                   .identification = static_cast<std::uint16_t>(drawn),
                                   .dont_fragment = false};
    const inet::Ipv6Header header6{.source = header.source,
                                   .destination = header.destination,
                                   .next_header = header.protocol,
                                   .hop_limit = header.hop_limit};
    const auto send_all = [&](auto cut) {
        std::vector<Frame*> frames;
        for (; !cut.done(); cut.advance()) {
            Frame& frame = context_.frames.take(link::ethernet_header_size + cut.size());
            cut.write(frame.data() + link::ethernet_header_size);
            frames.push_back(&frame);
        }
        if (frames.size() > 1) {
            const FactRef told =
                context_.record(from, serves, cause,
                                run::PacketFragmented{.frame = FrameRef::none,
                                                      .nic = path.nic,
                                                      .fragments = static_cast<std::uint32_t>(frames.size()),
                                                      .octets = size});
            if (told != FactRef::none) cause = told;
        }
        for (Frame* frame : frames) {
            frame->spans = serves;
            frame->cause = cause;
            send(path, *frame);
        }
    };
    if (v4)
        send_all(inet::Ipv4Cut{{header4, {}, payload}, mtu.mtu});
    else
        send_all(inet::Ipv6Cut{header6, payload, std::max(mtu.mtu, inet::ipv6_minimum_mtu),
                               static_cast<std::uint32_t>(drawn >> 16)});
}

/// A router cuts what may be cut; each piece is a frame of its own from here on. RFC 1812 §4.2.2.7.
void Internet::cut_for(NicId in, NicId out, const wire::Address& neighbour, Frame& frame,
                       const inet::Ipv4Packet& before)
{
    const NodeId node = links_[in].node;
    // As it leaves: with one less to live.
    inet::Ipv4Packet packet = before;
    packet.header.time_to_live = static_cast<std::uint8_t>(packet.header.time_to_live - 1);
    std::uint32_t count = 0;
    for (inet::Ipv4Cut cut{packet, links_[out].mtu}; !cut.done(); cut.advance()) ++count;
    const FactRef told = context_.record(node, frame.spans, frame.cause,
                                         run::PacketFragmented{.frame = frame.number,
                                                               .nic = out,
                                                               .fragments = count,
                                                               .octets = packet.header_size() + packet.payload.size()});
    for (inet::Ipv4Cut cut{packet, links_[out].mtu}; !cut.done(); cut.advance()) {
        Frame& piece = context_.frames.take(link::ethernet_header_size + cut.size());
        cut.write(piece.data() + link::ethernet_header_size);
        piece.spans = frame.spans;
        piece.cause = told == FactRef::none ? frame.cause : told;
        links_.send(out, neighbour.to_v4(), piece);
    }
    context_.frames.give_back(frame);
}

/// Its own link has become smaller than what a connection sends: the connection is told as a router would tell it.
void Internet::too_big_for_own_link(const Path& path, Frame& frame)
{
    const NodeId node = links_[path.nic].node;
    const std::uint16_t mtu = links_[path.nic].mtu;
    const Octets octets = ip_octets(frame);
    ErrorReport report{.what = PacketError::too_big,
                       .from = path.source,
                       .source = {},
                       .destination = {},
                       .protocol = {},
                       .payload = {},
                       .mtu = mtu,
                       .packet_octets = octets.size()};
    wire::OctetBuffer head; // outlives the frame
    const auto tell = [&](const Packet& packet) {
        report.source = packet.source;
        report.destination = packet.destination;
        report.protocol = packet.protocol;
        head.assign(packet.payload.begin(), packet.payload.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(
                                                                         packet.payload.size(), 8)));
        report.payload = head;
    };
    if (path.is_v4()) {
        if (const auto packet = inet::decode_ipv4(octets)) tell(neutral(*packet, octets, false));
    } else if (const auto packet = inet::decode_ipv6(octets))
        tell(neutral(*packet, octets, false));
    const FactRef cause = frame.cause;
    links_.drop(path.nic, frame, run::DropReason::too_big);
    if (report.payload.size() == 8) on_too_big(node, report, cause);
}

/// RFC 1191 §3, RFC 8201 §4. Only whoever sent the packet that is quoted can tell whether to believe it.
void Internet::on_too_big(NodeId host, const ErrorReport& report, FactRef cause)
{
    const bool believed = report.protocol == Protocol::tcp   ? tcp_->has_in_flight(host, report)
                          : report.protocol == Protocol::udp ? udp_->has_sent(host, report)
                                                             : true;
    const Path way = path(host, report.destination);
    if (!believed || !way.found) return;
    inet::PathMtus& known = fragments_of(host).path_mtus;
    const std::uint16_t link = links_[way.nic].mtu;
    const Time now = context_.engine.now();
    const bool news = known.on_too_big(now, report.destination, report.mtu, report.packet_octets, link);
    const inet::PathMtu path = known.find(now, report.destination, link);
    if (news)
        context_.record(
            host, {}, cause,
            run::PathMtuChanged{.destination = report.destination, .mtu = static_cast<std::uint32_t>(path.mtu)});
    else if (report.packet_octets <= path.mtu)
        return;
    // Even of what is known: another connection may not have heard of it.
    if (report.protocol == Protocol::tcp) tcp_->on_path_mtu(host, report, path, cause);
}

// ---- putting together ----------------------------------------------------------------------------------------------

void Internet::on_fragment(NicId nic, Frame& frame, const inet::Ipv4Packet& packet)
{
    Fragments& fragments = fragments_of(links_[nic].node);
    const std::uint32_t identification = packet.header.identification;
    const wire::Address source = wire::Address::v4(packet.header.source);
    const Octets whole = ip_octets(frame).first(packet.header_size() + packet.payload.size());
    on_step(nic, frame, identification, source,
            fragments.reassembly.add(context_.engine.now(), packet, whole,
                                     {frame.spans, static_cast<std::uint64_t>(frame.cause)}));
}

void Internet::on_fragment6(NicId nic, Frame& frame, const inet::Ipv6Packet& packet, const inet::Ipv6Walk& walk)
{
    Fragments& fragments = fragments_of(links_[nic].node);
    const Octets whole = ip_octets(frame).first(inet::ipv6_header_size + packet.payload.size());
    on_step(nic, frame, walk.fragment.identification, packet.header.source,
            fragments.reassembly.add(context_.engine.now(), packet, walk, whole,
                                     {frame.spans, static_cast<std::uint64_t>(frame.cause)}));
}

/// Whom the octets of a packet put together serve: all its pieces; a TCP segment's payload as each piece does.
Spans Internet::spread_runs(Frame& frame, const Packet& packet, const std::vector<inet::FragmentPiece>& pieces)
{
    Spans all;
    for (const inet::FragmentPiece& piece : pieces)
        all = all == Spans{} ? piece.tag.serves : context_.spans.unite(all, piece.tag.serves);
    frame.run_count = 0;
    if (packet.protocol != Protocol::tcp || packet.payload.size() < 20) return all;
    const std::size_t header = 4 * (packet.payload[12] >> 4);
    for (const inet::FragmentPiece& piece : pieces) {
        if (piece.end <= header) continue;
        const auto end = static_cast<std::uint32_t>(piece.end - header);
        if (frame.run_count != 0 && frame.runs[frame.run_count - 1u].spans == piece.tag.serves)
            frame.runs[frame.run_count - 1u].end = end;
        else if (frame.run_count < runs_in_frame)
            frame.runs[frame.run_count++] = {end, piece.tag.serves};
        else
            frame.runs[frame.run_count - 1u] = {end, all};
    }
    return all;
}

void Internet::on_step(NicId nic, Frame& frame, std::uint32_t identification, const wire::Address& source,
                       inet::ReassemblyStep step)
{
    const NodeId node = links_[nic].node;
    abandon(node, step.abandoned);
    Fragments& fragments = fragments_of(node);
    const Time deadline = fragments.reassembly.deadline();
    if (deadline != Time::never() && (fragments.due == 0 || deadline.ns < fragments.due)) {
        fragments.due = deadline.ns;
        context_.engine.schedule(node, node, std::max(deadline, context_.engine.now()), engine::DueKind::reassembly, 0);
    }
    using StepKind = inet::ReassemblyStep::Kind;
    if (step.kind == StepKind::dropped) return links_.drop(nic, frame, run::DropReason::incomplete, step.rule);
    if (step.kind != StepKind::complete) return context_.frames.give_back(frame);

    // The frame that came last carries on for all of them.
    const auto go_on = [&](Packet packet) {
        frame.spans = spread_runs(frame, packet, step.pieces);
        const FactRef told = context_.record(node, frame.spans, frame.cause,
                                             run::PacketReassembled{.source = source,
                                                                    .identification = identification,
                                                                    .outcome = run::Reassembly::done,
                                                                    .octets = packet.payload.size()});
        if (told != FactRef::none) frame.cause = told;
        hand_up(nic, frame, packet);
    };
    if (source.is_v4()) {
        const auto packet = inet::decode_ipv4(step.packet);
        if (!packet) return links_.drop(nic, frame, run::DropReason::malformed, packet.error().rule);
        return go_on(neutral(*packet, step.packet, false));
    }
    const auto packet = inet::decode_ipv6(step.packet);
    if (!packet) return links_.drop(nic, frame, run::DropReason::malformed, packet.error().rule);
    const inet::Ipv6Walk walk = inet::walk_headers(*packet, inet::Ipv6Origin::reassembled);
    if (walk.end != inet::Ipv6Walk::End::upper_layer)
        return links_.drop(nic, frame, run::DropReason::malformed, walk.rule);
    Packet whole = neutral(*packet, step.packet, false);
    whole.protocol = walk.protocol;
    whole.payload = walk.payload;
    go_on(whole);
}

void Internet::abandon(NodeId host, const std::vector<inet::AbandonedPacket>& gone)
{

    for (const inet::AbandonedPacket& packet : gone) {
        Spans serves;
        FactRef cause{};
        for (const inet::FragmentPiece& piece : packet.pieces) {
            serves = serves == Spans{} ? piece.tag.serves : context_.spans.unite(serves, piece.tag.serves);
            cause = static_cast<FactRef>(piece.tag.cause);
        }
        const auto outcome = packet.why == inet::AbandonedPacket::Why::timed_out ? run::Reassembly::timed_out
                             : packet.why == inet::AbandonedPacket::Why::overlap ? run::Reassembly::overlapping
                                                                                 : run::Reassembly::crowded_out;
        const FactRef told = context_.record(host, serves, cause,
                                             run::PacketReassembled{.source = packet.key.source,
                                                                    .identification = packet.key.identification,
                                                                    .outcome = outcome,
                                                                    .octets = 0});
        if (packet.first.empty()) continue;
        // RFC 792, RFC 4443 §3.3: the sender is told, if the first fragment had come.
        const Path back = path(host, packet.key.source);
        if (!back.found) continue;
        if (packet.key.source.is_v4()) {
            if (const auto first = inet::decode_ipv4(packet.first))
                send_error(back.nic, serves, told, neutral(*first, packet.first, false), PacketError::incomplete);
        } else if (const auto first = inet::decode_ipv6(packet.first))
            send_error(back.nic, serves, told, neutral(*first, packet.first, false), PacketError::incomplete);
    }
}

void Internet::on_reassembly_due(NodeId host)
{
    Fragments& fragments = fragments_of(host);
    const Time now = context_.engine.now();
    if (fragments.due != now.ns) return;
    fragments.due = 0;
    abandon(host, fragments.reassembly.on_timer(now));
    if (const Time next = fragments.reassembly.deadline(); next != Time::never()) {
        fragments.due = std::max(next, now + wire::nanoseconds(1)).ns;
        context_.engine.schedule(host, host, Time{fragments.due}, engine::DueKind::reassembly, 0);
    }
}

} // namespace tegami::net
