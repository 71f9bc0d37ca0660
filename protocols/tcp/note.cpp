#include "protocols/tcp/note.hpp"

#include <array>
#include <cassert>
#include <cstddef>

namespace tegami::tcp {

namespace {

constexpr auto rule_count = static_cast<std::size_t>(Rule::count);

/// In the order of `Rule`.
constexpr std::array<RuleText, rule_count> rule_texts{{
    {"tcp.open", "RFC 9293 §3.10.1", "an active OPEN sends a SYN"},
    {"tcp.listen.syn", "RFC 9293 §3.10.7.2", "a SYN arrives at a listening port"},
    {"tcp.syn-sent.bad-ack", "RFC 9293 §3.10.7.3 first", "the ACK is not for our SYN: a reset answers it"},
    {"tcp.syn-sent.refused", "RFC 9293 §3.10.7.3 second", "a RST answers our SYN: connection refused"},
    {"tcp.syn-sent.blind-reset", "RFC 9293 §3.10.7.3 second", "a RST without an acceptable ACK is dropped"},
    {"tcp.syn-sent.acknowledged", "RFC 9293 §3.10.7.3 fourth", "our SYN has been acknowledged by the peer's"},
    {"tcp.syn-sent.crossed", "RFC 9293 §3.10.7.3 fourth", "two SYNs have crossed: simultaneous open"},
    {"tcp.syn-sent.neither", "RFC 9293 §3.10.7.3 fifth", "neither SYN nor RST is set: dropped"},
    {"tcp.sequence", "RFC 9293 §3.10.7.4 first", "no octet of the segment lies in the window: an ACK answers it"},
    {"tcp.reset", "RFC 9293 §3.10.7.4 second", "a RST exactly at RCV.NXT ends the connection"},
    {"tcp.reset.challenged", "RFC 9293 §3.10.7.4 second", "a RST elsewhere in the window gets a challenge ACK"},
    {"tcp.reset.refused", "RFC 9293 §3.10.7.4 second", "a RST in SYN-RECEIVED ends what was being opened"},
    {"tcp.syn.challenged", "RFC 9293 §3.10.7.4 fourth", "a SYN in a synchronized state gets a challenge ACK"},
    {"tcp.ack.missing", "RFC 9293 §3.10.7.4 fifth", "a segment without ACK is dropped"},
    {"tcp.syn-received.acknowledged", "RFC 9293 §3.10.7.4 fifth", "the ACK of our SYN arrives"},
    {"tcp.syn-received.bad-ack", "RFC 9293 §3.10.7.4 fifth", "the ACK is not for our SYN: a reset answers it"},
    {"tcp.ack.unsent", "RFC 9293 §3.10.7.4 fifth", "the ACK is for something not yet sent: an ACK answers it"},
    {"tcp.fin.acknowledged", "RFC 9293 §3.10.7.4 fifth", "our FIN is acknowledged"},
    {"tcp.fin", "RFC 9293 §3.10.7.4 eighth", "the peer's FIN arrives"},
    {"tcp.text.after-fin", "RFC 9293 §3.10.7.4 seventh", "text behind the peer's FIN is ignored"},
    {"tcp.early.full", "RFC 9293 §3.10.7.4 first", "what came too early has no room: it will be sent again"},
    {"tcp.closed", "RFC 9293 §3.10.7.1", "the connection is closed"},
    {"tcp.close", "RFC 9293 §3.10.4", "CLOSE was called"},
    {"tcp.close.before-open", "RFC 9293 §3.10.4", "CLOSE was called before the connection was open"},
    {"tcp.abort", "RFC 9293 §3.10.5", "ABORT was called"},
    {"tcp.time-wait.over", "RFC 9293 §3.10.8", "twice the maximum segment lifetime has passed"},
    {"tcp.retransmission.timeout", "RFC 6298 §5.4", "the retransmission timer expired"},
    {"tcp.retransmission.fast", "RFC 5681 §3.2", "three duplicate ACKs: fast retransmit"},
    {"tcp.retransmission.partial-ack", "RFC 6582 §3.2", "an ACK ends within the flight that had a loss"},
    {"tcp.given-up.handshake", "RFC 9293 §3.8.3", "no answer to our SYN within R2"},
    {"tcp.given-up.data", "RFC 9293 §3.8.3", "no acknowledgment within R2"},
    {"tcp.zero-window.probe", "RFC 9293 §3.8.6.1", "the window is shut: one octet asks whether it has opened"},
    {"tcp.delayed-ack", "RFC 9293 §3.8.6.3", "an ACK waited for company long enough"},
    {"tcp.timestamp.old", "RFC 7323 §5.3", "the timestamp is older than one seen before: an ACK answers it"},
    {"tcp.timestamp.missing", "RFC 7323 §3.2", "a segment without the timestamp agreed on is dropped"},
    {"tcp.ack.too-old", "RFC 5961 §5.2", "the ACK is older than any window: a challenge ACK answers it"},
    {"tcp.retransmission.gap", "RFC 6675 §5", "the scoreboard shows that this did not arrive"},
    {"tcp.retransmission.rescue", "RFC 6675 §4", "the end of the flight once more, so that ACKs go on coming"},
    {"tcp.d-sack", "RFC 2883 §4", "the peer tells of octets that came twice"},
    {"tcp.smaller-path", "RFC 1191 §6.4", "a router said that the segments are too large for the path"},
    {"tcp.urgent", "RFC 9293 §3.10.7.4 sixth", "urgent data is announced"},
    {"tcp.keep-alive", "RFC 9293 §3.8.4", "nothing was heard for long: a segment without text asks"},
    {"tcp.given-up.keep-alive", "RFC 9293 §3.8.4", "keep-alives were not answered"},
    {"tcp.fin-wait-2.over", "RFC 9293 §3.6", "nobody is left to read, and the peer does not end its side"},
    {"tcp.r1", "RFC 9293 §3.8.3", "three retransmissions in a row: the path may be broken"},
    {"tcp.icmp", "RFC 9293 §3.9.2.2", "a hard ICMP error about our SYN ends the attempt"},
}};

} // namespace

const RuleText& describe(Rule rule)
{
    assert(rule < Rule::count);
    return rule_texts[static_cast<std::size_t>(rule)];
}

std::string_view name(State state)
{
    static constexpr std::array<std::string_view, 11> names{"CLOSED",      "LISTEN",     "SYN-SENT",   "SYN-RECEIVED",
                                                            "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "CLOSE-WAIT",
                                                            "CLOSING",     "LAST-ACK",   "TIME-WAIT"};
    return names[static_cast<std::size_t>(state)];
}

} // namespace tegami::tcp
