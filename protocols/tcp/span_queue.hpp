#pragma once
/// Whom the octets of a buffer serve: runs that end at sequence numbers, beside the octets and never in them.

#include "protocols/tcp/sequence.hpp"
#include "protocols/wire/stream.hpp"

#include <algorithm>
#include <vector>

namespace tegami::tcp {

using wire::SpanAlgebra;
using wire::SpanRun;
using wire::Spans;

class SpanQueue {
  public:
    std::size_t size() const { return runs_.size() - head_; }

    /// From the end of the run before up to `end`, octets serve `spans`.
    void append(Sequence end, Spans spans)
    {
        if (head_ != runs_.size() && runs_.back().spans == spans)
            runs_.back().end = end;
        else
            runs_.push_back({end, spans});
    }
    /// Forgets what ends at or before `sequence`.
    void drop_to(Sequence sequence)
    {
        while (head_ != runs_.size() && at_or_before(runs_[head_].end, sequence)) ++head_;
        if (head_ == runs_.size()) {
            clear();
        } else if (head_ >= 64 && head_ * 2 >= runs_.size()) {
            runs_.erase(runs_.begin(), runs_.begin() + static_cast<std::ptrdiff_t>(head_));
            head_ = 0;
        }
    }
    void clear()
    {
        runs_.clear();
        head_ = 0;
    }

    /// The runs of `length` octets from `begin` on, with ends counted from `begin`, at most `limit` of them into `out`.
    /// Sets `count` and gives the octets they cover: fewer than `length` where the runs are too many.
    std::uint32_t cut(Sequence begin, std::uint32_t length, SpanRun* out, std::size_t limit, std::size_t& count) const
    {
        count = 0;
        for (std::size_t i = find(begin); i != runs_.size(); ++i) {
            const std::uint32_t end = runs_[i].end - begin;
            out[count++] = {std::min(end, length), runs_[i].spans};
            if (end >= length) return length;
            if (count == limit) return end;
        }
        return length;
    }
    /// Whom the octets from `begin` up to `end` serve together.
    Spans united(Sequence begin, Sequence end, SpanAlgebra& algebra) const
    {
        Spans all;
        if (begin == end) return all;
        for (std::size_t i = find(begin); i != runs_.size(); ++i) {
            all = unite(all, runs_[i].spans, algebra);
            if (at_or_after(runs_[i].end, end)) break;
        }
        return all;
    }

    /// Asks the world only where there is a question.
    static Spans unite(Spans one, Spans other, SpanAlgebra& algebra)
    {
        if (one == other || other.id == 0) return one;
        return one.id == 0 ? other : algebra.unite(one, other);
    }

  private:
    /// The first run that ends behind `sequence`.
    std::size_t find(Sequence sequence) const
    {
        if (head_ == runs_.size() || after(runs_[head_].end, sequence)) return head_;
        const auto found = std::partition_point(runs_.begin() + static_cast<std::ptrdiff_t>(head_), runs_.end(),
                                                [&](const SpanRun& run) { return at_or_before(run.end, sequence); });
        return static_cast<std::size_t>(found - runs_.begin());
    }

    std::vector<SpanRun> runs_;
    std::size_t head_ = 0;
};

} // namespace tegami::tcp
