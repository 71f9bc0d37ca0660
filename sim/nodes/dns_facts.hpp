#pragma once
/// What the name system's programs tell the run: questions, answers, and a resolver's reasoning.

#include "protocols/dns/resolver.hpp"
#include "sim/nodes/host.hpp"

namespace tegami::nodes {

/// A question that was sent, as its facts name it.
struct DnsQuestionSent {
    wire::Address server;
    std::uint16_t id = 0;
    dns::Question question;
};

/// `response` came for it, and was taken for this.
void record_dns_answer(Host& host, Spans spans, const DnsQuestionSent& sent, const dns::Message& response,
                       run::DnsOutcome outcome);
/// No response came.
void record_dns_silence(Host& host, Spans spans, const DnsQuestionSent& sent);

run::DnsOutcome dns_outcome(dns::Meaning meaning, dns::Rcode rcode);
run::DnsOutcome dns_outcome(dns::Outcome outcome);

/// A resolver's notes become facts, and are cleared.
void record_dns_notes(Host& host, dns::Notes& notes);

/// Lines of a zone file, a record each.
std::string zone_lines(const std::vector<dns::Record>& records);

} // namespace tegami::nodes
