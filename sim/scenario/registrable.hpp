#pragma once
/// What of a domain somebody registers, and so who is one organisation: by the Public Suffix List, as libpsl carries it.
/// docs/decisions/6-public-suffixes.md says why so.

#include <string>
#include <string_view>

namespace tegami::scenario {

/// "mail.sakura.co.jp" gives "sakura.co.jp"; a public suffix, such as "co.jp", gives itself. Names kept for documentation,
/// which nobody can register (example.com, .net and .org: RFC 2606 §3; example and example0 to example9 below jp and its
/// second-level domains: JPRS), count as public suffixes besides: "mail.sakura.example.jp" gives "sakura.example.jp".
/// `domain` is in small letters.
std::string registrable(std::string_view domain);

/// Whether `domain` is `other` or stands below it.
bool is_within(std::string_view domain, std::string_view other);

} // namespace tegami::scenario
