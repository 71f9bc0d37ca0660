#pragma once
/// Text broken into lines, in both languages: Latin words stay whole, and no Japanese line begins or ends with a mark that
/// may not stand there (JLREQ, kinsoku). `**bold**` and `` `mono` `` are marked in the text itself.

#include "viz/draw/type.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tegami::draw {

/// A stretch of text in one style.
struct Run {
    std::string text;
    bool bold = false;
    bool mono = false;

    bool operator==(const Run&) const = default;
};

/// The runs of a marked text. A mark without its fellow is text.
std::vector<Run> runs_of(std::string_view marked);

struct PlacedRun {
    Run run;
    float x = 0; ///< from the line's beginning
    float width = 0;
};
using Line = std::vector<PlacedRun>;

using Measure = std::function<float(std::string_view text, bool bold, bool mono)>;

/// Lines of at most `width`. A line feed begins a new one. A single word that is wider is broken where it must be.
std::vector<Line> wrap(const std::vector<Run>& runs, float width, const Measure& measure);

} // namespace tegami::draw
