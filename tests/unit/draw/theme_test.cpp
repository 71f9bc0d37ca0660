#include "viz/draw/theme.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace tegami::draw;

namespace {

double channel(std::uint8_t value)
{
    const double part = value / 255.0;
    return part <= 0.04045 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4);
}

/// WCAG 2.2, "contrast ratio".
double contrast(Color a, Color b)
{
    const auto luminance = [](Color c) {
        return 0.2126 * channel(c.r) + 0.7152 * channel(c.g) + 0.0722 * channel(c.b);
    };
    const double light = std::max(luminance(a), luminance(b)), dark = std::min(luminance(a), luminance(b));
    return (light + 0.05) / (dark + 0.05);
}

} // namespace

TEST_CASE("text can be read on every ground that it stands on", "[theme]")
{
    for (const ThemeName name : {ThemeName::dark, ThemeName::light}) {
        const Theme& each = theme(name);
        INFO((each.is_dark() ? "dark" : "light"));
        for (const Color ground : {each.desk, each.sheet, each.card, each.raised}) {
            CHECK(contrast(each.text, ground) >= 10);
            CHECK(contrast(each.text2, ground) >= 7);
        }
        for (const Color ground : {each.desk, each.sheet, each.card}) {
            CHECK(contrast(each.text3, ground) >= 5);
            CHECK(contrast(each.stop_text, ground) >= 4.5);
            CHECK(contrast(each.held_text, ground) >= 4.5);
            CHECK(contrast(each.question_text, ground) >= 4.5);
        }
        CHECK(contrast(each.ink, each.story) >= 7);
        CHECK(contrast(each.ink, each.paper) >= 7);
        CHECK(contrast(each.slip_text, each.slip) >= 7);
        CHECK(contrast(each.sheet, each.question) >= 7);
        // Shapes: 3 to 1.
        CHECK(contrast(each.node_dim, each.sheet) >= 3);
        CHECK(contrast(each.link, each.sheet) >= 3);
        CHECK(contrast(each.field_line, each.card) >= 3);
    }
}

TEST_CASE("gold is never text in the light theme", "[theme]")
{
    CHECK(theme(ThemeName::light).story_text == theme(ThemeName::light).text);
}

TEST_CASE("on paper the light theme's colours hold", "[theme]")
{
    const Theme paper = theme(ThemeName::dark).on_paper();
    CHECK_FALSE(paper.is_dark());
    CHECK(paper.sheet == theme(ThemeName::dark).paper);
    CHECK(contrast(paper.text3, paper.sheet) >= 5);
    CHECK(contrast(paper.stop_text, paper.sheet) >= 7);
}

TEST_CASE("what lies ahead is fainter, and nothing else changes", "[theme]")
{
    const Theme& dark = theme(ThemeName::dark);
    const Theme ahead = dark.ahead();
    CHECK(contrast(ahead.question, dark.sheet) < contrast(dark.question, dark.sheet));
    CHECK(ahead.text == dark.text);
    CHECK(ahead.story == dark.story);
}
