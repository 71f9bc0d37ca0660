/// Opening: RFC 9293 §3.10.7.2 and §3.10.7.3, and what the two SYNs agree on.

#include "tests/unit/tcp/bench.hpp"

using namespace tegami;
using namespace tegami::tcp;
using namespace tegami::tcp::bench;

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

TEST_CASE("what SYNs agree on stands on SYNs alone", "[tcp]")
{
    Config config;
    config.receive_buffer = 1 << 20;
    config.sack = config.timestamps = true;
    One one{config};
    one.open_whole();
    one.say("text");
    one.in("A", 5, 1, "early");
    one.c->close();
    one.pump();
    one.c->abort();
    one.pump();
    REQUIRE(one.sent.size() >= 4);
    for (const Outgoing& out : one.sent) {
        CHECK_FALSE(out.segment.mss);
        CHECK_FALSE(out.segment.window_scale);
        CHECK_FALSE(out.segment.sack_permitted);
    }
}

TEST_CASE("SYN-RECEIVED remembers whether it came from LISTEN or from SYN-SENT", "[tcp]")
{
    SECTION("from LISTEN: another SYN in the window goes back there")
    {
        One one;
        one.listen();
        CHECK(one.in("S", 5, 0).empty());
        CHECK(one.c->finished());
        CHECK(one.c->ending() == Ending::refused);
    }
    SECTION("from SYN-SENT: the user asked for it, so a SYN is only challenged")
    {
        One one;
        one.reach(State::syn_sent);
        one.in("S", 0, 0);
        REQUIRE(one.c->state() == State::syn_received);
        CHECK(one.in("S", 5, 0) == Lines{"A 1 ack 1"});
        CHECK(one.c->state() == State::syn_received);
        one.in("R", 1, 0); // and a reset is told to the user as a refusal
        CHECK(one.c->ending() == Ending::refused);
    }
}
