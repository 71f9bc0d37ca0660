#pragma once
/// The views as JSON, one object a line, for programs. docs/run-format.md documents the objects. What a person reads in
/// them is in the telling's language; names of members and choices are not.

#include "sim/export/dns_walk.hpp"
#include "sim/export/filter.hpp"
#include "sim/export/ladder.hpp"
#include "sim/export/tale.hpp"
#include "sim/export/view.hpp"
#include "sim/run/fold.hpp"
#include "sim/run/journey.hpp"

#include <functional>
#include <string_view>

namespace tegami::exporting {

/// Takes a line without its end.
using JsonLines = std::function<void(std::string_view line)>;

void story_json(const Tale& tale, const Telling& telling, const JsonLines& out);
void ladder_json(const Ladder& ladder, const Telling& telling, const JsonLines& out);
void dialogue_json(const run::Log& log, const run::Journeys& journeys, const Telling& telling, const JsonLines& out);
/// `first` to `last`: these with their layers; none: all that the filter lets through, without.
void packets_json(const run::Log& log, const run::Journeys& journeys, const Telling& telling, const Filter* filter,
                  run::FrameRef first, run::FrameRef last, const JsonLines& out);
void dns_json(const run::Log& log, const run::Journeys& journeys, run::Fold& fold, const Telling& telling,
              const JsonLines& out);
void state_json(const run::Log& log, run::Fold& fold, const Telling& telling, const JsonLines& out);
void filter_json(const run::Log& log, run::Fold& fold, const Telling& telling, const JsonLines& out);

} // namespace tegami::exporting
