#pragma once
/// The mechanisms that are spoken here, the best first. A new one is one row.

#include "protocols/sasl/mechanism.hpp"

#include <memory>
#include <span>

namespace tegami::sasl {

struct Mechanism {
    std::string_view name;
    bool shows_password = false; ///< whoever listens on the way learns it
    bool client_first = false;   ///< the client may begin: a response may stand beside the command (RFC 4422 §3.3)
    std::unique_ptr<ServerMechanism> (*make_server)(Accounts& accounts) = nullptr;
    std::unique_ptr<ClientMechanism> (*make_client)(Credentials credentials) = nullptr;
};

std::span<const Mechanism> mechanisms();

/// sasl-mech = 1*20mech-char; RFC 4422 §3.1. Lower case is taken for upper case.
bool is_mechanism_name(std::string_view text);

/// By its name, in any case; null where it is not spoken here.
const Mechanism* find_mechanism(std::string_view name);

/// Whether a mechanism may be used that shows the password to whoever listens.
enum class Secrecy : std::uint8_t { password_may_show, password_must_not_show };

/// The best of those in a list with spaces between, as a server offers it, or the one that is wanted where one is; null
/// where none of them may be used.
const Mechanism* choose_mechanism(std::string_view offered, Secrecy secrecy, std::string_view wanted = {});
/// The names for such a list.
std::string list_mechanisms(Secrecy secrecy);

} // namespace tegami::sasl
