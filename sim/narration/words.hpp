#pragma once
/// The last part of the catalogue's keys, for each value of a fact's enumerations. Empty for a value that this program
/// does not know (a run may come from a newer one).

#include "sim/run/facts.hpp"

#include <string_view>

namespace tegami::narration {

std::string_view word(run::Fate fate);
std::string_view word(run::DropReason reason);
std::string_view word(run::ArpChange change);
std::string_view word(run::MailboxChange change);
std::string_view word(run::QueueChange change);
std::string_view word(run::DiskChange change);
std::string_view word(run::ProcessChange change);
std::string_view word(run::LinkChange change);
std::string_view word(run::Direction direction);
std::string_view word(run::Outcome outcome);
std::string_view word(run::Step step); ///< "s3_1_mx"
std::string_view word(run::Level level);

/// "SMTP", "POP3"; not translated.
std::string_view protocol_name(run::Protocol protocol);

} // namespace tegami::narration
