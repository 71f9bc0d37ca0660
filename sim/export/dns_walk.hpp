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
    /// What somebody's stub resolver asked: for several types of one name where it asked for them together, as for A and
    /// AAAA; where nobody did, the first of `steps`.
    std::vector<Asked> questions;
    run::Spans spans;            ///< whom it served
    bool by_hand = false;        ///< an act of the scenario asked
    std::vector<WalkStep> steps; ///< of the resolver, by time

    /// When the last of the questions was answered; nothing as long as one is open.
    std::optional<Time> answered() const;
};

/// Questions for several types of one name that follow each other within this were asked together.
constexpr Duration asked_together{5'000'000};

/// Those that an act of the scenario asked.
std::vector<Inquiry> inquiries_of(const std::vector<NameWalk>& walks);

/// By time. `at`: only what had happened up to and including then.
std::vector<NameWalk> walks_of(const run::Log& log, const AddressBook& book, std::optional<Time> at);

} // namespace tegami::exporting
