#pragma once
/// What was said in each session, line by line, with the time at which it was said.

#include "sim/export/view.hpp"
#include "sim/run/journey.hpp"

#include <string>

namespace tegami::exporting {

std::string dialogue_text(const run::Log& log, const run::Journeys& journeys, const Telling& telling);

} // namespace tegami::exporting
