#include "protocols/wire/stream.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace tegami::wire {

Spans Stream::take(std::size_t count)
{
    assert(waiting_for_ == WaitingFor::nothing);
    if (count == 0) return {};
    const Spans spans = arrived_spans(count);
    scanned_ = 0;
    consume(count);
    return spans;
}

bool Stream::line_is_ahead() const
{
    const Octets octets = arrived();
    return !octets.empty() && std::memchr(octets.data(), '\n', octets.size()) != nullptr;
}

void Stream::note_lines(std::string_view lines, Spans spans)
{
    while (!lines.empty()) {
        const std::size_t end = lines.find("\r\n");
        note_said(lines.substr(0, end), spans);
        lines.remove_prefix(end == lines.npos ? lines.size() : end + 2);
    }
}

bool Stream::begin(WaitingFor what, std::size_t limit)
{
    assert(waiting_for_ == WaitingFor::nothing); // one wait at a time
    waiting_for_ = what;
    limit_ = limit;
    timed_out_ = false;
    if (what == WaitingFor::octets) discarding_ = false; // the rest of a line that was too long is not wanted as a line
    return true;
}

bool Stream::try_line()
{
    // consume() may let the peer write more, and so lead here again: by then the line must be complete.
    while (!have_line_) {
        const Octets octets = arrived();
        const std::size_t from = scanned_;
        const void* found =
            from < octets.size() ? std::memchr(octets.data() + from, '\n', octets.size() - from) : nullptr;
        if (found) {
            const auto at = static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - octets.data());
            const bool after_cr = at != 0 ? octets[at - 1] == '\r' : discarding_ && discarded_cr_;
            line_.bare_lf = !after_cr;
            if (!std::exchange(discarding_, false)) {
                std::string_view text = as_text(octets.first(at));
                if (after_cr) text.remove_suffix(1);
                line_.truncated = text.size() > limit_;
                line_.spans = arrived_spans(line_.truncated ? limit_ : at + 1);
                text_.assign(text.substr(0, limit_));
            }
            line_.text = text_;
            scanned_ = 0;
            have_line_ = true;
            consume(at + 1);
            return true;
        }
        scanned_ = octets.size();
        // One octet beyond the limit may be the CR of the line's end.
        if (!discarding_ && octets.size() > limit_ && octets.size() - limit_ > 1) {
            text_.assign(as_text(octets.first(limit_)));
            line_.spans = arrived_spans(limit_);
            line_.truncated = true;
            discarding_ = true;
        }
        if (discarding_ && !octets.empty()) {
            discarded_cr_ = octets.back() == '\r';
            scanned_ = 0;
            consume(octets.size());
            continue; // the implementation may have more behind it
        }
        Hangup why;
        return ended(why);
    }
    return true;
}

bool Stream::try_some()
{
    const Octets octets = arrived();
    if (!octets.empty()) return true;
    Hangup why;
    return ended(why);
}

bool Stream::try_write()
{
    if (broken()) return true;
    while (!to_write_.empty()) {
        const std::size_t taken = offer(to_write_, write_spans_);
        if (taken == 0) return broken();
        to_write_ = to_write_.subspan(taken);
    }
    return true;
}

std::expected<Line, Hangup> Stream::take_line()
{
    waiting_for_ = WaitingFor::nothing;
    if (std::exchange(have_line_, false)) {
        note_heard(line_);
        return line_;
    }
    return std::unexpected(why_ended());
}

std::expected<Chunk, Hangup> Stream::take_some()
{
    waiting_for_ = WaitingFor::nothing;
    const Octets octets = arrived();
    if (octets.empty()) return std::unexpected(why_ended());
    const std::size_t count = std::min(limit_, octets.size());
    if (count == 0) return Chunk{}; // it was only waited for
    text_.assign(as_text(octets.first(count)));
    const Chunk chunk{as_octets(text_), arrived_spans(count)};
    consume(count);
    scanned_ = 0;
    return chunk;
}

bool Stream::take_written()
{
    waiting_for_ = WaitingFor::nothing;
    const bool all = to_write_.empty();
    to_write_ = {};
    return all && !broken();
}

Hangup Stream::why_ended() const
{
    Hangup why = Hangup::reset;
    if (!ended(why) && timed_out_) return Hangup::timed_out;
    return why;
}

} // namespace tegami::wire
