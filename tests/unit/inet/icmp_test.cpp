#include "protocols/inet/icmp.hpp"

#include "tests/unit/inet/hex.hpp"

#include <catch2/catch.hpp>

using namespace tegami;
using namespace tegami::inet;
using tegami::test::hex;
using wire::Malformed;
using wire::OctetBuffer;
using wire::Octets;

namespace {

/// A UDP packet for which tshark finds both checksums right.
const OctetBuffer icmp_offender = hex("45 28 00 21 00 00 40 00 40 11 4e 6d c0 00 02 01 c6 33 64 02"
                                      "9c 40 cf 09 00 0d 64 80 68 65 6c 6c 6f");

template <class Encode>
OctetBuffer icmp_octets(Encode encode)
{
    OctetBuffer octets(2000, 0xEE);
    octets.resize(static_cast<std::size_t>(encode(octets.data()) - octets.data()));
    return octets;
}

/// A packet of `size` octets with a valid header.
OctetBuffer icmp_packet(const Ipv4Header& header, Octets payload)
{
    OctetBuffer octets(ipv4_header_size);
    encode(header, payload.size(), octets.data());
    octets.insert(octets.end(), payload.begin(), payload.end());
    return octets;
}

} // namespace

TEST_CASE("ICMP echo and its reply, octets that tshark reads, both ways")
{
    const OctetBuffer request = hex("08 00 a1 f2 12 34 00 07 68 65 6c 6c 6f");
    const OctetBuffer reply = hex("00 00 a9 f2 12 34 00 07 68 65 6c 6c 6f");
    const auto message = decode_icmp(request);
    REQUIRE(message);
    CHECK(message->type == IcmpType::echo);
    CHECK(message->code == 0);
    CHECK(message->identifier() == 0x1234);
    CHECK(message->sequence_number() == 7);
    CHECK(wire::as_text(message->body) == "hello");
    CHECK(icmp_octets([](std::uint8_t* at) {
              return encode_icmp_echo(IcmpType::echo, 0x1234, 7, wire::as_octets("hello"), at);
          }) == request);
    CHECK(icmp_octets([&](std::uint8_t* at) {
              return encode_icmp_echo(IcmpType::echo_reply, message->identifier(), message->sequence_number(),
                                      message->body, at);
          }) == reply);
    CHECK(decode_icmp(reply)->type == IcmpType::echo_reply);
    CHECK(decode_icmp(icmp_octets([](std::uint8_t* at) {
              return encode_icmp_echo(IcmpType::echo, 0, 0, {}, at);
          }))->body.empty());
}

TEST_CASE("ICMP errors, octets that tshark reads")
{
    const auto unreachable = [](UnreachableCode code, IcmpQuote quote, std::uint16_t mtu = 0) {
        return icmp_octets(
            [&](std::uint8_t* at) { return encode_icmp_unreachable(code, icmp_offender, at, quote, mtu); });
    };
    const OctetBuffer port = unreachable(UnreachableCode::port, IcmpQuote::as_much_as_fits_576);
    CHECK(port == hex("03 03 e9 52 00 00 00 00 45 28 00 21 00 00 40 00 40 11 4e 6d c0 00 02 01 c6 33 64 02"
                      "9c 40 cf 09 00 0d 64 80 68 65 6c 6c 6f"));
    CHECK(unreachable(UnreachableCode::communication_prohibited, IcmpQuote::header_and_64_bits) ==
          hex("03 0d 2d 1b 00 00 00 00 45 28 00 21 00 00 40 00 40 11 4e 6d c0 00 02 01 c6 33 64 02 9c 40 cf 09 00 0d "
              "64 80"));
    const OctetBuffer too_big =
        unreachable(UnreachableCode::fragmentation_needed, IcmpQuote::as_much_as_fits_576, 1400);
    CHECK(OctetBuffer(too_big.begin(), too_big.begin() + 8) == hex("03 04 e3 d9 00 00 05 78"));
    CHECK(decode_icmp(too_big)->next_hop_mtu() == 1400);
    CHECK(decode_icmp(unreachable(UnreachableCode::host, IcmpQuote::header_and_64_bits, 1400))->rest == 0);
    const OctetBuffer exceeded = icmp_octets(
        [](std::uint8_t* at) { return encode_icmp_time_exceeded(TimeExceededCode::in_transit, icmp_offender, at); });
    CHECK(OctetBuffer(exceeded.begin(), exceeded.begin() + 8) == hex("0b 00 e1 55 00 00 00 00"));

    const auto message = decode_icmp(port);
    REQUIRE(message);
    CHECK(message->type == IcmpType::destination_unreachable);
    CHECK(UnreachableCode{message->code} == UnreachableCode::port);
    const auto quoted = decode_icmp_quotation(message->body);
    REQUIRE(quoted);
    CHECK(quoted->header == decode_ipv4(icmp_offender)->header);
    CHECK(OctetBuffer(quoted->payload.begin(), quoted->payload.end()) ==
          OctetBuffer(icmp_offender.begin() + 20, icmp_offender.end()));
}

