/// Selective acknowledgment between two machines: RFC 2018, RFC 2883, and recovery by scoreboard, RFC 6675.

#include "tests/unit/tcp/bench.hpp"

using namespace tegami;
using namespace tegami::tcp;
using namespace tegami::tcp::bench;

namespace {

Config with_sack()
{
    Config config;
    config.sack = true;
    config.timestamps = false;
    return config;
}

/// ESTABLISHED, 1,000 octets a segment, a congestion window of ten, and nothing in flight: 6001 comes next.
void warm_up(One& one)
{
    one.open_whole(1000);
    for (int i = 0; i < 6; ++i) {
        one.say(std::string(1000, 'x'));
        one.in("A", 1, 1 + 1000 * (i + 1));
    }
    REQUIRE(one.c->cwnd() == 10000);
    one.log.clear();
}

} // namespace

TEST_CASE("SACK is used where both SYNs permit it", "[tcp][sack]")
{
    struct Row {
        bool ours, theirs, agreed;
    };
    for (const Row& row : {Row{true, true, true}, {true, false, false}, {false, true, false}, {false, false, false}}) {
        Config config;
        config.sack = row.ours;
        One one{config};
        one.c->open_active(one.now, Port{1}, Port{2}, our_iss);
        one.pump();
        CHECK(one.sent[0].segment.sack_permitted == row.ours);
        Segment answer = one.segment("SA", 0, 1);
        answer.sack_permitted = row.theirs;
        one.in(answer);
        CHECK(one.c->sack() == row.agreed);
        one.in("A", 5, 1, "early");
        CHECK(one.sent.back().segment.sack_count == (row.agreed ? 1 : 0));

        One two{config};
        Segment syn = two.segment("S", 0, 0);
        syn.sack_permitted = row.theirs;
        two.c->open_passive(two.now, syn, {1}, our_iss);
        two.pump();
        CHECK(two.sent[0].segment.sack_permitted == row.agreed); // in a SYN,ACK only as an answer
    }
}

TEST_CASE("an ACK out of order tells what is here, the latest first", "[tcp][sack]")
{
    One one{with_sack()};
    one.open_whole();
    play(one, {
                  {0, "A 11+10 ack 1", {"A 1 ack 1 sack 11-21"}},
                  {10, "A 31+10 ack 1", {"A 1 ack 1 sack 31-41 11-21"}},
                  {20, "A 51+10 ack 1", {"A 1 ack 1 sack 51-61 31-41 11-21"}},
                  {30, "A 21+5 ack 1", {"A 1 ack 1 sack 11-26 51-61 31-41"}},
                  {40, "A 71+5 ack 1", {"A 1 ack 1 sack 71-76 11-26 51-61 31-41"}},
                  {50, "A 91+5 ack 1", {"A 1 ack 1 sack 91-96 71-76 11-26 51-61"}},
                  {60, "A 1+10 ack 1", {"A 1 ack 26 sack 91-96 71-76 51-61 31-41"}}, // fills the first gap
                  {70, "A 26+65 ack 1", {"A 1 ack 96 sack 31-41"}},                  // the rest; some of it came twice
                  {80, "A 96+5 ack 1", {}},
                  {280, "", {"A 1 ack 101"}},
              });
}

TEST_CASE("text leaves room for the blocks that ride on it", "[tcp][sack]")
{
    One one{with_sack()};
    one.open_whole(1000);
    one.in("A", 11, 1, "early");
    CHECK(one.say(std::string(1500, 'x')) ==
          Lines{"A 1+964 ack 1 sack 11-16", "PA 965+536 ack 1 sack 11-16"}); // 4 + 4 × 8 octets of options
    CHECK(header_length(one.sent.back().segment) == 32);
    one.in("A", 1, 1501, "0123456789");
    CHECK(one.say(std::string(1000, 'x')) == Lines{"PA 1501+1000 ack 16"});
}

TEST_CASE("D-SACK: what came twice is told of once", "[tcp][sack]")
{
    One one{with_sack()};
    one.open_whole();
    play(one, {
                  {0, "A 1+10 ack 1", {}},
                  {10, "A 1+10 ack 1", {"A 1 ack 11 sack 1-11"}},         // RFC 2883 §4.1: below the ACK
                  {20, "A 5+10 ack 1", {"A 1 ack 15 sack 5-11"}},         // a part of it
                  {30, "A 21+10 ack 1", {"A 1 ack 15 sack 21-31"}},       // nothing twice any more
                  {40, "A 21+10 ack 1", {"A 1 ack 15 sack 21-31 21-31"}}, // within a block, which follows
                  {50, "A 25+10 ack 1", {"A 1 ack 15 sack 25-31 21-35"}},
                  {60, "A 15+6 ack 1", {"A 1 ack 35"}},
              });
}

