#pragma once
/// The TOML tree as a scenario's reader wants it: everything with its place in the file, tables in the order of the file
/// (the parser sorts them by name). Only tree.cpp sees the parser.

#include "sim/scenario/problem.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tegami::scenario {

struct Entry;

/// A date with its time of day and its distance from UTC.
struct Date {
    std::int64_t days = 0;        ///< since 1970-01-01
    std::int64_t nanoseconds = 0; ///< of the local day
    std::int32_t zone_minutes = 0;
};

struct Node {
    enum class Kind : std::uint8_t { text, integer, truth, date, table, list, other };

    Kind kind = Kind::other; ///< other: a float, or a date without time or zone
    Position at;
    Position content_at;    ///< of a text: where its first character stands
    bool is_inline = false; ///< a table in braces
    bool half_date = false; ///< of kind other: a date or time that lacks something
    bool truth = false;
    std::int64_t integer = 0;
    std::string text;
    Date date;
    std::vector<Entry> entries; ///< of a table
    std::vector<Node> items;    ///< of a list
};

/// A key and its value. `at` is the key's place.
struct Entry {
    std::string key;
    Position at;
    Node value;
};

/// Scans and parses. On a syntax error there is exactly one problem, the first in the file, and the tree is empty.
Node parse_tree(std::string_view text, Problems& problems);

} // namespace tegami::scenario
