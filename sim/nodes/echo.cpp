#include "sim/nodes/echo.hpp"

namespace tegami::nodes {

void Echo::start()
{
    host_.network().tcp.listen(
        host_.node(), echo_port, run::Protocol::none,
        [this](std::unique_ptr<wire::Stream> stream, wire::Endpoint) { host_.spawn(talk(std::move(stream))); });
    if (auto socket = host_.network().udp.bind(host_.node(), echo_port)) host_.spawn(answer(std::move(socket)));
}

Task<void> Echo::talk(std::unique_ptr<wire::Stream> stream)
{
    // What is read stays where it is while it is sent back, so memory is bounded by TCP's windows.
    constexpr std::size_t piece = 16'384;
    for (;;) {
        const auto chunk = co_await stream->read_some(piece);
        if (!chunk) break;
        const bool sent = co_await stream->write(chunk->octets, chunk->spans);
        if (!sent) break;
    }
    stream->close();
}

Task<void> Echo::answer(std::unique_ptr<wire::Datagram> socket)
{
    for (;;) {
        const auto received = co_await socket->receive(wire::minutes(60));
        if (received)
            socket->send(received->from, received->octets, received->spans);
        else if (received.error() != wire::Hangup::timed_out)
            co_return;
    }
}

} // namespace tegami::nodes
