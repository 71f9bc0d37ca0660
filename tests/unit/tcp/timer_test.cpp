/// Timers, retransmission and congestion control, one machine at a time.

#include "tests/unit/tcp/bench.hpp"

using namespace tegami;
using namespace tegami::tcp;
using namespace tegami::tcp::bench;

TEST_CASE("a SYN is sent at 0 1 3 7 15 31 63 123 s and given up at 183 s", "[tcp][timer]")
{
    One one;
    SECTION("active")
    {
        one.c->open_active(one.now, Port{1}, Port{2}, our_iss);
        REQUIRE(one.pump() == Lines{"S 0"});
        CHECK(one.pass(seconds(183) - wire::nanoseconds(1)) ==
              Lines{"1000 S 0", "3000 S 0", "7000 S 0", "15000 S 0", "31000 S 0", "63000 S 0", "123000 S 0"});
        CHECK(one.c->state() == State::syn_sent);
        CHECK(one.c->next_timer() == Time{} + seconds(183));
        CHECK(one.sent.back().again == Again::timeout);
    }
    SECTION("passive: the SYN,ACK likewise")
    {
        one.listen();
        CHECK(one.pass(seconds(183) - wire::nanoseconds(1)).size() == 7);
        CHECK(one.c->state() == State::syn_received);
    }
    one.pass(wire::nanoseconds(1));
    CHECK(one.c->state() == State::closed);
    CHECK(one.c->ending() == Ending::timed_out);
    CHECK(describe(one.log.back().rule).key == "tcp.given-up.handshake");
    CHECK(one.now == Time{} + seconds(183));
}

TEST_CASE("data is given up 924 s after the last progress", "[tcp][timer]")
{
    One one;
    one.open();
    one.pass(seconds(100));
    one.say("hello");
    const auto sent = one.pass(seconds(924) - wire::nanoseconds(1));
    REQUIRE(sent.size() == 20);
    CHECK(sent[0] == "101000 PA 1+5 ack 1");
    CHECK(sent[1] == "103000 PA 1+5 ack 1");
    CHECK(sent[6] == "223000 PA 1+5 ack 1");
    CHECK(sent[7] == "283000 PA 1+5 ack 1"); // the interval stays at 60 s
    CHECK(one.c->state() == State::established);
    one.pass(wire::nanoseconds(1));
    CHECK(one.c->ending() == Ending::timed_out);
    CHECK(describe(one.log.back().rule).key == "tcp.given-up.data");
    CHECK(one.pool.lent() == 0);
}

TEST_CASE("progress begins R2 anew", "[tcp][timer]")
{
    One one;
    one.open();
    one.say("hello");
    one.pass(seconds(900));
    one.in("A", 1, 3);
    one.pass(seconds(900));
    CHECK(one.c->state() == State::established);
    one.pass(seconds(24));
    CHECK(one.c->ending() == Ending::timed_out);
}

TEST_CASE("RFC 6298: SRTT, RTTVAR and RTO", "[tcp][timer]")
{
    RtoEstimator e;
    CHECK(e.rto() == seconds(1));
    e.measure(milliseconds(800));
    CHECK(e.srtt() == milliseconds(800));
    CHECK(e.rttvar() == milliseconds(400));
    CHECK(e.rto() == milliseconds(2400));
    e.measure(milliseconds(1600)); // RTTVAR 3/4 400 + 1/4 800, then SRTT 7/8 800 + 1/8 1600
    CHECK(e.rttvar() == milliseconds(500));
    CHECK(e.srtt() == milliseconds(900));
    CHECK(e.rto() == milliseconds(2900));
    e.back_off();
    CHECK(e.rto() == milliseconds(5800));
    for (int i = 0; i < 10; ++i) e.back_off();
    CHECK(e.rto() == seconds(60));
    for (int i = 0; i < 200; ++i) e.measure(wire::microseconds(20));
    CHECK(e.rto() == seconds(1)); // never under a second
    CHECK(e.srtt() < wire::microseconds(21));
}

