/// The rules of RFC 9293 §3.10, one machine at a time.

#include "tests/unit/tcp/bench.hpp"

using namespace tegami;
using namespace tegami::tcp;
using namespace tegami::tcp::bench;

namespace {

const std::vector<State> synchronized_states{State::established, State::fin_wait_1, State::fin_wait_2,
                                             State::close_wait,  State::closing,    State::last_ack,
                                             State::time_wait};

} // namespace

TEST_CASE("an active open sends a SYN with our options and is established by SYN,ACK", "[tcp]")
{
    One one;
    one.c->open_active(one.now, Port{40000}, Port{25}, our_iss);
    REQUIRE(one.pump() == Lines{"S 0"});
    const Segment syn = one.sent[0].segment;
    CHECK(syn.mss == 1460);
    CHECK(syn.window_scale == 0);
    CHECK(syn.window == 65535);
    CHECK(syn.ack == 0);
    CHECK(syn.source == Port{40000});
    CHECK(syn.destination == Port{25});
    CHECK(one.sent[0].serves == our_session);
    Segment answer = one.segment("SA", 0, 1);
    answer.mss = 1000;
    one.now = one.now + milliseconds(40);
    REQUIRE(one.in(answer) == Lines{"A 1 ack 1"});
    CHECK(one.sent[1].serves == our_session);
    CHECK(one.c->state() == State::established);
    CHECK(one.c->mss() == 1000);
    CHECK(one.c->srtt() == milliseconds(40));
    CHECK(one.c->next_timer() == Time::never());
    CHECK(one.states() == Lines{"SYN-SENT", "ESTABLISHED"});
}

TEST_CASE("what was offered while opening leaves with the ACK of the SYN,ACK", "[tcp]")
{
    One one;
    one.c->open_active(one.now, Port{40000}, Port{25}, our_iss);
    CHECK(one.say("hello") == Lines{"S 0"});
    CHECK(one.in("SA", 0, 1) == Lines{"PA 1+5 ack 1"});
    CHECK(one.c->mss() == 536); // none was named: MUST-15
}

TEST_CASE("a passive open answers with SYN,ACK and adopts the SYN's spans", "[tcp]")
{
    One one;
    Segment syn = one.segment("S", 0, 0);
    syn.mss = 900;
    syn.window_scale = 3;
    one.c->open_passive(one.now, syn, {42}, our_iss);
    REQUIRE(one.pump() == Lines{"SA 0 ack 1"});
    CHECK(one.sent[0].segment.window_scale == 0);
    CHECK(one.sent[0].serves == Spans{42});
    CHECK(one.c->session() == Spans{42});
    CHECK(one.in("A", 1, 1, "ehlo", 100).empty()); // a delayed ACK
    CHECK(one.c->state() == State::established);
    CHECK(one.c->send_window() == 800);
    CHECK(as_text(one.c->arrived()) == "ehlo");
    CHECK(one.c->arrived_spans(4) == Spans{9});
    CHECK(one.c->mss() == 900);
}

TEST_CASE("window scale is offered in a SYN,ACK only to a peer that offered it", "[tcp]")
{
    Config big;
    big.receive_buffer = 1 << 20;
    One one{big};
    one.listen();
    CHECK_FALSE(one.sent[0].segment.window_scale);
    CHECK(one.in("A", 1, 1, "x", 100).empty());
    CHECK(one.c->send_window() == 100);

    One two{big};
    two.c->open_active(two.now, Port{1}, Port{2}, our_iss);
    two.pump();
    CHECK(two.sent[0].segment.window_scale == 5);
    CHECK(two.sent[0].segment.window == 65535);
    Segment answer = two.segment("SA", 0, 1, {}, 5000);
    answer.window_scale = 14;
    two.in(answer);
    CHECK(two.c->send_window() == 5000); // never scaled in a SYN
    CHECK(two.sent[1].segment.window == (1 << 20) >> 5);
    two.in("A", 1, 1, {}, 2);
    CHECK(two.c->send_window() == 2u << 14);
}

