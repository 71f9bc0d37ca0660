/// When an ACK leaves: RFC 9293 §3.8.6.3, RFC 5681 §4.2.

#include "tests/unit/tcp/bench.hpp"

using namespace tegami;
using namespace tegami::tcp;
using namespace tegami::tcp::bench;

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

TEST_CASE("segments that are handed in together have one ACK", "[tcp][ack]")
{
    One one;
    one.open();
    const std::string text(1000, 'x');
    const SpanRun run{1000, {9}};
    for (int i = 0; i < 7; ++i) one.c->on_segment(one.now, one.segment("A", 1 + 1000 * i, 1, text), {&run, 1});
    CHECK(one.pump() == Lines{"A 1 ack 7001"});
}
