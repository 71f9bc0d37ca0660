#pragma once
/// How long to wait for an acknowledgment: RFC 6298, in whole nanoseconds.

#include "protocols/wire/time.hpp"

#include <algorithm>

namespace tegami::tcp {

using wire::Duration;
using wire::Time;

inline constexpr Duration initial_rto = wire::seconds(1);        // RFC 6298 §2.1
inline constexpr Duration smallest_rto = wire::seconds(1);       // §2.4
inline constexpr Duration largest_rto = wire::seconds(60);       // §2.5: at least 60 s
inline constexpr Duration rto_after_syn_loss = wire::seconds(3); // §5.7

/// SRTT, RTTVAR and RTO. The clock has no granularity worth speaking of, so G of the formulas is zero.
class RtoEstimator {
  public:
    Duration rto() const { return rto_; }
    /// Zero while nothing was measured.
    Duration srtt() const { return srtt_; }
    Duration rttvar() const { return rttvar_; }

    /// A round trip of a segment that was sent once (Karn's algorithm, §3), or one told by a timestamp. §2.2 and §2.3.
    /// `expected`: so many of its kind come in a round trip, so each counts for less (RFC 7323 Appendix G).
    void measure(Duration round_trip, std::uint32_t expected = 1)
    {
        if (srtt_.ns == 0) {
            srtt_ = std::max(round_trip, wire::nanoseconds(1));
            rttvar_ = round_trip / 2;
        } else {
            const std::int64_t off = srtt_.ns > round_trip.ns ? srtt_.ns - round_trip.ns : round_trip.ns - srtt_.ns;
            rttvar_.ns += (off - rttvar_.ns) / (std::int64_t{4} * expected);
            srtt_.ns = std::max<std::int64_t>(srtt_.ns + (round_trip.ns - srtt_.ns) / (std::int64_t{8} * expected), 1);
        }
        rto_ = std::clamp(srtt_ + rttvar_ * 4, smallest_rto, largest_rto);
    }
    /// The timer expired. §5.5.
    void back_off() { rto_ = std::min(rto_ * 2, largest_rto); }
    /// Data transmission begins, and our SYN had to be sent again. §5.7.
    void begin_after_syn_loss() { rto_ = rto_after_syn_loss; }

  private:
    Duration srtt_, rttvar_, rto_ = initial_rto;
};

} // namespace tegami::tcp
