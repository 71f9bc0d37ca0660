#pragma once
/// The marks that the window draws as shapes, as characters. Each stands beside a word or in a column of its own, and
/// colour only repeats it. `ascii_only` knows their forms for terminals without UTF-8: + > ~ # x < -.

#include "sim/run/facts.hpp"

#include <string_view>

namespace tegami::narration {

constexpr std::string_view mark_now = "▶";
constexpr std::string_view mark_skipped = "–";

constexpr std::string_view mark(run::Outcome outcome)
{
    switch (outcome) {
    case run::Outcome::done: return "✓";
    case run::Outcome::deferred: return "⏸";
    case run::Outcome::refused:
    case run::Outcome::failed: return "✗";
    case run::Outcome::blocked: return "⛔";
    case run::Outcome::bounced: return "↩";
    }
    return "✗";
}

} // namespace tegami::narration
