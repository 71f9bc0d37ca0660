#include "viz/draw/controls.hpp"

#include "viz/draw/marks.hpp"

namespace tegami::draw {

void gold(Canvas& canvas, const Theme& theme, const Rect& rect, float radius)
{
    canvas.fill(rect, theme.story, radius);
    if (!theme.is_dark()) canvas.outline(rect, theme.ink, 1.5f, radius);
}

void gold_bar(Canvas& canvas, const Theme& theme, const Rect& rect)
{
    canvas.fill(rect, theme.story, 2);
    if (!theme.is_dark()) canvas.fill({rect.right(), rect.y, 1.5f, rect.h}, theme.ink);
}

void focus_ring(Canvas& canvas, const Theme& theme, const Rect& rect, float radius)
{
    canvas.outline(rect.inset(-4), theme.edge, 2, radius + 3);
}

float chip_width(const Canvas& canvas, std::string_view words, const ChipLook& look)
{
    return canvas.width(words, look.style) + 2 * look.padding;
}

float chip(Canvas& canvas, const Theme& theme, Point corner, std::string_view words, const ChipLook& look)
{
    const Rect rect{corner.x, corner.y, chip_width(canvas, words, look), look.height};
    if (look.is_gold)
        gold(canvas, theme, rect);
    else if (look.fill.a > 0)
        canvas.fill(rect, look.fill, 4);
    if (look.line.a > 0) canvas.outline(rect, look.line, 1, 4);
    canvas.text({rect.center().x, rect.y + (rect.h - look.style.size) / 2 - 0.5f}, words,
                look.is_gold ? theme.ink : look.text, look.style, Align::center);
    return rect.w;
}

float key_cap_width(const Canvas& canvas, std::string_view key)
{
    return std::max(20.0f, canvas.width(key, {label_size}) + 10);
}

float key_cap(Canvas& canvas, const Theme& theme, Point corner, std::string_view key)
{
    const float width = key_cap_width(canvas, key);
    canvas.outline({corner.x, corner.y, width, 20}, theme.node_dim, 1, 3);
    canvas.text({corner.x + width / 2, corner.y + 3}, key, theme.text2, {label_size}, Align::center);
    return width;
}

std::vector<Rect> segments(Canvas& canvas, const Theme& theme, Point corner, std::span<const std::string> choices,
                           std::size_t chosen, const SegmentsLook& look)
{
    std::vector<float> widths;
    float all = 0;
    for (const std::string& each : choices)
        all += widths.emplace_back(canvas.width(each, {label_size, true, false}) + 2 * look.padding);
    float x = look.from_right ? corner.x - all : corner.x;
    canvas.fill({x, corner.y, all, look.height}, look.ground, 4);
    std::vector<Rect> rects;
    for (std::size_t i = 0; i < choices.size(); ++i) {
        const Rect rect{x, corner.y, widths[i], look.height};
        const bool on = i == chosen;
        if (on) {
            canvas.fill(rect.inset(2), theme.raised, 3);
            canvas.fill({rect.x + look.padding, rect.bottom() - 4, rect.w - 2 * look.padding, 2}, theme.text);
        }
        canvas.text({rect.center().x, rect.y + (rect.h - label_size) / 2 - 1}, choices[i],
                    on ? theme.text : theme.text3, {label_size, on, false}, Align::center);
        rects.push_back(rect);
        x += rect.w;
    }
    return rects;
}

float button_width(const Canvas& canvas, std::string_view words, std::string_view key, bool bright)
{
    const float cap = key.empty() ? 0 : key_cap_width(canvas, key) + 10;
    return canvas.width(words, {body_size, bright, false}) + 28 + cap;
}

Rect button(Canvas& canvas, const Theme& theme, Point corner, std::string_view words, std::string_view key,
            const ButtonLook& look)
{
    const Rect rect{corner.x, corner.y, button_width(canvas, words, key, look.bright), look.height};
    Color text = look.off ? theme.text3 : theme.text;
    if (look.bright) {
        canvas.fill(rect, theme.slip, 4);
        text = theme.slip_text;
    } else {
        canvas.outline(rect, look.off ? theme.field_line : theme.is_dark() ? theme.node_dim : theme.link, 1, 4);
    }
    const float written =
        canvas.text({rect.x + 14, rect.y + (rect.h - body_size) / 2 - 1}, words, text, {body_size, look.bright, false});
    if (!key.empty()) {
        const Rect cap{rect.x + 14 + written + 10, rect.y + (rect.h - 20) / 2, key_cap_width(canvas, key), 20};
        canvas.outline(cap, look.bright ? text : theme.node_dim, 1, 3);
        canvas.text({cap.center().x, cap.y + 3}, key, look.bright ? text : theme.text2, {label_size}, Align::center);
    }
    if (look.focused) focus_ring(canvas, theme, rect);
    return rect;
}

void field_frame(Canvas& canvas, const Theme& theme, const Rect& rect, FieldState state)
{
    const Color line = theme.is_dark() ? theme.field_line : theme.link;
    if (state != FieldState::off) canvas.fill(rect, theme.is_dark() ? theme.desk : Color::of(0xFFFDF7), 4);
    switch (state) {
    case FieldState::rest: canvas.outline(rect, line, 1, 4); break;
    case FieldState::focused:
        canvas.outline(rect, line, 1, 4);
        focus_ring(canvas, theme, rect);
        break;
    case FieldState::wrong: canvas.outline(rect.inset(-1), theme.stop, 2, 4); break;
    case FieldState::off: canvas.outline(rect, theme.node_dim, 1, 4, {3, 3}); break;
    }
}

void locked_value(Canvas& canvas, const Theme& theme, const Rect& rect, std::string_view value, bool mono)
{
    const TextStyle style{mono ? label_size : body_size, false, mono};
    const float written = canvas.text_within({rect.x + 8, rect.y + (rect.h - style.size) / 2 - 1}, rect.w - 30, value,
                                             theme.text2, style);
    padlock(canvas, {rect.x + 8 + written + 14, rect.center().y - 2}, theme.text3);
}

void radio_button(Canvas& canvas, const Theme& theme, Point center, bool on)
{
    canvas.ring(center, 7, on ? theme.edge : theme.node_dim, 2);
    if (on) canvas.disc(center, 3.8f, theme.edge);
}

void check_box(Canvas& canvas, const Theme& theme, Point corner, bool on)
{
    canvas.outline({corner.x, corner.y, 16, 16}, on ? theme.edge : theme.node_dim, 2, 4);
    if (!on) return;
    canvas.polyline(
        {{corner.x + 4, corner.y + 8}, {corner.x + 7, corner.y + 11.5f}, {corner.x + 12.5f, corner.y + 4.5f}},
        theme.edge, 2.2f);
}

void slip(Canvas& canvas, const Theme& theme, const Rect& rect, Point nose, std::string_view words, float size)
{
    const float root = std::clamp(nose.x, rect.x + 11, rect.right() - 11);
    if (nose.y < rect.y)
        canvas.polygon({{root - 8, rect.y + 1}, {nose.x, nose.y}, {root + 8, rect.y + 1}}, theme.slip);
    else
        canvas.polygon({{root - 8, rect.bottom() - 1}, {nose.x, nose.y}, {root + 8, rect.bottom() - 1}}, theme.slip);
    canvas.fill(rect, theme.slip, 3);
    canvas.text_within({rect.center().x, rect.y + (rect.h - size) / 2 - 0.5f}, rect.w - 16, words, theme.slip_text,
                       {size, true, false}, Align::center);
}

void paper_sheet(Canvas& canvas, const Theme& theme, const Rect& rect, float radius)
{
    const Color shadow = theme.is_dark() ? Color{0, 0, 0, 115} : theme.line.faded(0.7f);
    canvas.fill(rect.moved({6, 8}), shadow, radius);
    canvas.fill(rect, theme.paper, radius);
    if (!theme.is_dark()) canvas.outline(rect, theme.edge, 1.5f, radius);
}

} // namespace tegami::draw
