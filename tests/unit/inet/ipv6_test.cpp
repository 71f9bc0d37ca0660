#include "protocols/inet/ipv6.hpp"

#include "protocols/inet/udp.hpp"
#include "tests/unit/inet/hex.hpp"

#include <catch2/catch.hpp>

using namespace tegami;
using namespace tegami::inet;
using tegami::test::hex;
using wire::Malformed;
using wire::OctetBuffer;
using wire::Octets;

namespace {

using Walk = Ipv6Walk::End;

wire::Address v6(std::string_view text) { return *wire::parse_address(text); }

/// A UDP datagram "hello" from 2001:db8::1, port 40000, to 2001:db8::2, port 53001: tshark finds its checksum right.
const OctetBuffer ipv6_sample =
    hex("60 a1 23 45 00 0d 11 40 20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 01 20 01 0d b8 "
        "00 00 00 00 00 00 00 00 00 00 00 02 9c 40 cf 09 00 0d f5 42 68 65 6c 6c 6f");
const Ipv6Header ipv6_sample_header{.source = v6("2001:db8::1"),
                                    .destination = v6("2001:db8::2"),
                                    .next_header = Protocol::udp,
                                    .dscp = 2,
                                    .ecn = 2,
                                    .flow_label = 0x12345};

OctetBuffer ipv6_packet(Protocol next, Octets payload, std::string_view destination = "2001:db8::2")
{
    OctetBuffer octets(ipv6_header_size);
    encode({.source = v6("2001:db8::1"), .destination = v6(destination), .next_header = next}, payload.size(),
           octets.data());
    octets.insert(octets.end(), payload.begin(), payload.end());
    return octets;
}

/// The walk of a packet that begins with that next header; views in it are not to be looked at.
Ipv6Walk walk_of(Protocol next, std::string_view payload, std::string_view destination = "2001:db8::2",
                 Ipv6Origin origin = Ipv6Origin::as_it_came)
{
    const OctetBuffer octets = ipv6_packet(next, hex(payload), destination);
    const auto packet = decode_ipv6(octets);
    REQUIRE(packet);
    Ipv6Walk walk = walk_headers(*packet, origin);
    if (!walk.payload.empty()) {
        CHECK(walk.payload.data() == octets.data() + walk.offset);
        CHECK(walk.payload.data() + walk.payload.size() == octets.data() + octets.size());
    }
    return walk;
}

std::string repeated(std::string_view text, std::size_t times)
{
    std::string all;
    for (std::size_t i = 0; i < times; ++i) all += text;
    return all;
}

} // namespace

