#pragma once
/// Plays a scenario to its end, saying how far it is where that takes long.

#include "app/cli/common.hpp"
#include "sim/run/recorder.hpp"

#include <expected>
#include <memory>
#include <optional>

namespace tegami::cli {

struct Playing {
    std::string file; ///< the scenario's path
    std::uint64_t seed = 1;
    run::Level level = run::Level::full;
    std::optional<engine::Duration> until;
    std::string save;                        ///< empty: in memory
    run::Commentator* commentator = nullptr; ///< null for no comments
};

/// The run, loaded; nothing, after saying why.
std::optional<run::Log> play(const ReadScenario& scenario, const Playing& playing, const Context& context,
                             const narration::Catalogue& catalogue);

} // namespace tegami::cli
