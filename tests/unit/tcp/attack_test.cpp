/// Strangers who guess, and peers who lie: RFC 5961, and what it costs at most.

#include "tests/unit/tcp/bench.hpp"

using namespace tegami;
using namespace tegami::tcp;
using namespace tegami::tcp::bench;

TEST_CASE("a blind stranger: resets, SYNs and data with any numbers", "[tcp][attack]")
{
    for (std::uint64_t seed = 1; seed <= 5; ++seed)
        for (const bool timestamps : {false, true}) {
            INFO(seed << timestamps);
            Config config;
            config.timestamps = timestamps;
            config.sack = true;
            One one{config};
            one.open_whole();
            one.say("hello");
            one.in("PA", 1, 6, "world");
            one.pass(seconds(1));
            const std::size_t before = one.sent.size();
            Draws draws{seed};
            const Sequence next = one.c->receive_next();
            for (int i = 0; i < 20'000; ++i) {
                Segment s;
                s.flags = Flags::from_bits(static_cast<std::uint8_t>(draws.next()));
                s.seq = static_cast<Sequence>(draws.next());
                if (draws.chance(50)) s.seq = next + 1 + static_cast<Sequence>(draws.below(65000)); // in the window
                s.ack = static_cast<Sequence>(draws.next());
                if (draws.chance(50) && !timestamps) s.timestamps = Timestamps{static_cast<std::uint32_t>(i), 1};
                s.payload = as_octets("evil");
                if (s.flags.has(Flag::rst) && s.seq == next) continue; // a right guess is a right guess: 2^-32
                if (s.ack - one.c->send_unacknowledged() + 65535 <= 65535) continue; // the same, RFC 5961 §5.2
                one.in(s);
            }
            CHECK(one.c->state() == State::established);
            CHECK(as_text(one.c->arrived()) == "world");
            CHECK(one.c->early_octets() == 0);
            CHECK(one.c->receive_next() == next);
            // Bare answers are challenge ACKs, ten in this second; text out of the window has an ACK each.
            CHECK(one.sent.size() - before <= 20'000);
            one.say("still here");
            CHECK(one.in("A", 6, 16).empty());
            CHECK(one.c->unacknowledged_octets() == 0);
        }
}

TEST_CASE("blind injection: an ACK must lie within a window of SND.UNA (RFC 5961 §5)", "[tcp][attack]")
{
    for (const bool scaled : {false, true}) {
        One one;
        one.c->open_active(one.now, Port{40000}, Port{25}, our_iss);
        one.pump();
        Segment answer = one.segment("SA", 0, 1, {}, 1000);
        answer.mss = 1000;
        if (scaled) answer.window_scale = 2;
        one.in(answer);
        act(one, "say 900");
        act(one, "A 1 ack 901 win 1000"); // MAX.SND.WND is 1,000, or 4,000
        const std::int64_t window = scaled ? 4000 : 1000;
        one.log.clear();
        CHECK(act(one, "A 1+4 ack " + std::to_string(901 - window - 1)) == Lines{"A 901 ack 1"});
        CHECK(one.rules(NoteKind::segment_dropped) == Lines{"tcp.ack.too-old"});
        CHECK(one.c->arrived().empty());
        act(one, "A 1+4 ack " + std::to_string(901 - window)); // old, but not older than honest
        CHECK(one.c->arrived().size() == 4);
        CHECK(act(one, "A 5+4 ack 902") == Lines{"A 901 ack 5"}); // of what was never sent
        CHECK(one.c->arrived().size() == 4);
    }
}

TEST_CASE("challenge ACKs of all kinds share ten a second", "[tcp][attack]")
{
    One one;
    one.open();
    std::size_t answers = 0;
    for (int i = 0; i < 1000; ++i) {
        answers += act(one, "R 5").size();
        answers += act(one, "S 5").size();
        answers += act(one, "A 1 ack 5").size();
        answers += act(one, "A 1 ack -100000").size();
        answers += act(one, "A 100000 ack 1").size();
    }
    CHECK(answers == challenge_acks_a_second);
    one.now = one.now + seconds(1);
    CHECK(act(one, "R 5").size() == 1);
}

TEST_CASE("two ends that disagree do not answer each other for ever", "[tcp][attack]")
{
    // Each takes the other's ACKs for ones of something unsent: an ACK war (RFC 5961 §5.2 and §7).
    One one, two;
    one.open();
    two.open();
    std::size_t frames = 0;
    Segment ball = one.segment("A", 1, 5000);
    for (int turn = 0; turn < 1000; ++turn) {
        One& hit = turn % 2 == 0 ? one : two;
        const std::size_t before = hit.sent.size();
        hit.in(ball);
        if (hit.sent.size() == before) break;
        ++frames;
        ball = hit.segment("A", 1, 5000);
    }
    CHECK(frames <= 2 * challenge_acks_a_second);
}

TEST_CASE("optimistic ACKs: what was not sent cannot be acknowledged", "[tcp][attack]")
{
    One one;
    one.open(1000);
    act(one, "say 50000");
    const std::uint32_t cwnd = one.c->cwnd();
    const std::int64_t sent = one.c->send_max() - our_iss;
    for (int i = 1; i < 100; ++i) act(one, "A 1 ack " + std::to_string(sent + 1000 * i));
    CHECK(one.c->cwnd() == cwnd);
    CHECK(one.c->send_unacknowledged() == our_iss + 1);
    // Nor does an ACK in a hundred pieces count for a hundred (RFC 5681 §3.1, L ≤ 1 and by octets).
    for (int i = 1; i <= 100; ++i) act(one, "A 1 ack " + std::to_string(1 + 10 * i));
    CHECK(one.c->cwnd() == cwnd + 1000);
}

TEST_CASE("a flood of SACK blocks costs bounded memory, and frees nothing", "[tcp][attack]")
{
    Config config;
    config.sack = true;
    config.timestamps = false;
    config.send_buffer = 1 << 20;
    config.initial_window = 600;
    One one{config};
    one.open_whole(100);
    act(one, "say 60000");
    Draws draws{5};
    for (int i = 0; i < 50'000; ++i) {
        Segment s = one.segment("A", 1, 1);
        s.sack_count = 4;
        for (SequenceRange& block : s.sack) {
            block.begin = our_iss + static_cast<Sequence>(draws.below(60'000));
            block.end = block.begin + static_cast<Sequence>(draws.below(3));
        }
        one.in(s);
    }
    CHECK(one.c->sacked_ranges() <= scoreboard_ranges);
    CHECK(one.c->unacknowledged_octets() == 60'000);
    CHECK(act(one, "A 1 ack 60001").empty());
    CHECK(one.c->sacked_ranges() == 0);
    CHECK(one.c->unacknowledged_octets() == 0);
}

TEST_CASE("octets that never close their gap cost bounded memory", "[tcp][attack]")
{
    Config config;
    config.receive_buffer = 1 << 20;
    config.sack = true;
    One one{config};
    one.open_whole();
    Draws draws{9};
    const std::string text(1000, 'e');
    for (int i = 0; i < 20'000; ++i)
        one.in("A", 2 + static_cast<std::int64_t>(draws.below(65'000)), 1,
               std::string_view{text}.substr(0, 1 + draws.below(3)));
    CHECK(one.c->early_octets() <= out_of_order_octets);
    CHECK(one.sent.back().segment.sack_count > 0);
    CHECK(header_length(one.sent.back().segment) <= largest_header);
}
