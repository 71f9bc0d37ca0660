#pragma once
/// Acts back into TOML: what the window saves, and how an added input stands in a run.

#include "sim/scenario/scenario.hpp"

namespace tegami::scenario {

/// One `[[do]]` block that reads as the same act. Ends with a line break.
std::string format_act(const Act& act);

/// The author's text with the act behind it. Everything that was there stays as it was, comments too.
std::string append_act(std::string text, const Act& act);

/// "rate = …" and the like, those that are said, with `between` between them.
std::string figures_toml(const LinkFigures& figures, std::string_view between);

/// A key, in quotes where it needs them.
std::string key_toml(const std::string& key);
std::string duration_toml(Duration duration);
/// A TOML basic string with its quotes.
std::string quoted_toml(std::string_view text);

} // namespace tegami::scenario
