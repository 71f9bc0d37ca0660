#pragma once
/// Reads the header of a message as it comes. RFC 5322 §2.2, tolerantly: lines may end with LF alone, and a line that is
/// no header field ends the header.

#include "protocols/wire/octets.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tegami::mail {

constexpr std::size_t header_limit = 100 * 1024; ///< octets; further ones are no header
constexpr std::size_t header_field_limit = 1'000;

/// One field. Both are views of the message.
struct HeaderField {
    std::string_view name;
    std::string_view body; ///< behind the colon, folded as it was, without the CRLF at its end
};

struct Header {
    std::vector<HeaderField> fields; ///< in the order of the message
    std::size_t body_offset = 0;     ///< where the body begins
    bool over_limit = false;         ///< fields are missing here

    /// The first field of that name, without regard to case.
    const HeaderField* find(std::string_view name) const;
    std::size_t count(std::string_view name) const;
};

/// The views last as long as `message`.
Header read_header(std::string_view message);

/// A field's body in one line: the line ends of folding removed (§2.2.3), white space around it too.
std::string unfold(std::string_view body);

/// A field's body for people to read: unfolded, and encoded words decoded.
std::string display_text(std::string_view body);

} // namespace tegami::mail
