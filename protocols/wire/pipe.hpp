#pragma once
/// Two streams joined in memory: what one end writes, the other reads at once. For unit tests of dialogues, and for two
/// dialogues of one process. Nobody waits for time here: `allow` is remembered, and `expire` plays its end.

#include "protocols/wire/stream.hpp"

#include <memory>

namespace tegami::wire {

class PipeEnd final : public Stream {
  public:
    /// Both ends; each may outlive the other. `room` bounds what lies unread in one direction, in octets.
    static std::pair<std::unique_ptr<PipeEnd>, std::unique_ptr<PipeEnd>> make_pair(std::size_t room = 1 << 16);
    ~PipeEnd() override;

    void allow(Duration each_wait) override { allowed_ = each_wait; }
    void close() override;
    void abort() override;

    Duration allowed() const { return allowed_; }
    bool waiting() const { return static_cast<bool>(waiting_); }
    /// The time allowed for the wait under way is over.
    void expire();

  protected:
    Octets arrived() const override { return Octets{in_}.subspan(head_); }
    Spans arrived_spans(std::size_t) const override { return spans_; }
    void consume(std::size_t count) override;
    bool ended(Hangup& why) const override;
    std::size_t offer(Octets octets, Spans spans) override;
    bool broken() const override { return broken_ || closed_ || !peer_; }
    void wait(std::coroutine_handle<> waiting) override { waiting_ = waiting; }

  private:
    PipeEnd() = default;
    void look();

    PipeEnd* peer_ = nullptr;
    OctetBuffer in_;
    std::size_t head_ = 0;
    std::size_t room_ = 0;
    Spans spans_;
    bool peer_closed_ = false;
    bool closed_ = false;
    bool broken_ = false;
    bool looking_ = false;
    Duration allowed_;
    std::coroutine_handle<> waiting_;
};

} // namespace tegami::wire
