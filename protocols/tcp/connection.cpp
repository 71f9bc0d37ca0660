/// OPEN, the user's calls and the timers: RFC 9293 §3.10.1 to §3.10.6 and §3.10.8.

#include "protocols/tcp/connection.hpp"

#include <cassert>

namespace tegami::tcp {

// OPEN ---------------------------------------------------------------------------------------------------------------

void Connection::open_active(Time now, Port local, Port remote, Sequence iss)
{
    assert(state_ == State::closed && ending_ == Ending::none);
    local_ = local;
    remote_ = remote;
    iss_ = una_ = send_next_ = send_max_ = iss;
    send_end_ = iss + 1;
    waiting_since_ = now;
    syn_due_ = true;
    enter(State::syn_sent, Rule::open_call);
}

void Connection::open_passive(Time now, const Segment& syn, Spans serves, Sequence iss)
{
    assert(state_ == State::closed && ending_ == Ending::none);
    local_ = syn.destination;
    remote_ = syn.source;
    passive_ = true;
    session_ = serves;
    iss_ = una_ = send_next_ = send_max_ = iss;
    send_end_ = iss + 1;
    take_syn(now, syn);
    receive_edge_ = receive_next_; // nothing is offered until the SYN,ACK says so
    waiting_since_ = now;
    syn_due_ = true;
    state_ = State::listen;
    enter(State::syn_received, Rule::syn_arrived);
}

/// What the peer's SYN tells: RCV.NXT, IRS, its MSS (RFC 9293 §3.7.1), whether windows are scaled (RFC 7323 §2.2), and
/// whether timestamps (RFC 7323 §3.2) and selective acknowledgments (RFC 2018 §2) will be sent.
void Connection::take_syn(Time now, const Segment& syn)
{
    irs_ = syn.seq;
    receive_next_ = acknowledged_ = syn.seq + 1;
    mss_ = std::max(std::min(syn.mss.value_or(config_->default_mss), config_->mss), smallest_mss);
    timestamps_ = config_->timestamps && syn.timestamps.has_value();
    if (timestamps_) {
        timestamp_recent_ = syn.timestamps->value;
        timestamp_taken_at_ = about_seconds(now.ns);
        mss_ -= timestamps_octets; // an MSS counts no options: RFC 9293 §3.7.1, RFC 6691 §2
    }
    sack_ = config_->sack && syn.sack_permitted;
    full_size_ = std::min(config_->mss, default_mss_v4);
    scaling_ = config_->window_scaling && syn.window_scale.has_value();
    if (scaling_) {
        send_shift_ = *syn.window_scale;
        receive_shift_ = window_scale_for(config_->receive_buffer);
    }
    receive_edge_ = receive_next_ + std::min<std::uint32_t>(config_->receive_buffer, 65535); // as our SYN offered
    send_window_ = largest_send_window_ = syn.window; // never scaled in a SYN (RFC 7323 §2.2)
    wl1_ = syn.seq;
    wl2_ = syn.ack;
    if (buffers_) buffers_->receive.begin_at(receive_next_);
}

/// Both SYNs are acknowledged: the timers and windows of the data that follows.
void Connection::begin_data()
{
    congestion_.begin(mss_, Congestion::initial_window(mss_, config_->initial_window), syn_lost_, iss_);
    if (syn_lost_) rto_.begin_after_syn_loss();
    tries_ = 0;
    small_end_ = una_;
    stop_timer();
}

// The user's calls ---------------------------------------------------------------------------------------------------

std::size_t Connection::room() const
{
    const bool sending = opening() || state_ == State::established || state_ == State::close_wait;
    if (!sending || close_called_) return 0;
    const std::size_t held = unacknowledged_octets();
    return held < config_->send_buffer ? config_->send_buffer - held : 0;
}

/// SEND. RFC 9293 §3.10.2.
std::size_t Connection::offer(Octets octets, Spans spans)
{
    const std::size_t count = std::min(octets.size(), room());
    if (count == 0) return 0;
    buffers().send.append(octets.first(count), spans);
    send_end_ += static_cast<Sequence>(count);
    return count;
}

/// RECEIVE. RFC 9293 §3.10.3. A window that was small and has at least doubled is worth a segment of its own.
void Connection::consume(std::size_t count)
{
    if (!buffers_) return;
    buffers_->receive.consume(count);
    if (state_ == State::time_wait || state_ == State::closed) {
        release_buffers();
        return;
    }
    const std::uint32_t left = receive_edge_ - receive_next_;
    if (left > 32767 || fin_received_) return;
    const std::uint32_t gained = window_edge() - receive_edge_;
    if (gained >= left && gained >= std::min<std::uint32_t>(config_->receive_buffer / 2, config_->mss))
        ack_wanted_ = true;
}

/// SEND with the URGENT flag, for what was offered before. RFC 9293 §3.8.5: SND.UP is where the data ends that is urgent.
void Connection::urge()
{
    if (!buffers_ || buffers_->send.size() == 0) return;
    buffers_->urgent.send_up = send_end_;
    buffers_->urgent.sending = true;
}

std::uint32_t Connection::urgent_octets() const
{
    if (!buffers_ || !buffers_->urgent.receiving) return 0;
    const Sequence begin = buffers_->receive.begin(), end = buffers_->urgent.receive_up;
    return after(end, begin) ? end - begin : 0;
}

void Connection::set_keep_alive(Time now, bool on)
{
    keep_alive_ = on;
    if (on)
        start_idle_timer(now);
    else if (timer_ == Timer::keep_alive)
        stop_timer();
}

/// CLOSE. RFC 9293 §3.10.4. Simplified: in SYN-RECEIVED the FIN always waits for ESTABLISHED.
void Connection::close()
{
    if (close_called_) return;
    switch (state_) {
    case State::syn_sent: finish(Ending::closed, Rule::close_before_open); break;
    case State::syn_received: close_called_ = true; break;
    case State::established:
        close_called_ = true;
        enter(State::fin_wait_1, Rule::close_call);
        break;
    case State::close_wait: close_called_ = true; break; // LAST-ACK once the FIN has gone
    default: break;
    }
}

/// ABORT. RFC 9293 §3.10.5.
void Connection::abort(Rule why)
{
    switch (state_) {
    case State::closed: return;
    case State::syn_received:
    case State::established:
    case State::fin_wait_1:
    case State::fin_wait_2:
    case State::close_wait:
        reset_due_ = true;
        reset_seq_ = send_max_;
        note(NoteKind::reset_sent, why, reset_seq_);
        break;
    default: break; // the peer has all it needs, or knows nothing of us
    }
    finish(Ending::aborted, why);
}

void Connection::abandon(Time now)
{
    abandoned_ = true;
    start_idle_timer(now);
}

/// Its number lies behind all that came, or its clock has gone on since (RFC 6191 §2).
bool Connection::may_be_replaced_by(const Segment& syn) const
{
    if (state_ != State::time_wait || !syn.flags.has(Flag::syn) || syn.flags.has(Flag::ack) || syn.flags.has(Flag::rst))
        return false;
    return after(syn.seq, receive_next_) ||
           (timestamps_ && syn.timestamps && after(syn.timestamps->value, timestamp_recent_));
}

/// RFC 1191 §6.4: what was too large goes again at once, and the congestion window stays as it is, for nothing was lost
/// to congestion. Later errors about the same flight change nothing any more.
void Connection::limit_mss(std::uint16_t mss)
{
    const auto limit =
        static_cast<std::uint16_t>(std::max(mss, smallest_mss) - (timestamps_ ? timestamps_octets : std::size_t{0}));
    if (limit >= mss_) return;
    mss_ = limit;
    if (state_ < State::established || state_ == State::closed || timer_ != Timer::retransmission) return;
    note(NoteKind::remarked, Rule::smaller_path, una_);
    congestion_.resend_all(send_max_);
    send_next_ = una_;
    behind_reason_ = Again::smaller_path;
    lost_due_ = timing_ = false;
}

// States -------------------------------------------------------------------------------------------------------------

void Connection::note(NoteKind kind, Rule rule, Sequence seq, std::uint32_t length)
{
    environment_->notes.add({.kind = kind, .rule = rule, .seq = seq, .length = length, .tries = tries_});
}

void Connection::enter(State to, Rule rule)
{
    environment_->notes.add({.kind = NoteKind::state_entered, .rule = rule, .from = state_, .to = to});
    state_ = to;
}

/// The end. Only a reset that is due still leaves. RFC 9293 flushes all queues where a connection breaks; one that ends
/// in order keeps what the user has not yet taken.
void Connection::finish(Ending ending, Rule rule)
{
    enter(State::closed, rule);
    ending_ = ending;
    stop_timer();
    flush();
    if (ending == Ending::closed)
        release_buffers();
    else
        buffers_.reset();
}

/// Nothing is due any more.
void Connection::flush()
{
    ack_due_ = Time::never();
    ack_wanted_ = bare_ack_wanted_ = syn_due_ = lost_due_ = probe_due_ = keep_alive_due_ = timing_ = false;
}

void Connection::enter_time_wait(Time now, Rule rule)
{
    const bool ack_is_wanted = ack_wanted_;
    const Spans ack_spans = ack_spans_;
    enter(State::time_wait, rule);
    flush();
    ack_wanted_ = ack_is_wanted; // of the FIN that led here
    ack_spans_ = ack_spans;
    timer_ = Timer::time_wait;
    timer_due_ = now + config_->maximum_segment_lifetime * 2;
    release_buffers();
}

Buffers& Connection::buffers()
{
    if (!buffers_) [[unlikely]] {
        buffers_ = environment_->buffers.lend();
        buffers_->send.begin_at(send_end_);
        buffers_->receive.begin_at(receive_next_);
    }
    return *buffers_;
}

/// Gives the memory back unless the user still has to read.
void Connection::release_buffers()
{
    if (buffers_ && buffers_->receive.size() == 0) buffers_.reset();
}

// Timers -------------------------------------------------------------------------------------------------------------

/// R2 bounds every wait: the timer is never later than that.
void Connection::start_timer(Time now, Timer timer, Duration length)
{
    timer_ = timer;
    timer_due_ = std::min(now + length, waiting_since_ + give_up_after());
}

/// Where nothing waits for an answer: keep-alives (RFC 9293 §3.8.4), or the end of FIN-WAIT-2 for whom nobody reads.
void Connection::start_idle_timer(Time now)
{
    if (abandoned_ && state_ == State::fin_wait_2) {
        if (timer_ == Timer::fin_wait_2) return;
        timer_ = Timer::fin_wait_2;
        timer_due_ = now + config_->fin_wait_2;
        return;
    }
    if (!keep_alive_ || (timer_ != Timer::off && timer_ != Timer::keep_alive)) return;
    if (state_ != State::established && state_ != State::close_wait && state_ != State::fin_wait_2) return;
    timer_ = Timer::keep_alive;
    timer_due_ = now + config_->keep_alive;
    tries_ = 0;
    keep_alive_due_ = false;
}

void Connection::stop_timer()
{
    timer_ = Timer::off;
    timer_due_ = Time::never();
}

void Connection::on_timer(Time now)
{
    if (ack_due_ <= now) {
        ack_due_ = Time::never();
        ack_wanted_ = true;
        note(NoteKind::timer_expired, Rule::delayed_ack);
    }
    if (timer_due_ > now) return;
    if (timer_ == Timer::time_wait) {
        finish(Ending::closed, Rule::time_wait_over);
        return;
    }
    if (timer_ == Timer::fin_wait_2) {
        finish(Ending::closed, Rule::fin_wait_2_over);
        return;
    }
    if (timer_ == Timer::keep_alive) {
        on_keep_alive_timer(now);
        return;
    }
    const bool handshake = opening();
    if (now - waiting_since_ >= give_up_after()) {
        finish(Ending::timed_out, handshake ? Rule::handshake_given_up : Rule::data_given_up);
        return;
    }
    if (tries_ < 255) ++tries_;
    if (timer_ == Timer::persist) {
        // §3.8.6.1: the interval grows exponentially (SHLD-30), up to the largest RTO.
        probe_due_ = true;
        note(NoteKind::timer_expired, Rule::zero_window_probe, una_);
        const int doublings = std::min<int>(tries_, 6);
        start_timer(now, Timer::persist, std::min(rto_.rto() * (std::int64_t{1} << doublings), largest_rto));
    } else {
        on_retransmission_timer(now);
    }
}

void Connection::on_keep_alive_timer(Time now)
{
    if (tries_ == keep_alive_tries) {
        finish(Ending::timed_out, Rule::keep_alive_given_up);
        return;
    }
    ++tries_;
    keep_alive_due_ = true;
    note(NoteKind::timer_expired, Rule::keep_alive);
    timer_due_ = now + keep_alive_interval;
}

/// RFC 6298 §5.4 to §5.6. Data is sent again from SND.UNA on, as the congestion window opens.
void Connection::on_retransmission_timer(Time now)
{
    note(NoteKind::timer_expired, Rule::retransmission_timeout, una_);
    if (tries_ == tries_to_r1) note(NoteKind::remarked, Rule::r1_reached, una_);
    timing_ = false; // Karn's algorithm
    if (opening()) {
        syn_due_ = syn_lost_ = true;
        behind_reason_ = Again::timeout;
    } else {
        congestion_.on_timeout(send_max_ - una_, tries_ > 1, send_max_, mss_);
        send_next_ = una_;
        behind_reason_ = Again::timeout;
        lost_due_ = false;
        if (buffers_) buffers_->recovery.board.clear(); // RFC 2018 §8: the peer may have thrown it away
    }
    rto_.back_off();
    start_timer(now, Timer::retransmission, rto_.rto());
}

} // namespace tegami::tcp
