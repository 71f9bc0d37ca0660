#pragma once
/// A question to the name system and what became of it, in words; of several types of one name that were asked together,
/// in one line.

#include "sim/export/tale.hpp"
#include "sim/narration/narration.hpp"

#include <span>
#include <string>

namespace tegami::exporting {

/// "example.com MX?", "mx1.example.com A? AAAA?", with "(TCP)" behind it where it went that way. `asked`: at least one.
std::string question_words(std::span<const Asked* const> asked);
/// "198.51.100.25, 2001:db8::25": what was answered, each thing once; "…" where an answer is still awaited.
std::string answer_words(const narration::Catalogue& catalogue, std::span<const Asked* const> asked);

/// "sakura-resolver still knows: example.com MX? 10 mx1.example.com, good for another 59 min". A name that is not there is
/// remembered for all types (RFC 2308 §5).
std::string remembered_words(const narration::Narrator& narrator, const Remembered& remembered);

/// Whether the answer is one that helps nobody.
bool is_bad(const Asked& asked);

} // namespace tegami::exporting
