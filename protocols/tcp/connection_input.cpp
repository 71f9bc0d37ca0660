/// SEGMENT ARRIVES: RFC 9293 §3.10.7.3 and §3.10.7.4, step by step.

#include "protocols/tcp/connection.hpp"

namespace tegami::tcp {

/// A segment as it is seen once what lies outside the window has been cut off.
struct Connection::Arrival {
    Sequence seq;
    Octets text;
    std::uint32_t skip; // octets of the payload before `text`
    bool syn;
    bool fin;
};

void Connection::on_segment(Time now, const Segment& segment, std::span<const SpanRun> runs)
{
    if (state_ < State::syn_received) [[unlikely]] {
        if (state_ == State::syn_sent)
            on_segment_in_syn_sent(now, segment, runs);
        else
            drop(segment, Rule::connection_closed);
        return;
    }
    const Flags flags = segment.flags;
    Arrival arrival{segment.seq, segment.payload, 0, flags.has(Flag::syn), flags.has(Flag::fin)};

    // First, check the sequence number. What begins at RCV.NXT and fits needs no further look.
    if (segment.seq != receive_next_ || segment.length() > receive_edge_ - receive_next_) [[unlikely]] {
        if (!make_acceptable(now, segment, arrival)) {
            serve_with_next_ack(runs);
            return;
        }
    }
    // Second, check the RST bit.
    if (flags.has(Flag::rst)) [[unlikely]] {
        on_reset(now, segment);
        return;
    }
    // Third, check security: left out.
    // Fourth, check the SYN bit.
    if (arrival.syn) [[unlikely]] {
        if (state_ == State::syn_received && passive_) {
            drop(segment, Rule::syn_challenged);
            finish(Ending::refused, Rule::syn_challenged); // back to LISTEN, which is the host's
        } else {
            drop(segment, Rule::syn_challenged);
            challenge(now);
        }
        return;
    }
    // Fifth, check the ACK field.
    if (!flags.has(Flag::ack)) [[unlikely]] {
        drop(segment, Rule::ack_missing);
        return;
    }
    if (!on_acknowledgment(now, segment, arrival)) return;
    // Sixth, check the URG bit: left out. Seventh, process the segment text. Eighth, check the FIN bit.
    if (!arrival.text.empty() || arrival.fin) on_text_and_fin(now, segment, arrival, runs);
}

// SYN-SENT: §3.10.7.3 ------------------------------------------------------------------------------------------------

void Connection::on_segment_in_syn_sent(Time now, const Segment& segment, std::span<const SpanRun> runs)
{
    const Flags flags = segment.flags;
    // First, check the ACK bit. Only our SYN can have been acknowledged.
    const bool acknowledged = flags.has(Flag::ack) && send_max_ != iss_ && segment.ack == iss_ + 1;
    if (flags.has(Flag::ack) && !acknowledged) {
        drop(segment, Rule::syn_sent_bad_ack);
        if (!flags.has(Flag::rst)) answer_with_reset(segment.ack, Rule::syn_sent_bad_ack);
        return;
    }
    // Second, check the RST bit.
    if (flags.has(Flag::rst)) {
        if (!acknowledged) {
            drop(segment, Rule::syn_sent_blind_reset);
            return;
        }
        note(NoteKind::reset_received, Rule::syn_sent_refused, segment.seq);
        finish(Ending::refused, Rule::syn_sent_refused);
        return;
    }
    // Third, check security: left out. Fifth, neither SYN nor RST: drop.
    if (!flags.has(Flag::syn)) {
        drop(segment, Rule::syn_sent_neither);
        return;
    }
    // Fourth, check the SYN bit.
    take_syn(segment);
    if (!acknowledged) {
        // Simultaneous open: our SYN goes again, with an ACK. Text or FIN on this SYN will be sent again.
        enter(State::syn_received, Rule::syn_sent_crossed);
        syn_due_ = true;
        behind_reason_ = Again::no;
        return;
    }
    una_ = segment.ack;
    if (timing_) rto_.measure(now - timed_at_);
    timing_ = false;
    syn_due_ = false;
    begin_data();
    enter(State::established, Rule::syn_sent_acknowledged);
    ack_wanted_ = true;
    serve_with_next_ack({});
    Arrival arrival{segment.seq + 1, segment.payload, 0, false, flags.has(Flag::fin)};
    const std::uint32_t window = receive_edge_ - receive_next_;
    if (arrival.text.size() + arrival.fin > window) {
        arrival.text = arrival.text.first(std::min<std::size_t>(arrival.text.size(), window));
        arrival.fin = false;
    }
    if (!arrival.text.empty() || arrival.fin) on_text_and_fin(now, segment, arrival, runs);
}

// The steps of §3.10.7.4 ---------------------------------------------------------------------------------------------

/// The first step for a segment that does not simply come next: false where it is not acceptable, and has been answered;
/// otherwise what lies outside the window has been cut off.
bool Connection::make_acceptable(Time now, const Segment& segment, Arrival& arrival)
{
    std::uint32_t length = segment.length();
    if (state_ == State::syn_received && arrival.syn && segment.seq == irs_) {
        if (!segment.flags.has(Flag::ack)) {
            // The peer's SYN once more: it has not got ours. The SYN,ACK is the acknowledgment that this step asks for.
            syn_due_ = true;
            behind_reason_ = Again::duplicate_syn;
            return false;
        }
        // Crossing SYNs (§3.5, figure 8): this SYN is known, the ACK beside it is what we wait for.
        arrival.syn = false;
        arrival.seq += 1;
        length -= 1;
    }
    const std::uint32_t window = receive_edge_ - receive_next_;
    const auto in_window = [&](Sequence seq) { return seq - receive_next_ < window; };
    // The table of §3.10.7.4, with two allowances. A bare ACK right behind the window comes from a peer that has filled
    // it. And a shut window must not hide the ACK or RST of what comes next: only its text is cut off.
    bool acceptable;
    if (length == 0)
        acceptable = in_window(arrival.seq) || arrival.seq == receive_edge_;
    else if (window == 0)
        acceptable = arrival.seq == receive_next_;
    else
        acceptable = in_window(arrival.seq) || in_window(arrival.seq + length - 1);

    if (!acceptable) {
        drop(segment, Rule::sequence_unacceptable);
        if (segment.flags.has(Flag::rst)) return false;
        if (length == 0) {
            challenge(now); // limited, so that two confused ends do not answer each other for ever
            return false;
        }
        ack_wanted_ = true;
        // A FIN again in TIME-WAIT: acknowledge it, and wait anew (eighth step).
        if (state_ == State::time_wait && arrival.fin && arrival.seq + length == receive_next_)
            timer_due_ = now + config_->maximum_segment_lifetime * 2;
        return false;
    }
    if (before(arrival.seq, receive_next_)) {
        std::uint32_t old = receive_next_ - arrival.seq;
        arrival.seq = receive_next_;
        if (arrival.syn) --old;
        old = std::min<std::uint32_t>(old, static_cast<std::uint32_t>(arrival.text.size()));
        arrival.text = arrival.text.subspan(old);
        arrival.skip = old;
        ack_wanted_ = true; // the peer has not seen our ACK
    }
    const std::uint32_t fits = receive_edge_ - arrival.seq;
    if (arrival.text.size() + arrival.fin > fits) {
        arrival.text = arrival.text.first(std::min<std::size_t>(arrival.text.size(), fits));
        arrival.fin = false;
        ack_wanted_ = true;
    }
    return true;
}

/// The second step.
void Connection::on_reset(Time now, const Segment& segment)
{
    if (segment.seq != receive_next_) {
        drop(segment, Rule::reset_challenged);
        challenge(now);
        return;
    }
    note(NoteKind::reset_received, state_ == State::syn_received ? Rule::reset_refused : Rule::reset_accepted,
         segment.seq);
    switch (state_) {
    case State::syn_received: finish(Ending::refused, Rule::reset_refused); break;
    case State::time_wait: finish(Ending::closed, Rule::reset_accepted); break;
    default: finish(Ending::reset, Rule::reset_accepted); break;
    }
}

/// The fifth step. False where the segment is to be dropped.
bool Connection::on_acknowledgment(Time now, const Segment& segment, const Arrival& arrival)
{
    const Sequence ack = segment.ack;
    if (state_ == State::syn_received) [[unlikely]] {
        if (!after(ack, una_) || after(ack, send_max_)) {
            drop(segment, Rule::syn_received_bad_ack);
            answer_with_reset(ack, Rule::syn_received_bad_ack);
            return false;
        }
        una_ = ack;
        if (timing_) rto_.measure(now - timed_at_);
        timing_ = false;
        syn_due_ = false;
        begin_data();
        wl1_ = arrival.seq - 1; // so that this segment's window is taken
        enter(State::established, Rule::syn_received_acknowledged);
        if (close_called_) enter(State::fin_wait_1, Rule::close_call);
    } else if (after(ack, send_max_)) {
        drop(segment, Rule::ack_of_unsent);
        challenge(now);
        return false;
    } else if (after(ack, una_)) {
        on_new_acknowledgment(now, ack);
    } else if (ack == una_) {
        if (timer_ == Timer::persist) {
            waiting_since_ = now; // it is alive: a shut window may last (§3.8.6.1, MUST-37)
        } else if (is_duplicate_ack(segment) && congestion_.on_duplicate(ack, send_max_ - una_, send_max_, mss_)) {
            lost_due_ = true;
            lost_reason_ = Again::fast;
        }
    } else {
        return true; // an old one: nothing to learn from it
    }
    take_window(segment, arrival.seq);

    if (close_called_ && fin_acknowledged()) [[unlikely]] {
        switch (state_) {
        case State::fin_wait_1: enter(State::fin_wait_2, Rule::fin_acknowledged); break;
        case State::closing: enter_time_wait(now, Rule::fin_acknowledged); break;
        case State::last_ack: finish(Ending::closed, Rule::fin_acknowledged); return false;
        default: break;
        }
    }
    return true;
}

/// The five conditions of RFC 5681 §2.
bool Connection::is_duplicate_ack(const Segment& segment) const
{
    return send_max_ != una_ && segment.payload.empty() && !segment.flags.has(Flag::fin) &&
           std::uint32_t{segment.window} << send_shift_ == send_window_;
}

void Connection::on_new_acknowledgment(Time now, Sequence ack)
{
    const std::uint32_t acked = ack - una_;
    una_ = ack;
    if (buffers_) buffers_->send.drop_to(earlier(ack, send_end_));
    send_next_ = later(send_next_, una_);
    if (timing_ && at_or_after(ack, timed_seq_)) {
        rto_.measure(now - timed_at_);
        timing_ = false;
    }
    tries_ = 0;
    waiting_since_ = now;
    const auto effect = congestion_.on_new_ack(acked, ack, send_max_ - una_, mss_);
    using enum Congestion::AckEffect;
    lost_due_ = effect == partial || effect == first_partial;
    lost_reason_ = Again::partial_ack;
    if (una_ == send_max_)
        stop_timer(); // RFC 6298 §5.2
    else if (timer_ == Timer::retransmission && effect != partial)
        start_timer(now, Timer::retransmission, rto_.rto()); // §5.3; RFC 6582 §3.2: only for the first partial one
}

void Connection::take_window(const Segment& segment, Sequence seq)
{
    if (!before(wl1_, seq) && !(wl1_ == seq && at_or_before(wl2_, segment.ack))) return;
    send_window_ = std::uint32_t{segment.window} << send_shift_;
    largest_send_window_ = std::max(largest_send_window_, send_window_);
    wl1_ = seq;
    wl2_ = segment.ack;
}

/// The seventh and eighth steps.
void Connection::on_text_and_fin(Time now, const Segment& segment, const Arrival& arrival,
                                 std::span<const SpanRun> runs)
{
    if (fin_received_) {
        drop(segment, Rule::text_after_fin);
        ack_wanted_ = true;
        return;
    }
    serve_with_next_ack(runs);
    if (!arrival.text.empty()) on_text(now, segment, arrival, runs);
    if (arrival.fin) {
        early_fin_ = arrival.seq + static_cast<Sequence>(arrival.text.size());
        has_early_fin_ = true;
        if (early_fin_ != receive_next_) bare_ack_wanted_ = true;
    }
    if (has_early_fin_ && early_fin_ == receive_next_) on_fin(now);
}

/// The seventh step. When to acknowledge: RFC 9293 §3.8.6.3 and RFC 5681 §4.2.
void Connection::on_text(Time now, const Segment& segment, const Arrival& arrival, std::span<const SpanRun> runs)
{
    ReceiveBuffer& receive = buffers().receive;
    const auto size = static_cast<std::uint16_t>(std::min<std::size_t>(arrival.text.size(), config_->mss));
    // A segment that was not pushed is as large as the peer makes them.
    if (size > full_size_ || !segment.flags.has(Flag::psh)) full_size_ = size;

    if (arrival.seq == receive_next_ && !receive.has_gap()) [[likely]] {
        receive.append(arrival.text, arrival.skip, runs);
        receive_next_ += static_cast<Sequence>(arrival.text.size());
        // Every second full segment; and at once where the peer has no room for a next one.
        const std::uint32_t left = receive_edge_ - receive_next_;
        if (receive_next_ - acknowledged_ >= 2u * full_size_ ||
            left < std::min<std::uint32_t>(full_size_, config_->receive_buffer / 2))
            ack_wanted_ = true;
        else if (ack_due_ == Time::never())
            ack_due_ = now + config_->delayed_ack;
        return;
    }
    if (!receive.insert(arrival.seq, arrival.text, arrival.skip, runs)) drop(segment, Rule::early_full);
    if (receive.next() == receive_next_)
        bare_ack_wanted_ = true; // out of order: a duplicate ACK at once
    else
        ack_wanted_ = true; // it fills a gap, or a part of it
    receive_next_ = receive.next();
}

/// The eighth step.
void Connection::on_fin(Time now)
{
    has_early_fin_ = false;
    fin_received_ = true;
    ++receive_next_;
    receive_edge_ = later(receive_edge_, receive_next_);
    ack_wanted_ = true;
    ack_spans_ = SpanQueue::unite(ack_spans_, session_, environment_->spans);
    switch (state_) {
    case State::established: enter(State::close_wait, Rule::fin_arrived); break;
    case State::fin_wait_1: enter(State::closing, Rule::fin_arrived); break; // our FIN is not acknowledged yet
    case State::fin_wait_2: enter_time_wait(now, Rule::fin_arrived); break;
    default: break;
    }
}

// Answers ------------------------------------------------------------------------------------------------------------

/// A bare ACK serves what it acknowledges: everything since the last one.
void Connection::serve_with_next_ack(std::span<const SpanRun> runs)
{
    for (const SpanRun& run : runs) ack_spans_ = SpanQueue::unite(ack_spans_, run.spans, environment_->spans);
}

/// A challenge ACK, at most ten a second. RFC 5961 §7.
void Connection::challenge(Time now)
{
    const auto second = static_cast<std::uint32_t>(now.ns / 1'000'000'000);
    if (second != challenge_second_) {
        challenge_second_ = second;
        challenges_ = 0;
    }
    if (challenges_ == challenge_acks_a_second) return;
    ++challenges_;
    ack_wanted_ = true;
}

void Connection::answer_with_reset(Sequence seq, Rule rule)
{
    reset_due_ = true;
    reset_seq_ = seq;
    note(NoteKind::reset_sent, rule, seq);
}

void Connection::drop(const Segment& segment, Rule rule)
{
    note(NoteKind::segment_dropped, rule, segment.seq, segment.length());
}

} // namespace tegami::tcp
