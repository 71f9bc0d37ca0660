/// The answer of dns_bench.cpp by libtins and by ldns: read into values, and made of text and written (libtins, which does
/// not compress names), or written alone (ldns).
///
///     dns_peers [--seconds=N]

#include <tins/dns.h>

#include <ldns/ldns.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <vector>

namespace {

using Tins::DNS;

DNS make_answer()
{
    DNS dns;
    dns.id(0x1234);
    dns.type(DNS::RESPONSE);
    dns.authoritative_answer(1);
    dns.recursion_desired(1);
    dns.recursion_available(1);
    dns.add_query({"sender.example", DNS::MX, DNS::IN});
    dns.add_answer(DNS::resource("sender.example", "mx1.sender.example", DNS::MX, DNS::IN, 3600, 10));
    dns.add_answer(DNS::resource("sender.example", "mx2.sender.example", DNS::MX, DNS::IN, 3600, 20));
    dns.add_authority(DNS::resource("sender.example", "ns1.sender.example", DNS::NS, DNS::IN, 86400));
    dns.add_additional(DNS::resource("mx1.sender.example", "192.0.2.10", DNS::A, DNS::IN, 3600));
    dns.add_additional(DNS::resource("mx2.sender.example", "192.0.2.11", DNS::A, DNS::IN, 3600));
    return dns;
}

template <class Work>
double rate(double seconds, Work work)
{
    const std::clock_t begin = std::clock(); // the processor's time: others may be at work on the machine
    std::uint64_t count = 0;
    double passed = 0;
    do {
        for (int i = 0; i < 200; ++i) work();
        count += 200;
        passed = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    } while (passed < seconds);
    return static_cast<double>(count) / passed;
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
        ldns_pkt2wire(&wire, packet, &size) != LDNS_STATUS_OK || size != 122) {
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
