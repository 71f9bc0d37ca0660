#pragma once
/// Text beyond ASCII in header fields. RFC 2047.
///
/// Written: UTF-8 in the B encoding. Read: B and Q, in UTF-8, US-ASCII and ISO-8859-1; a word in another character set
/// stays as it stands. Left out: RFC 2231.

#include <string>
#include <string_view>

namespace tegami::mail {

constexpr std::size_t encoded_word_limit = 75;      ///< RFC 2047 §2
constexpr std::size_t encoded_word_line_limit = 76; ///< RFC 2047 §2: a line that holds an encoded word

/// UTF-8 text as encoded words, folded with CRLF and a space between them; no character is split between two words
/// (§5). `column` is where the first word will begin in its line. Octets that are no UTF-8 become U+FFFD.
std::string encode_words(std::string_view text, std::size_t column);

/// Unfolded field text with its encoded words decoded, as well-formed UTF-8, for people to read. White space between two
/// words falls away (§6.2); what only looks like an encoded word stays. It may hold control characters.
std::string decode_words(std::string_view text);

} // namespace tegami::mail
