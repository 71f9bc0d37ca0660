#include "sim/export/dns_walk.hpp"

#include "sim/export/asked_words.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace tegami::exporting {
namespace {

class WalkFold {
  public:
    WalkFold(const run::SpanTable& spans, const AddressBook& book) : spans_{spans}, book_{book} {}

    void take(const run::Event& event)
    {
        if (const auto* asked = std::get_if<run::DnsAsked>(&event.what))
            take_question(event, *asked);
        else if (const auto* answered = std::get_if<run::DnsAnswered>(&event.what))
            take_answer(event, *answered);
        else if (const auto* cached = std::get_if<run::DnsCached>(&event.what))
            take_memory(event, *cached);
        else if (const auto* decided = std::get_if<run::DnsDecided>(&event.what))
            take_reasoning(event, *decided);
        else if (const auto* act = std::get_if<run::Act>(&event.what); act && act->what.ends_with(".asks"))
            acts_[event.node] = event.at;
    }
    std::vector<NameWalk> finish() { return std::move(walks_); }

  private:
    static constexpr std::size_t none = static_cast<std::size_t>(-1);
    /// Where the answer to a question goes: a walk, and which of its steps; one of its own questions where that is none.
    struct Place {
        std::size_t walk = none;
        std::size_t step = none;
        std::size_t question = 0;
    };
    using Question = std::tuple<NodeId, std::uint16_t, std::string, std::uint16_t>;

    Asked& at(const Place& place)
    {
        NameWalk& walk = walks_[place.walk];
        return place.step == none ? walk.questions[place.question] : std::get<Asked>(walk.steps[place.step].what);
    }

    bool serve_alike(run::Spans one, run::Spans other) const
    {
        const auto ones = spans_.members(one), others = spans_.members(other);
        return std::ranges::any_of(ones, [&](SpanId span) { return std::ranges::find(others, span) != others.end(); });
    }

    /// The open walk that a resolver's doing belongs to: one that it was asked for, and rather one that serves the same,
    /// about the same name; else the last.
    std::size_t walk_at(NodeId resolver, run::Spans spans, std::string_view name, std::uint16_t type) const
    {
        std::size_t best = none;
        int most = -1;
        for (const std::size_t index : open_walks_) {
            const NameWalk& walk = walks_[index];
            if (book_.node_of(walk.questions.front().server) != resolver) continue;
            const bool is_of_type = std::ranges::find(walk.questions, type, &Asked::type) != walk.questions.end();
            const int fits = (serve_alike(walk.spans, spans) ? 4 : 0) + (walk.questions.front().name == name ? 2 : 0) +
                             (is_of_type ? 1 : 0);
            if (fits < most) continue;
            most = fits;
            best = index;
        }
        return best;
    }
    std::size_t begin_walk(const run::Event& event, Asked question)
    {
        const auto act = acts_.find(event.node);
        const bool by_hand =
            question.recursive && act != acts_.end() && act->second == event.at && spans_.members(event.spans).empty();
        walks_.push_back({event.at, {std::move(question)}, event.spans, by_hand, {}});
        return walks_.size() - 1;
    }
    /// The open walk of the same question for another type, asked just before.
    std::size_t walk_asked_with(const run::Event& event, const Asked& asked) const
    {
        const auto with = std::ranges::find_if(open_walks_, [&](std::size_t index) {
            const NameWalk& walk = walks_[index];
            const Asked& first = walk.questions.front();
            return first.node == asked.node && first.server == asked.server && first.name == asked.name &&
                   !first.by_tcp && !asked.by_tcp && walk.spans.id == event.spans.id &&
                   event.at - walk.at <= asked_together &&
                   std::ranges::find(walk.questions, asked.type, &Asked::type) == walk.questions.end();
        });
        return with == open_walks_.end() ? none : *with;
    }

