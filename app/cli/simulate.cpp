#include "app/cli/simulate.hpp"

#include "app/cli/interruption.hpp"
#include "app/cli/lessons.hpp"
#include "sim/narration/clock.hpp"

#include <algorithm>
#include <chrono>
#include <unistd.h>
#include <utility>

namespace tegami::cli {
namespace {

/// Runs a world in a hundred pieces, and once it has taken a while says after each how far it is.
void run_with_progress(scenario::World& world, engine::Time end, const Context& context,
                       const narration::Catalogue& catalogue)
{
    using Clock = std::chrono::steady_clock;
    constexpr int pieces = 100;
    const auto begun = Clock::now();
    auto said = begun;
    const engine::Duration whole = end - world.start();
    for (int piece = 1; piece <= pieces; ++piece) {
        world.run_until(piece == pieces ? end : world.start() + whole / pieces * piece);
        if (world.recorder().failure()) return;
        const auto now = Clock::now();
        if (now - begun < std::chrono::milliseconds{300} || now - said < std::chrono::milliseconds{100}) continue;
        said = now;
        context.console.progress(
            catalogue.text("cli.progress", {{"done", narration::duration_text(catalogue, whole / pieces * piece)},
                                            {"whole", narration::duration_text(catalogue, whole)}}));
    }
    context.console.progress({});
}

} // namespace

std::optional<OpenedSink> open_sink(const std::string& save, std::unique_ptr<run::Sink> otherwise,
                                    const Context& context, const narration::Catalogue& catalogue)
{
    if (save.empty()) return OpenedSink{std::move(otherwise), {}};
    auto file = run::FileSink::create(save);
    if (!file) {
        complain_of_writing(save, file.error(), context, catalogue);
        return std::nullopt;
    }
    std::string temporary = (*file)->temporary();
    return OpenedSink{std::move(*file), std::move(temporary)};
}

void complain_of_writing(const std::string& save, const run::FileError& error, const Context& context,
                         const narration::Catalogue& catalogue)
{
    complain(context, catalogue,
             catalogue.text("cli.error.file.write", {{"path", save}, {"detail", reason_of(error, catalogue)}}));
}

scenario::WorldOptions options_of(const ReadScenario& scenario, const std::string& file, const Context& context)
{
    scenario::WorldOptions options;
    options.file = file_name_of(file);
    options.text = scenario.text;
    options.language = narration::name(context.language);
    if (scenario.replay) {
        options.file = scenario.replay->file;
        options.inputs = scenario.replay->acts;
        options.plugs = scenario.replay->plugs;
    }
    return options;
}

std::optional<run::Log> play(const ReadScenario& scenario, const Playing& playing, const Context& context,
                             const narration::Catalogue& catalogue)
{
    auto opened = open_sink(playing.save, std::make_unique<run::MemorySink>(), context, catalogue);
    if (!opened) return std::nullopt;
    const RemovedWhenStopped removed_when_stopped{opened->temporary};
    scenario::WorldOptions options = options_of(scenario, playing.file, context);
    options.seed = playing.seed;
    options.level = playing.level;
    if (scenario.replay) {
        options.seed = scenario.replay->seed;
        options.frames = scenario.replay->frames;
    }
    auto world =
        scenario::World::build(scenario.loaded, std::move(options), std::move(opened->sink), playing.commentator);
    if (!world) {
        complain(context, catalogue, playing.file, world.error());
        return std::nullopt;
    }
    const engine::Time own_end = scenario.replay ? scenario.replay->end : (*world)->end();
    const engine::Time end = playing.until ? (*world)->start() + *playing.until : own_end;
    run_with_progress(**world, end, context, catalogue);
    if (const auto finished = (*world)->finish(); !finished) {
        complain_of_writing(playing.save, finished.error(), context, catalogue);
        return std::nullopt;
    }
    if (playing.save.empty()) return run::Log::of((*world)->recorder().kept());
    return open_run(playing.save, context, catalogue);
}

std::optional<run::Log> open_or_play(const std::string& path, const Context& context,
                                     const narration::Catalogue& catalogue)
{
    const bool is_lesson = ::access(path.c_str(), F_OK) != 0 && find_lesson(path);
    if (!is_lesson && !path.ends_with(".toml")) return open_run(path, context, catalogue);
    const auto scenario = read_scenario_file(path, context, catalogue);
    if (!scenario) return std::nullopt;
    return play(*scenario, {.file = path}, context, catalogue);
}

} // namespace tegami::cli
