#pragma once
/// Composes a message that a person wrote: header and one part of text. RFC 5322, RFC 2045, RFC 2047.
///
/// Left out: attachments and other parts, groups of addresses, Resent- fields.

#include "protocols/mail/address.hpp"
#include "protocols/mail/transfer_encoding.hpp"
#include "protocols/wire/octets.hpp"
#include "protocols/wire/time.hpp"

#include <string>
#include <vector>

namespace tegami::mail {

constexpr std::size_t line_limit = 998;          ///< RFC 5322 §2.1.1, without CRLF
constexpr std::size_t preferred_line_limit = 78; ///< the same section

/// A mailbox with the name that people see. RFC 5322 §3.4.
struct NamedMailbox {
    std::string name; ///< UTF-8; may be empty
    Mailbox mailbox;
};

/// What its writer means, in UTF-8.
struct Letter {
    NamedMailbox from;
    std::vector<NamedMailbox> to;
    std::vector<NamedMailbox> cc;
    std::vector<NamedMailbox> bcc; ///< for the first server's eyes alone, which takes the field away (RFC 5322 §3.6.3)
    std::string subject;
    std::string text; ///< lines ended by LF or CRLF
    wire::Time date;
    int zone_minutes = 0;                 ///< ahead of UTC, for the Date field
    std::string message_id;               ///< `left@right`, without angle brackets; unique for ever (RFC 5322 §3.6.4)
    std::vector<std::string> in_reply_to; ///< message identifiers of the same form
};

/// What the way to the first server takes: 8bit only where it offers 8BITMIME (RFC 6152).
enum class BodyOctets : std::uint8_t { seven_bit, eight_bit };

/// The message with CRLF line ends, none longer than 998 octets. Whatever stands in names and subject, header fields stay
/// what they are: line ends and control characters travel inside encoded words.
std::string compose(const Letter& letter, BodyOctets allowed);

/// A message of one part of text as it goes to a server without 8BITMIME (RFC 6152 §3): where it is declared 8bit, its body
/// is encoded and its header says so; the rest, and any other message, stays octet by octet.
std::string as_seven_bit(std::string_view message);

/// How `compose` will carry this text, lines ended by CRLF: as it stands where it may, else in the shorter of the two
/// encodings (RFC 2045 §6.2).
TransferEncoding choose_encoding(std::string_view text, BodyOctets allowed);

/// `Alice <alice@example.org>` with the name as atoms, as a quoted string or as encoded words. `column` is where it begins.
std::string format(const NamedMailbox& mailbox, std::size_t column);

/// A header field, folded before white space where a line would grow over 78 octets, and ended by CRLF. Text beyond ASCII
/// becomes encoded words.
std::string format_unstructured(std::string_view name, std::string_view text);

} // namespace tegami::mail
