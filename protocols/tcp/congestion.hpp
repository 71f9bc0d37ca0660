#pragma once
/// Congestion control: slow start, congestion avoidance, fast retransmit and fast recovery of RFC 5681, limited transmit
/// of RFC 3042, NewReno's answer to partial acknowledgments, RFC 6582, and the window of a recovery by scoreboard,
/// RFC 6675.

#include "protocols/tcp/sequence.hpp"

#include <algorithm>

namespace tegami::tcp {

inline constexpr std::uint32_t largest_window = 65535u << 14; // RFC 7323 §2.3

class Congestion {
  public:
    enum class AckEffect : std::uint8_t { none, partial, first_partial, recovered };

    std::uint32_t cwnd() const { return cwnd_; }
    std::uint32_t ssthresh() const { return ssthresh_; }
    bool recovering() const { return recovering_; }
    std::uint8_t duplicates() const { return duplicates_; }
    /// RecoveryPoint of RFC 6675, one behind it.
    Sequence recover() const { return recover_; }

    /// How many octets may be in flight: cwnd, and one segment more for each of the first two duplicate ACKs (limited
    /// transmit, RFC 5681 §3.2 step 1).
    std::uint32_t allowed(std::uint16_t mss) const
    {
        if (recovering_ || duplicates_ == 0) return cwnd_;
        return cwnd_ + std::min<std::uint32_t>(duplicates_, 2) * mss;
    }

    /// IW of RFC 5681 §3.1; RFC 6928 would allow ten segments. `segments`: 0 for RFC 5681's own figure.
    static std::uint32_t initial_window(std::uint16_t mss, std::uint32_t segments)
    {
        if (segments == 0) segments = mss > 2190 ? 2 : mss > 1095 ? 3 : 4;
        return segments * mss;
    }
    /// The connection is synchronized. After a lost SYN one segment is the limit (RFC 5681 §3.1).
    void begin(std::uint16_t mss, std::uint32_t initial_window, bool syn_lost, Sequence iss)
    {
        cwnd_ = syn_lost ? mss : initial_window;
        recover_ = iss; // RFC 6582 §3.2 step 1
    }

    /// `ack` acknowledges `acked` octets that were not before; `flight` octets remain. `by_scoreboard`: what may be sent
    /// in a recovery is counted by RFC 6675, so the window stays as it is (§5, steps A and B).
    AckEffect on_new_ack(std::uint32_t acked, Sequence ack, std::uint32_t flight, std::uint16_t mss, bool by_scoreboard)
    {
        duplicates_ = 0;
        if (!recovering_ && after(ack - 1, recover_)) recover_ = ack - 1; // or it would lie ahead after 2^31 octets
        if (recovering_) {
            if (!by_scoreboard) return on_recovery_ack(acked, ack, flight, mss);
            if (before(ack, recover_)) return AckEffect::none;
            recovering_ = false;
            return AckEffect::recovered;
        }
        if (cwnd_ < ssthresh_) {
            cwnd_ += std::min<std::uint32_t>(acked, mss); // slow start, equation 2
        } else if ((acked_ += acked) >= cwnd_) {
            // Congestion avoidance by counting octets, the way RFC 5681 §3.1 recommends.
            acked_ -= cwnd_;
            cwnd_ += mss;
        }
        cwnd_ = std::min(cwnd_, largest_window);
        return AckEffect::none;
    }

    /// A duplicate ACK. True where the first unacknowledged segment is to be sent again: fast retransmit.
    bool on_duplicate(Sequence ack, std::uint32_t flight, Sequence send_max, std::uint16_t mss)
    {
        if (recovering_) {
            cwnd_ = std::min(cwnd_ + mss, largest_window); // RFC 5681 §3.2 step 4
            return false;
        }
        // RFC 6582 §3.2 step 2: not again for losses of the same flight.
        if (!after(ack, recover_)) return false;
        if (duplicates_ < 255) ++duplicates_;
        if (duplicates_ != 3) return false;
        // What limited transmit sent does not count (RFC 5681 §3.2 step 2): it is what lies above cwnd.
        ssthresh_ = half(std::min(flight, cwnd_), mss);
        cwnd_ = ssthresh_ + 3u * mss;
        recover_ = send_max;
        recovering_ = true;
        partial_seen_ = false;
        acked_ = 0;
        return true;
    }

    /// An ACK that tells of octets behind a gap: a duplicate in the sense of RFC 6675 §2. True where a recovery begins:
    /// with the third, or where the scoreboard shows that the first gap is lost. §5 steps 1, 2, 4.1 and 4.2.
    bool on_sack(Sequence ack, bool first_is_lost, std::uint32_t flight, Sequence send_max, std::uint16_t mss)
    {
        if (recovering_ || before(ack, recover_)) return false; // §5.1: not for losses of a flight that timed out
        if (duplicates_ < 255) ++duplicates_;
        if (duplicates_ < 3 && !first_is_lost) return false;
        ssthresh_ = cwnd_ = half(std::min(flight, cwnd_), mss);
        recover_ = send_max;
        recovering_ = true;
        acked_ = 0;
        return true;
    }
    /// What is in flight goes again for another reason than loss: no recovery for this flight, and the window stays.
    void resend_all(Sequence send_max)
    {
        recover_ = send_max;
        recovering_ = false;
        duplicates_ = 0;
    }

    /// The retransmission timer expired. `again`: for the same segment as the time before; then ssthresh stays
    /// (RFC 5681 §3.1). RFC 6582 §3.2 step 6 for recover.
    void on_timeout(std::uint32_t flight, bool again, Sequence send_max, std::uint16_t mss)
    {
        if (!again) ssthresh_ = half(std::min(flight, cwnd_), mss);
        cwnd_ = mss; // the loss window
        recover_ = send_max;
        recovering_ = false;
        duplicates_ = 0;
        acked_ = 0;
    }

    /// Nothing was sent for longer than an RTO: RFC 5681 §4.1.
    void restart_after_idle(std::uint32_t initial_window) { cwnd_ = std::min(cwnd_, initial_window); }

  private:
    static std::uint32_t half(std::uint32_t flight, std::uint16_t mss) // equation 4
    {
        return std::max<std::uint32_t>(flight / 2, 2u * mss);
    }
    /// RFC 6582 §3.2 step 3.
    AckEffect on_recovery_ack(std::uint32_t acked, Sequence ack, std::uint32_t flight, std::uint16_t mss)
    {
        if (at_or_after(ack, recover_)) { // full acknowledgment, option 1
            cwnd_ = std::min(ssthresh_, std::max<std::uint32_t>(flight, mss) + mss);
            recovering_ = false;
            return AckEffect::recovered;
        }
        cwnd_ -= std::min(acked, cwnd_);
        if (acked >= mss) cwnd_ += mss;
        cwnd_ = std::max<std::uint32_t>(cwnd_, mss);
        const bool first = !partial_seen_;
        partial_seen_ = true;
        return first ? AckEffect::first_partial : AckEffect::partial;
    }

    std::uint32_t cwnd_ = 0;
    std::uint32_t ssthresh_ = largest_window; // "arbitrarily high", RFC 5681 §3.1
    Sequence recover_ = 0;                    // one behind the highest sent when recovery began
    std::uint32_t acked_ = 0;                 // octets acknowledged since cwnd last grew
    std::uint8_t duplicates_ = 0;
    bool recovering_ = false;
    bool partial_seen_ = false;
};

} // namespace tegami::tcp
