#pragma once
/// What the text views have in common: in which words, on what, and which part of a run.

#include "sim/export/page.hpp"
#include "sim/narration/narration.hpp"
#include "sim/run/header.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tegami::exporting {

/// Which part of a run is shown; everything where nothing is set.
struct Selection {
    std::optional<std::uint32_t> mail; ///< its number, as people count
    std::string step;                  ///< "S1", or "S3" for S3.1, S3.2 and S3.3
    std::string host;

    bool admits_step(run::Step name) const;
};

/// Everything a view needs beside the facts. Header and narrator must outlive it.
struct Telling {
    const run::RunHeader& header;
    const narration::Narrator& narrator;
    narration::Depth depth = narration::Depth::plain;
    Medium medium = {};
    Selection selection = {};
    std::vector<std::uint32_t> act_lines = {}; ///< by act, from 1: the line of the scenario's file that it stands in
};

} // namespace tegami::exporting
