#include "sim/export/story.hpp"

#include "sim/export/causes.hpp"
#include "sim/export/evidence.hpp"
#include "sim/export/name_words.hpp"
#include "sim/narration/clock.hpp"
#include "sim/narration/marks.hpp"
#include "sim/narration/terminal_text.hpp"
#include "sim/narration/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace tegami::exporting {
namespace {

using narration::clock_text;
using narration::duration_text;

/// The steps that every journey has a place for, in its order. Looking up a server's name and reporting are extras.
constexpr std::array journey_steps{Step::s1_submit,     Step::s2_relay, Step::s3_1_mx,    Step::s3_2_addr,
                                   Step::s3_3_transfer, Step::a1_spf,   Step::a2_dkim,    Step::a3_dmarc,
                                   Step::r1_hand_over,  Step::r2_store, Step::r3_request, Step::r4_fetch};

/// So many further tries with the same end are one block.
constexpr std::size_t tries_folded = 2;

class Story {
  public:
    Story(const Tale& tale, const Telling& telling)
        : tale_{tale},
          telling_{telling},
          narrator_{telling.narrator},
          catalogue_{telling.narrator.catalogue()},
          page_{telling.medium},
          evidence_{page_, tale, telling},
          causes_{page_, tale, telling}
    {
    }

    std::string tell()
    {
        const run::RunHeader& header = telling_.header;
        std::string file = header.scenario_file;
        if (!header.variant.empty()) file += " --variant " + header.variant;
        page_.row({{0, header.title, Style::strong}},
                  catalogue_.text("story.head", {{"file", file}, {"seed", header.seed}}), Style::dim);
        tell_lacks();
        // What was asked by hand stands where it begins: before the letters, or behind them.
        const bool is_first =
            !tale_.inquiries.empty() && std::ranges::all_of(tale_.passages, [&](const Passage& passage) {
                return passage.begun >= tale_.inquiries.front().at;
            });
        bool any = is_first && tell_inquiries();
        for (const Letter& letter : tale_.letters) any |= tell(letter);
        if (!is_first) any |= tell_inquiries();
        if (!any) {
            page_.blank();
            page_.paragraph({0, catalogue_.text(tale_.letters.empty() ? "story.no_mail" : "story.none_chosen")});
        }
        page_.blank();
        page_.paragraph({0, catalogue_.text(tale_.goes_on ? "story.until" : "story.end", {{"time", clock(tale_.end)}}),
                         Style::dim});
        tell_questions();
        return page_.take();
    }

  private:
    // The columns of a block.
    static constexpr int code_column = 3;
    static constexpr int name_column = 10;
    static constexpr int way_column = 22;
    static constexpr int text_column = EvidenceTeller::label_column;

    bool admits(const Passage& passage) const
    {
        const Selection& selection = telling_.selection;
        if (!selection.admits_step(passage.step)) return false;
        return selection.host.empty() || passage.peer == selection.host ||
               narrator_.names().node(passage.node) == selection.host ||
               (passage.client != NodeId::scenario && narrator_.names().node(passage.client) == selection.host);
    }

    /// What a run was recorded without, which a reader would miss.
    void tell_lacks()
    {
        const run::Level level = telling_.header.level;
        if (level >= run::Level::headers) return;
        page_.blank();
        page_.paragraph({0, catalogue_.text(fmt::format("story.lacks.{}", narration::word(level))), Style::held});
    }

