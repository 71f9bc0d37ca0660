#include "tests/unit/tcp/bench.hpp"

using namespace tegami;
using namespace tegami::tcp;
using namespace tegami::tcp::bench;

TEST_CASE("an octet queue is what a string would be, and does not grow with what passes through", "[tcp][buffer]")
{
    OctetQueue queue;
    std::string model;
    Draws draws{3};
    std::uint8_t next = 0;
    for (int i = 0; i < 100'000; ++i) {
        std::string text(draws.below(3000), ' ');
        for (char& c : text) c = static_cast<char>(next++);
        if (model.size() + text.size() <= 20'000) {
            queue.append(as_octets(text));
            model += text;
        }
        const std::size_t dropped = draws.below(model.size() + 1);
        queue.drop_front(dropped);
        model.erase(0, dropped);
        REQUIRE(queue.size() == model.size());
        if (i % 100 == 0) REQUIRE(as_text(queue.octets()) == model);
    }
    CHECK(queue.capacity() <= 64 * 1024);
}

TEST_CASE("span runs: appended, cut and dropped across the wrap", "[tcp][buffer]")
{
    SpanQueue queue;
    const Sequence begin = 0xFFFFFFFA;
    queue.append(begin + 4, {1});
    queue.append(begin + 8, {2}); // holds the wrap
    queue.append(begin + 10, {2});
    queue.append(begin + 12, {1});
    CHECK(queue.size() == 3);
    SpanRun runs[4];
    std::size_t count = 0;
    CHECK(queue.cut(begin, 12, runs, 4, count) == 12);
    REQUIRE(count == 3);
    CHECK(runs[1] == SpanRun{10, {2}});
    CHECK(queue.cut(begin + 3, 2, runs, 4, count) == 2);
    REQUIRE(count == 2);
    CHECK(runs[0] == SpanRun{1, {1}});
    CHECK(runs[1] == SpanRun{2, {2}});
    CHECK(queue.cut(begin, 12, runs, 2, count) == 10);
    CHECK(count == 2);
    CHECK(queue.cut(begin + 4, 6, runs, 1, count) == 6);
    CHECK(count == 1);
    Sets sets;
    CHECK(queue.united(begin, begin + 4, sets) == Spans{1});
    CHECK(sets.asked == 0);
    CHECK(sets.members(queue.united(begin, begin + 5, sets)) == std::set<std::uint32_t>{1, 2});
    CHECK(queue.united(begin + 5, begin + 5, sets) == Spans{});
    queue.drop_to(begin + 5);
    CHECK(queue.size() == 2);
    CHECK(queue.united(begin + 5, begin + 6, sets) == Spans{2});
    queue.drop_to(begin + 12);
    CHECK(queue.size() == 0);
}

TEST_CASE("reassembly: any order, any overlap, spans exact", "[tcp][buffer]")
{
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        Draws draws{seed};
        const std::size_t size = 1 + draws.below(400);
        const Sequence base = static_cast<Sequence>(draws.next());
        std::string text(size, ' ');
        std::vector<std::uint32_t> whom(size);
        std::uint32_t spans = 1;
        for (std::size_t i = 0; i < size; ++i) {
            text[i] = static_cast<char>('a' + draws.below(26));
            if (draws.chance(10)) ++spans;
            whom[i] = spans;
        }
        ReceiveBuffer buffer;
        buffer.begin_at(base);
        std::size_t taken = 0;
        std::string read;
        std::vector<std::uint32_t> read_whom;
        Sets sets;
        int rounds = 0;
        while (read.size() < size) {
            REQUIRE(++rounds < 20'000);
            const std::size_t from = draws.below(size),
                              to = from + 1 + draws.below(std::min<std::size_t>(size - from, 40));
            const std::size_t skip = from < taken + buffer.size() ? taken + buffer.size() - from : 0;
            const std::size_t fresh = std::min(from + skip, to);
            std::vector<SpanRun> runs;
            for (std::size_t i = from; i < to; ++i) {
                if (!runs.empty() && runs.back().spans.id == whom[i])
                    ++runs.back().end;
                else
                    runs.push_back({static_cast<std::uint32_t>(i + 1 - from), {whom[i]}});
            }
            const auto piece = as_octets(std::string_view{text}.substr(fresh, to - fresh));
            if (!piece.empty())
                CHECK(
                    buffer.insert(base + static_cast<Sequence>(fresh), piece, static_cast<std::uint32_t>(skip), runs));
            if (draws.chance(30)) {
                const std::size_t n = draws.below(buffer.size() + 1);
                read += as_text(buffer.octets()).substr(0, n);
                for (std::size_t i = 0; i < n; ++i) {
                    const Spans one = buffer.united(1, sets);
                    read_whom.push_back(one.id);
                    buffer.consume(1);
                }
                taken += n;
            }
        }
        CHECK(read == text);
        CHECK(read_whom == whom);
        CHECK(sets.asked == 0);
        CHECK(buffer.early_octets() == 0);
        CHECK_FALSE(buffer.has_gap());
    }
}

