#pragma once
/// The state of a step, as a sign.

#include "viz/draw/canvas.hpp"

namespace tegami::draw {

enum class StepSign : std::uint8_t {
    not_yet,
    now,
    done,
    skipped,
    deferred,
    quarantined,
    blocked,
    refused,
    failed, ///< a check
    bounced,
    discarded,
};
inline constexpr std::size_t step_sign_count = 11;

/// `radius`: 9 in the strip, 7 to 8 in rows, 13 for the projector.
void step_sign(Canvas& canvas, const Theme& theme, StepSign sign, Point center, float radius, Color ground);

} // namespace tegami::draw
