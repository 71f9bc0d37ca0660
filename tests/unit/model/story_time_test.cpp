#include "viz/model/playback.hpp"
#include "viz/model/story_time.hpp"

#include <catch2/catch.hpp>

using namespace tegami;
using namespace tegami::model;

namespace {

Time at(std::int64_t ns) { return Time{} + wire::nanoseconds(ns); }
constexpr std::int64_t ms = 1'000'000, s = 1'000'000'000;

} // namespace

TEST_CASE("a hop is watched neither too short nor too long", "[story-time]")
{
    const StoryTime quick{at(0), at(1 * s), {{at(0), at(20'000)}}, {}};
    CHECK(quick.watched(at(20'000)) == Approx(least_hop));
    const StoryTime slow{at(0), at(4 * s), {{at(0), at(4 * s)}}, {}};
    CHECK(slow.length() == Approx(most_hop));
    // Of two at once, the one that wants more time sets the pace for both.
    const StoryTime both{at(0), at(1 * s), {{at(0), at(1 * s)}, {at(400 * ms), at(400 * ms + 1'000)}}, {}};
    CHECK(both.watched(at(400 * ms + 1'000)) - both.watched(at(400 * ms)) == Approx(least_hop));
    CHECK(both.length() >= 1 + least_hop - 0.01);
}

TEST_CASE("there and back is the same instant", "[story-time]")
{
    std::vector<Crossing> crossings;
    for (std::int64_t i = 0; i < 50; ++i) crossings.push_back({at(i * 37 * ms), at(i * 37 * ms + 120'000)});
    crossings.push_back({at(100 * s), at(100 * s + 5 * ms)});
    StoryTime time{at(0), at(200 * s), crossings, {at(50 * s)}};
    double last = -1;
    for (std::int64_t ns = 0; ns <= 200 * s; ns += 333 * ms) {
        const double watched = time.watched(at(ns));
        CHECK(watched >= last);
        last = watched;
        CHECK(std::abs((time.at(watched) - at(ns)).ns) < 2 * ms);
    }
    CHECK(time.at(-1) == at(0));
    CHECK(time.at(1e9) == at(200 * s));
}

TEST_CASE("silence of five seconds is folded, until somebody opens it", "[story-time]")
{
    StoryTime time{at(0), at(60 * s), {{at(0), at(1 * ms)}, {at(40 * s), at(40 * s + ms)}}, {}};
    REQUIRE(time.folds().size() == 2);
    CHECK(time.folds()[0].from == at(ms));
    CHECK(time.folds()[0].to == at(40 * s));
    CHECK(time.folds()[0].watched_to - time.folds()[0].watched_from == Approx(fold_crossing));
    CHECK(time.fold_at(at(20 * s)) == &time.folds()[0]);
    CHECK(time.fold_at(at(40 * s)) == nullptr);
    const double before = time.length();
    time.open_fold(0, true);
    CHECK(time.folds()[0].open);
    CHECK(time.length() > before + 20);
    time.open_fold(0, false);
    CHECK(time.length() == Approx(before));
    // Just under is no fold.
    CHECK(StoryTime(at(0), at(5 * s - 1), {}, {}).folds().empty());
    CHECK(StoryTime(at(0), at(5 * s), {}, {}).folds().size() == 1);
}

TEST_CASE("linear time is the world's", "[story-time]")
{
    StoryTime time{at(0), at(60 * s), {{at(0), at(1 * ms)}}, {}};
    time.set_linear(true);
    CHECK(time.length() == Approx(60));
    CHECK(time.folds().empty());
    CHECK(time.watched(at(30 * s)) == Approx(30));
}

TEST_CASE("the playhead goes with real time, stops at a barrier, and loops", "[playback]")
{
    StoryTime time{at(0), at(100 * s), {}, {}};
    time.set_linear(true);
    Playback playback{time};
    playback.advance(1);
    CHECK(playback.now() == at(0)); // it stands
    playback.play();
    playback.advance(2);
    CHECK(playback.now() == at(2 * s));
    playback.change_speed(1);
    playback.advance(2);
    CHECK(playback.now() == at(6 * s));
    playback.advance(10, at(7 * s));
    CHECK(playback.now() == at(7 * s));
    CHECK_FALSE(playback.playing());
    playback.change_speed(-1);
    playback.mark_loop();
    playback.seek(at(9 * s));
    playback.mark_loop();
    playback.seek(at(8 * s));
    playback.play();
    playback.advance(2);
    CHECK(playback.now() == at(7 * s));
    playback.mark_loop();
    CHECK_FALSE(playback.loop());
    playback.seek(at(99 * s));
    playback.advance(5);
    CHECK(playback.now() == at(100 * s));
    CHECK_FALSE(playback.playing());
    playback.change_speed(20);
    CHECK(playback.speed() == 8);
    playback.change_speed(-20);
    CHECK(playback.speed() == 0.125);
}
