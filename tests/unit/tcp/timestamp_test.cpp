/// Timestamps: RFC 7323 §3 to §5.

#include "tests/unit/tcp/bench.hpp"

using namespace tegami;
using namespace tegami::tcp;
using namespace tegami::tcp::bench;

namespace {

Config with_timestamps()
{
    Config config;
    config.timestamps = true;
    config.sack = false;
    return config;
}

} // namespace

TEST_CASE("timestamps are used where both SYNs have them", "[tcp][timestamp]")
{
    for (const bool ours : {true, false})
        for (const bool theirs : {true, false}) {
            INFO(ours << theirs);
            Config config;
            config.timestamps = ours;
            One one{config};
            one.now = Time{} + milliseconds(5000);
            one.c->set_timestamp_offset(7);
            one.c->open_active(one.now, Port{1}, Port{2}, our_iss);
            one.pump();
            if (ours)
                CHECK(one.sent[0].segment.timestamps == Timestamps{5007, 0}); // no ACK yet: the echo is zero
            else
                CHECK_FALSE(one.sent[0].segment.timestamps);
            Segment answer = one.segment("SA", 0, 1);
            answer.mss = 1460;
            if (theirs) answer.timestamps = Timestamps{900, 5007};
            one.now = one.now + milliseconds(40);
            one.in(answer);
            CHECK(one.c->timestamps() == (ours && theirs));
            // An MSS counts no options (RFC 9293 §3.7.1): the text is what has to be shorter.
            CHECK(one.sent[0].segment.mss == 1460);
            CHECK(one.c->mss() == (ours && theirs ? 1448 : 1460));
            if (ours && theirs)
                CHECK(one.sent[1].segment.timestamps == Timestamps{5047, 900});
            else
                CHECK_FALSE(one.sent[1].segment.timestamps);

            One two{config};
            Segment syn = two.segment("S", 0, 0);
            if (theirs) syn.timestamps = Timestamps{900, 0};
            two.c->open_passive(two.now, syn, {1}, our_iss);
            two.pump();
            CHECK(two.sent[0].segment.timestamps.has_value() == (ours && theirs));
        }
}

TEST_CASE("every segment has timestamps, a reset too", "[tcp][timestamp]")
{
    One one{with_timestamps()};
    one.open_whole();
    one.say("text");
    one.in("A", 5, 1, "early");
    one.pass(seconds(1));
    one.c->abort();
    one.pump();
    CHECK(letters(one.sent.back().segment.flags) == "R");
    CHECK(one.sent.size() == 4);
    for (const Outgoing& out : one.sent) REQUIRE(out.segment.timestamps);
    CHECK(one.sent.back().segment.timestamps->echo == 0); // without ACK
}

