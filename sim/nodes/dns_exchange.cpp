#include "sim/nodes/dns_exchange.hpp"

#include "sim/nodes/signal.hpp"

namespace tegami::nodes {

namespace {

constexpr std::uint32_t first_random_port = 1024; // RFC 5452 §9.2: as many as there are, but those of services

/// The draws of one query: they depend on what is asked, of whom and when, so a question more elsewhere changes none.
engine::Random draws_of(Host& host, const DnsQuery& query)
{
    return host.engine().random(host.node(), "dns query",
                                dns::format(query.question.name) + ' ' + dns::format(query.question.type) + ' ' +
                                    wire::format(query.server.address) + ' ' +
                                    std::to_string(host.engine().now().ns - host.engine().start().ns));
}

void record_asked(Host& host, const DnsQuery& query, std::uint16_t id, wire::Port port, Spans spans)
{
    host.record(spans, run::DnsAsked{.transport = query.transport == dns::Transport::udp ? run::DnsTransport::udp
                                                                                         : run::DnsTransport::tcp,
                                     .server = query.server.address,
                                     .port = static_cast<std::uint16_t>(port),
                                     .id = id,
                                     .name = dns::format(query.question.name),
                                     .type = static_cast<std::uint16_t>(query.question.type),
                                     .recursive = query.recursion_desired});
}

/// Whether `octets` are the response; what they are else is noted.
std::optional<dns::Message> accept(Host& host, const DnsQuery& query, const DnsQuestionSent& sent, Octets octets,
                                   const wire::Endpoint& from, Spans spans)
{
    auto response = dns::decode_message(octets);
    if (response && !dns::mismatch(*response, from, query.server, sent.id, query.question)) return std::move(*response);
    DnsQuestionSent other = sent;
    other.server = from.address;
    if (response) other.id = response->header.id;
    record_dns_answer(host, spans, other, response.value_or(dns::Message{}), run::DnsOutcome::forged);
    return std::nullopt;
}

Task<void> over_udp(Host& host, const DnsQuery& query, DnsExchange& exchange, Spans spans)
{
    engine::Random draws = draws_of(host, query);
    exchange.sent.id = static_cast<std::uint16_t>(draws.below(65536));
    std::unique_ptr<wire::Datagram> port;
    wire::Port number{};
    for (int tries = 0; !port && tries < 1'000; ++tries) {
        const std::uint64_t drawn = draws.below(65536 - first_random_port);
        number = wire::Port{static_cast<std::uint16_t>(first_random_port + drawn)};
        port = host.network().udp.bind_client(host.node(), number);
    }
    if (!port) co_return;
    record_asked(host, query, exchange.sent.id, number, spans);
    const wire::OctetBuffer octets =
        dns::encode(dns::make_question(exchange.sent.id, query.question, query.recursion_desired, query.edns));
    port->send(query.server, octets, spans);
    while (host.engine().now() < query.until) {
        const auto received = co_await port->receive(query.until - host.engine().now());
        if (!received) {
            exchange.timed_out = received.error() == wire::Hangup::timed_out;
            co_return;
        }
        exchange.response = accept(host, query, exchange.sent, received->octets, received->from, spans);
        if (exchange.response) co_return;
    }
    exchange.timed_out = true;
}

/// What the connecting process and the one that waits for it share.
struct Connecting {
    explicit Connecting(Host& host) : signal(host.engine(), host.node()) {}

    Signal signal;
    std::optional<std::expected<std::unique_ptr<wire::Stream>, wire::ConnectError>> result{};
    bool abandoned = false;
};

Task<void> connect(Host& host, wire::Endpoint server, std::shared_ptr<Connecting> connecting, Spans spans)
{
    net::HostConnector connector{host.network().tcp, host.node(), run::Protocol::dns};
    auto stream = co_await connector.connect(server, spans);
    if (connecting->abandoned) {
        if (stream) (*stream)->abort();
        co_return;
    }
    connecting->result = std::move(stream);
    connecting->signal.give();
}

Task<void> over_tcp(Host& host, const DnsQuery& query, DnsExchange& exchange, Spans spans)
{
    engine::Random draws = draws_of(host, query);
    exchange.sent.id = static_cast<std::uint16_t>(draws.below(65536));
    record_asked(host, query, exchange.sent.id, {}, spans);
    // A connection may take minutes to fail: the question does not wait for that.
    auto connecting = std::make_shared<Connecting>(host);
    host.spawn(connect(host, query.server, connecting, spans));
    const bool connected = co_await connecting->signal.wait(query.until);
    connecting->abandoned = !connected;
    exchange.timed_out = !connected;
    if (!connected || !*connecting->result) co_return;
    wire::Stream& stream = ***connecting->result;

    wire::OctetBuffer octets;
    dns::append_tcp_message(
        octets, dns::encode(dns::make_question(exchange.sent.id, query.question, query.recursion_desired, query.edns)));
    stream.allow(query.until - host.engine().now());
    const bool written = co_await stream.write(octets, spans);
    if (!written) co_return;
    wire::OctetBuffer received;
    while (host.engine().now() < query.until) {
        stream.allow(query.until - host.engine().now());
        const auto chunk = co_await stream.read_some();
        if (!chunk) {
            exchange.timed_out = chunk.error() == wire::Hangup::timed_out;
            break;
        }
        received.insert(received.end(), chunk->octets.begin(), chunk->octets.end());
        Octets ahead = received;
        const auto message = dns::next_tcp_message(ahead);
        if (!message) continue;
        exchange.response = accept(host, query, exchange.sent, *message, query.server, spans);
        break;
    }
    stream.close();
}

} // namespace

Task<DnsExchange> exchange_dns(Host& host, DnsQuery query, Spans spans)
{
    DnsExchange exchange{{query.server.address, 0, query.question}, {}, false};
    // A host that was just switched on has no address until it has checked them; the time does not count.
    const Time asked_at = host.engine().now();
    co_await host.network().tcp.addresses_checked(host.node(), query.server.address);
    query.until = query.until + (host.engine().now() - asked_at);
    const bool reachable = host.network().internet.path(host.node(), query.server.address).found;
    if (reachable && query.transport == dns::Transport::udp) co_await over_udp(host, query, exchange, spans);
    if (reachable && query.transport == dns::Transport::tcp) co_await over_tcp(host, query, exchange, spans);
    if (!exchange.response) record_dns_silence(host, spans, exchange.sent);
    co_return exchange;
}

} // namespace tegami::nodes