TEST_CASE("SYN-SENT", "[tcp]")
{
    One one;
    one.reach(State::syn_sent);
    SECTION("first: a wrong ACK is answered with a reset, and the wait goes on")
    {
        CHECK(one.in("SA", 0, 2) == Lines{"R 2"});
        CHECK(one.in("A", 0, 0) == Lines{"R 0"});
        CHECK(one.c->state() == State::syn_sent);
        CHECK(one.in("RA", 0, 2).empty());
        CHECK(one.rules(NoteKind::segment_dropped) ==
              Lines{"tcp.syn-sent.bad-ack", "tcp.syn-sent.bad-ack", "tcp.syn-sent.bad-ack"});
        CHECK(one.in("SA", 0, 1) == Lines{"A 1 ack 1"});
    }
    SECTION("second: a RST with a right ACK refuses")
    {
        CHECK(one.in("RA", 0, 1).empty());
        CHECK(one.c->state() == State::closed);
        CHECK(one.c->ending() == Ending::refused);
        CHECK(one.c->finished());
        CHECK(one.rules(NoteKind::reset_received) == Lines{"tcp.syn-sent.refused"});
    }
    SECTION("second: a RST without ACK is dropped")
    {
        CHECK(one.in("R", 0, 0).empty());
        CHECK(one.c->state() == State::syn_sent);
        CHECK(one.rules(NoteKind::segment_dropped) == Lines{"tcp.syn-sent.blind-reset"});
    }
    SECTION("fourth: text and FIN beside the SYN,ACK are taken")
    {
        CHECK(one.in("SFA", 0, 1, "220 x") == Lines{"A 1 ack 7"});
        CHECK(as_text(one.c->arrived()) == "220 x");
        CHECK(one.c->state() == State::close_wait);
    }
    SECTION("fourth: crossing SYNs open both (§3.5, figure 8)")
    {
        CHECK(one.in("S", 0, 0) == Lines{"SA 0 ack 1"});
        CHECK(one.c->state() == State::syn_received);
        CHECK(one.in("SA", 0, 1).empty());
        CHECK(one.c->state() == State::established);
        CHECK(one.states() == Lines{"SYN-RECEIVED", "ESTABLISHED"});
    }
    SECTION("fifth: neither SYN nor RST is dropped")
    {
        CHECK(one.in("A", 0, 1).empty());
        CHECK(one.rules(NoteKind::segment_dropped) == Lines{"tcp.syn-sent.neither"});
        CHECK(one.c->state() == State::syn_sent);
    }
    SECTION("CLOSE and ABORT end it without a word")
    {
        one.c->close();
        CHECK(one.pump().empty());
        CHECK(one.c->ending() == Ending::closed);
    }
}

TEST_CASE("SYN-RECEIVED", "[tcp]")
{
    One one;
    one.reach(State::syn_received);
    SECTION("a wrong ACK is answered with a reset")
    {
        CHECK(one.in("A", 1, 2) == Lines{"R 2"});
        CHECK(one.in("A", 1, 0) == Lines{"R 0"});
        CHECK(one.c->state() == State::syn_received);
        CHECK(one.rules(NoteKind::reset_sent) == Lines{"tcp.syn-received.bad-ack", "tcp.syn-received.bad-ack"});
    }
    SECTION("a RST at RCV.NXT ends it, another is challenged or ignored")
    {
        CHECK(one.in("R", 3, 0) == Lines{"A 1 ack 1"});
        CHECK(one.in("R", 70000, 0).empty());
        CHECK(one.c->state() == State::syn_received);
        one.in("R", 1, 0);
        CHECK(one.c->ending() == Ending::refused);
    }
    SECTION("the peer's SYN once more is answered with ours")
    {
        CHECK(one.in("S", 0, 0) == Lines{"SA 0 ack 1"});
        CHECK(one.sent.back().again == Again::duplicate_syn);
        CHECK(one.in("A", 1, 1).empty());
        CHECK(one.c->srtt() == Duration{}); // Karn
    }
    SECTION("another SYN in the window returns to LISTEN")
    {
        CHECK(one.in("S", 8, 0).empty());
        CHECK(one.c->finished());
    }
    SECTION("CLOSE waits for ESTABLISHED")
    {
        one.c->close();
        CHECK(one.pump().empty());
        CHECK(one.in("A", 1, 1) == Lines{"FA 1 ack 1"});
        CHECK(one.c->state() == State::fin_wait_1);
    }
    SECTION("ABORT resets")
    {
        one.c->abort();
        CHECK(one.pump() == Lines{"R 1"});
        CHECK(one.c->finished());
    }
    SECTION("a segment without ACK is dropped")
    {
        CHECK(one.in("P", 1, 0, "x").empty());
        CHECK(one.rules(NoteKind::segment_dropped) == Lines{"tcp.ack.missing"});
    }
}

