#pragma once
/// What every part draws with, for one picture.

#include "sim/narration/narration.hpp"
#include "viz/draw/canvas.hpp"
#include "viz/parts/things.hpp"

namespace tegami::parts {

using draw::Canvas;
using draw::Color;
using draw::Theme;

struct Frame {
    Canvas& canvas;
    const Theme& theme;
    const narration::Narrator& narrator;
    Things& things;
    bool projector = false;
    bool reduced_motion = false;
    double clock = 0;                    ///< seconds of real time, for what moves beside the story
    std::optional<Region> focus = {};    ///< that the keyboard acts on
    std::string_view focused_thing = {}; ///< its name; empty: none

    std::string word(std::string_view key) const { return narrator.catalogue().text(key); }
    std::string word(std::string_view key, narration::Arguments arguments) const
    {
        return narrator.catalogue().text(key, arguments);
    }
    bool japanese() const { return narrator.catalogue().language() == narration::Language::ja; }
};

} // namespace tegami::parts