TEST_CASE("a D-SACK that comes is told to the owner and changes nothing", "[tcp][sack]")
{
    One one{with_sack()};
    one.open_whole(1000);
    one.say(std::string(3000, 'x'));
    for (const char* const ack : {"A 1 ack 1001 sack 1-501", "A 1 ack 1001 sack 2001-2501 2001-3001"}) {
        act(one, ack);
        CHECK(one.rules(NoteKind::remarked).back() == "tcp.d-sack");
    }
    CHECK(one.rules(NoteKind::remarked).size() == 2);
    CHECK(one.c->sacked_octets() == 1000);
}

TEST_CASE("recovery by scoreboard fills each gap once, as the pipe has room", "[tcp][sack]")
{
    One one{with_sack()};
    warm_up(one);
    REQUIRE(act(one, "say 20000").size() == 10); // 6001 … 16000; 6001, 8001 and 9001 are lost
    play(one, {
                  // Limited transmit: a segment left the network, one more enters it.
                  {10, "A 1 ack 6001 sack 7001-8001", {"A 16001+1000 ack 1"}},
                  {11, "A 1 ack 6001 sack 10001-11001 7001-8001", {"A 17001+1000 ack 1"}},
                  // The third: ssthresh is half of what was in flight, and the first gap goes at once.
                  {12, "A 1 ack 6001 sack 10001-12001 7001-8001", {"A 6001+1000 ack 1"}},
                  // 8,000 behind 10001, of which so many arrived, and what was sent again: too full for more.
                  {13, "A 1 ack 6001 sack 10001-13001 7001-8001", {}},
                  {14, "A 1 ack 6001 sack 10001-14001 7001-8001", {}},
                  {15, "A 1 ack 6001 sack 10001-15001 7001-8001", {"A 8001+1000 ack 1"}},
                  {16, "A 1 ack 6001 sack 10001-16001 7001-8001", {"A 9001+1000 ack 1"}},
                  {17, "A 1 ack 6001 sack 10001-17001 7001-8001", {"A 18001+1000 ack 1"}}, // nothing lost is left: new
                  // What was sent again arrives: it leaves the pipe too.
                  {18, "A 1 ack 8001 sack 10001-18001", {"A 19001+1000 ack 1", "A 20001+1000 ack 1"}},
                  {19, "A 1 ack 9001 sack 10001-18001", {"A 21001+1000 ack 1"}},
              });
    CHECK(one.c->recovering());
    CHECK(one.c->ssthresh() == 5000);
    CHECK(one.c->cwnd() == 5000);
    CHECK(one.rules(NoteKind::retransmission) ==
          Lines{"tcp.retransmission.fast", "tcp.retransmission.gap", "tcp.retransmission.gap"});
    one.in("A", 1, 18001);
    CHECK_FALSE(one.c->recovering()); // RecoveryPoint is reached
    CHECK(one.c->cwnd() == 5000);
    CHECK(one.c->sacked_octets() == 0);
}

TEST_CASE("recovery begins at the second ACK where it shows enough", "[tcp][sack]")
{
    One one{with_sack()};
    warm_up(one);
    act(one, "say 10000");
    CHECK(act(one, "A 1 ack 6001 sack 7001-8001").empty());
    CHECK(act(one, "A 1 ack 6001 sack 7001-10001") == Lines{"A 6001+1000 ack 1"}); // three segments behind the gap
    CHECK(one.c->recovering());
    CHECK(one.sent.back().again == Again::fast);
}

TEST_CASE("RFC 6675's duplicate ACK may carry text, a window, or an acknowledgment", "[tcp][sack]")
{
    One one{with_sack()};
    warm_up(one);
    act(one, "say 10000");
    act(one, "A 1+1 ack 6001 win 60000 sack 8001-9001");
    act(one, "A 2 ack 7001 win 50000 sack 8001-9001 10001-10002");
    CHECK_FALSE(one.c->recovering());
    CHECK(act(one, "A 2+1 ack 7001 win 40000 sack 8001-9001 10001-10002 12001-12002") == Lines{"A 7001+1000 ack 3"});
    CHECK(one.c->recovering());

    One two{with_sack()};
    warm_up(two);
    act(two, "say 10000");
    for (int i = 0; i < 10; ++i) act(two, "A 1 ack 6001"); // a duplicate by RFC 5681, and nothing new behind the gap
    for (int i = 0; i < 10; ++i) act(two, "A 1 ack 6001 sack 7001-8001");
    CHECK_FALSE(two.c->recovering());
}

