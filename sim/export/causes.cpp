#include "sim/export/causes.hpp"

#include "sim/export/evidence.hpp"
#include "sim/narration/clock.hpp"
#include "sim/narration/words.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tegami::exporting {
namespace {

constexpr int label_column = EvidenceTeller::label_column;

/// "5.1.1" of "550 5.1.1 No such user here" (RFC 3463 §2); empty where there is none.
std::string_view enhanced_code(std::string_view reply)
{
    if (reply.size() < 5) return {};
    const std::string_view behind = reply.substr(4);
    return behind.substr(0, behind.find(' '));
}

} // namespace

const FilterRow* row_of(const Telling& telling, const Matched& matched)
{
    const auto found = std::ranges::find_if(telling.filter_rows, [&](const FilterRow& row) {
        return row.filter == matched.filter && row.row == matched.row;
    });
    return found == telling.filter_rows.end() ? nullptr : &*found;
}

std::string CauseTeller::clock(Time at) const { return narration::clock_text(at, telling_.header.zone_minutes); }

void CauseTeller::put(std::string_view label, const std::string& text, Style style)
{
    page_.hanging({label_column, std::string{label}, style}, {EvidenceTeller::text_column, text});
}

void CauseTeller::tell_silence(const Passage& passage)
{
    if (passage.reason != "connect.timed_out" || !passage.ended) return;
    std::int64_t calls = 1;
    for (const Evidence& evidence : passage.evidence)
        if (const auto* again = std::get_if<Again>(&evidence.what)) calls += again->node == passage.node ? 1 : 0;
    page_.paragraph(
        {label_column,
         catalogue_.count("story.silence", calls,
                          {{"time", narration::duration_text(catalogue_, *passage.ended - passage.begun)}})});
}

std::string CauseTeller::mending_of(const Matched& matched, const Passage& passage) const
{
    constexpr std::uint16_t between_servers = 25;
    std::string told = passage.port == between_servers && passage.step == Step::s1_submit
                           ? catalogue_.text("story.mend.filter.submit")
                           : catalogue_.text("story.mend.filter", {{"filter", matched.filter}, {"row", matched.row}});
    const FilterRow* const row = row_of(telling_, matched);
    if (row && row->line > 0)
        told +=
            catalogue_.text("story.mend.filter.place", {{"file", telling_.header.scenario_file}, {"line", row->line}});
    return told;
}

/// "stopped.toml, line 17", or nothing where no act of the scenario did it.
std::string CauseTeller::place_of(const Happening& happening) const
{
    if (happening.act == 0 || happening.act > telling_.act_lines.size()) return {};
    return catalogue_.text("story.cause.place",
                           {{"file", telling_.header.scenario_file}, {"line", telling_.act_lines[happening.act - 1]}});
}

void CauseTeller::tell_causes(const Passage& passage)
{
    for (const Evidence& evidence : passage.evidence) {
        const auto* stopped = std::get_if<Stopped>(&evidence.what);
        if (!stopped || !stopped->because) continue;
        const Happening& happening = tale_.happenings[*stopped->because];
        const auto* process = std::get_if<run::ProcessChange>(&happening.change);
        std::string what = process ? narrator_.names().node(happening.node) : link_of(happening); // of two ends
        if (happening.next) what += " next";
        if (!is_news(fmt::format("{} {}", happening.at.ns, what))) continue;
        run::Event event;
        event.node = happening.node;
        if (process)
            event.what = run::ProcessChanged{*process};
        else
            event.what = run::LinkChanged{happening.nic, std::get<run::LinkChange>(happening.change), happening.amount};
        const std::string told =
            happening.next
                ? catalogue_.text("story.cause.loses_next",
                                  {{"link", link_of(happening)}, {"frame", static_cast<std::uint64_t>(stopped->frame)}})
                : narrator_.tell(event);
        const std::string until = happening.mended ? "–" + clock(*happening.mended) : std::string{};
        put(catalogue_.text("story.label.cause"), clock(happening.at) + until + "  " + told + place_of(happening),
            Style::stop);
    }
}

void CauseTeller::tell_cut_off(const Happening& happening)
{
    const std::string node = narrator_.names().node(happening.node);
    is_news(fmt::format("{} {}", happening.at.ns, node)); // no cause to tell again
    const std::string key =
        fmt::format("story.cut_off.{}", narration::word(std::get<run::ProcessChange>(happening.change)));
    page_.paragraph({label_column,
                     catalogue_.text(key, {{"node", node}, {"time", clock(happening.at)}}) + place_of(happening),
                     Style::stop});
}

std::string CauseTeller::link_of(const Happening& happening) const
{
    const auto nic = static_cast<std::size_t>(happening.nic);
    return nic < telling_.header.nics.size() ? telling_.header.nics[nic].link : std::string{};
}

/// Whether this letter's story has not said so yet.
bool CauseTeller::is_news(std::string told)
{
    if (std::ranges::find(told_, told) != told_.end()) return false;
    told_.push_back(std::move(told));
    return true;
}

void CauseTeller::tell_mending(const Passage& passage)
{
    if (passage.ended && passage.outcome == run::Outcome::done) return;
    std::string told;
    bool is_known = false; // what is behind it
    for (const Evidence& evidence : passage.evidence) {
        if (const auto* matched = std::get_if<Matched>(&evidence.what);
            matched && matched->action != run::FilterAction::pass) {
            is_known = true;
            told = mending_of(*matched, passage);
        }
        const auto* stopped = std::get_if<Stopped>(&evidence.what);
        if (!stopped || !stopped->because) continue;
        is_known = true;
        const Happening& happening = tale_.happenings[*stopped->because];
        if (!happening.mended && !happening.next) told = mending_of(happening);
    }
    if (!is_known) {
        const std::string key =
            fmt::format("story.mend.{}",
                        passage.reason == "reply" ? enhanced_code(passage.detail) : std::string_view{passage.reason});
        if (catalogue_.has(key)) told = catalogue_.text(key, {{"peer", passage.peer}, {"port", passage.port}});
    }
    if (!told.empty() && is_news(told)) put(catalogue_.text("story.label.mend"), told, Style::held);
}

/// The act that would put it right.
std::string CauseTeller::mending_of(const Happening& happening) const
{
    if (std::holds_alternative<run::ProcessChange>(happening.change))
        return catalogue_.text("story.mend.host", {{"node", narrator_.names().node(happening.node)}});
    if (std::get<run::LinkChange>(happening.change) == run::LinkChange::loss)
        return catalogue_.text("story.mend.link.loses", {{"link", link_of(happening)}});
    return catalogue_.text("story.mend.link", {{"link", link_of(happening)}});
}

} // namespace tegami::exporting