    /// What people asked the name system by hand, for no letter. False where the selection leaves nothing of it.
    bool tell_inquiries()
    {
        const Selection& selection = telling_.selection;
        if (selection.mail || !selection.step.empty()) return false;
        bool any = false;
        for (const Inquiry& inquiry : tale_.inquiries) {
            const std::string node = narrator_.names().node(inquiry.node),
                              person = narrator_.names().person(inquiry.node);
            if (!selection.host.empty() && selection.host != node) continue;
            if (!std::exchange(any, true)) {
                page_.blank();
                page_.row({{0, catalogue_.text("story.by_hand"), Style::story}});
            }
            page_.blank();
            const std::string_view mark =
                !inquiry.answered ? narration::mark_now
                                  : narration::mark(inquiry.bad ? run::Outcome::failed : run::Outcome::done);
            page_.row({{0, std::string{mark}, inquiry.bad ? Style::stop : Style::strong},
                       {code_column, catalogue_.text("story.by_hand.who", {{"who", person.empty() ? node : person}}),
                        Style::strong}},
                      clock(inquiry.at));
            evidence_.tell(inquiry.evidence);
            if (inquiry.answered)
                page_.paragraph({text_column,
                                 catalogue_.text("story.took", {{"time", duration(*inquiry.answered - inquiry.at)}}),
                                 Style::dim});
        }
        return any;
    }

    /// False where the selection leaves nothing of it.
    bool tell(const Letter& letter)
    {
        const Selection& selection = telling_.selection;
        if (selection.mail && *selection.mail != letter.number) return false;
        std::vector<const Passage*> shown;
        for (const std::size_t index : letter.passages)
            if (admits(tale_.passages[index])) shown.push_back(&tale_.passages[index]);
        const bool whole = selection.step.empty() && selection.host.empty();
        if (shown.empty() && !whole) return false;

        page_.blank();
        page_.row(
            {{0, catalogue_.text("story.mail", {{"number", letter.number}, {"from", letter.from}, {"to", letter.to}}),
              Style::story}});
        if (!letter.subject.empty())
            page_.paragraph({text_column, catalogue_.text("story.subject", {{"subject", letter.subject}})});
        causes_.begin_letter();
        said_.clear();
        for (std::size_t i = 0; i < shown.size(); ++i) {
            page_.blank();
            tell(*shown[i]);
            std::size_t last = i;
            while (last + 1 < shown.size() && ends_alike(*shown[i], *shown[last + 1])) ++last;
            if (last - i < tries_folded || telling_.depth != narration::Depth::plain) continue;
            page_.blank();
            tell_tries({shown.data() + i + 1, last - i});
            i = last;
        }
        if (whole) tell_skipped(letter);
        return true;
    }

    /// Whoever tried tries again: what is blocked looks to him as if nobody had answered.
    static bool is_tried_again(run::Outcome outcome)
    {
        return outcome == run::Outcome::deferred || outcome == run::Outcome::blocked;
    }
    /// The next try of the same, which came to the same end.
    static bool ends_alike(const Passage& one, const Passage& other)
    {
        return one.known && other.known && one.ended && other.ended && one.step == other.step &&
               one.mail == other.mail && one.node == other.node && one.peer == other.peer &&
               one.recipients == other.recipients && is_tried_again(one.outcome) && other.outcome == one.outcome &&
               one.reason == other.reason && one.detail == other.detail;
    }

    /// Tries that ended as the one before them did.
    void tell_tries(std::span<const Passage* const> tries)
    {
        const Passage &first = *tries.front(), &last = *tries.back();
        tell_head(first, catalogue_.text("story.tries", {{"first", first.tries}, {"last", last.tries}}));
        page_.paragraph({text_column, catalogue_.count("story.tries.alike", static_cast<std::int64_t>(tries.size()),
                                                       {{"time", clock(last.begun)}})});
        std::uint64_t frames = 0;
        for (const Passage* passage : tries) frames += passage->frames;
        if (frames > 0)
            page_.paragraph(
                {text_column, catalogue_.count("story.frames", static_cast<std::int64_t>(frames)), Style::dim});
    }

    void tell(const Passage& passage)
    {
        tell_head(passage,
                  passage.tries > 1 ? catalogue_.text("story.try", {{"tries", passage.tries}}) : std::string{});
        tell_what_it_is(passage);
        if (is_first_in_session(passage)) {
            const Passage& opener = tale_.passages[*passage.opened_by];
            evidence_.put("tcp", catalogue_.text("story.joined", {{"step", run::step_name(opener.step)},
                                                                  {"number", tale_.number_of(opener.mail)}}));
        }
        evidence_.tell(passage.evidence);
        tell_end(passage);
    }

