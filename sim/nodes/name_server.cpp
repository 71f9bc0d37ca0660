#include "sim/nodes/name_server.hpp"

#include "sim/nodes/dns_facts.hpp"

namespace tegami::nodes {

Task<std::vector<wire::OctetBuffer>> NameServer::answer(wire::OctetBuffer query, wire::Endpoint client,
                                                        dns::Transport transport, Spans spans)
{
    dns::Response response = dns::respond(settings_.zones, query, transport);
    if (response.outcome != dns::Outcome::ignored) {
        const dns::Question* const question = response.query ? response.query->question() : nullptr;
        host_.record(spans, run::DnsServed{.client = client.address,
                                           .port = static_cast<std::uint16_t>(client.port),
                                           .id = response.query ? response.query->header.id : std::uint16_t{0},
                                           .name = question ? dns::format(question->name) : "",
                                           .type = static_cast<std::uint16_t>(question ? question->type : dns::Type{}),
                                           .rcode = static_cast<std::uint16_t>(response.rcode),
                                           .outcome = response.truncated ? run::DnsOutcome::truncated
                                                                         : dns_outcome(response.outcome),
                                           .cached = false});
    }
    co_return std::move(response.messages);
}

} // namespace tegami::nodes
