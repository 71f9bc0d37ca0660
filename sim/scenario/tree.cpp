#include "sim/scenario/tree.hpp"

#include "sim/scenario/scan.hpp"

// toml++ 3.3.0 takes for granted what a hostile file can break: in `2026-04-06Tx1:` its parse_time asserts a digit, and with
// NDEBUG tells the compiler to assume one. The check that follows there says it properly, so neither may stand.
#undef NDEBUG
#define TOML_ASSERT(condition) static_cast<void>(0)
#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include <algorithm>
#include <chrono>

namespace tegami::scenario {

namespace {

Position place_of(const toml::source_region& region) { return {region.begin.line, region.begin.column}; }

Date date_of(const toml::date_time& value)
{
    const std::chrono::sys_days day{std::chrono::year{value.date.year} / value.date.month / value.date.day};
    const std::int64_t seconds = value.time.hour * 3600 + value.time.minute * 60 + value.time.second;
    return {day.time_since_epoch().count(), seconds * 1'000'000'000 + value.time.nanosecond, value.offset->minutes};
}

Node node_of(const toml::node& from)
{
    Node node;
    node.at = place_of(from.source());
    switch (from.type()) {
    case toml::node_type::string:
        node.kind = Node::Kind::text;
        node.text = from.as_string()->get();
        break;
    case toml::node_type::integer:
        node.kind = Node::Kind::integer;
        node.integer = from.as_integer()->get();
        break;
    case toml::node_type::boolean:
        node.kind = Node::Kind::truth;
        node.truth = from.as_boolean()->get();
        break;
    case toml::node_type::date_time:
        if (from.as_date_time()->get().offset) {
            node.kind = Node::Kind::date;
            node.date = date_of(from.as_date_time()->get());
        } else {
            node.half_date = true;
        }
        break;
    case toml::node_type::date:
    case toml::node_type::time: node.half_date = true; break;
    case toml::node_type::array:
        node.kind = Node::Kind::list;
        for (const toml::node& item : *from.as_array()) node.items.push_back(node_of(item));
        break;
    case toml::node_type::table:
        node.kind = Node::Kind::table;
        node.is_inline = from.as_table()->is_inline();
        for (const auto& [key, value] : *from.as_table())
            node.entries.push_back({std::string{key.str()}, place_of(key.source()), node_of(value)});
        std::ranges::sort(node.entries, {}, &Entry::at);
        break;
    default: break; // a float: no amount is written as one
    }
    return node;
}

/// Line `number` of the text, from 1, without its end.
std::string_view line_of(std::string_view text, std::uint32_t number)
{
    for (; number > 1; --number) {
        const std::size_t end = text.find('\n');
        if (end == text.npos) return {};
        text.remove_prefix(end + 1);
    }
    std::string_view line = text.substr(0, text.find('\n'));
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

/// The octet at which column `column` of a line begins.
std::size_t offset_of(std::string_view line, std::uint32_t column)
{
    std::size_t at = 0;
    while (at < line.size() && column > 1) {
        ++at;
        while (at < line.size() && (static_cast<unsigned char>(line[at]) & 0xC0) == 0x80) ++at;
        --column;
    }
    return at;
}

std::uint32_t column_of(std::string_view line, std::size_t offset)
{
    return 1 + static_cast<std::uint32_t>(std::ranges::count_if(
                   line.substr(0, offset), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool has(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

/// The last 'x' of "… existing table 'x'".
std::string quoted_name(std::string_view detail)
{
    const std::size_t end = detail.rfind('\'');
    const std::size_t begin = end == detail.npos || end == 0 ? detail.npos : detail.rfind('\'', end - 1);
    return begin == detail.npos ? std::string{} : std::string{detail.substr(begin + 1, end - begin - 1)};
}

/// The value that the parser stumbled in: from behind the last '=', ',' or bracket before `offset` up to the next
/// ',', bracket or comment.
std::pair<std::size_t, std::string_view> value_around(std::string_view line, std::size_t offset)
{
    const std::size_t before = line.substr(0, std::min(offset + 1, line.size())).find_last_of("=,[{");
    std::size_t begin = before == line.npos ? 0 : before + 1;
    while (begin < line.size() && (line[begin] == ' ' || line[begin] == '\t')) ++begin;
    const std::size_t end = line.find_first_of(",]}#", begin);
    return {begin, trimmed(line.substr(begin, end == line.npos ? end : end - begin))};
}

/// Turns the parser's first error into one of ours that says how to mend it, where we know.
void report_syntax(std::string_view text, const toml::parse_error& error, Problems& problems)
{
    const std::string_view detail = error.description();
    const Position at = place_of(error.source());
    const std::string_view line = line_of(text, at.line);
    const std::size_t offset = offset_of(line, at.column);
    const auto [value_begin, value] = value_around(line, offset);
    const Position value_at{at.line, column_of(line, value_begin)};

    if (has(detail, "cannot redefine existing")) {
        const std::string name = quoted_name(detail);
        const bool block = has(detail, "array 'do'") || has(detail, "array 'check'") || has(detail, "table 'do'") ||
                           has(detail, "table 'check'");
        return problems.report(at, block ? "scenario.syntax.one_bracket" : "scenario.syntax.twice", {{"name", name}});
    }
    if (has(detail, "parsing inline table") && has(detail, "saw '\\n'"))
        return problems.report(at, "scenario.syntax.inline_newline");
    if (has(detail, "dangling comma")) return problems.report(at, "scenario.syntax.trailing_comma");
    if (has(detail, "parsing key-value pair: expected '='"))
        return problems.report(at, "scenario.syntax.equals");
    if ((has(detail, "parsing string") || has(detail, "parsing literal string")) &&
        (has(detail, "control characters other than TAB") || has(detail, "end-of-file")))
        return problems.report(at, "scenario.syntax.unclosed");
    const bool word = !value.empty() && value.find_first_of("\"'") == value.npos;
    if (word && (has(detail, "integer") || has(detail, "floating-point") || has(detail, "value type") ||
                 has(detail, "boolean") || has(detail, "parsing date") || has(detail, "parsing time"))) {
        constexpr std::string_view digit = "0123456789";
        if (value.size() > 5 && value.find_first_not_of(digit) == 4 && value[4] == '-')
            return problems.report(value_at, "scenario.expects.date");
        const bool digits = value.find_first_not_of("0123456789_+-") == value.npos;
        return problems.report(value_at, digits ? "scenario.syntax.number" : "scenario.syntax.unquoted",
                               {{"value", std::string{value}}});
    }
    problems.report(at, "scenario.syntax", {{"detail", std::string{detail}}});
}

} // namespace

Node parse_tree(std::string_view text, Problems& problems)
{
    Node empty;
    empty.kind = Node::Kind::table;
    const auto stop = scan(text);
    const std::string_view safe = stop ? text.substr(0, stop->line_begin) : text;
    const toml::parse_result parsed = toml::parse(safe);
    if (stop) {
        // A mistake before that place comes first; one at the very end is only the cut.
        if (!parsed && place_of(parsed.error().source()).line < stop->at.line) {
            report_syntax(text, parsed.error(), problems);
        } else {
            problems.report(stop->at, stop->key, stop->arguments);
        }
        return empty;
    }
    if (!parsed) {
        report_syntax(text, parsed.error(), problems);
        return empty;
    }
    return node_of(parsed.table());
}

} // namespace tegami::scenario
