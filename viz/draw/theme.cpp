#include "viz/draw/theme.hpp"

namespace tegami::draw {

namespace {

constexpr Theme dark_theme{
    .name = ThemeName::dark,
    .desk = Color::of(0x11151C),
    .sheet = Color::of(0x1A202A),
    .card = Color::of(0x222A36),
    .raised = Color::of(0x2C3543),
    .line = Color::of(0x3A4454),
    .field_line = Color::of(0x76797F),
    .territory_line = Color::of(0x465061),
    .link = Color::of(0x66707E),
    .text = Color::of(0xF3ECDD),
    .text2 = Color::of(0xC9C3B5),
    .text3 = Color::of(0xA3A6AC),
    .node = Color::of(0xC9C3B5),
    .node_dim = Color::of(0x79808C),
    .paper = Color::of(0xF3ECDD),
    .ink = Color::of(0x11151C),
    .edge = Color::of(0xF3ECDD),
    .slip = Color::of(0xF3ECDD),
    .slip_text = Color::of(0x11151C),
    .pleat_a = Color::of(0x222A36),
    .pleat_b = Color::of(0x2C3543),
    .button = Color::of(0x222A36),
    .story = Color::of(0xF6C445),
    .question = Color::of(0x55B3F7),
    .stop = Color::of(0xF0703A),
    .held = Color::of(0xC497B4),
    .plumb = Color::of(0x76797F),
    .story_text = Color::of(0xF6C445),
    .question_text = Color::of(0x55B3F7),
    .stop_text = Color::of(0xF0703A),
    .held_text = Color::of(0xC497B4),
    .home = Color::of(0x1D222B),
    .provider = Color::of(0x1A2230),
    .internet = Color::of(0x11151C),
    .organisation = Color::of(0x1D2129),
};

constexpr Theme light_theme{
    .name = ThemeName::light,
    .desk = Color::of(0xF6F1E5),
    .sheet = Color::of(0xFFFDF7),
    .card = Color::of(0xFFFDF7),
    .raised = Color::of(0xE9E2D2),
    .line = Color::of(0xB4AC9A),
    .field_line = Color::of(0x858D98),
    .territory_line = Color::of(0x858D98),
    .link = Color::of(0x7C8490),
    .text = Color::of(0x161B26),
    .text2 = Color::of(0x3A4150),
    .text3 = Color::of(0x4A515F),
    .node = Color::of(0x161B26),
    .node_dim = Color::of(0x858D98),
    .paper = Color::of(0xFFFDF7),
    .ink = Color::of(0x161B26),
    .edge = Color::of(0x161B26),
    .slip = Color::of(0x161B26),
    .slip_text = Color::of(0xFFFDF7),
    .pleat_a = Color::of(0xF6F1E5),
    .pleat_b = Color::of(0xE9E2D2),
    .button = Color::of(0xF6F1E5),
    .story = Color::of(0xE8B02E),
    .question = Color::of(0x174CB0),
    .stop = Color::of(0xC23208),
    .held = Color::of(0x7E2B62),
    .plumb = Color::of(0x858D98),
    .story_text = Color::of(0x161B26),
    .question_text = Color::of(0x123F94),
    .stop_text = Color::of(0x8E2405),
    .held_text = Color::of(0x5C1D47),
    .home = Color::of(0xFFFDF7),
    .provider = Color::of(0xFFFDF7),
    .internet = Color::of(0xF6F1E5),
    .organisation = Color::of(0xFFFDF7),
};

} // namespace

const Theme& theme(ThemeName name) { return name == ThemeName::dark ? dark_theme : light_theme; }

Theme Theme::ahead() const
{
    Theme faint = *this;
    for (Color* color : {&faint.question, &faint.node_dim, &faint.edge, &faint.plumb})
        *color = mix(sheet, *color, 0.45f);
    if (is_dark())
        faint.paper = mix(sheet, paper, 0.45f);
    else
        faint.ink = mix(sheet, ink, 0.45f);
    return faint;
}

Theme Theme::on_paper() const
{
    Theme on = light_theme;
    on.paper = on.desk = on.sheet = on.card = paper;
    return on;
}

} // namespace tegami::draw
