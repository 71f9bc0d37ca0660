#include "protocols/mail/unstuffing.hpp"

namespace tegami::mail {

wire::Task<std::expected<ReadText, wire::Hangup>> read_text(wire::Stream& peer, std::size_t limit)
{
    ReadText text;
    while (!text.met.ended()) {
        const auto arrival = co_await peer.arrival();
        if (!arrival) co_return std::unexpected(arrival.error());
        const std::size_t count = text.met.feed(peer.ahead(), text.message.octets, limit);
        text.end_spans = peer.take(count);
        text.message.mark(text.end_spans);
    }
    peer.hear(".", text.end_spans);
    co_return text;
}

} // namespace tegami::mail
