#include "viz/draw/canvas.hpp"

#include "viz/draw/utf8.hpp"

#include <imgui.h>
#include <numbers>

namespace tegami::draw {

namespace {

ImVec2 vec(Point point) { return {point.x, point.y}; }

} // namespace

Canvas::Canvas(ImDrawList& list, const Type& type, const Rect& all, DrawingLog* log)
    : list_{list}, type_{type}, log_{log}, clips_{all}
{
}

float Canvas::thick_px(float logical) const { return std::max(1.0f, std::floor(logical * type_.scale() + 0.5f)); }

// ---- shapes ----------------------------------------------------------------------------------------------------------

void Canvas::log_filling(const Rect& rect, Color color)
{
    if (log_) log_->fillings.push_back({rect, clip(), color});
}

void Canvas::fill(const Rect& rect, Color color, float radius)
{
    if (rect.empty()) return;
    log_filling(rect, color);
    list_.AddRectFilled({whole_px(rect.x), whole_px(rect.y)}, {whole_px(rect.right()), whole_px(rect.bottom())},
                        color.packed(), px(radius));
}

void Canvas::outline(const Rect& rect, Color color, float thickness, float radius, Dash dash)
{
    if (rect.empty()) return;
    const float thick = thick_px(thickness);
    const ImVec2 from{whole_px(rect.x) + thick / 2, whole_px(rect.y) + thick / 2};
    const ImVec2 to{whole_px(rect.right()) - thick / 2, whole_px(rect.bottom()) - thick / 2};
    const float round = std::max(0.0f, px(radius) - thick / 2);
    if (dash.on <= 0 && round <= 0) { // four bars are crisper than a stroke
        const std::uint32_t packed = color.packed();
        const float half = thick / 2;
        list_.AddRectFilled({from.x - half, from.y - half}, {to.x + half, from.y + half}, packed);
        list_.AddRectFilled({from.x - half, to.y - half}, {to.x + half, to.y + half}, packed);
        list_.AddRectFilled({from.x - half, from.y + half}, {from.x + half, to.y - half}, packed);
        list_.AddRectFilled({to.x - half, from.y + half}, {to.x + half, to.y - half}, packed);
        return;
    }
    list_.PathRect(from, to, round);
    if (dash.on <= 0) {
        list_.PathStroke(color.packed(), ImDrawFlags_Closed, thick);
        return;
    }
    std::vector<Point> points;
    for (const ImVec2& each : list_._Path) points.push_back({each.x, each.y});
    list_.PathClear();
    stroke(points, color, thick, true, dash);
}

void Canvas::disc(Point center, float radius, Color color)
{
    log_filling(Rect::around(center, radius * 1.4f, radius * 1.4f), color); // the square in it
    list_.AddCircleFilled({px(center.x), px(center.y)}, px(radius), color.packed());
}

void Canvas::ring(Point center, float radius, Color color, float thickness, Dash dash)
{
    list_.PathClear();
    const float segments = std::clamp(px(radius) * 1.6f, 12.0f, 96.0f);
    list_.PathArcTo({px(center.x), px(center.y)}, px(radius), 0, 2 * std::numbers::pi_v<float> * (1 - 1 / segments),
                    static_cast<int>(segments) - 1);
    if (dash.on <= 0) {
        list_.PathStroke(color.packed(), ImDrawFlags_Closed, std::max(1.0f, px(thickness)));
        return;
    }
    std::vector<Point> points;
    for (const ImVec2& each : list_._Path) points.push_back({each.x, each.y});
    list_.PathClear();
    stroke(points, color, std::max(1.0f, px(thickness)), true, dash);
}

void Canvas::arc(Point center, float radius, float from, float to, Color color, float thickness)
{
    constexpr float degree = std::numbers::pi_v<float> / 180;
    list_.PathClear();
    list_.PathArcTo({px(center.x), px(center.y)}, px(radius), from * degree, to * degree, 24);
    list_.PathStroke(color.packed(), 0, std::max(1.0f, px(thickness)));
}

void Canvas::polygon(std::span<const Point> points, Color color)
{
    float area = 0;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const Point a = points[i], b = points[(i + 1) % points.size()];
        area += a.x * b.y - b.x * a.y;
    }
    std::vector<ImVec2> given;
    given.reserve(points.size());
    for (const Point& each : points) given.push_back({px(each.x), px(each.y)});
    // The soft edge is turned inside out where the corners run against the clock.
    if (area < 0) std::ranges::reverse(given);
    list_.AddConvexPolyFilled(given.data(), static_cast<int>(given.size()), color.packed());
    if (!log_) return;
    log_->polygons_turned += area < 0;
    auto& logged = log_->polygons.emplace_back();
    for (const ImVec2& each : given) logged.push_back({each.x, each.y});
}

