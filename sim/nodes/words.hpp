#pragma once
/// Small words that the roles share: names in lower case, lists, replies in one line, stable keys of reasons.

#include "protocols/mail/address.hpp"
#include "protocols/mail/ascii.hpp"
#include "protocols/smtp/reply.hpp"
#include "protocols/wire/connector.hpp"
#include "sim/nodes/names.hpp"

#include <string>
#include <vector>

namespace tegami::nodes {

/// Domains and mailbox names, as they are compared.
inline std::string lower(std::string_view text)
{
    std::string result{text};
    for (char& c : result) c = mail::to_lower(c);
    return result;
}

/// "connect.refused" and the like.
std::string_view reason_of(wire::ConnectError error);
/// "dns.no_such_name" and the like.
std::string_view reason_of(Names::Failure failure);
/// The first line of a reply, with its code.
std::string reply_line(const smtp::Reply& reply);
/// With ", " between.
std::string listed(const std::vector<mail::Mailbox>& mailboxes);
std::string listed(const std::vector<wire::Address>& addresses);

} // namespace tegami::nodes