TEST_CASE("what comes early is limited in octets and in pieces", "[tcp][buffer]")
{
    const std::string block(1024, 'x');
    const SpanRun run{1024, {1}};
    ReceiveBuffer buffer;
    buffer.begin_at(0);
    for (Sequence i = 0; i < 64; ++i) CHECK(buffer.insert(1 + i * 1024, as_octets(block), 0, {&run, 1}));
    CHECK(buffer.early_octets() == out_of_order_octets);
    CHECK(buffer.early_pieces() == 1);
    CHECK_FALSE(buffer.insert(1 + 64 * 1024, as_octets("y"), 0, {&run, 1}));
    CHECK(buffer.insert(0, as_octets("y"), 0, {&run, 1})); // what fills the gap always has room
    CHECK(buffer.size() == 1 + 64 * 1024);
    CHECK(buffer.early_octets() == 0);

    buffer.begin_at(0);
    for (Sequence i = 0; i < out_of_order_pieces; ++i) CHECK(buffer.insert(2 + 2 * i, as_octets("x"), 0, {&run, 1}));
    CHECK_FALSE(buffer.insert(2 + 2 * out_of_order_pieces, as_octets("x"), 0, {&run, 1}));
    CHECK(buffer.insert(0, as_octets("ab"), 0, {&run, 1}));
    CHECK(buffer.size() == 3);
    CHECK(buffer.insert(2 + 2 * out_of_order_pieces, as_octets("x"), 0, {&run, 1}));
}

TEST_CASE("what arrived first stays", "[tcp][buffer]")
{
    ReceiveBuffer buffer;
    buffer.begin_at(0);
    const SpanRun one{10, {1}}, two{10, {2}};
    buffer.insert(3, as_octets("DEF"), 0, {&one, 1});
    buffer.insert(0, as_octets("abcdefghi"), 0, {&two, 1});
    CHECK(as_text(buffer.octets()) == "abcDEFghi");
    Sets sets;
    CHECK(buffer.united(3, sets) == Spans{2});
}

TEST_CASE("what a report tells, in the order of RFC 2018 §4", "[tcp][buffer][sack]")
{
    const auto put = [](ReceiveBuffer& buffer, Sequence begin, Sequence end, std::uint32_t whom = 1) {
        const SpanRun run{end - begin, {whom}};
        buffer.insert(begin, as_octets(std::string(end - begin, 'x')), 0, {&run, 1});
    };
    const auto told = [](ReceiveBuffer& buffer, std::size_t limit = 4) {
        std::array<SequenceRange, 4> out;
        std::string text;
        for (const SequenceRange& block : std::span{out}.first(buffer.report(std::span{out}.first(limit))))
            text += std::to_string(block.begin) + "-" + std::to_string(block.end) + " ";
        return text;
    };
    ReceiveBuffer buffer;
    buffer.begin_at(0);
    CHECK_FALSE(buffer.has_report());
    CHECK(told(buffer).empty());
    put(buffer, 10, 20);
    CHECK(told(buffer) == "10-20 ");
    put(buffer, 50, 60);
    CHECK(told(buffer) == "50-60 10-20 ");
    put(buffer, 30, 40);
    put(buffer, 70, 80);
    CHECK(told(buffer) == "70-80 30-40 50-60 10-20 ");
    CHECK(told(buffer, 3) == "70-80 30-40 50-60 ");
    put(buffer, 20, 25, 2); // another's octets: one block all the same
    CHECK(told(buffer) == "10-25 70-80 30-40 50-60 ");
    put(buffer, 90, 95);
    CHECK(told(buffer) == "90-95 10-25 70-80 30-40 "); // four are remembered
    CHECK(told(buffer, 3) == "90-95 10-25 70-80 ");
    put(buffer, 25, 30); // joins two
    CHECK(told(buffer) == "10-40 90-95 70-80 50-60 ");
    put(buffer, 0, 10); // the gap is filled: what was behind it is no early block any more
    CHECK(buffer.next() == 40);
    CHECK(told(buffer) == "90-95 70-80 50-60 "); // 50-60 had been forgotten, and is told of while there is room
    CHECK(buffer.has_report());

    SECTION("what came twice comes first, and once (RFC 2883 §4)")
    {
        put(buffer, 70, 75);
        CHECK(told(buffer) == "70-75 70-80 90-95 50-60 ");
        CHECK(told(buffer) == "70-80 90-95 50-60 ");
        put(buffer, 58, 72); // twice in two places: the first is told of
        CHECK(told(buffer) == "58-60 50-80 90-95 ");
        buffer.came_twice({3, 9});
        buffer.came_twice({9, 12});
        buffer.came_twice({20, 21});
        CHECK(told(buffer) == "3-12 50-80 90-95 ");
    }
    SECTION("what found no room is not told of")
    {
        ReceiveBuffer full;
        full.begin_at(0);
        put(full, 1, 1 + out_of_order_octets);
        put(full, 200'000, 200'010);
        CHECK(told(full) == "1-65537 ");
    }
}