    /// In the lesson's own words where it has some, once a letter; else, and for who asks for more, in ours.
    void tell_what_it_is(const Passage& passage)
    {
        const LessonWords* const words = words_for(passage);
        if (words && !words->head.empty()) page_.paragraph({text_column, words->head, Style::strong});
        const bool is_said = words && !words->text.empty();
        if (is_said) page_.paragraph({text_column, words->text});
        if (!passage.known || (is_said && telling_.depth == narration::Depth::plain)) return;
        page_.paragraph({text_column, narrator_.tell(begun_event(passage), telling_.depth)});
    }
    const LessonWords* words_for(const Passage& passage)
    {
        const std::uint32_t number = tale_.number_of(passage.mail);
        for (const LessonWords& words : telling_.words) {
            if (words.step != passage.step || (words.mail && *words.mail != number)) continue;
            if (std::ranges::find(said_, &words) != said_.end()) continue;
            said_.push_back(&words);
            return &words;
        }
        return nullptr;
    }

    /// What the lesson asks, for a class to answer.
    void tell_questions()
    {
        const Selection& selection = telling_.selection;
        if (telling_.questions.empty() || selection.mail || selection.at || !selection.step.empty() ||
            !selection.host.empty())
            return;
        page_.blank();
        page_.row({{0, catalogue_.text("story.questions"), Style::strong}});
        std::size_t number = 0;
        for (const std::string& question : telling_.questions)
            page_.hanging({code_column, fmt::format("{}", ++number)}, {text_column, question});
    }

    /// The first step of its mail in a connection that another mail had opened.
    bool is_first_in_session(const Passage& passage) const
    {
        if (!passage.opened_by || passage.step == Step::r1_hand_over) return false;
        const auto is_of_both = [](const Evidence& evidence) {
            const auto* shared = std::get_if<Shared>(&evidence.what);
            return shared && shared->together;
        };
        if (std::ranges::any_of(passage.evidence, is_of_both)) return false; // which is told
        return std::ranges::none_of(tale_.passages, [&](const Passage& other) {
            return other.mail == passage.mail && other.begun < passage.begun &&
                   std::ranges::find(other.sessions, passage.sessions.front()) != other.sessions.end();
        });
    }

    void tell_head(const Passage& passage, const std::string& tries)
    {
        const std::string_view mark = passage.ended           ? narration::mark(passage.outcome)
                                      : tale_.end_of(passage) ? narration::mark(run::Outcome::failed)
                                                              : narration::mark_now;
        std::string name = narrator_.step(passage.step);
        std::string way = way_of(passage);
        if (!tries.empty()) way += "   " + tries;
        page_.row({{0, std::string{mark}, style_of(passage)},
                   {code_column, std::string{run::step_name(passage.step)}, Style::strong},
                   {name_column, std::move(name), Style::strong},
                   {way_column, std::move(way)}},
                  clock(passage.begun));
    }

    std::string way_of(const Passage& passage) const
    {
        const std::string node = narrator_.names().node(passage.node);
        if (passage.step == Step::r2_store && passage.known)
            return catalogue_.text("story.into", {{"node", node}, {"mailbox", passage.peer}});
        // Fetching begins at the server, and so does a request of a reader that records none; who asks, the session knows.
        const bool is_known_client = passage.client != NodeId::scenario && passage.client != passage.node;
        const std::string client = is_known_client ? narrator_.names().node(passage.client) : passage.peer;
        std::string way = node + " → " + passage.peer;
        if (!passage.known || passage.peer == node)
            way = node;
        else if (passage.step == Step::r3_request && !narrator_.is_of_person(passage.node))
            way = client + " → " + node;
        else if (passage.step == Step::r4_fetch)
            way = node + " → " + client;
        if (passage.port != 0) way += "  " + catalogue_.text("story.port", {{"port", passage.port}});
        return way;
    }

