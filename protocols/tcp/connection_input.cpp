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
    judge(now, segment, runs);
    if (keep_alive_ || abandoned_) [[unlikely]]
        start_idle_timer(now);
}

void Connection::judge(Time now, const Segment& segment, std::span<const SpanRun> runs)
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

    // Before all others, the timestamp: RFC 7323 §5.3, R1.
    if (timestamps_ && !timestamp_is_acceptable(now, segment)) [[unlikely]] {
        serve_with_next_ack(runs);
        return;
    }
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
    if (timestamps_) take_timestamp(now, segment);
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
    // Sixth, check the URG bit.
    if (flags.has(Flag::urg)) [[unlikely]]
        on_urgent(segment);
    // Seventh, process the segment text. Eighth, check the FIN bit.
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
    take_syn(now, segment);
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
        if (!arrival.text.empty() && before(arrival.seq, receive_next_) && buffers_) {
            const Sequence begin = arrival.seq + arrival.syn;
            const Sequence end = begin + static_cast<Sequence>(arrival.text.size());
            buffers_->receive.came_twice({begin, earlier(end, receive_next_)});
        }
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
        if (old != 0 && buffers_) buffers_->receive.came_twice({receive_next_ - old, receive_next_});
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

/// RFC 7323 §5.3, R1 (PAWS): what is older than what was seen before comes from an earlier time, whatever its number.
/// Resets are exempt, and after 24 days without news the peer's clock may have wrapped (§5.5).
bool Connection::timestamp_is_acceptable(Time now, const Segment& segment)
{
    if (segment.timestamps && at_or_after(segment.timestamps->value, timestamp_recent_)) return true;
    if (segment.flags.has(Flag::rst)) return true;
    if (!segment.timestamps) {
        drop(segment, Rule::timestamp_missing);
        return false;
    }
    if (about_seconds(now.ns) - timestamp_taken_at_ > about_seconds(timestamp_life.ns)) return true;
    drop(segment, Rule::timestamp_old);
    if (segment.length() == 0)
        challenge(now);
    else
        ack_wanted_ = true;
    return false;
}

/// R3: the timestamp to be echoed is that of the segment at which our last ACK points, however many came behind it (§4.3).
void Connection::take_timestamp(Time now, const Segment& segment)
{
    if (after(segment.seq, acknowledged_) || !segment.timestamps) return;
    timestamp_recent_ = segment.timestamps->value;
    timestamp_taken_at_ = about_seconds(now.ns);
}

