#pragma once
/// The twelve steps of the followed mail's journey, as they stand at a time.

#include "sim/run/journey.hpp"

#include <array>
#include <cstdint>
#include <optional>

namespace tegami::model {

/// How a step stands. `quarantined`, `discarded` and `failed` are what a check of the sender leads to.
enum class StepStanding : std::uint8_t {
    not_yet,
    now,
    done,
    skipped, ///< no host of this world does it
    deferred,
    quarantined,
    blocked,
    refused,
    failed,
    bounced,
    discarded,
};

struct JourneyCell {
    run::Step step{};
    StepStanding standing{};
    std::uint32_t tries = 0;                       ///< begun so far
    std::optional<run::Time> begun = std::nullopt; ///< of the last try: where a click leads
};

struct JourneyStrip {
    static constexpr std::array steps = {run::Step::s1_submit, run::Step::s2_relay,      run::Step::s3_1_mx,
                                         run::Step::s3_2_addr, run::Step::s3_3_transfer, run::Step::a1_spf,
                                         run::Step::a2_dkim,   run::Step::a3_dmarc,      run::Step::r1_hand_over,
                                         run::Step::r2_store,  run::Step::r3_request,    run::Step::r4_fetch};
    std::array<JourneyCell, steps.size()> cells{};
    /// The step that the letter has come to: the one that is now, else the last that has begun.
    std::optional<std::size_t> at;
};

/// A look-up of a step (S1.dns) is part of it. `mail` empty: nothing has begun.
JourneyStrip journey_strip(const run::Journeys& journeys, std::optional<run::MailId> mail, run::Time at);

StepStanding standing_of(run::Outcome outcome);

} // namespace tegami::model
