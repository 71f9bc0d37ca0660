#pragma once
/// A first look at a scenario's text, before the TOML parser sees it: what that parser must not be given (too large, too
/// deep: it would overflow its stack), and what it would explain badly (characters of a Japanese keyboard between keys).

#include "sim/scenario/problem.hpp"

#include <optional>
#include <string_view>

namespace tegami::scenario {

constexpr std::size_t size_limit = 1024 * 1024; ///< octets of a file
constexpr std::size_t depth_limit = 32;         ///< tables and arrays inside each other, dotted keys counted

/// What stops the reading, and where. Everything before the beginning of its line is safe to parse.
struct Stop {
    Position at;
    std::size_t line_begin = 0; ///< the offset of its line
    std::string_view key;
    Arguments arguments;
};

std::optional<Stop> scan(std::string_view text);

} // namespace tegami::scenario
