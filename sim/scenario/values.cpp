#include "sim/scenario/values.hpp"

#include "sim/scenario/keys.hpp"

namespace tegami::scenario {

namespace {

/// Control characters other than LF and TAB: C0, DEL, and C1 in UTF-8.
bool has_control(std::string_view text)
{
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto octet = static_cast<unsigned char>(text[i]);
        if ((octet < 0x20 && octet != '\n' && octet != '\t') || octet == 0x7F) return true;
        if (octet == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0) return true;
    }
    return false;
}

bool checked_text(Problems& problems, const Node& node, bool several_lines, std::string& into)
{
    if (node.kind != Node::Kind::text) {
        problems.report(node.at, "scenario.expects.text");
        return false;
    }
    std::string text;
    for (std::size_t i = 0; i < node.text.size(); ++i)
        if (!node.text.substr(i, 2).starts_with("\r\n")) text += node.text[i];
    if (has_control(text)) {
        problems.report(node.at, "scenario.text.control");
        return false;
    }
    if (!several_lines && text.find('\n') != text.npos) {
        problems.report(node.at, "scenario.text.line");
        return false;
    }
    into = std::move(text);
    return true;
}

struct BothTexts {
    std::optional<std::string> en, ja;
};

constexpr Key<BothTexts> both_keys[] = {
    {{"en", "text", required, "\"Alice\"", "In English."},
     [](Problems& problems, const Node& node, BothTexts& both) {
         checked_text(problems, node, true, both.en.emplace());
     }},
    {{"ja", "text", required, "\"アリス\"", "In Japanese."},
     [](Problems& problems, const Node& node, BothTexts& both) {
         checked_text(problems, node, true, both.ja.emplace());
     }},
};

struct Range {
    std::optional<std::uint64_t> min, max;
};

void read_end_of_range(Problems& problems, const Node& node, std::optional<std::uint64_t>& into)
{
    std::int64_t number = -1;
    read_integer(problems, node, 0, std::numeric_limits<std::int64_t>::max(), number);
    if (number >= 0) into = static_cast<std::uint64_t>(number);
}

constexpr Key<Range> range_keys[] = {
    {{"min", "integer", "0", "1", "At least so many."},
     [](Problems& problems, const Node& node, Range& range) { read_end_of_range(problems, node, range.min); }},
    {{"max", "integer", "no limit", "3", "At most so many."},
     [](Problems& problems, const Node& node, Range& range) { read_end_of_range(problems, node, range.max); }},
};

} // namespace

std::string_view report_unknown_key(Problems& problems, const Entry& entry, std::span<const std::string_view> known)
{
    const Problems::Inside inside{problems, entry.key};
    const std::string_view meant = problems.full() ? std::string_view{} : closest(entry.key, known);
    if (meant.empty())
        problems.report(entry.at, "scenario.unknown_key", {{"key", entry.key}, {"known", listed(known)}});
    else
        problems.report(entry.at, "scenario.unknown_key.meant", {{"key", entry.key}, {"meant", std::string{meant}}});
    return meant;
}

