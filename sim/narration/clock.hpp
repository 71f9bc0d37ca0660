#pragma once
/// Times and lengths of time as people read them.

#include "protocols/wire/time.hpp"
#include "sim/narration/catalogue.hpp"

#include <cstdint>
#include <string>

namespace tegami::narration {

/// "09:00:01.000": the wall clock of a zone `zone_minutes` east of Greenwich, cut (not rounded) to `digits` (0 to 9)
/// of a second, so that nothing shows before it happens.
std::string clock_text(wire::Time at, std::int32_t zone_minutes, int digits = 3);
/// "2026-04-06" in that zone.
std::string date_text(wire::Time at, std::int32_t zone_minutes);

/// A length of time to the precision that a reader needs: "0.221 s", "29 min 58 s", "2 h 11 min", "5 d 3 h".
std::string duration_text(const Catalogue& catalogue, wire::Duration length);

} // namespace tegami::narration
