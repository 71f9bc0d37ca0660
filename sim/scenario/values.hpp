#pragma once
/// Readers of single values. Each says what is wrong and leaves `into` as it was.

#include "sim/scenario/amount.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/scenario/tree.hpp"

#include <span>

namespace tegami::scenario {

constexpr std::size_t name_limit = 63; ///< of any name: it may become a label (RFC 1035 §2.3.4)
constexpr std::uint64_t longest = 36'500ull * 86'400 * 1'000'000'000; ///< a hundred years

/// [a-z][a-z0-9-]*, at most 63 characters.
bool is_name(std::string_view text);
/// Labels of small letters, digits and hyphens; at least two. RFC 1035 §2.3.1, RFC 1123 §2.1.
bool is_domain(std::string_view text);

/// What may be asked of DNS as a person writes it: labels of letters, digits, hyphens and underscores, one or more.
bool is_question_name(std::string_view text);
/// The types of DNS records that have a name here.
inline constexpr std::string_view dns_type_words[] = {"A",  "AAAA", "CNAME", "MX",  "TXT",
                                                      "NS", "SOA",  "PTR",   "SRV", "ANY"};

/// One line for a wire or a name: no control characters.
void read_line(Problems& problems, const Node& node, Placed<std::string>& into);
void read_line(Problems& problems, const Node& node, std::string& into);
/// Several lines for a wire; CRLF becomes LF.
void read_lines(Problems& problems, const Node& node, std::string& into);
/// A text, or { en, ja } with both.
void read_text(Problems& problems, const Node& node, Text& into);
/// A name by the rule of names.
void read_name(Problems& problems, const Node& node, Placed<std::string>& into);
void read_two_names(Problems& problems, const Node& node, std::array<Placed<std::string>, 2>& into);

void read_integer(Problems& problems, const Node& node, std::int64_t min, std::int64_t max, std::int64_t& into);
template <class T>
void read_number(Problems& problems, const Node& node, std::int64_t min, std::int64_t max, T& into)
{
    std::int64_t number = -1;
    read_integer(problems, node, min, max, number);
    if (number >= 0) into = static_cast<T>(number);
}
/// A whole number, or { min, max } with at least one of them.
void read_count(Problems& problems, const Node& node, Count& into);
/// The number of a mail, from 1.
void read_mail_number(Problems& problems, const Node& node, Placed<std::uint32_t>& into);
void read_truth(Problems& problems, const Node& node, bool& into);

/// False where it was none, or not between `min` and `max`.
bool read_amount(Problems& problems, const Node& node, const Dimension& dimension, std::uint64_t min, std::uint64_t max,
                 std::uint64_t& into);
void read_duration(Problems& problems, const Node& node, Duration min, Duration& into);
void read_share(Problems& problems, const Node& node, std::uint32_t& into);

/// A text, or a list of texts: `one` is called for each.
template <class One>
void read_each(Problems& problems, const Node& node, One&& one)
{
    if (node.kind == Node::Kind::text) return one(node);
    if (node.kind != Node::Kind::list) return problems.report(node.at, "scenario.expects.text_list");
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        const Problems::Inside inside{problems, i + 1};
        one(node.items[i]);
    }
}
/// One prefix or a list of them, of either family.
void read_nets(Problems& problems, const Node& node, std::vector<Placed<Net>>& into);
/// One address, or a list of at most one of each family.
void read_addresses(Problems& problems, const Node& node, std::vector<Placed<wire::Address>>& into);
/// [4], [6] or [4, 6].
void read_families(Problems& problems, const Node& node, Families& into);

/// One of `words`; its place among them, or nothing.
std::optional<std::size_t> read_word(Problems& problems, const Node& node, std::span<const std::string_view> words);
std::optional<std::size_t> find_word(Problems& problems, Position at, std::string_view word,
                                     std::span<const std::string_view> words);
template <class T>
void read_choice(Problems& problems, const Node& node, std::span<const std::string_view> words, T& into)
{
    if (const auto place = read_word(problems, node, words)) into = static_cast<T>(*place);
}

} // namespace tegami::scenario
