#pragma once
/// One TCP connection, from SYN to the end of TIME-WAIT: the machine of RFC 9293 §3.10 with the retransmission timer of
/// RFC 6298, the congestion control of RFC 5681 and RFC 6582, selective acknowledgment (RFC 2018, RFC 2883) and the
/// recovery that it allows (RFC 6675), window scale and timestamps (RFC 7323), and what RFC 5961 has against strangers.
///
/// It has no clock and sends nothing itself. Whoever owns it (the host)
///   - hands in segments (`on_segment`), expired timers (`on_timer`) and the user's calls,
///   - then calls `next_segment` until it says false, and sends what it gets,
///   - then looks at `next_timer`, and reads the notes.
/// Between `on_segment` and `next_segment` the user may be woken and may answer: then the answer carries the ACK.
///
/// Beside the octets travels whom they serve. A user's `Spans` stay with the octets through segments, retransmissions cut
/// anew and reassembly. A bare ACK serves what it acknowledges; SYN, FIN and RST serve the connection's session.
///
/// LISTEN is the host's: for a SYN to a listening port it makes a Connection and calls `open_passive`.
///
/// Simplified: text on a SYN is not kept, the peer sends it again (kept, it would be memory for whoever sends a SYN); the
/// precedence and security checks are left out; CLOSE in SYN-RECEIVED always waits for ESTABLISHED.

#include "protocols/tcp/buffers.hpp"
#include "protocols/tcp/congestion.hpp"
#include "protocols/tcp/note.hpp"
#include "protocols/tcp/rto.hpp"
#include "protocols/tcp/segment.hpp"

#include <array>

namespace tegami::tcp {

inline constexpr Duration syn_give_up = wire::seconds(183);  // R2 for SYN, at least 180 s: RFC 9293 §3.8.3 (MUST-23)
inline constexpr Duration data_give_up = wire::seconds(924); // R2, at least 100 s: the same
inline constexpr std::uint16_t default_mss_v4 = 536;         // RFC 9293 §3.7.1 (MUST-15)
inline constexpr std::uint16_t default_mss_v6 = 1220;        // the same
inline constexpr std::uint16_t smallest_mss = 64;            // a peer that offers less is not taken at its word
inline constexpr int challenge_acks_a_second = 10;           // RFC 5961 §7
inline constexpr std::uint8_t tries_to_r1 = 3; // R1, at least 3 retransmissions: RFC 9293 §3.8.3 (SHLD-10)
inline constexpr Duration keep_alive_idle = wire::minutes(120);    // at least 2 h: RFC 9293 §3.8.4 (MUST-28)
inline constexpr Duration keep_alive_interval = wire::seconds(75); // between keep-alives that are not answered
inline constexpr std::uint8_t keep_alive_tries = 9; // then the peer is gone; one lost proves nothing (MUST-29)
inline constexpr Duration timestamp_life = wire::minutes(24 * 24 * 60); // 24 days: RFC 7323 §5.5

/// The shift that lets a whole receive buffer be offered. RFC 7323 §2.3.
constexpr std::uint8_t window_scale_for(std::uint32_t receive_buffer)
{
    std::uint8_t shift = 0;
    while (shift < largest_window_scale && receive_buffer >> shift > 65535) ++shift;
    return shift;
}

/// What connections of one interface have in common. Must outlive them.
struct Config {
    std::uint32_t send_buffer = 64 * 1024;          ///< octets that may wait for acknowledgment
    std::uint32_t receive_buffer = 65535;           ///< octets; the window we offer
    std::uint16_t mss = 1460;                       ///< the MTU less the fixed IP and TCP headers: RFC 9293 §3.7.1
    std::uint16_t default_mss = default_mss_v4;     ///< of a peer that names none
    std::uint32_t initial_window = 0;               ///< segments; 0: RFC 5681 §3.1
    bool window_scaling = true;                     ///< offer RFC 7323 §2
    bool timestamps = true;                         ///< offer RFC 7323 §3
    bool sack = true;                               ///< offer RFC 2018 §2
    bool nagle = true;                              ///< RFC 9293 §3.7.4; a connection may say otherwise
    Duration delayed_ack = wire::milliseconds(200); ///< under 0.5 s: RFC 9293 §3.8.6.3
    Duration maximum_segment_lifetime = wire::seconds(120); ///< RFC 9293 §3.4.2
    Duration keep_alive = keep_alive_idle;   ///< of connections that ask for it: RFC 9293 §3.8.4 (MUST-27)
    Duration fin_wait_2 = wire::seconds(60); ///< how long FIN-WAIT-2 lasts once nobody is left to read
};

/// What a host's connections share. All must outlive them.
struct Environment {
    BufferPool& buffers;
    Notes& notes;
    SpanAlgebra& spans;
};

/// Why a segment goes out again.
enum class Again : std::uint8_t {
    no,
    timeout,       ///< the retransmission timer expired
    fast,          ///< three duplicate ACKs
    partial_ack,   ///< an ACK within the flight that had a loss
    probe,         ///< its first octet was sent before to ask a shut window
    duplicate_syn, ///< the peer sent its SYN again, so it lacks ours
    gap,           ///< the scoreboard shows that it did not arrive
    rescue,        ///< the end of the flight, to keep ACKs coming
    smaller_path,  ///< it was too large for the path
};

/// A segment to send. `payload` views the send buffer: copy it before the next call into the connection.
struct Outgoing {
    static constexpr std::size_t run_limit = 6;

