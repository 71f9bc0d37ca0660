#include "sim/export/name_words.hpp"

#include "sim/narration/clock.hpp"
#include "sim/narration/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace tegami::exporting {
namespace {

std::string_view next_word(std::string_view& rest)
{
    const std::size_t begin = rest.find_first_not_of(" \t");
    if (begin == rest.npos) {
        rest = {};
        return {};
    }
    rest.remove_prefix(begin);
    const std::size_t end = std::min(rest.find_first_of(" \t"), rest.size());
    const std::string_view word = rest.substr(0, end);
    rest.remove_prefix(end);
    return word;
}

std::optional<RecordLine> record_of(std::string_view line)
{
    RecordLine record;
    record.owner = next_word(line);
    const std::string_view ttl = next_word(line);
    const auto [end, error] = std::from_chars(ttl.data(), ttl.data() + ttl.size(), record.ttl);
    if (error != std::errc{} || end != ttl.data() + ttl.size()) return std::nullopt;
    if (next_word(line) != "IN") return std::nullopt;
    record.type = next_word(line);
    const std::size_t begin = line.find_first_not_of(" \t");
    record.data = begin == line.npos ? std::string_view{} : line.substr(begin);
    if (record.type.empty()) return std::nullopt;
    return record;
}

constexpr std::uint16_t mx_type = 15; // RFC 1035 §3.2.2
/// A domain that takes no mail names no server, in so many words: the root. RFC 7505 §3.
constexpr std::string_view null_mx = "0 .";

/// What of a record's data a reader needs: names without their last dot, of all but the root.
std::string shown_data(const RecordLine& record)
{
    return std::string{record.type == "TXT" || record.data.ends_with(" .") ? record.data : without_dot(record.data)};
}

} // namespace

/// Whoever wrote the sections may have ended each line with a line feed, or put them between lines only: at the very
/// beginning, where the first section is empty, that is one line feed or two.
Sections sections_of(std::string_view records)
{
    Sections sections;
    std::vector<RecordLine>* const all[] = {&sections.answer, &sections.authority, &sections.additional};
    std::size_t section = 0;
    for (bool first = true; !records.empty(); first = false) {
        const std::size_t feeds = std::min(records.find_first_not_of('\n'), records.size());
        section += first ? (feeds + 1) / 2 : feeds / 2 + (feeds == 3 ? 1 : 0);
        records.remove_prefix(feeds);
        if (section >= std::size(all) || records.empty()) break;
        const std::size_t end = std::min(records.find('\n'), records.size());
        if (const auto record = record_of(records.substr(0, end))) all[section]->push_back(*record);
        records.remove_prefix(end);
    }
    return sections;
}

std::string_view without_dot(std::string_view name)
{
    if (name.size() > 1 && name.ends_with('.') && !name.ends_with("\\.")) name.remove_suffix(1);
    return name;
}

std::string type_text(std::uint16_t type) { return type == 0 ? std::string{"*"} : narration::record_type_name(type); }

std::string question_text(std::string_view name, std::uint16_t type)
{
    if (type == 0) return fmt::format("{}?", without_dot(name)); // for all types at once
    return fmt::format("{} {}?", without_dot(name), narration::record_type_name(type));
}

std::string data_text(const Sections& sections, std::uint16_t type)
{
    const std::string wanted = narration::record_type_name(type);
    std::string text;
    for (const RecordLine& record : sections.answer) {
        if (record.type != wanted && record.type != "CNAME") continue;
        if (!text.empty()) text += text.ends_with("→") ? " " : ", ";
        text += record.type == "CNAME" && wanted != "CNAME" ? "= " + shown_data(record) + " →" : shown_data(record);
    }
    return text;
}

std::string answer_text(const narration::Catalogue& catalogue, run::DnsOutcome outcome, std::uint16_t rcode,
                        std::uint16_t type, std::string_view records)
{
    using run::DnsOutcome;
    const Sections sections = sections_of(records);
    switch (outcome) {
    case DnsOutcome::answer:
        if (std::string data = data_text(sections, type); !data.empty())
            return data == null_mx && type == mx_type ? catalogue.text("dns.short.null_mx", {{"data", data}}) : data;
        break;
    case DnsOutcome::alias: {
        const auto alias = std::ranges::find(sections.answer, "CNAME", &RecordLine::type);
        if (alias != sections.answer.end())
            return catalogue.text("dns.short.alias", {{"name", without_dot(alias->data)}});
        break;
    }
    case DnsOutcome::referral: {
        const auto server = std::ranges::find(sections.authority, "NS", &RecordLine::type);
        if (server == sections.authority.end()) break;
        return catalogue.text("dns.short.referral",
                              {{"zone", without_dot(server->owner)}, {"server", without_dot(server->data)}});
    }
    case DnsOutcome::failed: return catalogue.text("dns.short.failed", {{"rcode", rcode}});
    default: break;
    }
    return catalogue.text(fmt::format("dns.outcome.{}", narration::word(outcome)));
}

std::optional<std::uint32_t> ttl_of(std::string_view records)
{
    const Sections sections = sections_of(records);
    if (sections.answer.empty()) return std::nullopt;
    return std::ranges::min(sections.answer, {}, &RecordLine::ttl).ttl;
}

std::string ttl_text(const narration::Catalogue& catalogue, std::uint64_t seconds)
{
    if (seconds >= 86'400 && seconds % 86'400 == 0) return catalogue.text("ttl.days", {{"n", seconds / 86'400}});
    if (seconds >= 3'600 && seconds % 3'600 == 0) return catalogue.text("ttl.hours", {{"n", seconds / 3'600}});
    if (seconds >= 60 && seconds % 60 == 0) return catalogue.text("ttl.minutes", {{"n", seconds / 60}});
    if (seconds >= 60) return narration::duration_text(catalogue, wire::seconds(static_cast<std::int64_t>(seconds)));
    return catalogue.text("ttl.seconds", {{"n", seconds}});
}

} // namespace tegami::exporting
