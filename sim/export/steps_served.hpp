#pragma once
/// Which steps of which mails some spans serve, as people number them.

#include "sim/export/view.hpp"
#include "sim/run/journey.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace tegami::exporting {

struct ServedStep {
    run::SpanId span{};
    std::uint32_t mail = 0; ///< its number, as people count
    run::Step step{};
    std::uint32_t tries = 1;
};

/// What serves a session alone serves whoever opened it.
std::vector<ServedStep> steps_served(const run::Log& log, const run::Journeys& journeys, run::Spans spans);
/// "1·S1 2·S1".
std::string serves_text(const run::Log& log, const run::Journeys& journeys, run::Spans spans);
/// Whether the selection's mail and step are among those.
bool admits_spans(const run::Log& log, const run::Journeys& journeys, const Selection& selection, run::Spans spans);

} // namespace tegami::exporting
