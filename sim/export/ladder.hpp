#pragma once
/// A run as a sequence diagram: who says what to whom, one row a message. The rows only; how they are drawn is
/// ladder_text's and ladder_svg's affair.
///
/// How much is a row depends on the depth. Plain: lines of dialogues, questions to the name system, connections that are
/// opened, and what went wrong; made of facts alone, so runs without frames have it too. Exam: one row a packet, from end
/// to end. RFC: one row a frame on each link, routers and switches included.

#include "sim/export/filter.hpp"
#include "sim/export/view.hpp"
#include "sim/run/journey.hpp"

#include <optional>
#include <string>
#include <vector>

namespace tegami::exporting {

/// Silence as long as this is drawn as one.
constexpr engine::Duration ladder_quiet{1'000'000'000};

/// A step of a letter's journey that rows serve, one try of it.
struct LadderStep {
    run::SpanId span{};
    std::uint32_t mail = 0; ///< its number, as people count
    run::Step step{};
    std::uint32_t tries = 1;
};

struct LadderRow {
    enum class Kind : std::uint8_t {
        step,  ///< something begins that rows below serve: `label` names it
        arrow, ///< from `from` to `to`
        note,  ///< something that `from` did or that happened to it, or that it said to itself
    };
    /// How an arrow is drawn: its shape and dashes, so that no colour is needed.
    enum class Form : std::uint8_t {
        request,  ///< what a client says
        reply,    ///< what a server answers
        letter,   ///< the letter itself
        question, ///< to the name system
        answer,   ///< of the name system
        control,  ///< connections, neighbours, errors of the network
    };
    Kind kind{};
    Form form{};
    engine::Time at{};
    std::optional<engine::Time> arrives = std::nullopt;
    std::size_t from = 0, to = 0;     ///< places in the ladder's `hosts`; of a note the same, of a step nothing
    std::string label;                ///< terminal_safe
    std::vector<std::size_t> steps{}; ///< whom it serves, places in the ladder's `steps`; of a step: what begins
    bool resumes = false;             ///< it serves others than the row before it, named further up
    bool stopped = false;             ///< it did not get there
    bool again = false;               ///< it was sent before
    run::FactRef fact{};              ///< that it tells of
    std::uint64_t frame = 0;          ///< that it tells of; 0 where that is none
};

/// Rows by time, and what they speak of. Each step is named once, where it begins; a row that goes back to one says so.
struct Ladder {
    std::vector<std::string> hosts; ///< in the order in which rows meet them
    std::vector<LadderStep> steps;  ///< in the order in which they begin
    std::vector<LadderRow> rows;
    bool lacks_frames = false; ///< what was asked for needs frames, and the run has none
};

/// Rows `begin` up to and not including `end`, and the hosts that they need.
struct LadderPiece {
    std::size_t begin = 0, end = 0;
    std::vector<std::size_t> hosts; ///< places in the ladder's `hosts`, in the order in which rows meet them
};
/// The ladder in pieces of at most `most_hosts` lifelines side by side, cut where a step begins if one does.
std::vector<LadderPiece> pieces_of(const Ladder& ladder, std::size_t most_hosts);

/// Which steps a row serves, in few letters: "S3.1"; where the ladder has several letters "2·S3.1", "1,2·R3".
std::string steps_mark(const Ladder& ladder, const LadderRow& row);

/// `filter`: null for all; one that is given makes a plain ladder one of packets, for only those it can judge.
Ladder ladder_of(const run::Log& log, const run::Journeys& journeys, const Telling& telling, const Filter* filter);

/// Drawn within the page's columns, in pieces where there are more hosts than fit side by side.
std::string ladder_text(const Ladder& ladder, const Telling& telling);
/// Drawn as an SVG document of its own, with a title and a description for who cannot see it.
std::string ladder_svg(const Ladder& ladder, const Telling& telling);

} // namespace tegami::exporting
