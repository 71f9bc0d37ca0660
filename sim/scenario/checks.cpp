#include "sim/scenario/checks.hpp"

#include "sim/export/capture_export.hpp"
#include "sim/run/fold.hpp"
#include "sim/run/journey.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace tegami::scenario {

namespace {

std::string format_count(const Count& count)
{
    if (count.min == count.max) return std::to_string(count.min);
    if (count.max == std::numeric_limits<std::uint64_t>::max()) return ">= " + std::to_string(count.min);
    return std::to_string(count.min) + "-" + std::to_string(count.max);
}

std::string format_step(std::string_view step, std::string_view ending)
{
    std::string text{step};
    if (ending != "done") text += ' ' + std::string{ending};
    return text;
}

std::string_view ending_word(run::Outcome outcome)
{
    switch (outcome) {
    case run::Outcome::done: return "done";
    case run::Outcome::deferred: return "deferred";
    case run::Outcome::refused: return "refused";
    case run::Outcome::failed: return "failed";
    case run::Outcome::blocked: return "blocked";
    case run::Outcome::bounced: return "bounced";
    }
    return {};
}

std::string joined(const std::vector<std::string>& words)
{
    std::string text;
    for (const std::string& word : words) {
        if (!text.empty()) text += ", ";
        text += word;
    }
    return text.empty() ? "-" : text;
}

/// Holds checks against one run, which it reads once.
class Holder {
  public:
    Holder(const Loaded& loaded, const run::Log& log) : loaded_(loaded), log_(log), journeys_(log) {}

    std::vector<CheckResult> all()
    {
        for (const Check& check : loaded_.scenario.checks) {
            check_ = &check;
            std::visit([&](const auto& what) { hold(what); }, check.what);
        }
        return std::move(results_);
    }

  private:
    void say(bool held, std::string_view key, Arguments arguments)
    {
        results_.push_back({check_->id, check_->at, check_->why, held, key, std::move(arguments)});
    }

    const run::MailRow* mail(std::uint32_t number) const
    {
        const auto& mails = journeys_.mails(); // numbered from 1
        return number >= 1 && number <= mails.size() ? &mails[number - 1] : nullptr;
    }

    void hold(const MailCheck& check)
    {
        const std::string number = std::to_string(check.mail.value);
        const run::MailRow* const row = mail(check.mail.value);
        if (!row) return say(false, "check.no_mail", {{"mail", number}});
        if (check.is_in) {
            const std::uint64_t copies = copies_in(*row, check.is_in->value);
            say(check.copies.admits(copies), "check.copies",
                {{"mail", number},
                 {"place", check.is_in->value},
                 {"wanted", format_count(check.copies)},
                 {"found", std::to_string(copies)}});
        }
        if (check.steps) {
            std::vector<std::string> wanted, found;
            for (const StepEnding& step : *check.steps)
                wanted.push_back(format_step(name_of(step.step), name_of(step.ending)));
            for (const run::StepRow* const step : steps_of(*row))
                found.push_back(format_step(run::step_name(step->what.step), ending_word(step->outcome)));
            say(wanted == found, "check.steps",
                {{"mail", number}, {"wanted", joined(wanted)}, {"found", joined(found)}});
        }
    }

    /// The mail's ended steps in the order of the journey, further tries of a step behind it.
    std::vector<const run::StepRow*> steps_of(const run::MailRow& row) const
    {
        std::vector<const run::StepRow*> steps;
        for (const run::SpanId span : row.steps) {
            const run::StepRow* const step = journeys_.step(span);
            if (step && step->ended != run::FactRef::none) steps.push_back(step);
        }
        std::ranges::sort(steps, {}, [](const run::StepRow* step) {
            return std::tuple{step->what.step, step->what.tries, step->span};
        });
        return steps;
    }

    /// A mailbox holds a copy for each of its files that the mail's steps name as where it ended.
    std::uint64_t copies_in(const run::MailRow& row, const std::string& place)
    {
        std::uint64_t copies = 0;
        for (const auto& [node, file] : files_of(row)) {
            const auto& mailboxes = final_state(node).mailboxes;
            const auto mailbox = mailboxes.find(place);
            if (mailbox != mailboxes.end() && mailbox->second.contains(file)) ++copies;
        }
        return copies;
    }

    using Files = std::set<std::pair<run::NodeId, std::string>>;