TEST_CASE("Karn: a round trip is measured only of what was sent once", "[tcp][timer]")
{
    One one;
    one.open();
    const Duration handshake = one.c->srtt();
    one.say("abc");
    one.pass(seconds(1));
    one.now = one.now + milliseconds(300);
    one.in("A", 1, 4);
    CHECK(one.c->srtt() == handshake);
    CHECK(one.c->rto() == seconds(2)); // backed off until something new is measured
    one.say("def");
    one.now = one.now + milliseconds(500);
    one.in("A", 1, 7);
    CHECK(one.c->srtt() > handshake);
    CHECK(one.c->rto() < seconds(2));
}

TEST_CASE("after a lost SYN the RTO is 3 s and the window one segment", "[tcp][timer]")
{
    One one;
    one.c->open_active(one.now, Port{1}, Port{2}, our_iss);
    one.pump();
    one.pass(seconds(1));
    Segment answer = one.segment("SA", 0, 1);
    answer.mss = 1000;
    one.in(answer);
    CHECK(one.c->rto() == seconds(3));
    CHECK(one.c->srtt() == Duration{});
    CHECK(one.c->cwnd() == 1000);

    One two;
    two.listen();
    two.pass(seconds(1));
    two.in("A", 1, 1);
    CHECK(two.c->rto() == seconds(3));
    CHECK(two.c->cwnd() == 1460);
}

TEST_CASE("the retransmission timer: started, restarted, stopped", "[tcp][timer]")
{
    One one;
    one.open();
    CHECK(one.c->next_timer() == Time::never());
    one.say("abc");
    CHECK(one.c->next_timer() == one.now + seconds(1));
    one.now = one.now + milliseconds(400);
    one.say("def");
    CHECK(one.c->next_timer() == one.now + milliseconds(600));
    one.in("A", 1, 4);
    CHECK(one.c->next_timer() == one.now + one.c->rto());
    one.in("A", 1, 7);
    CHECK(one.c->next_timer() == Time::never());
}

TEST_CASE("a time-out sends the first segment again and goes on as ACKs come", "[tcp][timer]")
{
    One one;
    one.open(1000);
    CHECK(one.say(std::string(4000, 'x')).size() == 4); // IW of RFC 5681: four at this size
    CHECK(one.pass(seconds(1)) == Lines{"1000 A 1+1000 ack 1"});
    CHECK(one.c->cwnd() == 1000);
    CHECK(one.c->ssthresh() == 2000);
    CHECK(one.c->send_max() == our_iss + 4001);
    CHECK(one.rules(NoteKind::timer_expired) == Lines{"tcp.retransmission.timeout"});
    CHECK(one.in("A", 1, 1001) == Lines{"A 1001+1000 ack 1", "A 2001+1000 ack 1"});
    CHECK(one.rules(NoteKind::retransmission).size() == 3);
    CHECK(one.in("A", 1, 4001).empty()); // the rest had arrived
    CHECK(one.c->send_next() == our_iss + 4001);
    CHECK(one.c->next_timer() == Time::never());
}

TEST_CASE("ssthresh is halved once for a segment that keeps being lost", "[tcp][timer]")
{
    One one;
    one.open(1000);
    for (int i = 0; i < 8; ++i) {
        one.say(std::string(1000, 'x'));
        one.in("A", 1, 1 + 1000 * (i + 1));
    }
    CHECK(one.c->cwnd() == 12000);
    one.say(std::string(12000, 'x'));
    one.pass(seconds(1));
    CHECK(one.c->ssthresh() == 6000);
    one.pass(seconds(20));
    CHECK(one.c->ssthresh() == 6000);
}

TEST_CASE("slow start, then congestion avoidance by octets", "[tcp][congestion]")
{
    Congestion c;
    c.begin(1000, Congestion::initial_window(1000, 0), false, 0);
    CHECK(c.cwnd() == 4000);
    Sequence ack = 1;
    c.on_new_ack(2000, ack += 2000, 0, 1000); // no more than a segment an ACK
    CHECK(c.cwnd() == 5000);
    c.on_timeout(5000, false, ack, 1000);
    CHECK(c.ssthresh() == 2500);
    c.on_new_ack(1000, ack += 1000, 0, 1000);
    c.on_new_ack(1000, ack += 1000, 0, 1000);
    CHECK(c.cwnd() == 3000);
    c.on_new_ack(1000, ack += 1000, 0, 1000);
    c.on_new_ack(1000, ack += 1000, 0, 1000);
    CHECK(c.cwnd() == 3000);
    c.on_new_ack(1000, ack += 1000, 0, 1000); // a window's worth: one segment more
    CHECK(c.cwnd() == 4000);
}

