#pragma once
/// The mailboxes that a header field names: From, Sender, To … RFC 5322 §3.4, read as it is written in the wild: comments
/// anywhere, groups, quoted names, routes of old (§4.4), empty places between commas.

#include "protocols/mail/letter.hpp"

namespace tegami::mail {

constexpr std::size_t comment_depth_limit = 50;
constexpr std::size_t address_list_limit = 10'000; ///< mailboxes of one field

/// Members of groups stand among the others. Every mailbox has a domain; names are as they stand, encoded words too.
wire::Decoded<std::vector<NamedMailbox>> parse_address_list(std::string_view body);

} // namespace tegami::mail