    void take_question(const run::Event& event, const run::DnsAsked& fact)
    {
        Asked asked{.node = event.node,
                    .server = fact.server,
                    .name = std::string{fact.name},
                    .type = fact.type,
                    .recursive = fact.recursive,
                    .by_tcp = fact.transport == run::DnsTransport::tcp,
                    .id = fact.id};
        Place place;
        if (fact.recursive) {
            place.walk = walk_asked_with(event, asked);
            if (place.walk == none) {
                place.walk = begin_walk(event, asked);
                open_walks_.push_back(place.walk);
            } else {
                place.question = walks_[place.walk].questions.size();
                walks_[place.walk].questions.push_back(asked);
            }
        } else {
            place.walk = walk_at(event.node, event.spans, fact.name, fact.type);
            if (place.walk == none) place.walk = begin_walk(event, asked);
            place.step = walks_[place.walk].steps.size();
            walks_[place.walk].steps.push_back({event.at, asked});
        }
        open_[{event.node, fact.id, asked.name, fact.type}] = place;
    }

    void take_answer(const run::Event& event, const run::DnsAnswered& fact)
    {
        const auto open = open_.find({event.node, fact.id, std::string{fact.name}, fact.type});
        if (open == open_.end() || fact.outcome == run::DnsOutcome::forged) {
            Asked stray{.node = event.node, .server = fact.server, .name = std::string{fact.name}, .type = fact.type};
            answer(stray, event.at, fact);
            const std::size_t walk =
                open != open_.end() ? open->second.walk : walk_at(event.node, event.spans, fact.name, fact.type);
            if (walk != none) walks_[walk].steps.push_back({event.at, std::move(stray)});
            return;
        }
        answer(at(open->second), event.at, fact);
        if (open->second.step == none && walks_[open->second.walk].answered())
            std::erase(open_walks_, open->second.walk);
        open_.erase(open);
    }
    static void answer(Asked& asked, Time at, const run::DnsAnswered& fact)
    {
        asked.answered = at;
        asked.outcome = fact.outcome;
        asked.rcode = fact.rcode;
        asked.records = fact.records;
    }

    void take_memory(const run::Event& event, const run::DnsCached& fact)
    {
        if (fact.change != run::CacheChange::hit) return;
        const std::size_t walk = walk_at(event.node, event.spans, fact.name, fact.type);
        if (walk == none) return;
        walks_[walk].steps.push_back({event.at, Remembered{event.node, std::string{fact.name}, fact.type, fact.negative,
                                                           fact.ttl, std::string{fact.records}}});
    }
    void take_reasoning(const run::Event& event, const run::DnsDecided& fact)
    {
        const std::size_t walk = walk_at(event.node, event.spans, fact.name, fact.type);
        if (walk == none) return;
        walks_[walk].steps.push_back({event.at, Reasoned{event.node, fact.decision, std::string{fact.name}, fact.type,
                                                         std::string{fact.detail}}});
    }

    const run::SpanTable& spans_;
    const AddressBook& book_;
    std::vector<NameWalk> walks_;
    std::vector<std::size_t> open_walks_; // whose question has no answer yet
    std::map<Question, Place> open_;
    std::map<NodeId, Time> acts_; // when the scenario last had somebody ask there
};

} // namespace

std::optional<Time> NameWalk::answered() const
{
    std::optional<Time> last;
    for (const Asked& question : questions) {
        if (!question.answered) return std::nullopt;
        last = std::max(last.value_or(*question.answered), *question.answered);
    }
    return last;
}

std::vector<Inquiry> inquiries_of(const std::vector<NameWalk>& walks)
{
    std::vector<Inquiry> inquiries;
    for (const NameWalk& walk : walks) {
        if (!walk.by_hand) continue;
        Inquiry inquiry{
            .at = walk.at, .node = walk.questions.front().node, .answered = walk.answered(), .evidence = {}};
        inquiry.bad = std::ranges::any_of(walk.questions, is_bad);
        for (const Asked& question : walk.questions) inquiry.evidence.push_back({walk.at, question});
        for (const WalkStep& step : walk.steps)
            std::visit([&](const auto& what) { inquiry.evidence.push_back({step.at, what}); }, step.what);
        inquiries.push_back(std::move(inquiry));
    }
    return inquiries;
}

std::vector<NameWalk> walks_of(const run::Log& log, const AddressBook& book, std::optional<Time> at)
{
    WalkFold fold{log.spans(), book};
    for (const run::Event& event : log.events()) {
        if (at && event.at > *at) break;
        fold.take(event);
    }
    return fold.finish();
}

} // namespace tegami::exporting
