#pragma once
/// How challenges and responses travel in lines of SMTP and POP3: in base64, `*` to cancel. RFC 4954 §4, RFC 5034 §4.

#include "protocols/wire/octets.hpp"
#include "protocols/wire/result.hpp"

#include <string>

namespace tegami::sasl {

constexpr std::size_t exchange_line_limit = 12'286; ///< RFC 4954 §4: 12,288 octets with CRLF

/// A client gives up. RFC 4954 §4.
constexpr std::string_view cancel_line = "*";

/// A challenge or response, or an empty line for nothing.
std::string format_line(wire::Octets octets);
/// Strict base64 (RFC 4648 §4).
wire::Decoded<wire::OctetBuffer> parse_line(std::string_view text);

/// What stands beside the command: `=` for a response of nothing. RFC 4954 §4.
std::string format_initial_response(wire::Octets octets);
wire::Decoded<wire::OctetBuffer> parse_initial_response(std::string_view text);

} // namespace tegami::sasl
