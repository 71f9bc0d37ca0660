#pragma once
/// UTF-8 (RFC 3629), one character at a time.

#include <cstdint>
#include <string>
#include <string_view>

namespace tegami::mail {

/// Octets of the character that `text` begins with, 1 to 4; 0 where no well-formed character begins, or `text` is empty.
std::size_t utf8_length(std::string_view text);
/// The same text with U+FFFD for every octet that belongs to no well-formed character.
std::string repair_utf8(std::string_view text);
void append_utf8(std::string& text, std::uint32_t character);

} // namespace tegami::mail