TEST_CASE("first step: segments by their place in the window", "[tcp]")
{
    Config config;
    config.receive_buffer = 100;
    struct Row {
        std::int64_t seq;
        std::string text;
        Lines answer;
        std::string arrived;
    };
    const std::string hundred(100, 'x');
    const std::vector<Row> rows{
        {1, "abc", {}, "abc"},
        {0, "abc", {"A 1 ack 3"}, "bc"},              // the first octet is old
        {-3, "abc", {"A 1 ack 1"}, ""},               // all of it is old
        {-4, "abc", {"A 1 ack 1"}, ""},               // older
        {101, "abc", {"A 1 ack 1"}, ""},              // behind the window
        {100, "abc", {"A 1 ack 1"}, ""},              // one octet fits, early
        {1, hundred, {"A 1 ack 101"}, hundred},       // fills it
        {1, hundred + "y", {"A 1 ack 101"}, hundred}, // the last octet does not fit
        {-1000000, "abc", {"A 1 ack 1"}, ""},
    };
    for (const Row& row : rows) {
        One one{config};
        one.open();
        INFO(row.seq << " " << row.text.size());
        CHECK(one.in("A", row.seq, 1, row.text) == row.answer);
        CHECK(as_text(one.c->arrived()) == row.arrived);
    }
}

TEST_CASE("a shut window still lets ACK and RST through", "[tcp]")
{
    Config config;
    config.receive_buffer = 10;
    One one{config};
    one.open();
    one.say("abcde");
    CHECK(one.in("A", 1, 1, "0123456789") == Lines{"A 6 ack 11"});
    CHECK(one.sent.back().segment.window == 0);
    CHECK(one.c->receive_window() == 0);
    CHECK(one.in("A", 11, 3, "X") == Lines{"A 6 ack 11"}); // a probe: its text is refused, its ACK is not
    CHECK(one.c->send_unacknowledged() == our_iss + 3);
    CHECK(one.in("A", 11, 6).empty());
    CHECK(one.c->unacknowledged_octets() == 0);
    SECTION("RST")
    {
        one.in("R", 11, 0);
        CHECK(one.c->ending() == Ending::reset);
    }
    SECTION("reading opens it, and says so")
    {
        one.c->consume(4);
        CHECK(one.pump().empty()); // less than half the buffer
        one.c->consume(1);
        CHECK(one.pump() == Lines{"A 6 ack 11"});
        CHECK(one.sent.back().segment.window == 5);
        CHECK(one.in("A", 11, 6, "X").empty());
        CHECK(as_text(one.c->arrived()) == "56789X");
    }
}

TEST_CASE("second step: a RST in every state", "[tcp]")
{
    for (const State state : synchronized_states) {
        INFO(name(state));
        {
            One one;
            one.reach(state);
            const Sequence next = one.c->receive_next() - peer_iss;
            CHECK(one.in("R", next + 1, 0).size() == 1); // in the window but not at RCV.NXT: a challenge ACK
            CHECK(one.in("R", next - 1, 0).empty());     // old
            CHECK(one.in("R", next + 70000, 0).empty()); // beyond
            CHECK(one.c->state() == state);
            CHECK(one.rules(NoteKind::segment_dropped) ==
                  Lines{"tcp.reset.challenged", "tcp.sequence", "tcp.sequence"});
            CHECK(one.in("R", next, 0).empty());
            CHECK(one.c->state() == State::closed);
            CHECK(one.c->ending() == (state == State::time_wait ? Ending::closed : Ending::reset));
            CHECK(one.rules(NoteKind::reset_received) == Lines{"tcp.reset"});
            CHECK(one.pool.lent() == 0);
            CHECK(one.c->next_timer() == Time::never());
        }
    }
}

TEST_CASE("fourth step: a SYN in a synchronized state is challenged", "[tcp]")
{
    for (const State state : synchronized_states) {
        INFO(name(state));
        One one;
        one.reach(state);
        const Sequence next = one.c->receive_next() - peer_iss;
        CHECK(one.in("S", next, 0).size() == 1);
        CHECK(one.in("S", next + 10, 0).size() == 1);
        CHECK(one.in("S", 0, 0).size() == 1); // out of the window: the first step's ACK
        CHECK(one.c->state() == state);
    }
}

TEST_CASE("an old SYN with text that reaches into the window is challenged, its text ignored", "[tcp]")
{
    One one;
    one.open();
    CHECK(one.in("SA", 0, 1, "abc") == Lines{"A 1 ack 1"});
    CHECK(one.c->arrived().empty());
}

