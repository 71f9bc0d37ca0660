#include "sim/nodes/dns_facts.hpp"

namespace tegami::nodes {

namespace {

void record(Host& host, const dns::Decided& note)
{
    static_assert(static_cast<int>(run::DnsDecision::done) == static_cast<int>(dns::Decision::done));
    host.record(note.spans, run::DnsDecided{.decision = static_cast<run::DnsDecision>(note.decision),
                                            .name = dns::format(note.name),
                                            .type = static_cast<std::uint16_t>(note.type),
                                            .detail = note.detail});
}

void record(Host& host, const dns::Cached& note)
{
    static_assert(static_cast<int>(run::CacheChange::evicted) == static_cast<int>(dns::CacheChange::evicted));
    host.record(note.spans, run::DnsCached{.change = static_cast<run::CacheChange>(note.change),
                                           .name = dns::format(note.name),
                                           .type = static_cast<std::uint16_t>(note.type),
                                           .negative = note.negative,
                                           .ttl = note.ttl,
                                           .records = zone_lines(note.records),
                                           .credibility = static_cast<std::uint8_t>(note.credibility)});
}

/// Each step that joins waits for what is under way for the first of the others.
void record(Host& host, const dns::Shared& note)
{
    run::SpanTable& spans = host.spans();
    const auto others = spans.members(note.under_way);
    if (others.empty()) return;
    const run::SpanId other = others.front();
    const auto members = spans.members(note.joining);
    for (const run::SpanId step : std::vector(members.begin(), members.end()))
        if (step != other) host.record(spans.with(spans.only(step), other), run::Joined{.step = step, .other = other});
}

} // namespace

std::string zone_lines(const std::vector<dns::Record>& records)
{
    std::string lines;
    for (const dns::Record& each : records) {
        if (!lines.empty()) lines += '\n';
        lines += dns::format(each);
    }
    return lines;
}

void record_dns_answer(Host& host, Spans spans, const DnsQuestionSent& sent, const dns::Message& response,
                       run::DnsOutcome outcome)
{
    if (!host.network().context.recorder.wants(run::FactKind::dns_answered)) return;
    std::string records;
    if (!response.answers.empty() || !response.authority.empty() || !response.additional.empty())
        for (const auto* section : {&response.answers, &response.authority, &response.additional}) {
            if (section != &response.answers) records += "\n\n";
            records += zone_lines(*section);
        }
    host.record(spans, run::DnsAnswered{.server = sent.server,
                                        .id = sent.id,
                                        .name = dns::format(sent.question.name),
                                        .type = static_cast<std::uint16_t>(sent.question.type),
                                        .rcode = static_cast<std::uint16_t>(response.header.rcode),
                                        .outcome = outcome,
                                        .records = records});
}

void record_dns_silence(Host& host, Spans spans, const DnsQuestionSent& sent)
{
    host.record(spans, run::DnsAnswered{.server = sent.server,
                                        .id = sent.id,
                                        .name = dns::format(sent.question.name),
                                        .type = static_cast<std::uint16_t>(sent.question.type),
                                        .rcode = 0,
                                        .outcome = run::DnsOutcome::timed_out,
                                        .records = {}});
}

run::DnsOutcome dns_outcome(dns::Meaning meaning, dns::Rcode rcode)
{
    using enum run::DnsOutcome;
    if (rcode == dns::Rcode::refused) return refused;
    switch (meaning) {
    case dns::Meaning::answer: return answer;
    case dns::Meaning::alias: return alias;
    case dns::Meaning::referral: return referral;
    case dns::Meaning::no_data: return no_data;
    case dns::Meaning::no_such_name: return no_such_name;
    case dns::Meaning::truncated: return truncated;
    case dns::Meaning::lame: return lame;
    case dns::Meaning::no_edns:
    case dns::Meaning::failed:
    case dns::Meaning::looped: return failed;
    }
    return failed;
}

run::DnsOutcome dns_outcome(dns::Outcome outcome)
{
    using enum run::DnsOutcome;
    switch (outcome) {
    case dns::Outcome::answer:
    case dns::Outcome::transfer: return answer;
    case dns::Outcome::alias: return alias;
    case dns::Outcome::referral: return referral;
    case dns::Outcome::no_data: return no_data;
    case dns::Outcome::no_such_name: return no_such_name;
    case dns::Outcome::refused:
    case dns::Outcome::transfer_refused: return refused;
    case dns::Outcome::malformed:
    case dns::Outcome::not_implemented:
    case dns::Outcome::bad_version:
    case dns::Outcome::ignored: return failed;
    }
    return failed;
}

void record_dns_notes(Host& host, dns::Notes& notes)
{
    for (const dns::Note& note : notes.all()) std::visit([&](const auto& each) { record(host, each); }, note);
    notes.clear();
}

} // namespace tegami::nodes
