#include "sim/scenario/problem.hpp"

#include "protocols/dns/zone_problem.hpp"

#include <algorithm>
#include <cassert>
#include <numeric>

namespace tegami::scenario {

namespace {

constexpr ProblemKind every_problem[] = {
    // The text as such.
    {"scenario.too_large", {"limit"}},
    {"scenario.not_utf8"},
    {"scenario.nul"},
    {"scenario.control", {"found"}},
    {"scenario.too_deep", {"limit"}},
    {"scenario.wide", {"found", "wanted"}},
    {"scenario.not_ascii", {"found"}},
    {"scenario.syntax", {"detail"}},
    {"scenario.syntax.unquoted", {"value"}},
    {"scenario.syntax.unclosed"},
    {"scenario.syntax.header"},
    {"scenario.syntax.list"},
    {"scenario.syntax.twice", {"name"}},
    {"scenario.syntax.one_bracket", {"name"}},
    {"scenario.syntax.inline_newline"},
    {"scenario.syntax.equals"},
    {"scenario.syntax.number", {"value"}},
    {"scenario.syntax.trailing_comma"},
    {"scenario.more", {"count"}},
    // Keys.
    {"scenario.unknown_key", {"key", "known"}},
    {"scenario.unknown_key.meant", {"key", "meant"}},
    {"scenario.missing_key", {"key", "example"}},
    {"scenario.expects.text"},
    {"scenario.expects.two_texts"},
    {"scenario.expects.text_list"},
    {"scenario.expects.integer"},
    {"scenario.expects.truth"},
    {"scenario.expects.amount", {"example"}},
    {"scenario.expects.table", {"example"}},
    {"scenario.expects.blocks", {"name"}},
    {"scenario.expects.named", {"name"}},
    {"scenario.expects.date"},
    {"scenario.expects.count"},
    {"scenario.expects.two_names"},
    {"scenario.range", {"value", "min", "max"}},
    {"scenario.count.reversed", {"min", "max"}},
    {"scenario.word", {"word", "known"}},
    {"scenario.word.meant", {"word", "meant"}},
    {"scenario.not_yet", {"word", "known"}},
    {"scenario.isp_only", {"key"}},
    {"scenario.people_text.language", {"missing"}},
    {"scenario.text.control"},
    {"scenario.text.line"},
    {"scenario.date.zone"},
    {"scenario.date.range", {"min", "max"}},
    // Amounts.
    {"scenario.amount", {"value", "units"}},
    {"scenario.amount.unit", {"value", "units"}},
    {"scenario.amount.fine", {"value", "smallest"}},
    {"scenario.amount.range", {"value", "min", "max"}},
    // Names.
    {"scenario.name.form", {"name"}},
    {"scenario.name.reserved", {"name"}},
    {"scenario.name.twice", {"name", "line"}},
    {"scenario.name.unknown", {"name", "known"}},
    {"scenario.name.unknown.meant", {"name", "meant"}},
    {"scenario.check_name.twice", {"name", "line"}},
    // Sites.
    {"scenario.domain", {"domain"}},
    {"scenario.domain.shared", {"domain", "other", "line", "registered"}},
    {"scenario.domain.taken", {"domain"}},
    {"scenario.families"},
    {"scenario.families.world", {"site"}},
    {"scenario.net", {"net"}},
    {"scenario.net.length", {"net", "min", "max"}},
    {"scenario.net.overlap", {"net", "other"}},
    {"scenario.net.full", {"net", "name"}},
    {"scenario.address", {"address"}},
    {"scenario.address.two", {"address"}},
    {"scenario.address.family", {"address", "site"}},
    {"scenario.address.outside", {"address", "site"}},
    {"scenario.address.taken", {"address"}},
    {"scenario.lines.outside", {"net", "site"}},
    {"scenario.line.company", {"site"}},
    {"scenario.sites", {"limit"}},
    {"scenario.hosts", {"limit"}},
    {"scenario.roles.none", {"host"}},
    {"scenario.roles.twice", {"role"}},
    {"scenario.roles.mda_mra", {"host", "missing"}},
    {"scenario.roles.msa_alone", {"host"}},
    {"scenario.roles.second_store", {"host", "other"}},
    // People.
    {"scenario.user.no_device", {"user"}},
    {"scenario.mail_address", {"address"}},
    {"scenario.server.no_mta", {"host"}},
    // Links.
    {"scenario.link.no_ends", {"name", "known"}},
    {"scenario.link.no_ends.meant", {"name", "meant"}},
    {"scenario.link.same_ends"},
    {"scenario.link.host_end", {"name"}},
    {"scenario.link.ends_twice", {"name", "other"}},
    {"scenario.link.other_ends", {"name", "ends"}},
    // Zones and filters.
    {"scenario.expects.rows", {"example"}},
    {"scenario.filter.rows", {"limit"}},
    {"scenario.filter.port"},
    {"scenario.filter.router", {"name", "known"}},
    {"scenario.filter.no_row", {"name", "row", "count"}},
    {"scenario.filter.none", {"name"}},
    // What happens.
    {"scenario.acts", {"limit"}},
    {"scenario.act.when"},
    {"scenario.act.both"},
    {"scenario.act.nothing"},
    {"scenario.act.several", {"first", "second"}},
    {"scenario.act.verb", {"subject", "example"}},
    {"scenario.verb", {"verb", "known"}},
    {"scenario.verb.meant", {"verb", "meant"}},
    {"scenario.verb.site", {"name"}},
    {"scenario.verb.user", {"name", "verb", "known"}},
    {"scenario.verb.host", {"name", "verb", "known"}},
    {"scenario.verb.link", {"name", "verb", "known"}},
    {"scenario.verb.filter", {"name", "verb", "known"}},
    {"scenario.verb.router", {"name"}},
    {"scenario.after.form"},
    {"scenario.after.itself", {"mail"}},
    {"scenario.after.circle", {"mail"}},
    {"scenario.mail.number", {"mail", "count"}},
    {"scenario.mail.none", {"mail"}},
    {"scenario.sends.no_server", {"user"}},
    {"scenario.sends.nobody"},
    {"scenario.sends.recipients", {"limit"}},
    {"scenario.resends.other", {"mail", "user", "sender"}},
    {"scenario.reads.other", {"mail", "user", "address"}},
    {"scenario.dns.name", {"name"}},
    {"scenario.reads.no_mailbox", {"user", "site"}},
    {"scenario.device", {"user", "device", "known"}},
    {"scenario.loses.end", {"name", "link", "ends"}},
    // Checks.
    {"scenario.filter", {"filter", "detail"}},
    {"scenario.check.kind"},
    {"scenario.check.kinds", {"first", "second"}},
    {"scenario.check.empty"},
    {"scenario.check.not_here", {"key", "of", "kind"}},
    {"scenario.check.place", {"place"}},
    {"scenario.check.copies"},
    {"scenario.check.dns_empty"},
    {"scenario.sniff.nic", {"name", "known"}},
    // What the lesson says and asks, and its variants.
    {"scenario.say.nothing"},
    {"scenario.ask.when"},
    {"scenario.ask.choices"},
    {"scenario.ask.choice_twice"},
    {"scenario.variant.path", {"path_set", "part"}},
    {"scenario.variant.none", {"name"}},
    {"scenario.variant.unknown", {"name", "known"}},
};

constexpr std::size_t list_characters = 240; // of an argument that is a list, or our own example
constexpr std::size_t word_limit = 64;       // longer words are not compared

/// Edit distance in which two swapped neighbours count once (optimal string alignment).
std::size_t edit_distance(std::string_view one, std::string_view other)
{
    std::vector<std::size_t> before(other.size() + 1), last(other.size() + 1), row(other.size() + 1);
    std::iota(last.begin(), last.end(), std::size_t{0});
    for (std::size_t i = 1; i <= one.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= other.size(); ++j) {
            const bool same = one[i - 1] == other[j - 1];
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0u : 1u)});
            if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1])
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
        std::swap(before, last);
        std::swap(last, row);
    }
    return last[other.size()];
}

