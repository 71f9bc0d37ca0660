#pragma once
/// What the model calls things, and how the kit draws them.

#include "viz/draw/icons.hpp"
#include "viz/draw/packets.hpp"
#include "viz/draw/states.hpp"
#include "viz/model/stage.hpp"
#include "viz/model/timeline.hpp"

#include <optional>

namespace tegami::parts {

draw::StepSign sign_of(model::StepStanding standing);
draw::Packet packet_of(model::MarkShape shape);
/// None for a host whose role has no picture.
std::optional<draw::Icon> icon_of(model::Figure figure);

} // namespace tegami::parts
