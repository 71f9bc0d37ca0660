#include "sim/narration/clock.hpp"

#include <catch2/catch.hpp>

using namespace tegami::narration;
using namespace tegami::wire;

TEST_CASE("times are told by the scenario's own clock", "[clock]")
{
    const Time start{1'775'433'600'000'000'000}; // 2026-04-06T00:00:00Z
    CHECK(clock_text(start, 9 * 60) == "09:00:00.000");
    CHECK(clock_text(start + milliseconds(1001), 9 * 60) == "09:00:01.001");
    CHECK(clock_text(start + nanoseconds(1'999'999'999), 9 * 60) == "09:00:01.999"); // cut, not rounded
    CHECK(clock_text(start + nanoseconds(1), 0, 9) == "00:00:00.000000001");
    CHECK(clock_text(start, 0, 0) == "00:00:00");
    CHECK(clock_text(start, -(3 * 60 + 30)) == "20:30:00.000");
    CHECK(date_text(start, 9 * 60) == "2026-04-06");
    CHECK(date_text(start, -1) == "2026-04-05");
    CHECK(date_text(Time{-1}, 0) == "1969-12-31");
    CHECK(clock_text(Time{-1}, 0) == "23:59:59.999");
}

TEST_CASE("lengths of time are told as precisely as they matter", "[clock]")
{
    const Catalogue english = Catalogue::load(Language::en);
    const Catalogue japanese = Catalogue::load(Language::ja);
    CHECK(duration_text(english, milliseconds(221)) == "0.221 s");
    CHECK(duration_text(english, Duration{}) == "0.000 s");
    CHECK(duration_text(english, microseconds(41)) == "0.000041 s");
    CHECK(duration_text(english, nanoseconds(41)) == "0.000000041 s");
    CHECK(duration_text(english, seconds(59) + milliseconds(999)) == "59.999 s");
    CHECK(duration_text(english, seconds(60)) == "1 min 0 s");
    CHECK(duration_text(english, minutes(29) + seconds(58)) == "29 min 58 s");
    CHECK(duration_text(english, minutes(131)) == "2 h 11 min");
    CHECK(duration_text(english, minutes(5 * 1440 + 190)) == "5 d 3 h");
    CHECK(duration_text(japanese, milliseconds(221)) == "0.221 秒");
    CHECK(duration_text(japanese, minutes(29) + seconds(58)) == "29分58秒");
    CHECK(duration_text(japanese, minutes(131)) == "2時間11分");
}
