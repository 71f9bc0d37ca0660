#include "sim/check/checks.hpp"

#include "sim/export/filter.hpp"
#include "sim/export/sniff.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <set>

namespace tegami::check {
namespace {

/// "3", "3…" for three and more, "3…5".
std::string count_text(const scenario::Count& count)
{
    if (count.min == count.max) return fmt::format("{}", count.min);
    if (count.max == std::numeric_limits<std::uint64_t>::max()) return fmt::format("{}…", count.min);
    return fmt::format("{}…{}", count.min, count.max);
}

std::string listed_steps(const std::vector<std::string>& steps)
{
    return steps.empty() ? "–" : fmt::format("{}", fmt::join(steps, " "));
}

class Holder {
  public:
    Holder(const scenario::Loaded& scenario, const run::Log& log, const run::Journeys& journeys)
        : scenario_{scenario}, log_{log}, journeys_{journeys}
    {
    }

    std::vector<Finding> hold()
    {
        for (const scenario::Check& check : scenario_.scenario.checks)
            std::visit([&](const auto& what) { hold(check, what); }, check.what);
        return std::move(findings_);
    }

  private:
    void found(const scenario::Check& check, bool held, std::string_view key,
               std::vector<std::pair<std::string_view, std::string>> arguments)
    {
        findings_.push_back({check.id, check.at, held, key, std::move(arguments), check.why ? &*check.why : nullptr});
    }

    void hold(const scenario::Check& check, const scenario::MailCheck& what)
    {
        const std::string number = fmt::format("{}", what.mail.value);
        const auto mail = std::ranges::find(journeys_.mails(), what.mail.value, &run::MailRow::number);
        const run::MailRow* row = mail == journeys_.mails().end() ? nullptr : &*mail;
        if (what.is_in) {
            const std::uint64_t copies = row ? copies_in(what.is_in->value, row->id) : 0;
            found(check, what.copies.admits(copies), "check.copies",
                  {{"mail", number},
                   {"place", what.is_in->value},
                   {"found", fmt::format("{}", copies)},
                   {"wanted", count_text(what.copies)}});
        }
        if (what.steps) {
            std::vector<std::string> wanted;
            for (const scenario::StepEnding& step : *what.steps)
                wanted.push_back(step_text(scenario::name_of(step.step), scenario::name_of(step.ending)));
            const std::vector<std::string> steps = row ? steps_of(*row) : std::vector<std::string>{};
            found(check, steps == wanted, "check.steps",
                  {{"mail", number}, {"found", listed_steps(steps)}, {"wanted", listed_steps(wanted)}});
        }
    }

    static std::string step_text(std::string_view step, std::string_view ending)
    {
        return ending == "done" ? std::string{step} : fmt::format("{}({})", step, ending);
    }
    /// The steps that ended, in the order of the journey: that in which they began.
    std::vector<std::string> steps_of(const run::MailRow& mail) const
    {
        std::vector<std::string> steps;
        for (const run::SpanId span : mail.steps) {
            const run::StepRow* step = journeys_.step(span);
            if (step && step->ended != run::FactRef::none)
                steps.push_back(step_text(run::step_name(step->what.step), run::choice_name(step->outcome)));
        }
        return steps;
    }
    /// Copies of a mail in a mailbox at the end of the run: files delivered there and not deleted.
    std::uint64_t copies_in(std::string_view mailbox, run::MailId mail) const
    {
        std::set<std::pair<run::NodeId, std::string>> files;
        for (const run::Event& event : log_.events()) {
            const auto* change = std::get_if<run::MailboxChanged>(&event.what);
            if (!change || change->mailbox != mailbox) continue;
            const std::pair file{event.node, std::string{change->file}};
            if (change->change == run::MailboxChange::deleted)
                files.erase(file);
            else if (change->change == run::MailboxChange::delivered && serves(event.spans, mail))
                files.insert(file);
        }
        return files.size();
    }
    bool serves(run::Spans spans, run::MailId mail) const
    {
        return std::ranges::any_of(log_.spans().members(spans), [&](run::SpanId span) {
            const run::Span& member = log_.spans()[span];
            return member.kind == run::SpanKind::step && member.mail == mail;
        });
    }

