/// The answer of dns_bench.cpp by libtins and by ldns: read into values, and made of text and written (libtins, which does
/// not compress names), or written alone (ldns).
///
///     dns_peers [--seconds=N]

#include "tests/bench/dns_sample.hpp"
#include "tests/bench/measuring.hpp"

#include <tins/dns.h>

#include <ldns/ldns.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace {

using tegami::bench::rate;
using Tins::DNS;
namespace sample = tegami::bench::sample;

DNS make_answer()
{
    DNS dns;
    dns.id(sample::id);
    dns.type(DNS::RESPONSE);
    dns.authoritative_answer(1);
    dns.recursion_desired(1);
    dns.recursion_available(1);
    dns.add_query({sample::domain, DNS::MX, DNS::IN});
    dns.add_answer(DNS::resource(sample::domain, sample::mx1, DNS::MX, DNS::IN, sample::ttl, sample::preference1));
    dns.add_answer(DNS::resource(sample::domain, sample::mx2, DNS::MX, DNS::IN, sample::ttl, sample::preference2));
    dns.add_authority(DNS::resource(sample::domain, sample::ns1, DNS::NS, DNS::IN, sample::ns_ttl));
    dns.add_additional(DNS::resource(sample::mx1, sample::address1, DNS::A, DNS::IN, sample::ttl));
    dns.add_additional(DNS::resource(sample::mx2, sample::address2, DNS::A, DNS::IN, sample::ttl));
    return dns;
}

} // namespace

int main(int argc, char** argv)
{
    double seconds = 1;
    for (int i = 1; i < argc; ++i) {
        if (std::strncmp(argv[i], "--seconds=", 10) != 0) {
            std::fprintf(stderr, "dns_peers: I do not know %s\n", argv[i]);
            return 2;
        }
        seconds = std::strtod(argv[i] + 10, nullptr);
    }

    // Both read the compressed form, which ldns writes.
    const std::vector<std::uint8_t> uncompressed = make_answer().serialize();
    ldns_pkt* packet = nullptr;
    std::uint8_t* wire = nullptr;
    std::size_t size = 0;
    if (ldns_wire2pkt(&packet, uncompressed.data(), uncompressed.size()) != LDNS_STATUS_OK ||
        ldns_pkt2wire(&wire, packet, &size) != LDNS_STATUS_OK || size != sample::octets) {
        std::fprintf(stderr, "dns_peers: the answer is not what it should be: %zu octets\n", size);
        return 1;
    }

    std::size_t sum = 0;
    const double parses = rate(seconds, [&] {
        const DNS dns(wire, static_cast<std::uint32_t>(size));
        sum += dns.answers().size() + dns.authority().size() + dns.additional().size();
    });
    const double builds = rate(seconds, [&] { sum += make_answer().serialize().size(); });
    const double ldns_parses = rate(seconds, [&] {
        ldns_pkt* read = nullptr;
        ldns_wire2pkt(&read, wire, size);
        sum += ldns_pkt_ancount(read);
        ldns_pkt_free(read);
    });
    const double ldns_encodes = rate(seconds, [&] {
        std::uint8_t* written = nullptr;
        std::size_t octets = 0;
        ldns_pkt2wire(&written, packet, &octets);
        sum += octets;
        std::free(written);
    });
    std::printf(
        "dns_peers octets=%zu parses_per_s=%.0f builds_per_s=%.0f ldns_parses_per_s=%.0f ldns_encodes_per_s=%.0f\n",
        size, parses, builds, ldns_parses, ldns_encodes);
    return sum == 0;
}