TEST_CASE("reports name blocks that are there, whatever came", "[tcp][buffer][sack]")
{
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        INFO(seed);
        Draws draws{seed};
        const auto base = static_cast<Sequence>(draws.next());
        std::vector<bool> has(300);
        ReceiveBuffer buffer;
        buffer.begin_at(base);
        for (int i = 0; i < 60; ++i) {
            const std::size_t next = buffer.next() - base;
            const std::size_t from = next + draws.below(has.size() - next);
            const std::size_t to = from + 1 + draws.below(std::min<std::size_t>(has.size() - from, 12));
            const SpanRun run{static_cast<std::uint32_t>(to - from), {static_cast<std::uint32_t>(draws.below(3))}};
            buffer.insert(base + static_cast<Sequence>(from), as_octets(std::string(to - from, 'x')), 0, {&run, 1});
            std::fill(has.begin() + static_cast<std::ptrdiff_t>(from), has.begin() + static_cast<std::ptrdiff_t>(to),
                      true);
            std::array<SequenceRange, 4> out;
            const std::size_t now = buffer.next() - base;
            std::size_t first = 0, count = buffer.report(out);
            std::set<Sequence> begun;
            if (count > 0 && out[0].end - base <= now) first = 1; // came twice, below what is acknowledged
            if (count > 1 && out[1].begin - base <= out[0].begin - base && out[0].end - base <= out[1].end - base)
                first = 1; // the same, within the block that follows
            for (std::size_t k = first; k < count; ++k) {
                const std::size_t begin = out[k].begin - base, end = out[k].end - base;
                REQUIRE(begin > now);
                REQUIRE_FALSE(has[begin - 1]);
                REQUIRE((end == has.size() || !has[end]));
                for (std::size_t at = begin; at < end; ++at) REQUIRE(has[at]);
                REQUIRE(begun.insert(out[k].begin).second);
            }
            // The one that just grew is told of first.
            if (count > first && from > now) REQUIRE(out[first].holds(base + static_cast<Sequence>(to) - 1));
            if (now == has.size()) break;
        }
    }
}

TEST_CASE("a pool lends the same memory again", "[tcp][buffer]")
{
    BufferPool pool;
    Buffers* first = nullptr;
    {
        auto lease = pool.lend();
        first = lease.get();
        lease->send.begin_at(5);
        lease->send.append(as_octets(std::string(5000, 'x')), {1});
        CHECK(pool.lent() == 1);
    }
    CHECK(pool.lent() == 0);
    CHECK(pool.idle() == 1);
    auto again = pool.lend();
    CHECK(again.get() == first);
    CHECK(again->send.size() == 0);
    CHECK(again->send.capacity() >= 5000);
    again->send.append(as_octets(std::string(300'000, 'x')), {1});
    again.reset();
    again = pool.lend();
    CHECK(again->send.capacity() == 0); // what was too much went back
}
