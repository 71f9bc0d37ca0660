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
    const auto index = static_cast<std::size_t>(span);
    if (index >= alone_.size()) alone_.resize(std::max(index + 1, spans_.size()));
    if (alone_[index] == 0) alone_[index] = add_set({&span, 1}).id;
    return {alone_[index]};
}

Spans SpanTable::with(Spans set, SpanId span) { return unite(set, only(span)); }

Spans SpanTable::unite(Spans one, Spans other)
{
    if (one == other || other.id == 0) return one;
    if (one.id == 0) return other;
    const auto place_of = [this](Spans a, Spans b) {
        const std::size_t mask = united_.size() - 1;
        std::size_t i = hash_of(a, b) & mask;
        while (united_[i].set != 0 && (united_[i].one != a || united_[i].other != b)) i = (i + 1) & mask;
        return i;
    };
    if (const United& known = united_[place_of(one, other)]; known.set != 0) return {known.set};

    const auto a = members(one);
    const auto b = members(other);
    std::vector<SpanId> both;
    std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
    const SpanId session = session_of(one);
    if (session != SpanId::none)
        std::erase_if(both, [&](SpanId s) { return s != session && (*this)[s].kind == SpanKind::session; });
    const Spans result = intern(both);
    if (2 * ++unions_ > united_.size()) {
        Grows<United> before(2 * united_.size());
        before.swap(united_);
        for (const United& u : before)
            if (u.set != 0) united_[place_of(u.one, u.other)] = u;
    }
    united_[place_of(one, other)] = {one, other, result.id};
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

std::uint32_t SpanTable::hash_of(Spans one, Spans other)
{
    const std::uint64_t h = (std::uint64_t{one.id} << 32 | other.id) * 0x9E37'79B9'7F4A'7C15;
    return static_cast<std::uint32_t>(h >> 32);
}

Spans SpanTable::intern(std::span<const SpanId> sorted)
{
    if (sorted.empty()) return {};
    if (sorted.size() == 1) return only(sorted[0]);
    std::uint64_t h = 0;
    for (const SpanId s : sorted) h = (h ^ static_cast<std::uint32_t>(s)) * 0x9E37'79B9'7F4A'7C15;
    const auto hash = static_cast<std::uint32_t>(h >> 32);

    if (2 * (hashed_ + 1) > by_members_.size()) {
        Grows<Hashed> before(2 * by_members_.size());
        before.swap(by_members_);
        for (const Hashed& entry : before) {
            if (entry.set == 0) continue;
            std::size_t i = entry.hash & (by_members_.size() - 1);
            while (by_members_[i].set != 0) i = (i + 1) & (by_members_.size() - 1);
            by_members_[i] = entry;
        }
    }
    const std::size_t mask = by_members_.size() - 1;
    std::size_t i = hash & mask;
    for (; by_members_[i].set != 0; i = (i + 1) & mask)
        if (by_members_[i].hash == hash && std::ranges::equal(members({by_members_[i].set}), sorted))
            return {by_members_[i].set};
    const Spans made = add_set(sorted);
    by_members_[i] = {hash, made.id};
    ++hashed_;
    return made;
}

Spans SpanTable::add_set(std::span<const SpanId> sorted)
{
    const auto id = static_cast<std::uint32_t>(sets_.size());
    sets_.push_back({static_cast<std::uint32_t>(members_.size()), static_cast<std::uint32_t>(sorted.size())});
    members_.insert(members_.end(), sorted.begin(), sorted.end());
    return {id};
}

} // namespace tegami::run
