// Draws into ImGui's lists without a window, and looks at what came of it.

#include "viz/draw/canvas.hpp"
#include "viz/draw/controls.hpp"
#include "viz/draw/icons.hpp"
#include "viz/draw/marks.hpp"
#include "viz/draw/packets.hpp"
#include "viz/draw/states.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <cstdio>
#include <imgui.h>
#include <memory>

using namespace tegami::draw;

namespace {

/// ImGui without a display, and a canvas on it.
class Desk {
  public:
    explicit Desk(float scale = 1)
    {
        ImGui::CreateContext();
        ImGuiIO& io = ImGui::GetIO();
        io.IniFilename = nullptr;
        ready_ = type_.bake(*io.Fonts, {.scale = scale, .words = "手紙"}).has_value();
        if (!ready_) return;
        unsigned char* pixels = nullptr;
        int width = 0, height = 0;
        io.Fonts->GetTexDataAsAlpha8(&pixels, &width, &height);
        io.DisplaySize = {1280 * scale, 720 * scale};
        io.DeltaTime = 1.0f / 60;
        ImGui::NewFrame();
        canvas_ = std::make_unique<Canvas>(*ImGui::GetBackgroundDrawList(), type_, Rect{0, 0, 1280, 720}, &log);
    }
    ~Desk()
    {
        if (ready_) ImGui::EndFrame();
        ImGui::DestroyContext();
    }

    bool ready() const
    {
        if (!ready_) std::puts("skipped: canvas: fonts-noto-cjk is not installed");
        return ready_;
    }
    Canvas& canvas() { return *canvas_; }
    Type& type() { return type_; }
    /// Corners of everything drawn so far.
    std::vector<Point> corners() const
    {
        std::vector<Point> all;
        for (const ImDrawVert& each : ImGui::GetBackgroundDrawList()->VtxBuffer)
            all.push_back({each.pos.x, each.pos.y});
        return all;
    }
    DrawingLog log;

  private:
    Type type_;
    std::unique_ptr<Canvas> canvas_;
    bool ready_ = false;
};

bool is_whole(float value) { return std::abs(value - std::round(value)) < 1e-3f; }

} // namespace

TEST_CASE("edges of rectangles and straight lines lie on whole pixels", "[canvas]")
{
    for (const float scale : {0.75f, 1.0f, 1.2f, 1.5f, 2.0f}) {
        Desk desk{scale};
        if (!desk.ready()) return;
        INFO(scale);
        desk.canvas().fill({10.3f, 20.7f, 101.1f, 33.3f}, {255, 255, 255});
        desk.canvas().outline({10.3f, 60.2f, 101.1f, 33.3f}, {255, 255, 255}, 1.5f);
        for (const float thickness : {1.0f, 1.5f, 2.0f, 3.0f}) {
            desk.canvas().line({7.1f, 33.4f}, {90.2f, 33.4f}, {255, 255, 255}, thickness);
            desk.canvas().line({7.1f, 33.4f}, {7.1f, 90.9f}, {255, 255, 255}, thickness);
        }
        for (const Point& corner : desk.corners()) {
            CHECK(is_whole(corner.x));
            CHECK(is_whole(corner.y));
        }
    }
}

TEST_CASE("every polygon of the kit runs clockwise", "[canvas]")
{
    Desk desk;
    if (!desk.ready()) return;
    Canvas& canvas = desk.canvas();
    for (const ThemeName name : {ThemeName::dark, ThemeName::light}) {
        const Theme& each = theme(name);
        for (std::size_t i = 0; i < icon_count; ++i)
            icon(canvas, static_cast<Icon>(i), {100, 100}, 46, each.node, each.desk);
        for (std::size_t i = 0; i < packet_count; ++i)
            for (const float direction : {1.0f, -1.0f})
                packet(canvas, each, static_cast<Packet>(i), {100, 100}, 20,
                       {.ground = each.desk, .direction = direction});
        for (std::size_t i = 0; i < step_sign_count; ++i)
            step_sign(canvas, each, static_cast<StepSign>(i), {100, 100}, 9, each.sheet);
        for (std::size_t i = 0; i < fault_count; ++i)
            fault_mark(canvas, each, static_cast<Fault>(i), {100, 100}, 9, each.sheet);
        for (const TagState state : {TagState::being_made, TagState::done, TagState::undone})
            tag(canvas, each, {100, 100}, "3", state, each.sheet);
        pleats(canvas, each, {10, 10, 92, 60});
        slip(canvas, each, {10, 10, 200, 32}, {60, 50}, "below");
    }
    REQUIRE(desk.log.polygons.size() > 60);
    for (const auto& polygon : desk.log.polygons) {
        float area = 0;
        for (std::size_t i = 0; i < polygon.size(); ++i) {
            const Point a = polygon[i], b = polygon[(i + 1) % polygon.size()];
            area += a.x * b.y - b.x * a.y;
        }
        CHECK(area > 0);
    }
}

TEST_CASE("text stands within its width, and says so", "[canvas]")
{
    Desk desk;
    if (!desk.ready()) return;
    Canvas& canvas = desk.canvas();
    const TextStyle style{body_size};
    const std::string fitted = canvas.fitted("alice@sakura.example.jp", 100, style);
    CHECK(fitted.ends_with("…"));
    CHECK(canvas.width(fitted, style) <= 100);
    CHECK(canvas.fitted("short", 100, style) == "short");
    canvas.fill({0, 0, 300, 40}, Color::of(0x1A202A));
    canvas.text({150, 10}, "手紙", {255, 255, 255}, style, Align::center);
    REQUIRE(desk.log.texts.size() == 1);
    CHECK(desk.log.texts[0].box.center().x == Approx(150));
    CHECK(desk.log.texts[0].ground == Color::of(0x1A202A));
    CHECK(canvas.width("手紙", style) == Approx(2 * body_size).epsilon(0.02));
}

TEST_CASE("widths in logical pixels are the same at every scale", "[canvas]")
{
    std::vector<float> widths;
    for (const float scale : {1.0f, 1.2f, 2.0f}) {
        Desk desk{scale};
        if (!desk.ready()) return;
        widths.push_back(desk.type().width("Who takes mail for example.com?", {body_size, true, false}));
    }
    CHECK(widths[1] == Approx(widths[0]).epsilon(0.02));
    CHECK(widths[2] == Approx(widths[0]).epsilon(0.02));
}

TEST_CASE("columns of octets keep their step", "[canvas]")
{
    Desk desk;
    if (!desk.ready()) return;
    const TextStyle mono{label_size, false, true};
    CHECK(desk.type().width("00", mono) == Approx(desk.type().width("ff", mono)));
    CHECK(desk.type().width("0", mono) * 10 == Approx(desk.type().width("0123456789", mono)));
}

TEST_CASE("a sheet hides what lies below, for the laws too", "[canvas]")
{
    Desk desk;
    if (!desk.ready()) return;
    desk.canvas().text({10, 10}, "below", {255, 255, 255});
    desk.canvas().cover({0, 0, 100, 100});
    CHECK(desk.log.texts.empty());
}
