#pragma once
/// One frame whole: its layers as a tree, each field with the octets it stands in; below, the octets themselves.

#include "sim/export/view.hpp"
#include "sim/run/journey.hpp"

#include <string>

namespace tegami::exporting {

/// `first` to `last`: frames of the log.
std::string packet_detail_text(const run::Log& log, const run::Journeys& journeys, const Telling& telling,
                               run::FrameRef first, run::FrameRef last);

} // namespace tegami::exporting
