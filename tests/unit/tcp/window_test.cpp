/// Shut and silly windows: RFC 9293 §3.8.6.1 and §3.8.6.2.

#include "tests/unit/tcp/bench.hpp"

using namespace tegami;
using namespace tegami::tcp;
using namespace tegami::tcp::bench;

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

TEST_CASE("a window has no sign: 65,535 octets are many, and so are 2^30", "[tcp][persist]")
{
    Config config;
    config.send_buffer = 2 << 20;
    config.initial_window = 2000;
    One one{config};
    one.open(1000, 65535);
    act(one, "say 100000");
    CHECK(one.c->send_max() - one.c->send_unacknowledged() == 65'000); // and no silly segment behind
    act(one, "A 1 ack 1 win 40000");                                   // above 32,767 likewise
    CHECK(one.c->send_window() == 40'000);

    One two{config};
    two.c->open_active(two.now, Port{1}, Port{2}, our_iss);
    two.pump();
    Segment answer = two.segment("SA", 0, 1);
    answer.window_scale = 14;
    two.in(answer);
    two.in("A", 1, 1, {}, 65535);
    CHECK(two.c->send_window() == largest_window);
    CHECK(two.c->send_window() > 1u << 29);
}
