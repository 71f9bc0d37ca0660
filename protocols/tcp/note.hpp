#pragma once
/// What a connection did and by which rule: small values that the host makes into facts. Nothing is written where
/// nothing out of the ordinary happens.

#include "protocols/tcp/sequence.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace tegami::tcp {

/// The connection states of RFC 9293 §3.3.2.
enum class State : std::uint8_t {
    closed,
    listen,
    syn_sent,
    syn_received,
    established,
    fin_wait_1,
    fin_wait_2,
    close_wait,
    closing,
    last_ack,
    time_wait,
};
std::string_view name(State state); ///< as the RFC writes it: "SYN-SENT"

/// Why something happened. `describe` says where each is written.
enum class Rule : std::uint8_t {
    open_call,
    syn_arrived,
    syn_sent_bad_ack,
    syn_sent_refused,
    syn_sent_blind_reset,
    syn_sent_acknowledged,
    syn_sent_crossed,
    syn_sent_neither,
    sequence_unacceptable,
    reset_accepted,
    reset_challenged,
    reset_refused,
    syn_challenged,
    ack_missing,
    syn_received_acknowledged,
    syn_received_bad_ack,
    ack_of_unsent,
    fin_acknowledged,
    fin_arrived,
    text_after_fin,
    early_full,
    connection_closed,
    close_call,
    close_before_open,
    abort_call,
    time_wait_over,
    retransmission_timeout,
    fast_retransmit,
    partial_ack,
    handshake_given_up,
    data_given_up,
    zero_window_probe,
    delayed_ack,
    timestamp_old,
    timestamp_missing,
    ack_too_old,
    scoreboard_gap,
    rescue,
    duplicate_reported,
    smaller_path,
    urgent,
    keep_alive,
    keep_alive_given_up,
    fin_wait_2_over,
    r1_reached,
    icmp_error,
    count,
};

struct RuleText {
    std::string_view key;     ///< stable: messages and tests go by it
    std::string_view section; ///< "RFC 9293 §3.10.7.3"
    std::string_view gist;
};
const RuleText& describe(Rule rule);

enum class NoteKind : std::uint8_t {
    state_entered,   ///< from, to
    retransmission,  ///< seq, length; tries: how many time-outs in a row led here
    timer_expired,   ///< the rule names the timer
    probe_sent,      ///< seq
    reset_received,  ///< seq
    reset_sent,      ///< seq
    segment_dropped, ///< seq, length of the segment
    remarked,        ///< the rule says what; seq
};

struct Note {
    NoteKind kind{};
    Rule rule{};
    State from{}, to{};
    Sequence seq = 0;
    std::uint32_t length = 0;
    std::uint8_t tries = 0;

    bool operator==(const Note&) const = default;
};

/// Where connections leave their notes: one for a host, or for a world, whose owner reads and clears it after every
/// call into a connection. It keeps its memory.
class Notes {
  public:
    void add(const Note& note) { notes_.push_back(note); }
    std::span<const Note> all() const { return notes_; }
    bool empty() const { return notes_.empty(); }
    void clear() { notes_.clear(); }

  private:
    std::vector<Note> notes_;
};

} // namespace tegami::tcp