    void tell_end(const Passage& passage)
    {
        if (!passage.ended) {
            if (const Happening* end = tale_.end_of(passage))
                causes_.tell_cut_off(*end);
            else
                page_.paragraph(
                    {text_column, catalogue_.text(tale_.goes_on ? "story.going_on" : "story.not_ended"), Style::story});
            causes_.tell_causes(passage);
            causes_.tell_mending(passage);
            return;
        }
        tell_outcome(passage);
        causes_.tell_silence(passage);
        causes_.tell_causes(passage);
        if (!next_server(passage)) causes_.tell_mending(passage); // else the letter found its own way
        std::string facts;
        const auto add = [&](const std::string& fact) { facts += (facts.empty() ? "" : " · ") + fact; };
        const bool is_deep = telling_.depth != narration::Depth::plain;
        if (passage.known && *passage.ended != passage.begun)
            add(catalogue_.text("story.took", {{"time", duration(*passage.ended - passage.begun)}}));
        if (passage.frames > 0) {
            const std::string count = catalogue_.count("story.frames", static_cast<std::int64_t>(passage.frames));
            add(is_deep ? catalogue_.text("story.frames.which",
                                          {{"count", count}, {"numbers", numbers_text(passage.frame_numbers)}})
                        : count);
        }
        const auto opened = static_cast<std::int64_t>(passage.sessions.size()) - (passage.opened_by ? 1 : 0);
        if (opened > 0) add(catalogue_.count("story.connections", opened));
        if (const auto ttl = good_for(passage))
            add(catalogue_.text("story.good_for", {{"ttl", ttl_text(catalogue_, *ttl)}}));
        if (!facts.empty()) page_.paragraph({text_column, facts, Style::dim});
    }

    /// How long what the step's last question was told may be kept.
    static std::optional<std::uint32_t> good_for(const Passage& passage)
    {
        std::optional<std::uint32_t> seconds;
        for (const Evidence& evidence : passage.evidence)
            if (const auto* asked = std::get_if<Asked>(&evidence.what); asked && asked->recursive && asked->answered)
                if (const auto ttl = ttl_of(asked->records)) seconds = std::min(seconds.value_or(*ttl), *ttl);
        return seconds;
    }

    /// The try of another server that followed at once, in the same round; null where the letter waited, or did not go on.
    const Passage* next_server(const Passage& passage) const
    {
        if (!passage.ended || passage.step != Step::s3_3_transfer || !is_tried_again(passage.outcome)) return nullptr;
        const auto found = std::ranges::find_if(tale_.passages, [&](const Passage& other) {
            return &other != &passage && other.mail == passage.mail && other.step == passage.step &&
                   other.node == passage.node && other.recipients == passage.recipients &&
                   other.begun >= *passage.ended;
        });
        if (found == tale_.passages.end() || found->peer == passage.peer || !found->known) return nullptr;
        // Each round through the list begins with the question for it.
        const bool is_new_round = std::ranges::any_of(tale_.passages, [&](const Passage& other) {
            return other.mail == passage.mail && other.step == Step::s3_1_mx && other.node == passage.node &&
                   other.begun >= *passage.ended && other.begun <= found->begun;
        });
        return is_new_round ? nullptr : &*found;
    }

    /// How a step ended; of what is done, the clause behind it and what else there is to say.
    void tell_outcome(const Passage& passage)
    {
        const run::Event event = ended_event(passage);
        const auto& fact = std::get<run::StepEnded>(event.what);
        if (const Passage* next = next_server(passage))
            return page_.paragraph(
                {text_column,
                 catalogue_.text(fmt::format("step.ended.next_server.{}", narration::name(telling_.depth)),
                                 {{"node", narrator_.names().node(passage.node)},
                                  {"step", narrator_.numbered(passage.step)},
                                  {"peer", passage.peer},
                                  {"next", next->peer},
                                  {"why", narrator_.reason(fact, passage.peer)}}),
                 style_of(passage)});
        if (passage.outcome != run::Outcome::done)
            return page_.paragraph(
                {text_column, narrator_.tell(event, telling_.depth, passage.peer), style_of(passage)});
        if (telling_.depth == narration::Depth::rfc)
            if (const std::string clause = narrator_.clause(fact); !clause.empty())
                page_.paragraph({text_column, clause, style_of(passage)});
        if (const std::string why = narrator_.reason(fact, passage.peer); !why.empty())
            evidence_.put(catalogue_.text("story.label.note"), why, Style::held);
    }

