#include "sim/export/packets.hpp"

#include "protocols/inet/icmp.hpp"
#include "protocols/inet/udp.hpp"
#include "protocols/link/arp.hpp"
#include "protocols/tcp/segment.hpp"
#include "sim/narration/clock.hpp"
#include "sim/narration/terminal_text.hpp"
#include "sim/narration/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace tegami::exporting {
namespace {

/// What a frame is, in words.
struct Reading {
    std::string from, to;
    std::string protocol;
    std::string info;
    std::string behind = {}; ///< of the info: what no cut may take away
};

/// Well-known ports, for captures that do not say which protocol a connection speaks.
std::string_view protocol_by_port(wire::Port port)
{
    switch (static_cast<std::uint16_t>(port)) {
    case 25:
    case 587: return "SMTP";
    case 110: return "POP3";
    default: return {};
    }
}

class Table {
  public:
    Table(const run::Log& log, const run::Journeys& journeys, const Telling& telling)
        : log_{log},
          journeys_{journeys},
          telling_{telling},
          narrator_{telling.narrator},
          catalogue_{telling.narrator.catalogue()},
          page_{telling.medium}
    {
        for (const run::NicRow& nic : log.header().nics)
            if (nic.address != wire::Address{}) names_.emplace(nic.address, narrator_.names().node(nic.host));
        for (const auto& [address, name] : log.capture().names) names_.emplace(address, name);
        find_repeats();
    }

    std::string tell(const Filter* filter)
    {
        if (log_.is_run() && log_.header().level < run::Level::headers) {
            page_.paragraph({0, catalogue_.text("packets.lacks", {{"level", narration::word(log_.header().level)}})});
            return page_.take();
        }
        head();
        std::int64_t shown = 0;
        for (std::uint64_t i = 1; i <= log_.frames(); ++i) {
            const auto ref = static_cast<run::FrameRef>(i);
            const run::Frame& frame = log_.frame(ref);
            const Reading reading = read(ref, frame); // in order, for sequence numbers are told from the first on
            if (filter && !filter->matches(frame.octets, frame.original_length)) continue;
            if (!admits(frame, reading)) continue;
            tell(ref, frame, reading);
            ++shown;
        }
        page_.paragraph({0, catalogue_.count("packets.total", shown), Style::dim});
        return page_.take();
    }

  private:
    // The columns of the table.
    static constexpr int number_end = 5;
    static constexpr int mark_column = 6;
    static constexpr int time_column = 8;
    static constexpr int way_column = 24;
    static constexpr int protocol_column = 48;
    static constexpr int length_end = 60;
    static constexpr int info_column = 62;
    static constexpr int info_end = 90;
    static constexpr int serves_column = 91;

    /// Frames that carry what was sent before: the first that its host sends after it decided so.
    void find_repeats()
    {
        if (!log_.is_run()) return;
        std::set<run::NodeId> deciding;
        for (const run::Event& event : log_.events()) {
            if (std::holds_alternative<run::TcpRetransmission>(event.what)) deciding.insert(event.node);
            if (std::holds_alternative<run::FrameSent>(event.what) && deciding.erase(event.node) > 0)
                repeats_.insert(event.frame);
        }
    }

    void head()
    {
        const std::string number = catalogue_.text("packets.no");
        const std::string length = catalogue_.text("packets.length");
        page_.row({{number_end - narration::width(number), number, Style::dim},
                   {time_column, catalogue_.text("packets.time"), Style::dim},
                   {way_column, catalogue_.text("packets.from_to"), Style::dim},
                   {protocol_column, catalogue_.text("packets.protocol"), Style::dim},
                   {length_end - narration::width(length), length, Style::dim},
                   {info_column, catalogue_.text("packets.info"), Style::dim},
                   {serves_column, log_.is_run() ? catalogue_.text("packets.serves") : std::string{}, Style::dim}});
    }

    bool admits(const run::Frame& frame, const Reading& reading) const
    {
        const Selection& selection = telling_.selection;
        if (!selection.host.empty() && reading.from != selection.host && reading.to != selection.host) return false;
        if (!selection.mail && selection.step.empty()) return true;
        return std::ranges::any_of(steps_of(frame), [&](const auto& step) {
            return (!selection.mail || step.first == *selection.mail) && selection.admits_step(step.second);
        });
    }

    /// Mail and step of each that a frame serves; what serves a session alone serves whoever opened it.
    std::vector<std::pair<std::uint32_t, run::Step>> steps_of(const run::Frame& frame) const
    {
        std::vector<std::pair<std::uint32_t, run::Step>> steps;
        const auto add = [&](run::SpanId span) {
            const run::StepRow* step = journeys_.step(span);
            const run::MailRow* mail = step ? journeys_.find(step->what.mail) : nullptr;
            if (mail) steps.emplace_back(mail->number, step->what.step);
        };
        if (!log_.is_run()) return steps;
        for (const run::SpanId span : log_.spans().members(frame.spans)) add(span);
        if (steps.empty())
            if (const run::SessionRow* session = journeys_.session(log_.spans().session_of(frame.spans)))
                if (!session->steps.empty()) add(session->steps.front());
        return steps;
    }