void Canvas::line(Point from, Point to, Color color, float thickness, Dash dash)
{
    const float thick = thick_px(thickness);
    const bool across = from.y == to.y, down = from.x == to.x;
    if (dash.on <= 0 && (across || down)) {
        if (across) {
            const float top = std::floor(px(from.y) - thick / 2 + 0.5f);
            list_.AddRectFilled({whole_px(std::min(from.x, to.x)), top},
                                {whole_px(std::max(from.x, to.x)), top + thick}, color.packed());
        } else {
            const float left = std::floor(px(from.x) - thick / 2 + 0.5f);
            list_.AddRectFilled({left, whole_px(std::min(from.y, to.y))},
                                {left + thick, whole_px(std::max(from.y, to.y))}, color.packed());
        }
        return;
    }
    std::array<Point, 2> ends = {Point{px(from.x), px(from.y)}, Point{px(to.x), px(to.y)}};
    if (dash.on > 0 && across) ends[0].y = ends[1].y = std::floor(ends[0].y - thick / 2 + 0.5f) + thick / 2;
    if (dash.on > 0 && down) ends[0].x = ends[1].x = std::floor(ends[0].x - thick / 2 + 0.5f) + thick / 2;
    stroke(ends, color, thick, false, dash);
}

void Canvas::polyline(std::span<const Point> points, Color color, float thickness, bool closed, Dash dash)
{
    scratch_.clear();
    for (const Point& each : points) scratch_.push_back({px(each.x), px(each.y)});
    const float thick = std::max(1.0f, px(thickness));
    stroke(scratch_, color, thick, closed, dash);
    if (dash.on > 0 || thick < 2.5f) return;
    // A stroke of ImGui's has cut ends and mitred corners: discs make them round.
    const float radius = thick / 2;
    for (std::size_t i = 0; i < scratch_.size(); ++i) {
        const bool end = !closed && (i == 0 || i + 1 == scratch_.size());
        if (end || thick >= 3) list_.AddCircleFilled(vec(scratch_[i]), radius, color.packed());
    }
}

void Canvas::path(std::span<const Point> points, float radius, Color color, float thickness, Dash dash)
{
    if (points.size() < 2) return;
    list_.PathClear();
    list_.PathLineTo({px(points.front().x), px(points.front().y)});
    for (std::size_t i = 1; i + 1 < points.size(); ++i) {
        const Point before = points[i - 1], corner = points[i], behind = points[i + 1];
        const float in = geometry::length(before - corner), out = geometry::length(behind - corner);
        const float cut = std::min({radius, in / 2, out / 2});
        if (in <= 0 || out <= 0) continue;
        const Point from = geometry::between(corner, before, cut / in),
                    to = geometry::between(corner, behind, cut / out);
        list_.PathLineTo({px(from.x), px(from.y)});
        list_.PathBezierQuadraticCurveTo({px(corner.x), px(corner.y)}, {px(to.x), px(to.y)}, 8);
    }
    list_.PathLineTo({px(points.back().x), px(points.back().y)});
    const float thick = thick_px(thickness);
    if (dash.on <= 0) {
        list_.PathStroke(color.packed(), 0, thick);
        return;
    }
    std::vector<Point> flat;
    for (const ImVec2& each : list_._Path) flat.push_back({each.x, each.y});
    list_.PathClear();
    stroke(flat, color, thick, false, dash);
}

void Canvas::stroke(std::span<const Point> pixels, Color color, float thickness, bool closed, Dash dash)
{
    if (pixels.size() < 2) return;
    if (dash.on <= 0) {
        list_.PathClear();
        for (const Point& each : pixels) list_.PathLineTo(vec(each));
        list_.PathStroke(color.packed(), closed ? ImDrawFlags_Closed : 0, thickness);
        return;
    }
    const float on = std::max(1.0f, px(dash.on)), off = std::max(1.0f, px(dash.off));
    bool drawing = true;
    float left = on; // of this stroke or gap
    list_.PathClear();
    list_.PathLineTo(vec(pixels.front()));
    const std::size_t pieces = closed ? pixels.size() : pixels.size() - 1;
    for (std::size_t i = 0; i < pieces; ++i) {
        Point at = pixels[i];
        const Point to = pixels[(i + 1) % pixels.size()];
        float ahead = geometry::length(to - at);
        while (ahead > left) {
            at = geometry::between(at, to, left / ahead);
            ahead = geometry::length(to - at);
            if (drawing) {
                list_.PathLineTo(vec(at));
                list_.PathStroke(color.packed(), 0, thickness);
            } else {
                list_.PathClear();
                list_.PathLineTo(vec(at));
            }
            drawing = !drawing;
            left = drawing ? on : off;
        }
        left -= ahead;
        if (drawing) list_.PathLineTo(vec(to));
    }
    if (drawing && list_._Path.Size > 1)
        list_.PathStroke(color.packed(), 0, thickness);
    else
        list_.PathClear();
}

