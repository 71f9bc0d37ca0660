#include "sim/scenario/variant.hpp"

#include "sim/run/json.hpp"
#include "sim/scenario/write_act.hpp"

#include <algorithm>
#include <charconv>

namespace tegami::scenario {

namespace {

Entry* find_entry(Node& table, std::string_view key)
{
    const auto entry = std::ranges::find(table.entries, key, &Entry::key);
    return entry == table.entries.end() ? nullptr : &*entry;
}

/// "user.alice.submits.port" in its parts; a part may stand in quotes: zone."example.com".text.
std::vector<std::string> parts_of(std::string_view path)
{
    std::vector<std::string> parts(1);
    bool quoted = false;
    for (const char c : path) {
        if (c == '"')
            quoted = !quoted;
        else if (c == '.' && !quoted)
            parts.emplace_back();
        else
            parts.back() += c;
    }
    return parts;
}

/// A block of a list by its number from 1, or by its `name`.
Node* find_item(Node& list, std::string_view part)
{
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), number);
    if (error == std::errc{} && end == part.data() + part.size())
        return number >= 1 && number <= list.items.size() ? &list.items[number - 1] : nullptr;
    for (Node& item : list.items)
        if (const Entry* name = find_entry(item, "name"); name && name->value.text == part) return &item;
    return nullptr;
}

/// Everything of a value stands where the variant's author wrote it.
void set(Node& root, const Entry& setting, Problems& problems)
{
    Node* at = &root;
    const auto parts = parts_of(setting.key);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const std::string& part = parts[i];
        const bool last = i + 1 == parts.size();
        if (at->kind == Node::Kind::list) {
            Node* const item = find_item(*at, part);
            if (!item || (last && item->kind == Node::Kind::table))
                return problems.report(setting.at, "scenario.variant.path",
                                       {{"path_set", setting.key}, {"part", part}});
            at = item;
        } else if (at->kind == Node::Kind::table) {
            Entry* entry = find_entry(*at, part);
            if (!entry) {
                // A key that is not written yet; what it may be called is seen when the tree is read. Links and zones are
                // there anyway. Others of the world's entries must be written: a name misspelt would make a new one.
                const bool kind = part == "link" || part == "zone";
                const bool named = i == 1 && parts[0] != "link" && parts[0] != "zone" && parts[0] != "card";
                if (!last && (i == 0 ? !kind : named))
                    return problems.report(setting.at, "scenario.variant.path",
                                           {{"path_set", setting.key}, {"part", part}});
                Node table;
                table.kind = Node::Kind::table;
                table.at = setting.at;
                at->entries.push_back({part, setting.at, table});
                entry = &at->entries.back();
            }
            at = &entry->value;
        } else {
            return problems.report(setting.at, "scenario.variant.path", {{"path_set", setting.key}, {"part", part}});
        }
    }
    *at = setting.value;
}

} // namespace

void apply_variant(Node& root, std::string_view name, Problems& problems)
{
    const Node all = root; // the settings stay as they were written, whatever they change
    for (const Entry& kind : all.entries) {
        if (kind.key != "variant") continue;
        for (const Entry& variant : kind.value.entries) {
            if (variant.key != name) continue;
            for (const Entry& key : variant.value.entries) {
                if (key.key != "set") continue;
                const Problems::Inside inside{problems, "set"};
                if (key.value.kind != Node::Kind::table || key.value.entries.empty())
                    return problems.report(key.value.at, "scenario.expects.table",
                                           {{"example", "{ \"user.alice.submits.port\" = 25 }"}});
                for (const Entry& setting : key.value.entries) set(root, setting, problems);
            }
        }
    }
}

std::string toml_of(const Node& node)
{
    std::string text;
    const auto joined = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
    switch (node.kind) {
    case Node::Kind::text: return quoted_toml(node.text);
    case Node::Kind::integer: return std::to_string(node.integer);
    case Node::Kind::truth: return node.truth ? "true" : "false";
    case Node::Kind::date:
        return run::iso_time({node.date.days * 86'400'000'000'000 + node.date.nanoseconds -
                              node.date.zone_minutes * std::int64_t{60'000'000'000}},
                             node.date.zone_minutes);
    case Node::Kind::list:
        for (const Node& item : node.items) joined(toml_of(item));
        return '[' + text + ']';
    case Node::Kind::table:
        for (const Entry& entry : node.entries) joined(key_toml(entry.key) + " = " + toml_of(entry.value));
        return text.empty() ? "{}" : "{ " + text + " }";
    case Node::Kind::other: break;
    }
    return "\"\""; // a float: nothing that is read has one
}

} // namespace tegami::scenario