    Segment segment;
    Spans serves;            ///< all of them together
    Again again = Again::no; ///< at least its first octet was sent before
    std::uint8_t run_count = 0;
    std::array<SpanRun, run_limit> runs; ///< whom the payload serves; a segment that would have more is cut short

    std::span<const SpanRun> payload_spans() const { return {runs.data(), run_count}; }
};

/// How a connection ended.
enum class Ending : std::uint8_t {
    none,      ///< it has not
    closed,    ///< in order, both ways
    reset,     ///< by the peer's RST
    refused,   ///< by a RST before it was open
    timed_out, ///< R2 passed without an answer
    aborted,   ///< by our user
};

class Connection {
  public:
    Connection(Environment& environment, const Config& config)
        : environment_(&environment), config_(&config), nagle_(config.nagle)
    {
    }

    // OPEN (RFC 9293 §3.10.1): once, before anything else. `iss`: chosen by the host as §3.4.1 asks. ------------------

    /// Whom SYN, FIN and RST serve.
    void set_session(Spans session) { session_ = session; }
    Spans session() const { return session_; }
    /// What is added to the clock of our timestamps: a secret of the four numbers, so that nobody learns how long the host
    /// is up (RFC 7323 §7.1). Before OPEN.
    void set_timestamp_offset(std::uint32_t offset) { timestamp_offset_ = offset; }
    void open_active(Time now, Port local, Port remote, Sequence iss);
    /// For a segment with SYN and neither RST nor ACK (§3.10.7.2). `serves`: whom the SYN serves; the session adopts it.
    void open_passive(Time now, const Segment& syn, Spans serves, Sequence iss);

    // Events. --------------------------------------------------------------------------------------------------------

    /// `payload_spans`: runs over the payload, ends counted from its beginning.
    void on_segment(Time now, const Segment& segment, std::span<const SpanRun> payload_spans);
    /// To be called at `next_timer()` or later. Calling early or again does nothing.
    void on_timer(Time now);
    Time next_timer() const { return timer_due_ < ack_due_ ? timer_due_ : ack_due_; }
    /// What to send now; false where there is nothing (more). `hold_partial`: the user has corked, only full segments
    /// leave.
    bool next_segment(Time now, Outgoing& out, bool hold_partial);
    /// The path carries no larger segments (RFC 1191 §6.4, RFC 8201 §5.4); `mss`: its MTU less the fixed IP and TCP
    /// headers. What is sent from now on is cut to it, and what is in flight goes again, for it was too large.
    void limit_mss(std::uint16_t mss);
    /// Whether an ICMP error that quotes this number can be about what we sent. RFC 5927 §4.1.
    bool is_in_flight(Sequence seq) const { return state_ != State::closed && seq - una_ < send_max_ - una_; }