TEST_CASE("what lies behind the last gap goes when nothing else may: rules 3 and 4", "[tcp][sack]")
{
    One one{with_sack()};
    warm_up(one);
    act(one, "say 8000"); // 6001 … 14000, and the user has no more
    SECTION("rule 3: a gap that is not known to be lost")
    {
        // 6001 is lost; 11001 may be.
        act(one, "A 1 ack 6001 sack 7001-11001");
        CHECK(act(one, "A 1 ack 6001 sack 12001-13001 7001-11001") == Lines{"A 11001+1000 ack 1"});
        CHECK(act(one, "A 1 ack 7001 sack 12001-13001 7001-11001") == Lines{});
        CHECK(act(one, "A 1 ack 11001 sack 12001-13001") == Lines{"PA 13001+1000 ack 1"});
        CHECK(one.rules(NoteKind::retransmission) ==
              Lines{"tcp.retransmission.fast", "tcp.retransmission.gap", "tcp.retransmission.rescue"});
    }
    SECTION("rule 4: the end, once")
    {
        act(one, "A 1 ack 6001 sack 7001-11001");
        CHECK(act(one, "A 1 ack 11001") == Lines{"PA 13001+1000 ack 1"});
        CHECK(one.sent.back().again == Again::rescue);
        CHECK(act(one, "A 1 ack 12001") == Lines{});
        CHECK(one.c->recovering());
    }
}

TEST_CASE("a time-out forgets the scoreboard, and what the peer tells anew is not sent again", "[tcp][sack]")
{
    One one{with_sack()};
    warm_up(one);
    act(one, "say 6000"); // 6001 … 12000
    act(one, "A 1 ack 6001 sack 8001-9001");
    CHECK(one.c->sacked_octets() == 1000);
    CHECK(one.pass(seconds(1)) == Lines{"1000 A 6001+1000 ack 1"});
    CHECK(one.c->sacked_octets() == 0);
    CHECK(one.c->cwnd() == 1000);
    CHECK(act(one, "A 1 ack 7001 sack 8001-10001") == Lines{"A 7001+1000 ack 1", "A 10001+1000 ack 1"});
    CHECK(one.c->send_next() == our_iss + 11001);
    // These are losses of the flight that timed out: no second halving (RFC 6675 §5.1).
    CHECK(act(one, "A 1 ack 7001 sack 8001-10001 10001-11001") == Lines{"PA 11001+1000 ack 1"});
    CHECK_FALSE(one.c->recovering());
    CHECK(act(one, "A 1 ack 11001").empty());
    CHECK(act(one, "A 1 ack 12001").empty());
    CHECK(one.c->next_timer() == Time::never());
}

TEST_CASE("a gap shorter than a segment is all that is sent again", "[tcp][sack]")
{
    One one{with_sack()};
    warm_up(one);
    act(one, "say 6000");
    CHECK(act(one, "A 1 ack 6001 sack 6301-12001") == Lines{"A 6001+300 ack 1"});
    CHECK(act(one, "A 1 ack 12001").empty());
    CHECK_FALSE(one.c->recovering());
}

TEST_CASE("a FIN that was lost with the end goes again", "[tcp][sack]")
{
    One one{with_sack()};
    warm_up(one);
    one.offer(std::string(6000, 'x'));
    one.c->close();
    REQUIRE(one.pump().back() == "FPA 11001+1000 ack 1");
    act(one, "A 1 ack 6001 sack 7001-11001");
    CHECK(act(one, "A 1 ack 11001") == Lines{"FPA 11002+999 ack 1"}); // the rescue takes the last segment's worth
    CHECK(act(one, "A 1 ack 11002").empty());
    CHECK(one.pass(seconds(1)).size() == 1);
}

TEST_CASE("blocks that make no sense are not believed", "[tcp][sack]")
{
    One one{with_sack()};
    warm_up(one);
    act(one, "say 6000");
    for (const char* const ack : {
             "A 1 ack 6001 sack 9001-9001",             // of nothing
             "A 1 ack 6001 sack 9001-8001",             // backwards
             "A 1 ack 6001 sack 9001-12002",            // beyond what was sent
             "A 1 ack 6001 sack 5001-6001",             // below: a D-SACK
             "A 1 ack 6001 sack 1879054193-3489666929", // half the numbers away, on either side
         }) {
        INFO(ack);
        CHECK(act(one, ack).empty());
        CHECK(one.c->sacked_octets() == 0);
    }
    act(one, "A 1 ack 6001 sack 7001-8001 5001-6501"); // a second one below is cut
    CHECK(one.c->sacked_octets() == 1500);
}
