#include "sim/export/frame_reader.hpp"

#include "protocols/link/ethernet.hpp"
#include "protocols/tcp/segment.hpp"
#include "sim/export/steps_served.hpp"
#include "sim/narration/words.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tegami::exporting {

FrameReader::FrameReader(const run::Log& log, const run::Journeys& journeys, const Telling& telling)
    : log_{log},
      journeys_{journeys},
      telling_{telling},
      narrator_{telling.narrator},
      catalogue_{telling.narrator.catalogue()},
      book_{log, telling.narrator.names()}
{
    find_repeats();
}

/// Frames that carry what was sent before: the first that its host sends after it decided so.
void FrameReader::find_repeats()
{
    if (!log_.is_run()) return;
    std::set<run::NodeId> deciding;
    for (const run::Event& event : log_.events()) {
        if (std::holds_alternative<run::TcpRetransmission>(event.what)) deciding.insert(event.node);
        if (std::holds_alternative<run::FrameSent>(event.what) && deciding.erase(event.node) > 0)
            repeats_.insert(event.frame);
    }
}

std::string FrameReader::malformed(const Layer& layer) const
{
    return catalogue_.text("packets.unknown", {{"rule", narrator_.rule(layer.wrong)}});
}

std::string FrameReader::serves(const run::Frame& frame) const { return serves_text(log_, journeys_, frame.spans); }

bool FrameReader::admits(const run::Frame& frame) const
{
    const Selection& selection = telling_.selection;
    if (selection.at && frame.at > *selection.at) return false;
    return admits_spans(log_, journeys_, selection, frame.spans);
}

std::vector<std::string> FrameReader::stops_of(run::FrameRef ref) const
{
    std::vector<std::string> stops;
    if (!log_.is_run()) return stops;
    for (const run::Hop& hop : log_.hops(ref))
        if (!hop.arrived())
            stops.push_back(catalogue_.text("packets.lost_at", {{"from", narrator_.names().node(hop.node)},
                                                                {"to", narrator_.names().host_of(hop.to)}}));
    for (const run::FactRef fact : log_.about(ref)) {
        const run::Event event = log_.event(fact);
        const auto* dropped = std::get_if<run::FrameDropped>(&event.what);
        // A reset tells of itself that nothing listened; another card's frames are nothing out of the ordinary.
        if (dropped && dropped->reason != run::DropReason::not_for_us) stops.push_back(narrator_.tell(event));
    }
    return stops;
}

std::string_view FrameReader::application_of(const run::Frame& frame) const
{
    const run::SessionRow* session = log_.is_run() ? journeys_.session(log_.spans().session_of(frame.spans)) : nullptr;
    return session ? narration::protocol_name(session->protocol) : std::string_view{};
}

/// Whether the frame's lines stand between an AUTH and its outcome; and takes note of how they leave that.
bool FrameReader::is_authenticating(const run::Frame& frame)
{
    if (!log_.is_run()) return false;
    const run::SpanId id = log_.spans().session_of(frame.spans);
    return authenticating_.contains(id);
}

Reading FrameReader::read(run::FrameRef ref)
{
    const run::Frame& frame = log_.frame(ref);
    dissection_ = dissect(frame.octets, {.original_length = frame.original_length,
                                         .application = application_of(frame),
                                         .authenticating = is_authenticating(frame)});
    Reading reading;
    reading.again = repeats_.contains(ref);
    read_ends(frame, ref, reading);
    const Layer* const wrong = dissection_.wrong();
    const std::string_view innermost = dissection_.layers.back().protocol;
    reading.protocol = innermost == "Ethernet" ? "?" : std::string{innermost};
    if (dissection_.arp) {
        read_arp(frame, reading);
    } else if (dissection_.unknown_type) {
        reading.info =
            catalogue_.text("packets.ethertype", {{"type", fmt::format("0x{:04x}", *dissection_.unknown_type)}});
    } else if (wrong) {
        reading.protocol = wrong->protocol == "Ethernet" ? "?" : std::string{wrong->protocol};
        reading.info = malformed(*wrong);
    } else if (dissection_.fragment_offset != 0) {
        reading.protocol = dissection_.source && !dissection_.source->is_v4() ? "IPv6" : "IPv4";
        reading.info = catalogue_.text("packets.fragment", {{"offset", dissection_.fragment_offset}});
    } else if (dissection_.dns) {
        reading.info = dns_text(*dissection_.dns);
        if (dissection_.more_fragments) reading.behind = "  " + catalogue_.text("packets.fragment.first");
    } else if (dissection_.tcp) {
        read_tcp(frame, reading);
    } else if (dissection_.icmp) {
        const auto [type, code] = *dissection_.icmp;
        reading.protocol = dissection_.icmpv6 ? "ICMPv6" : "ICMP"; // also where it quotes another packet
        reading.info = narrator_.icmp(type, code, dissection_.icmpv6, format(dissection_.neighbour));
        if (dissection_.icmpv6 && type >= 133 && type <= 136) reading.protocol = "NDP";
    } else if (dissection_.ports) {
        const auto [from, to] = *dissection_.ports;
        reading.info = catalogue_.count("packets.udp", static_cast<std::int64_t>(dissection_.payload_size),
                                        {{"from", from}, {"to", to}});
        if (reading.protocol != "UDP") reading.protocol = std::string{protocol_by_port(to)};
    } else {
        reading.protocol = dissection_.source && !dissection_.source->is_v4() ? "IPv6" : "IPv4";
        reading.info = catalogue_.text("packets.ip_protocol", {{"protocol", dissection_.protocol}});
    }
    return reading;
}