TEST_CASE("an IPv6 header that tshark reads, both ways")
{
    const auto packet = decode_ipv6(ipv6_sample);
    REQUIRE(packet);
    CHECK(packet->header == ipv6_sample_header);
    CHECK(packet->payload.size() == 13);
    OctetBuffer again(ipv6_header_size, 0xEE);
    CHECK(encode(ipv6_sample_header, 13, again.data()) == again.data() + again.size());
    CHECK(again == OctetBuffer(ipv6_sample.begin(), ipv6_sample.begin() + 40));

    // Each field alone comes back: none leaks into its neighbour.
    for (int bit = 0; bit < 28; ++bit) {
        Ipv6Header header = ipv6_sample_header;
        header.dscp = bit >= 22 ? static_cast<std::uint8_t>(1 << (bit - 22)) : 0;
        header.ecn = bit == 20 || bit == 21 ? static_cast<std::uint8_t>(1 << (bit - 20)) : 0;
        header.flow_label = bit < 20 ? 1u << bit : 0;
        encode(header, 0, again.data());
        CHECK(wire::load_u32(again.data()) == (0x6000'0000 | 1u << bit));
        CHECK(decode_ipv6(again)->header == header);
    }
}

TEST_CASE("what is no IPv6 packet, by the rule that it breaks")
{
    for (std::size_t size = 0; size < 40; ++size)
        CHECK(decode_ipv6(Octets{ipv6_sample}.first(size)).error() ==
              Malformed{size, "RFC 8200 §3: a header has 40 octets"});
    for (std::size_t size = 40; size < ipv6_sample.size(); ++size)
        CHECK(decode_ipv6(Octets{ipv6_sample}.first(size)).error() ==
              Malformed{4, "RFC 8200 §3: the payload length is more than what came"});
    for (const int version : {0, 4, 5, 7, 15}) {
        OctetBuffer octets = ipv6_sample;
        octets[0] = static_cast<std::uint8_t>(version << 4);
        CHECK(decode_ipv6(octets).error() == Malformed{0, "RFC 8200 §3: the version is 6"});
    }
    const auto mapped = [](std::size_t at) {
        OctetBuffer octets = ipv6_sample;
        const auto address = wire::Address::v4(0x7F000001);
        std::copy(address.octets.begin(), address.octets.end(), octets.begin() + static_cast<std::ptrdiff_t>(at));
        return octets;
    };
    CHECK(decode_ipv6(mapped(8)).error() == Malformed{8, "RFC 6890 §2.2.3: an IPv4-mapped address is no source"});
    CHECK(decode_ipv6(mapped(24)).error() ==
          Malformed{24, "RFC 6890 §2.2.3: an IPv4-mapped address is no destination"});

    OctetBuffer padded = ipv6_sample;
    padded.insert(padded.end(), 7, 0xEE);
    CHECK(decode_ipv6(padded)->payload.size() == 13);
    CHECK(decode_ipv6(ipv6_packet(Protocol::udp, OctetBuffer(ipv6_largest_payload)))->payload.size() == 65'535);
}

TEST_CASE("the hop limit goes down to one and no further")
{
    OctetBuffer octets = ipv6_sample;
    for (int limit = 64; limit > 1; --limit) {
        CHECK(octets[7] == limit);
        CHECK(decrement_hop_limit(octets.data()));
    }
    const OctetBuffer before = octets;
    CHECK_FALSE(decrement_hop_limit(octets.data()));
    octets[7] = 0;
    CHECK_FALSE(decrement_hop_limit(octets.data()));
    octets[7] = 1;
    CHECK(octets == before);
}

TEST_CASE("pseudo-headers: one sum for both families")
{
    // RFC 8200 §8.1 by hand: sixteen-bit words of addresses, length and next header.
    wire::ChecksumSum sum;
    const OctetBuffer words = hex("20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 01 20 01 0d b8 00 00 00 00 00 00 00 00 "
                                  "00 00 00 02 00 01 00 05 00 00 00 11");
    sum.add(words);
    CHECK(pseudo_header_sum(v6("2001:db8::1"), v6("2001:db8::2"), Protocol::udp, 0x10005).checksum() == sum.checksum());
    for (const std::uint32_t source : {0u, 1u, 0xC0000201u, 0xFFFFFFFFu})
        for (const std::size_t length : {std::size_t{0}, std::size_t{13}, std::size_t{65'515}})
            CHECK(pseudo_header_sum(wire::Address::v4(source), wire::Address::v4(0xC6336402), Protocol::tcp, length)
                      .checksum() == pseudo_header_sum(source, 0xC6336402, Protocol::tcp, length).checksum());
}

TEST_CASE("UDP over IPv6 carries its checksum, which is never missing")
{
    const auto packet = decode_ipv6(ipv6_sample);
    const auto datagram = decode_udp(packet->header, packet->payload);
    REQUIRE(datagram);
    CHECK(wire::as_text(datagram->payload) == "hello");
    OctetBuffer again(13);
    const wire::Endpoint from{v6("2001:db8::1"), wire::Port{40000}}, to{v6("2001:db8::2"), wire::Port{53001}};
    std::uint8_t* const at = encode_udp_header(from, to, wire::as_octets("hello"), again.data());
    std::ranges::copy(std::string_view{"hello"}, at);
    CHECK(std::ranges::equal(again, packet->payload));

    for (std::size_t bit = 0; bit < 13 * 8; ++bit) {
        OctetBuffer octets(packet->payload.begin(), packet->payload.end());
        octets[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
        CHECK_FALSE(decode_udp(packet->header, octets));
    }
    OctetBuffer bare(packet->payload.begin(), packet->payload.end());
    bare[6] = bare[7] = 0;
    CHECK(decode_udp(packet->header, bare).error() ==
          Malformed{6, "RFC 8200 §8.1: over IPv6 a datagram has a checksum"});
}

TEST_CASE("kinds of IPv6 addresses")
{
    CHECK(is_v6_unspecified(v6("::")));
    CHECK_FALSE(is_v6_unspecified(v6("::1")));
    CHECK(is_v6_loopback(v6("::1")));
    CHECK_FALSE(is_v6_loopback(v6("::")));
    CHECK_FALSE(is_v6_loopback(v6("1::1")));
    CHECK(is_v6_multicast(v6("ff02::1")));
    CHECK_FALSE(is_v6_multicast(v6("fe80::1")));
    CHECK(is_v6_link_local(v6("fe80::1")));
    CHECK(is_v6_link_local(v6("febf:ffff::")));
    CHECK_FALSE(is_v6_link_local(v6("fec0::")));
    CHECK_FALSE(is_v6_link_local(v6("fe7f::")));
    for (const char* host : {"2001:db8::1", "fe80::1", "fd00::1"}) CHECK(is_v6_single_host(v6(host)));
    for (const char* other : {"::", "::1", "ff02::1", "ff0e::5"}) CHECK_FALSE(is_v6_single_host(v6(other)));
    CHECK(all_nodes == v6("ff02::1"));
    CHECK(all_routers == v6("ff02::2"));
    CHECK(solicited_node(v6("4037::1:800:200e:8c6c")) == v6("ff02::1:ff0e:8c6c")); // RFC 4291 §2.7.1's own example
}

TEST_CASE("the walk along extension headers, to where RFC 8200 §4 says it ends")
{
    struct {
        std::string_view what;
        Protocol next;
        std::string payload;
        Walk end;
        std::uint8_t protocol;
        std::size_t offset; ///< or the pointer
        std::string_view rule;
        int code = -1;
        std::string_view destination = "2001:db8::2";
    } const table[] = {
        {"none", Protocol::tcp, "01 02", Walk::upper_layer, 6, 40, ""},
        {"a protocol that nobody knows", Protocol{253}, "", Walk::upper_layer, 253, 40, ""},
        {"no next header", Protocol::no_next_header, "ab cd", Walk::nothing, 59, 40, ""},
        {"hop-by-hop options: PadN", Protocol::hop_by_hop_options, "11 00 01 04 00 00 00 00 aa", Walk::upper_layer, 17,
         48, ""},
        {"six Pad1", Protocol::hop_by_hop_options, "11 00 00 00 00 00 00 00 aa", Walk::upper_layer, 17, 48, ""},
        {"two units", Protocol::destination_options, "06 01 01 0c 00 00 00 00 00 00 00 00 00 00 00 00",
         Walk::upper_layer, 6, 56, ""},
        {"a router alert, which may be skipped", Protocol::hop_by_hop_options, "3a 00 05 02 00 00 01 00",
         Walk::upper_layer, 58, 48, ""},
        {"all of them once, then no next header", Protocol::hop_by_hop_options,
         "3c 00 01 04 00 00 00 00  2b 00 01 04 00 00 00 00  2c 00 00 00 00 00 00 00  3c 00 00 00 00 00 00 09  "
         "3b 00 01 04 00 00 00 00 ff",
         Walk::nothing, 59, 80, ""},
        {"hop-by-hop options that are not first", Protocol::destination_options,
         "00 00 01 04 00 00 00 00  3b 00 01 04 00 00 00 00", Walk::parameter_problem, 0, 40,
         "RFC 8200 §4.1: hop-by-hop options stand right behind the IPv6 header", 1},
        {"hop-by-hop options twice", Protocol::hop_by_hop_options, "00 00 01 04 00 00 00 00  3b 00 01 04 00 00 00 00",
         Walk::parameter_problem, 0, 40, "RFC 8200 §4.1: hop-by-hop options stand right behind the IPv6 header", 1},
        {"an option to be skipped", Protocol::destination_options, "3b 00 3e 02 aa bb 00 00", Walk::nothing, 59, 48,
         ""},
        {"an option to be dropped for", Protocol::destination_options, "3b 00 7e 02 aa bb 00 00", Walk::discarded, 0, 0,
         "RFC 8200 §4.2: an option that we do not know and may not skip"},
        {"an option to be told of", Protocol::destination_options, "3b 00 00 be 02 aa bb 00", Walk::parameter_problem,
         0, 43, "RFC 8200 §4.2: an option that we do not know and may not skip", 2},
        {"the same, to many", Protocol::destination_options, "3b 00 00 be 02 aa bb 00", Walk::parameter_problem, 0, 43,
         "RFC 8200 §4.2: an option that we do not know and may not skip", 2, "ff02::1"},
        {"an option to be told of unless many asked", Protocol::destination_options, "3b 00 fe 02 aa bb 00 00",
         Walk::parameter_problem, 0, 42, "RFC 8200 §4.2: an option that we do not know and may not skip", 2},
        {"the same, to many", Protocol::destination_options, "3b 00 fe 02 aa bb 00 00", Walk::discarded, 0, 0,
         "RFC 8200 §4.2: an option that we do not know and may not skip", -1, "ff02::1"},
        {"a jumbogram", Protocol::hop_by_hop_options, "3b 00 c2 04 00 01 00 00", Walk::parameter_problem, 0, 42,
         "RFC 8200 §4.2: an option that we do not know and may not skip", 2},
        {"an option that ends behind its header", Protocol::destination_options, "3b 00 01 05 00 00 00 00",
         Walk::discarded, 0, 0, "RFC 8200 §4.2: an option ends behind its header"},
        {"an option without its length", Protocol::destination_options, "3b 00 01 03 00 00 00 01", Walk::discarded, 0,
         0, "RFC 8200 §4.2: an option ends behind its header"},
        {"a routing header of type 0 with work left", Protocol::routing,
         "3b 02 00 01 00 00 00 00  20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 03", Walk::parameter_problem, 0, 42,
         "RFC 5095 §3: nobody follows a routing header of type 0", 0},
        {"a routing header of another type with work left", Protocol::routing, "3b 00 04 01 00 00 00 00",
         Walk::parameter_problem, 0, 42, "RFC 8200 §4.4: a routing header of a type that we do not know", 0},
        {"a routing header that has done its work", Protocol::routing, "3b 00 00 00 00 00 00 00", Walk::nothing, 59, 48,
         ""},
        {"a header of one octet", Protocol::destination_options, "3b", Walk::discarded, 0, 0,
         "RFC 8200 §4: the octets end within an extension header"},
        {"a header without its end", Protocol::destination_options, "3b 01 01 04 00 00 00 00 01 05 00 00 00 00 00",
         Walk::discarded, 0, 0, "RFC 8200 §4: the octets end within an extension header"},
        {"half a fragment header", Protocol::fragment, "11 00 00 00 00 00 00", Walk::discarded, 0, 0,
         "RFC 8200 §4: the octets end within an extension header"},
        {"an atomic fragment", Protocol::fragment, "11 00 00 06 00 00 00 01 aa bb", Walk::upper_layer, 17, 48, ""},
        {"a first fragment", Protocol::fragment, "11 00 00 01 00 00 00 01  9c 40 cf 09 00 0d 50 3a", Walk::fragment, 17,
         48, ""},
        {"a last fragment", Protocol::fragment, "11 00 00 08 00 00 00 01 aa", Walk::fragment, 17, 48, ""},
        {"a last fragment without octets", Protocol::fragment, "11 00 00 08 00 00 00 01", Walk::fragment, 17, 48, ""},
        {"a middle fragment that is no multiple of 8", Protocol::fragment, "11 00 00 09 00 00 00 01 aa",
         Walk::parameter_problem, 0, 4, "RFC 8200 §4.5: a fragment that others follow is a multiple of 8 octets long",
         0},
        {"a fragment that ends behind the largest packet", Protocol::fragment,
         "11 00 ff f8 00 00 00 01 00 00 00 00 00 00 00 00", Walk::parameter_problem, 0, 42,
         "RFC 8200 §4.5: a fragment that ends behind the largest packet", 0},
        {"one that just fits", Protocol::fragment, "11 00 ff f8 00 00 00 01 00 00 00 00 00 00 00", Walk::fragment, 17,
         48, ""},
        {"the same behind eight octets of options", Protocol::destination_options,
         "2c 00 01 04 00 00 00 00  11 00 ff f8 00 00 00 01 00 00 00 00 00 00 00", Walk::parameter_problem, 0, 50,
         "RFC 8200 §4.5: a fragment that ends behind the largest packet", 0},
        {"a first fragment with half of TCP's header", Protocol::fragment,
         "06 00 00 01 00 00 00 01  00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00", Walk::parameter_problem, 0, 0,
         "RFC 7112 §5: a first fragment has all the headers", 3},
        {"a first fragment that ends within options", Protocol::fragment,
         "3c 00 00 01 00 00 00 01  06 01 01 0c 00 00 00 00", Walk::parameter_problem, 0, 0,
         "RFC 7112 §5: a first fragment has all the headers", 3},
        {"a first fragment with options and UDP", Protocol::fragment,
         "3c 00 00 01 00 00 00 01  11 00 01 04 00 00 00 00  00 00 00 00 00 00 00 00", Walk::fragment, 60, 48, ""},
        {"a fragment within an atomic one", Protocol::fragment, "2c 00 00 00 00 00 00 01  11 00 00 08 00 00 00 01 aa",
         Walk::discarded, 0, 0, "RFC 8200 §4.5: a fragment within a fragment"},
    };
    for (const auto& row : table) {
        CAPTURE(row.what);
        const Ipv6Walk walk = walk_of(row.next, row.payload, row.destination);
        CHECK(walk.end == row.end);
        CHECK(walk.rule == row.rule);
        if (walk.end == Walk::parameter_problem) {
            CHECK(static_cast<int>(walk.code) == row.code);
            CHECK(walk.pointer == row.offset);
        } else if (walk.end != Walk::discarded) {
            CHECK(walk.protocol == Protocol{row.protocol});
            CHECK(walk.offset == row.offset);
        }
    }
}

TEST_CASE("a walk tells where an unknown protocol was named")
{
    const Ipv6Walk plain = walk_of(Protocol{253}, "01 02").unknown_protocol();
    CHECK(plain.end == Walk::parameter_problem);
    CHECK(plain.code == ParameterProblemCode::unrecognized_next_header);
    CHECK(plain.pointer == 6);
    const Ipv6Walk behind =
        walk_of(Protocol::hop_by_hop_options, "3c 00 01 04 00 00 00 00  fd 00 01 04 00 00 00 00 01").unknown_protocol();
    CHECK(behind.pointer == 48);
}

TEST_CASE("a fragment header both ways, and none inside of what was put together")
{
    const OctetBuffer octets = hex("06 00 05 a9 12 34 56 78");
    const Ipv6FragmentHeader header{Protocol::tcp, 1448, true, 0x12345678};
    OctetBuffer again(8, 0xEE);
    CHECK(encode(header, again.data()) == again.data() + 8);
    CHECK(again == octets);
    const Ipv6Walk walk = walk_of(Protocol::fragment, "06 00 05 a9 12 34 56 78 00 00 00 00 00 00 00 00");
    CHECK(walk.fragment == header);
    CHECK_FALSE(walk.fragment.is_atomic());
    CHECK(walk.payload.size() == 8);
    for (const char* inner : {"06 00 05 a9 12 34 56 78 00 00 00 00 00 00 00 00", "06 00 00 00 00 00 00 01"}) {
        const Ipv6Walk refused = walk_of(Protocol::fragment, inner, "2001:db8::2", Ipv6Origin::reassembled);
        CHECK(refused.end == Walk::discarded);
        CHECK(refused.rule == "RFC 8200 §4.5: a fragment within a fragment");
    }
}

TEST_CASE("extension headers and options up to the limit and no further")
{
    const auto headers = [](std::size_t count) {
        return repeated("3c 00 01 04 00 00 00 00", count - 1) + "3b 00 01 04 00 00 00 00";
    };
    CHECK(walk_of(Protocol::destination_options, headers(8)).end == Walk::nothing);
    const Ipv6Walk long_chain = walk_of(Protocol::destination_options, headers(9));
    CHECK(long_chain.end == Walk::discarded);
    CHECK(long_chain.rule == "RFC 8504 §5.3: more extension headers than we care to follow");

    // Padding does not count.
    const auto options = [](std::size_t count) { return "3b 02" + repeated("00 1e 00", count < 7 ? count : 7); };
    CHECK(walk_of(Protocol::destination_options, options(7) + "00").end == Walk::nothing);
    CHECK(walk_of(Protocol::destination_options, "3b 01" + repeated("1e 00", 7)).end == Walk::nothing);
    CHECK(walk_of(Protocol::destination_options, "3b 02" + repeated("1e 00", 8) + "01 04 00 00 00 00").end ==
          Walk::nothing);
    const Ipv6Walk many = walk_of(Protocol::destination_options, "3b 02" + repeated("1e 00", 9) + "01 02 00 00");
    CHECK(many.end == Walk::discarded);
    CHECK(many.rule == "RFC 8504 §5.3: more options than we care to read");
}

TEST_CASE("a glance finds ports behind extension headers, and none in a later fragment")
{
    const auto glance = [](Protocol next, std::string_view payload) {
        static OctetBuffer octets;
        octets = hex(payload);
        return glance_at_headers({.source = {}, .destination = {}, .next_header = next}, octets);
    };
    CHECK(glance(Protocol::tcp, "01 02")->payload.size() == 2);
    const auto behind = glance(Protocol::hop_by_hop_options, "2c 00 01 04 00 00 00 00  11 00 00 01 00 00 00 05 aa bb");
    REQUIRE(behind);
    CHECK(behind->protocol == Protocol::udp);
    CHECK(behind->offset == 56);
    CHECK(behind->payload.size() == 2);
    CHECK(behind->fragment == Ipv6FragmentHeader{Protocol::udp, 0, true, 5});
    const auto later = glance(Protocol::fragment, "11 00 00 08 00 00 00 05 aa bb");
    REQUIRE(later);
    CHECK(later->protocol == Protocol::udp);
    CHECK(later->payload.empty());
    CHECK(glance(Protocol::destination_options, "11 01 01 04 00 00 00 00").error() ==
          Malformed{48, "RFC 8200 §4: the octets end within an extension header"});
    CHECK(glance(Protocol::destination_options, "11 00 01").error() ==
          Malformed{43, "RFC 8200 §4: the octets end within an extension header"});
    CHECK(glance(Protocol::destination_options, repeated("3c 00 01 04 00 00 00 00", 9)).error().rule ==
          "RFC 8504 §5.3: more extension headers than we care to follow");
}