/// The sixth step: RCV.UP only goes on. The text itself comes in order, like all other (RFC 9293 §3.8.5, RFC 6093 §4).
void Connection::on_urgent(const Segment& segment)
{
    if (fin_received_) return;
    const Sequence up = segment.seq + segment.urgent;
    Buffers& all = buffers();
    if (!after(up, all.receive.begin()) || (all.urgent.receiving && !after(up, all.urgent.receive_up))) return;
    all.urgent.receive_up = up;
    all.urgent.receiving = true;
    note(NoteKind::remarked, Rule::urgent, up);
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
    } else if (before(ack, una_ - largest_send_window_)) {
        drop(segment, Rule::ack_too_old); // RFC 5961 §5.2: no honest peer's is so old
        challenge(now);
        return false;
    } else {
        const bool news = segment.sack_count != 0 && take_sack(segment) != 0;
        if (after(ack, una_)) {
            on_new_acknowledgment(now, segment);
        } else if (ack == una_) {
            if (timer_ == Timer::persist) {
                waiting_since_ = now; // it is alive: a shut window may last (§3.8.6.1, MUST-37)
            } else if (!sack_ && is_duplicate_ack(segment) &&
                       congestion_.on_duplicate(ack, send_max_ - una_, send_max_, mss_)) {
                lost_due_ = true;
                lost_reason_ = Again::fast;
            }
        }
        if (news || recovering_by_scoreboard()) [[unlikely]]
            on_sack(news);
        if (before(ack, una_)) return true; // an old one: nothing more to learn from it
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

void Connection::on_new_acknowledgment(Time now, const Segment& segment)
{
    const Sequence ack = segment.ack;
    const std::uint32_t acked = ack - una_;
    measure_round_trip(now, segment);
    una_ = ack;
    if (buffers_) {
        buffers_->send.drop_to(earlier(ack, send_end_));
        if (!buffers_->recovery.board.empty()) [[unlikely]]
            buffers_->recovery.board.drop_to(ack);
    }
    send_next_ = later(send_next_, una_);
    small_end_ = later(small_end_, una_);
    tries_ = 0;
    waiting_since_ = now;
    const auto effect = congestion_.on_new_ack(acked, ack, send_max_ - una_, mss_, sack_);
    using enum Congestion::AckEffect;
    lost_due_ = effect == partial || effect == first_partial;
    lost_reason_ = Again::partial_ack;
    if (una_ == send_max_)
        stop_timer(); // RFC 6298 §5.2
    else if (timer_ == Timer::retransmission && effect != partial)
        start_timer(now, Timer::retransmission, rto_.rto()); // §5.3; RFC 6582 §3.2: only for the first partial one
}

/// A segment that was sent once is timed to the nanosecond. Where Karn's algorithm leaves none, the peer's echo tells how
/// old the segment is that brought the ACK about, to the millisecond: RFC 7323 §4.1, RFC 6298 §3.
void Connection::measure_round_trip(Time now, const Segment& segment)
{
    if (timing_) {
        if (before(segment.ack, timed_seq_)) return;
        rto_.measure(now - timed_at_);
        timing_ = false;
        return;
    }
    if (!timestamps_ || !segment.timestamps || segment.timestamps->echo == 0) return;
    const auto passed = static_cast<std::int32_t>(timestamp(now) - segment.timestamps->echo);
    const Duration round_trip = wire::milliseconds(std::max(passed, 1));
    if (passed < 0 || round_trip > config_->maximum_segment_lifetime * 2) return; // no echo of ours
    const std::uint32_t two = 2u * mss_;
    rto_.measure(round_trip, std::max((send_max_ - una_ + two - 1) / two, 1u)); // Appendix G
}

// Selective acknowledgment -------------------------------------------------------------------------------------------

/// Update() of RFC 6675 §4, for each block; gives how many octets in flight the peer has newly told of. A first block
/// that lies below the ACK, or within the second, tells of octets that came twice (RFC 2883 §4).
std::uint32_t Connection::take_sack(const Segment& segment)
{
    if (!sack_ || !buffers_) return 0;
    const auto blocks = segment.sack_blocks();
    std::uint32_t news = 0;
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        SequenceRange block = blocks[i];
        if (!before(block.begin, block.end) || after(block.end, send_max_)) continue; // of nothing, or of nothing sent
        const bool within =
            blocks.size() > 1 && at_or_before(blocks[1].begin, block.begin) && at_or_before(block.end, blocks[1].end);
        if (i == 0 && (within || at_or_before(block.end, segment.ack))) {
            note(NoteKind::remarked, Rule::duplicate_reported, block.begin, block.size());
            continue;
        }
        const Sequence una = later(una_, segment.ack);
        if (block.end - una > send_max_ - una) continue; // below, or half the numbers away
        block.begin = later(block.begin, una);
        if (before(block.begin, block.end)) news += buffers_->recovery.board.add(block);
    }
    return news;
}

/// RFC 6675 §5: an ACK while recovering, or one that told of octets behind a gap.
void Connection::on_sack(bool news)
{
    Recovery& recovery = buffers_->recovery;
    if (congestion_.recovering()) {
        estimate_pipe();
        return;
    }
    if (!news || una_ == send_max_) return;
    const bool lost = recovery.board.lost_before(una_, mss_) != una_;
    if (!congestion_.on_sack(una_, lost, send_max_ - una_, send_max_, mss_)) return;
    lost_due_ = true;
    recovery.high_rxt = recovery.rescue_rxt = una_;
    recovery.pipe = send_max_ - una_;
}

/// SetPipe() of RFC 6675 §4: octets that neither arrived nor are lost, and once more those that were sent again.
void Connection::estimate_pipe()
{
    Recovery& recovery = buffers_->recovery;
    const Scoreboard& board = recovery.board;
    recovery.high_rxt = later(recovery.high_rxt, una_);
    const Sequence lost = board.lost_before(una_, mss_);
    const std::uint32_t on_the_way = send_max_ - lost - (board.octets() - board.octets_before(lost));
    const std::uint32_t again = recovery.high_rxt - una_ - board.octets_before(recovery.high_rxt);
    recovery.pipe = on_the_way + again;
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
    if (buffers_) buffers_->receive.end();
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
