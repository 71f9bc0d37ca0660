#include "sim/export/dns_walk.hpp"

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
    }
    std::vector<NameWalk> finish() { return std::move(walks_); }

  private:
    static constexpr std::size_t none = static_cast<std::size_t>(-1);
    /// Where the answer to a question goes: a walk, and which of its steps; the walk's own question where that is none.
    struct Place {
        std::size_t walk = none;
        std::size_t step = none;
    };
    using Question = std::tuple<NodeId, std::uint16_t, std::string, std::uint16_t>;

    Asked& at(const Place& place)
    {
        NameWalk& walk = walks_[place.walk];
        return place.step == none ? walk.question : std::get<Asked>(walk.steps[place.step].what);
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
            if (book_.node_of(walk.question.server) != resolver) continue;
            const int fits = (serve_alike(walk.spans, spans) ? 4 : 0) + (walk.question.name == name ? 2 : 0) +
                             (walk.question.type == type ? 1 : 0);
            if (fits < most) continue;
            most = fits;
            best = index;
        }
        return best;
    }
    std::size_t begin_walk(const run::Event& event, Asked question)
    {
        walks_.push_back({event.at, std::move(question), event.spans, {}});
        return walks_.size() - 1;
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
            place.walk = begin_walk(event, asked);
            open_walks_.push_back(place.walk);
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
        if (open->second.step == none) std::erase(open_walks_, open->second.walk);
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
};

} // namespace

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