/// Small letters, and one kind of joint between words.
std::string folded_word(std::string_view word)
{
    std::string folded{word};
    for (char& c : folded) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        if (c == '_' || c == ' ') c = '-';
    }
    return folded;
}

} // namespace

std::span<const ProblemKind> problem_kinds()
{
    // Ours, then those of zones.
    static const std::vector<ProblemKind> all = [] {
        std::vector<ProblemKind> kinds{std::begin(every_problem), std::end(every_problem)};
        for (const dns::ZoneProblemKind& kind : dns::zone_problem_kinds()) {
            ProblemKind& added = kinds.emplace_back(kind.key);
            std::ranges::copy(kind.arguments, added.arguments.begin());
        }
        return kinds;
    }();
    return all;
}

void Problems::report(Position at, std::string_view key, Arguments arguments)
{
    const auto kinds = problem_kinds();
    const auto kind = std::ranges::find(kinds, key, &ProblemKind::key);
    assert(kind != kinds.end());
    for (std::size_t i = 0; i < kind->arguments.size(); ++i)
        assert(i < arguments.size() ? arguments[i].first == kind->arguments[i] : kind->arguments[i].empty());
    if (full()) {
        ++left_out_;
        return;
    }
    for (auto& [name, value] : arguments) {
        const bool ours = name == "known" || name == "example" || name == "units" || name == "detail";
        value = ours ? quotable(value, list_characters) : quotable(value);
    }
    const auto behind = std::ranges::upper_bound(listed_, at, {}, &Problem::at);
    listed_.insert(behind, {at, quotable(path_), kind->key, std::move(arguments)});
}

