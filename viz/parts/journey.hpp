#pragma once
/// The strip of twelve steps below the app bar: how far the followed letter has come.

#include "viz/model/journey_strip.hpp"
#include "viz/parts/frame.hpp"

namespace tegami::parts {

/// 68 high; lower without the names of the groups. Narrow ones show codes alone, and a name only for the step that is now.
void draw_journey(Frame& frame, const model::JourneyStrip& strip, const Rect& rect);

} // namespace tegami::parts
