#pragma once
/// The packet filters: their rows as a table with how often each decided, and what they did not let through.

#include "sim/export/view.hpp"
#include "sim/run/fold.hpp"
#include "sim/run/journey.hpp"

#include <string>

namespace tegami::exporting {

/// As of the selection's time, or the end. What a row matches is known where the telling has the scenario's rows.
std::string filter_text(const run::Log& log, const run::Journeys& journeys, run::Fold& fold, const Telling& telling);

} // namespace tegami::exporting
