/// Any octets as a DNS message: through the codec, and as a query to an authoritative server. What was read, written and
/// read again is the same, within every limit; every answer can be read.

#include "protocols/dns/authority.hpp"

#include <algorithm>
#include <cstdlib>

using namespace tegami;
using namespace tegami::dns;

namespace {

void require(bool holds)
{
    if (!holds) std::abort();
}

const Zones& sample_zones()
{
    static const Zones zones = [] {
        Zones made;
        for (const auto* origin : {"example", "."}) {
            ZoneProblems problems;
            auto zone = load_zone(
                "$TTL 60\n@ SOA ns h 1 2 3 4 5\n@ NS ns\n@ MX 10 mail\nns A 192.0.2.1\nmail AAAA 2001:db8::1\n"
                "www CNAME mail\nfar CNAME a.elsewhere.\nloop CNAME loop\n*.w TXT \"any\"\nchild NS ns.child\n"
                "ns.child A 192.0.2.2\n_smtp._tcp SRV 1 2 25 mail\n",
                *parse_name(origin), problems);
            require(zone.has_value());
            made.add(*std::move(zone), true);
        }
        return made;
    }();
    return zones;
}

void check_text(const std::vector<Record>& records)
{
    for (const Record& record : records)
        require(std::ranges::all_of(format(record), [](char c) { return c >= ' ' && c < 0x7F; }));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const wire::Octets octets{data, size};
    const auto message = decode_message(octets);
    if (message) {
        const auto written = encode(*message);
        const auto again = decode_message(written);
        require(again && written.size() <= largest_message);
        // Compressed against the rules, a stranger's message can be larger than 65,535 octets when it is written by them.
        if (again->answers.size() + again->authority.size() + again->additional.size() ==
            message->answers.size() + message->authority.size() + message->additional.size())
            require(*again == *message && encode(*again) == written);
        check_text(message->answers);
        check_text(message->authority);
        check_text(message->additional);
        for (const std::size_t limit : {512u, 1232u}) {
            const auto cut = encode(*message, limit);
            const auto read = decode_message(cut);
            require(read.has_value() && read->questions == message->questions && read->edns == message->edns);
            require(read->answers.size() <= message->answers.size());
            // Only a question section or options of a stranger can be larger than any limit.
            if (read->answers.size() + read->authority.size() + read->additional.size() != 0)
                require(cut.size() <= limit);
        }
    } else {
        require(message.error().offset <= size);
    }

    for (const Transport transport : {Transport::udp, Transport::tcp}) {
        const Response response = respond(sample_zones(), octets, transport);
        for (const auto& each : response.messages) {
            const auto read = decode_message(each);
            require(read.has_value() && read->header.response && read->header.id == (data[0] << 8 | data[1]));
        }
    }
    return 0;
}
