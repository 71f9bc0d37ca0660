/// The path's MTU: RFC 1191 §6.4, RFC 8201 §5.4, RFC 9293 §3.7.1.

#include "tests/unit/tcp/bench.hpp"

using namespace tegami;
using namespace tegami::tcp;
using namespace tegami::tcp::bench;

TEST_CASE("what was too large goes again at once, in pieces that fit, and the window stays", "[tcp][path]")
{
    for (const bool sack : {false, true}) {
        Config config;
        config.sack = sack;
        config.timestamps = false;
        One one{config};
        one.open_whole(1000);
        REQUIRE(act(one, "say 4000").size() == 4);
        const std::uint32_t cwnd = one.c->cwnd();
        one.c->limit_mss(600);
        CHECK(one.c->mss() == 600);
        CHECK(one.pump() == Lines{"A 1+600 ack 1", "A 601+600 ack 1", "A 1201+600 ack 1", "A 1801+600 ack 1",
                                  "A 2401+600 ack 1", "A 3001+600 ack 1", "PA 3601+400 ack 1"});
        CHECK(one.sent.back().again == Again::smaller_path);
        CHECK(one.c->cwnd() == cwnd);
        CHECK(one.rules(NoteKind::remarked) == Lines{"tcp.smaller-path"});
        // The routers tell of each of the four: once is enough.
        for (int i = 0; i < 3; ++i) one.c->limit_mss(600);
        CHECK(one.pump().empty());
        // What came twice looks like a loss: no recovery for this flight.
        for (int i = 0; i < 5; ++i) act(one, "A 1 ack 1");
        CHECK_FALSE(one.c->recovering());
        act(one, "A 1 ack 4001");
        CHECK(one.c->next_timer() == Time::never());
    }
}

TEST_CASE("the options come off a path's MTU too, and no path is smaller than 64", "[tcp][path]")
{
    Config config;
    config.timestamps = true;
    One one{config};
    one.open_whole(1460);
    CHECK(one.c->mss() == 1448);
    one.c->limit_mss(1460);
    CHECK(one.c->mss() == 1448);
    one.c->limit_mss(1400);
    CHECK(one.c->mss() == 1388);
    one.c->limit_mss(1440); // larger again: not believed here
    CHECK(one.c->mss() == 1388);
    one.c->limit_mss(0);
    CHECK(one.c->mss() == smallest_mss - timestamps_octets);
    CHECK(one.pump().empty());
}

TEST_CASE("an ICMP error is about us where it quotes what is in flight", "[tcp][path]")
{
    One one;
    CHECK_FALSE(one.c->is_in_flight(our_iss));
    one.reach(State::syn_sent);
    CHECK(one.c->is_in_flight(our_iss));
    one.in("SA", 0, 1);
    CHECK_FALSE(one.c->is_in_flight(our_iss));
    CHECK_FALSE(one.c->is_in_flight(our_iss + 1));
    act(one, "say 100");
    CHECK(one.c->is_in_flight(our_iss + 1));
    CHECK(one.c->is_in_flight(our_iss + 100));
    CHECK_FALSE(one.c->is_in_flight(our_iss + 101));
    CHECK_FALSE(one.c->is_in_flight(our_iss));
    act(one, "A 1 ack 51");
    CHECK_FALSE(one.c->is_in_flight(our_iss + 50));
    one.c->abort();
    CHECK_FALSE(one.c->is_in_flight(our_iss + 60));
}
