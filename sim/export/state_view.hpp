#pragma once
/// What each host held at a time: its connections, neighbours, queue, mailboxes and disk.

#include "sim/export/view.hpp"
#include "sim/run/fold.hpp"
#include "sim/run/journey.hpp"

#include <string>

namespace tegami::exporting {

/// After everything that happened up to and including `at`.
std::string state_text(const run::Log& log, const run::Journeys& journeys, run::Fold& fold, engine::Time at,
                       const Telling& telling);

} // namespace tegami::exporting
