#include "sim/narration/commentator.hpp"

#include "sim/narration/terminal_text.hpp"

#include <fmt/format.h>

namespace tegami::narration {
namespace {

/// What goes as it should stands in the frames themselves; an interface hears what is meant for others all the time.
bool is_worth_telling(const run::Event& event)
{
    if (const auto* sent = std::get_if<run::FrameSent>(&event.what)) return sent->fate != run::Fate::arrives;
    if (const auto* crossed = std::get_if<run::FrameCrossed>(&event.what)) return crossed->fate != run::Fate::arrives;
    if (const auto* dropped = std::get_if<run::FrameDropped>(&event.what))
        return dropped->reason != run::DropReason::not_for_us;
    if (const auto* ended = std::get_if<run::StepEnded>(&event.what)) return ended->outcome != run::Outcome::done;
    if (const auto* matched = std::get_if<run::FilterMatched>(&event.what))
        return matched->action != run::FilterAction::pass;
    // What a resolver remembers is worth telling where it saves a question; what it was told stands in the frames.
    if (const auto* cached = std::get_if<run::DnsCached>(&event.what)) return cached->change == run::CacheChange::hit;
    if (const auto* decided = std::get_if<run::DnsDecided>(&event.what))
        return decided->decision != run::DnsDecision::begun;
    return true;
}

} // namespace

run::FactKinds Commentator::kinds() const
{
    using enum run::FactKind;
    return run::fact_kinds({mail_made, step_begun, step_ended, tcp_retransmission, frame_sent, frame_crossed,
                            frame_dropped, mailbox_changed, process_changed, link_changed, dns_asked, dns_answered,
                            dns_cached, dns_decided, filter_matched, mail_routed, mail_completed, auth_judged});
}

std::string Commentator::subject_of(const run::Event& event, const run::SpanTable& spans) const
{
    run::MailId mail;
    if (const auto* begun = std::get_if<run::StepBegun>(&event.what))
        mail = begun->mail;
    else if (const auto* ended = std::get_if<run::StepEnded>(&event.what))
        mail = ended->mail;
    else if (std::holds_alternative<run::MailboxChanged>(event.what))
        for (const run::SpanId span : spans.members(event.spans))
            if (spans[span].kind == run::SpanKind::step) mail = spans[span].mail;
    const auto found = subjects_.find(mail);
    if (found == subjects_.end() || found->second.empty()) return {};
    return narrator_.catalogue().text("story.subject", {{"subject", found->second}});
}

std::string Commentator::comment(const run::Event& event, const run::SpanTable& spans)
{
    if (!is_worth_telling(event)) return {};
    if (const auto* made = std::get_if<run::MailMade>(&event.what))
        subjects_[{event.node, made->number}] = terminal_safe(made->subject);
    std::string told = narrator_.tell(event, depth_);
    const std::string subject = subject_of(event, spans);
    if (const auto* begun = std::get_if<run::StepBegun>(&event.what))
        return fmt::format("{}{}{}: {}", narrator_.numbered(begun->step), subject.empty() ? "" : " ", subject, told);
    return subject.empty() ? told : fmt::format("{}: {}", subject, told);
}

} // namespace tegami::narration
