/// What happens where nothing is heard: keep-alives (RFC 9293 §3.8.4), R1 and R2 (§3.8.3), the end of FIN-WAIT-2.

#include "tests/unit/tcp/bench.hpp"

using namespace tegami;
using namespace tegami::tcp;
using namespace tegami::tcp::bench;

TEST_CASE("keep-alives are off unless asked for", "[tcp][idle]")
{
    One one;
    one.open();
    CHECK(one.pass(minutes(60 * 24 * 30)).empty());
    CHECK(one.c->next_timer() == Time::never());
    CHECK(one.c->state() == State::established);
}

TEST_CASE("a keep-alive goes after two hours of silence, without text, just below SND.NXT", "[tcp][idle]")
{
    One one;
    one.open();
    one.say("hello");
    one.in("A", 1, 6);
    one.c->set_keep_alive(one.now, true);
    CHECK(Config{}.keep_alive == minutes(120));
    CHECK(one.pass(minutes(119)).empty());
    SECTION("what is heard begins the interval anew")
    {
        CHECK(one.in("PA", 1, 6, "x").empty());
        CHECK(one.pass(milliseconds(200)).size() == 1); // its ACK
        CHECK(one.pass(minutes(119)).empty());
        CHECK(one.pass(minutes(1)).size() == 1);
    }
    SECTION("answered: nothing more for two hours")
    {
        CHECK(one.pass(minutes(1)) == Lines{"7200000 A 5 ack 1"});
        CHECK(one.sent.back().segment.payload.empty());
        CHECK(one.in("A", 1, 6).empty());
        CHECK(one.pass(minutes(119)).empty());
        CHECK(one.pass(minutes(1)).size() == 1);
        CHECK(one.c->state() == State::established);
    }
    SECTION("one lost proves nothing: nine go, 75 s apart")
    {
        const auto asked = one.pass(minutes(1) + seconds(75 * 9) - wire::nanoseconds(1));
        CHECK(asked.size() == 9);
        CHECK(asked[8] == "7800000 A 5 ack 1");
        CHECK(one.c->state() == State::established);
        SECTION("the answer to the last one counts")
        {
            one.in("A", 1, 6);
            CHECK(one.pass(minutes(119)).empty());
        }
        SECTION("no answer")
        {
            one.pass(seconds(1));
            CHECK(one.c->ending() == Ending::timed_out);
            CHECK(describe(one.log.back().rule).key == "tcp.given-up.keep-alive");
        }
    }
    SECTION("switched off again")
    {
        one.c->set_keep_alive(one.now, false);
        CHECK(one.c->next_timer() == Time::never());
    }
    SECTION("where data waits for its ACK, its own timer asks")
    {
        one.say("more");
        const auto sent = one.pass(minutes(2));
        REQUIRE(sent.size() > 3);
        for (const std::string& line : sent) CHECK(line.ends_with("PA 6+4 ack 1"));
    }
}

TEST_CASE("the interval of keep-alives can be set", "[tcp][idle]")
{
    Config config;
    config.keep_alive = minutes(5);
    One one{config};
    one.open();
    one.c->set_keep_alive(one.now, true);
    CHECK(one.pass(minutes(5)).size() == 1);
}

TEST_CASE("a keep-alive is answered by whoever has the connection", "[tcp][idle]")
{
    One one;
    one.open();
    CHECK(one.in("A", 0, 1) == Lines{"A 1 ack 1"});
}

TEST_CASE("R1: after three retransmissions the owner hears of it", "[tcp][idle]")
{
    One one;
    one.open();
    one.say("hello");
    one.pass(seconds(1 + 2));
    CHECK_FALSE(one.c->beyond_r1());
    one.pass(seconds(4));
    CHECK(one.c->beyond_r1());
    CHECK(one.rules(NoteKind::remarked) == Lines{"tcp.r1"});
    CHECK(one.c->state() == State::established);
    one.in("A", 1, 6);
    CHECK_FALSE(one.c->beyond_r1());

    One two; // a SYN's likewise
    two.reach(State::syn_sent);
    two.pass(seconds(1 + 2 + 4));
    CHECK(two.rules(NoteKind::remarked) == Lines{"tcp.r1"});
}

TEST_CASE("R2 can be set for a connection", "[tcp][idle]")
{
    One one;
    one.open();
    one.c->set_give_up(30);
    one.say("hello");
    one.pass(seconds(30) - wire::nanoseconds(1));
    CHECK(one.c->state() == State::established);
    one.pass(wire::nanoseconds(1));
    CHECK(one.c->ending() == Ending::timed_out);
}

TEST_CASE("FIN-WAIT-2 lasts while somebody may read, and a minute longer", "[tcp][idle]")
{
    One one;
    SECTION("for ever, with a user")
    {
        one.reach(State::fin_wait_2);
        CHECK(one.pass(minutes(60 * 24 * 365)).empty());
        CHECK(one.c->state() == State::fin_wait_2);
    }
    SECTION("abandoned there")
    {
        one.reach(State::fin_wait_2);
        one.c->abandon(one.now);
        one.pass(seconds(60) - wire::nanoseconds(1));
        CHECK(one.c->state() == State::fin_wait_2);
        SECTION("nothing comes")
        {
            one.pass(wire::nanoseconds(1));
            CHECK(one.c->state() == State::closed);
            CHECK(one.c->ending() == Ending::closed);
            CHECK(describe(one.log.back().rule).key == "tcp.fin-wait-2.over");
        }
        SECTION("a segment that says nothing does not prolong it")
        {
            one.in("A", 1, 2);
            one.pass(wire::nanoseconds(1));
            CHECK(one.c->state() == State::closed);
        }
        SECTION("the FIN comes: TIME-WAIT")
        {
            one.in("FA", 1, 2);
            CHECK(one.c->state() == State::time_wait);
            one.pass(seconds(239));
            CHECK(one.c->state() == State::time_wait);
        }
    }
    SECTION("abandoned before")
    {
        one.reach(State::fin_wait_1);
        one.c->abandon(one.now);
        one.pass(minutes(1));
        one.in("A", 1, 2);
        REQUIRE(one.c->state() == State::fin_wait_2);
        one.pass(seconds(60));
        CHECK(one.c->state() == State::closed);
    }
}