TEST_CASE("an ICMP error quotes as much as makes 576 octets, on both sides of the line, or the header and 64 bits")
{
    const Ipv4Header header{.source = 0xC0000201, .destination = 0xC6336402, .protocol = Protocol::udp};
    const auto error_size = [&](std::size_t packet_size, IcmpQuote quote) {
        const OctetBuffer packet = icmp_packet(header, OctetBuffer(packet_size - ipv4_header_size, 0x42));
        const OctetBuffer octets = icmp_octets([&](std::uint8_t* at) {
            return encode_icmp_time_exceeded(TimeExceededCode::in_transit, packet, at, quote);
        });
        CHECK(decode_icmp(octets));
        CHECK(std::equal(octets.begin() + 8, octets.end(), packet.begin()));
        return ipv4_header_size + octets.size();
    };
    CHECK(error_size(20, IcmpQuote::as_much_as_fits_576) == 48);
    CHECK(error_size(547, IcmpQuote::as_much_as_fits_576) == 575);
    CHECK(error_size(548, IcmpQuote::as_much_as_fits_576) == 576);
    CHECK(error_size(549, IcmpQuote::as_much_as_fits_576) == 576);
    CHECK(error_size(1500, IcmpQuote::as_much_as_fits_576) == 576);
    CHECK(error_size(24, IcmpQuote::header_and_64_bits) == 20 + 8 + 24);
    CHECK(error_size(28, IcmpQuote::header_and_64_bits) == 56);
    CHECK(error_size(1500, IcmpQuote::header_and_64_bits) == 56);

    // The header's options belong to it.
    OctetBuffer with_options = icmp_packet(header, OctetBuffer(100, 0x42));
    with_options[0] = 0x4F;
    CHECK(icmp_octets([&](std::uint8_t* at) {
              return encode_icmp_time_exceeded(TimeExceededCode::in_transit, with_options, at,
                                               IcmpQuote::header_and_64_bits);
          }).size() == 8 + 60 + 8);
}

