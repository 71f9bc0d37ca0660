#pragma once
/// Octets that the user gave and the peer has not acknowledged, and whom they serve.

#include "protocols/tcp/octet_queue.hpp"
#include "protocols/tcp/span_queue.hpp"

namespace tegami::tcp {

class SendBuffer {
  public:
    /// Empty, its first octet to have this sequence number.
    void begin_at(Sequence sequence)
    {
        octets_.clear();
        spans_.clear();
        begin_ = sequence;
    }
    Sequence begin() const { return begin_; }
    Sequence end() const { return begin_ + static_cast<Sequence>(octets_.size()); }
    std::size_t size() const { return octets_.size(); }
    std::size_t capacity() const { return octets_.capacity(); }

    void append(Octets octets, Spans spans)
    {
        if (octets.empty()) return;
        octets_.append(octets);
        spans_.append(end(), spans);
    }
    /// The peer has everything before `sequence`.
    void drop_to(Sequence sequence)
    {
        octets_.drop_front(sequence - begin_);
        begin_ = sequence;
        spans_.drop_to(sequence);
    }
    Octets octets(Sequence from, std::uint32_t length) const { return octets_.octets(from - begin_, length); }
    std::uint32_t cut(Sequence from, std::uint32_t length, SpanRun* out, std::size_t limit, std::size_t& count) const
    {
        return spans_.cut(from, length, out, limit, count);
    }
    void clear_above(std::size_t kept)
    {
        octets_.clear_above(kept);
        spans_.clear();
    }

  private:
    Sequence begin_ = 0;
    OctetQueue octets_;
    SpanQueue spans_;
};

} // namespace tegami::tcp
