#include "viz/parts/journey.hpp"

#include "viz/draw/controls.hpp"
#include "viz/parts/signs.hpp"

namespace tegami::parts {

namespace {

struct Group {
    std::size_t first, last;
    std::string_view key;
};
constexpr Group groups[] = {{0, 1, "window.journey.submit"},
                            {2, 4, "window.journey.find"},
                            {5, 7, "window.journey.check"},
                            {8, 11, "window.journey.deliver"}};
constexpr float margin = 16;
constexpr float codes_alone_below = 900; // wide

} // namespace

void draw_journey(Frame& frame, const model::JourneyStrip& strip, const Rect& rect)
{
    draw::Canvas& canvas = frame.canvas;
    const Theme& theme = frame.theme;
    const std::size_t count = strip.cells.size();
    const float cell = (rect.w - 2 * margin) / static_cast<float>(count);
    const auto middle = [&](std::size_t i) { return rect.x + margin + cell * (static_cast<float>(i) + 0.5f); };
    const bool with_groups = rect.h >= 60;
    const float track = rect.y + (with_groups ? 34 : 18), labels = rect.y + (with_groups ? 50 : 34);

    canvas.fill(rect, theme.sheet);
    if (with_groups)
        for (const Group& group : groups) {
            const float from = middle(group.first) - cell / 2 + 10, to = middle(group.last) + cell / 2 - 10;
            const float written = canvas.text_within({from, rect.y + 6}, to - from, frame.word(group.key), theme.text3,
                                                     {draw::label_size});
            if (from + written + 8 < to) canvas.line({from + written + 8, rect.y + 13}, {to, rect.y + 13}, theme.line);
        }

    const std::size_t at = strip.at.value_or(0);
    if (strip.at) canvas.line({middle(0), track}, {middle(at), track}, theme.edge, 4);
    canvas.line({middle(at), track}, {middle(count - 1), track}, theme.node_dim, 2, {3, 5});

    for (std::size_t i = 0; i < count; ++i) {
        const model::JourneyCell& step = strip.cells[i];
        const bool is_at = strip.at == i, is_now = is_at && step.standing == model::StepStanding::now;
        draw::step_sign(canvas, theme, sign_of(step.standing), {middle(i), track}, 9, theme.sheet);

        std::string name = frame.narrator.step(step.step);
        if (step.tries > 1) name += " ×" + std::to_string(step.tries);
        const std::string code{run::step_name(step.step)};
        const draw::TextStyle bold{draw::label_size, true, false}, style{draw::label_size, is_at, false};
        const float code_width = canvas.width(code, bold);
        const bool codes_alone = rect.w < codes_alone_below && !is_at;
        const float room = is_at ? cell * 1.6f : cell - 4;
        name = codes_alone ? std::string{} : canvas.fitted(name, room - code_width - 5, style);
        const float width = code_width + (name.empty() ? 0 : 5 + canvas.width(name, style));
        const float left = std::clamp(middle(i) - width / 2, rect.x + 8, rect.right() - 8 - width);
        if (is_now) draw::gold(canvas, theme, {left - 7, labels - 2, width + 14, 19});
        const bool faint =
            step.standing == model::StepStanding::not_yet || step.standing == model::StepStanding::skipped;
        const Color color = is_now ? theme.ink : faint ? theme.text3 : theme.text;
        canvas.text({left, labels}, code, color, bold);
        if (!name.empty()) canvas.text({left + code_width + 5, labels}, name, color, style);
        if (step.begun)
            frame.things.add({.name = code,
                              .rect = {middle(i) - cell / 2, rect.y, cell, rect.h},
                              .region = Region::journey,
                              .command = model::Seek{*step.begun}});
    }
}

} // namespace tegami::parts
