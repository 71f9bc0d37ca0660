#pragma once
/// SMTP commands: parsed by a server, written by a client. RFC 5321 §4.1.

#include "protocols/mail/address.hpp"
#include "protocols/smtp/reply.hpp"

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace tegami::smtp {

constexpr std::size_t command_line_limit = 4'096; ///< without CRLF; RFC 5321 §4.5.3.1.4 promises 512 in all

enum class Verb : std::uint8_t {
    ehlo,
    helo,
    mail,
    rcpt,
    data,
    rset,
    noop,
    quit,
    vrfy,
    expn,
    help,
    auth,
    not_implemented, ///< known to the RFCs, not to this server: STARTTLS, BDAT, ETRN, TURN …
    other_protocol,  ///< a web browser was led here: GET, POST, CONNECT …
};

/// BODY of RFC 6152.
enum class Body : std::uint8_t { seven_bit, eight_bit_mime };

struct Command {
    Verb verb{};
    std::string argument;                ///< EHLO, HELO: the domain; VRFY, EXPN, HELP, NOOP, AUTH: the words
    mail::Path path;                     ///< MAIL: reverse-path; RCPT: forward-path, with a mailbox
    std::uint64_t size = 0;              ///< MAIL SIZE= (RFC 1870); 0 where it is not said
    Body body{};                         ///< MAIL BODY=
    std::optional<mail::Path> submitter; ///< MAIL AUTH=: who first brought the message (RFC 4954 §5)
};

/// A line that is no command. `reply` is what the server says to it.
struct CommandError {
    Reply reply;
    wire::Malformed malformed;
};

/// One line without its CRLF. Verbs and parameter names in any case (§2.4); white space at the end is tolerated (§4.1.1).
/// Tolerated too, as people and old programs write it: a space behind the colon of MAIL FROM: and RCPT TO:, and a path
/// without angle brackets.
std::expected<Command, CommandError> parse_command(std::string_view line);

} // namespace tegami::smtp
