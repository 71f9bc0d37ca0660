#pragma once
/// The frames of a run as a table, one line each, in words; lost ones marked.

#include "sim/export/filter.hpp"
#include "sim/export/view.hpp"
#include "sim/run/journey.hpp"

#include <string>

namespace tegami::exporting {

/// `filter`: null for all frames. Works for anybody's capture; what needs facts is then left out.
std::string packets_text(const run::Log& log, const run::Journeys& journeys, const Telling& telling,
                         const Filter* filter = nullptr);

} // namespace tegami::exporting
