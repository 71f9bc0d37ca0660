#pragma once
/// Octets that arrived and the user has not taken, in order and in one piece, and those that came too early, kept at
/// their place behind the gap; and what the peer is told of the latter: RFC 2018 §4, RFC 2883 §4.

#include "protocols/tcp/octet_queue.hpp"
#include "protocols/tcp/span_queue.hpp"

#include <array>
#include <span>

namespace tegami::tcp {

inline constexpr std::size_t out_of_order_octets = 64 * 1024; // a connection's, ROBUST.md
inline constexpr std::size_t out_of_order_pieces = 512;       // and in so many pieces

class ReceiveBuffer {
  public:
    void begin_at(Sequence sequence)
    {
        octets_.clear();
        spans_.clear();
        early_.clear();
        early_octets_ = 0;
        latest_count_ = 0;
        twice_ = {};
        begin_ = sequence;
    }
    std::size_t size() const { return octets_.size(); }
    std::size_t capacity() const { return octets_.capacity(); }
    Octets octets() const { return octets_.octets(); }
    /// The sequence number of the first octet that the user has not taken.
    Sequence begin() const { return begin_; }
    /// The sequence number of the first octet that has not arrived.
    Sequence next() const { return begin_ + static_cast<Sequence>(octets_.size()); }
    bool has_gap() const { return !early_.empty(); }
    std::size_t early_octets() const { return early_octets_; }
    std::size_t early_pieces() const { return early_.size(); }

    /// `text` is next and nothing came early. `runs`: whom it serves, ends counted from `skip` octets before `text`.
    void append(Octets text, std::uint32_t skip, std::span<const SpanRun> runs);
    /// Puts text at its place; what is there already stays. False where not all could be kept.
    bool insert(Sequence begin, Octets text, std::uint32_t skip, std::span<const SpanRun> runs);

    /// The peer's side has ended: what came early can only lie behind that, and means nothing.
    void end()
    {
        early_.clear();
        early_octets_ = 0;
        latest_count_ = 0;
    }

    // What a SACK option says. ----------------------------------------------------------------------------------------

    /// These octets came once more: the next report begins with them (D-SACK, RFC 2883 §4). The first such range since
    /// the last report counts.
    void came_twice(SequenceRange octets)
    {
        if (twice_.size() == 0)
            twice_ = octets;
        else if (twice_.end == octets.begin)
            twice_.end = octets.end;
    }
    bool has_report() const { return has_gap() || twice_.size() != 0; }
    /// Fills `out` with blocks in the order of RFC 2018 §4 and gives their number: first what came twice, then the block
    /// into which the latest segment fell, then those reported latest, then others while there is room.
    std::uint8_t report(std::span<SequenceRange> out);

    Spans united(std::size_t count, SpanAlgebra& algebra) const
    {
        return spans_.united(begin_, begin_ + static_cast<Sequence>(count), algebra);
    }
    void consume(std::size_t count)
    {
        octets_.drop_front(count);
        begin_ += static_cast<Sequence>(count);
        spans_.drop_to(begin_);
    }
    void clear_above(std::size_t kept)
    {
        begin_at(0);
        octets_.clear_above(kept);
    }

  private:
    struct Early {
        Sequence begin, end;
        Spans spans;
    };
    using Pieces = std::vector<Early>;

    bool insert_run(Sequence begin, Octets text, Spans spans);
    void close_gap();
    Pieces::const_iterator piece_behind(Sequence sequence) const;
    SequenceRange block_at(Sequence sequence) const;
    void remember(Sequence sequence);

    Sequence begin_ = 0;
    OctetQueue octets_;
    SpanQueue spans_;
    Pieces early_; // in order, apart or with different spans
    std::size_t early_octets_ = 0;
    static constexpr std::size_t latest_limit = 4;
    std::array<Sequence, latest_limit> latest_{}; // numbers in the blocks that grew latest, each in another block
    std::uint8_t latest_count_ = 0;
    SequenceRange twice_{};
};

} // namespace tegami::tcp
