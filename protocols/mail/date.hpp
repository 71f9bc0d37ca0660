#pragma once
/// Calendar dates as messages write them. RFC 5322 §3.3.

#include "protocols/wire/time.hpp"

#include <cstdint>
#include <string>

namespace tegami::mail {

/// A point of time on a clock of the zone that is so many minutes ahead of UTC.
struct LocalTime {
    std::int64_t year = 1970;
    int month = 1; ///< 1 to 12
    int day = 1;
    int hour = 0;
    int minute = 0;
    int second = 0;
    int weekday = 0; ///< 0 is Sunday
};

/// The proleptic Gregorian calendar; time before 1970 too.
LocalTime local_time(wire::Time at, int zone_minutes);

/// date-time: `Mon, 6 Apr 2026 09:00:00 +0900`.
std::string format_date(wire::Time at, int zone_minutes);

} // namespace tegami::mail
