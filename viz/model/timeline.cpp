#include "viz/model/timeline.hpp"

#include <algorithm>
#include <cmath>

namespace tegami::model {

MarkShape shape_of(const exporting::Dissection& dissection, const exporting::Reading& reading)
{
    if (dissection.dns) {
        if (!dissection.dns->response) return MarkShape::dns_query;
        return dissection.dns->rcode == 3 ? MarkShape::dns_no_name : MarkShape::dns_answer;
    }
    if (dissection.arp || reading.protocol == "NDP") return MarkShape::neighbour;
    if (dissection.icmp) return MarkShape::icmp;
    if (!dissection.tcp) return MarkShape::ack;
    constexpr std::uint8_t syn = 0x02, rst = 0x04;
    if (dissection.tcp_flags & rst) return MarkShape::rst;
    if (dissection.tcp_flags & syn) return MarkShape::syn;
    if (dissection.payload_size == 0) return MarkShape::ack;
    if (!reading.from_client) return reading.protocol == "POP3" ? MarkShape::retrieval : MarkShape::reply;
    // Commands are lines; what is no line of a known protocol is data.
    const bool lines = reading.protocol == "SMTP" || reading.protocol == "LMTP" || reading.protocol == "POP3";
    return lines ? MarkShape::command : MarkShape::data;
}

std::vector<MarkShape> shapes_of(const run::Log& log, exporting::FrameReader& reader)
{
    std::vector<MarkShape> shapes;
    shapes.reserve(log.frames());
    for (std::uint64_t i = 1; i <= log.frames(); ++i) {
        const exporting::Reading reading = reader.read(static_cast<FrameRef>(i));
        shapes.push_back(shape_of(reader.dissection(), reading));
    }
    return shapes;
}

Timeline timeline_of(const run::Journeys& journeys, const Flights& flights, const Moments& moments,
                     const StoryTime& time, const std::vector<MarkShape>& shapes)
{
    Timeline timeline;
    timeline.length = static_cast<float>(time.length());
    const auto watched = [&](Time at) { return static_cast<float>(time.watched(at)); };
    const auto shape_at = [&](FrameRef frame) { return shapes[static_cast<std::size_t>(frame) - 1]; };
    for (const Moment& each : moments.of(Unit::packet))
        timeline.packets.push_back({.at = each.at,
                                    .watched = watched(each.at),
                                    .shape = shape_at(each.frame),
                                    .stopped = flights.of(each.frame).stop.has_value(),
                                    .frame = each.frame});
    for (const Moment& each : moments.of(Unit::command))
        timeline.commands.push_back({.at = each.at,
                                     .watched = watched(each.at),
                                     .shape = each.frame == FrameRef::none ? MarkShape::command : shape_at(each.frame),
                                     .frame = each.frame});
    for (const Moment& each : moments.of(Unit::mail_event)) {
        if (each.step == run::SpanId::none) continue;
        const run::StepRow* const step = journeys.step(each.step);
        const run::MailRow* const mail = journeys.find(each.mail);
        if (!step || !mail) continue;
        if (each.ends && step->outcome == run::Outcome::done) continue;
        timeline.mails.push_back({.at = each.at,
                                  .watched = watched(each.at),
                                  .step = step->what.step,
                                  .mail = mail->number,
                                  .standing = each.ends ? standing_of(step->outcome) : StepStanding::now});
    }
    return timeline;
}

std::vector<Tick> ticks_of(const StoryTime& time, float pixels, float apart)
{
    // The finest of these whose ticks, where time runs slowest, are not on top of each other.
    constexpr std::int64_t lengths[] = {1'000'000,       10'000'000,        100'000'000,
                                        1'000'000'000,   10'000'000'000,    60'000'000'000,
                                        600'000'000'000, 3'600'000'000'000, 86'400'000'000'000};
    std::vector<Tick> ticks;
    const double length = time.length();
    if (length <= 0 || pixels <= 0) return ticks;
    const auto x = [&](Time at) { return time.watched(at) / length * pixels; };
    const std::int64_t whole = (time.end() - time.start()).ns;
    std::int64_t step = lengths[std::size(lengths) - 1];
    for (const std::int64_t each : lengths)
        if (whole / each <= static_cast<std::int64_t>(pixels / 3)) {
            step = each;
            break;
        }
    double last = -1'000, last_tick = -1'000;
    for (std::int64_t ns = 0; ns <= whole; ns += step) {
        const Time at = time.start() + Duration{ns};
        if (const TimeFold* const fold = time.fold_at(at); fold && !fold->open && at > fold->from) continue;
        const double here = x(at);
        if (here - last_tick < 2) continue;
        last_tick = here;
        const bool room = here - last >= apart;
        if (room) last = here;
        ticks.push_back({at, static_cast<float>(time.watched(at)), room});
    }
    return ticks;
}

} // namespace tegami::model
