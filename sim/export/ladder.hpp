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

struct LadderRow {
    enum class Kind : std::uint8_t {
        step,  ///< the rows that follow serve another step: `label` names it
        arrow, ///< from `from` to `to`
        note,  ///< something that `from` did or that happened to it
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
    std::string from, to; ///< names of hosts
    std::string label;    ///< terminal_safe
    bool stopped = false; ///< it did not get there
    bool again = false;   ///< it was sent before
    std::uint64_t frame = 0;
};

struct Ladder {
    std::vector<LadderRow> rows; ///< by time
    bool lacks_frames = false;   ///< what was asked for needs frames, and the run has none
};

/// `filter`: null for all; one that is given makes a plain ladder one of packets, for only those it can judge.
Ladder ladder_of(const run::Log& log, const run::Journeys& journeys, const Telling& telling, const Filter* filter);

/// Drawn within the page's columns, in pieces where there are more hosts than fit side by side.
std::string ladder_text(const Ladder& ladder, const Telling& telling);
/// Drawn as an SVG document of its own, with a title and a description for who cannot see it.
std::string ladder_svg(const Ladder& ladder, const Telling& telling);

} // namespace tegami::exporting
