#pragma once
/// Points and rectangles in logical pixels: x to the right, y down. One logical pixel is `scale` pixels of the screen.

#include <algorithm>
#include <cmath>

namespace tegami::geometry {

struct Point {
    float x = 0, y = 0;

    friend Point operator+(Point a, Point b) { return {a.x + b.x, a.y + b.y}; }
    friend Point operator-(Point a, Point b) { return {a.x - b.x, a.y - b.y}; }
    friend Point operator*(Point a, float by) { return {a.x * by, a.y * by}; }
    bool operator==(const Point&) const = default;
};

inline float length(Point p) { return std::hypot(p.x, p.y); }
/// `part` 0 is a, 1 is b.
inline Point between(Point a, Point b, float part) { return a + (b - a) * part; }

struct Rect {
    float x = 0, y = 0, w = 0, h = 0;

    float right() const { return x + w; }
    float bottom() const { return y + h; }
    Point center() const { return {x + w / 2, y + h / 2}; }
    bool empty() const { return w <= 0 || h <= 0; }
    bool contains(Point p) const { return p.x >= x && p.x < right() && p.y >= y && p.y < bottom(); }
    bool contains(const Rect& other, float slack = 0) const
    {
        return other.x >= x - slack && other.y >= y - slack && other.right() <= right() + slack &&
               other.bottom() <= bottom() + slack;
    }
    Rect inset(float by) const { return inset(by, by); }
    Rect inset(float across, float down) const { return {x + across, y + down, w - 2 * across, h - 2 * down}; }
    Rect moved(Point by) const { return {x + by.x, y + by.y, w, h}; }
    /// What both have; empty where they have nothing in common.
    Rect shared(const Rect& other) const
    {
        const float left = std::max(x, other.x), top = std::max(y, other.y);
        return {left, top, std::min(right(), other.right()) - left, std::min(bottom(), other.bottom()) - top};
    }
    /// The smallest around both.
    Rect joined(const Rect& other) const
    {
        const float left = std::min(x, other.x), top = std::min(y, other.y);
        return {left, top, std::max(right(), other.right()) - left, std::max(bottom(), other.bottom()) - top};
    }
    static Rect around(Point center, float width, float height)
    {
        return {center.x - width / 2, center.y - height / 2, width, height};
    }
    bool operator==(const Rect&) const = default;
};

} // namespace tegami::geometry
