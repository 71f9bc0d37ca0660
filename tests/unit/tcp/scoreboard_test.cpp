/// What a sender concludes from SACK blocks: RFC 6675 §4.

#include "tests/unit/tcp/bench.hpp"

using namespace tegami;
using namespace tegami::tcp;
using namespace tegami::tcp::bench;

TEST_CASE("Update(): blocks are joined, and only news is counted", "[tcp][sack]")
{
    struct Step {
        SequenceRange block;
        std::uint32_t news;
        std::size_t ranges;
        std::uint32_t octets;
    };
    Scoreboard board;
    for (const Step& step : {Step{{100, 200}, 100, 1, 100},
                             {{100, 200}, 0, 1, 100},
                             {{150, 160}, 0, 1, 100},
                             {{300, 400}, 100, 2, 200},
                             {{190, 250}, 50, 2, 250},
                             {{250, 300}, 50, 1, 300},
                             {{500, 600}, 100, 2, 400},
                             {{700, 800}, 100, 3, 500},
                             {{50, 900}, 350, 1, 850}}) {
        INFO(step.block.begin << "-" << step.block.end);
        CHECK(board.add(step.block) == step.news);
        CHECK(board.ranges() == step.ranges);
        CHECK(board.octets() == step.octets);
    }
    CHECK(board.highest() == 900);
    board.drop_to(60);
    CHECK(board.octets() == 840);
    board.drop_to(900);
    CHECK(board.empty());
    CHECK(board.octets() == 0);
}

TEST_CASE("a peer that tells of too many ranges is not heard, one that joins them is", "[tcp][sack]")
{
    Scoreboard board;
    for (Sequence i = 0; i < scoreboard_ranges; ++i) CHECK(board.add({10 * i, 10 * i + 5}) == 5);
    CHECK(board.add({100'000, 100'010}) == 0);
    CHECK(board.ranges() == scoreboard_ranges);
    CHECK(board.add({5, 10}) == 5); // closes a gap
    CHECK(board.add({100'000, 100'010}) == 10);
    CHECK(board.ranges() == scoreboard_ranges);
    CHECK(board.octets() == 5 * scoreboard_ranges + 15);
}

TEST_CASE("IsLost(): three ranges behind, or more than two segments' octets", "[tcp][sack]")
{
    const std::uint16_t mss = 1000;
    struct Row {
        std::vector<SequenceRange> ranges;
        Sequence lost_before;
    };
    const std::vector<Row> rows{
        {{}, 1},
        {{{1001, 2001}}, 1},
        {{{1001, 3001}}, 1},    // exactly two segments
        {{{1001, 3002}}, 1001}, // an octet more
        {{{1001, 1002}, {2001, 2002}}, 1},
        {{{1001, 1002}, {2001, 2002}, {3001, 3002}}, 1001},
        {{{1001, 1002}, {2001, 2002}, {3001, 3002}, {4001, 4002}}, 2001},
        {{{1001, 2001}, {3001, 5001}, {6001, 6002}}, 3001},
    };
    for (const Row& row : rows)
        for (const Sequence base : {Sequence{0}, Sequence{0xFFFFF000}}) {
            Scoreboard board;
            for (const SequenceRange& range : row.ranges) board.add({base + range.begin, base + range.end});
            CHECK(board.lost_before(base + 1, mss) == base + row.lost_before);
        }
}

TEST_CASE("a scoreboard is what a row of marks would be", "[tcp][sack]")
{
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        INFO(seed);
        Draws draws{seed};
        const auto base = static_cast<Sequence>(draws.next());
        constexpr std::size_t size = 200;
        std::vector<bool> has(size);
        std::size_t una = 0;
        Scoreboard board;
        for (int i = 0; i < 40; ++i) {
            const std::size_t from = una + draws.below(size - una), to = from + 1 + draws.below(size - from);
            const std::size_t end = std::min(to, from + 20);
            std::uint32_t news = 0;
            for (std::size_t at = from; at < end; ++at) {
                news += !has[at];
                has[at] = true;
            }
            CHECK(board.add({base + static_cast<Sequence>(from), base + static_cast<Sequence>(end)}) == news);
            if (draws.chance(20)) {
                una += draws.below(size - una);
                board.drop_to(base + static_cast<Sequence>(una));
            }
            const std::size_t at = una + draws.below(size - una);
            std::uint32_t before_at = 0, all = 0;
            for (std::size_t k = una; k < size; ++k) all += has[k], before_at += has[k] && k < at;
            CHECK(board.octets() == all);
            CHECK(board.octets_before(base + static_cast<Sequence>(at)) == before_at);
            std::size_t gap = at;
            while (gap < size && has[gap]) ++gap;
            std::size_t gap_end = gap;
            while (gap_end < size && !has[gap_end]) ++gap_end;
            const SequenceRange found = board.gap_from(base + static_cast<Sequence>(at), base + size);
            CHECK(found.begin - base == gap);
            CHECK(found.end - base == gap_end);
            std::size_t last_end = size;
            while (last_end > una && has[last_end - 1]) --last_end;
            std::size_t last = last_end;
            while (last > una && !has[last - 1]) --last;
            if (last_end > una) {
                const SequenceRange tail = board.last_gap(base + static_cast<Sequence>(una), base + size);
                CHECK(tail.begin - base == last);
                CHECK(tail.end - base == last_end);
            }
        }
    }
}