    void hold(const scenario::Check& check, const scenario::FrameCheck& what)
    {
        const auto filter = exporting::Filter::compile(what.filter.value);
        const auto place = exporting::parse_place(log_, what.sniff.value);
        if (!filter) return found(check, false, "check.filter", {{"filter", what.filter.value}, {"detail", filter.error()}});
        if (!place) return found(check, false, "check.place", {{"place", what.sniff.value}});
        std::uint64_t frames = 0;
        for (const exporting::Sighting& sighting : exporting::sniff(log_, *place)) {
            const wire::OctetBuffer octets = log_.octets_on(sighting.frame, sighting.hop);
            if (filter->matches(octets, log_.frame(sighting.frame).original_length)) ++frames;
        }
        found(check, what.count.admits(frames), "check.frames",
              {{"place", what.sniff.value},
               {"filter", what.filter.value},
               {"found", fmt::format("{}", frames)},
               {"wanted", count_text(what.count)}});
    }

    void hold(const scenario::Check& check, const scenario::TcpCheck& what)
    {
        // Which connections lie between the two hosts, by host and its own number of them.
        std::map<std::pair<run::NodeId, run::ConnectionId>, bool> between;
        std::uint64_t retransmissions = 0;
        for (const run::Event& event : log_.events()) {
            if (const auto* opened = std::get_if<run::TcpOpened>(&event.what))
                between[{event.node, opened->connection}] = !what.between || is_between(*what.between, event.node, *opened);
            else if (const auto* again = std::get_if<run::TcpRetransmission>(&event.what))
                if (!what.between || between[{event.node, again->connection}]) ++retransmissions;
        }
        found(check, what.retransmissions.admits(retransmissions), "check.retransmissions",
              {{"found", fmt::format("{}", retransmissions)}, {"wanted", count_text(what.retransmissions)}});
    }
    bool is_between(const std::array<scenario::Placed<std::string>, 2>& hosts, run::NodeId node,
                    const run::TcpOpened& opened) const
    {
        const auto is_node = [&](const std::string& host) {
            const std::uint32_t planned = scenario_.plan.find_host(host);
            return planned != scenario::nowhere &&
                   scenario_.plan.nodes[planned].name == log_.header().nodes[engine::index_of(node)];
        };
        const auto is_far_end = [&](const std::string& host) {
            const std::uint32_t planned = scenario_.plan.find_host(host);
            return planned != scenario::nowhere && scenario_.plan.nodes[planned].address == opened.remote;
        };
        return (is_node(hosts[0].value) && is_far_end(hosts[1].value)) ||
               (is_node(hosts[1].value) && is_far_end(hosts[0].value));
    }

    const scenario::Loaded& scenario_;
    const run::Log& log_;
    const run::Journeys& journeys_;
    std::vector<Finding> findings_;
};

} // namespace

run::Level level_needed(const scenario::Scenario& scenario)
{
    run::Level level = run::Level::none;
    for (const scenario::Check& check : scenario.checks) {
        if (std::holds_alternative<scenario::FrameCheck>(check.what)) level = std::max(level, run::Level::full);
        if (std::holds_alternative<scenario::TcpCheck>(check.what)) level = std::max(level, run::Level::story);
        // The order of steps is that of their beginnings, which the least level leaves out.
        if (const auto* mail = std::get_if<scenario::MailCheck>(&check.what); mail && mail->steps)
            level = std::max(level, run::Level::story);
    }
    return level;
}

std::vector<Finding> hold(const scenario::Loaded& scenario, const run::Log& log, const run::Journeys& journeys)
{
    return Holder{scenario, log, journeys}.hold();
}

} // namespace tegami::check
