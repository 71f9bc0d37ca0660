/// Urgent data: RFC 9293 §3.8.5. It comes in line; what is urgent about it is told beside.

#include "tests/unit/tcp/bench.hpp"

using namespace tegami;
using namespace tegami::tcp;
using namespace tegami::tcp::bench;

TEST_CASE("the urgent pointer names the first octet that is not urgent", "[tcp][urgent]")
{
    One one;
    one.open(1000);
    play(one, {
                  {0, "say 5", {"PA 1+5 ack 1"}},
                  {0, "A 1 ack 6", {}},
              });
    one.offer("0123456789");
    one.c->urge();
    one.offer("calm");
    CHECK(one.pump() == Lines{"UPA 6+14 ack 1"});
    CHECK(one.sent.back().segment.urgent == 10); // 6 + 10 = 16, where "calm" begins
    CHECK(one.in("A", 1, 16).empty());
    CHECK(act(one, "say 5").empty()); // a small one is in flight
    CHECK(act(one, "A 1 ack 20") == Lines{"PA 20+5 ack 1"});
    CHECK(one.sent.back().segment.urgent == 0);
}

TEST_CASE("urgent data may be of any length", "[tcp][urgent]")
{
    Config config;
    config.send_buffer = 300'000;
    config.initial_window = 300;
    One one{config};
    one.open(1000);
    one.offer(std::string(200'000, 'x'));
    one.c->urge();
    const auto lines = one.pump(); // 65,535 octets: the peer's window
    REQUIRE(lines.size() >= 65);
    CHECK(lines[0] == "UA 1+1000 ack 1");
    CHECK(one.sent[0].segment.urgent == 65535); // as far as sixteen bits reach

    One two{config};
    two.open(1000);
    Segment s = two.segment("UA", 1, 1, "x");
    s.urgent = 60'000;
    two.in(s);
    CHECK(two.c->urgent_octets() == 60'000); // longer than any segment, and not here yet
}

TEST_CASE("who reads is told that urgent data is announced, and how much", "[tcp][urgent]")
{
    One one;
    one.open();
    CHECK(one.c->urgent_octets() == 0);
    act(one, "UPA 1+10 ack 1 up 4");
    CHECK(one.rules(NoteKind::remarked) == Lines{"tcp.urgent"});
    CHECK(one.c->urgent_octets() == 4);
    CHECK(one.c->arrived().size() == 10); // in line
    one.c->consume(3);
    CHECK(one.c->urgent_octets() == 1);
    act(one, "UPA 11+5 ack 1 up 2"); // more
    CHECK(one.rules(NoteKind::remarked).size() == 2);
    CHECK(one.c->urgent_octets() == 9);
    act(one, "UPA 16+5 ack 1 up 0"); // all before this
    CHECK(one.rules(NoteKind::remarked).size() == 3);
    CHECK(one.c->urgent_octets() == 12);
    one.c->consume(3);
    one.c->consume(9);
    CHECK(one.c->urgent_octets() == 0);
    CHECK(one.c->arrived().size() == 5);
}

TEST_CASE("a shut window lets the urgent pointer through", "[tcp][urgent]")
{
    Config config;
    config.receive_buffer = 10;
    One one{config};
    one.open();
    act(one, "PA 1+10 ack 1");
    REQUIRE(one.c->receive_window() == 0);
    act(one, "UPA 11+1 ack 1 up 7");
    CHECK(one.c->urgent_octets() == 17);
    CHECK(one.c->arrived().size() == 10);
}

TEST_CASE("urgent data behind the peer's FIN, or in the past, is nothing", "[tcp][urgent]")
{
    One one;
    one.open();
    act(one, "PA 1+5 ack 1");
    act(one, "take 5");
    act(one, "UPA 3+2 ack 1 up 1");
    CHECK(one.c->urgent_octets() == 0);
    act(one, "FA 6 ack 1");
    act(one, "UA 7 ack 1 up 9");
    CHECK(one.c->urgent_octets() == 0);
}
