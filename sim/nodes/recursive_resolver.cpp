#include "sim/nodes/recursive_resolver.hpp"

#include "sim/nodes/dns_exchange.hpp"
#include "sim/nodes/signal.hpp"

#include <algorithm>

namespace tegami::nodes {

struct RecursiveResolver::Waiting {
    explicit Waiting(Host& host) : signal(host.engine(), host.node()) {}

    Signal signal;
    std::optional<dns::Resolver::Answer> answer{};
};

namespace {

/// RFC 1035 §4.1.1: what cannot be a question for a resolver; nothing where it is one.
std::optional<dns::Rcode> why_not(const dns::Message& query)
{
    if (query.header.opcode != dns::Opcode::query) return dns::Rcode::notimp;
    if (query.edns && query.edns->version != 0) return dns::Rcode::badvers;
    const dns::Question* const question = query.question();
    if (!question) return dns::Rcode::formerr;
    if (question->rr_class != dns::Class::in) return dns::Rcode::refused;
    if (dns::is_meta(question->type) && question->type != dns::Type::any) return dns::Rcode::notimp;
    return std::nullopt;
}

run::DnsOutcome outcome_of(const dns::Resolver::Answer& answer)
{
    if (answer.rcode == dns::Rcode::nxdomain) return run::DnsOutcome::no_such_name;
    if (answer.rcode != dns::Rcode::noerror) return run::DnsOutcome::failed;
    const dns::Type type = answer.question.type;
    const bool has = !answer.answers.empty() && (type == dns::Type::any || answer.answers.back().type == type);
    return has ? run::DnsOutcome::answer : run::DnsOutcome::no_data;
}

} // namespace

RecursiveResolver::RecursiveResolver(Host& host, Settings settings)
    : host_(host), settings_(std::move(settings)), port_(host, *this, settings_.port, settings_.at)
{
    settings_.resolver.algebra = &host.spans();
}
RecursiveResolver::~RecursiveResolver()
{
    if (slot_) host_.engine().close_slot(*slot_);
}

void RecursiveResolver::start()
{
    resolver_ = std::make_unique<dns::Resolver>(settings_.resolver, notes_);
    slot_ = host_.engine().open_slot(host_.node(), *this);
    port_.start();
}

void RecursiveResolver::forget()
{
    // Processes that are still to be destroyed may hold on to what they wait for, and to nothing else of this.
    waiting_.clear();
    notes_.clear();
    slot_.reset();
    resolver_ = std::make_unique<dns::Resolver>(settings_.resolver, notes_);
    port_.forget();
}

Task<std::vector<wire::OctetBuffer>> RecursiveResolver::answer(wire::OctetBuffer octets, wire::Endpoint client,
                                                               dns::Transport transport, Spans spans)
{
    std::vector<wire::OctetBuffer> messages;
    const auto query = dns::decode_message(octets);
    dns::Message response;
    run::DnsOutcome outcome = run::DnsOutcome::failed;
    bool cached = false;
    if (!query) {
        const auto header = dns::decode_header(octets); // RFC 1035 §4.1.1: FORMERR, where there is somebody to tell
        if (!header || header->response) co_return messages;
        dns::Message unread;
        unread.header = *header;
        response = dns::make_response(unread, dns::Rcode::formerr);
    } else if (query->header.response) {
        co_return messages;
    } else if (const auto refused = why_not(*query)) {
        response = dns::make_response(*query, *refused);
        if (*refused == dns::Rcode::refused) outcome = run::DnsOutcome::refused;
    } else if (std::ranges::none_of(settings_.clients,
                                    [&](const inet::Prefix& network) { return network.contains(client.address); })) {
        response = dns::make_response(*query, dns::Rcode::refused); // RFC 5358 §4: no service for strangers
        outcome = run::DnsOutcome::refused;
    } else if (!query->header.recursion_desired) {
        // Simplified: it does not say what it happens to know, which RFC 1034 §4.3.1 would have it do.
        response = dns::make_response(*query, dns::Rcode::refused);
        outcome = run::DnsOutcome::refused;
    } else {
        const dns::ClientId id{++questions_};
        const auto waiting = std::make_shared<Waiting>(host_);
        waiting_[id] = waiting;
        resolver_->on_question(host_.engine().now(), id, *query->question(), host_.spans().steps_of(spans));
        act();
        const bool given = co_await waiting->signal.wait();
        if (!given || !waiting->answer) co_return messages;
        const dns::Resolver::Answer& answer = *waiting->answer;
        response = dns::make_response(*query, answer.rcode);
        response.answers = answer.answers;
        response.authority = answer.authority;
        outcome = outcome_of(answer);
        cached = answer.cached;
    }
    response.header.recursion_available = true;
    std::size_t limit = dns::largest_message;
    if (query && query->edns) response.edns.emplace(); // RFC 6891 §6.1.1
    if (transport == dns::Transport::udp)
        limit = query && query->edns
                    ? std::clamp<std::size_t>(query->edns->payload_size, dns::plain_udp_payload, dns::our_udp_payload)
                    : dns::plain_udp_payload;
    messages.push_back(dns::encode(response, limit));
    const bool truncated = (messages.back()[2] & 0x02) != 0; // TC
    const dns::Question* const question = response.question();
    host_.record(spans, run::DnsServed{.client = client.address,
                                       .port = static_cast<std::uint16_t>(client.port),
                                       .id = response.header.id,
                                       .name = question ? dns::format(question->name) : "",
                                       .type = static_cast<std::uint16_t>(question ? question->type : dns::Type{}),
                                       .rcode = static_cast<std::uint16_t>(response.header.rcode),
                                       .outcome = truncated ? run::DnsOutcome::truncated : outcome,
                                       .cached = cached});
    co_return messages;
}

void RecursiveResolver::act()
{
    record_dns_notes(host_, notes_);
    for (dns::Resolver::Ask& ask : resolver_->take_asks()) host_.spawn(put(std::move(ask)));
    for (dns::Resolver::Answer& answer : resolver_->take_answers()) {
        const auto waiting = waiting_.find(answer.client);
        if (waiting == waiting_.end()) continue;
        waiting->second->answer = std::move(answer);
        waiting->second->signal.give();
        waiting_.erase(waiting);
    }
    const Time next = resolver_->next_timer();
    if (slot_ && next != Time::never()) host_.engine().wake_at(*slot_, next);
}

Task<void> RecursiveResolver::put(dns::Resolver::Ask ask)
{
    const DnsQuery query{{ask.server, settings_.servers_port}, ask.transport, ask.question, false, ask.edns, ask.until};
    const DnsExchange exchange = co_await exchange_dns(host_, query, ask.spans);
    if (host_.engine().dying(host_.node())) co_return; // a new resolver, which knows nothing of this
    const Time now = host_.engine().now();
    if (exchange.response) {
        const auto meaning = resolver_->on_response(now, ask.id, *exchange.response);
        // First what came, then what was made of it.
        record_dns_answer(host_, ask.spans, exchange.sent, *exchange.response,
                          dns_outcome(meaning.value_or(dns::Meaning::failed), exchange.response->header.rcode));
    } else if (!exchange.timed_out) {
        resolver_->on_failure(now, ask.id, "unreachable");
    } // else the resolver's own timer says so
    act();
}

void RecursiveResolver::on_time()
{
    resolver_->on_timer(host_.engine().now());
    act();
}

} // namespace tegami::nodes