    // The user's calls: SEND, RECEIVE, CLOSE, ABORT, STATUS (§3.10.2 to §3.10.6). ---------------------------------------

    /// Takes as many octets as the send buffer has room for; none once closing.
    std::size_t offer(Octets octets, Spans spans);
    std::size_t room() const;
    /// Octets that arrived in order and were not consumed. Valid until the next call that is not const.
    Octets arrived() const { return buffers_ ? buffers_->receive.octets() : Octets{}; }
    Spans arrived_spans(std::size_t count) const
    {
        return buffers_ ? buffers_->receive.united(count, environment_->spans) : Spans{};
    }
    void consume(std::size_t count);
    /// All that was offered so far is urgent (RFC 9293 §3.8.5).
    void urge();
    /// How many of the octets from the first that the user has not consumed are announced as urgent; they may not all
    /// have arrived (RFC 9293 §3.8.5, MUST-33).
    std::uint32_t urgent_octets() const;
    /// Whether small segments wait while another is not acknowledged (RFC 9293 §3.7.4, MUST-17).
    void set_nagle(bool on) { nagle_ = on; }
    /// Whether a silent peer is asked now and then (RFC 9293 §3.8.4, MUST-24). Off at first.
    void set_keep_alive(Time now, bool on);
    /// R2: when to give up what is not acknowledged, in whole seconds (RFC 9293 §3.8.3, MUST-21).
    void set_give_up(std::uint32_t seconds) { give_up_seconds_ = seconds; }
    /// Ends our side: what was offered is still sent, then FIN. Receiving goes on.
    void close();
    /// Breaks the connection: RST, where the peer may still care. `why`: the user called, or an ICMP error says that it
    /// cannot be.
    void abort(Rule why = Rule::abort_call);
    /// The user is gone: FIN-WAIT-2 will not last for ever.
    void abandon(Time now);

    State state() const { return state_; }
    Ending ending() const { return ending_; }
    /// The peer has ended its side, and everything before that has arrived.
    bool fin_received() const { return fin_received_; }
    /// CLOSED, and nothing is left to send: the host may forget it (once the user has taken what arrived).
    bool finished() const { return state_ == State::closed && !reset_due_; }
    /// A SYN that may open a new connection in the place of this one in TIME-WAIT (RFC 9293 §3.6.1, MAY-2).
    /// The new one's ISS must lie behind `send_max()`.
    bool may_be_replaced_by(const Segment& syn) const;

    // What a view may show. ------------------------------------------------------------------------------------------

    Port local() const { return local_; }
    Port remote() const { return remote_; }
    Sequence send_unacknowledged() const { return una_; } ///< SND.UNA
    Sequence send_max() const { return send_max_; }       ///< SND.NXT: one behind the highest number sent
    Sequence send_next() const { return send_next_; }     ///< where sending goes on; below SND.NXT after a time-out
    std::uint32_t send_window() const { return send_window_; }                     ///< SND.WND, scaled
    Sequence receive_next() const { return receive_next_; }                        ///< RCV.NXT
    std::uint32_t receive_window() const { return receive_edge_ - receive_next_; } ///< RCV.WND as the peer knows it
    std::uint16_t mss() const { return mss_; }                                     ///< what we send at most, of text
    bool timestamps() const { return timestamps_; }                                ///< agreed on
    bool sack() const { return sack_; }                                            ///< agreed on
    std::uint32_t cwnd() const { return congestion_.cwnd(); }
    std::uint32_t ssthresh() const { return congestion_.ssthresh(); }
    bool recovering() const { return congestion_.recovering(); }
    Duration srtt() const { return rto_.srtt(); }
    Duration rto() const { return rto_.rto(); }
    bool holds_buffers() const { return buffers_ != nullptr; }
    std::size_t unacknowledged_octets() const { return buffers_ ? buffers_->send.size() : 0; }
    std::size_t early_octets() const { return buffers_ ? buffers_->receive.early_octets() : 0; }
    /// Octets in flight that the peer holds behind a gap.
    std::uint32_t sacked_octets() const { return buffers_ ? buffers_->recovery.board.octets() : 0; }
    std::size_t sacked_ranges() const { return buffers_ ? buffers_->recovery.board.ranges() : 0; }
    std::uint32_t pipe() const { return recovering_by_scoreboard() ? buffers_->recovery.pipe : send_max_ - una_; }
    /// Three retransmissions in a row brought nothing: the path may be broken (R1, RFC 9293 §3.8.3).
    bool beyond_r1() const { return tries_ >= tries_to_r1; }

