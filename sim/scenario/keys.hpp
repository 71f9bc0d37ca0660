#pragma once
/// Tables of keys. One row says what a key is called, what it holds, what it means, and reads it: reading, "did you mean"
/// and docs/scenario.md all come from these rows.

#include "sim/scenario/tree.hpp"

#include <algorithm>
#include <span>
#include <string_view>
#include <vector>

namespace tegami::scenario {

/// In place of a default: the key must be there.
constexpr std::string_view required = "required";

/// A key as people read about it. `example` is TOML.
struct KeyText {
    std::string_view name;
    std::string_view type;
    std::string_view fallback;
    std::string_view example;
    std::string_view meaning;
};

template <class T>
struct Key {
    KeyText text;
    void (*read)(Problems&, const Node&, T&);
};

template <class T, std::size_t n>
constexpr std::span<const Key<T>> all(const Key<T> (&keys)[n])
{
    return keys;
}

/// A table of keys as the documentation shows it.
struct Section {
    std::string_view heading; ///< "[isp.NAME], [company.NAME]"
    std::vector<KeyText> keys;
};

template <class T>
Section section(std::string_view heading, std::span<const Key<T>> keys)
{
    Section result{heading, {}};
    for (const Key<T>& key : keys) result.keys.push_back(key.text);
    return result;
}

/// Says that `entry` is no key here, and which was meant or which there are. Returns the one that was meant.
std::string_view report_unknown_key(Problems& problems, const Entry& entry, std::span<const std::string_view> known);

template <class T>
std::vector<std::string_view> names_of(std::span<const Key<T>> keys)
{
    std::vector<std::string_view> names;
    for (const Key<T>& key : keys) names.push_back(key.text.name);
    return names;
}

/// Reads one key of a table; false where `keys` do not know it.
template <class T>
bool read_entry(Problems& problems, const Entry& entry, std::span<const Key<T>> keys, T& into)
{
    const auto key = std::ranges::find(keys, std::string_view{entry.key}, [](const Key<T>& k) { return k.text.name; });
    if (key == keys.end()) return false;
    const Problems::Inside inside{problems, entry.key};
    key->read(problems, entry.value, into);
    return true;
}

/// Says which required keys `table` lacks. `at` is where its author would write them; `meant` are those that are there
/// under a wrong name.
template <class T>
void require_keys(Problems& problems, const Node& table, Position at, std::span<const Key<T>> keys,
                  std::span<const std::string_view> meant)
{
    for (const Key<T>& key : keys)
        if (key.text.fallback == required && std::ranges::find(meant, key.text.name) == meant.end() &&
            std::ranges::find(table.entries, key.text.name, &Entry::key) == table.entries.end())
            problems.report(at, "scenario.missing_key",
                            {{"key", std::string{key.text.name}},
                             {"example", std::string{key.text.name} + " = " + std::string{key.text.example}}});
}

/// Reads a table all of whose keys are in `keys`. `example` shows how such a table is written.
template <class T>
void read_table(Problems& problems, const Node& node, Position at, std::string_view example,
                std::span<const Key<T>> keys, T& into)
{
    if (node.kind != Node::Kind::table)
        return problems.report(node.at, "scenario.expects.table", {{"example", std::string{example}}});
    std::vector<std::string_view> meant;
    for (const Entry& entry : node.entries)
        if (!read_entry(problems, entry, keys, into))
            meant.push_back(report_unknown_key(problems, entry, names_of(keys)));
    require_keys(problems, node, at, keys, meant);
}

} // namespace tegami::scenario
