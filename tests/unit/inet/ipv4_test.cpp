#include "protocols/inet/ipv4.hpp"

#include "tests/unit/inet/hex.hpp"

#include <catch2/catch.hpp>

using namespace tegami;
using namespace tegami::inet;
using tegami::test::hex;
using wire::Malformed;
using wire::OctetBuffer;
using wire::Octets;

namespace {

/// A header and five octets; tshark reads: 192.0.2.1 to 198.51.100.2, UDP, DSCP AF11, don't fragment, checksum right.
const OctetBuffer ipv4_sample = hex("45 28 00 21 00 00 40 00 40 11 4e 6d c0 00 02 01 c6 33 64 02"
                                    "9c 40 cf 09 00 0d 64 80 68 65 6c 6c 6f");
const Ipv4Header ipv4_sample_header{
    .source = 0xC0000201, .destination = 0xC6336402, .protocol = Protocol::udp, .dscp = 10};

OctetBuffer encoded_header(const Ipv4Header& header, std::size_t payload_size)
{
    OctetBuffer octets(ipv4_header_size, 0xEE);
    REQUIRE(encode(header, payload_size, octets.data()) == octets.data() + octets.size());
    return octets;
}

/// With these octets in place and the checksum made right again.
OctetBuffer mended(OctetBuffer octets, std::initializer_list<std::pair<std::size_t, std::uint8_t>> changes)
{
    for (const auto& [at, value] : changes) octets[at] = value;
    octets[10] = octets[11] = 0;
    const std::size_t header_size = std::min(octets.size(), std::size_t{octets[0] & 0x0Fu} * 4);
    wire::store_u16(&octets[10], wire::internet_checksum(Octets{octets}.first(header_size)));
    return octets;
}

} // namespace

TEST_CASE("an IPv4 header that tshark reads, both ways")
{
    const auto packet = decode_ipv4(ipv4_sample);
    REQUIRE(packet);
    CHECK(packet->header == ipv4_sample_header);
    CHECK(packet->header.is_atomic());
    CHECK(packet->options.empty());
    CHECK(packet->header_size() == 20);
    CHECK(packet->payload.data() == ipv4_sample.data() + 20);
    CHECK(packet->payload.size() == 13);
    CHECK(encoded_header(ipv4_sample_header, 13) == OctetBuffer(ipv4_sample.begin(), ipv4_sample.begin() + 20));
}

TEST_CASE("RFC 791 Appendix A, examples 1 and 2: a small datagram, and a fragment")
{
    // Example 1: type of service 1 in the old sense, total length 21, identification 111, time 123, protocol ICMP.
    Ipv4Header small{
        .source = 0x0A000001, .destination = 0x0A000002, .protocol = Protocol::icmp, .time_to_live = 123, .ecn = 1};
    small.identification = 111;
    small.dont_fragment = false;
    OctetBuffer octets = encoded_header(small, 1);
    CHECK(OctetBuffer(octets.begin(), octets.begin() + 10) == hex("45 01 00 15 00 6f 00 00 7b 01"));
    octets.push_back(0x5A);
    CHECK(decode_ipv4(octets)->header == small);
    CHECK_FALSE(small.is_atomic());
    CHECK_FALSE(small.is_fragment());

    // Example 2: the second fragment of 452 octets begins at unit 32, octet 256.
    Ipv4Header last = small;
    last.fragment_offset = 256;
    octets = encoded_header(last, 196);
    CHECK(OctetBuffer(octets.begin(), octets.begin() + 10) == hex("45 01 00 d8 00 6f 00 20 7b 01"));
    octets.resize(216);
    CHECK(decode_ipv4(octets)->header == last);
    CHECK(last.is_fragment());
    Ipv4Header first = small;
    first.more_fragments = true;
    octets = encoded_header(first, 256);
    CHECK(OctetBuffer(octets.begin(), octets.begin() + 10) == hex("45 01 01 14 00 6f 20 00 7b 01"));
    CHECK(first.is_fragment());
}

