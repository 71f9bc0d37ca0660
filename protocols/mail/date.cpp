#include "protocols/mail/date.hpp"

#include <string_view>

namespace tegami::mail {

namespace {

constexpr std::int64_t floor_divide(std::int64_t value, std::int64_t by)
{
    return value / by - (value % by < 0 ? 1 : 0);
}

std::string two_digits(int value) { return {static_cast<char>('0' + value / 10), static_cast<char>('0' + value % 10)}; }

} // namespace

LocalTime local_time(wire::Time at, int zone_minutes)
{
    const std::int64_t seconds = floor_divide(at.ns, 1'000'000'000) + std::int64_t{zone_minutes} * 60;
    const std::int64_t days = floor_divide(seconds, 86'400);
    const auto of_day = static_cast<int>(seconds - days * 86'400);

    // Years that begin in March end with the leap day. 719,468 days lie between 0000-03-01 and 1970-01-01.
    const std::int64_t shifted = days + 719'468;
    const std::int64_t era = floor_divide(shifted, 146'097);
    const std::int64_t day_of_era = shifted - era * 146'097;
    const std::int64_t year_of_era =
        (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
    const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::int64_t month_from_march = (5 * day_of_year + 2) / 153;

    LocalTime local;
    local.day = static_cast<int>(day_of_year - (153 * month_from_march + 2) / 5 + 1);
    local.month = static_cast<int>(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
    local.year = year_of_era + era * 400 + (local.month <= 2 ? 1 : 0);
    local.hour = of_day / 3'600;
    local.minute = of_day / 60 % 60;
    local.second = of_day % 60;
    local.weekday = static_cast<int>((days % 7 + 11) % 7); // 1970-01-01 was a Thursday
    return local;
}

std::string format_date(wire::Time at, int zone_minutes)
{
    constexpr std::string_view days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::string_view months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const LocalTime local = local_time(at, zone_minutes);
    const int distance = zone_minutes < 0 ? -zone_minutes : zone_minutes;

    std::string text;
    text.reserve(32);
    text += days[local.weekday];
    text += ", ";
    text += std::to_string(local.day);
    text += ' ';
    text += months[local.month - 1];
    text += ' ';
    std::string year = std::to_string(local.year); // 4*DIGIT
    text.append(year.size() < 4 ? 4 - year.size() : 0, '0');
    text += year;
    text += ' ';
    text += two_digits(local.hour);
    text += ':';
    text += two_digits(local.minute);
    text += ':';
    text += two_digits(local.second);
    text += zone_minutes < 0 ? " -" : " +";
    text += two_digits(distance / 60);
    text += two_digits(distance % 60);
    return text;
}

} // namespace tegami::mail
