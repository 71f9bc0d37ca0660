#include "protocols/inet/udp.hpp"

#include "tests/unit/inet/hex.hpp"

#include <catch2/catch.hpp>

using namespace tegami;
using namespace tegami::inet;
using tegami::test::hex;
using wire::Malformed;
using wire::OctetBuffer;
using wire::Octets;
using wire::Port;

namespace {

const Ipv4Header udp_ip{.source = 0xC0000201, .destination = 0xC6336402, .protocol = Protocol::udp};
/// "hello" from port 40000 to 53001; tshark finds its checksum right.
const OctetBuffer udp_sample = hex("9c 40 cf 09 00 0d 64 80 68 65 6c 6c 6f");

OctetBuffer udp_octets(Port source, Port destination, Octets payload)
{
    OctetBuffer octets(udp_header_size + payload.size(), 0xEE);
    std::uint8_t* const at =
        encode_udp_header(source, destination, udp_ip.source, udp_ip.destination, payload, octets.data());
    std::copy(payload.begin(), payload.end(), at);
    return octets;
}

} // namespace

TEST_CASE("a UDP datagram that tshark reads, both ways")
{
    const auto datagram = decode_udp(udp_ip, udp_sample);
    REQUIRE(datagram);
    CHECK(datagram->source == Port{40000});
    CHECK(datagram->destination == Port{53001});
    CHECK(datagram->has_checksum);
    CHECK(wire::as_text(datagram->payload) == "hello");
    CHECK(udp_octets(Port{40000}, Port{53001}, wire::as_octets("hello")) == udp_sample);
}

TEST_CASE("UDP payloads of every length, empty and largest, come back")
{
    for (std::size_t size :
         {std::size_t{0}, std::size_t{1}, std::size_t{2}, std::size_t{511}, std::size_t{512}, udp_largest_payload}) {
        OctetBuffer payload(size);
        for (std::size_t i = 0; i < size; ++i) payload[i] = static_cast<std::uint8_t>(i * 31);
        const OctetBuffer octets = udp_octets(Port{1}, Port{65535}, payload);
        const auto datagram = decode_udp(udp_ip, octets);
        REQUIRE(datagram);
        CHECK(OctetBuffer(datagram->payload.begin(), datagram->payload.end()) == payload);
    }
}

TEST_CASE("a UDP checksum that comes out as zero is sent as all ones, and zero means none")
{
    // Finds the one payload of two octets whose checksum is zero.
    int found = 0;
    for (unsigned value = 0; value <= 0xFFFF; ++value) {
        const OctetBuffer payload{static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
        const OctetBuffer octets = udp_octets(Port{7}, Port{9}, payload);
        REQUIRE((octets[6] != 0 || octets[7] != 0));
        if (octets[6] != 0xFF || octets[7] != 0xFF) continue;
        ++found;
        CHECK(decode_udp(udp_ip, octets));
    }
    CHECK(found == 1);

    OctetBuffer none = udp_sample;
    none[6] = none[7] = 0;
    none[8] = 'j'; // nobody would notice
    const auto datagram = decode_udp(udp_ip, none);
    REQUIRE(datagram);
    CHECK_FALSE(datagram->has_checksum);
    CHECK(wire::as_text(datagram->payload) == "jello");
}

TEST_CASE("every proper prefix of a UDP datagram fails; what follows one is not part of it")
{
    for (std::size_t size = 0; size < udp_sample.size(); ++size)
        CHECK(decode_udp(udp_ip, Octets{udp_sample}.first(size)).error() ==
              (size < 8 ? Malformed{size, "RFC 768: a header has 8 octets"}
                        : Malformed{4, "RFC 768: the length is more than what came"}));
    OctetBuffer longer = udp_sample;
    longer.push_back(0x77);
    CHECK(wire::as_text(decode_udp(udp_ip, longer)->payload) == "hello");
}

TEST_CASE("what is no UDP datagram, where and by which rule")
{
    OctetBuffer octets = udp_sample;
    for (const std::uint8_t length : {std::uint8_t{0}, std::uint8_t{7}}) {
        octets[5] = length;
        CHECK(decode_udp(udp_ip, octets).error() ==
              Malformed{4, "RFC 768: the length includes the header, and is at least 8"});
    }
    const Malformed wrong{6, "RFC 1122 §4.1.3.4: the checksum is wrong"};
    for (std::size_t bit = 0; bit < udp_sample.size() * 8; ++bit) {
        if (bit / 8 == 4 || bit / 8 == 5) continue; // the length is judged first
        octets = udp_sample;
        octets[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
        CHECK(decode_udp(udp_ip, octets).error() == wrong);
    }
    // The addresses are part of it.
    Ipv4Header elsewhere = udp_ip;
    elsewhere.destination += 1;
    CHECK(decode_udp(elsewhere, udp_sample).error() == wrong);
}
