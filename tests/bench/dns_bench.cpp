/// What the DNS codec takes: the 122-octet answer to an MX question (two exchanges, a name server, two addresses) read into
/// values, made of text and written, and written alone.
///
///     dns_bench [--seconds=N]

#include "protocols/dns/authority.hpp"
#include "tests/bench/dns_sample.hpp"
#include "tests/bench/measuring.hpp"

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace {

using namespace tegami;
using namespace tegami::dns;
using bench::rate;
namespace sample = bench::sample;

Name name(std::string_view text) { return *parse_name(text); }

/// The same as peers/dns_peers.cpp makes.
Message make_answer()
{
    Message message;
    message.header.id = sample::id;
    message.header.response = true;
    message.header.authoritative = true;
    message.header.recursion_desired = true;
    message.header.recursion_available = true;
    const Name domain = name(sample::domain); // a name is a value: made of its text once, then copied
    const Name mx1 = name(sample::mx1), mx2 = name(sample::mx2);
    message.questions.push_back({domain, Type::mx, Class::in});
    message.answers.reserve(2);
    message.answers.push_back(make_record(domain, sample::ttl, Mx{sample::preference1, mx1}));
    message.answers.push_back(make_record(domain, sample::ttl, Mx{sample::preference2, mx2}));
    message.authority.push_back(make_record(domain, sample::ns_ttl, Ns{name(sample::ns1)}));
    message.additional.reserve(2);
    message.additional.push_back(make_record(mx1, sample::ttl, A{*wire::parse_address(sample::address1)}));
    message.additional.push_back(make_record(mx2, sample::ttl, A{*wire::parse_address(sample::address2)}));
    return message;
}

} // namespace

int main(int argc, char** argv)
{
    double seconds = 1;
    for (int i = 1; i < argc; ++i) {
        const std::string_view word = argv[i];
        if (word.starts_with("--seconds=")) {
            seconds = std::strtod(argv[i] + 10, nullptr);
        } else {
            std::fprintf(stderr, "dns_bench: I do not know %s\n", argv[i]);
            return 2;
        }
    }
    const Message answer = make_answer();
    const wire::OctetBuffer octets = encode(answer);
    if (octets.size() != sample::octets || decode_message(octets) != answer) {
        std::fprintf(stderr, "dns_bench: the answer is not what it should be\n");
        return 1;
    }
    Zones zones;
    ZoneProblems problems;
    zones.add(*load_zone(
        "$TTL 3600\n@ SOA ns1 h 1 2 3 4 5\n@ NS ns1\nns1 A 192.0.2.9\n@ MX 10 mx1\n@ MX 20 mx2\nmx1 A 192.0.2.10\n"
        "mx2 A 192.0.2.11\n",
        name("sender.example"), problems));
    const auto query = encode(make_query(1, {name("sender.example"), Type::mx}, false));

    std::size_t sum = 0;
    const double parses = rate(seconds, [&] { sum += decode_message(octets)->answers.size(); });
    const double builds = rate(seconds, [&] { sum += encode(make_answer()).size(); });
    const double encodes = rate(seconds, [&] { sum += encode(answer).size(); });
    const double answers = rate(seconds, [&] { sum += respond(zones, query, Transport::udp).messages.size(); });
    std::printf(
        "dns_bench octets=%zu parses_per_s=%.0f builds_per_s=%.0f encodes_per_s=%.0f authority_answers_per_s=%.0f\n",
        octets.size(), parses, builds, encodes, answers);
    return sum == 0;
}