TEST_CASE("the initial window of RFC 5681 §3.1", "[tcp][congestion]")
{
    CHECK(Congestion::initial_window(1095, 0) == 4380);
    CHECK(Congestion::initial_window(1096, 0) == 3288);
    CHECK(Congestion::initial_window(1460, 0) == 4380);
    CHECK(Congestion::initial_window(2190, 0) == 6570);
    CHECK(Congestion::initial_window(2191, 0) == 4382);
    CHECK(Congestion::initial_window(1460, 10) == 14600); // RFC 6928
    One one;
    one.open(1460);
    CHECK(one.say(std::string(10000, 'x')).size() == 3);
}

TEST_CASE("limited transmit, fast retransmit and NewReno's partial ACK", "[tcp][congestion]")
{
    One one;
    one.open(1000);
    for (int i = 0; i < 6; ++i) {
        one.say(std::string(1000, 'x'));
        one.in("A", 1, 1 + 1000 * (i + 1));
    }
    REQUIRE(one.c->cwnd() == 10000);
    REQUIRE(one.say(std::string(20000, 'y')).size() == 10); // 6001 … 16000; say 6001 and 8001 are lost
    CHECK(one.in("A", 1, 6001) == Lines{"A 16001+1000 ack 1"});
    CHECK(one.in("A", 1, 6001) == Lines{"A 17001+1000 ack 1"});
    CHECK(one.c->cwnd() == 10000);
    CHECK(one.in("A", 1, 6001) == Lines{"A 6001+1000 ack 1"}); // the third
    CHECK(one.sent.back().again == Again::fast);
    CHECK(one.c->ssthresh() == 5000); // what limited transmit sent does not count
    CHECK(one.c->cwnd() == 8000);
    CHECK(one.c->recovering());
    for (int i = 0; i < 4; ++i) CHECK(one.in("A", 1, 6001).empty()); // inflates up to what is in flight
    CHECK(one.c->cwnd() == 12000);
    CHECK(one.in("A", 1, 6001) == Lines{"A 18001+1000 ack 1"});
    const Time restarted = one.now = one.now + milliseconds(100);
    CHECK(one.in("A", 1, 8001) == Lines{"A 8001+1000 ack 1", "A 19001+1000 ack 1"}); // partial
    CHECK(one.rules(NoteKind::retransmission) == Lines{"tcp.retransmission.fast", "tcp.retransmission.partial-ack"});
    CHECK(one.c->cwnd() == 13000 - 2000 + 1000);
    CHECK(one.c->next_timer() == restarted + one.c->rto());
    one.now = one.now + milliseconds(100);
    one.in("A", 1, 9001); // another partial one: the timer runs on (RFC 6582 §3.2)
    CHECK(one.c->next_timer() == restarted + one.c->rto());
    one.in("A", 1, 18001);
    CHECK_FALSE(one.c->recovering());
    CHECK(one.c->cwnd() <= 5000);
}

TEST_CASE("what is not a duplicate ACK", "[tcp][congestion]")
{
    One one;
    one.open(1000);
    one.say(std::string(4000, 'x'));
    SECTION("one with another window")
    {
        for (std::uint16_t w = 1; w < 6; ++w) one.in("A", 1, 1, {}, static_cast<std::uint16_t>(50000 + w));
    }
    SECTION("one with text")
    {
        for (int i = 0; i < 5; ++i) one.in("A", 1 + i, 1, "x");
    }
    SECTION("nothing outstanding")
    {
        one.in("A", 1, 4001);
        for (int i = 0; i < 5; ++i) one.in("A", 1, 4001);
    }
    CHECK_FALSE(one.c->recovering());
    CHECK(one.rules(NoteKind::retransmission).empty());
}

