#pragma once
/// What a run asked the name system, question by question: who wanted to know, whom the resolver asked one after the
/// other, what each said. A fold of facts; no language and no layout here.

#include "sim/export/address_book.hpp"
#include "sim/export/tale.hpp"

#include <optional>
#include <variant>
#include <vector>

namespace tegami::exporting {

/// One thing that happened on the way to an answer.
struct WalkStep {
    Time at{};
    std::variant<Asked, Remembered, Reasoned> what;
};

struct NameWalk {
    Time at{};
    Asked question;              ///< that somebody's stub resolver asked; where nobody did, the first of `steps`
    run::Spans spans;            ///< whom it served
    std::vector<WalkStep> steps; ///< of the resolver, by time
};

/// By time. `at`: only what had happened up to and including then.
std::vector<NameWalk> walks_of(const run::Log& log, const AddressBook& book, std::optional<Time> at);

} // namespace tegami::exporting
