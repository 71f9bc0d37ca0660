#include "viz/parts/timeline.hpp"

#include "viz/draw/controls.hpp"
#include "viz/draw/marks.hpp"
#include "viz/parts/signs.hpp"

#include <fmt/format.h>

namespace tegami::parts {

namespace {

using draw::label_size;

constexpr float fold_width = 84, label_width = 80;

/// "0.764 s", "12.3 s", "29:58", "2:11:05".
std::string clock_text(model::Duration since, bool fine)
{
    const std::int64_t ms = since.ns / 1'000'000;
    if (ms < 60'000) {
        if (fine) return fmt::format("{}.{:03} s", ms / 1'000, ms % 1'000);
        return ms % 1'000 == 0 ? fmt::format("{} s", ms / 1'000) : fmt::format("{}.{} s", ms / 1'000, ms % 1'000 / 100);
    }
    const std::int64_t s = ms / 1'000;
    if (s < 3'600) return fmt::format("{}:{:02}", s / 60, s % 60);
    return fmt::format("{}:{:02}:{:02}", s / 3'600, s / 60 % 60, s % 60);
}

/// "29 min 58 s": what a fold skips.
std::string length_text(const Frame& frame, model::Duration length)
{
    const std::int64_t s = (length.ns + 500'000'000) / 1'000'000'000;
    const auto part = [&](std::string_view key, std::int64_t n) { return frame.word(key, {{"n", n}}); };
    if (s < 60) return part("window.time.seconds", s);
    if (s < 3'600)
        return s % 60 == 0 ? part("window.time.minutes", s / 60)
                           : frame.word("window.time.minutes_seconds", {{"minutes", s / 60}, {"seconds", s % 60}});
    return s / 60 % 60 == 0 ? part("window.time.hours", s / 3'600)
                            : frame.word("window.time.hours_minutes", {{"hours", s / 3'600}, {"minutes", s / 60 % 60}});
}

/// Seconds watched to pixels: folds have a width of their own, the rest shares what is left.
class Axis {
  public:
    Axis(const model::StoryTime& time, float from, float to) : time_{time}, from_{from}
    {
        const auto folds = time.folds();
        double folded = 0;
        for (const model::TimeFold& fold : folds)
            if (!fold.open) folded += fold.watched_to - fold.watched_from, ++closed_;
        // With many folds each becomes narrower, so that what happens keeps half the room.
        width_ = closed_ == 0 ? 0 : std::min(fold_width, (to - from) / 2 / static_cast<float>(closed_));
        const double busy = time.length() - folded;
        scale_ = busy <= 0 ? 0 : (to - from - width_ * static_cast<float>(closed_)) / static_cast<float>(busy);
    }

    float x(double watched) const
    {
        double before = watched;
        float x = from_;
        for (const model::TimeFold& fold : time_.folds()) {
            if (fold.open || fold.watched_from >= watched) continue;
            const double crossed = std::min(watched, fold.watched_to) - fold.watched_from;
            const double whole = fold.watched_to - fold.watched_from;
            before -= crossed;
            x += width_ * static_cast<float>(whole <= 0 ? 1 : crossed / whole);
        }
        return x + static_cast<float>(before) * scale_;
    }
    float at(model::Time time) const { return x(time_.watched(time)); }

  private:
    const model::StoryTime& time_;
    float from_ = 0, width_ = 0, scale_ = 0;
    std::size_t closed_ = 0;
};

class Drawing {
  public:
    Drawing(Frame& frame, const TimelineScene& scene, const Rect& rect)
        : frame_{frame},
          canvas_{frame.canvas},
          theme_{frame.theme},
          ahead_{frame.theme.ahead()},
          scene_{scene},
          rect_{rect},
          rows_from_{rect.x + 16 + transport_width() + 24},
          from_{rows_from_ + label_width},
          to_{rect.right() - 20},
          axis_{scene.time, from_, to_},
          head_{axis_.at(scene.playback.now())},
          base_{rect.y + 88}
    {
    }

    void draw()
    {
        canvas_.fill(rect_, theme_.sheet);
        canvas_.line({rect_.x, rect_.y + 0.5f}, {rect_.right(), rect_.y + 0.5f}, theme_.line);
        transport();
        constexpr std::string_view keys[] = {"window.timeline.mail", "window.timeline.commands",
                                             "window.timeline.packets"};
        for (std::size_t i = 0; i < 3; ++i) {
            canvas_.text_within({rows_from_, row(i) - 7}, label_width - 6, frame_.word(keys[i]), theme_.text2,
                                {label_size});
            canvas_.line({from_ - 8, row(i)}, {to_, row(i)}, theme_.line);
        }
        axis();
        {
            const draw::Canvas::Clip clip{canvas_, {from_ - 10, rect_.y, to_ - from_ + 26, rect_.h}};
            marks(scene_.timeline.packets, row(2), 10);
            marks(scene_.timeline.commands, row(1), 12);
            mails();
        }
        folds();
        playhead();
        frame_.things.add({.name = frame_.word("window.timeline.name"),
                           .rect = {from_, rect_.y + 6, to_ - from_, rect_.h - 12},
                           .region = Region::timeline,
                           .command = model::Seek{scene_.playback.now()},
                           .focusable = false});
    }

  private:
    static float transport_width() { return 4 * 40 + 12 + 3 * 6; }
    float row(std::size_t i) const { return rect_.y + 24 + 22 * static_cast<float>(i); }
    bool is_ahead(float x) const { return x > head_ + 1; }

    void transport()
    {
        float x = rect_.x + 16;
        const bool playing = scene_.playback.playing();
        struct Button {
            draw::Transport sign;
            std::string_view key;
            model::Command command;
            bool bright;
        };
        const Button buttons[] = {
            {draw::Transport::first, "window.timeline.first", model::ToStart{}, false},
            {draw::Transport::back, "window.timeline.back", model::StepBy{-1}, false},
            {playing ? draw::Transport::pause : draw::Transport::play,
             playing ? "window.timeline.pause" : "window.timeline.play", model::PlayOrPause{}, true},
            {draw::Transport::forward, "window.timeline.forward", model::StepBy{1}, false},
        };
        for (const Button& button : buttons) {
            const Rect here{x, rect_.y + 14, button.bright ? 52.0f : 40.0f, 36};
            canvas_.fill(here, button.bright ? theme_.slip : theme_.button, 6);
            draw::transport_sign(canvas_, button.sign, here.center(), button.bright ? theme_.slip_text : theme_.text2,
                                 button.bright ? 9 : 7);
            frame_.things.add(
                {.name = frame_.word(button.key), .rect = here, .region = Region::timeline, .command = button.command});
            x += here.w + 6;
        }
        const float end = rect_.x + 16 + transport_width();
        canvas_.text({rect_.x + 16, rect_.y + 63}, frame_.word("window.timeline.unit"), theme_.text3, {label_size});
        const double speed = scene_.playback.speed();
        const std::string times = speed >= 1 ? fmt::format("{}×", static_cast<int>(speed))
                                             : fmt::format("1/{}×", static_cast<int>(1 / speed));
        canvas_.text({end, rect_.y + 63}, frame_.word("window.timeline.speed", {{"times", times}}), theme_.text2,
                     {label_size}, draw::Align::right);
        const std::array<std::string, 3> units = {frame_.word("window.timeline.unit.packet"),
                                                  frame_.word("window.timeline.unit.command"),
                                                  frame_.word("window.timeline.unit.mail")};
        const auto rects =
            draw::segments(canvas_, theme_, {rect_.x + 16, rect_.y + 84}, units,
                           static_cast<std::size_t>(scene_.playback.unit()), {.padding = 6, .ground = theme_.desk});
        for (std::size_t i = 0; i < rects.size(); ++i)
            frame_.things.add({.name = units[i],
                               .rect = rects[i],
                               .region = Region::timeline,
                               .command = model::StepUnit{static_cast<model::Unit>(i)}});
    }

    void axis()
    {
        float from = from_;
        for (const model::TimeFold& fold : scene_.time.folds()) {
            if (fold.open) continue;
            canvas_.line({from, base_}, {axis_.x(fold.watched_from), base_}, theme_.text3, 1.5f);
            from = axis_.x(fold.watched_to);
        }
        canvas_.line({from, base_}, {to_, base_}, theme_.text3, 1.5f);
        float last = -1'000;
        for (const model::Tick& tick : model::ticks_of(scene_.time, to_ - from_, 64)) {
            const float x = axis_.x(tick.watched);
            canvas_.line({x, base_ - 3}, {x, base_ + 3}, theme_.text3, 1.5f);
            const std::string words = clock_text(tick.at - scene_.time.start(), false);
            const float half = canvas_.width(words, {label_size}) / 2;
            if (!tick.labelled || std::abs(x - head_) < 52 || x - half < last + 10 || x + half > to_ + 16) continue;
            if (in_fold_label(x - half, x + half)) continue;
            canvas_.text({x, base_ + 9}, words, theme_.text3, {label_size}, draw::Align::center);
            last = x + half;
        }
    }

    bool in_fold_label(float from, float to) const
    {
        for (const model::TimeFold& fold : scene_.time.folds()) {
            if (fold.open) continue;
            const float middle = (axis_.x(fold.watched_from) + axis_.x(fold.watched_to)) / 2;
            if (from < middle + 50 && to > middle - 50) return true;
        }
        return false;
    }

    /// Marks that would lie on each other are one; those that were stopped always show.
    void marks(const std::vector<model::Mark>& all, float y, float size)
    {
        constexpr float apart = 8;
        float last = -1'000;
        for (const model::Mark& mark : all) {
            const float x = axis_.x(mark.watched);
            if (x - last < apart && !mark.stopped) continue;
            const Theme& theme = is_ahead(x) ? ahead_ : theme_;
            draw::PacketLook look{.ground = theme_.sheet};
            if (mark.stopped) look.color = theme_.stop;
            draw::packet(canvas_, theme, packet_of(mark.shape), {x, y}, size, look);
            last = x;
        }
    }

    void mails()
    {
        float last = -1'000;
        const float y = row(0);
        for (const model::MailMark& mark : scene_.timeline.mails) {
            if (scene_.followed != 0 && mark.mail != scene_.followed) continue;
            const float x = axis_.x(mark.watched);
            const bool ahead = is_ahead(x), begins = mark.standing == model::StepStanding::now;
            const Color color = ahead ? theme_.text3 : theme_.text;
            const std::string code{run::step_name(mark.step)};
            if (code.ends_with(".dns")) continue; // part of a step
            const float width = canvas_.width(code, {label_size, true, false});
            if (begins)
                canvas_.fill({x - 1.5f, y - 8, 3, 16}, ahead ? theme_.node_dim : theme_.edge);
            else
                draw::step_sign(canvas_, theme_, sign_of(mark.standing), {x, y}, 7, theme_.sheet);
            const float text = x + (begins ? 6.0f : 12.0f);
            const bool under_label = !scene_.step.empty() && text < head_ + 26 && text + width > head_ - 26;
            if (!begins || text < last + 6 || under_label) continue;
            canvas_.text({text, y - 7.5f}, code, color, {label_size, !ahead, false});
            last = text + width;
        }
    }

    void folds()
    {
        std::size_t i = 0;
        for (const model::TimeFold& fold : scene_.time.folds()) {
            const float from = axis_.x(fold.watched_from), to = axis_.x(fold.watched_to);
            const std::size_t index = i++;
            if (fold.open || to - from < 8) continue;
            const Rect pleated{from + 3, rect_.y + 12, to - from - 6, 66};
            draw::pleats(canvas_, theme_, pleated);
            draw::zigzag(canvas_, from + 3, to - 3, base_, theme_.text2);
            const std::string words = length_text(frame_, fold.to - fold.from);
            const float middle = (from + to) / 2, half = canvas_.width(words, {label_size, true, false}) / 2;
            if (std::abs(middle - head_) > half + 40 && middle + half < rect_.right() - 4)
                canvas_.text({middle, base_ + 9}, words, theme_.text, {label_size, true, false}, draw::Align::center);
            frame_.things.add(
                {.name = words, .rect = pleated, .region = Region::timeline, .command = model::OpenFold{index}});
        }
    }

    void playhead()
    {
        canvas_.fill({head_ - 1.5f, rect_.y + 6, 3, base_ - rect_.y}, theme_.story);
        if (!theme_.is_dark()) {
            canvas_.fill({head_ - 2.5f, rect_.y + 6, 1, base_ - rect_.y}, theme_.ink);
            canvas_.fill({head_ + 1.5f, rect_.y + 6, 1, base_ - rect_.y}, theme_.ink);
        }
        const draw::TextStyle bold{label_size, true, false};
        const std::string now = clock_text(scene_.playback.now() - scene_.time.start(), true);
        const float width = canvas_.width(now, bold) + 16;
        const float left = std::clamp(head_ - width / 2, rows_from_, rect_.right() - 4 - width);
        draw::gold(canvas_, theme_, {left, base_ + 6, width, 22});
        canvas_.text({left + width / 2, base_ + 10}, now, theme_.ink, bold, draw::Align::center);
        if (scene_.step.empty()) return;
        const float badge = canvas_.width(scene_.step, bold) + 12;
        const Rect at{std::clamp(head_ - badge / 2, rows_from_, rect_.right() - 4 - badge), rect_.y + 13, badge, 20};
        draw::gold(canvas_, theme_, at);
        canvas_.text({at.center().x, at.y + 3}, scene_.step, theme_.ink, bold, draw::Align::center);
    }

    Frame& frame_;
    draw::Canvas& canvas_;
    const Theme& theme_;
    Theme ahead_;
    const TimelineScene& scene_;
    Rect rect_;
    float rows_from_, from_, to_;
    Axis axis_;
    float head_, base_;
};

} // namespace

void draw_timeline(Frame& frame, const TimelineScene& scene, const Rect& rect) { Drawing{frame, scene, rect}.draw(); }

} // namespace tegami::parts
