/// The retransmission timer: RFC 6298, R2, Karn.

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
