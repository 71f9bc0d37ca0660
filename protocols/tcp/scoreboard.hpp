#pragma once
/// What the peer has told of octets that arrived behind a gap, and what a sender concludes from it: RFC 6675 §4. Lent
/// with a connection's buffers. What a peer says is advice only (RFC 2018 §8): nothing is dropped from the send buffer by
/// it, and a time-out forgets it.

#include "protocols/tcp/sequence.hpp"

#include <vector>

namespace tegami::tcp {

inline constexpr std::size_t scoreboard_ranges = 256;   // a connection's: a peer that tells of more is not heard
inline constexpr std::uint32_t duplicate_threshold = 3; // DupThresh, RFC 6675 §2

class Scoreboard {
  public:
    void clear()
    {
        ranges_.clear();
        octets_ = 0;
    }
    bool empty() const { return ranges_.empty(); }
    std::size_t ranges() const { return ranges_.size(); }
    /// Octets that the peer holds behind a gap.
    std::uint32_t octets() const { return octets_; }
    /// One behind the highest of them; only where there are any.
    Sequence highest() const { return ranges_.back().end; }

    /// Update(): takes a block in, and gives how many of its octets were not known before.
    std::uint32_t add(SequenceRange block);
    /// The peer has everything before `sequence`.
    void drop_to(Sequence sequence);

    /// How many of the octets before `sequence` the peer holds.
    std::uint32_t octets_before(Sequence sequence) const;
    /// The octets from `sequence` on that the peer is not known to hold, up to the next that it holds or to `end`.
    SequenceRange gap_from(Sequence sequence, Sequence end) const;
    /// The last such octets before `end`: those up to it, or before the range that ends there.
    SequenceRange last_gap(Sequence una, Sequence end) const;
    /// IsLost(): a gap is taken for lost where three ranges, or more than two segments' octets, arrived behind it. Gives
    /// one behind the highest number that is lost; `una` where none is.
    Sequence lost_before(Sequence una, std::uint16_t mss) const;

  private:
    std::vector<SequenceRange> ranges_; // in order, and apart
    std::uint32_t octets_ = 0;
};

/// Where a recovery by the scoreboard stands. RFC 6675 §2. Ends are one behind the RFC's numbers.
struct Recovery {
    Scoreboard board;
    Sequence high_rxt = 0;   // HighRxt: what was sent again in this recovery ends here
    Sequence rescue_rxt = 0; // RescueRxt
    std::uint32_t pipe = 0;  // octets that may be in the network
};

} // namespace tegami::tcp