bool is_name(std::string_view text)
{
    if (text.empty() || text.size() > name_limit || text[0] < 'a' || text[0] > 'z') return false;
    return std::ranges::all_of(text,
                               [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

bool is_domain(std::string_view text)
{
    if (text.size() > 253) return false; // 255 octets with the lengths of the first label and the root
    std::size_t labels = 0;
    while (true) {
        const std::size_t dot = text.find('.');
        const std::string_view label = text.substr(0, dot);
        if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
        for (const char c : label)
            if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) return false;
        ++labels;
        if (dot == text.npos) return labels >= 2;
        text.remove_prefix(dot + 1);
    }
}

bool is_question_name(std::string_view text)
{
    if (text.empty() || text.size() > 253) return false;
    std::size_t label = 0;
    for (const char c : text) {
        const bool inside =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
        if (c == '.' ? label == 0 : !inside || label == 63) return false;
        label = c == '.' ? 0 : label + 1;
    }
    return label != 0;
}

void read_line(Problems& problems, const Node& node, Placed<std::string>& into)
{
    if (checked_text(problems, node, false, into.value)) into.at = node.at;
}

void read_line(Problems& problems, const Node& node, std::string& into) { checked_text(problems, node, false, into); }

void read_lines(Problems& problems, const Node& node, std::string& into) { checked_text(problems, node, true, into); }

void read_text(Problems& problems, const Node& node, Text& into)
{
    if (node.kind == Node::Kind::text) {
        if (checked_text(problems, node, true, into.en)) into.ja = into.en;
        return;
    }
    if (node.kind != Node::Kind::table) return problems.report(node.at, "scenario.expects.two_texts");
    BothTexts both;
    for (const Entry& entry : node.entries)
        if (!read_entry(problems, entry, all(both_keys), both))
            report_unknown_key(problems, entry, names_of(all(both_keys)));
    if (!both.en) problems.report(node.at, "scenario.people_text.language", {{"missing", "en"}});
    if (!both.ja) problems.report(node.at, "scenario.people_text.language", {{"missing", "ja"}});
    into = {both.en.value_or(""), both.ja.value_or("")};
}

void read_name(Problems& problems, const Node& node, Placed<std::string>& into)
{
    if (node.kind != Node::Kind::text) return problems.report(node.at, "scenario.expects.text");
    if (!is_name(node.text)) return problems.report(node.at, "scenario.name.form", {{"name", node.text}});
    into = {node.text, node.at};
}

void read_two_names(Problems& problems, const Node& node, std::array<Placed<std::string>, 2>& into)
{
    if (node.kind != Node::Kind::list || node.items.size() != 2)
        return problems.report(node.at, "scenario.expects.two_names");
    for (std::size_t i = 0; i < 2; ++i) {
        const Problems::Inside inside{problems, i + 1};
        read_name(problems, node.items[i], into[i]);
    }
}

void read_integer(Problems& problems, const Node& node, std::int64_t min, std::int64_t max, std::int64_t& into)
{
    if (node.kind != Node::Kind::integer) return problems.report(node.at, "scenario.expects.integer");
    if (node.integer < min || node.integer > max)
        return problems.report(
            node.at, "scenario.range",
            {{"value", std::to_string(node.integer)}, {"min", std::to_string(min)}, {"max", std::to_string(max)}});
    into = node.integer;
}

void read_count(Problems& problems, const Node& node, Count& into)
{
    if (node.kind == Node::Kind::integer) {
        std::optional<std::uint64_t> exact;
        read_end_of_range(problems, node, exact);
        if (exact) into = {*exact, *exact};
        return;
    }
    if (node.kind != Node::Kind::table || node.entries.empty())
        return problems.report(node.at, "scenario.expects.count");
    Range range;
    for (const Entry& entry : node.entries)
        if (!read_entry(problems, entry, all(range_keys), range))
            report_unknown_key(problems, entry, names_of(all(range_keys)));
    const Count count{range.min.value_or(0), range.max.value_or(std::numeric_limits<std::uint64_t>::max())};
    if (count.min > count.max)
        return problems.report(node.at, "scenario.count.reversed",
                               {{"min", std::to_string(count.min)}, {"max", std::to_string(count.max)}});
    into = count;
}

void read_mail_number(Problems& problems, const Node& node, Placed<std::uint32_t>& into)
{
    std::int64_t number = 0;
    read_integer(problems, node, 1, std::numeric_limits<std::uint32_t>::max(), number);
    into = {static_cast<std::uint32_t>(number), node.at}; // 0 where it is no number: nobody's mail
}

void read_truth(Problems& problems, const Node& node, bool& into)
{
    if (node.kind != Node::Kind::truth) return problems.report(node.at, "scenario.expects.truth");
    into = node.truth;
}

bool read_amount(Problems& problems, const Node& node, const Dimension& dimension, std::uint64_t min, std::uint64_t max,
                 std::uint64_t& into)
{
    if (node.kind != Node::Kind::text) {
        problems.report(node.at, "scenario.expects.amount", {{"example", std::string{dimension.example}}});
        return false;
    }
    const auto amount = parse_amount(node.text, dimension);
    if (amount && *amount >= min && *amount <= max) {
        into = *amount;
        return true;
    }
    if (amount || amount.error() == AmountError::large)
        problems.report(
            node.at, "scenario.amount.range",
            {{"value", node.text}, {"min", format_amount(min, dimension)}, {"max", format_amount(max, dimension)}});
    else if (amount.error() == AmountError::fine)
        problems.report(node.at, "scenario.amount.fine",
                        {{"value", node.text}, {"smallest", std::string{dimension.smallest}}});
    else
        problems.report(node.at, amount.error() == AmountError::unit ? "scenario.amount.unit" : "scenario.amount",
                        {{"value", node.text}, {"units", unit_names(dimension)}});
    return false;
}

void read_duration(Problems& problems, const Node& node, Duration min, Duration& into)
{
    std::uint64_t value = 0;
    if (read_amount(problems, node, duration_amount, static_cast<std::uint64_t>(min.ns), longest, value))
        into = {static_cast<std::int64_t>(value)};
}

void read_share(Problems& problems, const Node& node, std::uint32_t& into)
{
    std::uint64_t value = 0;
    if (read_amount(problems, node, share_amount, 0, 1'000'000, value)) into = static_cast<std::uint32_t>(value);
}

void read_nets(Problems& problems, const Node& node, std::vector<Placed<Net>>& into)
{
    read_each(problems, node, [&](const Node& item) {
        if (item.kind != Node::Kind::text) return problems.report(item.at, "scenario.expects.text");
        const auto net = inet::parse_prefix(item.text);
        if (!net) return problems.report(item.at, "scenario.net", {{"net", item.text}});
        into.push_back({*net, item.at});
    });
}

void read_addresses(Problems& problems, const Node& node, std::vector<Placed<wire::Address>>& into)
{
    read_each(problems, node, [&](const Node& item) {
        if (item.kind != Node::Kind::text) return problems.report(item.at, "scenario.expects.text");
        const auto address = wire::parse_address(item.text);
        if (!address) return problems.report(item.at, "scenario.address", {{"address", item.text}});
        for (const Placed<wire::Address>& other : into)
            if (other.value.is_v4() == address->is_v4())
                return problems.report(item.at, "scenario.address.two", {{"address", item.text}});
        into.push_back({*address, item.at});
    });
}

void read_families(Problems& problems, const Node& node, Families& into)
{
    Families families{false, false};
    bool right = node.kind == Node::Kind::list && !node.items.empty();
    if (right)
        for (const Node& item : node.items) {
            if (item.kind == Node::Kind::integer && item.integer == 4 && !families.v4)
                families.v4 = true;
            else if (item.kind == Node::Kind::integer && item.integer == 6 && !families.v6)
                families.v6 = true;
            else
                right = false;
        }
    if (!right) return problems.report(node.at, "scenario.families");
    into = families;
}

std::optional<std::size_t> find_word(Problems& problems, Position at, std::string_view word,
                                     std::span<const std::string_view> words)
{
    const auto found = std::ranges::find(words, word);
    if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
    const std::string_view meant = problems.full() ? std::string_view{} : closest(word, words);
    if (meant.empty())
        problems.report(at, "scenario.word", {{"word", std::string{word}}, {"known", listed(words)}});
    else
        problems.report(at, "scenario.word.meant", {{"word", std::string{word}}, {"meant", std::string{meant}}});
    return std::nullopt;
}

std::optional<std::size_t> read_word(Problems& problems, const Node& node, std::span<const std::string_view> words)
{
    if (node.kind != Node::Kind::text) {
        problems.report(node.at, "scenario.expects.text");
        return std::nullopt;
    }
    return find_word(problems, node.at, node.text, words);
}

} // namespace tegami::scenario
