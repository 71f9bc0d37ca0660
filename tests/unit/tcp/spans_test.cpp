/// Whom octets serve, through whatever is done to them.

#include "tests/unit/tcp/bench.hpp"

using namespace tegami;
using namespace tegami::tcp;
using namespace tegami::tcp::bench;

TEST_CASE("spans: runs leave with the octets they belong to, however they are cut", "[tcp]")
{
    One one;
    one.open(10);
    CHECK(one.c->mss() == smallest_mss);
    one.offer(std::string(30, 'a'), {11});
    one.offer(std::string(30, 'b'), {12});
    one.offer(std::string(30, 'c'), {12});
    one.offer(std::string(10, 'd'), {13});
    CHECK(one.pump() == Lines{"A 1+64 ack 1", "PA 65+36 ack 1"});
    REQUIRE(one.sent[0].run_count == 2);
    CHECK(one.sent[0].runs[0] == SpanRun{30, {11}});
    CHECK(one.sent[0].runs[1] == SpanRun{64, {12}});
    CHECK(one.sets.members(one.sent[0].serves) == std::set<std::uint32_t>{11, 12});
    REQUIRE(one.sent[1].run_count == 2);
    CHECK(one.sent[1].runs[0] == SpanRun{26, {12}});
    CHECK(one.sent[1].runs[1] == SpanRun{36, {13}});
    CHECK(one.pass(seconds(1)) == Lines{"1000 A 1+64 ack 1"});
    CHECK(one.sent[2].runs[0] == SpanRun{30, {11}});
    CHECK(one.sent[2].again == Again::timeout);
}

TEST_CASE("spans: a segment with too many runs is cut short", "[tcp]")
{
    One one;
    one.open();
    for (std::uint32_t i = 0; i < 20; ++i) one.offer("xy", {100 + i});
    CHECK(one.pump() == Lines{"A 1+12 ack 1", "A 13+12 ack 1", "A 25+12 ack 1", "PA 37+4 ack 1"});
    CHECK(one.sent[1].runs[0] == SpanRun{2, {106}});
    CHECK(one.sent[1].runs[5] == SpanRun{12, {111}});
}

TEST_CASE("spans: a bare ACK serves what it acknowledges since the last one", "[tcp]")
{
    One one;
    one.open();
    one.in("PA", 1, 1, "ab", 65535, {21});
    one.in("PA", 3, 1, "cd", 65535, {22});
    CHECK(one.pass(milliseconds(200)) == Lines{"200 A 1 ack 5"});
    CHECK(one.sets.members(one.sent.back().serves) == std::set<std::uint32_t>{21, 22});
    one.in("PA", 5, 1, "ef", 65535, {23});
    CHECK(one.pass(milliseconds(200)).size() == 1);
    CHECK(one.sent.back().serves == Spans{23});
    CHECK(one.c->arrived_spans(2) == Spans{21});
    CHECK(one.sets.members(one.c->arrived_spans(5)) == std::set<std::uint32_t>{21, 22, 23});
    one.c->consume(3);
    CHECK(one.c->arrived_spans(1) == Spans{22});
}
