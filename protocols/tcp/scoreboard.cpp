#include "protocols/tcp/scoreboard.hpp"

#include <algorithm>

namespace tegami::tcp {

std::uint32_t Scoreboard::add(SequenceRange block)
{
    // The ranges that it touches become one.
    const auto first = std::partition_point(ranges_.begin(), ranges_.end(),
                                            [&](const SequenceRange& r) { return before(r.end, block.begin); });
    auto last = first;
    std::uint32_t known = 0;
    SequenceRange all = block;
    for (; last != ranges_.end() && at_or_before(last->begin, block.end); ++last) {
        known += last->size();
        all = {earlier(all.begin, last->begin), later(all.end, last->end)};
    }
    if (first == last) {
        if (ranges_.size() == scoreboard_ranges) return 0;
        ranges_.insert(first, block);
    } else {
        *first = all;
        ranges_.erase(first + 1, last);
    }
    octets_ += all.size() - known;
    return all.size() - known;
}

void Scoreboard::drop_to(Sequence sequence)
{
    auto range = ranges_.begin();
    for (; range != ranges_.end() && at_or_before(range->end, sequence); ++range) octets_ -= range->size();
    ranges_.erase(ranges_.begin(), range);
    if (!ranges_.empty() && before(ranges_.front().begin, sequence)) {
        octets_ -= sequence - ranges_.front().begin;
        ranges_.front().begin = sequence;
    }
}

std::uint32_t Scoreboard::octets_before(Sequence sequence) const
{
    if (ranges_.empty() || at_or_before(ranges_.back().end, sequence)) return octets_;
    std::uint32_t sum = 0;
    for (const SequenceRange& range : ranges_) {
        if (at_or_after(range.begin, sequence)) break;
        sum += earlier(range.end, sequence) - range.begin;
    }
    return sum;
}

SequenceRange Scoreboard::gap_from(Sequence sequence, Sequence end) const
{
    auto range = std::partition_point(ranges_.begin(), ranges_.end(),
                                      [&](const SequenceRange& r) { return at_or_before(r.end, sequence); });
    if (range != ranges_.end() && at_or_before(range->begin, sequence)) {
        sequence = range->end; // ranges are apart, so the next one begins further on
        ++range;
    }
    if (at_or_after(sequence, end)) return {end, end};
    return {sequence, range == ranges_.end() ? end : earlier(range->begin, end)};
}

SequenceRange Scoreboard::last_gap(Sequence una, Sequence end) const
{
    if (ranges_.empty()) return {una, end};
    if (before(ranges_.back().end, end)) return {ranges_.back().end, end};
    return {ranges_.size() > 1 ? ranges_[ranges_.size() - 2].end : una, ranges_.back().begin};
}

Sequence Scoreboard::lost_before(Sequence una, std::uint16_t mss) const
{
    std::uint32_t count = 0, octets = 0;
    for (auto range = ranges_.rbegin(); range != ranges_.rend(); ++range) {
        octets += range->size();
        if (++count >= duplicate_threshold || octets > (duplicate_threshold - 1) * mss) return range->begin;
    }
    return una;
}

} // namespace tegami::tcp
