#pragma once
/// What people did and what is broken: tags of acts, marks of faults, and small signs.

#include "viz/draw/canvas.hpp"

namespace tegami::draw {

enum class TagState : std::uint8_t { being_made, done, undone };

struct TagSize {
    float half_width = 10, height = 15; ///< stage 10, 15; timeline 9, 14; headings 12, 18
};
/// An act: a tag of paper whose tip is at the thing or the moment.
void tag(Canvas& canvas, const Theme& theme, Point tip, std::string_view number, TagState state, Color ground,
         TagSize size = {});

enum class Fault : std::uint8_t { stopped, power_cut, disk_full, cable_cut, slow, loses, drops_next };
inline constexpr std::size_t fault_count = 7;

/// On its own ground, unless it stands `bare` in a button.
void fault_mark(Canvas& canvas, const Theme& theme, Fault fault, Point center, float radius, Color ground,
                bool bare = false);

/// Words in a plate on a cable or below a gate: "10 %", "rule 2 off". Returns its width.
float plate(Canvas& canvas, Point center, std::string_view words, Color line, Color text, Color ground,
            float size = label_size);

void padlock(Canvas& canvas, Point center, Color color);
void arrow_down(Canvas& canvas, Point center, Color color, float size = 4);
void arrow_up(Canvas& canvas, Point center, Color color, float size = 4);

enum class Transport : std::uint8_t { first, back, play, pause, forward, last };
void transport_sign(Canvas& canvas, Transport sign, Point center, Color color, float size = 7);

/// Skipped time: a strip of paper folded together.
void pleats(Canvas& canvas, const Theme& theme, const Rect& rect);
/// And the axis below it.
void zigzag(Canvas& canvas, float from, float to, float y, Color color);

} // namespace tegami::draw