TEST_CASE("a segment is not sent fast again for the losses of an old flight", "[tcp][congestion]")
{
    One one;
    one.open(1000);
    one.say(std::string(4000, 'x'));
    one.pass(seconds(1));
    for (int i = 0; i < 5; ++i) one.in("A", 1, 1);
    CHECK_FALSE(one.c->recovering());
}

TEST_CASE("an ACK is delayed, but not for two full segments", "[tcp][ack]")
{
    One one;
    one.open();
    const std::string full(1460, 'x');
    CHECK(one.in("A", 1, 1, full).empty());
    CHECK(one.c->next_timer() == one.now + milliseconds(200));
    CHECK(one.in("A", 1461, 1, full) == Lines{"A 1 ack 2921"});
    CHECK(one.c->next_timer() == Time::never());
    CHECK(one.in("PA", 2921, 1, "small").empty());
    CHECK(one.in("PA", 2926, 1, "small").empty()); // small ones wait together
    CHECK(one.pass(milliseconds(200)) == Lines{"200 A 1 ack 2931"});
    CHECK(one.rules(NoteKind::timer_expired) == Lines{"tcp.delayed-ack"});
    CHECK(one.in("PA", 2931, 1, "ask").empty());
    CHECK(one.say("answer") == Lines{"PA 1+6 ack 2934"}); // rides along
    CHECK(one.pass(milliseconds(999)).empty());
}

TEST_CASE("a peer with small segments gets its ACK for every second of them too", "[tcp][ack]")
{
    One one;
    one.open();
    CHECK(one.in("A", 1, 1, std::string(300, 'x')).empty());
    CHECK(one.in("A", 301, 1, std::string(300, 'x')).size() == 1);
    CHECK(one.in("A", 601, 1, std::string(300, 'x')).empty());
    CHECK(one.in("A", 901, 1, std::string(300, 'x')).size() == 1);
}

TEST_CASE("an ACK is immediate out of order, into a gap, and for FIN", "[tcp][ack]")
{
    One one;
    one.open();
    CHECK(one.in("A", 4, 1, "def") == Lines{"A 1 ack 1"});
    CHECK(one.in("A", 10, 1, "jkl") == Lines{"A 1 ack 1"});
    CHECK(one.c->early_octets() == 6);
    CHECK(one.in("A", 1, 1, "abc") == Lines{"A 1 ack 7"}); // fills one gap of two
    CHECK(one.in("A", 7, 1, "ghi") == Lines{"A 1 ack 13"});
    CHECK(as_text(one.c->arrived()) == "abcdefghijkl");
    CHECK(one.in("FA", 13, 1) == Lines{"A 1 ack 14"});
}

TEST_CASE("a duplicate ACK goes bare even where data waits", "[tcp][ack]")
{
    One one;
    one.open();
    one.offer("answer");
    CHECK(one.in("A", 4, 1, "def") == Lines{"A 1 ack 1", "PA 1+6 ack 1"});
}

