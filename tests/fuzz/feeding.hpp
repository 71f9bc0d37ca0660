#pragma once
/// Feeds a dialogue with octets of a stranger, in pieces, and collects what it says.

#include "protocols/wire/pipe.hpp"
#include "protocols/wire/task.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>

namespace tegami::fuzz {

inline void require(bool holds)
{
    if (!holds) std::abort();
}

/// `start` makes the dialogue over the stream it is given. Behind the last octet the stranger hangs up, and the dialogue
/// must come to its end.
template <class Start>
std::string feed(Start start, wire::Octets octets, std::size_t piece)
{
    auto [ours, theirs] = wire::PipeEnd::make_pair(1 << 24);
    wire::Task<void> dialogue = start(*ours);
    dialogue.start();
    std::string said;
    const auto listen = [&, other = theirs.get()] {
        said += wire::as_text(other->ahead());
        other->take(other->ahead().size());
    };
    while (!octets.empty()) {
        const std::size_t count = std::min(piece, octets.size());
        auto writing = [](wire::Stream& peer, wire::Octets some) -> wire::Task<void> {
            co_await peer.write(some, wire::Spans{});
        }(*theirs, octets.first(count));
        writing.start();
        octets = octets.subspan(count);
        listen();
    }
    theirs->close();
    listen();
    require(dialogue.done());
    return said;
}

} // namespace tegami::fuzz