// ---- text ------------------------------------------------------------------------------------------------------------

float Canvas::text(Point at, std::string_view text, Color color, const TextStyle& style, Align align)
{
    ImFont* const font = type_.face(style);
    if (!font || text.empty()) return 0;
    const float wide = type_.width(text, style);
    const float left = align == Align::left ? at.x : align == Align::center ? at.x - wide / 2 : at.x - wide;
    const float size = type_.pixels(style);
    if (log_) {
        Color ground{};
        const Rect box{left, at.y, wide, style.size};
        for (auto each = log_->fillings.rbegin(); each != log_->fillings.rend(); ++each)
            if (each->color.a == 255 && each->bounds.contains(box, 1) && each->clip.contains(box, 1)) {
                ground = each->color;
                break;
            }
        log_->texts.push_back({std::string{text}, box, clip(), style.size, style.bold, color, ground});
    }
    // 0.88 of an em is above the baseline; ImGui is told where the ascender ends.
    const float ascent = font->Ascent * size / font->FontSize;
    const ImVec2 position{std::round(px(left)), std::round(px(at.y + 0.88f * style.size)) - std::round(ascent)};

    std::string shown; // where something has to be replaced
    bool replaced = false;
    for (std::size_t i = 0; i < text.size() && !replaced;) {
        const char32_t character = next_character(text, i);
        replaced = drawable(character) != character;
    }
    if (replaced) {
        for (std::size_t i = 0; i < text.size();) {
            const std::size_t from = i;
            const char32_t character = next_character(text, i);
            if (drawable(character) == character && character != replacement_character)
                shown += text.substr(from, i - from);
            else
                shown += "\xEF\xBF\xBD";
        }
        text = shown;
    }
    list_.AddText(font, size, position, color.packed(), text.data(), text.data() + text.size());
    return wide;
}

std::string Canvas::fitted(std::string_view text, float width, const TextStyle& style) const
{
    if (type_.width(text, style) <= width + 0.5f) return std::string{text};
    const float room = width - type_.width("…", style);
    float sum = 0;
    std::size_t end = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t from = at;
        next_character(text, at);
        sum += type_.width(text.substr(from, at - from), style);
        if (sum > room) break;
        end = at;
    }
    while (end > 0 && text[end - 1] == ' ') --end;
    return std::string{text.substr(0, end)} + "…";
}

float Canvas::text_within(Point at, float width, std::string_view text, Color color, const TextStyle& style,
                          Align align)
{
    return this->text(at, fitted(text, width, style), color, style, align);
}

std::vector<Line> Canvas::lines_of(float width, std::string_view marked, const TextStyle& style) const
{
    return wrap(runs_of(marked), width, [&](std::string_view piece, bool bold, bool mono) {
        return type_.width(
            piece, {mono ? std::max(least_size, style.size - 1) : style.size, bold || style.bold, mono || style.mono});
    });
}

float Canvas::paragraph_height(float width, std::string_view marked, const Paragraph& how) const
{
    return static_cast<float>(std::min(lines_of(width, marked, how.style).size(), how.most_lines)) * how.line_height;
}

float Canvas::paragraph(Point at, float width, std::string_view marked, const Paragraph& how)
{
    const std::vector<Line> lines = lines_of(width, marked, how.style);
    const std::size_t shown = std::min(lines.size(), how.most_lines);
    for (std::size_t i = 0; i < shown; ++i) {
        const float top = at.y + static_cast<float>(i) * how.line_height + (how.line_height - how.style.size) / 2;
        for (const PlacedRun& placed : lines[i]) {
            TextStyle style = how.style;
            style.bold = style.bold || placed.run.bold;
            if (placed.run.mono) {
                style.mono = true;
                style.size = std::max(least_size, style.size - 1);
            }
            text({at.x + placed.x, top + (placed.run.mono ? 0.5f : 0)}, placed.run.text,
                 placed.run.bold ? how.bold_color : how.color, style);
        }
    }
    return static_cast<float>(shown) * how.line_height;
}

// ---- regions ---------------------------------------------------------------------------------------------------------

Canvas::Clip::Clip(Canvas& canvas, const Rect& rect) : canvas_{canvas}
{
    canvas.clips_.push_back(canvas.clip().shared(rect));
    const Rect& clip = canvas.clip();
    canvas.list_.PushClipRect({canvas.whole_px(clip.x), canvas.whole_px(clip.y)},
                              {canvas.whole_px(clip.right()), canvas.whole_px(clip.bottom())}, false);
}

Canvas::Clip::~Clip()
{
    canvas_.list_.PopClipRect();
    canvas_.clips_.pop_back();
}

void Canvas::cover(const Rect& rect)
{
    if (!log_) return;
    std::erase_if(log_->texts, [&](const DrawnText& each) { return !each.box.shared(rect).empty(); });
}

} // namespace tegami::draw
