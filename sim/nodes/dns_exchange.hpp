#pragma once
/// One question put to one server, over UDP or TCP, and the wait for what answers it. RFC 1035 §4.2, RFC 5452 §9.

#include "protocols/dns/stub.hpp"
#include "sim/nodes/dns_facts.hpp"

namespace tegami::nodes {

struct DnsQuery {
    wire::Endpoint server;
    dns::Transport transport{};
    dns::Question question;
    bool recursion_desired = false;
    bool edns = true;
    engine::Time until; ///< then it is given up
};

struct DnsExchange {
    DnsQuestionSent sent;
    std::optional<dns::Message> response; ///< one that matches the query
    bool timed_out = false;               ///< else, where there is no response, the server cannot be reached
};

/// Sends the query from a port, and with an ID, that nobody can guess, and awaits a response that matches both. Others are
/// noted as forged, and the wait goes on. The caller says by `record_dns_answer` what the response was taken for.
Task<DnsExchange> exchange_dns(Host& host, DnsQuery query, Spans spans);

} // namespace tegami::nodes
