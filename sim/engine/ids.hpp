#pragma once
/// Who is who in a world.

#include "protocols/wire/time.hpp"

#include <cstdint>

namespace tegami::engine {

using wire::Duration;
using wire::Time;

/// A node of a world. Ids follow the order of names, so that comparing ids is comparing names; they are this world's
/// alone and never reach a random number.
enum class NodeId : std::uint32_t {
    scenario = 0, ///< whoever wrote the scenario: what people do, faults
    outside = 1,  ///< the real world: clicks, bridges
    first = 2,    ///< the first of the scenario's own nodes
};

constexpr std::uint32_t index_of(NodeId node) { return static_cast<std::uint32_t>(node); }

} // namespace tegami::engine
