#pragma once
/// The lines that every server on the way writes on top of a message. RFC 5321 §4.4.

#include "protocols/mail/address.hpp"
#include "protocols/mail/header.hpp"
#include "protocols/wire/address.hpp"
#include "protocols/wire/time.hpp"

#include <optional>
#include <string>

namespace tegami::mail {

constexpr std::size_t received_limit = 100; ///< RFC 5321 §6.3: a loop is not to be seen in fewer lines

/// What a server knows when it takes a message.
struct Arrival {
    std::string hello;                     ///< what the client called itself in EHLO or HELO
    wire::Address client;                  ///< whence it came
    std::string client_name;               ///< what DNS calls that address; may be empty
    std::string by;                        ///< this server's name
    std::string with = "ESMTP";            ///< RFC 3848: SMTP, ESMTP, ESMTPS, ESMTPA, LMTP …
    std::string id;                        ///< this server's name for the message
    std::optional<Mailbox> only_recipient; ///< left out where there are more: they need not know of each other
    wire::Time at;
    int zone_minutes = 0;
};

/// Time-stamp-line, folded and ended by CRLF. What is no domain or address in `hello` stands as a comment's words may.
std::string format_received(const Arrival& arrival);

/// Return-path-line: final delivery writes it on top of everything. RFC 5321 §4.4.
std::string format_return_path(const Path& reverse_path);

/// Whether so many servers have handed this message on that it must be going in circles.
bool looks_looped(const Header& header);

} // namespace tegami::mail
