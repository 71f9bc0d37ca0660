#include "sim/nodes/stub_names.hpp"

#include "sim/nodes/dns_exchange.hpp"
#include "sim/nodes/signal.hpp"

#include <algorithm>

namespace tegami::nodes {

namespace {

Names::Failure failure_of(dns::StubQuestion::Failure failure)
{
    using From = dns::StubQuestion::Failure;
    switch (failure) {
    case From::no_such_name: return Names::Failure::no_such_name;
    case From::no_data: return Names::Failure::no_data;
    case From::server_failed: return Names::Failure::server_failed;
    case From::timed_out: return Names::Failure::timed_out;
    }
    return Names::Failure::server_failed;
}

} // namespace

/// A and AAAA, asked at once.
struct StubNames::Pair {
    explicit Pair(Host& host) : done(host.engine(), host.node()) {}

    Signal done;
    std::array<std::optional<Found>, 2> found;
    std::size_t outstanding = 0;
};

Task<StubNames::Found> StubNames::ask(dns::Question question, Spans spans)
{
    const Spans serves = host_.spans().steps_of(spans); // a question is no part of the session that it is asked for
    dns::StubQuestion asking{settings_.resolvers, question};
    while (const auto next = asking.next()) {
        const DnsQuery query{next->server, next->transport, question,
                             true,         next->edns,      host_.engine().now() + next->at_most};
        const DnsExchange exchange = co_await exchange_dns(host_, query, serves);
        if (!exchange.response) {
            asking.on_silence();
            continue;
        }
        const dns::Meaning meaning = asking.on_response(*exchange.response);
        record_dns_answer(host_, serves, exchange.sent, *exchange.response,
                          dns_outcome(meaning, exchange.response->header.rcode));
    }
    co_return asking.result();
}

wire::Task<std::expected<std::vector<Names::Exchange>, Names::Failure>> StubNames::exchanges(std::string domain,
                                                                                             Spans spans)
{
    const auto name = dns::parse_name(domain);
    if (!name) co_return std::unexpected(Failure::no_such_name); // no name at all
    const Found found = co_await ask({*name, dns::Type::mx}, spans);
    if (!found) co_return std::unexpected(failure_of(found.error()));
    std::vector<Exchange> exchanges;
    for (const dns::Record& record : found->records)
        if (const auto mx = record.as<dns::Mx>())
            exchanges.push_back(
                {mx->preference, mx->is_null() ? std::string{} : dns::format(mx->exchange, dns::FinalDot::without)});
    if (exchanges.empty()) co_return std::unexpected(Failure::server_failed);
    co_return exchanges;
}

wire::Task<std::expected<std::vector<wire::Address>, Names::Failure>> StubNames::addresses(std::string text,
                                                                                           Spans spans)
{
    const auto name = dns::parse_name(text);
    if (!name) co_return std::unexpected(Failure::no_such_name);
    const auto pair = std::make_shared<Pair>(host_);
    if (has_family(true)) {
        ++pair->outstanding;
        host_.spawn(ask_into(pair, 0, {*name, dns::Type::a}, spans));
    }
    if (has_family(false)) {
        ++pair->outstanding;
        host_.spawn(ask_into(pair, 1, {*name, dns::Type::aaaa}, spans));
    }
    if (pair->outstanding > 0) co_await pair->done.wait();

    std::vector<wire::Address> found;
    // Of two failures the graver: what could not be found out may be there all the same.
    dns::StubQuestion::Failure failure = dns::StubQuestion::Failure::no_such_name;
    for (const std::optional<Found>& each : pair->found) {
        if (!each) continue; // a family that the host does not have
        if (!*each) {
            failure = std::max(failure, each->error());
            continue;
        }
        for (const dns::Record& record : (*each)->records) {
            if (const auto a = record.as<dns::A>()) found.push_back(a->address);
            if (const auto aaaa = record.as<dns::Aaaa>()) found.push_back(aaaa->address);
        }
    }
    if (found.empty()) co_return std::unexpected(failure_of(failure));
    co_return ordered(found);
}

Task<void> StubNames::ask_into(std::shared_ptr<Pair> pair, std::size_t which, dns::Question question, Spans spans)
{
    Found found = co_await ask(question, spans);
    pair->found[which] = std::move(found);
    if (--pair->outstanding == 0) pair->done.give();
}

bool StubNames::has_family(bool v4) const
{
    return std::ranges::any_of(settings_.sources,
                               [&](const inet::OwnSource& own) { return own.address.is_v4() == v4; });
}

std::vector<wire::Address> StubNames::ordered(const std::vector<wire::Address>& found) const
{
    std::vector<inet::Destination> destinations;
    for (const wire::Address& address : found) {
        const bool reachable = host_.network().internet.path(host_.node(), address).found;
        destinations.push_back({address, 0, reachable});
    }
    std::vector<wire::Address> order;
    for (const inet::Destination& destination : inet::order_destinations(destinations, settings_.sources))
        order.push_back(destination.address);
    return order;
}

} // namespace tegami::nodes
