#include "sim/scenario/checks.hpp"

#include "sim/export/capture_export.hpp"
#include "sim/run/fold.hpp"
#include "sim/run/journey.hpp"
#include "sim/scenario/fact_fields.hpp"
#include "sim/scenario/values.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <ranges>
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

bool is_lookup(Step step) { return step == Step::s1_dns || step == Step::s2_dns || step == Step::r3_dns; }

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
            about_ = {check.id, check.at, check.why, {}, {}, {}};
            std::visit([&](const auto& what) { hold(what); }, check.what);
        }
        for (const Ask& ask : loaded_.scenario.asks) {
            about_ = {"ask-" + std::to_string(ask.number), ask.at, std::nullopt, {}, {}, {}};
            hold(ask);
        }
        return std::move(results_);
    }

  private:
    void say(bool held, std::string_view key, Arguments arguments)
    {
        results_.push_back({about_.id, about_.at, about_.why, held, key, std::move(arguments)});
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
            // Look-ups happen beside the journey: who does not write one does not mean that there is none.
            const bool with_lookups =
                std::ranges::any_of(*check.steps, [](const StepEnding& step) { return is_lookup(step.step); });
            for (const run::StepRow* const step : steps_of(*row))
                if (with_lookups || !is_lookup(step->what.step))
                    found.push_back(format_step(run::step_name(step->what.step), name_of(step->outcome)));
            say(wanted == found, "check.steps",
                {{"mail", number}, {"wanted", joined(wanted)}, {"found", joined(found)}});
            if (wanted == found) return;
            for (const run::StepRow* const step : steps_of(*row)) {
                const std::string end = format_step(run::step_name(step->what.step), name_of(step->outcome));
                if (step->outcome != run::Outcome::done && std::ranges::find(wanted, end) == wanted.end())
                    results_.back().unwanted.push_back({step->what.step, step->reason, step->detail, step->peer});
            }
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
        say(check.retransmissions.admits(found),
            between.empty() ? "check.retransmissions.all" : "check.retransmissions",
            {{"between", between}, {"wanted", format_count(check.retransmissions)}, {"found", std::to_string(found)}});
    }

    // ---- the name system

    void hold(const DnsCheck& check)
    {
        const run::NodeId node = node_id_of(check.by.value);
        const std::uint16_t type = dns_type(check.type);
        const auto is_asked = [&](const run::Event& event, std::string_view name, std::uint16_t of_type) {
            return event.node == node && same_name(name, check.name) && of_type == type;
        };
        std::uint64_t asked = 0;
        std::optional<Answer> last;
        for (const run::Event& event : log_.events()) {
            if (const auto* question = std::get_if<run::DnsAsked>(&event.what))
                asked += is_asked(event, question->name, question->type);
            else if (const auto* answered = std::get_if<run::DnsAnswered>(&event.what);
                     answered && is_asked(event, answered->name, answered->type))
                last = Answer{answered->outcome, std::string{answered->records}, answered->server, answered->id};
        }
        const Arguments about{{"by", check.by.value}, {"name", check.name}, {"type", check.type}};
        const auto with = [&](std::string wanted, std::string found) {
            Arguments all = about;
            all.emplace_back("wanted", std::move(wanted));
            all.emplace_back("found", std::move(found));
            return all;
        };
        if (check.count)
            say(check.count->admits(asked), "check.dns.count", with(format_count(*check.count), std::to_string(asked)));
        if (!last) {
            if (check.answer || check.outcome || check.cached) say(false, "check.dns.none", about);
            return;
        }
        const std::string outcome{run::choice_name(last->outcome)};
        if (check.outcome) say(*check.outcome == outcome, "check.dns.outcome", with(*check.outcome, outcome));
        if (check.answer) {
            std::vector<std::string> wanted = *check.answer, found = data_of(last->records, check.type);
            std::ranges::sort(wanted);
            std::ranges::sort(found);
            say(wanted == found, "check.dns.answer", with(joined(wanted), joined(found)));
        }
        if (check.cached) {
            const auto cached = was_cached(*last, check.name, type);
            const auto word = [](bool yes) { return std::string{yes ? "true" : "false"}; };
            say(cached == check.cached, "check.dns.cached", with(word(*check.cached), cached ? word(*cached) : "-"));
        }
    }

    struct Answer {
        run::DnsOutcome outcome{};
        std::string records;
        wire::Address server;
        std::uint16_t id = 0;
    };

    /// What the server that was asked said of its answer: whether it knew it already.
    std::optional<bool> was_cached(const Answer& answer, std::string_view name, std::uint16_t type) const
    {
        const auto server = std::ranges::find_if(loaded_.plan.nodes, [&](const PlanNode& node) {
            return node.v4 == answer.server || node.v6 == answer.server;
        });
        if (server == loaded_.plan.nodes.end()) return std::nullopt;
        const run::NodeId node = node_id(server->name);
        std::optional<bool> cached;
        for (const run::Event& event : log_.events()) {
            const auto* served = std::get_if<run::DnsServed>(&event.what);
            if (served && event.node == node && served->id == answer.id && served->type == type &&
                same_name(served->name, name))
                cached = served->cached;
        }
        return cached;
    }

    static std::uint16_t dns_type(std::string_view word)
    {
        constexpr std::uint16_t numbers[] = {1, 28, 5, 15, 16, 2, 6, 12, 33, 255}; // of dns_type_words
        const auto place = std::ranges::find(dns_type_words, word);
        return place == std::end(dns_type_words) ? std::uint16_t{0} : numbers[place - std::begin(dns_type_words)];
    }

    /// RFC 1034 §3.1: in whatever letters; `shown` ends with a dot.
    static bool same_name(std::string_view shown, std::string_view written)
    {
        if (shown.ends_with('.')) shown.remove_suffix(1);
        return std::ranges::equal(shown, written, [](char one, char other) {
            const auto small = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
            return small(one) == small(other);
        });
    }

    /// The data of the answer section's records of a type, from lines "owner TTL IN TYPE data".
    static std::vector<std::string> data_of(std::string_view records, std::string_view type)
    {
        std::vector<std::string> data;
        while (!records.empty()) {
            const std::string_view line = records.substr(0, records.find('\n'));
            if (line.empty()) break; // the next section
            records.remove_prefix(std::min(records.size(), line.size() + 1));
            std::string_view left = line;
            std::string_view words[4]; // owner, TTL, class, type
            for (std::string_view& word : words) {
                left.remove_prefix(std::min(left.size(), left.find_first_not_of(" \t")));
                word = left.substr(0, left.find_first_of(" \t"));
                left.remove_prefix(word.size());
            }
            left.remove_prefix(std::min(left.size(), left.find_first_not_of(" \t")));
            if (type == "ANY" || words[3] == type) data.emplace_back(left);
        }
        return data;
    }

    // ---- filters and other facts

    void hold(const FilterCheck& check)
    {
        std::uint64_t hits = 0;
        for (const run::Event& event : log_.events())
            if (const auto* matched = std::get_if<run::FilterMatched>(&event.what);
                matched && matched->filter == check.name.value && matched->row == check.row.value)
                hits = std::max(hits, matched->count);
        say(check.hits.admits(hits), "check.filter",
            {{"name", check.name.value},
             {"row", std::to_string(check.row.value)},
             {"wanted", format_count(check.hits)},
             {"found", std::to_string(hits)}});
    }

    void hold(const FactCheck& check)
    {
        std::uint64_t found = 0;
        for (const run::Event& event : log_.events()) {
            if (key_of(event) != check.kind.value) continue;
            if (check.by && event.node != node_id_of(check.by->value)) continue;
            found += std::ranges::all_of(check.with, [&](const auto& field) {
                return field_text(event, field.first.value, log_.header()) == field.second;
            });
        }
        say(check.count.admits(found), "check.fact",
            {{"kind", check.kind.value}, {"wanted", format_count(check.count)}, {"found", std::to_string(found)}});
    }

    // ---- questions

    /// The right answer of a question: the first value that the facts of the step's last try have for it.
    std::optional<std::string> answer_of(const Ask& ask)
    {
        const run::MailRow* const row = mail(ask.mail.value);
        if (!row) return std::nullopt;
        const std::size_t dot = ask.answer.value.rfind('.');
        const std::string_view kind =
            dot == std::string::npos ? std::string_view{} : std::string_view{ask.answer.value}.substr(0, dot);
        const std::string_view field =
            std::string_view{ask.answer.value}.substr(dot == std::string::npos ? 0 : dot + 1);
        for (const run::SpanId span : std::views::reverse(row->steps)) {
            const run::StepRow* const step = journeys_.step(span);
            if (!step || step->what.step != ask.step) continue;
            for (const run::Event& event : log_.events()) {
                const auto* begun = std::get_if<run::StepBegun>(&event.what);
                const auto* ended = std::get_if<run::StepEnded>(&event.what);
                const bool own = (begun && begun->span == span) || (ended && ended->span == span);
                if (!own && std::ranges::find(log_.spans().members(event.spans), span) ==
                                log_.spans().members(event.spans).end())
                    continue;
                if (!kind.empty() && key_of(event) != kind) continue;
                if (auto text = field_text(event, field, log_.header()); text && !text->empty()) return text;
            }
        }
        return std::nullopt;
    }

    void hold(const Ask& ask)
    {
        const std::string number = std::to_string(ask.number);
        const auto answer = answer_of(ask);
        if (!answer) return say(false, "check.ask.none", {{"number", number}, {"answer", ask.answer.value}});
        std::vector<std::string> choices;
        for (const auto& choice : ask.choices) choices.push_back(choice.value.en);
        const bool there = std::ranges::any_of(
            ask.choices, [&](const auto& choice) { return choice.value.en == *answer || choice.value.ja == *answer; });
        say(there, "check.ask", {{"number", number}, {"wanted", joined(choices)}, {"found", *answer}});
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

    /// By the host's name or its domain name.
    run::NodeId node_id_of(std::string_view host) const
    {
        const std::uint32_t node = loaded_.plan.find_host(host);
        return node == nowhere ? run::NodeId{} : node_id(loaded_.plan.nodes[node].name);
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
    CheckResult about_;                                      // the check that is held now
    std::vector<CheckResult> results_;
};

} // namespace

std::vector<CheckResult> hold_checks(const Loaded& loaded, const run::Log& log) { return Holder{loaded, log}.all(); }

run::Level level_for_checks(const Scenario& scenario)
{
    run::Level level = run::Level::story;
    for (const Check& check : scenario.checks)
        if (std::holds_alternative<FrameCheck>(check.what) || std::holds_alternative<FactCheck>(check.what))
            level = run::Level::full; // a filter may look at any octet, and any fact may be asked for
    if (!scenario.asks.empty()) level = run::Level::full;
    return level;
}

std::vector<std::string_view> check_message_keys()
{
    return {"check.no_mail",    "check.copies",          "check.steps",
            "check.no_place",   "check.bad_filter",      "check.no_frames",
            "check.frames",     "check.retransmissions", "check.retransmissions.all",
            "check.dns.count",  "check.dns.none",        "check.dns.outcome",
            "check.dns.answer", "check.dns.cached",      "check.filter",
            "check.fact",       "check.ask.none",        "check.ask"};
}

} // namespace tegami::scenario
