#pragma once
/// Holds a run against its scenario's `[[check]]` blocks. What was found is a key and arguments; the catalogue makes the
/// sentence.

#include "sim/run/journey.hpp"
#include "sim/scenario/read_scenario.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tegami::check {

struct Finding {
    std::string id; ///< "port-25", or "check-3" for the third without a name
    scenario::Position at;
    bool held = false;
    std::string_view key; ///< "check.copies" and the like
    std::vector<std::pair<std::string_view, std::string>> arguments;
    const scenario::Text* why = nullptr; ///< the author's own words, or null
};

/// The least that a run must hold for these checks.
run::Level level_needed(const scenario::Scenario& scenario);

/// One or more findings for each check (a mail's place and its steps are two), in the order of the file. `scenario` must
/// outlive them.
std::vector<Finding> hold(const scenario::Loaded& scenario, const run::Log& log, const run::Journeys& journeys);

} // namespace tegami::check