    /// "1–15, 18, 20–22"; where there are many, the first of them.
    static std::string numbers_text(const std::vector<FrameRange>& ranges)
    {
        constexpr std::size_t ranges_shown = 6;
        std::string text;
        for (std::size_t i = 0; i < ranges.size() && i < ranges_shown; ++i) {
            const auto first = static_cast<std::uint64_t>(ranges[i].first),
                       last = static_cast<std::uint64_t>(ranges[i].last);
            if (i > 0) text += ", ";
            text += first == last ? fmt::format("{}", first) : fmt::format("{}–{}", first, last);
        }
        return ranges.size() > ranges_shown ? text + ", …" : text;
    }

    /// The last try of a step of a letter, or null.
    const Passage* last_of(const Letter& letter, Step step) const
    {
        const Passage* last = nullptr;
        for (const std::size_t index : letter.passages)
            if (tale_.passages[index].step == step) last = &tale_.passages[index];
        return last;
    }

    std::string not_reached() const { return tale_.goes_on ? "story.skipped.not_yet" : "story.skipped.not_reached"; }

    /// The step at which a letter came to a bad end; null where it goes on, or arrived.
    const Passage* stopped_at(const Letter& letter) const
    {
        const Passage* last = nullptr; // of the way to the mailbox
        for (const std::size_t index : letter.passages) {
            const Passage& passage = tale_.passages[index];
            if (passage.step < Step::r3_request && (!last || passage.begun >= last->begun)) last = &passage;
        }
        const bool is_over =
            last && last->ended && last->outcome != run::Outcome::done && last->outcome != run::Outcome::deferred;
        return is_over ? last : nullptr;
    }

    /// Whether letters of this world come to a step, as far as the run shows.
    bool world_has(Step step) const
    {
        // Where letters are relayed at all, names are looked up for it.
        const bool is_relay = step >= Step::s3_1_mx && step <= Step::s3_3_transfer;
        return std::ranges::any_of(tale_.passages, [&](const Passage& passage) {
            return passage.step == step ||
                   (is_relay && (passage.step == Step::s2_relay ||
                                 (passage.step >= Step::s3_1_mx && passage.step <= Step::s3_3_transfer)));
        });
    }

    /// Who handed a letter to the server that keeps it, with no other between; null where servers relayed it.
    const Passage* handed_straight(const Letter& letter) const
    {
        const bool is_relayed = std::ranges::any_of(letter.passages, [&](std::size_t index) {
            const Step step = tale_.passages[index].step;
            return step == Step::s2_relay || (step >= Step::s3_1_mx && step <= Step::s3_3_transfer);
        });
        const Passage* const submitted = last_of(letter, Step::s1_submit);
        const bool is_straight = !is_relayed && submitted && submitted->known && submitted->ended &&
                                 submitted->outcome == run::Outcome::done &&
                                 (last_of(letter, Step::r1_hand_over) || last_of(letter, Step::r2_store));
        return is_straight ? submitted : nullptr;
    }

    /// Why a letter never came to a step.
    std::string why_skipped(const Letter& letter, Step step) const
    {
        const bool is_between = step == Step::s2_relay || (step >= Step::s3_1_mx && step <= Step::s3_3_transfer);
        if (const Passage* submitted = is_between ? handed_straight(letter) : nullptr)
            return catalogue_.text("story.skipped.straight",
                                   {{"who", narrator_.who(submitted->node)}, {"peer", submitted->peer}});
        return catalogue_.text(reason_for_skipping(letter, step));
    }

