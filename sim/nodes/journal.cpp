#include "sim/nodes/journal.hpp"

#include "sim/nodes/words.hpp"

#include <algorithm>

namespace tegami::nodes {

MailId Journal::make_mail(NodeId node, const NewMail& mail, Spans serves)
{
    const MailId id{node, ++mails_made_[engine::index_of(node)]};
    context_.record(node, serves, cause_,
                    run::MailMade{.number = id.number,
                                  .from = mail.from,
                                  .to = mail.to,
                                  .subject = mail.subject,
                                  .message_id = mail.message_id});
    return id;
}

std::vector<MailId> Journal::mails_of(Spans spans) const
{
    std::vector<MailId> mails;
    for (const SpanId member : context_.spans.members(spans)) {
        const run::Span& span = context_.spans[member];
        if (span.kind == run::SpanKind::step && std::ranges::find(mails, span.mail) == mails.end())
            mails.push_back(span.mail);
    }
    return mails;
}

SpanId Journal::begin(NodeId node, const Beginning& b)
{
    const std::uint32_t tries = ++tries_[{b.mail, b.step, node, b.part}];
    const SpanId span = context_.spans.begin(
        {.kind = run::SpanKind::step, .node = node, .number = 0, .mail = b.mail, .step = b.step, .tries = tries});
    context_.record(node, only(span), cause_,
                    run::StepBegun{.span = span,
                                   .mail = b.mail,
                                   .step = b.step,
                                   .tries = tries,
                                   .recipients = b.recipients,
                                   .peer = b.peer,
                                   .port = b.port});
    open_.resize(std::max(open_.size(), context_.spans.size()));
    open_[static_cast<std::size_t>(span)] = true;
    return span;
}

void Journal::end(NodeId node, SpanId id, Outcome outcome, std::string_view reason, std::string_view detail)
{
    const run::Span& span = context_.spans[id];
    if (is_open(id)) open_[static_cast<std::size_t>(id)] = false;
    if (const auto tried = not_connected_.find(id); tried != not_connected_.end()) {
        const bool in_vain = outcome == Outcome::deferred || outcome == Outcome::failed;
        if (tried->second && in_vain && reason.starts_with("connect.")) outcome = Outcome::blocked;
        not_connected_.erase(tried);
    }
    context_.record(node, only(id), run::FactRef::none,
                    run::StepEnded{.span = id,
                                   .mail = span.mail,
                                   .step = span.step,
                                   .tries = span.tries,
                                   .outcome = outcome,
                                   .reason = reason,
                                   .detail = detail});
    if (watcher_) watcher_->on_step_ended(span.mail, span.step, outcome);
}

void Journal::not_connected(Spans steps, bool filtered)
{
    for (const SpanId member : context_.spans.members(steps))
        if (is_open(member)) {
            const auto tried = not_connected_.try_emplace(member, true).first;
            tried->second = tried->second && filtered;
        }
}

void Journal::join(NodeId node, SpanId step, Spans session)
{
    const SpanId other = context_.spans.session_of(session);
    if (other == SpanId::none) return;
    context_.record(node, context_.spans.with(only(step), other), run::FactRef::none,
                    run::Joined{.step = step, .other = other});
}

void Journal::wait_for(NodeId node, SpanId step, SpanId other)
{
    context_.record(node, context_.spans.with(only(step), other), run::FactRef::none,
                    run::Joined{.step = step, .other = other});
}

void Journal::filed(const mail::Mailbox& mailbox, MailId mail)
{
    std::vector<MailId>& mails = waiting_[lower(mail::format(mailbox))];
    if (std::ranges::find(mails, mail) == mails.end()) mails.push_back(mail);
}

void Journal::fetched(const mail::Mailbox& mailbox, MailId mail)
{
    std::erase(waiting_[lower(mail::format(mailbox))], mail);
}

std::vector<MailId> Journal::waiting(const mail::Mailbox& mailbox) const
{
    const auto known = waiting_.find(lower(mail::format(mailbox)));
    return known == waiting_.end() ? std::vector<MailId>{} : known->second;
}

void Journal::process_changed(NodeId node, run::ProcessChange change)
{
    context_.record(node, {}, cause_, run::ProcessChanged{.change = change});
    if (watcher_) watcher_->on_process_changed(node, change);
}

} // namespace tegami::nodes