void FrameReader::read_ends(const run::Frame& frame, run::FrameRef ref, Reading& reading) const
{
    reading.from = format(dissection_.mac_source);
    reading.to = format(dissection_.mac_destination);
    if (frame.octets.size() < link::ethernet_header_size) reading.from = reading.to = "?";
    if (!dissection_.source) return;
    reading.from = book_.name_of(*dissection_.source);
    reading.to = book_.name_of(*dissection_.destination);
    if (!log_.is_run()) return;
    // Addresses that no table names, such as those of one link: who sent it is known, and at whom it arrived last.
    if (!book_.knows(*dissection_.source)) reading.from = narrator_.names().node(frame.node);
    if (dissection_.mac_destination.octets[0] & 1)
        reading.to = catalogue_.text("packets.everyone");
    else if (!book_.knows(*dissection_.destination))
        reading.to = narrator_.names().host_of(log_.hops(ref).back().to);
}

void FrameReader::read_arp(const run::Frame& frame, Reading& reading) const
{
    const Dissection::Arp& arp = *dissection_.arp;
    if (log_.is_run()) {
        reading.from = narrator_.names().node(frame.node);
        reading.to = narrator_.names().host_of(narrator_.names().peer_of(frame.nic));
    }
    if (dissection_.mac_destination.is_broadcast()) reading.to = catalogue_.text("packets.everyone");
    if (arp.request)
        reading.info = catalogue_.text("packets.arp.asks", {{"target", format(arp.target)}});
    else
        reading.info =
            catalogue_.text("packets.arp.answers", {{"sender", format(arp.sender)}, {"mac", format(arp.sender_mac)}});
}

void FrameReader::read_tcp(const run::Frame& frame, Reading& reading)
{
    using tcp::Flag;
    const tcp::Flags flags = tcp::Flags::from_bits(dissection_.tcp_flags);
    const auto [from, to] = *dissection_.ports;
    const Ends ends{*dissection_.source, from, *dissection_.destination, to};
    const Ends back{*dissection_.destination, to, *dissection_.source, from};
    if (flags.has(Flag::syn)) initial_[ends] = dissection_.seq;
    reading.from_client = from > to;

    reading.protocol = "TCP";
    if (dissection_.payload_size > 0) {
        std::string_view protocol = application_of(frame);
        if (protocol.empty() || protocol == "TCP") protocol = protocol_by_port(to);
        if (protocol.empty()) protocol = protocol_by_port(from);
        if (!protocol.empty()) reading.protocol = protocol;
        reading.info = payload_text(frame);
        if (flags.has(Flag::fin)) reading.behind = "  FIN";
        if (log_.is_run()) { // a reply ends an authentication, whichever line of it does
            const run::SpanId id = log_.spans().session_of(frame.spans);
            const Octets carried = frame.octets.subspan(std::min(dissection_.payload_offset, frame.octets.size()));
            if (still_authenticating(wire::as_text(carried), reading.from_client, authenticating_.contains(id)))
                authenticating_.insert(id);
            else
                authenticating_.erase(id);
        }
    } else if (flags.has(Flag::rst)) {
        reading.info = "RST  " + catalogue_.text("packets.tcp.rst");
    } else if (flags.has(Flag::syn)) {
        reading.info = flags.has(Flag::ack) ? "SYN ACK  " + catalogue_.text("packets.tcp.syn_ack")
                                            : "SYN  " + catalogue_.text("packets.tcp.syn");
    } else if (flags.has(Flag::fin)) {
        reading.info = "FIN  " + catalogue_.text("packets.tcp.fin");
    } else {
        const auto begun = initial_.find(back);
        const std::uint32_t ack = begun == initial_.end() ? dissection_.ack : dissection_.ack - begun->second;
        reading.info = "ACK  " + catalogue_.text("packets.tcp.ack", {{"ack", ack}});
    }
}

/// "example.com. MX?", and what the answer says.
std::string FrameReader::dns_text(const DnsSummary& dns) const
{
    const std::string question = fmt::format("{} {}", dns.name, narration::record_type_name(dns.type));
    if (!dns.response) return question + "?";
    if (dns.truncated) return catalogue_.text("packets.dns.truncated", {{"question", question}});
    if (dns.rcode != 0)
        return catalogue_.text(dns.rcode == 3 ? "packets.dns.no_such_name" : "packets.dns.failed",
                               {{"question", question}, {"rcode", dns.rcode}});
    if (!dns.answers.empty()) return fmt::format("{} → {}", question, fmt::join(dns.answers, ", "));
    if (!dns.referred_to.empty())
        return catalogue_.text("packets.dns.referral", {{"question", question}, {"server", dns.referred_to}});
    return catalogue_.text("packets.dns.no_data", {{"question", question}});
}

/// The first line of what a segment carries, and how many lines follow; the number of octets where they were cut.
std::string FrameReader::payload_text(const run::Frame& frame) const
{
    const auto size = static_cast<std::int64_t>(dissection_.payload_size);
    if (frame.octets.size() < frame.original_length) return catalogue_.count("packets.tcp.data", size);
    const std::string_view text =
        wire::as_text(frame.octets.subspan(dissection_.payload_offset, dissection_.payload_size));
    const std::size_t end = text.find('\r');
    const auto lines = std::ranges::count(text, '\n');
    std::string first{text.substr(0, end)};
    return lines > 1 ? catalogue_.text("packets.tcp.lines", {{"first", first}, {"more", lines - 1}}) : first;
}

} // namespace tegami::exporting
