#pragma once
/// Reads message text that a line with a single dot ends, off a stream.

#include "protocols/mail/dot_stuffing.hpp"
#include "protocols/mail/message.hpp"
#include "protocols/wire/task.hpp"

namespace tegami::mail {

/// Message text as it was read, and what was met in it.
struct ReadText {
    Message message;
    DotUnstuffer met;
    wire::Spans end_spans; ///< whom the dot at its end serves
};

/// Takes octets up to and including the line with the dot, and nothing behind it. At most `limit` octets of text are kept;
/// `met.over_limit()` tells of more.
wire::Task<std::expected<ReadText, wire::Hangup>> read_text(wire::Stream& peer, std::size_t limit);

} // namespace tegami::mail
