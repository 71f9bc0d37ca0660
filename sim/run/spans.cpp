#include "sim/run/spans.hpp"

#include "sim/run/choices.hpp"

#include <algorithm>

namespace tegami::run {

std::string_view step_name(Step step) { return choice_name(step); }

SpanTable::SpanTable()
{
    spans_.push_back({}); // SpanId::none
    sets_.push_back({});  // the empty set is 0
}

SpanId SpanTable::begin(Span span)
{
    const std::size_t node = index_of(span.node);
    if (node >= numbers_.size()) numbers_.resize(node + 1);
    span.number = ++numbers_[node];
    spans_.push_back(span);
    return static_cast<SpanId>(spans_.size() - 1);
}

SpanId SpanTable::add(const Span& span)
{
    spans_.push_back(span);
    return static_cast<SpanId>(spans_.size() - 1);
}

Spans SpanTable::of(std::span<const SpanId> spans)
{
    std::vector<SpanId> sorted(spans.begin(), spans.end());
    std::ranges::sort(sorted);
    const auto [twice, end] = std::ranges::unique(sorted);
    sorted.erase(twice, end);
    return intern(sorted);
}

Spans SpanTable::only(SpanId span)
{
    if (span == SpanId::none) return {};
    return intern({&span, 1});
}

Spans SpanTable::with(Spans set, SpanId span) { return unite(set, only(span)); }

Spans SpanTable::unite(Spans one, Spans other)
{
    if (one == other || other.id == 0) return one;
    if (one.id == 0) return other;
    const std::uint64_t key = static_cast<std::uint64_t>(one.id) << 32 | other.id;
    if (const auto known = united_.find(key); known != united_.end()) return {known->second};

    const auto a = members(one);
    const auto b = members(other);
    std::vector<SpanId> both;
    std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
    const SpanId session = session_of(one);
    if (session != SpanId::none)
        std::erase_if(both, [&](SpanId s) { return s != session && (*this)[s].kind == SpanKind::session; });
    const Spans result = intern(both);
    united_.emplace(key, result.id);
    return result;
}

Spans SpanTable::steps_of(Spans set)
{
    if (session_of(set) == SpanId::none) return set;
    std::vector<SpanId> steps;
    for (const SpanId s : members(set))
        if ((*this)[s].kind == SpanKind::step) steps.push_back(s);
    return intern(steps);
}

SpanId SpanTable::session_of(Spans set) const
{
    for (const SpanId s : members(set))
        if ((*this)[s].kind == SpanKind::session) return s;
    return SpanId::none;
}

std::span<const SpanId> SpanTable::members(Spans set) const
{
    const Set& at = sets_[set.id];
    return {members_.data() + at.first, at.count};
}

Spans SpanTable::intern(std::span<const SpanId> sorted)
{
    if (sorted.empty()) return {};
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const SpanId s : sorted) hash = (hash ^ static_cast<std::uint32_t>(s)) * 0x100000001b3;
    const auto [from, to] = by_hash_.equal_range(hash);
    for (auto i = from; i != to; ++i)
        if (std::ranges::equal(members({i->second}), sorted)) return {i->second};
    const auto id = static_cast<std::uint32_t>(sets_.size());
    sets_.push_back({static_cast<std::uint32_t>(members_.size()), static_cast<std::uint32_t>(sorted.size())});
    members_.insert(members_.end(), sorted.begin(), sorted.end());
    by_hash_.emplace(hash, id);
    return {id};
}

} // namespace tegami::run
