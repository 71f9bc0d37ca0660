/// Congestion control without a scoreboard: RFC 5681, RFC 3042, RFC 6582.

#include "tests/unit/tcp/bench.hpp"

using namespace tegami;
using namespace tegami::tcp;
using namespace tegami::tcp::bench;

TEST_CASE("slow start, then congestion avoidance by octets", "[tcp][congestion]")
{
    Congestion c;
    c.begin(1000, Congestion::initial_window(1000, 0), false, 0);
    CHECK(c.cwnd() == 4000);
    Sequence ack = 1;
    c.on_new_ack(2000, ack += 2000, 0, 1000, false); // no more than a segment an ACK
    CHECK(c.cwnd() == 5000);
    c.on_timeout(5000, false, ack, 1000);
    CHECK(c.ssthresh() == 2500);
    c.on_new_ack(1000, ack += 1000, 0, 1000, false);
    c.on_new_ack(1000, ack += 1000, 0, 1000, false);
    CHECK(c.cwnd() == 3000);
    c.on_new_ack(1000, ack += 1000, 0, 1000, false);
    c.on_new_ack(1000, ack += 1000, 0, 1000, false);
    CHECK(c.cwnd() == 3000);
    c.on_new_ack(1000, ack += 1000, 0, 1000, false); // a window's worth: one segment more
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