    void tell(run::FrameRef ref, const run::Frame& frame, const Reading& reading)
    {
        const std::string number = fmt::format("{}", static_cast<std::uint64_t>(ref));
        const std::string length = fmt::format("{}", frame.original_length);
        const auto stops = stops_of(ref);
        const bool repeat = repeats_.contains(ref);
        std::string info = reading.info;
        if (repeat) info = catalogue_.text("packets.tcp.again") + "  " + info;
        std::string serves;
        for (const auto& [mail, step] : steps_of(frame)) {
            if (!serves.empty()) serves += ' ';
            serves += fmt::format("{}·{}", mail, run::step_name(step));
        }
        info =
            narration::fit(narration::terminal_safe(info), info_end - info_column - narration::width(reading.behind)) +
            reading.behind;
        const Style style = !stops.empty() ? Style::stop : repeat ? Style::held : Style::plain;
        page_.row({{number_end - narration::width(number), number, Style::dim},
                   {mark_column, stops.empty() ? std::string{} : std::string{"✗"}, Style::stop},
                   {time_column, narration::clock_text(frame.at, zone(), 6), Style::dim},
                   {way_column, narration::fit(reading.from + " → " + reading.to, protocol_column - way_column - 1)},
                   {protocol_column, reading.protocol},
                   {length_end - narration::width(length), length},
                   {info_column, info, style},
                   {serves_column, serves, Style::dim}});
        for (const std::string& stop : stops) page_.paragraph({way_column, stop, Style::stop});
    }

    /// Where a frame went no further: a sentence each.
    std::vector<std::string> stops_of(run::FrameRef ref) const
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

    // ---- reading frames

    std::string name_of(const wire::Address& address) const
    {
        const auto known = names_.find(address);
        return known != names_.end() ? known->second : format(address);
    }
    std::string malformed(const wire::Malformed& error) const
    {
        return catalogue_.text("packets.unknown", {{"rule", error.rule}});
    }

    Reading read(run::FrameRef, const run::Frame& frame)
    {
        // Of a frame that was cut, what is missing reads as zeros: lengths then fit, and nothing below looks at them.
        wire::OctetBuffer whole{frame.octets.begin(), frame.octets.end()};
        constexpr std::uint32_t longest = 65'535 + link::ethernet_header_size;
        whole.resize(std::max<std::size_t>(whole.size(), std::min(frame.original_length, longest)));

        Reading reading;
        const auto ethernet = link::decode_ethernet(whole);
        if (!ethernet) return {"?", "?", "?", malformed(ethernet.error())};
        reading.from = format(ethernet->header.source);
        reading.to = format(ethernet->header.destination);
        switch (ethernet->header.type) {
        case link::EtherType::arp: read_arp(frame, *ethernet, reading); break;
        case link::EtherType::ipv4: read_ipv4(frame, ethernet->payload, reading); break;
        default:
            reading.protocol = "?";
            reading.info = catalogue_.text(
                "packets.ethertype", {{"type", fmt::format("0x{:04x}", static_cast<unsigned>(ethernet->header.type))}});
        }
        return reading;
    }

    void read_arp(const run::Frame& frame, const link::EthernetFrame& ethernet, Reading& reading) const
    {
        reading.protocol = "ARP";
        const auto packet = link::decode_arp(ethernet.payload);
        if (!packet) {
            reading.info = malformed(packet.error());
            return;
        }
        if (log_.is_run()) {
            reading.from = narrator_.names().node(frame.node);
            reading.to = narrator_.names().host_of(narrator_.names().peer_of(frame.nic));
        }
        if (ethernet.header.destination.is_broadcast()) reading.to = catalogue_.text("packets.everyone");
        const std::string sender = format(packet->sender_address);
        if (packet->operation == link::ArpOperation::request)
            reading.info = catalogue_.text("packets.arp.asks", {{"target", format(packet->target_address)}});
        else
            reading.info =
                catalogue_.text("packets.arp.answers", {{"sender", sender}, {"mac", format(packet->sender_mac)}});
    }

