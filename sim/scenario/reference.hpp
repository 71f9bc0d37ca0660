#pragma once
/// The keys of a scenario as docs/scenario.md shows them, made from the tables that read them.

#include "sim/scenario/keys.hpp"

#include <string>

namespace tegami::scenario {

std::vector<Section> every_section();

/// Markdown: a heading and a table for each section.
std::string key_reference();

} // namespace tegami::scenario
