#pragma once
/// Holds a scenario's `[[check]]`s against a run of it.

#include "sim/run/facts.hpp"
#include "sim/run/log.hpp"
#include "sim/scenario/read_scenario.hpp"

#include <expected>

namespace tegami::scenario {

/// How a step of a mail ended that should have ended otherwise, or not have been: as its fact says.
struct UnwantedEnd {
    run::Step step{};
    std::string reason, detail, peer;
};

struct CheckResult {
    std::string id; ///< the check's name, or its place
    Position at;    ///< in the file
    std::optional<Text> why;
    bool held = false;
    std::string_view key; ///< of the message that says what was found: "check.copies"; also where it held
    Arguments arguments;  ///< wanted and found, as text
    std::vector<UnwantedEnd> unwanted = {}; ///< of a mail's steps that are not as wanted
};

/// One result or more a check (a mail check asks several things), in the order of the file.
std::vector<CheckResult> hold_checks(const Loaded& loaded, const run::Log& log);

/// The least level at which the checks can be held.
run::Level level_for_checks(const Scenario& scenario);

/// Every key that `hold_checks` uses, for the catalogues' test.
std::vector<std::string_view> check_message_keys();

} // namespace tegami::scenario
