#pragma once
/// Two streams between which nothing moves by itself: each step brings one segment to the other end, or lets one pause of
/// a test's own go on. So a test can stop at every await there is, look at the segments, and destroy what it likes.

#include "protocols/wire/stream.hpp"

#include <algorithm>
#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace tegami::transcripts {

/// What left together, and whom it serves.
struct Segment {
    std::string octets;
    std::vector<wire::SpanRun> runs;
};

class SteppedEnd final : public wire::Stream {
  public:
    explicit SteppedEnd(std::size_t segment_size) : segment_size_(segment_size) {}
    ~SteppedEnd() override
    {
        if (peer) peer->peer_gone();
    }

    void cork(bool corked) override
    {
        corked_ = corked;
        push();
    }
    void allow(wire::Duration each_wait) override { allowed = each_wait; }
    void close() override
    {
        cork(false);
        closed_ = true;
        push();
    }
    void abort() override
    {
        broken_ = true;
        if (peer) peer->peer_gone();
    }

    /// The segment that has been under way longest arrives at the peer. False if there is none.
    bool step()
    {
        if (!peer) { // a reset is all that is left to arrive
            if (!waiting_ || !wait_is_over()) return false;
            std::exchange(waiting_, {}).resume();
            return true;
        }
        if ((under_way.empty() && !(closed_ && !peer->peer_closed_))) return false;
        if (under_way.empty()) {
            peer->peer_closed_ = true;
        } else {
            const Segment segment = std::move(under_way.front());
            under_way.pop_front();
            std::uint32_t from = 0;
            for (const wire::SpanRun& run : segment.runs) {
                for (; from < run.end; ++from) {
                    peer->in_.push_back(static_cast<std::uint8_t>(segment.octets[from]));
                    peer->in_spans_.push_back(run.spans);
                }
            }
        }
        peer->look();
        return true;
    }
    void look()
    {
        if (waiting_ && wait_is_over()) std::exchange(waiting_, {}).resume();
    }
    void forget() { waiting_ = {}; }
    /// The other side is no more.
    void abort_by_peer() { peer_gone(); }
    bool waiting() const { return static_cast<bool>(waiting_); }
    void expire()
    {
        time_is_over();
        std::exchange(waiting_, {}).resume();
    }

    SteppedEnd* peer = nullptr;
    std::deque<Segment> under_way;
    std::vector<Segment> sent; ///< all of them
    std::vector<std::string> said;
    std::vector<std::string> heard;
    wire::Duration allowed;

  protected:
    wire::Octets arrived() const override { return in_; }
    wire::Spans arrived_spans(std::size_t count) const override
    {
        // Tests need no algebra: the last one's number times 100 joins what differs.
        wire::Spans all = in_spans_.at(0);
        for (std::size_t i = 1; i < count; ++i)
            if (in_spans_[i] != in_spans_[i - 1]) all.id = all.id * 100 + in_spans_[i].id;
        return all;
    }
    void consume(std::size_t count) override
    {
        in_.erase(in_.begin(), in_.begin() + static_cast<std::ptrdiff_t>(count));
        in_spans_.erase(in_spans_.begin(), in_spans_.begin() + static_cast<std::ptrdiff_t>(count));
    }
    bool ended(wire::Hangup& why) const override
    {
        why = broken_ ? wire::Hangup::reset : wire::Hangup::closed;
        return broken_ || peer_closed_;
    }
    std::size_t offer(wire::Octets octets, wire::Spans spans) override
    {
        for (const std::uint8_t octet : octets) {
            out_ += static_cast<char>(octet);
            out_spans_.push_back(spans);
        }
        push();
        return octets.size();
    }
    bool broken() const override { return broken_ || closed_; }
    void wait(std::coroutine_handle<> waiting) override { waiting_ = waiting; }
    void note_said(std::string_view line, wire::Spans) override { said.emplace_back(line); }
    void note_heard(const wire::Line& line) override { heard.emplace_back(line.text); }

  private:
    void peer_gone()
    {
        peer = nullptr;
        broken_ = true;
    }
    void push()
    {
        while (!out_.empty() && (!corked_ || out_.size() >= segment_size_)) {
            Segment segment;
            const std::size_t count = std::min(segment_size_, out_.size());
            segment.octets = out_.substr(0, count);
            for (std::uint32_t i = 0; i < count; ++i) {
                if (segment.runs.empty() || segment.runs.back().spans != out_spans_[i])
                    segment.runs.push_back({i, out_spans_[i]});
                segment.runs.back().end = i + 1;
            }
            out_.erase(0, count);
            out_spans_.erase(out_spans_.begin(), out_spans_.begin() + static_cast<std::ptrdiff_t>(count));
            sent.push_back(segment);
            under_way.push_back(std::move(segment));
        }
    }

    std::size_t segment_size_;
    wire::OctetBuffer in_;
    std::vector<wire::Spans> in_spans_;
    std::string out_;
    std::vector<wire::Spans> out_spans_;
    bool corked_ = false;
    bool closed_ = false;
    bool broken_ = false;
    bool peer_closed_ = false;
    std::coroutine_handle<> waiting_;
};

inline std::pair<std::unique_ptr<SteppedEnd>, std::unique_ptr<SteppedEnd>> make_stepped_pair(
    std::size_t segment_size = 1'460)
{
    auto one = std::make_unique<SteppedEnd>(segment_size);
    auto other = std::make_unique<SteppedEnd>(segment_size);
    one->peer = other.get();
    other->peer = one.get();
    return {std::move(one), std::move(other)};
}

/// Awaiting it stops a coroutine until the test steps on: what a disk or a DNS answer is to a world.
class Pauses {
  public:
    auto pause()
    {
        struct Awaiter {
            Pauses& pauses;
            bool await_ready() const { return false; }
            void await_suspend(std::coroutine_handle<> waiting) const { pauses.waiting_.push_back(waiting); }
            void await_resume() const {}
        };
        return Awaiter{*this};
    }
    bool step()
    {
        if (waiting_.empty()) return false;
        const auto next = waiting_.front();
        waiting_.pop_front();
        next.resume();
        return true;
    }
    /// The coroutines that waited here are no more.
    void forget() { waiting_.clear(); }

  private:
    std::deque<std::coroutine_handle<>> waiting_;
};

} // namespace tegami::transcripts