    /// Key of why a letter never came to a step: the world has no such step, or what comes before it did not work out.
    std::string reason_for_skipping(const Letter& letter, Step step) const
    {
        const auto is_done = [](const Passage* passage) {
            return passage && passage->ended && passage->outcome == run::Outcome::done;
        };
        if (const Passage* stop = stopped_at(letter); stop && stop->step < step && world_has(step))
            return "story.skipped.not_taken";
        const Passage* const handed_over = last_of(letter, Step::s1_submit);
        const bool is_kept = is_done(last_of(letter, Step::r2_store));
        const bool is_behind = step == Step::r1_hand_over || step == Step::r2_store || step == Step::r3_request ||
                               step == Step::r4_fetch; // the letter's being taken
        if (is_behind && !is_kept) {
            const bool is_over = handed_over && handed_over->ended && handed_over->outcome != run::Outcome::done &&
                                 handed_over->outcome != run::Outcome::deferred;
            return is_over ? "story.skipped.not_taken" : not_reached();
        }
        const Passage* const asked = last_of(letter, Step::r3_request);
        if (step == Step::r4_fetch && asked && !asked->ended) return not_reached();
        if (world_has(step) && step <= Step::s3_3_transfer) return not_reached();
        return fmt::format("step.{}.skipped", narration::word(step));
    }

    /// "–  skipped  S2 S3.3: no relay between · S3.1 S3.2: no name server": what has the same reason stands together.
    void tell_skipped(const Letter& letter)
    {
        std::vector<std::pair<std::string, std::string>> groups; // reason, steps
        for (const Step step : journey_steps) {
            const bool taken = std::ranges::any_of(
                letter.passages, [&](std::size_t index) { return tale_.passages[index].step == step; });
            if (taken) continue;
            const std::string reason = why_skipped(letter, step);
            const auto known = std::ranges::find(groups, reason, &std::pair<std::string, std::string>::first);
            if (known == groups.end())
                groups.emplace_back(reason, run::step_name(step));
            else
                known->second += fmt::format(" {}", run::step_name(step));
        }
        if (groups.empty()) return;
        std::string told;
        for (const auto& [reason, steps] : groups) {
            if (!told.empty()) told += " · ";
            told += catalogue_.text("story.skipped.group", {{"steps", steps}, {"why", reason}});
        }
        page_.blank();
        page_.labelled({{0, std::string{narration::mark_skipped}, Style::dim},
                        {code_column, catalogue_.text("outcome.skipped"), Style::dim}},
                       {EvidenceTeller::text_column, told, Style::dim});
    }

    // ---- small things

    static run::Event begun_event(const Passage& passage)
    {
        run::StepBegun fact;
        fact.step = passage.step;
        fact.peer = passage.peer;
        fact.port = passage.port;
        run::Event event;
        event.node = passage.node;
        event.what = fact;
        return event;
    }
    static run::Event ended_event(const Passage& passage)
    {
        run::StepEnded fact;
        fact.step = passage.step;
        fact.outcome = passage.outcome;
        fact.reason = passage.reason;
        fact.detail = passage.detail;
        run::Event event;
        event.node = passage.node;
        event.what = fact;
        return event;
    }
    Style style_of(const Passage& passage) const
    {
        if (!passage.ended) return tale_.end_of(passage) ? Style::stop : Style::story;
        switch (passage.outcome) {
        case run::Outcome::done: return Style::strong;
        case run::Outcome::deferred: return Style::held;
        default: return Style::stop;
        }
    }
    std::string clock(Time at) const { return clock_text(at, telling_.header.zone_minutes); }
    std::string duration(Duration length) const { return duration_text(catalogue_, length); }

    const Tale& tale_;
    const Telling& telling_;
    const narration::Narrator& narrator_;
    const narration::Catalogue& catalogue_;
    Page page_;
    EvidenceTeller evidence_;
    CauseTeller causes_;
    std::vector<const LessonWords*> said_; // of this letter
};

} // namespace

std::string story_text(const Tale& tale, const Telling& telling) { return Story{tale, telling}.tell(); }

} // namespace tegami::exporting
