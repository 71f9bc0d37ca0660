#pragma once
/// The timeline with its transport: where the playhead is, what lies before and behind it, what was skipped.

#include "viz/model/playback.hpp"
#include "viz/model/timeline.hpp"
#include "viz/parts/frame.hpp"

namespace tegami::parts {

struct TimelineScene {
    const model::Timeline& timeline;
    const model::StoryTime& time;
    const model::Playback& playback;
    std::string step;           ///< code of the step that is now: "S3.1"; empty: none
    std::uint32_t followed = 0; ///< the mail's number; 0: all
};

/// 120 high; below 100 the row of mails alone.
void draw_timeline(Frame& frame, const TimelineScene& scene, const Rect& rect);

} // namespace tegami::parts
