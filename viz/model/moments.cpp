#include "viz/model/moments.hpp"

#include "sim/export/sort_stably.hpp"

#include <algorithm>
#include <map>

namespace tegami::model {

namespace {

/// Walks `count` steps through moments that are in the order of time.
template <class Accepts>
const Moment* walk(std::span<const Moment> moments, Time from, int count, Accepts&& accepts)
{
    const Moment* found = nullptr;
    if (count > 0) {
        auto at = std::ranges::upper_bound(moments, from, {}, &Moment::at);
        Time last = from;
        for (; at != moments.end() && count > 0; ++at)
            if (accepts(*at) && at->at > last) found = &*at, last = at->at, --count;
    } else if (count < 0) {
        auto at = std::ranges::lower_bound(moments, from, {}, &Moment::at);
        Time last = from;
        while (at != moments.begin() && count < 0) {
            --at;
            if (accepts(*at) && at->at < last) found = &*at, last = at->at, ++count;
        }
    }
    return found;
}

} // namespace

Moments::Moments(const run::Log& log, const Flights& flights)
{
    auto& packets = moments_[static_cast<std::size_t>(Unit::packet)];
    auto& commands = moments_[static_cast<std::size_t>(Unit::command)];
    auto& mails = moments_[static_cast<std::size_t>(Unit::mail_event)];
    packets.reserve(flights.all().size());
    for (const Flight& flight : flights.all()) packets.push_back({.at = flight.middle(), .frame = flight.frame});

    // A line that was said waits for the frame that carries its first octets.
    std::map<std::pair<NodeId, run::SpanId>, std::vector<std::size_t>> waiting;
    if (log.is_run())
        for (const run::Event& event : log.events()) {
            if (std::holds_alternative<run::LineSaid>(event.what)) {
                waiting[{event.node, log.spans().session_of(event.spans)}].push_back(commands.size());
                commands.push_back({.at = event.at, .fact = event.ref});
            } else if (std::holds_alternative<run::FrameSent>(event.what)) {
                const auto said = waiting.find({event.node, log.spans().session_of(event.spans)});
                if (said == waiting.end()) continue;
                const FrameRef frame = event.frame;
                for (const std::size_t i : said->second) {
                    commands[i].frame = frame;
                    commands[i].at = flights.of(frame).middle();
                }
                waiting.erase(said);
            } else if (const auto* begun = std::get_if<run::StepBegun>(&event.what)) {
                mails.push_back({.at = event.at, .fact = event.ref, .step = begun->span, .mail = begun->mail});
            } else if (const auto* ended = std::get_if<run::StepEnded>(&event.what)) {
                mails.push_back(
                    {.at = event.at, .fact = event.ref, .step = ended->span, .mail = ended->mail, .ends = true});
            } else if (const auto* made = std::get_if<run::MailMade>(&event.what)) {
                mails.push_back({.at = event.at, .fact = event.ref, .mail = {event.node, made->number}});
            }
        }
    for (auto& each : moments_) exporting::sort_stably(each, &Moment::at);
}

const Moment* Moments::step(Unit unit, Time from, int count) const
{
    return walk(of(unit), from, count, [](const Moment&) { return true; });
}

const Moment* Moments::step_of_mail(run::MailId mail, bool beginnings_only, Time from, int count) const
{
    return walk(of(Unit::mail_event), from, count, [&](const Moment& moment) {
        return moment.mail == mail && (!beginnings_only || (moment.step != run::SpanId::none && !moment.ends));
    });
}

const Moment* Moments::last(Unit unit, Time at) const
{
    const auto moments = of(unit);
    const auto behind = std::ranges::upper_bound(moments, at, {}, &Moment::at);
    return behind == moments.begin() ? nullptr : &*std::prev(behind);
}

} // namespace tegami::model
