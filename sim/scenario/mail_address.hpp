#pragma once
/// Which mail addresses a scenario may name. Narrower than RFC 5321 §4.1.2: a Dot-string, and a domain of at least two
/// labels; no quoted local part and no address literal.

#include <string_view>

namespace tegami::scenario {

bool is_mail_address(std::string_view text);

} // namespace tegami::scenario
