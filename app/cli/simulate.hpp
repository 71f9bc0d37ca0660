#pragma once
/// Plays a scenario to its end, saying how far it is where that takes long; and what serving one has in common with that.

#include "app/cli/common.hpp"
#include "sim/run/recorder.hpp"
#include "sim/scenario/world.hpp"

#include <memory>
#include <optional>

namespace tegami::cli {

/// Where a run goes.
struct OpenedSink {
    std::unique_ptr<run::Sink> sink;
    std::string temporary; ///< a file that must not stay behind where the program is stopped; empty where there is none
};
/// The file `save`, or where that is empty `otherwise`. Nothing, after saying why.
std::optional<OpenedSink> open_sink(const std::string& save, std::unique_ptr<run::Sink> otherwise,
                                    const Context& context, const narration::Catalogue& catalogue);
/// Says that the run cannot be written to `save`.
void complain_of_writing(const std::string& save, const run::FileError& error, const Context& context,
                         const narration::Catalogue& catalogue);

/// A world of this scenario, as whoever plays or serves it needs it: of one that came from a run, with all that an act of
/// somebody's added, and with its machines plugged in. Seed, level and frames are the caller's.
scenario::WorldOptions options_of(const ReadScenario& scenario, const std::string& file, const Context& context);

struct Playing {
    std::string file; ///< the scenario's path
    std::uint64_t seed = 1;
    run::Level level = run::Level::full;
    std::optional<engine::Duration> until = std::nullopt;
    std::string save = {};                   ///< empty: in memory
    run::Commentator* commentator = nullptr; ///< null for no comments
};

/// The run, loaded; nothing, after saying why.
std::optional<run::Log> play(const ReadScenario& scenario, const Playing& playing, const Context& context,
                             const narration::Catalogue& catalogue);

/// A run or capture; of a scenario (.toml) or a lesson, what comes of it, played in memory. Nothing, after saying why.
std::optional<run::Log> open_or_play(const std::string& path, const Context& context,
                                     const narration::Catalogue& catalogue);

} // namespace tegami::cli
