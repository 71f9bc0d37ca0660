#include "sim/run/journey.hpp"

#include <algorithm>
#include <tuple>

namespace tegami::run {

namespace {

/// Which sets of a table hold a span: looked up once, not per fact.
std::vector<bool> sets_with(const SpanTable& spans, SpanId span)
{
    std::vector<bool> holds(spans.set_count());
    for (std::uint32_t set = 0; set < holds.size(); ++set)
        holds[set] = std::ranges::binary_search(spans.members({set}), span);
    return holds;
}

} // namespace

Journeys::Journeys(const Log& log)
{
    const SpanTable& spans = log.spans();
    std::map<FactRef, std::uint32_t> acts; // the number of each
    std::vector<SpanId> begun;             // steps in the order in which they were first heard of

    const auto step_of = [&](SpanId span) -> StepRow& {
        const auto [at, is_new] = steps_.try_emplace(span);
        if (is_new) {
            at->second.span = span;
            at->second.what = spans[span];
            begun.push_back(span);
        }
        return at->second;
    };
    const auto session_of = [&](SpanId span) -> SessionRow& {
        SessionRow& row = sessions_[span];
        row.span = span;
        row.what = spans[span];
        return row;
    };
    const auto is = [&](SpanId span, SpanKind kind) { return span != SpanId::none && spans[span].kind == kind; };

    for (const Event& event : log.events()) {
        if (const auto* act = std::get_if<Act>(&event.what)) {
            acts.emplace(event.ref, act->number);
        } else if (const auto* made = std::get_if<MailMade>(&event.what)) {
            const auto act_of = acts.find(event.cause);
            mails_.push_back({0,
                              {event.node, made->number},
                              event.ref,
                              event.at,
                              act_of == acts.end() ? 0 : act_of->second,
                              std::string(made->from),
                              std::string(made->to),
                              std::string(made->subject),
                              std::string(made->message_id),
                              {}});
        } else if (const auto* step = std::get_if<StepBegun>(&event.what)) {
            if (!is(step->span, SpanKind::step)) continue;
            StepRow& row = step_of(step->span);
            row.begun = event.ref;
            row.from = event.at;
            row.recipients = step->recipients;
            row.peer = step->peer;
            row.port = step->port;
        } else if (const auto* ended = std::get_if<StepEnded>(&event.what)) {
            if (!is(ended->span, SpanKind::step)) continue;
            StepRow& row = step_of(ended->span);
            row.ended = event.ref;
            row.to = event.at;
            row.outcome = ended->outcome;
            row.reason = ended->reason;
            row.detail = ended->detail;
        } else if (const auto* joined = std::get_if<Joined>(&event.what)) {
            if (!is(joined->step, SpanKind::step)) continue;
            step_of(joined->step).joined.push_back(joined->other);
            if (is(joined->other, SpanKind::session)) session_of(joined->other).steps.push_back(joined->step);
        } else if (const auto* session = std::get_if<SessionBegun>(&event.what)) {
            if (!is(session->session, SpanKind::session)) continue;
            SessionRow& row = session_of(session->session);
            row.protocol = session->protocol;
            (session->client ? row.client : row.server) = event.node;
            (session->client ? row.client_connection : row.server_connection) = session->connection;
            (session->client ? row.begun : row.accepted) = event.ref;
        }
    }

    // What the scenario sends comes first, in the order of its file.
    std::ranges::sort(mails_, {}, [](const MailRow& mail) { return std::tuple(mail.act == 0, mail.act, mail.made); });
    for (std::size_t i = 0; i < mails_.size(); ++i) by_id_.try_emplace(mails_[i].id, i);
    for (const SpanId span : begun) {
        const MailId mail = steps_[span].what.mail;
        const auto [at, is_new] = by_id_.try_emplace(mail, mails_.size());
        if (is_new) { // its making is not in this log
            mails_.emplace_back();
            mails_.back().id = mail;
        }
        mails_[at->second].steps.push_back(span);
    }
    for (std::size_t i = 0; i < mails_.size(); ++i) mails_[i].number = static_cast<std::uint32_t>(i + 1);

    std::uint32_t numbered = 0;
    for (auto& [span, row] : sessions_) row.number = ++numbered;

    std::vector<std::uint64_t> frames(spans.set_count());
    for (std::uint64_t frame = 1; frame <= log.frames(); ++frame)
        ++frames[log.frame(static_cast<FrameRef>(frame)).spans.id];
    for (std::uint32_t set = 0; set < frames.size(); ++set) {
        if (frames[set] == 0) continue;
        for (const SpanId span : spans.members({set})) {
            if (const auto step = steps_.find(span); step != steps_.end()) step->second.frames += frames[set];
            if (const auto session = sessions_.find(span); session != sessions_.end())
                session->second.frames += frames[set];
        }
    }
}

const MailRow* Journeys::find(MailId mail) const
{
    const auto at = by_id_.find(mail);
    return at == by_id_.end() ? nullptr : &mails_[at->second];
}

const StepRow* Journeys::step(SpanId span) const
{
    const auto at = steps_.find(span);
    return at == steps_.end() ? nullptr : &at->second;
}

const SessionRow* Journeys::session(SpanId span) const
{
    const auto at = sessions_.find(span);
    return at == sessions_.end() ? nullptr : &at->second;
}

std::uint32_t Journeys::number_of(SpanId session) const
{
    const SessionRow* const row = this->session(session);
    return row ? row->number : static_cast<std::uint32_t>(sessions_.size()) + 1;
}

std::vector<FrameRef> frames_serving(const Log& log, SpanId span)
{
    const auto holds = sets_with(log.spans(), span);
    std::vector<FrameRef> frames;
    for (std::uint64_t frame = 1; frame <= log.frames(); ++frame)
        if (holds[log.frame(static_cast<FrameRef>(frame)).spans.id]) frames.push_back(static_cast<FrameRef>(frame));
    return frames;
}

std::vector<FactRef> facts_serving(const Log& log, SpanId span)
{
    const auto holds = sets_with(log.spans(), span);
    std::vector<FactRef> facts;
    for (const Event& event : log.events())
        if (holds[event.spans.id]) facts.push_back(event.ref);
    return facts;
}

} // namespace tegami::run
