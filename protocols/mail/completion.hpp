#pragma once
/// What the first server does to a message that its writer submits. RFC 6409 §8: it adds a Date and a Message-ID that are
/// missing and a Sender that says who sent it, takes Bcc away, and refuses what is no message. The rest stays octet by
/// octet.

#include "protocols/mail/address.hpp"
#include "protocols/wire/time.hpp"

#include <expected>
#include <optional>
#include <string>
#include <vector>

namespace tegami::mail {

/// What the server knows.
struct Submission {
    wire::Time at;
    int zone_minutes = 0;
    std::string message_id;          ///< for one that has none: `left@right`, unique for ever
    std::optional<Mailbox> identity; ///< the address of whoever has authenticated himself
};

enum class Change : std::uint8_t { date_added, message_id_added, sender_added, sender_removed, bcc_removed };

struct ChangedField {
    Change what{};
    std::string field; ///< as it stands there now, or stood there; without its line end

    bool operator==(const ChangedField&) const = default;
};

struct Completed {
    std::string message;
    std::vector<ChangedField> changes;
};

/// Why it is no message to be sent on.
enum class Incomplete : std::uint8_t {
    no_from,       ///< RFC 5322 §3.6: exactly one From
    several_from,  ///< the same
    bad_from,      ///< its addresses cannot be read, or their domains are not fully qualified
    no_sender,     ///< several authors, and nobody knows which of them sent it (RFC 5322 §3.6.2)
    header_too_big ///< more than `header_limit`
};

std::expected<Completed, Incomplete> complete(std::string_view message, const Submission& submission);

/// The message without its Bcc fields, for a server that will not take them away itself. RFC 5322 §3.6.3.
std::string without_bcc(std::string_view message);

/// Whether a domain names one place for everybody: it has a dot, or is an address literal. RFC 6409 §4.2.
bool is_fully_qualified(std::string_view domain);

} // namespace tegami::mail
