#pragma once
/// The words of a zone's text, entry by entry. RFC 1035 §5.1: comments, quotes, escapes and parentheses.

#include "protocols/dns/zone_problem.hpp"

#include <string_view>
#include <vector>

namespace tegami::dns {

struct ZoneWord {
    std::string_view text; ///< as written: escapes are not resolved, quotes left off
    bool quoted = false;
    ZonePlace at;

    bool is(std::string_view word) const { return !quoted && text == word; }
};

/// A line, or several in parentheses.
struct ZoneEntry {
    bool begins_blank = false;   ///< it has no owner of its own
    ZonePlace at;                ///< of its first word
    std::vector<ZoneWord> words; ///< at least one
};

class ZoneScanner {
  public:
    ZoneScanner(std::string_view text, ZoneProblems& problems) : text_(text), problems_(problems) {}

    /// The next entry that has words; false at the end. An entry that is itself wrong is reported and passed over.
    bool next(ZoneEntry& entry);

  private:
    bool at_end() const { return offset_ == text_.size(); }
    char peek() const { return text_[offset_]; }
    void step();
    void skip_line();
    /// Reads one entry; false where it is broken.
    bool read_entry(ZoneEntry& entry);

    std::string_view text_;
    ZoneProblems& problems_;
    std::size_t offset_ = 0;
    ZonePlace place_;
};

/// What a word means, its escapes resolved: \DDD is an octet, \X is X. False where an escape is none.
bool resolve_escapes(std::string_view text, std::string& octets);

} // namespace tegami::dns
