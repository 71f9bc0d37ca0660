#pragma once
/// How a Maildir names its files: a message is written in tmp/, renamed into new/, and moves into cur/ with its flags once
/// a reader has seen it. Nothing here touches a disk. Source: D. J. Bernstein, "Using maildir format".

#include "protocols/wire/time.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace tegami::mail {

/// What can stand behind `:2,`, in the order of the letters.
struct MaildirFlags {
    bool draft = false;
    bool flagged = false;
    bool passed = false;
    bool replied = false;
    bool seen = false;
    bool trashed = false;

    bool operator==(const MaildirFlags&) const = default;
};

/// A name that no other message gets: delivered at that second and microsecond, as the host's `counter`-th file.
/// Characters of the host name that a file name must not hold are written as octal escapes.
std::string maildir_unique(wire::Time at, std::uint64_t counter, std::string_view host);

/// `unique:2,FS`
std::string maildir_name(std::string_view unique, const MaildirFlags& flags);

/// The pieces of a file's name. Where there is no `:2,` the whole of it is the unique part.
struct MaildirEntry {
    std::string_view unique;
    MaildirFlags flags;
};
MaildirEntry parse_maildir_name(std::string_view name);

/// Whether a name may be that of a message: no path, not hidden, nothing but visible ASCII.
bool is_maildir_name(std::string_view name);

} // namespace tegami::mail
