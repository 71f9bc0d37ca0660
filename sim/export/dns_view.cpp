#include "sim/export/dns_view.hpp"

#include "sim/export/cached_names.hpp"
#include "sim/export/dns_walk.hpp"
#include "sim/export/name_words.hpp"
#include "sim/export/steps_served.hpp"
#include "sim/narration/clock.hpp"
#include "sim/narration/terminal_text.hpp"
#include "sim/narration/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tegami::exporting {
namespace {

class NameView {
  public:
    NameView(const run::Log& log, const run::Journeys& journeys, run::Fold& fold, const Telling& telling)
        : log_{log},
          journeys_{journeys},
          fold_{fold},
          telling_{telling},
          narrator_{telling.narrator},
          catalogue_{telling.narrator.catalogue()},
          book_{log, telling.narrator.names()},
          page_{telling.medium}
    {
    }

    std::string tell()
    {
        const std::vector<NameWalk> walks = walks_of(log_, book_, telling_.selection.at);
        std::size_t number = 0;
        bool any = false;
        for (const NameWalk& walk : walks) {
            ++number; // also of those that are not shown: a question keeps its number
            if (!admits(walk)) continue;
            if (std::exchange(any, true)) page_.blank();
            tell(walk, number);
        }
        if (!any) page_.paragraph({0, catalogue_.text(none_key(walks.empty()))});
        tell_memories();
        return page_.take();
    }

  private:
    // The columns of a walk.
    static constexpr int number_column = 3;
    static constexpr int time_column = 6;
    static constexpr int way_column = 20;
    static constexpr int text_column = way_column;
    /// Of the questions of a walk, and of their answers: 0 where they do not all fit beside them.
    struct Columns {
        int question = 0;
        int answer = 0;
    };

    std::string none_key(bool none_at_all) const
    {
        if (telling_.header.level < run::Level::story) return "dns.view.lacks";
        return none_at_all ? "dns.view.none" : "story.none_chosen";
    }

    bool admits(const NameWalk& walk) const
    {
        const std::string& host = telling_.selection.host;
        const auto takes_part = [&](const Asked& asked) {
            return narrator_.names().node(asked.node) == host || book_.name_of(asked.server) == host;
        };
        const bool at_host =
            host.empty() || takes_part(walk.question) || std::ranges::any_of(walk.steps, [&](const WalkStep& step) {
                const auto* asked = std::get_if<Asked>(&step.what);
                return asked && takes_part(*asked);
            });
        return at_host && admits_spans(log_, journeys_, telling_.selection, walk.spans);
    }

    std::string clock(Time at) const { return narration::clock_text(at, telling_.header.zone_minutes); }
    std::string way_of(const Asked& asked) const
    {
        return fmt::format("{} → {}", narrator_.names().node(asked.node), book_.name_of(asked.server));
    }
    std::string answer_of(const Asked& asked) const
    {
        return asked.answered ? answer_text(catalogue_, asked.outcome, asked.rcode, asked.type, asked.records)
                              : catalogue_.text("dns.outcome.waiting");
    }
    static std::string question_of(const Asked& asked)
    {
        return narration::terminal_safe(question_text(asked.name, asked.type) + (asked.by_tcp ? " (TCP)" : ""));
    }
    Columns columns_of(const NameWalk& walk) const
    {
        constexpr int gap = 2, room_for_questions = 38;
        int way = narration::width(way_of(walk.question)), question = 0, answer = 0;
        for (const WalkStep& step : walk.steps) {
            const auto* asked = std::get_if<Asked>(&step.what);
            if (!asked) continue;
            way = std::max(way, narration::width(way_of(*asked)));
            question = std::max(question, narration::width(question_of(*asked)));
            answer = std::max(answer, narration::width(answer_of(*asked)));
        }
        Columns columns;
        columns.question = std::min(way_column + way + gap, page_columns - room_for_questions);
        columns.answer = columns.question + question + gap;
        if (columns.answer + answer > page_columns) columns.answer = 0;
        return columns;
    }
    static bool is_bad(const Asked& asked)
    {
        using enum run::DnsOutcome;
        return asked.answered && asked.outcome != answer && asked.outcome != alias && asked.outcome != referral &&
               asked.outcome != no_data;
    }

    void tell(const NameWalk& walk, std::size_t number)
    {
        const Asked& question = walk.question;
        columns_ = columns_of(walk);
        page_.row({{0, catalogue_.text("dns.view.question", {{"number", number}}), Style::strong},
                   {way_column, way_of(question), Style::strong},
                   {columns_.question, question_text(question.name, question.type), Style::strong}},
                  serves_text(log_, journeys_, walk.spans), Style::dim);
        std::size_t asked_others = 0;
        for (const WalkStep& step : walk.steps)
            std::visit([&](const auto& what) { tell(step.at, what, asked_others); }, step.what);
        if (!question.recursive) return;
        std::string told = answer_of(question);
        if (question.answered) {
            if (const auto ttl = ttl_of(question.records); ttl && question.outcome == run::DnsOutcome::answer)
                told += " · " + catalogue_.text("story.good_for", {{"ttl", ttl_text(catalogue_, *ttl)}});
            told +=
                " · " + catalogue_.text("story.took",
                                        {{"time", narration::duration_text(catalogue_, *question.answered - walk.at)}});
            if (asked_others == 0 && !walk.steps.empty()) told += " · " + catalogue_.text("dns.view.from_memory");
        }
        page_.labelled({{number_column, question.answered ? is_bad(question) ? "✗" : "✓" : "▶",
                         is_bad(question) ? Style::stop : Style::strong},
                        {time_column, question.answered ? clock(*question.answered) : std::string{}, Style::dim}},
                       {text_column, told, is_bad(question) ? Style::stop : Style::strong});
        if (telling_.depth != narration::Depth::plain) tell_records(question.records);
    }

