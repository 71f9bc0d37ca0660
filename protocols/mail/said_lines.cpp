#include "protocols/mail/said_lines.hpp"

namespace tegami::mail {

void SaidLines::add(std::string_view lines, wire::Spans spans)
{
    lines_ += lines;
    const auto end = static_cast<std::uint32_t>(lines_.size());
    if (!runs_.empty() && runs_.back().spans == spans)
        runs_.back().end = end;
    else
        runs_.push_back({end, spans});
}

wire::Task<bool> SaidLines::send(wire::Stream& peer)
{
    const bool corked = runs_.size() > 1;
    if (corked) peer.cork(true);
    bool sent = true;
    std::size_t from = 0;
    for (std::size_t i = 0; sent && i < runs_.size(); ++i) {
        const auto lines = std::string_view{lines_}.substr(from, runs_[i].end - from);
        sent = co_await peer.write_lines(lines, runs_[i].spans);
        from = runs_[i].end;
    }
    if (corked) peer.cork(false);
    lines_.clear();
    runs_.clear();
    co_return sent;
}

} // namespace tegami::mail
