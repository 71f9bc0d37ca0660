#include "viz/draw/packets.hpp"

namespace tegami::draw {

namespace {

struct Drawing {
    Canvas& canvas;
    const Theme& theme;
    Point c;
    float s;
    const PacketLook& look;
    float stroke;

    std::array<Point, 4> diamond(float r) const
    {
        return {Point{c.x, c.y - r}, Point{c.x + r, c.y}, Point{c.x, c.y + r}, Point{c.x - r, c.y}};
    }
    void line(float x1, float y1, float x2, float y2, Color color, float thickness)
    {
        canvas.line({c.x + x1 * s, c.y + y1 * s}, {c.x + x2 * s, c.y + y2 * s}, color, thickness);
    }

    void name_system(Packet which)
    {
        if (which == Packet::dns_query) {
            canvas.polygon(diamond(s * 0.62f), look.ground);
            canvas.polyline(diamond(s * 0.58f), theme.question, stroke, true);
            if (s >= 14)
                canvas.text({c.x, c.y - s * 0.34f}, "?", theme.question, {s * 0.66f, true, false}, Align::center);
            return;
        }
        canvas.polygon(diamond(s * 0.64f), theme.question);
        if (which == Packet::dns_no_name) {
            line(-0.17f, -0.17f, 0.17f, 0.17f, look.ground, stroke);
            line(-0.17f, 0.17f, 0.17f, -0.17f, look.ground, stroke);
        } else if (s >= 14) {
            line(-0.2f, -0.11f, 0.2f, -0.11f, look.ground, stroke);
            line(-0.2f, 0.13f, 0.2f, 0.13f, look.ground, stroke);
        }
    }
    void control(Packet which)
    {
        const float dir = look.direction;
        const Color color = look.color.value_or(theme.node_dim);
        const std::array<Point, 3> triangle = {Point{c.x - dir * s * 0.42f, c.y - s * 0.46f},
                                               Point{c.x + dir * s * 0.5f, c.y},
                                               Point{c.x - dir * s * 0.42f, c.y + s * 0.46f}};
        canvas.polygon(triangle, which == Packet::syn ? look.ground : color);
        if (which == Packet::syn) canvas.polyline(triangle, color, stroke, true);
        if (which != Packet::rst) return;
        line(-dir * 0.32f, -0.16f, 0, 0.16f, look.ground, stroke);
        line(-dir * 0.32f, 0.16f, 0, -0.16f, look.ground, stroke);
    }
    void sheet(Packet which)
    {
        const float w = s * 1.1f, h = s * 0.78f, x = c.x - w / 2, y = c.y - h / 2;
        const bool hollow = which == Packet::reply;
        const Color fill = hollow ? look.ground : theme.paper;
        const Color writing = hollow ? theme.edge : theme.ink;
        std::vector<Point> outline = {{x, y}, {x + w, y}, {x + w, y + h}, {x, y + h}};
        if (which == Packet::retrieval) { // a corner is cut: what was fetched is torn off
            outline = {{x, y}, {x + w, y}, {x + w, y + h * 0.6f}, {x + w * 0.7f, y + h}, {x, y + h}};
            canvas.polygon(outline, fill);
        } else {
            canvas.fill({x, y, w, h}, fill, 1);
        }
        if (hollow || !theme.is_dark()) canvas.polyline(outline, theme.edge, stroke, true);
        switch (which) {
        case Packet::tls:
            for (int i = 1; i < 6; ++i) {
                const float at = x + w * static_cast<float>(i) / 6;
                canvas.line({at - 2, y + h * 0.82f}, {at + 2, y + h * 0.18f}, theme.ink, 1.25f);
            }
            return;
        case Packet::http:
            canvas.line({x, y + h * 0.34f}, {x + w, y + h * 0.34f}, writing, 1.5f);
            canvas.disc({x + w * 0.14f, y + h * 0.17f}, 1.4f, writing);
            canvas.line({x + w * 0.18f, y + h * 0.67f}, {x + w * 0.7f, y + h * 0.67f}, writing, 1.25f);
            return;
        case Packet::data:
            if (s < 9) return;
            for (const float at : {0.25f, 0.5f, 0.75f})
                canvas.line({x + w * 0.18f, y + h * at}, {x + w * (at > 0.7f ? 0.62f : 0.82f), y + h * at}, writing,
                            std::max(1.25f, s / 12));
            return;
        default:
            if (s < 9) return;
            canvas.line({x + w * 0.18f, y + h / 2}, {x + w * 0.62f, y + h / 2}, writing, std::max(1.25f, s / 12));
        }
    }
    void round(Packet which)
    {
        canvas.disc(c, s * 0.5f, look.ground);
        canvas.ring(c, s * 0.44f, theme.node_dim, stroke);
        if (which == Packet::icmp) canvas.disc(c, s * 0.16f, theme.node_dim);
    }
};

} // namespace

void packet(Canvas& canvas, const Theme& theme, Packet which, Point center, float size, const PacketLook& look)
{
    Drawing drawing{canvas, theme, center, size, look, std::max(1.5f, size / 9)};
    switch (which) {
    case Packet::dns_query:
    case Packet::dns_answer:
    case Packet::dns_no_name: return drawing.name_system(which);
    case Packet::syn:
    case Packet::ack:
    case Packet::rst: return drawing.control(which);
    case Packet::command:
    case Packet::reply:
    case Packet::data:
    case Packet::tls:
    case Packet::retrieval:
    case Packet::http: return drawing.sheet(which);
    case Packet::neighbour:
    case Packet::icmp: return drawing.round(which);
    }
}

void envelope(Canvas& canvas, const Theme& theme, Point center, float width, std::string_view number,
              const EnvelopeLook& look)
{
    const float height = width * 0.68f, x = center.x - width / 2, y = center.y - height / 2;
    const float stroke = std::max(1.25f, width / 30), radius = width * 0.06f;
    if (look.shadow) {
        const Color shadow = theme.is_dark() ? Color{0, 0, 0, 140} : theme.line.faded(0.8f);
        canvas.fill({x + width * 0.045f, y + width * 0.06f, width, height}, shadow, radius);
    }
    canvas.fill({x, y, width, height}, theme.paper, radius);
    canvas.polyline({{x + width * 0.04f, y + height * 0.06f},
                     {center.x, y + height * 0.58f},
                     {x + width * 0.96f, y + height * 0.06f}},
                    theme.ink, stroke);
    if (!theme.is_dark()) canvas.outline({x, y, width, height}, theme.ink, std::max(1.5f, width / 24), radius);
    if (number.empty()) return;
    const float seal = width * look.seal;
    const Point at{center.x, y + height * 0.6f};
    canvas.disc(at, seal, theme.ink);
    canvas.disc(at, seal - stroke, look.followed ? theme.story : theme.paper);
    const float size = seal * (number.size() > 1 ? 1.0f : 1.32f);
    canvas.text({at.x, at.y - size / 2}, number, theme.ink, {size, true, false}, Align::center);
}

void now_ring(Canvas& canvas, const Theme& theme, Point center, Color ground, float radius)
{
    canvas.disc(center, radius + 2, ground);
    canvas.ring(center, radius, theme.story, 3);
    if (!theme.is_dark()) canvas.ring(center, radius + 2, theme.ink, 1.5f);
}

} // namespace tegami::draw
