#pragma once
/// Content-Transfer-Encoding: how a body crosses a path that takes short lines of ASCII only. RFC 2045 §6.

#include "protocols/wire/octets.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tegami::mail {

constexpr std::size_t encoded_line_limit = 76; ///< RFC 2045 §6.7 rule 5 and §6.8

enum class TransferEncoding : std::uint8_t { seven_bit, eight_bit, quoted_printable, base64 };

/// As the field's value names it.
std::string_view format(TransferEncoding encoding);

/// Text with CRLF line ends, which stay line ends. RFC 2045 §6.7.
std::string encode_quoted_printable(std::string_view text);
/// Takes what it can: soft line breaks, hexadecimal in either case; `=` before anything else stays itself (§6.7, note).
std::string decode_quoted_printable(std::string_view text);
/// Lines of 76 characters, each ended by CRLF. RFC 2045 §6.8.
std::string encode_base64_lines(std::string_view octets);

/// The two hexadecimal digits that `text` begins with.
std::optional<std::uint8_t> read_hex_octet(std::string_view text);

} // namespace tegami::mail