TEST_CASE("a timer that is looked at early, or twice, does nothing", "[tcp]")
{
    One one;
    one.open();
    one.say("abc");
    one.in("A", 1, 1, "x");
    const Time due = one.c->next_timer();
    CHECK(due == one.now + milliseconds(200));
    one.c->on_timer(one.now);
    CHECK(one.pump().empty());
    CHECK(one.c->next_timer() == due);
    one.now = due;
    one.c->on_timer(due);
    CHECK(one.pump().size() == 1);
    one.c->on_timer(due);
    CHECK(one.pump().empty());
    CHECK(one.c->next_timer() == Time{} + seconds(1));
}

TEST_CASE("a connection may be moved, with its buffers", "[tcp]")
{
    STATIC_REQUIRE(std::is_nothrow_move_constructible_v<Connection>);
    One one;
    one.open();
    one.offer("abc");
    one.c = std::make_unique<Connection>(std::move(*one.c));
    CHECK(one.pool.lent() == 1);
    CHECK(one.pump() == Lines{"PA 1+3 ack 1"});
}

TEST_CASE("every rule has a text of its own", "[tcp]")
{
    std::set<std::string_view> keys;
    for (std::size_t i = 0; i < static_cast<std::size_t>(Rule::count); ++i) {
        const RuleText& text = describe(static_cast<Rule>(i));
        CHECK(text.key.starts_with("tcp."));
        CHECK(text.section.starts_with("RFC "));
        CHECK_FALSE(text.gist.empty());
        keys.insert(text.key);
    }
    CHECK(keys.size() == static_cast<std::size_t>(Rule::count));
}

TEST_CASE("challenge ACKs are limited to ten a second", "[tcp]")
{
    One one;
    one.open();
    std::size_t answers = 0;
    for (int i = 0; i < 50; ++i) answers += one.in("R", 5, 0).size();
    CHECK(answers == 10);
    one.now = one.now + seconds(1);
    CHECK(one.in("R", 5, 0).size() == 1);
}

TEST_CASE("fifth step: the ACK field", "[tcp]")
{
    One one;
    one.open();
    one.say("0123456789");
    SECTION("of something unsent: answered and dropped, text and all")
    {
        CHECK(one.in("A", 1, 12, "text") == Lines{"A 11 ack 1"});
        CHECK(one.c->arrived().empty());
        CHECK(one.rules(NoteKind::segment_dropped) == Lines{"tcp.ack.unsent"});
    }
    SECTION("of a part")
    {
        CHECK(one.in("A", 1, 4).empty());
        CHECK(one.c->send_unacknowledged() == our_iss + 4);
        CHECK(one.c->unacknowledged_octets() == 7);
        CHECK(one.in("A", 1, 2, "late").empty()); // an old ACK; its text counts
        CHECK(one.c->send_unacknowledged() == our_iss + 4);
        CHECK(as_text(one.c->arrived()) == "late");
    }
    SECTION("missing: dropped")
    {
        CHECK(one.in("P", 1, 0, "x").empty());
        CHECK(one.c->arrived().empty());
    }
    SECTION("the window is taken from the newest segment only")
    {
        one.in("A", 1, 1, "ab", 1000);
        CHECK(one.c->send_window() == 1000);
        one.in("A", 1, 1, {}, 500); // overtaken on the way: an older number, and not acceptable at that
        CHECK(one.c->send_window() == 1000);
        one.in("A", 3, 11, {}, 300);
        CHECK(one.c->send_window() == 300);
        one.in("A", 3, 5, {}, 9000); // an older ACK
        CHECK(one.c->send_window() == 300);
    }
}