    /// Files that were delivered for this mail: facts about mailboxes serve its steps.
    const Files& files_of(const run::MailRow& row)
    {
        if (!files_) {
            files_.emplace();
            for (const run::Event& event : log_.events()) {
                const auto* changed = std::get_if<run::MailboxChanged>(&event.what);
                if (!changed || changed->change != run::MailboxChange::delivered) continue;
                for (const run::SpanId member : log_.spans().members(event.spans)) {
                    const run::Span& span = log_.spans()[member];
                    if (span.kind == run::SpanKind::step)
                        (*files_)[span.mail].insert({event.node, std::string{changed->file}});
                }
            }
        }
        return (*files_)[row.id];
    }

    /// A host's state when the run ended.
    const run::NodeState& final_state(run::NodeId node)
    {
        const auto [at, is_new] = finals_.try_emplace(node);
        if (is_new) at->second = run::Fold{log_}.state(node, log_.end());
        return at->second;
    }

    void hold(const FrameCheck& check)
    {
        const auto place = exporting::parse_place(log_, check.sniff.value);
        if (!place) return say(false, "check.no_place", {{"place", check.sniff.value}});
        const auto filter = exporting::Filter::compile(check.filter.value);
        if (!filter) return say(false, "check.bad_filter", {{"filter", check.filter.value}, {"error", filter.error()}});
        exporting::CaptureChoice choice;
        choice.place = *place;
        choice.filter = &*filter;
        const auto frames = exporting::chosen_frames(log_, choice);
        if (!frames) return say(false, "check.no_frames", {});
        say(check.count.admits(frames->size()), "check.frames",
            {{"place", check.sniff.value},
             {"filter", check.filter.value},
             {"wanted", format_count(check.count)},
             {"found", std::to_string(frames->size())}});
    }

    void hold(const TcpCheck& check)
    {
        std::set<run::NodeId> ends;
        std::string between;
        if (check.between)
            for (const auto& host : *check.between) {
                const std::uint32_t node = loaded_.plan.find_host(host.value);
                if (node != nowhere) ends.insert(node_id(loaded_.plan.nodes[node].name));
                between += (between.empty() ? "" : ", ") + host.value;
            }
        const auto counts = [&](run::Spans spans) { return ends.empty() || both_between(spans, ends); };
        const auto found = static_cast<std::uint64_t>(std::ranges::count_if(retransmissions(), counts));
        say(check.retransmissions.admits(found), "check.retransmissions",
            {{"between", between.empty() ? "-" : between},
             {"wanted", format_count(check.retransmissions)},
             {"found", std::to_string(found)}});
    }

    /// What each retransmission of the run served.
    const std::vector<run::Spans>& retransmissions()
    {
        if (!retransmissions_) {
            retransmissions_.emplace();
            for (const run::Event& event : log_.events())
                if (std::holds_alternative<run::TcpRetransmission>(event.what))
                    retransmissions_->push_back(event.spans);
        }
        return *retransmissions_;
    }

    /// Whether the session among `spans` is one between these hosts.
    bool both_between(run::Spans spans, const std::set<run::NodeId>& ends) const
    {
        const run::SessionRow* const session = journeys_.session(log_.spans().session_of(spans));
        return session && ends.contains(session->client) &&
               (ends.contains(session->server) || session->server == run::NodeId::scenario);
    }

    run::NodeId node_id(std::string_view name) const
    {
        const auto& nodes = log_.header().nodes;
        const auto at = std::ranges::find(nodes, name);
        return at == nodes.end() ? run::NodeId{} : static_cast<run::NodeId>(at - nodes.begin());
    }

    const Loaded& loaded_;
    const run::Log& log_;
    run::Journeys journeys_;
    std::optional<std::map<run::MailId, Files>> files_;      // made for the first check that asks
    std::map<run::NodeId, run::NodeState> finals_;           // the same
    std::optional<std::vector<run::Spans>> retransmissions_; // the same
    const Check* check_ = nullptr;
    std::vector<CheckResult> results_;
};

} // namespace

std::vector<CheckResult> hold_checks(const Loaded& loaded, const run::Log& log) { return Holder{loaded, log}.all(); }

run::Level level_for_checks(const Scenario& scenario)
{
    run::Level level = run::Level::story;
    for (const Check& check : scenario.checks)
        if (std::holds_alternative<FrameCheck>(check.what)) level = run::Level::full; // a filter may look at any octet
    return level;
}

std::vector<std::string_view> check_message_keys()
{
    return {"check.no_mail",    "check.copies",    "check.steps",  "check.no_place",
            "check.bad_filter", "check.no_frames", "check.frames", "check.retransmissions"};
}

} // namespace tegami::scenario
