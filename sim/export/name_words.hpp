#pragma once
/// Questions to the name system and their answers in a few words, for every view that tells of them.

#include "sim/narration/catalogue.hpp"
#include "sim/run/facts.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tegami::exporting {

/// One line of the records in a fact, "owner TTL IN TYPE data", taken apart. Views of the text.
struct RecordLine {
    std::string_view owner, type, data;
    std::uint32_t ttl = 0;
};
/// The records in the three sections of an answer. What is no record line is left out.
struct Sections {
    std::vector<RecordLine> answer, authority, additional;
};
Sections sections_of(std::string_view records);

/// "example.com", without the dot at its end; "." for the root.
std::string_view without_dot(std::string_view name);

/// "example.com MX?"
std::string question_text(std::string_view name, std::uint16_t type);

/// What the records of an answer say: "10 mx1.example.com, 20 mx2.example.com".
std::string data_text(const Sections& sections, std::uint16_t type);

/// What became of a question: the data, or whom to ask, or why not.
std::string answer_text(const narration::Catalogue& catalogue, run::DnsOutcome outcome, std::uint16_t rcode,
                        std::uint16_t type, std::string_view records);

/// The least TTL of the records that answer; nothing where there is none.
std::optional<std::uint32_t> ttl_of(std::string_view records);
/// A TTL as people say it: "1 h", "5 min", "30 s".
std::string ttl_text(const narration::Catalogue& catalogue, std::uint64_t seconds);

/// "MX"; "*" for 0, which stands for all types of a name.
std::string type_text(std::uint16_t type);

} // namespace tegami::exporting
