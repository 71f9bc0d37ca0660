#pragma once
/// Who asked whom for which name, who said what; and what resolvers remember.

#include "sim/export/view.hpp"
#include "sim/run/fold.hpp"
#include "sim/run/journey.hpp"

#include <string>

namespace tegami::exporting {

/// Each question with the walk that answered it, then the resolvers' memories as of the selection's time, or the end.
std::string dns_text(const run::Log& log, const run::Journeys& journeys, run::Fold& fold, const Telling& telling);

} // namespace tegami::exporting
