#pragma once
/// How message text travels where a line with a single dot ends it: SMTP's DATA (RFC 5321 §4.5.2) and POP3's multi-line
/// responses (RFC 1939 §3). Both machines take their input in pieces of any size.

#include "protocols/wire/octets.hpp"

#include <cstdint>

namespace tegami::mail {

constexpr std::size_t text_line_limit = 65'536; ///< hard stop; RFC 5321 §4.5.3.1.6 promises 1,000 octets only

/// Makes text ready to be sent. Each line that begins with a dot gets another one, and the text ends with CRLF. A bare CR
/// or LF becomes CRLF, for neither may be sent (RFC 5321 §2.3.8): whatever a lenient receiver takes for a line's end, it
/// finds no dot alone on a line.
class DotStuffer {
  public:
    void feed(wire::Octets octets, wire::OctetBuffer& out);
    /// Ends the last line. The dot that ends the text is the dialogue's to say.
    void finish(wire::OctetBuffer& out);

  private:
    bool line_start_ = true;
    bool after_cr_ = false;
};

/// The whole of `octets`, stuffed, without the dot at its end.
wire::OctetBuffer stuff(wire::Octets octets);

/// Takes stuffed text up to its end, and gives it back as it was. Only CRLF "." CRLF ends it: a dot beside a bare CR or LF
/// stays text, so nothing that another server takes for the end can begin a second message here.
class DotUnstuffer {
  public:
    /// Takes octets up to the end of the text or of `octets`: how many tells the result. Of the text at most `limit` octets
    /// are kept in `out`, counted with what it holds already; the rest is read and dropped.
    std::size_t feed(wire::Octets octets, wire::OctetBuffer& out, std::size_t limit = SIZE_MAX);

    bool ended() const { return state_ == State::ended; }

    // What was met on the way.
    bool bare_lf() const { return bare_lf_; }
    bool bare_cr() const { return bare_cr_; }
    bool over_limit() const { return over_limit_; }
    /// Octets of the longest line, without CRLF.
    std::size_t longest_line() const { return longest_line_; }

  private:
    enum class State : std::uint8_t { line_start, text, cr, dot, dot_cr, ended };

    bool bare_lf_ = false;
    bool bare_cr_ = false;
    bool over_limit_ = false;
    State state_ = State::line_start;
    std::size_t line_ = 0;
    std::size_t longest_line_ = 0;
};

} // namespace tegami::mail
