#pragma once
/// The story of a run as a page that one could read aloud: for each mail one block a step, the sentence first, the
/// evidence after it, what failed with its reason.

#include "sim/export/tale.hpp"
#include "sim/export/view.hpp"

#include <string>

namespace tegami::exporting {

std::string story_text(const Tale& tale, const Telling& telling);

} // namespace tegami::exporting
