#pragma once
/// Draws in logical pixels on one of ImGui's draw lists: crisp edges, dashes, clockwise polygons, text that stands where a
/// designer means it. Edges of rectangles and of straight lines lie on whole pixels at any scale.

#include "viz/draw/drawing_log.hpp"
#include "viz/draw/theme.hpp"
#include "viz/draw/type.hpp"
#include "viz/draw/wrap.hpp"

#include <span>
#include <string_view>

struct ImDrawList;

namespace tegami::draw {

/// Lengths of a stroke and of the gap behind it, in logical pixels. 0: a whole line.
struct Dash {
    float on = 0, off = 0;
};

/// How a paragraph stands.
struct Paragraph {
    TextStyle style{};
    float line_height = 23;
    Color color, bold_color;
    std::size_t most_lines = 1'000; ///< what is behind them is left out
};

class Canvas {
  public:
    /// All must outlive it. `log` may be null.
    Canvas(ImDrawList& list, const Type& type, const Rect& all, DrawingLog* log = nullptr);

    const Type& type() const { return type_; }
    float scale() const { return type_.scale(); }
    const Rect& clip() const { return clips_.back(); }
    ImDrawList& list() { return list_; }

    // ---- shapes -------------------------------------------------------------------------------------------------------

    void fill(const Rect& rect, Color color, float radius = 0);
    /// Within the rectangle, along its edge.
    void outline(const Rect& rect, Color color, float thickness = 1, float radius = 0, Dash dash = {});
    void disc(Point center, float radius, Color color);
    /// `radius`: of the middle of its line.
    void ring(Point center, float radius, Color color, float thickness = 1, Dash dash = {});
    /// Degrees, clockwise from the right.
    void arc(Point center, float radius, float from, float to, Color color, float thickness = 1);
    /// Convex.
    void polygon(std::span<const Point> points, Color color);
    void polygon(std::initializer_list<Point> points, Color color)
    {
        polygon(std::span{points.begin(), points.size()}, color);
    }
    void line(Point from, Point to, Color color, float thickness = 1, Dash dash = {});
    void polyline(std::span<const Point> points, Color color, float thickness = 1, bool closed = false, Dash dash = {});
    void polyline(std::initializer_list<Point> points, Color color, float thickness = 1, bool closed = false,
                  Dash dash = {})
    {
        polyline(std::span{points.begin(), points.size()}, color, thickness, closed, dash);
    }
    /// A polyline with rounded corners.
    void path(std::span<const Point> points, float radius, Color color, float thickness = 1, Dash dash = {});

    // ---- text ---------------------------------------------------------------------------------------------------------

    /// `at`: the em box's upper left corner, or the middle or right end of its upper edge. Returns the width.
    float text(Point at, std::string_view text, Color color, const TextStyle& style = {}, Align align = Align::left);
    /// In at most `width`; what is too long ends with "…". Returns the width.
    float text_within(Point at, float width, std::string_view text, Color color, const TextStyle& style = {},
                      Align align = Align::left);
    /// The text, shortened so that it is at most so wide.
    std::string fitted(std::string_view text, float width, const TextStyle& style) const;
    float width(std::string_view text, const TextStyle& style = {}) const { return type_.width(text, style); }
    /// Marked text (wrap.hpp) in lines. Returns the height.
    float paragraph(Point at, float width, std::string_view marked, const Paragraph& how);
    float paragraph_height(float width, std::string_view marked, const Paragraph& how) const;

    // ---- regions ------------------------------------------------------------------------------------------------------

    /// Nothing is drawn outside `rect` until it ends.
    class Clip {
      public:
        Clip(Canvas& canvas, const Rect& rect);
        ~Clip();
        Clip(const Clip&) = delete;
        Clip& operator=(const Clip&) = delete;

      private:
        Canvas& canvas_;
    };
    /// From here on `rect` hides what was drawn before: a sheet laid over it.
    void cover(const Rect& rect);

  private:
    std::vector<Line> lines_of(float width, std::string_view marked, const TextStyle& style) const;
    float px(float logical) const { return logical * type_.scale(); }
    float whole_px(float logical) const { return std::round(logical * type_.scale()); }
    float thick_px(float logical) const;
    void stroke(std::span<const Point> pixels, Color color, float thickness, bool closed, Dash dash);
    void log_filling(const Rect& rect, Color color);

    ImDrawList& list_;
    const Type& type_;
    DrawingLog* log_;
    std::vector<Rect> clips_;
    std::vector<Point> scratch_;
};

} // namespace tegami::draw
