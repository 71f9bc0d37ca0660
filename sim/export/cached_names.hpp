#pragma once
/// One line of what a resolver remembers, for the views that show its memory.

#include "sim/export/page.hpp"
#include "sim/narration/catalogue.hpp"
#include "sim/run/fold.hpp"

#include <cstdint>
#include <string>
#include <utility>

namespace tegami::exporting {

/// "example.com   MX   59 min 2 s   10 mx1.example.com" from `column` on: how long it is still good for at `now`.
void tell_cached(Page& page, const narration::Catalogue& catalogue, const std::pair<std::string, std::uint16_t>& key,
                 const run::CachedNames& cached, run::Time now, int column);

} // namespace tegami::exporting
