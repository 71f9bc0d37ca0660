#pragma once
/// Which second copies of a letter a crash excuses. SMTP's sender keeps a letter until it has heard that the receiver keeps
/// it, so where either dies between the dot and the moment at which the sender has that on its disk, the letter goes once
/// more (RFC 5321 §6.1, RFC 1047). Everywhere else a second copy is a mistake of ours:
///
/// - The sender crashed: excused is a letter whose dot it had said and whose file its disk still has, unless the reply had
///   been heard longer ago than the disk takes to let go of a file (one removal, one sync of the folder).
/// - The receiver crashed: excused is a letter whose dot was said to it before, and whose sender never heard a reply.
/// - A device that fetches crashed: excused is the one letter that it had stored and not yet marked as fetched.
///
/// So at most one for each letter and each of the hops that the crash touched. "On its disk" is what survives this crash:
/// what was called where the power stayed, what was synced where it was cut.

#include "tests/lessons/playing.hpp"

#include <map>

namespace tegami::lessons {

/// How long a disk of the default times takes to let go of a file for good.
inline constexpr wire::Duration letting_go = wire::microseconds(100) + wire::milliseconds(5);

struct Excuses {
    std::map<run::MailId, std::size_t>
        letters;             ///< how many copies beyond the first are excused, none where it is missing
    std::size_t fetched = 0; ///< and of any letter, by the device that fetches: 0 or 1
};

/// Of the first crash in a run (level `story` or more).
Excuses excuses_of(const run::Log& log);

} // namespace tegami::lessons