TEST_CASE("every field's ends come back, and every checksum made is right")
{
    for (const std::uint32_t address : {0u, 1u, 0x7FFFFFFFu, 0xFFFFFFFFu})
        for (const std::uint16_t identification : {std::uint16_t{0}, std::uint16_t{0xFFFF}})
            for (const std::uint16_t offset : {std::uint16_t{0}, std::uint16_t{8}, std::uint16_t{65'528}})
                for (const std::uint8_t small : {std::uint8_t{0}, std::uint8_t{255}})
                    for (const int flags : {0, 1, 2, 3}) {
                        const Ipv4Header header{
                            .source = address,
                            .destination = ~address,
                            .protocol = Protocol{small},
                            .time_to_live = static_cast<std::uint8_t>(~small),
                            .dscp = static_cast<std::uint8_t>(small >> 2),
                            .ecn = static_cast<std::uint8_t>(small & 3),
                            .identification = identification,
                            .fragment_offset = offset,
                            .dont_fragment = (flags & 1) != 0,
                            .more_fragments = (flags & 2) != 0,
                        };
                        const OctetBuffer octets = encoded_header(header, 0);
                        const auto packet = decode_ipv4(octets);
                        REQUIRE(packet);
                        REQUIRE(packet->header == header);
                    }
    OctetBuffer largest = encoded_header(ipv4_sample_header, ipv4_largest_packet - ipv4_header_size);
    largest.resize(ipv4_largest_packet);
    CHECK(decode_ipv4(largest)->payload.size() == 65'515);
}

TEST_CASE("every proper prefix of a packet fails, and the link's padding is cut off")
{
    for (std::size_t size = 0; size < ipv4_sample.size(); ++size) {
        const auto packet = decode_ipv4(Octets{ipv4_sample}.first(size));
        REQUIRE_FALSE(packet);
        CHECK(packet.error() == (size < 20 ? Malformed{size, "RFC 791 §3.1: a header has at least 20 octets"}
                                           : Malformed{2, "RFC 791 §3.1: the total length is more than what came"}));
    }
    OctetBuffer padded = ipv4_sample;
    padded.resize(46, 0x5A); // a frame of 60 octets less its header
    CHECK(decode_ipv4(padded)->payload.size() == 13);
}

TEST_CASE("options are stepped over, up to the largest header")
{
    OctetBuffer octets = ipv4_sample;
    octets.insert(octets.begin() + 20, {0x94, 0x04, 0x00, 0x00}); // router alert, RFC 2113
    octets = mended(octets, {{0, 0x46}, {3, 37}});
    const auto packet = decode_ipv4(octets);
    REQUIRE(packet);
    CHECK(packet->header == ipv4_sample_header);
    CHECK(packet->header_size() == 24);
    CHECK(OctetBuffer(packet->options.begin(), packet->options.end()) == hex("94 04 00 00"));
    CHECK(packet->payload.data() == octets.data() + 24);
    CHECK(packet->payload.size() == 13);
    for (std::size_t size = 20; size < 24; ++size)
        CHECK(decode_ipv4(Octets{octets}.first(size)).error() ==
              Malformed{size, "RFC 791 §3.1: the octets end within the header"});

    OctetBuffer largest(ipv4_largest_header, 1); // 40 times "no operation"
    std::copy_n(ipv4_sample.begin(), 20, largest.begin());
    largest = mended(largest, {{0, 0x4F}, {3, 60}});
    CHECK(decode_ipv4(largest)->options.size() == 40);
    CHECK(decode_ipv4(largest)->payload.empty());
}

TEST_CASE("what is no IPv4 packet, where and by which rule")
{
    struct {
        OctetBuffer octets;
        Malformed error;
    } const table[] = {
        {mended(ipv4_sample, {{0, 0x65}}), {0, "RFC 791 §3.1: the version is 4"}},
        {mended(ipv4_sample, {{0, 0x44}}), {0, "RFC 791 §3.1: the header length is at least 5"}},
        {mended(ipv4_sample, {{0, 0x40}}), {0, "RFC 791 §3.1: the header length is at least 5"}},
        {mended(ipv4_sample, {{0, 0x4F}}), {33, "RFC 791 §3.1: the octets end within the header"}},
        {mended(ipv4_sample, {{3, 19}}), {2, "RFC 791 §3.1: the total length includes the header"}},
        {mended(ipv4_sample, {{3, 0}}), {2, "RFC 791 §3.1: the total length includes the header"}},
        {mended(ipv4_sample, {{0, 0x46}, {3, 20}}), {2, "RFC 791 §3.1: the total length includes the header"}},
        {mended(ipv4_sample, {{3, 34}}), {2, "RFC 791 §3.1: the total length is more than what came"}},
        {mended(ipv4_sample, {{2, 0xFF}, {3, 0xFF}}), {2, "RFC 791 §3.1: the total length is more than what came"}},
    };
    for (const auto& row : table) {
        const auto packet = decode_ipv4(row.octets);
        REQUIRE_FALSE(packet);
        CHECK(packet.error().offset == row.error.offset);
        CHECK(packet.error().rule == row.error.rule);
    }
    for (std::size_t bit = 0; bit < 20 * 8; ++bit) { // no bit of the header may change on its way
        OctetBuffer octets = ipv4_sample;
        octets[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
        CAPTURE(bit);
        const auto packet = decode_ipv4(octets);
        REQUIRE_FALSE(packet);
        if (bit >= 4 * 8) CHECK(packet.error() == Malformed{10, "RFC 791 §3.1: the header checksum is wrong"});
    }
    CHECK(decode_ipv4(mended(ipv4_sample, {{6, 0xC0}}))); // the reserved flag
}

TEST_CASE("forwarding takes one from the time to live and leaves a right checksum, down to the last hop")
{
    for (std::uint32_t source = 0; source < 70'000; source += 7) { // through every checksum's carry
        OctetBuffer octets =
            encoded_header({.source = source, .destination = 1, .protocol = Protocol::tcp, .time_to_live = 2}, 0);
        REQUIRE(decrement_time_to_live(octets.data()));
        REQUIRE(octets ==
                encoded_header({.source = source, .destination = 1, .protocol = Protocol::tcp, .time_to_live = 1}, 0));
    }
    OctetBuffer octets =
        encoded_header({.source = 1, .destination = 2, .protocol = Protocol::tcp, .time_to_live = 255}, 0);
    for (int hops = 0; hops < 254; ++hops) REQUIRE(decrement_time_to_live(octets.data()));
    CHECK(decode_ipv4(octets)->header.time_to_live == 1);
    const OctetBuffer before = octets;
    CHECK_FALSE(decrement_time_to_live(octets.data()));
    CHECK(octets == before);
    octets = encoded_header({.source = 1, .destination = 2, .protocol = Protocol::tcp, .time_to_live = 0}, 0);
    CHECK_FALSE(decrement_time_to_live(octets.data()));
}

TEST_CASE("the pseudo-header is two addresses, zero, protocol and length")
{
    wire::ChecksumSum written;
    written.add(hex("c0 00 02 01 c6 33 64 02 00 11 00 0d"));
    CHECK(pseudo_header_sum(0xC0000201, 0xC6336402, Protocol::udp, 13).checksum() == written.checksum());
}

TEST_CASE("kinds of IPv4 addresses, at their edges")
{
    struct {
        std::uint32_t address;
        bool single_host, multicast, loopback, broadcast;
    } const table[] = {
        {0x00000000, false, false, false, false}, {0x00FFFFFF, false, false, false, false},
        {0x01000000, true, false, false, false},  {0x7EFFFFFF, true, false, false, false},
        {0x7F000000, false, false, true, false},  {0x7FFFFFFF, false, false, true, false},
        {0x80000000, true, false, false, false},  {0xDFFFFFFF, true, false, false, false},
        {0xE0000000, false, true, false, false},  {0xEFFFFFFF, false, true, false, false},
        {0xF0000000, false, false, false, false}, {0xFFFFFFFE, false, false, false, false},
        {0xFFFFFFFF, false, false, false, true},
    };
    for (const auto& row : table) {
        CAPTURE(row.address);
        CHECK(is_v4_single_host(row.address) == row.single_host);
        CHECK(is_v4_multicast(row.address) == row.multicast);
        CHECK(is_v4_loopback(row.address) == row.loopback);
        CHECK(is_v4_limited_broadcast(row.address) == row.broadcast);
    }
}
