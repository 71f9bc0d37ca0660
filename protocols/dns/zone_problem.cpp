#include "protocols/dns/zone_problem.hpp"

#include <algorithm>
#include <cassert>

namespace tegami::dns {

namespace {

constexpr ZoneProblemKind kinds[] = {
    // Of the text. RFC 1035 §5.1, RFC 2308 §4, RFC 3597 §5.
    {"zone.unclosed_quote", Severity::error, {}},
    {"zone.unclosed_parenthesis", Severity::error, {}},
    {"zone.unopened_parenthesis", Severity::error, {}},
    {"zone.include", Severity::error, {}},
    {"zone.generate", Severity::error, {}},
    {"zone.unknown_directive", Severity::error, {"word"}},
    {"zone.directive_argument", Severity::error, {"directive"}},
    {"zone.no_owner", Severity::error, {}},
    {"zone.no_ttl", Severity::error, {}},
    {"zone.bad_ttl", Severity::error, {"word"}},
    {"zone.large_ttl", Severity::error, {"word"}},
    {"zone.wrong_class", Severity::error, {"word"}},
    {"zone.no_type", Severity::error, {}},
    {"zone.unknown_type", Severity::error, {"word"}},
    {"zone.meta_type", Severity::error, {"word"}},
    {"zone.type_without_text", Severity::error, {"type"}},
    {"zone.missing_field", Severity::error, {"type", "field"}},
    {"zone.extra_field", Severity::error, {"type", "word"}},
    {"zone.bad_name", Severity::error, {"word"}},
    {"zone.empty_label", Severity::error, {"word"}},
    {"zone.long_label", Severity::error, {"word"}},
    {"zone.long_name", Severity::error, {"word"}},
    {"zone.bad_escape", Severity::error, {"word"}},
    {"zone.bad_number", Severity::error, {"word", "field", "largest"}},
    {"zone.bad_ipv4", Severity::error, {"word"}},
    {"zone.bad_ipv6", Severity::error, {"word"}},
    {"zone.long_string", Severity::error, {"length"}},
    {"zone.bad_hex", Severity::error, {"word"}},
    {"zone.bad_base64", Severity::error, {"word"}},
    {"zone.long_data", Severity::error, {"type"}},
    {"zone.generic_length", Severity::error, {"said", "length"}},
    {"zone.generic_data", Severity::error, {"type"}},
    // Of the zone. RFC 1034 §3.6.2 and §4.2.1, RFC 2181 §5.2, §6.1 and §10.
    {"zone.no_soa", Severity::error, {"zone"}},
    {"zone.two_soa", Severity::error, {"line"}},
    {"zone.soa_elsewhere", Severity::error, {"name", "zone"}},
    {"zone.no_ns", Severity::error, {"zone"}},
    {"zone.cname_and_other", Severity::error, {"name", "line"}},
    {"zone.two_cnames", Severity::error, {"name", "line"}},
    {"zone.ns_is_alias", Severity::error, {"host", "line"}},
    {"zone.ns_without_address", Severity::error, {"host"}},
    {"zone.missing_glue", Severity::warning, {"host", "child"}},
    {"zone.missing_sibling_glue", Severity::warning, {"host", "child"}},
    {"zone.out_of_zone", Severity::warning, {"name", "zone"}},
    {"zone.differing_ttl", Severity::warning, {"name", "type", "line"}},
    {"zone.host_is_address", Severity::warning, {"type", "word"}},
    {"zone.mx_is_alias", Severity::warning, {"host", "line"}},
    {"zone.mx_without_address", Severity::warning, {"host"}},
    {"zone.srv_is_alias", Severity::warning, {"host", "line"}},
    {"zone.srv_without_address", Severity::warning, {"host"}},
    {"zone.no_host_name", Severity::warning, {"name", "type"}},
    {"zone.below_delegation", Severity::warning, {"name", "child"}},
    {"zone.more_problems", Severity::error, {"count"}},
};

} // namespace

std::span<const ZoneProblemKind> zone_problem_kinds() { return kinds; }

void ZoneProblems::report(ZonePlace at, std::string_view key, std::vector<std::string> arguments)
{
    const auto* const kind = std::ranges::find(kinds, key, &ZoneProblemKind::key);
    assert(kind != std::end(kinds));
    if (kind->severity == Severity::error) ++errors_;
    if (listed_.size() == most_zone_problems) {
        ++left_out_;
        return;
    }
    ZoneProblem& problem = listed_.emplace_back();
    problem.at = at;
    problem.key = kind->key;
    problem.severity = kind->severity;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        assert(i < kind->arguments.size() && !kind->arguments[i].empty());
        problem.arguments.emplace_back(kind->arguments[i], std::move(arguments[i]));
    }
}

std::vector<ZoneProblem> ZoneProblems::take()
{
    std::ranges::sort(listed_, {}, [](const ZoneProblem& each) { return std::pair{each.at, each.key}; });
    if (left_out_ != 0)
        listed_.push_back({listed_.back().at,
                           "zone.more_problems",
                           errors_ != 0 ? Severity::error : Severity::warning,
                           {{"count", std::to_string(left_out_)}}});
    left_out_ = errors_ = 0;
    return std::exchange(listed_, {});
}

std::string quotable_word(std::string_view word)
{
    std::string text;
    for (const char character : word) {
        if (text.size() >= 60) return text + "...";
        const auto octet = static_cast<std::uint8_t>(character);
        if (octet >= ' ' && octet < 0x7F) {
            text += character;
            continue;
        }
        text += '\\';
        text += static_cast<char>('0' + octet / 100);
        text += static_cast<char>('0' + octet / 10 % 10);
        text += static_cast<char>('0' + octet % 10);
    }
    return text;
}

} // namespace tegami::dns
