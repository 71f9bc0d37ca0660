#pragma once
/// What belongs together of the evidence for a step is told in one line: which pieces those are. No language here.

#include "sim/export/tale.hpp"
#include "sim/export/view.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace tegami::exporting {

/// What becomes of one piece of evidence.
struct EvidenceLine {
    bool left_out = false;
    std::uint32_t times = 1; ///< the same happened so often
    Time last{};
    std::vector<const Asked*> with = {}; ///< the same asked of the same for other types
    std::size_t number = 0;              ///< of a resolver's questions in this step
};

/// A line for each piece. At the depth of RFCs each piece has its own.
std::vector<EvidenceLine> folded(std::span<const Evidence> all, const Telling& telling);

} // namespace tegami::exporting
