/// Closing, in order and not: RFC 9293 §3.6 and §3.10.4 to §3.10.7.1.

#include "tests/unit/tcp/bench.hpp"

using namespace tegami;
using namespace tegami::tcp;
using namespace tegami::tcp::bench;

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
    SECTION("text that came early, behind a FIN that came late, is ignored")
    {
        CHECK(one.in("A", 10, 1, "ghost") == Lines{"A 1 ack 1"});
        CHECK(one.in("FA", 1, 1, "end") == Lines{"A 1 ack 5"});
        CHECK(one.c->early_octets() == 0);
        CHECK(as_text(one.c->arrived()) == "end");
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