    void tell(Time at, const Asked& asked, std::size_t& number)
    {
        const std::string label = fmt::format("{}", ++number);
        const std::string question = question_of(asked), way = way_of(asked), answer = answer_of(asked);
        const Style style = is_bad(asked) ? Style::stop : Style::plain;
        const bool in_columns = narration::width(way) < columns_.question - way_column;
        const std::vector<Cell> head{{number_column, label}, {time_column, clock(at), Style::dim}};
        if (in_columns && columns_.answer > 0) {
            page_.labelled({head[0], head[1], {way_column, way}, {columns_.question, question}},
                           {columns_.answer, answer, style});
        } else {
            if (in_columns)
                page_.labelled({head[0], head[1], {way_column, way}}, {columns_.question, question});
            else
                page_.labelled(head, {way_column, way + "  " + question});
            page_.paragraph({columns_.question, "→ " + answer, style});
        }
        if (telling_.depth == narration::Depth::rfc) tell_records(asked.records);
    }
    void tell(Time at, const Remembered& remembered, std::size_t&)
    {
        std::string data = data_text(sections_of(remembered.records), remembered.type);
        if (remembered.negative || data.empty()) data = catalogue_.text("dns.outcome.no_data");
        page_.labelled({{number_column, "·"}, {time_column, clock(at), Style::dim}},
                       {text_column, catalogue_.text("story.remembered",
                                                     {{"node", narrator_.names().node(remembered.node)},
                                                      {"question", question_text(remembered.name, remembered.type)},
                                                      {"data", data},
                                                      {"ttl", ttl_text(catalogue_, remembered.ttl)}})});
    }
    void tell(Time at, const Reasoned& reasoned, std::size_t&)
    {
        using enum run::DnsDecision;
        const bool is_trouble =
            reasoned.decision == refused_record || reasoned.decision == tries_next || reasoned.decision == gave_up;
        if (telling_.depth == narration::Depth::plain && !is_trouble && reasoned.decision != follows_alias) return;
        run::DnsDecided fact;
        fact.decision = reasoned.decision;
        fact.name = reasoned.name;
        fact.type = reasoned.type;
        fact.detail = reasoned.detail;
        run::Event event;
        event.node = reasoned.node;
        event.what = fact;
        page_.labelled({{number_column, "·"}, {time_column, clock(at), Style::dim}},
                       {text_column, narrator_.tell(event, telling_.depth), is_trouble ? Style::held : Style::plain});
    }

    /// The records as they came, section by section.
    void tell_records(std::string_view records)
    {
        const Sections sections = sections_of(records);
        const auto section = [&](std::string_view key, const std::vector<RecordLine>& lines) {
            if (lines.empty()) return;
            page_.paragraph({text_column, catalogue_.text(key), Style::dim});
            for (const RecordLine& line : lines)
                page_.paragraph({text_column + 2,
                                 fmt::format("{} {} IN {} {}", line.owner, line.ttl, line.type, line.data),
                                 Style::dim});
        };
        section("field.dns.answer", sections.answer);
        section("field.dns.authority", sections.authority);
        section("field.dns.additional", sections.additional);
    }

    void tell_memories()
    {
        const Time now = telling_.selection.at.value_or(log_.end());
        for (std::size_t i = static_cast<std::size_t>(run::NodeId::first); i < log_.header().nodes.size(); ++i) {
            const auto node = static_cast<run::NodeId>(i);
            const std::string name = narrator_.names().node(node);
            if (!telling_.selection.host.empty() && telling_.selection.host != name) continue;
            const run::NodeState state = fold_.state(node, now);
            if (state.dns_cache.empty()) continue;
            page_.blank();
            page_.row({{0, catalogue_.text("dns.view.memory", {{"node", name}}), Style::strong}}, clock(now),
                      Style::dim);
            for (const auto& [key, cached] : state.dns_cache)
                tell_cached(page_, catalogue_, key, cached, now, number_column);
        }
    }

    const run::Log& log_;
    const run::Journeys& journeys_;
    run::Fold& fold_;
    const Telling& telling_;
    const narration::Narrator& narrator_;
    const narration::Catalogue& catalogue_;
    AddressBook book_;
    Page page_;
    Columns columns_; // of the walk at hand
};

} // namespace

std::string dns_text(const run::Log& log, const run::Journeys& journeys, run::Fold& fold, const Telling& telling)
{
    return NameView{log, journeys, fold, telling}.tell();
}

} // namespace tegami::exporting
