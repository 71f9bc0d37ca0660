/// Small segments: Nagle's algorithm (RFC 9293 §3.7.4), and that it does not stand in a dialogue's way.

#include "tests/unit/tcp/bench.hpp"

using namespace tegami;
using namespace tegami::tcp;
using namespace tegami::tcp::bench;

TEST_CASE("a small segment waits while another is not acknowledged", "[tcp][nagle]")
{
    One one;
    one.open(1000);
    play(one, {
                  {0, "say 10", {"PA 1+10 ack 1"}},
                  {10, "say 10", {}},
                  {20, "say 10", {}},
                  {30, "A 1 ack 11", {"PA 11+20 ack 1"}}, // together
                  {40, "say 990", {}},
                  {50, "say 500", {"A 31+1000 ack 1"}}, // a full one never waits
                  {60, "A 1 ack 31", {"PA 1031+490 ack 1"}},
                  {70, "close", {"FA 1521 ack 1"}}, // nor does a FIN
              });
}

TEST_CASE("the end of a message leaves with its full segments", "[tcp][nagle]")
{
    // So one full segment and a small one are two segments at the peer, who acknowledges them at once.
    One one;
    one.open(1000);
    play(one, {
                  {0, "say 1300", {"A 1+1000 ack 1", "PA 1001+300 ack 1"}},
                  {10, "say 1300", {"A 1301+1000 ack 1"}},
                  {20, "A 1 ack 1301", {"PA 2301+300 ack 1"}},
                  {30, "close", {"FA 2601 ack 1"}},
              });
}

TEST_CASE("CLOSE sends what waits", "[tcp][nagle]")
{
    One one;
    one.open(1000);
    play(one, {
                  {0, "say 10", {"PA 1+10 ack 1"}},
                  {10, "say 10", {}},
                  {20, "close", {"FPA 11+10 ack 1"}},
              });
}

TEST_CASE("a cork is stronger, and Nagle's algorithm holds after it", "[tcp][nagle]")
{
    One one;
    one.open(1000);
    play(one, {
                  {0, "cork", {}},
                  {0, "say 10", {}},
                  {10, "say 10", {}},
                  {20, "uncork", {"PA 1+20 ack 1"}},
                  {30, "say 10", {}},
                  {40, "A 1 ack 21", {"PA 21+10 ack 1"}},
              });
}

TEST_CASE("what a user switches off does not wait", "[tcp][nagle]")
{
    Config config;
    config.nagle = false;
    One one{config};
    one.open(1000);
    CHECK(act(one, "say 10").size() == 1);
    CHECK(act(one, "say 10").size() == 1);
    One two;
    two.open(1000);
    CHECK(act(two, "say 10").size() == 1);
    CHECK(act(two, "say 10").empty());
    two.c->set_nagle(false);
    CHECK(two.pump() == Lines{"PA 11+10 ack 1"});
    CHECK(act(two, "say 10").size() == 1);
}

TEST_CASE("what waits has a timer behind it: nothing is kept for ever", "[tcp][nagle]")
{
    One one;
    one.open(1000);
    act(one, "say 10");
    act(one, "say 10");
    CHECK(one.c->next_timer() == one.now + seconds(1));
    CHECK(one.pass(seconds(1)) == Lines{"1000 PA 1+20 ack 1"}); // and then it goes along
}

TEST_CASE("two small writes and a reply take one delayed ACK, as they do everywhere", "[tcp][nagle]")
{
    Link link;
    link.connect();
    link.run(seconds(1));
    const Time begun = link.now;
    Time heard{};
    link.b.user = [&] {
        if (link.b.connection.arrived().size() == 20 && heard == Time{}) heard = link.now;
    };
    link.a.connection.offer(as_octets(std::string(10, 'x')), {1});
    link.pump(0);
    link.a.connection.offer(as_octets(std::string(10, 'x')), {1});
    link.pump(0);
    link.run(seconds(2));
    CHECK(heard == begun + milliseconds(10 + 200 + 10 + 10)); // who writes in one piece, or corks, does not meet it
}
