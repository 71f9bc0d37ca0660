#include "viz/model/journey_strip.hpp"

#include "sim/export/sort_stably.hpp"

#include <algorithm>

namespace tegami::model {

namespace {

/// S1 for S1.dns.
run::Step whole_step(run::Step step)
{
    switch (step) {
    case run::Step::s1_dns: return run::Step::s1_submit;
    case run::Step::s2_dns: return run::Step::s2_relay;
    case run::Step::r3_dns: return run::Step::r3_request;
    default: return step;
    }
}

} // namespace

StepStanding standing_of(run::Outcome outcome)
{
    switch (outcome) {
    case run::Outcome::done: return StepStanding::done;
    case run::Outcome::deferred: return StepStanding::deferred;
    case run::Outcome::refused: return StepStanding::refused;
    case run::Outcome::failed: return StepStanding::failed;
    case run::Outcome::blocked: return StepStanding::blocked;
    case run::Outcome::bounced: return StepStanding::bounced;
    }
    return StepStanding::failed;
}

JourneyStrip journey_strip(const run::Journeys& journeys, std::optional<run::MailId> mail, run::Time at)
{
    JourneyStrip strip;
    for (std::size_t i = 0; i < strip.cells.size(); ++i) strip.cells[i].step = JourneyStrip::steps[i];
    const run::MailRow* const row = mail ? journeys.find(*mail) : nullptr;
    if (!row) return strip;

    std::array<bool, JourneyStrip::steps.size()> ever{}; // it is part of this run
    std::optional<run::Time> latest;
    std::vector<const run::StepRow*> steps; // by their beginning, look-ups behind what they are for
    for (const run::SpanId span : row->steps)
        if (const run::StepRow* const step = journeys.step(span)) steps.push_back(step);
    exporting::sort_stably(steps,
                           [](const run::StepRow* step) { return whole_step(step->what.step) != step->what.step; });
    for (const run::StepRow* const step : steps) {
        const auto place = std::ranges::find(JourneyStrip::steps, whole_step(step->what.step));
        if (place == JourneyStrip::steps.end()) continue;
        const auto i = static_cast<std::size_t>(place - JourneyStrip::steps.begin());
        ever[i] = true;
        if (step->begun == run::FactRef::none || step->from > at) continue;
        JourneyCell& cell = strip.cells[i];
        const bool look_up = step->what.step != cell.step;
        const bool ended = step->ended != run::FactRef::none && step->to <= at;
        // A look-up that is done says nothing yet of the step that it is for; one that failed is its end. Once the step
        // itself has begun, its look-ups are told.
        if (look_up && cell.tries > 0) continue;
        const StepStanding standing = !ended                                           ? StepStanding::now
                                      : look_up && step->outcome == run::Outcome::done ? StepStanding::now
                                                                                       : standing_of(step->outcome);
        if (!look_up && ++cell.tries == 1) cell.begun.reset();
        // Several recipients' domains are tried side by side: one that is under way is what is shown.
        const bool newer = !cell.begun || step->from >= *cell.begun;
        if (newer || standing == StepStanding::now) cell.standing = standing;
        if (newer) cell.begun = step->from;
        if (!latest || step->from >= *latest) {
            latest = step->from;
            strip.at = i;
        }
    }
    if (!strip.at) return strip;
    // What lies between steps that have begun, and is in no run, is left out by this world.
    std::size_t last = 0;
    for (std::size_t i = 0; i < strip.cells.size(); ++i)
        if (strip.cells[i].begun) last = i;
    for (std::size_t i = 0; i < last; ++i)
        if (!ever[i] && !strip.cells[i].begun) strip.cells[i].standing = StepStanding::skipped;
    return strip;
}

} // namespace tegami::model