    void read_ipv4(const run::Frame& frame, wire::Octets octets, Reading& reading)
    {
        reading.protocol = "IPv4";
        const auto packet = inet::decode_ipv4(octets);
        if (!packet) {
            reading.info = malformed(packet.error());
            return;
        }
        reading.from = name_of(wire::Address::v4(packet->header.source));
        reading.to = name_of(wire::Address::v4(packet->header.destination));
        if (packet->header.fragment_offset != 0) {
            reading.info = catalogue_.text("packets.fragment", {{"offset", packet->header.fragment_offset}});
            return;
        }
        switch (packet->header.protocol) {
        case inet::Protocol::tcp: read_tcp(frame, *packet, reading); break;
        case inet::Protocol::udp: {
            reading.protocol = "UDP";
            if (packet->payload.size() < inet::udp_header_size) {
                reading.info = malformed({0, "RFC 768: a header has 8 octets"});
                return;
            }
            // Read by hand: the checksum of a frame that was cut cannot be right.
            const std::uint8_t* at = packet->payload.data();
            reading.info = catalogue_.count("packets.udp",
                                            static_cast<std::int64_t>(packet->payload.size() - inet::udp_header_size),
                                            {{"from", wire::load_u16(at)}, {"to", wire::load_u16(at + 2)}});
            break;
        }
        case inet::Protocol::icmp:
            reading.protocol = "ICMP";
            reading.info = packet->payload.size() < inet::icmp_header_size
                               ? malformed({0, "RFC 792: a message has at least 8 octets"})
                               : narrator_.icmp(packet->payload[0], packet->payload[1]);
            break;
        default:
            reading.info =
                catalogue_.text("packets.ip_protocol", {{"protocol", static_cast<unsigned>(packet->header.protocol)}});
        }
    }

    void read_tcp(const run::Frame& frame, const inet::Ipv4Packet& packet, Reading& reading)
    {
        reading.protocol = "TCP";
        const auto segment = tcp::decode(packet.payload);
        if (!segment) {
            reading.info = malformed(segment.error());
            return;
        }
        using tcp::Flag;
        const auto key =
            std::tuple{packet.header.source, segment->source, packet.header.destination, segment->destination};
        const auto back =
            std::tuple{packet.header.destination, segment->destination, packet.header.source, segment->source};
        if (segment->flags.has(Flag::syn)) initial_[key] = segment->seq;

        if (!segment->payload.empty()) {
            const run::SessionRow* session =
                log_.is_run() ? journeys_.session(log_.spans().session_of(frame.spans)) : nullptr;
            std::string_view protocol = session ? narration::protocol_name(session->protocol) : std::string_view{};
            if (protocol.empty()) protocol = protocol_by_port(segment->destination);
            if (protocol.empty()) protocol = protocol_by_port(segment->source);
            if (!protocol.empty()) reading.protocol = protocol;
            reading.info = payload_text(frame, *segment);
            if (segment->flags.has(Flag::fin)) reading.behind = "  FIN";
        } else if (segment->flags.has(Flag::rst)) {
            reading.info = "RST  " + catalogue_.text("packets.tcp.rst");
        } else if (segment->flags.has(Flag::syn)) {
            reading.info = segment->flags.has(Flag::ack) ? "SYN ACK  " + catalogue_.text("packets.tcp.syn_ack")
                                                         : "SYN  " + catalogue_.text("packets.tcp.syn");
        } else if (segment->flags.has(Flag::fin)) {
            reading.info = "FIN  " + catalogue_.text("packets.tcp.fin");
        } else {
            const auto begun = initial_.find(back);
            const std::uint32_t ack = begun == initial_.end() ? segment->ack : segment->ack - begun->second;
            reading.info = "ACK  " + catalogue_.text("packets.tcp.ack", {{"ack", ack}});
        }
    }

    /// The first line of what a segment carries, and how many lines follow; the number of octets where they were cut.
    std::string payload_text(const run::Frame& frame, const tcp::Segment& segment) const
    {
        const auto size = static_cast<std::int64_t>(segment.payload.size());
        if (frame.octets.size() < frame.original_length) return catalogue_.count("packets.tcp.data", size);
        const std::string_view text = wire::as_text(segment.payload);
        const std::size_t end = text.find('\r');
        const auto lines = std::ranges::count(text, '\n');
        std::string first{text.substr(0, end)};
        return lines > 1 ? catalogue_.text("packets.tcp.lines", {{"first", first}, {"more", lines - 1}}) : first;
    }

    std::int32_t zone() const { return telling_.header.zone_minutes; }

    const run::Log& log_;
    const run::Journeys& journeys_;
    const Telling& telling_;
    const narration::Narrator& narrator_;
    const narration::Catalogue& catalogue_;
    Page page_;
    std::map<wire::Address, std::string> names_;
    std::set<run::FrameRef> repeats_;
    using Ends = std::tuple<std::uint32_t, wire::Port, std::uint32_t, wire::Port>;
    std::map<Ends, tcp::Sequence> initial_; // sequence number of each direction's SYN
};

} // namespace

std::string packets_text(const run::Log& log, const run::Journeys& journeys, const Telling& telling,
                         const Filter* filter)
{
    return Table{log, journeys, telling}.tell(filter);
}

} // namespace tegami::exporting
