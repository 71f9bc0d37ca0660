#pragma once
/// The stage: territories, machines and cables, and what travels between them.

#include "viz/model/flights.hpp"
#include "viz/model/stage.hpp"
#include "viz/model/timeline.hpp"
#include "viz/parts/frame.hpp"

#include <set>

namespace tegami::parts {

/// What the stage shows beside what always stands on it.
struct StageScene {
    const model::Stage& stage;
    const scenario::Loaded& loaded;
    const model::Flights& flights;
    const std::vector<model::MarkShape>& shapes; ///< by frame
    model::Time at;
    std::set<model::NodeId> lit;              ///< who takes part in what is now
    std::optional<model::FrameRef> now = {};  ///< the frame that has the ring
    std::optional<model::NodeId> letter = {}; ///< where the followed letter waits
    std::uint32_t letter_number = 1;
    std::string slip = {}; ///< what happens now; empty: none
};

/// Territories, cables and machines at rest: what does not move.
void draw_ground(Frame& frame, const StageScene& scene, const Rect& rect);
/// The path of what is now, packets under way, the letter, the slip.
void draw_traffic(Frame& frame, const StageScene& scene, const Rect& rect);

} // namespace tegami::parts
