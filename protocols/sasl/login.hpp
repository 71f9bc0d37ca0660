#pragma once
/// LOGIN: the server asks for the name, then for the password. Never an RFC; source: draft-murchison-sasl-login-00, and
/// what is spoken: the challenges are "Username:" and "Password:", and a name sent with the command is taken.

#include "protocols/sasl/mechanism.hpp"

#include <memory>

namespace tegami::sasl {

std::unique_ptr<ServerMechanism> make_login_server(Accounts& accounts);
/// Answers the first challenge with the name and the second with the password, whatever their words.
std::unique_ptr<ClientMechanism> make_login_client(Credentials credentials);

} // namespace tegami::sasl