TEST_CASE("what is no ICMP message: too short, or a wrong bit anywhere")
{
    const OctetBuffer request = hex("08 00 a1 f2 12 34 00 07 68 65 6c 6c 6f");
    for (std::size_t size = 0; size < 8; ++size)
        CHECK(decode_icmp(Octets{request}.first(size)).error() == Malformed{size, "RFC 792: a header has 8 octets"});
    for (std::size_t size = 8; size < request.size(); ++size)
        CHECK(decode_icmp(Octets{request}.first(size)).error() == Malformed{2, "RFC 792: the checksum is wrong"});
    for (std::size_t bit = 0; bit < request.size() * 8; ++bit) {
        OctetBuffer octets = request;
        octets[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
        CHECK(decode_icmp(octets).error() == Malformed{2, "RFC 792: the checksum is wrong"});
    }
}

TEST_CASE("what an ICMP error cannot quote")
{
    OctetBuffer body(icmp_offender.begin(), icmp_offender.begin() + 28);
    CHECK(decode_icmp_quotation(body)->payload.size() == 8);
    for (std::size_t size = 0; size < 28; ++size)
        CHECK(decode_icmp_quotation(Octets{body}.first(size)).error() ==
              Malformed{size, size < 20 ? "RFC 792: an error quotes the packet's header"
                                        : "RFC 792: an error quotes 64 bits of what follows the packet's header"});
    body[8] = 1; // a router took from the time to live and left the checksum: still readable
    CHECK(decode_icmp_quotation(body)->header.time_to_live == 1);
    body[0] = 0x65;
    CHECK(decode_icmp_quotation(body).error() == Malformed{0, "RFC 791 §3.1: the version is 4"});
    body[0] = 0x44;
    CHECK(decode_icmp_quotation(body).error() == Malformed{0, "RFC 791 §3.1: the header length is at least 5"});
    body[0] = 0x46;
    CHECK(decode_icmp_quotation(body).error() ==
          Malformed{28, "RFC 792: an error quotes 64 bits of what follows the packet's header"});
}

TEST_CASE("RFC 1122 §3.2.2: about which packets an ICMP error may be sent")
{
    const Prefix network = *parse_prefix("192.0.2.0/24");
    const Ipv4Header udp{.source = 0xC0000201, .destination = 0xC6336402, .protocol = Protocol::udp};
    const auto with = [&](auto change) {
        Ipv4Header header = udp;
        change(header);
        return header;
    };
    const auto icmp_of = [](std::uint8_t type) { return OctetBuffer{type, 0, 0, 0, 0, 0, 0, 0}; };
    const OctetBuffer data(8, 0);
    struct {
        std::string_view why;
        Ipv4Header header;
        OctetBuffer payload;
        LinkDelivery delivery;
        IcmpErrorRule rule;
    } const table[] = {
        {"a plain packet", udp, data, LinkDelivery::to_us, IcmpErrorRule::allowed},
        {"without payload", udp, {}, LinkDelivery::to_us, IcmpErrorRule::allowed},
        {"a first fragment", with([](auto& h) { h.more_fragments = true; }), data, LinkDelivery::to_us,
         IcmpErrorRule::allowed},
        {"a middle fragment", with([](auto& h) { h.more_fragments = true, h.fragment_offset = 8; }), data,
         LinkDelivery::to_us, IcmpErrorRule::later_fragment},
        {"a last fragment", with([](auto& h) { h.fragment_offset = 65'528; }), data, LinkDelivery::to_us,
         IcmpErrorRule::later_fragment},
        {"to all hosts", with([](auto& h) { h.destination = 0xFFFFFFFF; }), data, LinkDelivery::to_us,
         IcmpErrorRule::to_many},
        {"to all of this network", with([](auto& h) { h.destination = 0xC00002FF; }), data, LinkDelivery::to_us,
         IcmpErrorRule::to_many},
        {"to a group", with([](auto& h) { h.destination = 0xE0000001; }), data, LinkDelivery::to_us,
         IcmpErrorRule::to_many},
        {"to one host, in a broadcast frame", udp, data, LinkDelivery::to_a_group,
         IcmpErrorRule::link_delivered_to_many},
        {"from nobody", with([](auto& h) { h.source = 0; }), data, LinkDelivery::to_us,
         IcmpErrorRule::source_not_one_host},
        {"from loopback", with([](auto& h) { h.source = 0x7F000001; }), data, LinkDelivery::to_us,
         IcmpErrorRule::source_not_one_host},
        {"from a group", with([](auto& h) { h.source = 0xE0000001; }), data, LinkDelivery::to_us,
         IcmpErrorRule::source_not_one_host},
        {"from class E", with([](auto& h) { h.source = 0xF0000001; }), data, LinkDelivery::to_us,
         IcmpErrorRule::source_not_one_host},
        {"from all hosts", with([](auto& h) { h.source = 0xFFFFFFFF; }), data, LinkDelivery::to_us,
         IcmpErrorRule::source_not_one_host},
        {"from all of this network", with([](auto& h) { h.source = 0xC00002FF; }), data, LinkDelivery::to_us,
         IcmpErrorRule::source_not_one_host},
        {"echo", with([](auto& h) { h.protocol = Protocol::icmp; }), icmp_of(8), LinkDelivery::to_us,
         IcmpErrorRule::allowed},
        {"echo reply", with([](auto& h) { h.protocol = Protocol::icmp; }), icmp_of(0), LinkDelivery::to_us,
         IcmpErrorRule::allowed},
        {"unreachable", with([](auto& h) { h.protocol = Protocol::icmp; }), icmp_of(3), LinkDelivery::to_us,
         IcmpErrorRule::about_an_error},
        {"source quench", with([](auto& h) { h.protocol = Protocol::icmp; }), icmp_of(4), LinkDelivery::to_us,
         IcmpErrorRule::about_an_error},
        {"redirect", with([](auto& h) { h.protocol = Protocol::icmp; }), icmp_of(5), LinkDelivery::to_us,
         IcmpErrorRule::about_an_error},
        {"time exceeded", with([](auto& h) { h.protocol = Protocol::icmp; }), icmp_of(11), LinkDelivery::to_us,
         IcmpErrorRule::about_an_error},
        {"parameter problem", with([](auto& h) { h.protocol = Protocol::icmp; }), icmp_of(12), LinkDelivery::to_us,
         IcmpErrorRule::about_an_error},
        {"unknown ICMP", with([](auto& h) { h.protocol = Protocol::icmp; }), icmp_of(200), LinkDelivery::to_us,
         IcmpErrorRule::about_an_error},
        {"empty ICMP",
         with([](auto& h) { h.protocol = Protocol::icmp; }),
         {},
         LinkDelivery::to_us,
         IcmpErrorRule::about_an_error},
    };
    for (const auto& row : table) {
        CAPTURE(row.why);
        const OctetBuffer octets = icmp_packet(row.header, row.payload);
        const auto packet = decode_ipv4(octets);
        REQUIRE(packet);
        CHECK(icmp_error_rule(*packet, row.delivery, network) == row.rule);
    }
    for (int type = 0; type < 256; ++type)
        CHECK(is_error(IcmpType{static_cast<std::uint8_t>(type)}) ==
              (type == 3 || type == 4 || type == 5 || type == 11 || type == 12));
}
