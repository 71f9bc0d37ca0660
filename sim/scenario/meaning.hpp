#pragma once
/// What acts and checks say, held against who and what there is.

#include "sim/scenario/plan.hpp"

namespace tegami::scenario {

/// Checks the acts from `first` on: subjects and verbs, mails and hosts waited for, servers, devices, ends of links.
void check_acts(const Scenario& scenario, const Plan& plan, Problems& problems, const Suspects& suspects,
                std::size_t first = 0);
/// What the lesson says and asks: mails and fields of facts.
void check_lesson(const Scenario& scenario, const Plan& plan, Problems& problems);
void check_checks(const Scenario& scenario, const Plan& plan, Problems& problems, const Suspects& suspects);

} // namespace tegami::scenario
