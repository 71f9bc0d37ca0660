#include "sim/nodes/dns_port.hpp"

namespace tegami::nodes {

void DnsPort::start()
{
    host_.network().tcp.listen(host_.node(), port_, run::Protocol::dns,
                               [this](std::unique_ptr<wire::Stream> stream, wire::Endpoint client) {
                                   if (clients_ >= dns_tcp_clients) return stream->abort();
                                   ++clients_;
                                   host_.spawn(talk(std::move(stream), client));
                               });
    for (const wire::Address& address : at_)
        if (std::shared_ptr<wire::Datagram> port = host_.network().udp.bind(host_.node(), {address, port_}))
            host_.spawn(hear(port));
}

Task<void> DnsPort::hear(std::shared_ptr<wire::Datagram> port)
{
    for (;;) {
        auto query = co_await port->receive({});
        if (!query) co_return;
        host_.spawn(reply(port, std::move(*query)));
    }
}

Task<void> DnsPort::reply(std::shared_ptr<wire::Datagram> port, wire::Received query)
{
    const auto messages = co_await service_.answer(query.octets, query.from, dns::Transport::udp, query.spans);
    for (const wire::OctetBuffer& message : messages) port->send(query.from, message, query.spans);
}

/// RFC 7766 §6.2.1.1 lets a client send one query behind the other. Simplified: each answer waits for the one before.
Task<void> DnsPort::talk(std::unique_ptr<wire::Stream> stream, wire::Endpoint client)
{
    wire::OctetBuffer received;
    Spans spans;
    Time idle_from = host_.engine().now(); // a query that dribbles in is no use of the connection
    for (;;) {
        Octets ahead = received;
        const auto query = dns::next_tcp_message(ahead);
        if (!query) {
            const Duration left = idle_from + dns_tcp_idle - host_.engine().now();
            if (left.ns <= 0) break;
            stream->allow(left);
            const auto chunk = co_await stream->read_some();
            if (!chunk) break;
            received.insert(received.end(), chunk->octets.begin(), chunk->octets.end());
            spans = host_.spans().unite(chunk->spans, spans);
            continue;
        }
        wire::OctetBuffer asked(query->begin(), query->end());
        received.erase(received.begin(), received.end() - static_cast<std::ptrdiff_t>(ahead.size()));
        const auto messages = co_await service_.answer(std::move(asked), client, dns::Transport::tcp, spans);
        wire::OctetBuffer octets;
        for (const wire::OctetBuffer& message : messages) dns::append_tcp_message(octets, message);
        stream->allow(dns_tcp_idle);
        const bool written = co_await stream->write(octets, spans);
        if (!written) break;
        if (received.empty()) spans = {};
        idle_from = host_.engine().now();
    }
    stream->close();
    --clients_;
}

} // namespace tegami::nodes
