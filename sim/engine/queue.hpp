#pragma once
/// The queue of everything that will happen: a monotone radix heap on time, with ties put in order when their instant
/// comes. Nothing may be pushed before the instant last popped.

#include "sim/engine/big_memory.hpp"
#include "sim/engine/due.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <vector>

namespace tegami::engine {

class Queue {
  public:
    explicit Queue(Time start) : last_(static_cast<std::uint64_t>(start.ns)) {}

    bool empty() const { return size_ == 0; }
    std::size_t size() const { return size_; }

    void push(const Due& due)
    {
        assert(static_cast<std::uint64_t>(due.at) >= last_);
        ++size_;
        if (static_cast<std::uint64_t>(due.at) == last_)
            push_now(due);
        else
            push_later(due);
    }

    /// Takes the next due into `due`, if it lies at or before `limit`.
    bool pop(Time limit, Due& due)
    {
        if (next_ == now_.size() && !advance(static_cast<std::uint64_t>(limit.ns))) return false;
        if (static_cast<std::uint64_t>(limit.ns) < last_) return false;
        due = now_[next_++];
        --size_;
        if (next_ == now_.size()) {
            now_.clear();
            next_ = 0;
        }
        return true;
    }

    /// When the next due lies; Time::never() where there is none.
    Time next_time() const
    {
        if (next_ != now_.size()) return {static_cast<std::int64_t>(last_)};
        if (filled_ == 0) return Time::never();
        return {static_cast<std::int64_t>(earliest(later_[static_cast<std::size_t>(std::countr_zero(filled_))]))};
    }

  private:
    using Bucket = std::vector<Due, BigMemory<Due>>;

    static std::uint64_t earliest(const Bucket& bucket)
    {
        std::int64_t at = bucket[0].at;
        for (const Due& due : bucket) at = std::min(at, due.at);
        return static_cast<std::uint64_t>(at);
    }

    void push_now(const Due& due)
    {
        const auto from = now_.begin() + static_cast<std::ptrdiff_t>(next_);
        now_.insert(std::upper_bound(from, now_.end(), due, before_at_same_time), due);
    }
    void push_later(const Due& due)
    {
        const auto bucket = static_cast<std::size_t>(63 - std::countl_zero(static_cast<std::uint64_t>(due.at) ^ last_));
        later_[bucket].push_back(due);
        filled_ |= std::uint64_t{1} << bucket;
    }

    /// Moves the next instant's dues into now_; false if it lies behind `limit`.
    bool advance(std::uint64_t limit)
    {
        if (filled_ == 0) return false;
        const auto index = static_cast<std::size_t>(std::countr_zero(filled_));
        Bucket& bucket = later_[index];
        const std::uint64_t at = earliest(bucket);
        if (at > limit) return false;
        last_ = at;
        filled_ &= filled_ - 1;
        if (bucket.size() == 1) {
            now_.push_back(bucket[0]);
            bucket.clear();
            return true;
        }
        spare_.swap(bucket);
        for (const Due& due : spare_) {
            if (static_cast<std::uint64_t>(due.at) == last_)
                now_.push_back(due);
            else
                push_later(due); // always into a lower bucket
        }
        spare_.clear();
        if (later_[index].capacity() == 0) later_[index].swap(spare_);
        if (now_.size() > 1) std::sort(now_.begin(), now_.end(), before_at_same_time);
        return true;
    }

    std::uint64_t last_; // the instant that now_ holds
    Bucket now_;         // in order; what lies before next_ is done
    std::size_t next_ = 0;
    std::array<Bucket, 64> later_; // by the highest bit in which the time differs from last_
    std::uint64_t filled_ = 0;
    Bucket spare_;
    std::size_t size_ = 0;
};

} // namespace tegami::engine
