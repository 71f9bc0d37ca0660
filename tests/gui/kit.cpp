/// Draws the kit on one sheet, both themes side by side: roles, packets, states, tags, faults, controls. For looking at.
/// kit PICTURE.png [SCALE]

#include "viz/draw/controls.hpp"
#include "viz/draw/icons.hpp"
#include "viz/draw/marks.hpp"
#include "viz/draw/packets.hpp"
#include "viz/draw/states.hpp"
#include "viz/window/graphics.hpp"

#include <backends/imgui_impl_opengl3.h>
#include <cstdio>
#include <imgui.h>
#include <string>

namespace {

using namespace tegami::draw;

void half(Canvas& canvas, const Theme& theme, const Rect& rect)
{
    canvas.fill(rect, theme.desk);
    const auto head = [&](float y, std::string_view words) {
        canvas.text({rect.x + 20, y}, words, theme.text, {15, true, false});
        canvas.line({rect.x + 20, y + 22.5f}, {rect.right() - 20, y + 22.5f}, theme.field_line);
    };
    const auto across = [&](std::size_t i, std::size_t columns) {
        return rect.x + 20 + (rect.w - 40) / static_cast<float>(columns) * (static_cast<float>(i % columns) + 0.5f);
    };
    const auto down = [](std::size_t i, std::size_t columns) { return static_cast<float>(i / columns); };

    head(14, "Roles: the silhouette says who 役割：形で見分ける");
    for (std::size_t i = 0; i < icon_count; ++i)
        icon(canvas, static_cast<Icon>(i), {across(i, 6), 70 + 70 * down(i, 6)}, 46, theme.node, theme.desk);
    head(262, "Packets: hollow asks, solid answers パケット：中抜きは問い、塗りは答え");
    for (std::size_t i = 0; i < packet_count; ++i) {
        packet(canvas, theme, static_cast<Packet>(i), {across(i, 7), 310 + 46 * down(i, 7)}, 26,
               {.ground = theme.desk});
        packet(canvas, theme, static_cast<Packet>(i), {across(i, 7) + 30, 310 + 46 * down(i, 7)}, 10,
               {.ground = theme.desk});
    }
    head(390, "States of a step 段階の状態");
    for (std::size_t i = 0; i < step_sign_count; ++i)
        step_sign(canvas, theme, static_cast<StepSign>(i), {across(i, 12), 440}, 13, theme.desk);
    envelope(canvas, theme, {across(11, 12), 440}, 50, "1");
    head(470, "Acts and faults 操作と障害");
    tag(canvas, theme, {rect.x + 50, 530}, "1", TagState::being_made, theme.desk, {12, 18});
    tag(canvas, theme, {rect.x + 90, 530}, "2", TagState::done, theme.desk, {12, 18});
    tag(canvas, theme, {rect.x + 130, 530}, "3", TagState::undone, theme.desk, {12, 18});
    for (std::size_t i = 0; i < fault_count; ++i)
        fault_mark(canvas, theme, static_cast<Fault>(i), {rect.x + 190 + 44 * static_cast<float>(i), 518}, 12,
                   theme.desk);
    plate(canvas, {rect.x + 540, 518}, "rule 2 off", theme.stop, theme.text, theme.desk);
    head(548, "Controls 操作部品");
    float x = rect.x + 20;
    x = button(canvas, theme, {x, 582}, "Send at 12 s", "Ctrl+Enter", {.bright = true}).right() + 12;
    x = button(canvas, theme, {x, 582}, "やめる", "Esc").right() + 14;
    x = button(canvas, theme, {x, 582}, "Keep", "Enter", {.focused = true}).right() + 14;
    button(canvas, theme, {x, 582}, "適用", "", {.off = true});
    const std::array<std::string, 3> depths = {"Plain", "Exam words", "RFC"};
    segments(canvas, theme, {rect.x + 20, 632}, depths, 0, {.ground = theme.card});
    for (int i = 0; i < 4; ++i)
        field_frame(canvas, theme, {rect.x + 240 + 70 * static_cast<float>(i), 632, 56, 28},
                    static_cast<FieldState>(i));
    locked_value(canvas, theme, {rect.x + 520, 632, 90, 28}, "587", true);
    slip(canvas, theme, {rect.x + 20, 690, 290, 32}, {rect.x + 100, 682}, "Who takes mail for example.com?");
    now_ring(canvas, theme, {rect.x + 350, 700}, theme.desk);
    packet(canvas, theme, Packet::dns_query, {rect.x + 350, 700}, 27, {.ground = theme.desk});
    pleats(canvas, theme, {rect.x + 400, 670, 92, 60});
    zigzag(canvas, rect.x + 400, rect.x + 492, 742, theme.text2);
    transport_sign(canvas, Transport::play, {rect.x + 530, 700}, theme.text, 9);
    transport_sign(canvas, Transport::pause, {rect.x + 560, 700}, theme.text, 9);
    gold(canvas, theme, {rect.x + 590, 690, 40, 22});
    canvas.paragraph({rect.x + 20, 750}, rect.w - 40,
                     "The letter waits at Sakura Net’s mail server. It has read the part after the @, **example.com**, "
                     "but that is a name, not a machine. So it asks DNS for the **MX record**: `example.com IN MX ?` "
                     "手紙はさくらネットのメールサーバで待っています。@ の右の **example.com** "
                     "は読めましたが、これは名前で、届け先の機械ではありません。",
                     {.color = theme.text2, .bold_color = theme.text});
}

} // namespace

int main(int argc, char** argv)
{
    if (argc < 2) return 2;
    const float scale = argc > 2 ? std::stof(argv[2]) : 1;
    auto graphics = tegami::window::Offscreen::open();
    if (!graphics) {
        std::fprintf(stderr, "no OpenGL: %s\n", graphics.error().about.c_str());
        return 1;
    }
    ImGui::CreateContext();
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = nullptr;
    ImGui_ImplOpenGL3_Init("#version 130");
    Type type;
    const auto baked = type.bake(
        *io.Fonts, {.scale = scale,
                    .words = "役割形で見分けるパケット中抜きは問い塗りは答え段階の状態操作と障害操作部品やめる適用：、",
                    .largest_texture = graphics->largest_texture()});
    if (!baked) {
        std::fprintf(stderr, "no font: %s\n", baked.error().about.c_str());
        return 1;
    }
    const Rect all{0, 0, 1360, 880};
    const int width = static_cast<int>(all.w * scale), height = static_cast<int>(all.h * scale);
    io.DisplaySize = {static_cast<float>(width), static_cast<float>(height)};
    io.DeltaTime = 1.0f / 60;
    ImGui_ImplOpenGL3_NewFrame();
    ImGui::NewFrame();
    Canvas canvas{*ImGui::GetBackgroundDrawList(), type, all};
    half(canvas, theme(ThemeName::dark), {0, 0, all.w / 2, all.h});
    half(canvas, theme(ThemeName::light), {all.w / 2, 0, all.w / 2, all.h});
    ImGui::Render();
    const auto picture = graphics->draw(*ImGui::GetDrawData(), width, height, 0x11151C);
    const auto written = tegami::window::write_png(picture, argv[1]);
    if (!written) std::fprintf(stderr, "%s\n", written.error().c_str());
    ImGui_ImplOpenGL3_Shutdown();
    ImGui::DestroyContext();
    return written ? 0 : 1;
}
