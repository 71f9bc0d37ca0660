#include "protocols/inet/icmpv6.hpp"

#include "tests/unit/inet/hex.hpp"

#include <catch2/catch.hpp>

using namespace tegami;
using namespace tegami::inet;
using tegami::test::hex;
using wire::Malformed;
using wire::OctetBuffer;
using wire::Octets;

namespace {

const wire::Address icmpv6_us = *wire::parse_address("2001:db8::1");
const wire::Address icmpv6_peer = *wire::parse_address("2001:db8::2");
const Icmpv6Way icmpv6_way{icmpv6_us, icmpv6_peer};
const Ipv6Header icmpv6_ip{.source = icmpv6_us, .destination = icmpv6_peer, .next_header = Protocol::icmpv6};

template <class Encode>
OctetBuffer icmpv6_octets(Encode encode)
{
    OctetBuffer octets(2000, 0xEE);
    octets.resize(static_cast<std::size_t>(encode(octets.data()) - octets.data()));
    return octets;
}

OctetBuffer icmpv6_offender(std::size_t payload, Protocol next = Protocol::udp)
{
    OctetBuffer octets(ipv6_header_size + payload, 0x42);
    encode({.source = icmpv6_peer, .destination = icmpv6_us, .next_header = next}, payload, octets.data());
    return octets;
}

} // namespace

TEST_CASE("ICMPv6 echo and its reply, octets that tshark reads, both ways")
{
    const OctetBuffer request = hex("80 00 ce 35 12 34 00 07 68 65 6c 6c 6f");
    const OctetBuffer reply = hex("81 00 cd 35 12 34 00 07 68 65 6c 6c 6f");
    const auto message = decode_icmpv6(icmpv6_ip, request);
    REQUIRE(message);
    CHECK(message->type == Icmpv6Type::echo_request);
    CHECK(message->identifier() == 0x1234);
    CHECK(message->sequence_number() == 7);
    CHECK(wire::as_text(message->body) == "hello");
    CHECK(icmpv6_octets([](std::uint8_t* at) {
              return encode_icmpv6_echo(Icmpv6Type::echo_request, 0x1234, 7, wire::as_octets("hello"), icmpv6_way, at);
          }) == request);
    CHECK(icmpv6_octets([&](std::uint8_t* at) { // the sum does not care which of the addresses is the source
              return encode_icmpv6_echo(Icmpv6Type::echo_reply, message->identifier(), message->sequence_number(),
                                        message->body, {icmpv6_peer, icmpv6_us}, at);
          }) == reply);
}

