#include "sim/export/dns_view.hpp"

#include "sim/export/asked_words.hpp"
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
        const bool at_host = host.empty() || takes_part(walk.questions.front()) ||
                             std::ranges::any_of(walk.steps, [&](const WalkStep& step) {
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
    /// A step of a walk with those that ask the same of the same host for other types at the same time.
    struct Together {
        const WalkStep* step = nullptr;
        std::vector<const Asked*> asked = {}; // none where the step is no question
    };
    std::vector<Together> together(const NameWalk& walk) const
    {
        std::vector<Together> all;
        for (const WalkStep& step : walk.steps) {
            const auto* asked = std::get_if<Asked>(&step.what);
            const auto is_with = [&](const Together& other) {
                if (other.asked.empty() || step.at - other.step->at > asked_together) return false;
                const Asked& first = *other.asked.front();
                const auto is_same_type = [&](const Asked* one) { return one->type == asked->type; };
                return first.node == asked->node && first.name == asked->name && first.by_tcp == asked->by_tcp &&
                       book_.name_of(first.server) == book_.name_of(asked->server) && is_bad(first) == is_bad(*asked) &&
                       std::ranges::none_of(other.asked, is_same_type);
            };
            const auto with =
                asked && telling_.depth != narration::Depth::rfc ? std::ranges::find_if(all, is_with) : all.end();
            if (with != all.end())
                with->asked.push_back(asked);
            else
                all.push_back({&step, asked ? std::vector{asked} : std::vector<const Asked*>{}});
        }
        return all;
    }
    static std::vector<const Asked*> questions_of(const NameWalk& walk)
    {
        std::vector<const Asked*> questions;
        for (const Asked& question : walk.questions) questions.push_back(&question);
        return questions;
    }
    Columns columns_of(const NameWalk& walk, const std::vector<Together>& steps) const
    {
        constexpr int gap = 2, room_for_questions = 38;
        int way = narration::width(way_of(walk.questions.front())), question = 0, answer = 0;
        for (const Together& step : steps) {
            if (step.asked.empty()) continue;
            way = std::max(way, narration::width(way_of(*step.asked.front())));
            question = std::max(question, narration::width(question_words(step.asked)));
            answer = std::max(answer, narration::width(answer_words(catalogue_, step.asked)));
        }
        Columns columns;
        columns.question = std::min(way_column + way + gap, page_columns - room_for_questions);
        columns.answer = columns.question + question + gap;
        if (columns.answer + answer > page_columns) columns.answer = 0;
        return columns;
    }

    void tell(const NameWalk& walk, std::size_t number)
    {
        const std::vector<const Asked*> questions = questions_of(walk);
        const std::vector<Together> steps = together(walk);
        columns_ = columns_of(walk, steps);
        page_.row({{0, catalogue_.text("dns.view.question", {{"number", number}}), Style::strong},
                   {way_column, way_of(*questions.front()), Style::strong},
                   {columns_.question, question_words(questions), Style::strong}},
                  walk.by_hand ? catalogue_.text("dns.view.by_hand") : serves_text(log_, journeys_, walk.spans),
                  Style::dim);
        std::size_t asked_others = 0;
        for (const Together& step : steps) {
            if (!step.asked.empty())
                tell(step.step->at, step.asked, ++asked_others);
            else if (const auto* remembered = std::get_if<Remembered>(&step.step->what))
                tell(step.step->at, *remembered);
            else
                tell(step.step->at, std::get<Reasoned>(step.step->what));
        }
        if (!questions.front()->recursive) return;
        std::string told = answer_words(catalogue_, questions);
        const std::optional<Time> answered = walk.answered();
        if (answered) {
            std::optional<std::uint32_t> good_for;
            for (const Asked* question : questions)
                if (const auto ttl = ttl_of(question->records); ttl && question->outcome == run::DnsOutcome::answer)
                    good_for = std::min(good_for.value_or(*ttl), *ttl);
            if (good_for) told += " · " + catalogue_.text("story.good_for", {{"ttl", ttl_text(catalogue_, *good_for)}});
            told += " · " + catalogue_.text("story.took",
                                            {{"time", narration::duration_text(catalogue_, *answered - walk.at)}});
            if (asked_others == 0 && !walk.steps.empty()) told += " · " + catalogue_.text("dns.view.from_memory");
        }
        const bool bad = std::ranges::any_of(walk.questions, is_bad);
        page_.labelled({{number_column, answered ? bad ? "✗" : "✓" : "▶", bad ? Style::stop : Style::strong},
                        {time_column, answered ? clock(*answered) : std::string{}, Style::dim}},
                       {text_column, told, bad ? Style::stop : Style::strong});
        if (telling_.depth != narration::Depth::plain)
            for (const Asked* question : questions) tell_records(question->records);
    }

    void tell(Time at, const std::vector<const Asked*>& asked, std::size_t number)
    {
        const std::string question = question_words(asked), way = way_of(*asked.front()),
                          answer = answer_words(catalogue_, asked);
        const Style style = is_bad(*asked.front()) ? Style::stop : Style::plain;
        const bool in_columns = narration::width(way) < columns_.question - way_column;
        const std::vector<Cell> head{{number_column, fmt::format("{}", number)}, {time_column, clock(at), Style::dim}};
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
        if (telling_.depth == narration::Depth::rfc)
            for (const Asked* one : asked) tell_records(one->records);
    }
    void tell(Time at, const Remembered& remembered)
    {
        page_.labelled({{number_column, "·"}, {time_column, clock(at), Style::dim}},
                       {text_column, remembered_words(narrator_, remembered)});
    }
    void tell(Time at, const Reasoned& reasoned)
    {
        const bool is_trouble = reasoned.is_trouble();
        if (telling_.depth == narration::Depth::plain && !is_trouble &&
            reasoned.decision != run::DnsDecision::follows_alias)
            return;
        page_.labelled(
            {{number_column, "·"}, {time_column, clock(at), Style::dim}},
            {text_column, narrator_.tell(reasoned.event(), telling_.depth), is_trouble ? Style::held : Style::plain});
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
