#pragma once
/// SMTP replies: written by a server, read by a client. RFC 5321 §4.2, RFC 3463, RFC 2034.

#include "protocols/wire/result.hpp"
#include "protocols/wire/stream.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tegami::smtp {

constexpr std::size_t reply_line_limit = 4'096; ///< RFC 5321 §4.5.3.1.5 promises 512 only
constexpr std::size_t reply_lines_limit = 100;

/// class "." subject "." detail; RFC 3463 §2. All zeros: there is none.
struct EnhancedCode {
    std::uint16_t status_class = 0;
    std::uint16_t subject = 0;
    std::uint16_t detail = 0;

    bool operator==(const EnhancedCode&) const = default;
};

struct Reply {
    std::uint16_t code = 0; ///< 0: there was no reply
    EnhancedCode enhanced;
    std::string text; ///< lines with LF between them, without codes

    bool positive() const { return code / 100 == 2; }
    bool transient_failure() const { return code / 100 == 4; }
    bool permanent_failure() const { return code / 100 == 5; }

    bool operator==(const Reply&) const = default;
};

/// With CRLF behind each line, and the enhanced code, if any, in each (RFC 2034 §4).
std::string format(const Reply& reply);

/// Puts a reply together from its lines, as a peer that may be wrong sends them.
class ReplyReader {
  public:
    enum class Progress : std::uint8_t { more, done, malformed };

    Progress feed(const wire::Line& line);
    /// The reply once it is done; the reader is ready for the next one.
    Reply take();
    /// Why it is malformed.
    const wire::Malformed& failure() const { return failure_; }

  private:
    Progress fail(std::string_view rule);

    Reply reply_;
    std::size_t lines_ = 0;
    wire::Malformed failure_;
};

} // namespace tegami::smtp