TEST_CASE("what is no ICMPv6 message: too short, or a wrong bit anywhere, or from somebody else")
{
    const OctetBuffer request = hex("80 00 ce 35 12 34 00 07 68 65 6c 6c 6f");
    for (std::size_t size = 0; size < 8; ++size)
        CHECK(decode_icmpv6(icmpv6_ip, Octets{request}.first(size)).error() ==
              Malformed{size, "RFC 4443 §2.1: a message has at least 8 octets"});
    for (std::size_t size = 8; size < request.size(); ++size)
        CHECK(decode_icmpv6(icmpv6_ip, Octets{request}.first(size)).error() ==
              Malformed{2, "RFC 4443 §2.3: the checksum is wrong"});
    for (std::size_t bit = 0; bit < request.size() * 8; ++bit) {
        OctetBuffer octets = request;
        octets[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
        CHECK(decode_icmpv6(icmpv6_ip, octets).error() == Malformed{2, "RFC 4443 §2.3: the checksum is wrong"});
    }
    Ipv6Header other = icmpv6_ip;
    other.source.octets[15] = 9;
    CHECK_FALSE(decode_icmpv6(other, request));
}

TEST_CASE("ICMPv6 errors say what is wrong, and quote as much as makes 1280 octets")
{
    const auto error_of = [](const Icmpv6Error& error, std::size_t payload) {
        const OctetBuffer offender = icmpv6_offender(payload);
        const OctetBuffer octets =
            icmpv6_octets([&](std::uint8_t* at) { return encode_icmpv6_error(error, offender, icmpv6_way, at); });
        const auto message = decode_icmpv6(icmpv6_ip, octets);
        REQUIRE(message);
        CHECK(Icmpv6Error{message->type, message->code, message->rest} == error);
        CHECK(std::equal(message->body.begin(), message->body.end(), offender.begin()));
        if (payload >= 8) {
            const auto quoted = decode_icmpv6_quotation(message->body);
            REQUIRE(quoted);
            CHECK(quoted->header == decode_ipv6(offender)->header);
            CHECK(quoted->protocol == Protocol::udp);
        }
        return ipv6_header_size + octets.size();
    };
    CHECK(error_of(Icmpv6Error::unreachable(Unreachable6Code::port), 0) == 88);
    CHECK(error_of(Icmpv6Error::unreachable(Unreachable6Code::prohibited), 13) == 101);
    CHECK(error_of(Icmpv6Error::packet_too_big(1400), 1191) == 1279);
    CHECK(error_of(Icmpv6Error::time_exceeded(TimeExceededCode::in_transit), 1192) == 1280);
    CHECK(error_of(Icmpv6Error::time_exceeded(TimeExceededCode::in_reassembly), 1193) == 1280);
    CHECK(error_of(Icmpv6Error::parameter_problem(ParameterProblemCode::unrecognized_option, 42), 5000) == 1280);
    CHECK(Icmpv6Error::packet_too_big(1400) == Icmpv6Error{Icmpv6Type::packet_too_big, 0, 1400});
    CHECK(Icmpv6Error::unreachable(Unreachable6Code::port) == Icmpv6Error{Icmpv6Type::destination_unreachable, 4, 0});

    Ipv6Walk walk;
    walk.code = ParameterProblemCode::unrecognized_next_header;
    walk.pointer = 48;
    CHECK(Icmpv6Error::of(walk) == Icmpv6Error{Icmpv6Type::parameter_problem, 1, 48});
}

TEST_CASE("what an ICMPv6 error cannot quote")
{
    OctetBuffer body = icmpv6_offender(8);
    CHECK(decode_icmpv6_quotation(body)->payload.size() == 8);
    for (std::size_t size = 0; size < body.size(); ++size)
        CHECK(decode_icmpv6_quotation(Octets{body}.first(size)).error() ==
              Malformed{size, size < 40 ? "RFC 4443 §2.4: an error quotes the packet's header"
                                        : "RFC 4443 §2.4: an error quotes as much of the packet as fits"});
    body[0] = 0x45;
    CHECK(decode_icmpv6_quotation(body).error() == Malformed{0, "RFC 8200 §3: the version is 6"});
    // Ports behind an extension header.
    OctetBuffer behind = icmpv6_offender(16, Protocol::destination_options);
    const OctetBuffer options = hex("06 00 01 04 00 00 00 00");
    std::ranges::copy(options, behind.begin() + 40);
    CHECK(decode_icmpv6_quotation(behind)->protocol == Protocol::tcp);
    CHECK(decode_icmpv6_quotation(behind)->payload.size() == 8);
    behind[41] = 9;
    CHECK(decode_icmpv6_quotation(behind).error().rule == "RFC 8200 §4: the octets end within an extension header");
}

TEST_CASE("RFC 4443 §2.4 e: about which packets an ICMPv6 error may be sent")
{
    const auto too_big = Icmpv6Error::packet_too_big(1400);
    const auto port = Icmpv6Error::unreachable(Unreachable6Code::port);
    const auto option = Icmpv6Error::parameter_problem(ParameterProblemCode::unrecognized_option, 42);
    const auto next = Icmpv6Error::parameter_problem(ParameterProblemCode::unrecognized_next_header, 42);
    using enum LinkDelivery;
    using enum IcmpErrorRule;
    struct {
        std::string_view what;
        const char* source;
        const char* destination;
        Protocol next;
        std::string_view payload;
        LinkDelivery delivery;
        Icmpv6Error error;
        IcmpErrorRule rule;
    } const table[] = {
        {"UDP", "2001:db8::2", "2001:db8::1", Protocol::udp, "", to_us, port, allowed},
        {"from a link-local address", "fe80::2", "2001:db8::1", Protocol::udp, "", to_us, port, allowed},
        {"an echo request", "2001:db8::2", "2001:db8::1", Protocol::icmpv6, "80", to_us, port, allowed},
        {"an unknown question", "2001:db8::2", "2001:db8::1", Protocol::icmpv6, "ff", to_us, port, allowed},
        {"an error", "2001:db8::2", "2001:db8::1", Protocol::icmpv6, "01", to_us, port, about_an_error},
        {"an unknown error", "2001:db8::2", "2001:db8::1", Protocol::icmpv6, "7f", to_us, too_big, about_an_error},
        {"a redirect", "2001:db8::2", "2001:db8::1", Protocol::icmpv6, "89", to_us, port, about_an_error},
        {"an error behind options", "2001:db8::2", "2001:db8::1", Protocol::destination_options,
         "3a 00 01 04 00 00 00 00 03", to_us, port, about_an_error},
        {"a later fragment", "2001:db8::2", "2001:db8::1", Protocol::fragment, "3a 00 00 08 00 00 00 01 03", to_us,
         port, allowed},
        {"to many", "2001:db8::2", "ff0e::1", Protocol::udp, "", to_us, port, to_many},
        {"to many, and too big", "2001:db8::2", "ff0e::1", Protocol::udp, "", to_us, too_big, allowed},
        {"in a frame to many, and too big", "2001:db8::2", "2001:db8::1", Protocol::udp, "", to_a_group, too_big,
         allowed},
        {"in a frame to many", "2001:db8::2", "2001:db8::1", Protocol::udp, "", to_a_group, port,
         link_delivered_to_many},
        {"to many, with an option of kind 10", "2001:db8::2", "ff0e::1", Protocol::destination_options,
         "3b 00 be 04 00 00 00 00", to_us, option, allowed},
        {"to many, with an option of kind 11", "2001:db8::2", "ff0e::1", Protocol::destination_options,
         "3b 00 fe 04 00 00 00 00", to_us, option, to_many},
        {"in a frame to many, with an option of kind 11", "2001:db8::2", "2001:db8::1", Protocol::destination_options,
         "3b 00 fe 04 00 00 00 00", to_a_group, option, link_delivered_to_many},
        {"to many, with another problem there", "2001:db8::2", "ff0e::1", Protocol::destination_options,
         "3b 00 be 04 00 00 00 00", to_us, next, to_many},
        {"from nobody", "::", "2001:db8::1", Protocol::udp, "", to_us, port, source_not_one_host},
        {"from many", "ff02::1", "2001:db8::1", Protocol::udp, "", to_us, port, source_not_one_host},
        {"from loopback", "::1", "2001:db8::1", Protocol::udp, "", to_us, port, source_not_one_host},
        {"from nobody to many, too big", "::", "ff0e::1", Protocol::udp, "", to_us, too_big, source_not_one_host},
    };
    for (const auto& row : table) {
        CAPTURE(row.what);
        const OctetBuffer payload = hex(row.payload);
        const Ipv6Packet packet{{.source = *wire::parse_address(row.source),
                                 .destination = *wire::parse_address(row.destination),
                                 .next_header = row.next},
                                payload};
        CHECK(icmpv6_error_rule(packet, row.delivery, row.error) == row.rule);
    }
    const OctetBuffer no_options;
    const Ipv6Packet bare{{.source = icmpv6_us, .destination = all_nodes, .next_header = Protocol::udp}, no_options};
    for (const std::uint32_t pointer : {0u, 39u, 40u, 4000u})
        CHECK(icmpv6_error_rule(bare, to_us,
                                Icmpv6Error::parameter_problem(ParameterProblemCode::unrecognized_option, pointer)) ==
              to_many);
    for (int type = 0; type < 256; ++type) CHECK(is_error(Icmpv6Type{static_cast<std::uint8_t>(type)}) == (type < 128));
}
