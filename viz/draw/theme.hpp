#pragma once
/// The colours by what they mean. Two themes: ink (dark) and paper (light). Gold is the story and the present moment, and
/// nothing else; no colour is the only sign of anything.

#include "viz/draw/color.hpp"

#include <cstdint>

namespace tegami::draw {

enum class ThemeName : std::uint8_t { dark, light };

struct Theme {
    ThemeName name{};

    // Grounds: the room, a region or panel, a card or active row, a selection.
    Color desk, sheet, card, raised;
    // Rules and dividers; borders of fields; borders of territories; cables.
    Color line, field_line, territory_line, link;
    // Main text, body, captions and what is not yet.
    Color text, text2, text3;
    // Icons that take part, and those at rest.
    Color node, node_dim;

    // Letters and what people write; writing on them and on gold; done, passed, the outline of paper.
    Color paper, ink, edge;
    // The one bright slip, and its text.
    Color slip, slip_text;
    // Skipped time.
    Color pleat_a, pleat_b;
    Color button;

    // What happens: the followed letter and now; the name system; stopped; held; plumbing (TCP control, ARP, ICMP).
    Color story, question, stop, held, plumb;
    // The same as text on any ground.
    Color story_text, question_text, stop_text, held_text;

    // Fills of territories.
    Color home, provider, internet, organisation;

    bool is_dark() const { return name == ThemeName::dark; }
    /// What lies ahead of the playhead: the shape stays, the colour goes towards the sheet.
    Theme ahead() const;
    /// On a sheet of paper the light theme's colours hold, in both themes.
    Theme on_paper() const;
};

const Theme& theme(ThemeName name);

} // namespace tegami::draw
