#pragma once
/// The long form of a scenario: every default written out, so that one sees what follows from a short one, and may change
/// it.

#include "sim/scenario/read_scenario.hpp"

namespace tegami::scenario {

/// TOML that reads as the same world, with the same acts, words, questions, checks and variants. What follows from names
/// alone, MAC addresses and the names of interfaces, is not written.
std::string long_form(const Loaded& loaded);

} // namespace tegami::scenario
