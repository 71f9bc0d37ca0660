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
    const Sequence last = begin + static_cast<Sequence>(text.size()) - 1;
    if (has_gap() && after(last, next())) remember(last);
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
                came_twice({at, earlier(end, piece->end)});
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

// SACK ---------------------------------------------------------------------------------------------------------------

/// The first piece that ends behind `sequence`.
auto ReceiveBuffer::piece_behind(Sequence sequence) const -> Pieces::const_iterator
{
    return std::partition_point(early_.begin(), early_.end(),
                                [&](const Early& early) { return at_or_before(early.end, sequence); });
}

/// All that touches the piece which holds `sequence`; an empty range where none does.
SequenceRange ReceiveBuffer::block_at(Sequence sequence) const
{
    auto first = piece_behind(sequence);
    if (first == early_.end() || after(first->begin, sequence)) return {sequence, sequence};
    auto last = first;
    while (first != early_.begin() && std::prev(first)->end == first->begin) --first;
    while (std::next(last) != early_.end() && std::next(last)->begin == last->end) ++last;
    return {first->begin, last->end};
}

/// The block that holds `sequence` is the one that grew latest.
void ReceiveBuffer::remember(Sequence sequence)
{
    const SequenceRange block = block_at(sequence);
    if (block.size() == 0) return; // there was no room for it
    std::array<Sequence, latest_limit> others{};
    std::size_t count = 0;
    for (std::size_t i = 0; i < latest_count_; ++i)
        if (!block.holds(latest_[i]) && after(latest_[i], next())) others[count++] = latest_[i];
    latest_[0] = sequence;
    count = std::min(count, latest_limit - 1);
    std::copy_n(others.begin(), count, latest_.begin() + 1);
    latest_count_ = static_cast<std::uint8_t>(count + 1);
}

std::uint8_t ReceiveBuffer::report(std::span<SequenceRange> out)
{
    std::size_t count = 0;
    if (twice_.size() != 0) {
        out[count++] = twice_;
        twice_ = {};
    }
    const std::size_t first = count;
    for (std::size_t i = 0; i < latest_count_ && count < out.size(); ++i)
        if (const SequenceRange block = block_at(latest_[i]); block.size() != 0) out[count++] = block;
    // Blocks that grew longer ago than is remembered.
    const std::size_t told = count;
    Sequence told_to = next();
    for (auto piece = early_.cbegin(); piece != early_.cend() && count < out.size(); piece = piece_behind(told_to)) {
        const SequenceRange block = block_at(piece->begin);
        told_to = block.end;
        const auto same = [&](const SequenceRange& other) { return other == block; };
        if (std::none_of(out.begin() + static_cast<std::ptrdiff_t>(first),
                         out.begin() + static_cast<std::ptrdiff_t>(told), same))
            out[count++] = block;
    }
    return static_cast<std::uint8_t>(count);
}

} // namespace tegami::tcp
