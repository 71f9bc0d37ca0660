#include "viz/draw/marks.hpp"

#include "viz/draw/packets.hpp"

namespace tegami::draw {

void tag(Canvas& canvas, const Theme& theme, Point tip, std::string_view number, TagState state, Color ground,
         TagSize size)
{
    const float a = size.half_width, h = size.height;
    const std::array<Point, 5> outline = {Point{tip.x - a, tip.y - h - 5}, Point{tip.x + a, tip.y - h - 5},
                                          Point{tip.x + a, tip.y - 5}, tip, Point{tip.x - a, tip.y - 5}};
    Color writing = theme.text3;
    switch (state) {
    case TagState::done:
        canvas.polygon(outline, theme.edge);
        writing = theme.is_dark() ? theme.ink : theme.paper;
        break;
    case TagState::being_made:
        canvas.polygon(outline, ground);
        canvas.polyline(outline, theme.edge, 2, true);
        writing = theme.text;
        break;
    case TagState::undone:
        canvas.polygon(outline, ground);
        canvas.polyline(outline, theme.node_dim, 1.5f, true, {2, 3});
        break;
    }
    canvas.text({tip.x, tip.y - h - 4.5f + (h - 13) / 2}, number, writing, {label_size, true, false}, Align::center);
}

void fault_mark(Canvas& canvas, const Theme& theme, Fault fault, Point c, float r, Color ground, bool bare)
{
    const float t = std::max(2.0f, r / 4);
    const auto at = [&](float x, float y) { return Point{c.x + x * r, c.y + y * r}; };
    if (!bare) canvas.disc(c, r * 1.5f, ground);
    switch (fault) {
    case Fault::stopped:
        canvas.arc(at(0, 0.08f), r * 0.86f, -52, 232, theme.stop, t * 1.1f);
        canvas.line(at(0, -1), at(0, -0.05f), theme.stop, t * 1.1f);
        break;
    case Fault::power_cut:
        canvas.polygon({at(0.35f, -1.15f), at(0.1f, 0.12f), at(-0.75f, 0.2f)}, theme.stop);
        canvas.polygon({at(-0.1f, -0.12f), at(0.75f, -0.2f), at(-0.35f, 1.15f)}, theme.stop);
        break;
    case Fault::disk_full: {
        const Rect rect = Rect::around(c, r * 1.5f, r * 1.7f);
        canvas.fill(rect, theme.stop, 2);
        canvas.outline(rect.inset(t * 0.9f), ground, 1);
        break;
    }
    case Fault::cable_cut:
        canvas.line(at(-1.3f, 0), at(-0.5f, 0), theme.stop, t * 1.2f);
        canvas.line(at(0.5f, 0), at(1.3f, 0), theme.stop, t * 1.2f);
        canvas.line(at(-0.75f, 0.7f), at(-0.2f, -0.7f), theme.stop, t * 1.2f);
        canvas.line(at(0.2f, 0.7f), at(0.75f, -0.7f), theme.stop, t * 1.2f);
        break;
    case Fault::slow:
        canvas.ring(c, r * 0.88f, theme.held, t);
        canvas.line(c, at(0, -0.55f), theme.held, t);
        canvas.line(c, at(0.42f, 0.12f), theme.held, t);
        break;
    case Fault::loses:
        canvas.fill({c.x - r * 0.9f, c.y - r * 0.95f, r, r * 0.72f}, theme.stop, 1);
        canvas.line(at(0.1f, -0.35f), at(0.62f, 0.32f), theme.stop, t * 0.8f, {2, 3});
        canvas.outline({c.x + r * 0.05f, c.y + r * 0.3f, r, r * 0.7f}, theme.stop, t * 0.75f, 1);
        break;
    case Fault::drops_next:
        packet(canvas, theme, Packet::dns_answer, c, r * 1.9f, {.ground = ground});
        canvas.line(at(-0.95f, 0.95f), at(0.95f, -0.95f), ground, t * 2.4f);
        canvas.line(at(-0.95f, 0.95f), at(0.95f, -0.95f), theme.stop, t * 1.1f);
        break;
    }
}

float plate(Canvas& canvas, Point center, std::string_view words, Color line, Color text, Color ground, float size)
{
    const TextStyle style{size, true, false};
    const float width = canvas.width(words, style) + 12, height = size + 9;
    const Rect rect = Rect::around(center, width, height);
    canvas.fill(rect, ground, 4);
    canvas.outline(rect, line, 1.5f, 4);
    canvas.text({center.x, center.y - size / 2 - 1.5f}, words, text, style, Align::center);
    return width;
}

void padlock(Canvas& canvas, Point c, Color color)
{
    canvas.arc({c.x, c.y - 2}, 3.4f, 180, 360, color, 1.75f);
    canvas.line({c.x - 3.4f, c.y - 2}, {c.x - 3.4f, c.y}, color, 1.75f);
    canvas.line({c.x + 3.4f, c.y - 2}, {c.x + 3.4f, c.y}, color, 1.75f);
    canvas.fill({c.x - 5.5f, c.y - 1, 11, 8}, color, 1.5f);
}

void arrow_down(Canvas& canvas, Point c, Color color, float s)
{
    canvas.polygon({{c.x - s, c.y - s * 0.5f}, {c.x + s, c.y - s * 0.5f}, {c.x, c.y + s * 0.6f}}, color);
}

void arrow_up(Canvas& canvas, Point c, Color color, float s)
{
    canvas.polygon({{c.x - s, c.y + s * 0.5f}, {c.x, c.y - s * 0.6f}, {c.x + s, c.y + s * 0.5f}}, color);
}

void transport_sign(Canvas& canvas, Transport sign, Point c, Color color, float s)
{
    switch (sign) {
    case Transport::play:
        canvas.polygon({{c.x - s * 0.7f, c.y - s}, {c.x + s, c.y}, {c.x - s * 0.7f, c.y + s}}, color);
        break;
    case Transport::pause:
        canvas.fill({c.x - s * 0.7f, c.y - s, s * 0.5f, 2 * s}, color);
        canvas.fill({c.x + s * 0.2f, c.y - s, s * 0.5f, 2 * s}, color);
        break;
    case Transport::back:
        canvas.polygon({{c.x + s * 0.7f, c.y - s}, {c.x - s, c.y}, {c.x + s * 0.7f, c.y + s}}, color);
        break;
    case Transport::forward:
        canvas.polygon({{c.x - s * 0.7f, c.y - s}, {c.x + s, c.y}, {c.x - s * 0.7f, c.y + s}}, color);
        break;
    case Transport::first:
        canvas.fill({c.x - s, c.y - s, 2.5f, 2 * s}, color);
        canvas.polygon({{c.x + s, c.y - s}, {c.x - s * 0.55f, c.y}, {c.x + s, c.y + s}}, color);
        break;
    case Transport::last:
        canvas.fill({c.x + s - 2.5f, c.y - s, 2.5f, 2 * s}, color);
        canvas.polygon({{c.x - s, c.y - s}, {c.x + s * 0.55f, c.y}, {c.x - s, c.y + s}}, color);
        break;
    }
}

void pleats(Canvas& canvas, const Theme& theme, const Rect& rect)
{
    const int count = std::max(2, static_cast<int>(rect.w / 12));
    const float step = rect.w / static_cast<float>(count);
    for (int i = 0; i < count; ++i) {
        const float x = rect.x + static_cast<float>(i) * step;
        const bool up = i % 2 == 0;
        const float left = up ? 4.0f : 0.0f, right = up ? 0.0f : 4.0f;
        canvas.polygon({{x, rect.y + left},
                        {x + step, rect.y + right},
                        {x + step, rect.bottom() - left},
                        {x, rect.bottom() - right}},
                       up ? theme.pleat_a : theme.pleat_b);
    }
}

void zigzag(Canvas& canvas, float from, float to, float y, Color color)
{
    const int count = std::max(2, static_cast<int>((to - from) / 12));
    std::vector<Point> points;
    for (int i = 0; i <= count; ++i)
        points.push_back(
            {from + (to - from) * static_cast<float>(i) / static_cast<float>(count), y + (i % 2 ? 5.0f : -5.0f)});
    canvas.polyline(points, color, 1.75f);
}

} // namespace tegami::draw