TEST_CASE("a shut window is probed, for as long as it is answered", "[tcp][persist]")
{
    One one;
    one.open();
    one.in("A", 1, 1, {}, 0);
    CHECK(one.say("0123456789").empty());
    CHECK(one.c->next_timer() == one.now + seconds(1));
    auto probes = one.pass(seconds(40));
    CHECK(probes ==
          Lines{"1000 A 1+1 ack 1", "3000 A 1+1 ack 1", "7000 A 1+1 ack 1", "15000 A 1+1 ack 1", "31000 A 1+1 ack 1"});
    CHECK(one.sent.back().again == Again::probe);
    SECTION("not answered: R2")
    {
        one.pass(seconds(884));
        CHECK(one.c->ending() == Ending::timed_out);
    }
    SECTION("answered: for ever, a minute apart")
    {
        for (int i = 0; i < 100; ++i) {
            CHECK(one.pass(seconds(60)).size() == 1);
            CHECK(one.in("A", 1, 1, {}, 0).empty());
        }
        CHECK(one.c->state() == State::established);
        CHECK(one.in("A", 1, 1, {}, 100) == Lines{"PA 1+10 ack 1"});
        one.in("A", 1, 11);
        CHECK(one.c->next_timer() == Time::never());
    }
    SECTION("the octet is taken")
    {
        CHECK(one.in("A", 1, 2, {}, 0).empty());
        CHECK(one.pass(seconds(1)) == Lines{"41000 A 2+1 ack 1"});
        CHECK(one.in("A", 1, 3, {}, 3).empty());                           // too small to be worth it
        CHECK(one.pass(milliseconds(1500)) == Lines{"42000 A 3+3 ack 1"}); // until the timer overrides
        CHECK(one.in("A", 1, 6, {}, 100) == Lines{"PA 6+5 ack 1"});
    }
    SECTION("an ACK of ours meanwhile keeps within the peer's window")
    {
        CHECK(one.in("FA", 1, 1, {}, 0) == Lines{"A 1 ack 2"});
    }
}

TEST_CASE("a FIN too waits for the window, and probes it", "[tcp][persist]")
{
    One one;
    one.open();
    one.in("A", 1, 1, {}, 0);
    one.c->close();
    CHECK(one.pump().empty());
    CHECK(one.pass(seconds(1)) == Lines{"1000 FA 1 ack 1"});
    CHECK(one.in("A", 1, 1, {}, 10) == Lines{"FA 1 ack 1"});
    one.in("A", 1, 2, {}, 10);
    CHECK(one.c->state() == State::fin_wait_2);
}

TEST_CASE("a window that shuts over data in flight", "[tcp][persist]")
{
    One one;
    one.open(1000);
    one.say(std::string(3000, 'x'));
    one.in("A", 1, 1, {}, 0);
    CHECK(one.pass(seconds(1)).empty()); // the timer expires: nothing may be sent, so the window is probed
    CHECK(one.pass(seconds(2)) == Lines{"3000 A 1+1 ack 1"});
    CHECK(one.in("A", 1, 1, {}, 5000).size() == 1); // cwnd is one segment after the time-out
}

TEST_CASE("silly windows: small pieces wait unless they are all, or half of the largest window", "[tcp][persist]")
{
    One one;
    one.open(1000, 600);
    CHECK(one.say(std::string(2000, 'x')) == Lines{"A 1+600 ack 1"});
    CHECK(one.in("A", 1, 601, {}, 200).empty());
    CHECK(one.in("A", 1, 601, {}, 300) == Lines{"A 601+300 ack 1"});
    CHECK(one.in("A", 1, 901, {}, 2000) == Lines{"A 901+1000 ack 1", "PA 1901+100 ack 1"});
}

TEST_CASE("after an idle RTO the congestion window starts over", "[tcp][congestion]")
{
    One one;
    one.open(1000);
    for (int i = 0; i < 8; ++i) {
        one.say(std::string(1000, 'x'));
        one.in("A", 1, 1 + 1000 * (i + 1));
    }
    CHECK(one.c->cwnd() == 12000);
    one.pass(seconds(2));
    CHECK(one.say(std::string(12000, 'x')).size() == 4);
    CHECK(one.c->cwnd() == 4000);
}

TEST_CASE("a smaller MTU on the path cuts retransmissions anew", "[tcp][timer]")
{
    One one;
    one.open(1000);
    one.offer(std::string(500, 'a'), {1});
    one.offer(std::string(500, 'b'), {2});
    CHECK(one.pump() == Lines{"PA 1+1000 ack 1"});
    one.c->limit_mss(400);
    CHECK(one.pass(seconds(1)) == Lines{"1000 A 1+400 ack 1"});
    CHECK(one.in("A", 1, 401) == Lines{"A 401+400 ack 1", "PA 801+200 ack 1"});
    const auto& cut = one.sent[one.sent.size() - 2];
    REQUIRE(cut.run_count == 2);
    CHECK(cut.runs[0] == SpanRun{100, {1}});
    CHECK(cut.runs[1] == SpanRun{400, {2}});
}
