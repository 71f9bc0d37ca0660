/// Draws a lesson's screen as it is at a time, for looking at.
/// screen LESSON.toml SECONDS PICTURE.png [en|ja] [dark|light] [WIDTHxHEIGHT] [SCALE]

#include "sim/export/frame_reader.hpp"
#include "sim/scenario/world.hpp"
#include "viz/parts/journey.hpp"
#include "viz/parts/stage.hpp"
#include "viz/parts/timeline.hpp"
#include "viz/window/graphics.hpp"

#include <backends/imgui_impl_opengl3.h>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <imgui.h>
#include <sstream>

using namespace tegami;

namespace {

std::string read(const char* path)
{
    std::ifstream in{path};
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

} // namespace

int main(int argc, char** argv)
{
    if (argc < 4) return 2;
    const std::string text = read(argv[1]);
    auto loaded = scenario::read_scenario(text);
    if (!loaded) return 1;
    scenario::WorldOptions options;
    options.file = argv[1];
    options.text = text;
    auto world = scenario::World::build(*loaded, options, std::make_unique<run::MemorySink>());
    if (!world) return 1;
    (*world)->run_until((*world)->end());
    if (!(*world)->finish()) return 1;
    const run::Log log = run::Log::of((*world)->recorder().kept());
    const run::Journeys journeys{log};
    const auto language = argc > 4 && std::string{argv[4]} == "ja" ? narration::Language::ja : narration::Language::en;
    const auto catalogue = narration::Catalogue::load(language);
    const narration::Names names{log.header()};
    const narration::Narrator narrator{catalogue, names};
    const draw::Theme& theme =
        draw::theme(argc > 5 && std::string{argv[5]} == "light" ? draw::ThemeName::light : draw::ThemeName::dark);
    int width = 1280, height = 720;
    if (argc > 6) std::sscanf(argv[6], "%dx%d", &width, &height);
    const float scale = argc > 7 ? std::stof(argv[7]) : 1;

    const model::Flights flights{log};
    const model::Moments moments{log, flights};
    std::vector<model::Crossing> crossings;
    for (const model::Flight& flight : flights.all())
        for (const model::Leg& leg : flights.legs(flight)) crossings.push_back({leg.begun, leg.over});
    std::vector<model::Time> instants;
    for (const model::Moment& each : moments.of(model::Unit::mail_event)) instants.push_back(each.at);
    const model::StoryTime time{log.start(), log.end(), std::move(crossings), std::move(instants)};
    const exporting::AddressBook book{log, names};
    exporting::Telling telling{log.header(), narrator};
    telling.book = &book;
    exporting::FrameReader reader{log, journeys, telling};
    const auto shapes = model::shapes_of(log, reader);
    const model::Timeline timeline = model::timeline_of(journeys, flights, moments, time, shapes);
    model::Playback playback{time};
    const double asked = std::stod(argv[2]);
    playback.seek(log.start() + wire::Duration{static_cast<std::int64_t>(asked * 1e9)});

    auto graphics = window::Offscreen::open();
    if (!graphics) return 1;
    ImGui::CreateContext();
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = nullptr;
    ImGui_ImplOpenGL3_Init("#version 130");
    draw::Type type;
    std::string words = text;
    for (const char* file : {"en", "ja"})
        words += read((std::string{TEGAMI_SOURCE_DIR} + "/assets/locale/parts/window." + file + ".po").c_str()) +
                 read((std::string{TEGAMI_SOURCE_DIR} + "/assets/locale/" + file + ".po").c_str());
    if (!type.bake(*io.Fonts, {.scale = scale, .words = words, .largest_texture = graphics->largest_texture()}))
        return 1;
    io.DisplaySize = {static_cast<float>(width), static_cast<float>(height)};
    io.DeltaTime = 1.0f / 60;
    ImGui_ImplOpenGL3_NewFrame();

    const geometry::Rect all{0, 0, static_cast<float>(width) / scale, static_cast<float>(height) / scale};
    const float side = 4 * std::round(std::min(560.0f, all.w * 0.34f) / 4);
    const geometry::Rect stage_rect{0, 108, all.w - side, all.h - 108 - 120 - 136};
    const model::Stage stage = model::lay_out(log.header(), *loaded, {stage_rect.w, stage_rect.h});
    const auto build = [&] {
        ImGui::NewFrame();
        parts::Things things;
        draw::Canvas canvas{*ImGui::GetBackgroundDrawList(), type, all};
        parts::Frame frame{canvas, theme, narrator, things};
        canvas.fill({0, 0, all.w, 40}, theme.desk);
        const auto mail = journeys.mails().empty() ? std::nullopt : std::optional{journeys.mails().front().id};
        const model::JourneyStrip strip = model::journey_strip(journeys, mail, playback.now());
        parts::StageScene scene{stage, *loaded, flights, shapes, playback.now(), {}};
        for (const model::FrameRef ref : flights.under_way(playback.now()))
            if (flights.leg_at(flights.of(ref), playback.now())) scene.now = ref;
        if (scene.now) {
            const auto legs = flights.legs(flights.of(*scene.now));
            const auto& nics = log.header().nics;
            scene.lit = {nics[static_cast<std::size_t>(legs.front().from)].host,
                         nics[static_cast<std::size_t>(legs.back().to)].host};
            scene.slip = reader.read(*scene.now).info;
        }
        draw_ground(frame, scene, stage_rect);
        draw_traffic(frame, scene, stage_rect);
        canvas.fill({all.w - side, 108, side, all.h - 228}, theme.sheet);
        draw_journey(frame, strip, {0, 40, all.w, 68});
        canvas.line({0, 108}, {all.w, 108}, theme.line);
        std::string step = strip.at ? std::string{run::step_name(strip.cells[*strip.at].step)} : std::string{};
        draw_timeline(frame, {timeline, time, playback, step, 1}, {0, all.h - 120, all.w, 120});
        ImGui::Render();
    };
    build();
    const auto begun = std::chrono::steady_clock::now();
    for (int i = 0; i < 20; ++i) build();
    std::printf("%d flights, %.1f s watched, %.2f ms a frame\n", static_cast<int>(flights.all().size()), time.length(),
                std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begun).count() / 20);
    const std::uint32_t ground =
        static_cast<std::uint32_t>(theme.desk.r) << 16 | static_cast<std::uint32_t>(theme.desk.g) << 8 | theme.desk.b;
    const auto written = window::write_png(graphics->draw(*ImGui::GetDrawData(), width, height, ground), argv[3]);
    return written ? 0 : 1;
}
