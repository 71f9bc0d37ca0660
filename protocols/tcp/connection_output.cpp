/// What a connection sends: windows, sender's silly window avoidance (RFC 9293 §3.8.6.2.1) and Nagle's algorithm (§3.7.4),
/// retransmissions, probes and bare ACKs.

#include "protocols/tcp/connection.hpp"

namespace tegami::tcp {

bool Connection::next_segment(Time now, Outgoing& out, bool hold_partial)
{
    if (reset_due_) [[unlikely]]
        return send_reset(now, out);
    if (syn_due_) [[unlikely]]
        return send_syn(now, out);
    if (state_ < State::established) [[unlikely]] {
        // SYN-RECEIVED may owe an ACK for a segment that was out of place.
        return state_ == State::syn_received && ack_wanted_ && send_bare_ack(now, out);
    }
    if (bare_ack_wanted_) [[unlikely]]
        return send_bare_ack(now, out);
    if (recovering_by_scoreboard()) [[unlikely]] {
        if (send_by_scoreboard(now, out, hold_partial)) return true;
    } else {
        if (lost_due_) [[unlikely]] {
            lost_due_ = false;
            const Rule rule = lost_reason_ == Again::fast ? Rule::fast_retransmit : Rule::partial_ack;
            if (send_again(now, out, {una_, send_max_}, lost_reason_, rule) != 0) return true;
        }
        if (send_next_ != send_limit() && send_data(now, out, hold_partial, quota())) return true;
    }
    if (probe_due_ && send_probe(now, out)) [[unlikely]]
        return true;
    if (keep_alive_due_) [[unlikely]]
        return send_keep_alive(now, out);
    return ack_wanted_ && send_bare_ack(now, out);
}

// Parts of a segment -------------------------------------------------------------------------------------------------

/// The highest sequence number that may be offered: what the buffer has room for.
Sequence Connection::window_edge() const
{
    return (buffers_ ? buffers_->receive.begin() : receive_next_) + config_->receive_buffer;
}

/// SEG.WND of the next segment. The right edge moves only where it moves by a full segment or half the buffer
/// (receiver's silly window avoidance, RFC 9293 §3.8.6.2.2), and never to the left (§3.8.6, SHLD-14).
std::uint16_t Connection::window_to_advertise(std::uint8_t shift)
{
    const Sequence edge = window_edge();
    const std::uint32_t room = edge - receive_next_;
    const std::uint32_t told = receive_edge_ - receive_next_;
    const bool worth = room - told >= std::min<std::uint32_t>(config_->receive_buffer / 2, config_->mss);
    const std::uint32_t window = worth ? room : told;
    std::uint32_t raw = window >> shift;
    // Rounding down must not take back what was offered (RFC 7323 §2.4).
    if (raw << shift < told && (raw + 1) << shift <= room) ++raw;
    raw = std::min<std::uint32_t>(raw, 65535);
    receive_edge_ = later(receive_edge_, receive_next_ + (raw << shift));
    return static_cast<std::uint16_t>(raw);
}

/// Everything but the text. What the options are that ride on every segment: RFC 7323 §3.2, RFC 2018 §4.
void Connection::fill(Time now, Outgoing& out, Sequence seq, Flags flags)
{
    out.segment.source = local_;
    out.segment.destination = remote_;
    out.segment.seq = seq;
    out.segment.ack = receive_next_;
    out.segment.flags = flags;
    out.segment.window = window_to_advertise(flags.has(Flag::syn) ? 0 : receive_shift_); // RFC 7323 §2.2
    out.segment.mss.reset();
    out.segment.window_scale.reset();
    out.segment.sack_permitted = false;
    out.segment.urgent = 0;
    out.segment.payload = {};
    if (timestamps_)
        out.segment.timestamps = Timestamps{timestamp(now), flags.has(Flag::ack) ? timestamp_recent_ : 0};
    else
        out.segment.timestamps.reset();
    out.segment.sack_count = 0;
    if (buffers_ && flags.has(Flag::ack)) {
        if (sack_ && buffers_->receive.has_report()) [[unlikely]]
            out.segment.sack_count = buffers_->receive.report(std::span{out.segment.sack}.first(blocks_in_option()));
        if (buffers_->urgent.sending) [[unlikely]]
            announce_urgent(out.segment);
    }
    out.again = Again::no;
    out.run_count = 0;
}

/// As many as there is room for beside the timestamps: RFC 2018 §3.
std::size_t Connection::blocks_in_option() const { return timestamps_ ? sack_block_limit - 1 : sack_block_limit; }

/// The most text a segment can carry: options come off (RFC 9293 §3.7.1).
std::uint16_t Connection::largest_text() const
{
    if (!sack_ || !buffers_ || !buffers_->receive.has_report()) [[likely]]
        return mss_;
    return static_cast<std::uint16_t>(mss_ - (4 + 8 * blocks_in_option()));
}

/// Until the last urgent octet is behind: RFC 9293 §3.8.5. The pointer names the first octet that is not urgent (MUST-62).
void Connection::announce_urgent(Segment& segment)
{
    Urgent& urgent = buffers_->urgent;
    if (at_or_after(una_, urgent.send_up)) {
        urgent.sending = false;
    } else if (before(segment.seq, urgent.send_up)) {
        segment.flags = segment.flags | Flag::urg;
        segment.urgent = static_cast<std::uint16_t>(std::min<std::uint32_t>(urgent.send_up - segment.seq, 65535));
    }
}

/// Every segment with ACK settles what was owed.
void Connection::ack_goes_out()
{
    ack_wanted_ = bare_ack_wanted_ = false;
    ack_due_ = Time::never();
    acknowledged_ = receive_next_;
    ack_spans_ = {};
}

/// The payload, whom it serves, and how much of it there is: less than `length` where the runs are too many.
std::uint32_t Connection::fill_payload(Outgoing& out, Sequence seq, std::uint32_t length)
{
    out.serves = {};
    if (length == 0) return 0;
    std::size_t runs = 0;
    length = buffers_->send.cut(seq, length, out.runs.data(), Outgoing::run_limit, runs);
    out.run_count = static_cast<std::uint8_t>(runs);
    out.segment.payload = buffers_->send.octets(seq, length);
    out.serves = out.runs[0].spans;
    for (std::size_t i = 1; i < runs; ++i)
        out.serves = SpanQueue::unite(out.serves, out.runs[i].spans, environment_->spans);
    return length;
}

void Connection::serves_session_too(Outgoing& out) const
{
    out.serves = SpanQueue::unite(out.serves, session_, environment_->spans);
}

// Segments -----------------------------------------------------------------------------------------------------------

bool Connection::send_reset(Time now, Outgoing& out)
{
    reset_due_ = false;
    fill(now, out, reset_seq_, Flag::rst);
    out.segment.ack = 0;
    out.segment.window = 0;
    out.serves = session_;
    return true;
}

bool Connection::send_syn(Time now, Outgoing& out)
{
    const bool with_ack = state_ == State::syn_received;
    const bool first = send_max_ == iss_;
    syn_due_ = false;
    fill(now, out, iss_, with_ack ? Flag::syn | Flag::ack : Flags{Flag::syn});
    if (with_ack)
        ack_goes_out();
    else
        out.segment.ack = 0;
    out.segment.mss = config_->mss;
    // Offered in a SYN; in a SYN,ACK only where the peer has offered them too (RFC 7323 §2.2 and §3.2).
    if (with_ack ? scaling_ : config_->window_scaling)
        out.segment.window_scale = window_scale_for(config_->receive_buffer);
    if (!with_ack && config_->timestamps) out.segment.timestamps = Timestamps{timestamp(now), 0};
    out.segment.sack_permitted = with_ack ? sack_ : config_->sack;
    out.serves = session_;
    if (first) {
        send_next_ = send_max_ = iss_ + 1;
        timing_ = true;
        timed_seq_ = send_max_;
        timed_at_ = now;
        start_timer(now, Timer::retransmission, rto_.rto());
        return true;
    }
    timing_ = false;
    if (behind_reason_ == Again::no) return true; // the SYN,ACK that answers a crossing SYN
    out.again = behind_reason_;
    note(NoteKind::retransmission, behind_reason_ == Again::timeout ? Rule::retransmission_timeout : Rule::syn_arrived,
         iss_, 1);
    behind_reason_ = Again::no;
    return true;
}

/// What was sent before, once more, as much of `what` as a segment holds. Gives how many numbers it took.
std::uint32_t Connection::send_again(Time now, Outgoing& out, SequenceRange what, Again reason, Rule rule)
{
    const Sequence text_end = earlier(what.end, send_end_);
    const std::uint32_t text = after(text_end, what.begin) ? text_end - what.begin : 0;
    std::uint32_t length = std::min<std::uint32_t>(text, largest_text());
    fill(now, out, what.begin, Flag::ack);
    const std::uint32_t cut = fill_payload(out, what.begin, length);
    const bool fin = length == text && cut == length && after(what.end, send_end_);
    length = cut;
    if (length == 0 && !fin) return 0;
    if (length != 0 && what.begin + length == send_end_) out.segment.flags = out.segment.flags | Flag::psh;
    if (fin) {
        out.segment.flags = out.segment.flags | Flag::fin;
        serves_session_too(out);
    }
    out.again = reason;
    note(NoteKind::retransmission, rule, what.begin, length + fin);
    timing_ = false; // Karn's algorithm
    last_sent_at_ = now;
    ack_goes_out();
    return length + fin;
}

/// RFC 6675 §5: step 4.3 where a recovery begins; then step C, what NextSeg() of §4 says while the pipe has room.
bool Connection::send_by_scoreboard(Time now, Outgoing& out, bool hold_partial)
{
    Recovery& recovery = buffers_->recovery;
    const Scoreboard& board = recovery.board;
    if (lost_due_) {
        lost_due_ = false;
        const std::uint32_t sent =
            send_again(now, out, board.gap_from(una_, send_max_), Again::fast, Rule::fast_retransmit);
        recovery.high_rxt = recovery.rescue_rxt = una_ + sent;
        estimate_pipe();
        if (sent != 0) return true;
    }
    if (congestion_.cwnd() < recovery.pipe + mss_) return false;
    const auto send_gap = [&](Sequence end) {
        const SequenceRange gap = board.gap_from(recovery.high_rxt, end);
        if (gap.size() == 0) return false;
        const std::uint32_t sent = send_again(now, out, gap, Again::gap, Rule::scoreboard_gap);
        recovery.high_rxt = gap.begin + sent;
        recovery.pipe += sent;
        return sent != 0;
    };
    // Rule 1: what is lost. Rule 2: what was never sent. Rule 3: what lies below something that arrived.
    if (!board.empty() && send_gap(board.lost_before(una_, mss_))) return true;
    const Sequence sent_before = send_max_;
    if (send_next_ != send_limit() && send_data(now, out, hold_partial, congestion_.cwnd() - recovery.pipe)) {
        recovery.pipe += send_max_ - sent_before;
        return true;
    }
    if (!board.empty() && send_gap(board.highest())) return true;
    // Rule 4: the end of the flight, once a recovery, so that something comes back.
    if (!after(una_, recovery.rescue_rxt)) return false;
    SequenceRange tail = board.last_gap(una_, send_max_);
    tail.begin = later(tail.begin, tail.end - mss_);
    recovery.rescue_rxt = congestion_.recover();
    const std::uint32_t sent = send_again(now, out, tail, Again::rescue, Rule::rescue);
    recovery.pipe += sent;
    return sent != 0;
}

/// How many octets congestion control allows now: what the peer holds behind a gap is no longer in the network. Limited
/// transmit (RFC 3042) follows from that where there is a scoreboard (RFC 6675 §5 step 3), and is `allowed` elsewhere.
std::uint32_t Connection::quota() const
{
    std::uint32_t in_flight = send_next_ - una_;
    if (buffers_ && !buffers_->recovery.board.empty()) [[unlikely]]
        in_flight -= buffers_->recovery.board.octets_before(send_next_);
    const std::uint32_t allowed = sack_ ? congestion_.cwnd() : congestion_.allowed(mss_);
    return allowed > in_flight ? allowed - in_flight : 0;
}

/// RFC 9293 §3.8.6.2.1: a full segment; all there is (users push), or half of the largest window seen, unless Nagle's
/// algorithm (§3.7.4) waits. It waits here for the last small segment rather than for all that is in flight (Appendix
/// A.3): so the end of a message leaves with its full segments, and no delayed ACK stands in its way. What is sent again
/// does not wait. A cork holds the last piece back, until CLOSE.
bool Connection::is_worth_sending(std::uint32_t length, std::uint32_t most, bool again, bool all,
                                  bool hold_partial) const
{
    if (length == most || again) return true;
    if (all && close_called_) return true;
    if (nagle_ && after(small_end_, una_)) return false;
    return all ? !hold_partial : length >= largest_send_window_ / 2;
}

/// Next in order, or what a time-out has sent back to. `quota`: octets that congestion control allows.
bool Connection::send_data(Time now, Outgoing& out, bool hold_partial, std::uint32_t quota)
{
    bool again = before(send_next_, send_max_);
    std::uint32_t most = largest_text();
    if (again && sack_ && buffers_) {
        // What the peer told of since the time-out is not sent again (RFC 6675 §5.1).
        const SequenceRange gap = buffers_->recovery.board.gap_from(send_next_, send_max_);
        send_next_ = gap.begin;
        again = gap.size() != 0;
        if (gap.end != send_max_) most = std::min(most, gap.size());
    }
    const std::uint32_t flight = send_next_ - una_;
    if (send_max_ == una_ && now - last_sent_at_ > rto_.rto()) {
        congestion_.restart_after_idle(Congestion::initial_window(mss_, config_->initial_window));
        quota = std::min(quota, congestion_.cwnd());
    }
    const std::uint32_t unsent = send_end_ - send_next_;
    const std::uint32_t usable = std::min(send_window_ > flight ? send_window_ - flight : 0, quota);
    std::uint32_t length = std::min({unsent, usable, most});
    bool all = length == unsent;
    bool fin = all && close_called_ && flight + length < send_window_;

    const bool worth = length == 0 ? fin : is_worth_sending(length, most, again, all, hold_partial);
    if (!worth) {
        const bool shut = usable < std::min<std::uint32_t>(unsent, most) || (unsent == 0 && !fin);
        if (shut && flight == 0 && timer_ != Timer::persist) {
            if (timer_ != Timer::retransmission) waiting_since_ = now;
            tries_ = 0;
            start_timer(now, Timer::persist, rto_.rto());
        }
        if (!shut && timer_ == Timer::persist) { // only the cork holds now
            stop_timer();
            probe_due_ = false;
        }
        // The persist timer also overrides the avoidance of small segments: what the window allows then goes.
        if (!probe_due_ || length == 0 || !shut) return false;
    }
    probe_due_ = false;

    fill(now, out, send_next_, Flag::ack);
    const std::uint32_t cut = fill_payload(out, send_next_, length);
    if (cut != length) all = fin = false;
    length = cut;
    if (all && length != 0) out.segment.flags = out.segment.flags | Flag::psh; // §3.9.1.2, MUST-61
    if (fin) {
        out.segment.flags = out.segment.flags | Flag::fin;
        serves_session_too(out);
    }
    const Sequence end = send_next_ + length + fin;
    if (again) {
        out.again = behind_reason_;
        note(NoteKind::retransmission,
             behind_reason_ == Again::probe          ? Rule::zero_window_probe
             : behind_reason_ == Again::smaller_path ? Rule::smaller_path
                                                     : Rule::retransmission_timeout,
             send_next_, length + fin);
    } else if (!timing_) {
        timing_ = true;
        timed_seq_ = end;
        timed_at_ = now;
    }
    if (all && length != 0 && length < most) small_end_ = send_next_ + length;
    send_next_ = end;
    send_max_ = later(send_max_, end);
    last_sent_at_ = now;
    if (timer_ != Timer::retransmission) { // RFC 6298 §5.1
        waiting_since_ = now;
        tries_ = 0;
        start_timer(now, Timer::retransmission, rto_.rto());
    }
    if (fin && state_ == State::close_wait) enter(State::last_ack, Rule::close_call);
    ack_goes_out();
    return true;
}

/// One octet (or the FIN) into a shut window. RFC 9293 §3.8.6.1. It counts as sent only so far that its acknowledgment
/// is acceptable.
bool Connection::send_probe(Time now, Outgoing& out)
{
    probe_due_ = false;
    if (timer_ != Timer::persist || send_next_ == send_limit()) return false;
    const bool fin = send_next_ == send_end_;
    fill(now, out, send_next_, fin ? Flag::ack | Flag::fin : Flags{Flag::ack});
    fill_payload(out, send_next_, fin ? 0 : 1);
    if (fin) serves_session_too(out);
    if (before(send_next_, send_max_)) out.again = Again::probe;
    send_max_ = later(send_max_, send_next_ + 1);
    behind_reason_ = Again::probe;
    last_sent_at_ = now;
    note(NoteKind::probe_sent, Rule::zero_window_probe, send_next_, 1);
    if (fin && state_ == State::close_wait) enter(State::last_ack, Rule::close_call);
    ack_goes_out();
    return true;
}

/// A segment without text just below SND.NXT, which the peer has to answer. RFC 9293 §3.8.4 (SHLD-12).
bool Connection::send_keep_alive(Time now, Outgoing& out)
{
    keep_alive_due_ = false;
    fill(now, out, send_max_ - 1, Flag::ack);
    out.serves = session_;
    note(NoteKind::probe_sent, Rule::keep_alive, send_max_ - 1);
    ack_goes_out();
    return true;
}

bool Connection::send_bare_ack(Time now, Outgoing& out)
{
    // While probing, the probe's octet does not count as sent: it would put the ACK outside the peer's window.
    fill(now, out, timer_ == Timer::persist ? send_next_ : send_max_, Flag::ack);
    out.serves = ack_spans_.id != 0 ? ack_spans_ : session_;
    ack_goes_out();
    return true;
}

} // namespace tegami::tcp
