#include "viz/draw/icons.hpp"

namespace tegami::draw {

namespace {

/// Units of the grid to logical pixels.
struct Grid {
    Canvas& canvas;
    Point corner;
    float unit;
    Color color, knock;

    Point at(float x, float y) const { return {corner.x + x * unit, corner.y + y * unit}; }
    void box(float x, float y, float w, float h, float radius = 0)
    {
        canvas.fill({corner.x + x * unit, corner.y + y * unit, w * unit, h * unit}, color, radius * unit);
    }
    void hole(float x, float y, float w, float h, float radius = 0)
    {
        canvas.fill({corner.x + x * unit, corner.y + y * unit, w * unit, h * unit}, knock, radius * unit);
    }
    void shape(std::initializer_list<Point> points)
    {
        std::vector<Point> placed;
        for (const Point& each : points) placed.push_back(at(each.x, each.y));
        canvas.polygon(placed, color);
    }
    void stroke(std::initializer_list<Point> points, float width, bool cut = true)
    {
        std::vector<Point> placed;
        for (const Point& each : points) placed.push_back(at(each.x, each.y));
        canvas.polyline(placed, cut ? knock : color, width * unit);
    }
    void dot(float x, float y, float radius, bool cut = true)
    {
        canvas.disc(at(x, y), radius * unit, cut ? knock : color);
    }
    void book()
    {
        box(4, 2, 17, 20, 2);
        stroke({{8, 2}, {8, 22}}, 1.4f);
    }
    void body() { shape({{3.5f, 22}, {5, 16}, {8.5f, 13.4f}, {15.5f, 13.4f}, {19, 16}, {20.5f, 22}}); }
};

} // namespace

void icon(Canvas& canvas, Icon which, Point center, float size, Color color, Color knock)
{
    Grid grid{canvas, {center.x - size / 2, center.y - size / 2}, size / 24, color, knock};
    switch (which) {
    case Icon::mua: // a laptop whose screen is a letter's flap
        grid.box(3, 3, 18, 13, 2);
        grid.stroke({{6, 6.5f}, {12, 11.5f}, {18, 6.5f}}, 1.6f);
        grid.shape({{3, 17.5f}, {21, 17.5f}, {23, 21}, {1, 21}});
        break;
    case Icon::msa: // a post box
        grid.box(5, 2, 14, 16, 5);
        grid.box(5, 9, 14, 9);
        grid.box(3, 18, 18, 4, 1);
        grid.hole(8, 6.5f, 8, 2.4f, 1);
        grid.hole(9, 12, 6, 3.6f, 0.6f);
        break;
    case Icon::mta: // onward
        grid.shape({{7, 2.5f}, {17, 2.5f}, {22.5f, 12}, {17, 21.5f}, {7, 21.5f}, {1.5f, 12}});
        grid.stroke({{6.5f, 12}, {16.5f, 12}}, 2.2f);
        grid.stroke({{12.5f, 8}, {16.5f, 12}, {12.5f, 16}}, 2.2f);
        break;
    case Icon::mda: // down: in
        grid.shape({{3, 2}, {21, 2}, {21, 13}, {12, 22.5f}, {3, 13}});
        grid.stroke({{12, 5.5f}, {12, 15.5f}}, 2.2f);
        grid.stroke({{8, 11.5f}, {12, 15.5f}, {16, 11.5f}}, 2.2f);
        break;
    case Icon::mailbox: // a tray with a letter
        grid.shape({{5, 2}, {19, 2}, {19, 10}, {5, 10}});
        grid.stroke({{5, 2.4f}, {12, 7.6f}, {19, 2.4f}}, 1.6f);
        grid.shape({{1, 11.5f}, {23, 11.5f}, {20.5f, 22}, {3.5f, 22}});
        grid.hole(8.5f, 14.8f, 7, 2.2f, 1);
        break;
    case Icon::mra: // up: out
        grid.shape({{12, 1.5f}, {21, 11}, {21, 22}, {3, 22}, {3, 11}});
        grid.stroke({{12, 18.5f}, {12, 8.5f}}, 2.2f);
        grid.stroke({{8, 12.5f}, {12, 8.5f}, {16, 12.5f}}, 2.2f);
        break;
    case Icon::resolver: // a glass that asks
        grid.dot(10, 10, 8.6f, false);
        grid.stroke({{16, 16}, {21.5f, 21.5f}}, 4, false);
        canvas.text(grid.at(10, 3.6f), "?", knock, {13 * grid.unit, true, false}, Align::center);
        break;
    case Icon::name_server: // a book that knows
        grid.book();
        grid.stroke({{11, 7.5f}, {18, 7.5f}}, 1.8f);
        grid.stroke({{11, 12}, {18, 12}}, 1.8f);
        grid.stroke({{11, 16.5f}, {15.5f, 16.5f}}, 1.8f);
        break;
    case Icon::root_server:
        grid.book();
        grid.dot(14.5f, 12, 2.6f);
        break;
    case Icon::tld_server: // a dot and a word
        grid.book();
        grid.dot(11.8f, 9, 1.5f);
        grid.hole(10.6f, 13.6f, 8, 2.4f, 1);
        break;
    case Icon::router:
        grid.dot(12, 12, 10.5f, false);
        grid.stroke({{5.5f, 12}, {18.5f, 12}}, 2);
        grid.stroke({{12, 5.5f}, {12, 18.5f}}, 2);
        grid.stroke({{8, 9.5f}, {5.5f, 12}, {8, 14.5f}}, 2);
        grid.stroke({{16, 9.5f}, {18.5f, 12}, {16, 14.5f}}, 2);
        break;
    case Icon::home_router:
        grid.box(2, 12.5f, 20, 8.5f, 2);
        grid.stroke({{6, 13}, {4.5f, 4}}, 2, false);
        grid.stroke({{18, 13}, {19.5f, 4}}, 2, false);
        grid.dot(6.5f, 16.8f, 1.4f);
        grid.dot(11, 16.8f, 1.4f);
        break;
    case Icon::gate:
        grid.box(1, 3, 22, 5, 1);
        grid.box(2.5f, 8, 5, 14);
        grid.box(16.5f, 8, 5, 14);
        break;
    case Icon::network_switch:
        grid.box(1, 7, 22, 10, 2);
        grid.hole(4, 10.5f, 3, 3);
        grid.hole(8.5f, 10.5f, 3, 3);
        grid.hole(13, 10.5f, 3, 3);
        grid.hole(17.5f, 10.5f, 2.5f, 3);
        break;
    case Icon::webmail:
        grid.box(2, 3, 20, 18, 2);
        grid.stroke({{2, 8}, {22, 8}}, 1.6f);
        grid.stroke({{7, 12}, {12, 16}, {17, 12}}, 1.6f);
        break;
    case Icon::mailing_list:
        grid.shape({{2, 8}, {12, 3}, {22, 8}, {22, 11}, {2, 11}});
        grid.box(4, 12, 3, 7);
        grid.box(10.5f, 12, 3, 7);
        grid.box(17, 12, 3, 7);
        grid.box(2, 20, 20, 2.5f);
        break;
    case Icon::person:
        grid.dot(12, 7, 4.8f, false);
        grid.body();
        break;
    case Icon::forger:
        grid.dot(12, 7, 4.8f, false);
        grid.body();
        grid.hole(6.5f, 5.2f, 11, 3.2f);
        break;
    }
}

} // namespace tegami::draw
