/// What a connection sends: windows, sender's silly window avoidance (RFC 9293 §3.8.6.2.1), retransmissions, probes and
/// bare ACKs.

#include "protocols/tcp/connection.hpp"

namespace tegami::tcp {

bool Connection::next_segment(Time now, Outgoing& out, bool hold_partial)
{
    if (reset_due_) [[unlikely]]
        return send_reset(out);
    if (syn_due_) [[unlikely]]
        return send_syn(now, out);
    if (state_ < State::established) [[unlikely]] {
        // SYN-RECEIVED may owe an ACK for a segment that was out of place.
        return state_ == State::syn_received && ack_wanted_ && send_bare_ack(out);
    }
    if (bare_ack_wanted_) [[unlikely]]
        return send_bare_ack(out);
    if (lost_due_ && send_lost(now, out)) [[unlikely]]
        return true;
    if (send_next_ != send_limit() && send_data(now, out, hold_partial)) return true;
    if (probe_due_ && send_probe(now, out)) [[unlikely]]
        return true;
    return ack_wanted_ && send_bare_ack(out);
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

void Connection::fill(Outgoing& out, Sequence seq, Flags flags)
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
    out.segment.payload = {};
    out.again = Again::no;
    out.run_count = 0;
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

bool Connection::send_reset(Outgoing& out)
{
    reset_due_ = false;
    fill(out, reset_seq_, Flag::rst);
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
    fill(out, iss_, with_ack ? Flag::syn | Flag::ack : Flags{Flag::syn});
    if (with_ack)
        ack_goes_out();
    else
        out.segment.ack = 0;
    out.segment.mss = config_->mss;
    // Offered in a SYN; in a SYN,ACK only where the peer has offered it too (RFC 7323 §2.2).
    if (with_ack ? scaling_ : config_->window_scaling)
        out.segment.window_scale = window_scale_for(config_->receive_buffer);
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

/// The first unacknowledged segment, again: fast retransmit, or a partial acknowledgment.
bool Connection::send_lost(Time now, Outgoing& out)
{
    lost_due_ = false;
    const std::uint32_t sent = earlier(send_max_, send_end_) - una_;
    std::uint32_t length = std::min<std::uint32_t>(sent, mss_);
    const bool all = length == sent;
    fill(out, una_, Flag::ack);
    const std::uint32_t cut = fill_payload(out, una_, length);
    const bool fin = all && cut == length && send_max_ == send_end_ + 1;
    length = cut;
    if (length == 0 && !fin) return false;
    if (length != 0 && una_ + length == send_end_) out.segment.flags = out.segment.flags | Flag::psh;
    if (fin) {
        out.segment.flags = out.segment.flags | Flag::fin;
        serves_session_too(out);
    }
    out.again = lost_reason_;
    note(NoteKind::retransmission, lost_reason_ == Again::fast ? Rule::fast_retransmit : Rule::partial_ack, una_,
         length + fin);
    timing_ = false; // Karn's algorithm
    last_sent_at_ = now;
    ack_goes_out();
    return true;
}

bool Connection::send_data(Time now, Outgoing& out, bool hold_partial)
{
    const std::uint32_t flight = send_next_ - una_;
    if (send_max_ == una_ && now - last_sent_at_ > rto_.rto())
        congestion_.restart_after_idle(Congestion::initial_window(mss_, config_->initial_window));
    const std::uint32_t unsent = send_end_ - send_next_;
    const std::uint32_t window = std::min(send_window_, congestion_.allowed(mss_));
    const std::uint32_t usable = window > flight ? window - flight : 0;
    std::uint32_t length = std::min({unsent, usable, std::uint32_t{mss_}});
    const bool again = before(send_next_, send_max_);
    bool all = length == unsent;
    bool fin = all && close_called_ && flight + length < send_window_;

    // RFC 9293 §3.8.6.2.1: a full segment; all there is (users push); or half of the largest window seen. What is sent
    // again does not wait. A cork holds the last piece back, until CLOSE.
    const bool worth =
        length == mss_ || (length == 0 && fin) ||
        (length != 0 && (again || (all ? !hold_partial || close_called_ : length >= largest_send_window_ / 2)));
    if (!worth) {
        const bool shut = usable < std::min<std::uint32_t>(unsent, mss_) || (unsent == 0 && !fin);
        if (shut && flight == 0 && timer_ != Timer::persist) {
            if (timer_ == Timer::off) waiting_since_ = now;
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

    fill(out, send_next_, Flag::ack);
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
             behind_reason_ == Again::probe ? Rule::zero_window_probe : Rule::retransmission_timeout, send_next_,
             length + fin);
    } else if (!timing_) {
        timing_ = true;
        timed_seq_ = end;
        timed_at_ = now;
    }
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
    fill(out, send_next_, fin ? Flag::ack | Flag::fin : Flags{Flag::ack});
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

bool Connection::send_bare_ack(Outgoing& out)
{
    // While probing, the probe's octet does not count as sent: it would put the ACK outside the peer's window.
    fill(out, timer_ == Timer::persist ? send_next_ : send_max_, Flag::ack);
    out.serves = ack_spans_.id != 0 ? ack_spans_ : session_;
    ack_goes_out();
    return true;
}

} // namespace tegami::tcp