  private:
    enum class Timer : std::uint8_t { off, retransmission, persist, keep_alive, fin_wait_2, time_wait };

    // connection.cpp
    void enter(State to, Rule rule);
    void finish(Ending ending, Rule rule);
    void begin_data();
    void take_syn(Time now, const Segment& syn);
    Buffers& buffers();
    void release_buffers();
    void note(NoteKind kind, Rule rule, Sequence seq = 0, std::uint32_t length = 0);
    void enter_time_wait(Time now, Rule rule);
    void flush();
    void start_timer(Time now, Timer timer, Duration after);
    void stop_timer();
    void on_retransmission_timer(Time now);
    void on_keep_alive_timer(Time now);
    void start_idle_timer(Time now);
    Duration give_up_after() const { return opening() ? syn_give_up : wire::seconds(give_up_seconds_); }
    Sequence send_limit() const { return send_end_ + (close_called_ ? 1u : 0u); }
    bool opening() const { return state_ == State::syn_sent || state_ == State::syn_received; }
    bool recovering_by_scoreboard() const { return sack_ && congestion_.recovering() && buffers_; }
    std::uint32_t timestamp(Time now) const
    {
        return static_cast<std::uint32_t>(now.ns / 1'000'000) + timestamp_offset_;
    }
    /// Whole units of 1.07 s: what a shift gives, where that is as good as seconds.
    static std::uint32_t about_seconds(std::int64_t ns) { return static_cast<std::uint32_t>(ns >> 30); }
    bool fin_acknowledged() const { return close_called_ && una_ == send_end_ + 1; }

    // connection_input.cpp
    struct Arrival;
    void judge(Time now, const Segment& segment, std::span<const SpanRun> runs);
    void on_segment_in_syn_sent(Time now, const Segment& segment, std::span<const SpanRun> runs);
    bool make_acceptable(Time now, const Segment& segment, Arrival& arrival);
    void on_reset(Time now, const Segment& segment);
    void challenge(Time now);
    void serve_with_next_ack(std::span<const SpanRun> runs);
    bool timestamp_is_acceptable(Time now, const Segment& segment);
    void take_timestamp(Time now, const Segment& segment);
    void on_urgent(const Segment& segment);
    bool on_acknowledgment(Time now, const Segment& segment, const Arrival& arrival);
    void on_new_acknowledgment(Time now, const Segment& segment);
    void measure_round_trip(Time now, const Segment& segment);
    std::uint32_t take_sack(const Segment& segment);
    void on_sack(bool news);
    void estimate_pipe();
    void on_text(Time now, const Segment& segment, const Arrival& arrival, std::span<const SpanRun> runs);
    void on_text_and_fin(Time now, const Segment& segment, const Arrival& arrival, std::span<const SpanRun> runs);
    void on_fin(Time now);
    void take_window(const Segment& segment, Sequence seq);
    bool is_duplicate_ack(const Segment& segment) const;
    void answer_with_reset(Sequence seq, Rule rule);
    void drop(const Segment& segment, Rule rule);

    // connection_output.cpp
    void fill(Time now, Outgoing& out, Sequence seq, Flags flags);
    void ack_goes_out();
    bool send_reset(Time now, Outgoing& out);
    bool send_syn(Time now, Outgoing& out);
    std::uint32_t send_again(Time now, Outgoing& out, SequenceRange what, Again reason, Rule rule);
    bool send_by_scoreboard(Time now, Outgoing& out, bool hold_partial);
    std::uint32_t quota() const;
    std::uint16_t largest_text() const;
    std::size_t blocks_in_option() const;
    void announce_urgent(Segment& segment);
    bool is_worth_sending(std::uint32_t length, std::uint32_t most, bool again, bool all, bool hold_partial) const;
    bool send_data(Time now, Outgoing& out, bool hold_partial, std::uint32_t quota);
    bool send_probe(Time now, Outgoing& out);
    bool send_keep_alive(Time now, Outgoing& out);
    bool send_bare_ack(Time now, Outgoing& out);
    std::uint32_t fill_payload(Outgoing& out, Sequence seq, std::uint32_t length);
    void serves_session_too(Outgoing& out) const;
    Sequence window_edge() const;
    std::uint16_t window_to_advertise(std::uint8_t shift);

