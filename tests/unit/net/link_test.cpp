#include "tests/unit/net/lab.hpp"

using namespace tegami;
using namespace tegami::net;
using namespace tegami::net::lab;
using wire::microseconds;
using wire::milliseconds;
using wire::seconds;

namespace {

Wiring one_link(LinkFigures figures) { return Wiring{}.host("ann").host("ben").link("ann", "ben", figures); }

/// Sequence numbers of the echoes that reached "ben", in the order in which they did.
std::vector<std::uint16_t> echoes_at_ben(Lab& lab)
{
    const run::Log log = lab.log();
    std::vector<std::pair<Time, std::uint16_t>> all;
    for (std::uint64_t f = 1; f <= log.frames(); ++f) {
        const run::Frame& frame = log.frame(run::FrameRef{f});
        const auto hops = log.hops(run::FrameRef{f});
        if (frame.node != lab.node("ann") || frame.octets.size() < 43 || !hops[0].arrived()) continue;
        all.emplace_back(hops[0].arrival(), wire::load_u16(&frame.octets[14 + 20 + 6]));
    }
    std::ranges::sort(all);
    std::vector<std::uint16_t> sequences;
    for (const auto& [at, sequence] : all) sequences.push_back(sequence);
    return sequences;
}

std::vector<std::uint16_t> lossy_echoes(std::uint64_t seed, std::string_view other = {})
{
    Wiring wiring = one_link({.loss = 100'000});
    if (!other.empty()) wiring.host(std::string{other}).link("ann", std::string{other}, {.loss = 500'000});
    Lab lab{wiring, seed};
    // Neighbours get to know each other first; then a thousand echoes, a millisecond apart.
    for (std::uint16_t n = 1; n <= 1'000; ++n) lab.ping(seconds(10) + milliseconds(n), "ann", address(1, 2), n);
    lab.ping(seconds(1), "ann", address(1, 2), 0);
    if (!other.empty())
        for (std::uint16_t n = 1; n <= 100; ++n) lab.ping(seconds(10) + microseconds(333 * n), "ann", address(2, 2), n);
    lab.run(seconds(20));
    CHECK(lab.network.context.frames.out() == 0);
    std::vector<std::uint16_t> arrived = echoes_at_ben(lab);
    std::erase(arrived, 0);
    return arrived;
}

} // namespace

TEST_CASE("a frame waits its turn, is sent at the link's rate, and travels", "[net][link]")
{
    Lab lab{one_link(megabit(milliseconds(10)))}; // 8 us an octet
    lab.ping(seconds(1), "ann", address(1, 2), 0);
    for (std::uint16_t n = 1; n <= 3; ++n) lab.ping(seconds(2), "ann", address(1, 2), n);
    lab.run(seconds(3));
    const run::Log log = lab.log();
    const std::size_t octets = 14 + 20 + 8 + 27; // the echo's data has 27
    std::vector<run::Hop> burst;
    for (std::uint64_t f = 1; f <= log.frames(); ++f)
        if (log.frame(run::FrameRef{f}).at == lab_start + seconds(2)) burst.push_back(log.hops(run::FrameRef{f})[0]);
    REQUIRE(burst.size() == 3);
    for (std::size_t i = 0; i < 3; ++i)
        CHECK(burst[i].transit == microseconds(static_cast<std::int64_t>((i + 1) * octets * 8)) + milliseconds(10));
    // And it is there when the fact says: the answers leave at once.
    std::vector<Time> answers;
    for (std::uint64_t f = 1; f <= log.frames(); ++f)
        if (log.frame(run::FrameRef{f}).node == lab.node("ben") &&
            log.frame(run::FrameRef{f}).at > lab_start + seconds(2))
            answers.push_back(log.frame(run::FrameRef{f}).at);
    REQUIRE(answers.size() == 3);
    for (std::size_t i = 0; i < 3; ++i) CHECK(answers[i] == burst[i].arrival());
}

TEST_CASE("a frame that finds the queue full is dropped and was never sent", "[net][link]")
{
    LinkFigures figures = megabit();
    figures.queue_octets = 5 * 69; // five of the echoes below
    Lab lab{one_link(figures)};
    lab.ping(seconds(1), "ann", address(1, 2), 0);
    for (std::uint16_t n = 1; n <= 10; ++n) lab.ping(seconds(2), "ann", address(1, 2), n);
    lab.run(seconds(3));
    // One is being sent, five wait.
    CHECK(echoes_at_ben(lab) == std::vector<std::uint16_t>{0, 1, 2, 3, 4, 5, 6});
    const run::Log log = lab.log();
    CHECK(Lab::drops(log, run::DropReason::queue_full) == 4);
    for (const auto& [at, dropped] : Lab::facts<run::FrameDropped>(log)) {
        CHECK(dropped.frame == run::FrameRef::none);
        CHECK(dropped.octets.size() == 69);
    }
    CHECK(lab.network.context.frames.out() == 0);
}

TEST_CASE("a lossy link loses its share, and which ones depends on seed and link alone", "[net][link]")
{
    const auto one = lossy_echoes(1), two = lossy_echoes(2);
    // 1,000 draws of 10 %: five standard deviations are 47.
    for (const std::size_t arrived : {one.size(), two.size()}) {
        CHECK(arrived > 900 - 48);
        CHECK(arrived < 900 + 48);
    }
    CHECK(one != two);
    CHECK(lossy_echoes(1) == one);
    // Another link of the same host, with losses of its own, shifts nothing here.
    CHECK(lossy_echoes(1, "cid") == one);
}

TEST_CASE("the next frames of one end are lost, and no more", "[net][link]")
{
    Lab lab{one_link({})};
    lab.ping(seconds(1), "ann", address(1, 2), 0);
    lab.at(seconds(2), "ann", [&] { lab.network.links.lose_next(lab.nic("ann", "ben"), 2); });
    for (std::uint16_t n = 1; n <= 4; ++n) lab.ping(seconds(3) + milliseconds(10 * n), "ann", address(1, 2), n);
    lab.run(seconds(4));
    CHECK(echoes_at_ben(lab) == std::vector<std::uint16_t>{0, 3, 4});
    const run::Log log = lab.log();
    std::size_t replies = 0, lost = 0;
    for (const auto& [at, noted] : Lab::facts<run::IcmpNoted>(log, lab.node("ann"))) replies += noted.type == 0;
    for (const auto& [at, sent] : Lab::facts<run::FrameSent>(log)) lost += sent.fate == run::Fate::lost;
    CHECK(replies == 3); // the other end loses none
    CHECK(lost == 2);
    CHECK(lab.network.context.frames.out() == 0);
}

TEST_CASE("a reordering link holds its share back", "[net][link]")
{
    Lab lab{one_link({.reorder = 200'000, .reorder_by = milliseconds(5)})};
    lab.ping(seconds(1), "ann", address(1, 2), 0);
    for (std::uint16_t n = 1; n <= 500; ++n) lab.ping(seconds(2) + milliseconds(n), "ann", address(1, 2), n);
    lab.run(seconds(4));
    std::vector<std::uint16_t> arrived = echoes_at_ben(lab);
    REQUIRE(arrived.size() == 501); // none is lost
    CHECK_FALSE(std::ranges::is_sorted(arrived));
    std::size_t late = 0;
    const run::Log log = lab.log();
    for (const auto& [at, sent] : Lab::facts<run::FrameSent>(log, lab.node("ann"))) {
        if (at < seconds(2)) continue;
        const Duration usual = milliseconds(1) + wire::nanoseconds(69 * 8);
        CHECK((sent.transit == usual || sent.transit == usual + milliseconds(5)));
        late += sent.transit != usual;
    }
    CHECK(late > 100 - 45); // 500 draws of 20 %: five standard deviations
    CHECK(late < 100 + 45);
    std::ranges::sort(arrived);
    for (std::uint16_t n = 0; n <= 500; ++n) CHECK(arrived[n] == n);
}

TEST_CASE("a link that goes down takes what is on its way, and nothing more", "[net][link]")
{
    const auto set = [](Lab& lab, bool up) {
        return [&lab, up] { lab.network.links.set_up(lab.nic("ann", "ben"), up); };
    };
    const auto set_other = [](Lab& lab, bool up) {
        return [&lab, up] { lab.network.links.set_up(lab.nic("ben", "ann"), up); };
    };
    Lab lab{one_link(megabit(milliseconds(100)))};
    lab.ping(seconds(1), "ann", address(1, 2), 0);
    lab.ping(seconds(2), "ann", address(1, 2), 1); // under way when the link goes
    lab.at(seconds(2) + milliseconds(50), "ann", set(lab, false));
    lab.at(seconds(2) + milliseconds(50), "ben", set_other(lab, false));
    lab.ping(seconds(3), "ann", address(1, 2), 2); // not taken
    lab.at(seconds(4), "ann", set(lab, true));
    lab.at(seconds(4), "ben", set_other(lab, true));
    lab.ping(seconds(5), "ann", address(1, 2), 3);
    // Down and up again while a frame is on its way: that one is gone as well.
    lab.ping(seconds(6), "ann", address(1, 2), 4);
    for (const bool up : {false, true}) {
        lab.at(seconds(6) + milliseconds(up ? 60 : 50), "ann", set(lab, up));
        lab.at(seconds(6) + milliseconds(up ? 60 : 50), "ben", set_other(lab, up));
    }
    lab.ping(seconds(7), "ann", address(1, 2), 5);
    lab.run(seconds(9));

    CHECK(echoes_at_ben(lab) == std::vector<std::uint16_t>{0, 3, 5});
    const run::Log log = lab.log();
    CHECK(Lab::drops(log, run::DropReason::link_down) == 1);
    CHECK(Lab::facts<run::FrameCut>(log).size() == 2);
    for (const auto& [at, cut] : Lab::facts<run::FrameCut>(log)) {
        CHECK(cut.nic == lab.nic("ann", "ben"));
        CHECK(log.hops(cut.frame)[0].cut);
    }
    CHECK(lab.network.context.frames.out() == 0);
}

TEST_CASE("frames come from a pool and go back into it", "[net][frame]")
{
    FramePool pool;
    std::vector<Frame*> taken;
    for (std::size_t i = 0; i < 1'000; ++i) {
        Frame& frame = pool.take(i % largest_frame + 1);
        CHECK(frame.octets().size() == i % largest_frame + 1);
        CHECK(&pool.at(frame.index) == &frame);
        std::ranges::fill(std::span{frame.data(), frame.length}, static_cast<std::uint8_t>(i));
        taken.push_back(&frame);
    }
    CHECK(pool.out() == 1'000);
    for (std::size_t i = 0; i < 1'000; ++i) // nobody wrote into another's octets
        CHECK(std::ranges::all_of(taken[i]->octets(),
                                  [&](std::uint8_t octet) { return octet == static_cast<std::uint8_t>(i); }));
    for (Frame* frame : taken) pool.give_back(*frame);
    CHECK(pool.out() == 0);
    Frame& again = pool.take(60);
    CHECK(std::ranges::find(taken, &again) != taken.end());
    CHECK(again.spans == Spans{});
    pool.give_back(again);
}
