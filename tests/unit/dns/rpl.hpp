#pragma once
/// Reads the scenarios of Deckard (and Unbound's testbound before it): what servers say, what a client asks, and what it
/// must be told. Only as text: a line of a section is a record as in a zone file.

#include <cstdint>
#include <string>
#include <vector>

namespace tegami::dns::rpl {

struct Entry {
    std::vector<std::string> match;  ///< what of a query must be as in this entry
    std::vector<std::string> adjust; ///< what of the query goes into the response
    std::vector<std::string> reply;  ///< flags and RCODE
    std::vector<std::string> question, answer, authority, additional;
    std::string raw; ///< hexadecimal, instead of all that

    bool matches_on(const std::string& what) const;
    bool adjusts(const std::string& what) const;
    bool says(const std::string& flag) const;
};

/// What servers at an address answer while the scenario is in steps `from` to `to`.
struct Range {
    std::uint32_t from = 0, to = 0;
    std::vector<std::string> addresses;
    std::vector<Entry> entries;
};

struct Step {
    enum class What { query, check_answer, reply, time_passes, check_out_query, other };
    std::uint32_t number = 0;
    What what{};
    std::int64_t seconds = 0; ///< of time_passes
    Entry entry;
};

struct Scenario {
    std::vector<std::string> configuration; ///< lines, without comments
    std::string title;
    std::vector<Range> ranges;
    std::vector<Step> steps;

    /// The value behind `key:`; empty where there is none.
    std::string setting(const std::string& key) const;
};

/// `text` is a whole .rpl file. What it does not know of, it leaves out.
Scenario read(const std::string& text);

} // namespace tegami::dns::rpl
