#pragma once
/// The timeline: marks of mails, commands and packets along the story's time, with the axis below.

#include "sim/export/frame_reader.hpp"
#include "viz/model/journey_strip.hpp"
#include "viz/model/moments.hpp"
#include "viz/model/story_time.hpp"

#include <string>
#include <vector>

namespace tegami::model {

/// What a frame or a line is drawn as.
enum class MarkShape : std::uint8_t {
    dns_query,
    dns_answer,
    dns_no_name,
    syn,
    ack,
    rst,
    command,
    reply,
    data,
    retrieval,
    neighbour,
    icmp,
};

/// A frame or a line, at its place on the story's time.
struct Mark {
    Time at;
    float watched = 0; ///< seconds
    MarkShape shape{};
    bool stopped = false; ///< it went no further
    bool again = false;
    FrameRef frame{};
};

/// An event of a mail: a step that begins, or comes to something else than done.
struct MailMark {
    Time at;
    float watched = 0;
    run::Step step{};
    std::uint32_t mail = 0;                    ///< its number
    StepStanding standing = StepStanding::now; ///< `now`: it begins
};

struct Timeline {
    std::vector<MailMark> mails;
    std::vector<Mark> commands, packets;
    float length = 0; ///< seconds watched
};

MarkShape shape_of(const exporting::Dissection& dissection, const exporting::Reading& reading);

/// What each frame is drawn as, by frame. `reader`'s words are not used.
std::vector<MarkShape> shapes_of(const run::Log& log, exporting::FrameReader& reader);

Timeline timeline_of(const run::Journeys& journeys, const Flights& flights, const Moments& moments,
                     const StoryTime& time, const std::vector<MarkShape>& shapes);

/// A tick of the axis: at a round time, with words where there is room for them.
struct Tick {
    Time at;
    float watched = 0;
    bool labelled = false;
};
/// `pixels`: how wide `length` is drawn; labels are at least `apart` pixels apart.
std::vector<Tick> ticks_of(const StoryTime& time, float pixels, float apart);

} // namespace tegami::model
