#include "app/cli/simulate.hpp"

#include "app/cli/interruption.hpp"
#include "sim/narration/clock.hpp"
#include "sim/scenario/world.hpp"

#include <algorithm>
#include <chrono>

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

std::optional<run::Log> play(const ReadScenario& scenario, const Playing& playing, const Context& context,
                             const narration::Catalogue& catalogue)
{
    const auto cannot_write = [&](const run::FileError& error) {
        complain(
            context, catalogue,
            catalogue.text("cli.error.file.write", {{"path", playing.save}, {"detail", reason_of(error, catalogue)}}));
        return std::nullopt;
    };
    std::unique_ptr<run::Sink> sink = std::make_unique<run::MemorySink>();
    std::string temporary;
    if (!playing.save.empty()) {
        auto file = run::FileSink::create(playing.save);
        if (!file) return cannot_write(file.error());
        temporary = (*file)->temporary();
        sink = std::move(*file);
    }
    const RemovedWhenStopped removed_when_stopped{temporary};
    scenario::WorldOptions options;
    options.seed = playing.seed;
    options.level = playing.level;
    options.file = file_name_of(playing.file);
    options.text = scenario.text;
    options.language = narration::name(context.language);
    if (scenario.replay) {
        options.seed = scenario.replay->seed;
        options.file = scenario.replay->file;
        options.inputs = scenario.replay->acts;
        options.plugs = scenario.replay->plugs;
        options.frames = scenario.replay->frames;
    }
    auto world = scenario::World::build(scenario.loaded, std::move(options), std::move(sink), playing.commentator);
    if (!world) {
        complain(context, catalogue, playing.file, world.error());
        return std::nullopt;
    }
    const engine::Time own_end = scenario.replay ? scenario.replay->end : (*world)->end();
    const engine::Time end = playing.until ? (*world)->start() + *playing.until : own_end;
    run_with_progress(**world, end, context, catalogue);
    if (const auto finished = (*world)->finish(); !finished) return cannot_write(finished.error());
    if (playing.save.empty()) return run::Log::of((*world)->recorder().kept());
    return open_run(playing.save, context, catalogue);
}

} // namespace tegami::cli