    // Hot: what every segment touches.
    Environment* environment_;
    const Config* config_;
    BufferPool::Lease buffers_;
    Sequence una_ = 0;       // SND.UNA
    Sequence send_next_ = 0; // where the next segment begins
    Sequence send_max_ = 0;  // SND.NXT
    Sequence send_end_ = 0;  // one behind the last octet the user gave
    std::uint32_t send_window_ = 0, largest_send_window_ = 0;
    Sequence wl1_ = 0, wl2_ = 0;         // SND.WL1, SND.WL2
    Sequence receive_next_ = 0;          // RCV.NXT
    Sequence receive_edge_ = 0;          // RCV.NXT + RCV.WND as last told to the peer
    Sequence acknowledged_ = 0;          // RCV.NXT as last told to the peer
    Sequence small_end_ = 0;             // where the last segment ended that was less than full
    std::uint32_t timestamp_recent_ = 0; // TS.Recent
    std::uint32_t timestamp_offset_ = 0;
    std::uint32_t timestamp_taken_at_ = 0; // by `about_seconds`
    std::uint16_t mss_ = 0;                // what we send at most
    std::uint16_t full_size_ = 0;          // what counts as a full segment of the peer's
    State state_ = State::closed;
    Timer timer_ = Timer::off;
    Again lost_reason_ = Again::no;                   // why the first unacknowledged segment goes again
    Again behind_reason_ = Again::no;                 // why send_next_ lies below send_max_
    std::uint8_t tries_ = 0;                          // time-outs in a row
    std::uint8_t send_shift_ = 0, receive_shift_ = 0; // Snd.Wind.Shift, Rcv.Wind.Shift
    bool ack_wanted_ = false;                         // an ACK is due now
    bool bare_ack_wanted_ = false;                    // and must not ride on data: RFC 5681 counts only bare duplicates
    bool lost_due_ = false;                           // the first unacknowledged segment goes again
    bool timing_ = false;                             // a round trip is being measured
    bool timestamps_ : 1 = false;                     // both have offered them
    bool sack_ : 1 = false;                           // the same
    bool scaling_ : 1 = false;                        // the same
    bool nagle_ : 1 = true;
    bool close_called_ : 1 = false; // our FIN lies at send_end_
    bool fin_received_ : 1 = false;
    bool syn_due_ : 1 = false;
    bool probe_due_ : 1 = false;
    bool keep_alive_due_ : 1 = false;
    bool reset_due_ : 1 = false;
    bool passive_ : 1 = false;
    bool syn_lost_ : 1 = false;
    bool has_early_fin_ : 1 = false;
    bool keep_alive_ : 1 = false;
    bool abandoned_ : 1 = false;
    Spans session_, ack_spans_;
    Time timer_due_ = Time::never();
    Time ack_due_ = Time::never();
    Congestion congestion_;
    Sequence timed_seq_ = 0; // its acknowledgment ends the measurement
    Time timed_at_{}, last_sent_at_{};
    Time waiting_since_{}; // for R2
    RtoEstimator rto_;

    // Cold.
    Port local_{}, remote_{};
    Sequence iss_ = 0, irs_ = 0;
    Sequence early_fin_ = 0; // where the peer's FIN lies, behind a gap
    Sequence reset_seq_ = 0;
    std::uint32_t give_up_seconds_ = static_cast<std::uint32_t>(data_give_up.ns / 1'000'000'000);
    std::uint32_t challenge_second_ = 0;
    std::uint8_t challenges_ = 0;
    Ending ending_ = Ending::none;
};

} // namespace tegami::tcp
