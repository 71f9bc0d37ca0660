#include "sim/narration/clock.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace tegami::narration {
namespace {

constexpr std::int64_t ns_per_second = 1'000'000'000;
constexpr std::int64_t seconds_per_day = 86'400;

/// Rounded towards the past, also before 1970.
constexpr std::int64_t floor_div(std::int64_t value, std::int64_t by) { return value / by - (value % by < 0 ? 1 : 0); }

std::int64_t local_seconds(wire::Time at, std::int32_t zone_minutes)
{
    return floor_div(at.ns, ns_per_second) + std::int64_t{zone_minutes} * 60;
}

} // namespace

std::string clock_text(wire::Time at, std::int32_t zone_minutes, int digits)
{
    const std::int64_t local = local_seconds(at, zone_minutes);
    const std::int64_t of_day = local - floor_div(local, seconds_per_day) * seconds_per_day;
    std::string text = fmt::format("{:02}:{:02}:{:02}", of_day / 3600, of_day / 60 % 60, of_day % 60);
    if (digits > 0) {
        const std::int64_t fraction = at.ns - floor_div(at.ns, ns_per_second) * ns_per_second;
        text += '.' + fmt::format("{:09}", fraction).substr(0, static_cast<std::size_t>(std::min(digits, 9)));
    }
    return text;
}

std::string date_text(wire::Time at, std::int32_t zone_minutes)
{
    const std::chrono::sys_days day{std::chrono::days{floor_div(local_seconds(at, zone_minutes), seconds_per_day)}};
    const std::chrono::year_month_day date{day};
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                       static_cast<unsigned>(date.day()));
}

std::string duration_text(const Catalogue& catalogue, wire::Duration length)
{
    const std::int64_t seconds = length.ns / ns_per_second;
    if (seconds < 60) {
        const std::int64_t below = length.ns % ns_per_second;
        // Three digits, or as many as it takes to show that it is not nothing.
        const std::string digits = fmt::format("{:09}", below);
        const std::size_t shown = seconds > 0 || below == 0 || below >= 1'000'000 ? 3u : below >= 1'000 ? 6u : 9u;
        return catalogue.text("time.seconds", {{"s", fmt::format("{}.{}", seconds, digits.substr(0, shown))}});
    }
    const std::int64_t minutes = seconds / 60;
    if (minutes < 60) return catalogue.text("time.minutes", {{"min", minutes}, {"s", seconds % 60}});
    const std::int64_t hours = minutes / 60;
    if (hours < 24) return catalogue.text("time.hours", {{"h", hours}, {"min", minutes % 60}});
    return catalogue.text("time.days", {{"d", hours / 24}, {"h", hours % 24}});
}

} // namespace tegami::narration
