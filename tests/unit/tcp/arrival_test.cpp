/// SEGMENT ARRIVES in the states that follow the SYN: RFC 9293 §3.10.7.4, step by step.

#include "tests/unit/tcp/bench.hpp"

using namespace tegami;
using namespace tegami::tcp;
using namespace tegami::tcp::bench;

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
