#include "protocols/link/arp.hpp"

#include <catch2/catch.hpp>

using namespace tegami;
using namespace tegami::link;
using wire::Malformed;
using wire::OctetBuffer;
using wire::Octets;

namespace {

constexpr MacAddress mac_a = MacAddress::from_number(0x020000000001);
constexpr MacAddress mac_b = MacAddress::from_number(0x020000000002);
const wire::Address address_a = wire::Address::v4(0xC0000201);
const wire::Address address_b = wire::Address::v4(0xC0000202);

/// What tshark 4.0 reads as "Who has 192.0.2.2? Tell 192.0.2.1".
const OctetBuffer read_by_tshark{
    0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02, 0x00, 0x00, 0x00, 0x00, 0x01, 0x08, 0x06, // Ethernet
    0x00, 0x01, 0x08, 0x00, 0x06, 0x04, 0x00, 0x01,                                     // ARP: request
    0x02, 0x00, 0x00, 0x00, 0x00, 0x01, 0xC0, 0x00, 0x02, 0x01,                         // sender
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xC0, 0x00, 0x02, 0x02,                         // target
};

OctetBuffer arp_octets(const ArpPacket& packet)
{
    OctetBuffer octets(arp_packet_size, 0xEE);
    REQUIRE(encode(packet, octets.data()) == octets.data() + octets.size());
    return octets;
}

OctetBuffer patched(OctetBuffer octets, std::size_t at, std::uint8_t value)
{
    octets[at] = value;
    return octets;
}

} // namespace

TEST_CASE("an Ethernet header goes into memory and comes back")
{
    OctetBuffer frame(ethernet_header_size + 3, 0xAB);
    const EthernetHeader header{mac_b, mac_a, EtherType::ipv4};
    CHECK(encode(header, frame.data()) == frame.data() + 14);
    CHECK(frame == OctetBuffer{2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x08, 0x00, 0xAB, 0xAB, 0xAB});
    const auto decoded = decode_ethernet(frame);
    REQUIRE(decoded);
    CHECK(decoded->header == header);
    CHECK(decoded->payload.data() == frame.data() + 14);
    CHECK(decoded->payload.size() == 3);
}

TEST_CASE("every proper prefix of an Ethernet header fails; a header alone has an empty payload")
{
    for (std::size_t size = 0; size < ethernet_header_size; ++size)
        CHECK(decode_ethernet(Octets{read_by_tshark}.first(size)).error() ==
              Malformed{size, "RFC 894: an Ethernet frame begins with a header of 14 octets"});
    const auto decoded = decode_ethernet(Octets{read_by_tshark}.first(ethernet_header_size));
    REQUIRE(decoded);
    CHECK(decoded->payload.empty());
}

TEST_CASE("a type below 0x0600 is a length, and not spoken here; unknown types are passed on")
{
    OctetBuffer frame = read_by_tshark;
    frame[12] = 0x05;
    frame[13] = 0xFF;
    CHECK(decode_ethernet(frame).error() ==
          Malformed{12, "RFC 894: a type is at least 0x0600; less is the length of an IEEE 802.3 frame"});
    frame[12] = 0x06;
    frame[13] = 0x00;
    CHECK(decode_ethernet(frame)->header.type == EtherType{0x0600});
}

TEST_CASE("ARP: a request that tshark reads, both ways")
{
    const auto frame = decode_ethernet(read_by_tshark);
    REQUIRE(frame);
    CHECK(frame->header == EthernetHeader{MacAddress::broadcast(), mac_a, EtherType::arp});
    const auto packet = decode_arp(frame->payload);
    REQUIRE(packet);
    CHECK(*packet == arp_request(mac_a, address_a, address_b));
    CHECK(arp_octets(*packet) == OctetBuffer(frame->payload.begin(), frame->payload.end()));

    const ArpPacket reply = arp_reply(*packet, mac_b);
    CHECK(reply == ArpPacket{ArpOperation::reply, mac_b, address_b, mac_a, address_a});
    CHECK(decode_arp(arp_octets(reply)) == reply);
}

TEST_CASE("ARP: padding to the minimum frame is ignored; every proper prefix fails")
{
    OctetBuffer octets = arp_octets(arp_request(mac_a, address_a, address_b));
    for (std::size_t size = 0; size < octets.size(); ++size)
        CHECK(decode_arp(Octets{octets}.first(size)).error() ==
              Malformed{size, "RFC 826: a packet for IPv4 over Ethernet has 28 octets"});
    octets.resize(ethernet_minimum_frame - ethernet_header_size, 0x5A);
    CHECK(decode_arp(octets) == arp_request(mac_a, address_a, address_b));
}

TEST_CASE("ARP: what is refused, where and by which rule")
{
    const OctetBuffer right = arp_octets(arp_request(mac_a, address_a, address_b));
    struct {
        OctetBuffer octets;
        Malformed error;
    } const table[] = {
        {patched(right, 1, 6), {0, "RFC 826: the hardware is not Ethernet"}},
        {patched(right, 0, 1), {0, "RFC 826: the hardware is not Ethernet"}},
        {patched(right, 2, 0x86), {2, "RFC 826: the protocol is not IPv4"}},
        {patched(right, 4, 255), {4, "RFC 826: an Ethernet address has 6 octets"}},
        {patched(right, 4, 0), {4, "RFC 826: an Ethernet address has 6 octets"}},
        {patched(right, 5, 16), {5, "RFC 826: an IPv4 address has 4 octets"}},
        {patched(right, 7, 0), {6, "RFC 826: the operation is neither request nor reply"}},
        {patched(right, 7, 3), {6, "RFC 826: the operation is neither request nor reply"}},
        {patched(right, 6, 1), {6, "RFC 826: the operation is neither request nor reply"}},
        {patched(right, 8, 0xFF), {8, "RFC 1812 §3.3.2: a sender's hardware address is not a group's"}},
    };
    for (const auto& row : table) {
        const auto decoded = decode_arp(row.octets);
        REQUIRE_FALSE(decoded);
        CHECK(decoded.error().offset == row.error.offset);
        CHECK(decoded.error().rule == row.error.rule);
    }
}

TEST_CASE("ARP: what a host does about a packet")
{
    const wire::Address nobody = wire::Address::v4(0);
    struct Row {
        ArpPacket packet;
        bool update, add, answer, conflict;
    };
    const Row rows[] = {
        {arp_request(mac_a, address_a, address_b), true, true, true, false},                       // asks for us
        {arp_request(mac_a, address_a, wire::Address::v4(0xC0000263)), true, false, false, false}, // asks for another
        {arp_reply(arp_request(mac_b, address_b, address_a), mac_a), true, true, false, false},    // answers us
        {arp_request(mac_a, nobody, address_b), false, false, true, false},                        // probes our address
        {arp_request(mac_a, address_a, address_a), true, false, false, false},                     // announces its own
        {arp_request(mac_a, address_b, address_b), false, false, false, true},                     // announces ours
        {arp_request(mac_a, address_b, address_a), false, false, false, true},                     // uses ours
        {arp_request(mac_b, address_b, address_a), false, false, false, false},                    // our own, come back
    };
    for (const Row& row : rows) {
        const ArpReaction reaction = on_arp_packet(row.packet, address_b, mac_b);
        CHECK(reaction.update_entry == row.update);
        CHECK(reaction.add_entry == row.add);
        CHECK(reaction.answer == row.answer);
        CHECK(reaction.conflict == row.conflict);
    }
    CHECK(arp_request(mac_a, address_a, address_a).is_announcement());
    CHECK_FALSE(arp_request(mac_a, address_a, address_b).is_announcement());
}