TEST_CASE("closing: each way to TIME-WAIT and CLOSED", "[tcp]")
{
    One one;
    one.open();
    SECTION("we close first")
    {
        one.offer("bye");
        one.c->close();
        CHECK(one.pump() == Lines{"FPA 1+3 ack 1"});
        CHECK(one.sets.members(one.sent.back().serves) == std::set<std::uint32_t>{3, 7});
        CHECK(one.c->offer(as_octets("more"), {}) == 0);
        CHECK(one.in("A", 1, 5).empty());
        CHECK(one.in("A", 1, 5, "still talking").empty());
        CHECK(as_text(one.c->arrived()) == "still talking");
        one.c->consume(13);
        CHECK(one.in("FA", 14, 5) == Lines{"A 5 ack 15"});
        CHECK(one.c->fin_received());
        CHECK(one.states() == Lines{"FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT"});
        CHECK_FALSE(one.c->holds_buffers());
        CHECK(one.pool.lent() == 0);
        CHECK(one.pass(seconds(239)).empty());
        CHECK(one.in("FA", 14, 5) == Lines{"A 5 ack 15"}); // acknowledged again, and the wait begins anew
        CHECK(one.pass(seconds(239)).empty());
        CHECK(one.c->state() == State::time_wait);
        one.pass(seconds(1));
        CHECK(one.c->state() == State::closed);
        CHECK(one.c->ending() == Ending::closed);
    }
    SECTION("FIN and the ACK of ours in one segment")
    {
        one.c->close();
        CHECK(one.pump() == Lines{"FA 1 ack 1"});
        CHECK(one.in("FA", 1, 2) == Lines{"A 2 ack 2"});
        CHECK(one.states() == Lines{"FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT"});
    }
    SECTION("both at once")
    {
        one.c->close();
        one.pump();
        CHECK(one.in("FA", 1, 1) == Lines{"A 2 ack 2"});
        CHECK(one.c->state() == State::closing);
        CHECK(one.in("A", 2, 2).empty());
        CHECK(one.states() == Lines{"FIN-WAIT-1", "CLOSING", "TIME-WAIT"});
    }
    SECTION("the peer first")
    {
        CHECK(one.in("FA", 1, 1) == Lines{"A 1 ack 2"});
        CHECK(one.sent.back().serves == our_session);
        CHECK(one.say("last words") == Lines{"PA 1+10 ack 2"});
        one.c->close();
        CHECK(one.pump() == Lines{"FA 11 ack 2"});
        CHECK(one.in("A", 2, 12).empty());
        CHECK(one.states() == Lines{"CLOSE-WAIT", "LAST-ACK", "CLOSED"});
        CHECK(one.c->ending() == Ending::closed);
        CHECK(one.pool.lent() == 0);
    }
    SECTION("the user's answer to a FIN rides with its ACK")
    {
        const Segment fin = one.segment("FPA", 1, 1, "221 bye");
        const SpanRun run{7, {5}};
        one.c->on_segment(one.now, fin, {&run, 1});
        one.c->consume(7);
        one.c->close();
        CHECK(one.pump() == Lines{"FA 1 ack 9"});
    }
    SECTION("the last octets stay readable after the end")
    {
        one.in("FPA", 1, 1, "221 bye");
        one.c->close();
        one.pump();
        one.in("A", 9, 2);
        CHECK(one.c->state() == State::closed);
        CHECK(as_text(one.c->arrived()) == "221 bye");
        CHECK(one.c->arrived_spans(7) == Spans{9});
        one.c->consume(7);
        CHECK(one.pool.lent() == 0);
    }
    SECTION("a FIN behind a gap waits for it")
    {
        CHECK(one.in("FA", 4, 1, "def") == Lines{"A 1 ack 1"});
        CHECK(one.c->state() == State::established);
        CHECK(one.in("A", 1, 1, "abc") == Lines{"A 1 ack 8"});
        CHECK(one.c->state() == State::close_wait);
        CHECK(as_text(one.c->arrived()) == "abcdef");
    }
    SECTION("text behind a FIN is ignored")
    {
        one.in("FA", 1, 1);
        CHECK(one.in("A", 2, 1, "ghost") == Lines{"A 1 ack 2"});
        CHECK(one.c->arrived().empty());
        CHECK(one.rules(NoteKind::segment_dropped) == Lines{"tcp.text.after-fin"});
    }
}

TEST_CASE("ABORT in every state", "[tcp]")
{
    for (const State state : synchronized_states) {
        INFO(name(state));
        One one;
        one.reach(state);
        const bool resets = state == State::established || state == State::fin_wait_1 || state == State::fin_wait_2 ||
                            state == State::close_wait;
        const Sequence next = one.c->send_max() - our_iss;
        one.c->abort();
        CHECK(one.c->finished() != resets);
        CHECK(one.pump() == (resets ? Lines{"R " + std::to_string(next)} : Lines{}));
        CHECK(one.c->finished());
        CHECK(one.c->ending() == Ending::aborted);
        CHECK(one.pool.lent() == 0);
    }
}

