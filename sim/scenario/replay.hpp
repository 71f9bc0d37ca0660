#pragma once
/// A run played again from what it holds: the scenario, the seed, and everything that came from outside at its time. No
/// machine outside is needed for it.

#include "sim/run/log.hpp"
#include "sim/scenario/plug.hpp"

#include <optional>

namespace tegami::scenario {

/// A frame that a machine outside sent.
struct FrameInput {
    std::string plug;
    wire::Time at;
    wire::OctetBuffer octets;
};

/// What a run was made from.
struct Replay {
    std::string file;    ///< the scenario's name
    std::string variant; ///< of it; empty: as it stands
    std::string text;    ///< and what it says
    std::uint64_t seed = 1;
    wire::Time end;
    std::vector<std::string> acts; ///< TOML
    std::vector<Plug> plugs;
    std::vector<FrameInput> frames;
};

/// Nothing where the log is no run of a scenario.
std::optional<Replay> replay_of(const run::Log& log);

/// How a plug stands in a run, as the `what` of an input. (A frame's: net::frame_input and the machine's name.)
std::string format_plug_input(const Plug& plug);

} // namespace tegami::scenario