std::vector<Problem> Problems::take()
{
    if (left_out_ != 0)
        listed_.push_back({listed_.back().at, {}, "scenario.more", {{"count", std::to_string(left_out_)}}});
    left_out_ = 0;
    return std::exchange(listed_, {});
}

Problems::Inside::Inside(Problems& problems, std::string_view key) : problems_{problems}, before_{problems.path_.size()}
{
    if (!problems.path_.empty()) problems.path_ += '.';
    problems.path_ += key;
}

Problems::Inside::Inside(Problems& problems, std::size_t index) : problems_{problems}, before_{problems.path_.size()}
{
    problems.path_ += '[' + std::to_string(index) + ']';
}

std::string quotable(std::string_view text, std::size_t limit)
{
    std::string out;
    std::size_t characters = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto octet = static_cast<unsigned char>(text[i]);
        if ((octet & 0xC0) != 0x80 && ++characters > limit) return out + "…";
        constexpr std::string_view digits = "0123456789ABCDEF";
        // U+0080 to U+009F are controls too: C2 80 to C2 9F.
        const bool c1 = octet == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
        // U+202A to U+202E and U+2066 to U+2069 turn the direction of writing: E2 80 AA–AE, E2 81 A6–A9.
        const auto at = [&](std::size_t k) {
            return i + k < text.size() ? static_cast<unsigned char>(text[i + k]) : 0u;
        };
        const bool turns = octet == 0xE2 && ((at(1) == 0x80 && at(2) >= 0xAA && at(2) <= 0xAE) ||
                                             (at(1) == 0x81 && at(2) >= 0xA6 && at(2) <= 0xA9));
        if (octet < 0x20 || octet == 0x7F) {
            out += "\\u00";
            out += digits[octet >> 4];
            out += digits[octet & 15];
        } else if (c1) {
            const auto low = static_cast<unsigned char>(text[++i]);
            out += "\\u00";
            out += digits[low >> 4];
            out += digits[low & 15];
        } else if (turns) {
            out += at(1) == 0x80 ? "\\u202" : "\\u206";
            out += digits[at(2) - 0xA0u];
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

std::string_view closest(std::string_view word, std::span<const std::string_view> candidates)
{
    if (word.empty() || word.size() > word_limit) return {};
    const std::string folded = folded_word(word);
    std::string_view best;
    std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
    for (const std::string_view candidate : candidates) {
        if (candidate.size() > word_limit) continue;
        const std::string other = folded_word(candidate);
        std::size_t distance = edit_distance(folded, other);
        // "mx1" for "example-mx1", "alice" for "alice-pc", "send" for "sends".
        const bool part = other.starts_with(folded + '-') || other.ends_with('-' + folded) || other == folded + 's';
        if (part) distance = std::min<std::size_t>(distance, 1);
        if (distance < best_distance) {
            best_distance = distance;
            best = candidate;
        }
    }
    // "home-bob" for "office-bob": at least the last part is right.
    const std::size_t joint = folded.rfind('-');
    if (best.empty() && joint != folded.npos && folded.size() - joint > 3)
        for (const std::string_view candidate : candidates)
            if (candidate.ends_with(folded.substr(joint))) return candidate;
    return best;
}

std::string listed(std::span<const std::string_view> words)
{
    std::string text;
    for (const std::string_view word : words) {
        if (!text.empty()) text += ", ";
        text += word;
    }
    return text;
}

} // namespace tegami::scenario
