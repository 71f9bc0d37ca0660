#pragma once
/// What was drawn, for those who hold the layout to its laws.

#include "viz/draw/color.hpp"
#include "viz/geometry/geometry.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace tegami::draw {

using geometry::Point;
using geometry::Rect;

struct DrawnText {
    std::string text;
    Rect box; ///< its em box
    Rect clip;
    float size = 0;
    bool bold = false;
    Color color;
    Color ground; ///< of the last opaque filling that holds all of it
};

struct DrawnFilling {
    Rect bounds;
    Rect clip;
    Color color;
};

struct DrawingLog {
    std::vector<DrawnText> texts;
    std::vector<DrawnFilling> fillings;
    std::vector<std::vector<Point>> polygons; ///< in the order in which they were given to the draw list
    std::size_t polygons_turned = 0;          ///< that were given the other way round
};

} // namespace tegami::draw
