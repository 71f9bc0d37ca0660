#pragma once
/// A run as JSON, one object a line. docs/run-format.md documents the objects.

#include "sim/run/log.hpp"

#include <functional>
#include <string_view>

namespace tegami::exporting {

/// First the run's header, then each fact, then the end. Of somebody else's capture: each frame. `line` comes without its
/// end.
void write_json(const run::Log& log, const std::function<void(std::string_view line)>& output);

} // namespace tegami::exporting