TEST_CASE("a SYN may reopen a connection in TIME-WAIT", "[tcp]")
{
    One one;
    one.reach(State::time_wait);
    CHECK(one.c->may_be_replaced_by(one.segment("S", 3, 0)));
    CHECK_FALSE(one.c->may_be_replaced_by(one.segment("S", 1, 0)));
    CHECK_FALSE(one.c->may_be_replaced_by(one.segment("SA", 3, 0)));
    One two;
    two.open();
    CHECK_FALSE(two.c->may_be_replaced_by(two.segment("S", 3, 0)));
}

TEST_CASE("a closed connection drops what comes", "[tcp]")
{
    One one;
    one.open();
    one.c->abort();
    one.pump();
    one.log.clear();
    CHECK(one.in("A", 1, 1, "x").empty());
    CHECK(one.rules(NoteKind::segment_dropped) == Lines{"tcp.closed"});
}

TEST_CASE("a cork holds partial segments until CLOSE", "[tcp]")
{
    One one;
    one.open(1000);
    one.corked = true;
    CHECK(one.say(std::string(900, 'a')).empty());
    CHECK(one.say(std::string(900, 'b')) == Lines{"A 1+1000 ack 1"});
    CHECK(one.c->next_timer() == one.now + initial_rto);
    one.c->close();
    CHECK(one.pump() == Lines{"FPA 1001+800 ack 1"});

    One two;
    two.open(1000);
    two.corked = true;
    CHECK(two.say("RCPT").empty());
    CHECK(two.pass(minutes(10)).empty()); // nothing but the cork is in the way
    two.corked = false;
    CHECK(two.pump() == Lines{"PA 1+4 ack 1"});
}

TEST_CASE("spans: runs leave with the octets they belong to, however they are cut", "[tcp]")
{
    One one;
    one.open(10);
    CHECK(one.c->mss() == smallest_mss);
    one.offer(std::string(30, 'a'), {11});
    one.offer(std::string(30, 'b'), {12});
    one.offer(std::string(30, 'c'), {12});
    one.offer(std::string(10, 'd'), {13});
    CHECK(one.pump() == Lines{"A 1+64 ack 1", "PA 65+36 ack 1"});
    REQUIRE(one.sent[0].run_count == 2);
    CHECK(one.sent[0].runs[0] == SpanRun{30, {11}});
    CHECK(one.sent[0].runs[1] == SpanRun{64, {12}});
    CHECK(one.sets.members(one.sent[0].serves) == std::set<std::uint32_t>{11, 12});
    REQUIRE(one.sent[1].run_count == 2);
    CHECK(one.sent[1].runs[0] == SpanRun{26, {12}});
    CHECK(one.sent[1].runs[1] == SpanRun{36, {13}});
    CHECK(one.pass(seconds(1)) == Lines{"1000 A 1+64 ack 1"});
    CHECK(one.sent[2].runs[0] == SpanRun{30, {11}});
    CHECK(one.sent[2].again == Again::timeout);
}

TEST_CASE("spans: a segment with too many runs is cut short", "[tcp]")
{
    One one;
    one.open();
    for (std::uint32_t i = 0; i < 20; ++i) one.offer("xy", {100 + i});
    CHECK(one.pump() == Lines{"A 1+12 ack 1", "A 13+12 ack 1", "A 25+12 ack 1", "PA 37+4 ack 1"});
    CHECK(one.sent[1].runs[0] == SpanRun{2, {106}});
    CHECK(one.sent[1].runs[5] == SpanRun{12, {111}});
}

TEST_CASE("spans: a bare ACK serves what it acknowledges since the last one", "[tcp]")
{
    One one;
    one.open();
    one.in("PA", 1, 1, "ab", 65535, {21});
    one.in("PA", 3, 1, "cd", 65535, {22});
    CHECK(one.pass(milliseconds(200)) == Lines{"200 A 1 ack 5"});
    CHECK(one.sets.members(one.sent.back().serves) == std::set<std::uint32_t>{21, 22});
    one.in("PA", 5, 1, "ef", 65535, {23});
    CHECK(one.pass(milliseconds(200)).size() == 1);
    CHECK(one.sent.back().serves == Spans{23});
    CHECK(one.c->arrived_spans(2) == Spans{21});
    CHECK(one.sets.members(one.c->arrived_spans(5)) == std::set<std::uint32_t>{21, 22, 23});
    one.c->consume(3);
    CHECK(one.c->arrived_spans(1) == Spans{22});
}

TEST_CASE("a connection is small", "[tcp]") { CHECK(sizeof(Connection) <= 320); }
