#pragma once
/// Mailboxes and paths as an envelope names them. RFC 5321 §4.1.2.
///
/// Left out: addresses beyond ASCII (RFC 6531). Simplified: a source route (`<@a,@b:c@d>`, RFC 5321 appendix C) is read
/// and dropped, as §4.1.1.3 allows.

#include "protocols/wire/result.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace tegami::mail {

constexpr std::size_t local_part_limit = 64; ///< RFC 5321 §4.5.3.1.1, as written, quotes counted
constexpr std::size_t domain_limit = 255;    ///< RFC 5321 §4.5.3.1.2
constexpr std::size_t path_limit = 256;      ///< RFC 5321 §4.5.3.1.3, with the angle brackets
constexpr std::size_t label_limit = 63;      ///< RFC 1035 §2.3.4

/// Where mail goes: `local_part@domain`.
struct Mailbox {
    std::string local_part; ///< its meaning, without quotes and backslashes: `"a b"` is `a b`
    std::string domain;     ///< a name, or an address literal with its brackets; empty only for `<Postmaster>`

    bool operator==(const Mailbox&) const = default;
};

/// Local parts compare octet by octet, domains without regard to case. RFC 5321 §2.4.
bool same_mailbox(const Mailbox& one, const Mailbox& other);

/// Mailbox = Local-part "@" ( Domain / address-literal ), short enough for a path, and nothing else.
wire::Decoded<Mailbox> parse_mailbox(std::string_view text);
/// Domain, or address-literal: names as a host writes them, `[192.0.2.1]`, `[IPv6:2001:db8::1]`, `[tag:content]`.
wire::Decoded<std::string> parse_domain(std::string_view text);

/// Reverse-path or forward-path. Without a mailbox it is the null reverse-path `<>`.
struct Path {
    std::optional<Mailbox> mailbox;

    bool operator==(const Path&) const = default;
};

struct PathRead {
    Path path;
    std::size_t length = 0; ///< octets of the text that the path took
};

/// The path that `text` begins with: `<>`, `<mailbox>`, `<@route:mailbox>` or `<Postmaster>`. What follows is the caller's.
/// Simplified: a mailbox without angle brackets is taken too, up to the next space, as people type it.
wire::Decoded<PathRead> read_path(std::string_view text);

/// The local part quoted where it is no Dot-string. `Postmaster` without a domain stands alone.
std::string format(const Mailbox& mailbox);
/// With its angle brackets.
std::string format(const Path& path);

} // namespace tegami::mail
