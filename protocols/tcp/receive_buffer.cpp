#include "protocols/tcp/receive_buffer.hpp"

namespace tegami::tcp {

namespace {

/// Calls `piece(begin, end, spans)` for each run of `length` octets that begin `skip` octets into what `runs` describe.
/// Octets behind the last run serve nobody.
template <class Piece>
void each_run(std::uint32_t length, std::uint32_t skip, std::span<const SpanRun> runs, Piece piece)
{
    std::uint32_t at = 0;
    for (const SpanRun& run : runs) {
        if (run.end <= skip) continue;
        const std::uint32_t end = std::min(run.end - skip, length);
        if (end <= at) continue;
        piece(at, end, run.spans);
        at = end;
        if (at == length) return;
    }
    if (at != length) piece(at, length, Spans{});
}

} // namespace

void ReceiveBuffer::append(Octets text, std::uint32_t skip, std::span<const SpanRun> runs)
{
    const Sequence begin = next();
    octets_.append(text);
    each_run(static_cast<std::uint32_t>(text.size()), skip, runs,
             [&](std::uint32_t, std::uint32_t end, Spans spans) { spans_.append(begin + end, spans); });
}

bool ReceiveBuffer::insert(Sequence begin, Octets text, std::uint32_t skip, std::span<const SpanRun> runs)
{
    bool all = true;
    each_run(static_cast<std::uint32_t>(text.size()), skip, runs,
             [&](std::uint32_t from, std::uint32_t to, Spans spans) {
                 all = insert_run(begin + from, text.subspan(from, to - from), spans) && all;
                 close_gap();
             });
    return all;
}

bool ReceiveBuffer::insert_run(Sequence begin, Octets text, Spans spans)
{
    const Sequence end = begin + static_cast<Sequence>(text.size());
    auto piece = std::partition_point(early_.begin(), early_.end(),
                                      [&](const Early& early) { return at_or_before(early.end, begin); });
    Sequence at = later(begin, next()); // the run before may have closed a gap that reached further
    while (before(at, end)) {
        Sequence until = end;
        if (piece != early_.end() && before(piece->begin, end)) {
            if (at_or_before(piece->begin, at)) {
                at = later(at, piece->end);
                ++piece;
                continue;
            }
            until = piece->begin;
        }
        // What fills the gap needs no place among the early, so it is never refused.
        const bool fills = at == next();
        const bool room = early_octets_ + (until - at) <= out_of_order_octets && early_.size() < out_of_order_pieces;
        if (!room && !fills) return false;
        octets_.write_behind(at - next(), text.subspan(at - begin, until - at));
        early_octets_ += until - at;
        if (piece != early_.begin() && std::prev(piece)->end == at && std::prev(piece)->spans == spans)
            std::prev(piece)->end = until;
        else
            piece = std::next(early_.insert(piece, {at, until, spans}));
        at = until;
    }
    return true;
}

void ReceiveBuffer::close_gap()
{
    auto piece = early_.begin();
    for (; piece != early_.end() && piece->begin == next(); ++piece) {
        octets_.extend(piece->end - piece->begin);
        early_octets_ -= piece->end - piece->begin;
        spans_.append(piece->end, piece->spans);
    }
    early_.erase(early_.begin(), piece);
}

} // namespace tegami::tcp
