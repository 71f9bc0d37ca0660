#pragma once
/// Reads a scenario file. Every mistake of meaning comes at once, in the order of the file; of mistakes in the TOML only
/// the first, for what stands behind it cannot be told.

#include "sim/scenario/plan.hpp"

#include <expected>

namespace tegami::scenario {

/// What a file says, and what follows from it by default.
struct Loaded {
    Scenario scenario;
    Plan plan;
    std::string variant; ///< that this is; empty: the file as it stands
};

using ProblemList = std::vector<Problem>; ///< never empty where it is an error

/// `variant`: the name of one of the file's variants, or empty. Whether all of them make sense is said in any case.
std::expected<Loaded, ProblemList> read_scenario(std::string_view text, std::string_view variant = {});

/// Reads `[[do]]` blocks that are to be added to a scenario: an input of a run, as `format_act` writes it. Mails that
/// they send are numbered behind the scenario's. Positions are places in `text`.
std::expected<std::vector<Act>, ProblemList> read_added_acts(std::string_view text, const Loaded& scenario);

} // namespace tegami::scenario
