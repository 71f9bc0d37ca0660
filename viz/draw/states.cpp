#include "viz/draw/states.hpp"

#include <numbers>

namespace tegami::draw {

void step_sign(Canvas& canvas, const Theme& theme, StepSign sign, Point c, float r, Color ground)
{
    const float t = std::max(2.0f, r / 4.5f);
    const auto at = [&](float x, float y) { return Point{c.x + x * r, c.y + y * r}; };
    const auto octagon = [&] {
        std::array<Point, 8> corners;
        for (std::size_t i = 0; i < 8; ++i) {
            const float angle = std::numbers::pi_v<float> * (0.125f + static_cast<float>(i) * 0.25f);
            corners[i] = at(1.16f * std::cos(angle), 1.16f * std::sin(angle));
        }
        canvas.polygon(corners, theme.stop);
    };
    switch (sign) {
    case StepSign::not_yet:
        canvas.disc(c, r * 0.8f, ground);
        canvas.ring(c, r * 0.72f, theme.node_dim, 2);
        break;
    case StepSign::now:
        canvas.disc(c, r * 1.75f, ground);
        canvas.ring(c, r * 1.55f, theme.story, t * 1.1f);
        canvas.disc(c, r * 1.12f, theme.story);
        if (!theme.is_dark()) {
            canvas.ring(c, r * 1.55f + t * 0.8f, theme.ink, 1.5f);
            canvas.ring(c, r * 1.12f, theme.ink, 1.5f);
        }
        canvas.polygon({at(-0.34f, -0.5f), at(0.56f, 0), at(-0.34f, 0.5f)}, theme.ink);
        break;
    case StepSign::done:
        canvas.disc(c, r, theme.edge);
        canvas.polyline({at(-0.45f, 0.02f), at(-0.1f, 0.38f), at(0.48f, -0.34f)}, ground, t);
        break;
    case StepSign::skipped: canvas.line(at(-0.6f, 0), at(0.6f, 0), theme.node_dim, 2); break;
    case StepSign::deferred: // an hourglass
        canvas.polygon({at(-0.8f, -1), at(0.8f, -1), at(0, 0.06f)}, theme.held);
        canvas.polygon({at(-0.8f, 1), at(0.8f, 1), at(0, -0.06f)}, theme.held);
        canvas.line(at(-0.95f, -1), at(0.95f, -1), theme.held, t);
        canvas.line(at(-0.95f, 1), at(0.95f, 1), theme.held, t);
        break;
    case StepSign::quarantined:
        canvas.fill(Rect::around(c, 2 * r, 2 * r), theme.held, r * 0.25f);
        for (const float x : {-0.5f, 0.15f, 0.8f})
            canvas.line(at(x - 0.45f, 0.62f), at(x + 0.15f, -0.62f), ground, t * 0.9f);
        break;
    case StepSign::blocked: // no entry
        octagon();
        canvas.fill(Rect::around(c, 1.24f * r, 0.4f * r), ground);
        break;
    case StepSign::refused:
        octagon();
        canvas.line(at(-0.4f, -0.4f), at(0.4f, 0.4f), ground, t * 1.1f);
        canvas.line(at(-0.4f, 0.4f), at(0.4f, -0.4f), ground, t * 1.1f);
        break;
    case StepSign::failed:
        canvas.polygon({at(0, -1.15f), at(1.15f, 0.85f), at(-1.15f, 0.85f)}, theme.stop);
        canvas.line(at(0, -0.35f), at(0, 0.2f), ground, t);
        canvas.disc(at(0, 0.55f), t * 0.55f, ground);
        break;
    case StepSign::bounced: // turning back
        canvas.polyline({at(0.9f, 0.75f), at(0.9f, -0.1f), at(0.55f, -0.5f), at(-0.5f, -0.5f)}, theme.stop, t * 1.2f);
        canvas.polygon({at(-1.1f, -0.5f), at(-0.3f, -1.1f), at(-0.3f, 0.1f)}, theme.stop);
        break;
    case StepSign::discarded:
        canvas.ring(c, r * 0.86f, theme.stop, t * 1.1f);
        canvas.line(at(-0.95f, 0.95f), at(0.95f, -0.95f), theme.stop, t * 1.1f);
        break;
    }
}

} // namespace tegami::draw
