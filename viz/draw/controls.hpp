#pragma once
/// What people press and fill in, as it looks. What it does is not decided here.

#include "viz/draw/canvas.hpp"

namespace tegami::draw {

/// A gold filling; in the light theme, with its outline of ink.
void gold(Canvas& canvas, const Theme& theme, const Rect& rect, float radius = 4);
/// The gold bar at the left of what is now.
void gold_bar(Canvas& canvas, const Theme& theme, const Rect& rect);
/// 2 px of `edge`, 2 px outside: what the keyboard acts on.
void focus_ring(Canvas& canvas, const Theme& theme, const Rect& rect, float radius = 4);

struct ChipLook {
    TextStyle style{label_size, true, false};
    float height = 24, padding = 8;
    bool is_gold = false;
    Color text{};
    Color fill{0, 0, 0, 0}, line{0, 0, 0, 0};
};
/// A word in a box. Returns its width.
float chip(Canvas& canvas, const Theme& theme, Point corner, std::string_view words, const ChipLook& look);
float chip_width(const Canvas& canvas, std::string_view words, const ChipLook& look);

/// The cap of a key. Returns its width.
float key_cap(Canvas& canvas, const Theme& theme, Point corner, std::string_view key);
float key_cap_width(const Canvas& canvas, std::string_view key);

/// One of several: the rectangles of the choices, from left to right.
struct SegmentsLook {
    float height = 26, padding = 10;
    Color ground;
    bool from_right = false; ///< `corner` is the upper right one
};
std::vector<Rect> segments(Canvas& canvas, const Theme& theme, Point corner, std::span<const std::string> choices,
                           std::size_t chosen, const SegmentsLook& look);

struct ButtonLook {
    bool bright = false; ///< the one that Enter takes
    bool off = false;
    bool focused = false;
    float height = 36;
};
/// Returns its rectangle. `key` may be empty.
Rect button(Canvas& canvas, const Theme& theme, Point corner, std::string_view words, std::string_view key,
            const ButtonLook& look = {});
float button_width(const Canvas& canvas, std::string_view words, std::string_view key, bool bright);

enum class FieldState : std::uint8_t { rest, focused, wrong, off };
/// The frame of what can be typed. The text itself is drawn by whoever edits it.
void field_frame(Canvas& canvas, const Theme& theme, const Rect& rect, FieldState state);
/// What is set elsewhere: plain text and a padlock.
void locked_value(Canvas& canvas, const Theme& theme, const Rect& rect, std::string_view value, bool mono);

void radio_button(Canvas& canvas, const Theme& theme, Point center, bool on);
void check_box(Canvas& canvas, const Theme& theme, Point corner, bool on);

/// The one bright slip that says what happens now, with its nose towards the thing. `nose` lies above or below the rect.
void slip(Canvas& canvas, const Theme& theme, const Rect& rect, Point nose, std::string_view words,
          float size = body_size);

/// A sheet of paper to write on, with its shadow.
void paper_sheet(Canvas& canvas, const Theme& theme, const Rect& rect, float radius = 3);

} // namespace tegami::draw