TEST_CASE("what is echoed is the segment at which the last ACK points", "[tcp][timestamp]")
{
    One one{with_timestamps()};
    one.open_whole();
    const auto arrives = [&](std::int64_t seq, std::string_view text, std::uint32_t value) {
        Segment s = one.segment("A", seq, 1, text);
        s.timestamps->value = value;
        return one.in(s);
    };
    const auto echo = [&] { return one.sent.back().segment.timestamps->echo; };
    const std::string full(1448, 'x');
    SECTION("delayed ACK: the first of two (§4.3, A)")
    {
        CHECK(arrives(1, full, 100'010).empty());
        CHECK(arrives(1449, full, 100'020).size() == 1);
        CHECK(echo() == 100'010);
    }
    SECTION("a gap: the last that came in order (B)")
    {
        arrives(1, full, 100'010), arrives(1449, full, 100'011);
        CHECK(echo() == 100'010);
        CHECK(arrives(9000, "early", 100'030).size() == 1);
        CHECK(echo() == 100'010);
        SECTION("filled: the one that fills it (C)")
        {
            arrives(2897, std::string(9000 - 2897, 'y'), 100'040);
            CHECK(echo() == 100'040);
        }
    }
}

TEST_CASE("PAWS: an older timestamp is answered with an ACK, whatever the number", "[tcp][timestamp]")
{
    One one{with_timestamps()};
    one.open_whole();
    one.now = one.now + seconds(10);
    one.in("PA", 1, 1, "new");
    one.pass(seconds(1));
    const auto with = [&](std::string_view flags, std::int64_t seq, std::string_view text, std::uint32_t value) {
        Segment s = one.segment(flags, seq, 1, text);
        s.timestamps->value = value;
        return one.in(s);
    };
    one.log.clear();
    CHECK(with("PA", 4, "old", 109'999) == Lines{"A 1 ack 4"});
    CHECK(with("FA", 4, "", 109'999) == Lines{"A 1 ack 4"});
    CHECK(with("SA", 4, "", 109'999) == Lines{"A 1 ack 4"});
    CHECK(one.rules(NoteKind::segment_dropped) == Lines{"tcp.timestamp.old", "tcp.timestamp.old", "tcp.timestamp.old"});
    CHECK(one.c->receive_next() == peer_iss + 4);
    CHECK(one.c->state() == State::established);
    SECTION("the same timestamp is not older")
    {
        CHECK(with("PA", 4, "same", 110'000).empty());
        CHECK(one.c->receive_next() == peer_iss + 8);
    }
    SECTION("bare ones are answered ten times a second")
    {
        std::size_t answers = 0;
        for (int i = 0; i < 50; ++i) answers += with("A", 4, "", 109'000).size();
        CHECK(answers == 10);
    }
    SECTION("a reset needs no timestamp, and may have an old one")
    {
        with("R", 4, "", 1);
        CHECK(one.c->ending() == Ending::reset);
    }
    SECTION("a reset without one")
    {
        Segment reset = one.segment("R", 4, 0);
        reset.timestamps.reset();
        one.in(reset);
        CHECK(one.c->ending() == Ending::reset);
    }
}

TEST_CASE("PAWS: after 24 days of silence any timestamp is good", "[tcp][timestamp]")
{
    for (const std::int64_t days : {23, 25}) {
        One one{with_timestamps()};
        one.open_whole();
        one.now = one.now + minutes(days * 24 * 60);
        Segment s = one.segment("PA", 1, 1, "hello");
        s.timestamps->value = 100'000 - 1;
        one.in(s);
        CHECK(one.c->receive_next() == peer_iss + (days == 25 ? 6 : 1));
    }
}

TEST_CASE("PAWS across the wrap of the peer's clock", "[tcp][timestamp]")
{
    One one{with_timestamps()};
    one.peer_clock = 0xFFFFFFF0;
    one.open_whole();
    one.now = one.now + milliseconds(100);
    CHECK(one.peer_time() == 84);
    one.in("PA", 1, 1, "abc");
    Segment old = one.segment("PA", 4, 1, "old");
    old.timestamps->value = 0xFFFFFFFF;
    one.in(old);
    CHECK(as_text(one.c->arrived()) == "abc");
}

TEST_CASE("a segment without the timestamp agreed on is dropped in silence", "[tcp][timestamp]")
{
    One one{with_timestamps()};
    one.open_whole();
    Segment s = one.segment("PA", 1, 1, "bare");
    s.timestamps.reset();
    CHECK(one.in(s).empty());
    CHECK(one.c->arrived().empty());
    CHECK(one.rules(NoteKind::segment_dropped) == Lines{"tcp.timestamp.missing"});
    CHECK(one.c->state() == State::established);
}

TEST_CASE("round trips of what was sent twice are told by timestamps", "[tcp][timestamp][timer]")
{
    One one{with_timestamps()};
    one.open_whole();
    for (int i = 0; i < 8; ++i) {
        one.say("abc");
        one.now = one.now + milliseconds(400);
        one.in("A", 1, 1 + 3 * (i + 1));
    }
    const Duration before = one.c->rto();
    CHECK(before < milliseconds(1300));
    one.say("abc");
    one.pass(before); // time-out
    CHECK(one.c->rto() == before * 2);
    one.now = one.now + milliseconds(400);
    SECTION("the echo is of the second: 400 ms")
    {
        one.in("A", 1, 28);
        CHECK(one.c->rto() < milliseconds(1300)); // no longer backed off
        CHECK(one.c->srtt() > milliseconds(250));
        CHECK(one.c->srtt() < milliseconds(401));
    }
    SECTION("the echo is of the first")
    {
        Segment s = one.segment("A", 1, 28);
        s.timestamps->echo = one.our_clock - static_cast<std::uint32_t>(before.ns / 1'000'000);
        const Duration srtt = one.c->srtt();
        one.in(s);
        CHECK(one.c->srtt() > srtt + milliseconds(100));
    }
    SECTION("an echo from the future, or from before any segment's life, is none of ours")
    {
        const Duration srtt = one.c->srtt();
        Segment s = one.segment("A", 1, 26);
        s.timestamps->echo = one.our_clock + 100'000;
        one.in(s);
        s = one.segment("A", 1, 27);
        s.timestamps->echo = one.our_clock - 240'001;
        one.in(s);
        CHECK(one.c->srtt() == srtt);
    }
}

TEST_CASE("many samples a round trip count for less: RFC 7323 Appendix G", "[tcp][timestamp][timer]")
{
    RtoEstimator one, four;
    one.measure(milliseconds(800));
    four.measure(milliseconds(800));
    one.measure(milliseconds(1600));
    for (int i = 0; i < 4; ++i) four.measure(milliseconds(1600), 4);
    CHECK(one.srtt() == milliseconds(900));
    CHECK(four.srtt() > milliseconds(890));
    CHECK(four.srtt() < milliseconds(900));
}

TEST_CASE("a SYN with a newer timestamp may reopen a connection in TIME-WAIT", "[tcp][timestamp]")
{
    One one{with_timestamps()};
    one.open_whole();
    one.c->close();
    one.pump();
    one.in("FA", 1, 2);
    REQUIRE(one.c->state() == State::time_wait);
    Segment syn = one.segment("S", -1000, 0);
    CHECK_FALSE(one.c->may_be_replaced_by(syn)); // the same millisecond
    syn.timestamps->value += 1;
    CHECK(one.c->may_be_replaced_by(syn));
    syn.timestamps.reset();
    CHECK_FALSE(one.c->may_be_replaced_by(syn));
    syn.seq = peer_iss + 3;
    CHECK(one.c->may_be_replaced_by(syn));
}
