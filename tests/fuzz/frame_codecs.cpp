/// Any octets as an Ethernet frame, through every codec below TCP. Beside not crashing: what was read, written again and
/// read again is the same, views stay inside the frame, and answers to the frame can be read.

#include "protocols/inet/icmp.hpp"
#include "protocols/inet/udp.hpp"
#include "protocols/link/arp.hpp"

#include <cstdlib>

using namespace tegami;
using wire::Octets;

namespace {

void require(bool holds)
{
    if (!holds) std::abort();
}

bool within(Octets inner, Octets outer)
{
    return inner.data() >= outer.data() && inner.data() + inner.size() <= outer.data() + outer.size();
}

void fuzz_arp(Octets payload)
{
    const auto packet = link::decode_arp(payload);
    if (!packet) return require(packet.error().offset <= payload.size());
    std::uint8_t memory[link::arp_packet_size];
    require(link::encode(*packet, memory) == memory + sizeof memory);
    require(std::memcmp(memory, payload.data(), sizeof memory) == 0);
    const auto our_mac = link::MacAddress::from_number(0x020000000001);
    if (link::on_arp_packet(*packet, packet->target_address, our_mac).answer) {
        link::encode(link::arp_reply(*packet, our_mac), memory);
        require(link::decode_arp(memory).has_value());
    }
}

void fuzz_udp(const inet::Ipv4Header& ip, Octets payload)
{
    const auto datagram = inet::decode_udp(ip, payload);
    if (!datagram) return require(datagram.error().offset <= payload.size());
    require(within(datagram->payload, payload));
    wire::OctetBuffer again(inet::udp_header_size + datagram->payload.size());
    std::uint8_t* const at = inet::encode_udp_header(datagram->source, datagram->destination, ip.source, ip.destination,
                                                     datagram->payload, again.data());
    std::copy(datagram->payload.begin(), datagram->payload.end(), at);
    const auto read = inet::decode_udp(ip, again);
    require(read && read->has_checksum && read->source == datagram->source &&
            read->destination == datagram->destination);
}

void fuzz_icmp(Octets payload)
{
    const auto message = inet::decode_icmp(payload);
    if (!message) return require(message.error().offset <= payload.size());
    require(within(message->body, payload));
    if (inet::is_error(message->type)) {
        const auto quoted = inet::decode_icmp_quotation(message->body);
        if (quoted) require(within(quoted->payload, message->body) && quoted->payload.size() >= 8);
    }
    if (message->type == inet::IcmpType::echo && message->code == 0) {
        wire::OctetBuffer reply(inet::icmp_header_size + message->body.size());
        inet::encode_icmp_echo(inet::IcmpType::echo_reply, message->identifier(), message->sequence_number(),
                               message->body, reply.data());
        const auto read = inet::decode_icmp(reply);
        require(read && read->rest == message->rest && read->type == inet::IcmpType::echo_reply);
    }
}

void fuzz_ipv4(Octets payload)
{
    const auto packet = inet::decode_ipv4(payload);
    if (!packet) return require(packet.error().offset <= payload.size());
    require(within(packet->payload, payload) && within(packet->options, payload));
    if (packet->options.empty()) {
        std::uint8_t memory[inet::ipv4_header_size];
        inet::encode(packet->header, packet->payload.size(), memory);
        // All but the reserved flag comes back; a checksum of 0xFFFF says what 0 says.
        const auto read = inet::decode_ipv4(wire::OctetBuffer(memory, memory + sizeof memory));
        require(packet->payload.empty() ? read && read->header == packet->header : !read && read.error().offset == 2);
    }

    wire::OctetBuffer forwarded(payload.begin(), payload.end());
    if (inet::decrement_time_to_live(forwarded.data())) {
        const auto next = inet::decode_ipv4(forwarded);
        require(next && next->header.time_to_live + 1 == packet->header.time_to_live);
    }
    const auto network = inet::Prefix::around(wire::Address::v4(packet->header.destination), 24);
    if (inet::icmp_error_rule(*packet, inet::LinkDelivery::to_us, network) == inet::IcmpErrorRule::allowed) {
        const Octets whole = payload.first(packet->header_size() + packet->payload.size());
        for (const auto quote : {inet::IcmpQuote::header_and_64_bits, inet::IcmpQuote::as_much_as_fits_576}) {
            std::uint8_t memory[inet::icmp_error_largest_packet - inet::ipv4_header_size];
            const auto* const end = inet::encode_icmp_unreachable(inet::UnreachableCode::port, whole, memory, quote);
            const auto read = inet::decode_icmp(Octets{memory, end});
            require(read.has_value());
            const auto quoted = inet::decode_icmp_quotation(read->body);
            require(quoted.has_value() == (packet->payload.size() >= 8));
            if (quoted) require(quoted->header == packet->header);
        }
    }
    if (packet->header.is_fragment()) return;
    if (packet->header.protocol == inet::Protocol::udp) fuzz_udp(packet->header, packet->payload);
    if (packet->header.protocol == inet::Protocol::icmp) fuzz_icmp(packet->payload);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const Octets octets{data, size};
    const auto frame = link::decode_ethernet(octets);
    if (!frame) {
        require(frame.error().offset <= size);
        return 0;
    }
    std::uint8_t memory[link::ethernet_header_size];
    link::encode(frame->header, memory);
    require(std::memcmp(memory, data, sizeof memory) == 0);
    if (frame->header.type == link::EtherType::arp) fuzz_arp(frame->payload);
    if (frame->header.type == link::EtherType::ipv4) fuzz_ipv4(frame->payload);

    // Few inputs of a fuzzer get past a checksum: the parts behind one are tried on their own as well.
    fuzz_ipv4(octets);
    fuzz_arp(octets);
    fuzz_icmp(octets);
    fuzz_udp({}, octets);
    static_cast<void>(inet::decode_icmp_quotation(octets));
    wire::OctetBuffer mended(octets.begin(), octets.end());
    if (mended.size() >= inet::ipv4_header_size) {
        wire::store_u16(&mended[10], 0);
        const std::size_t header_size = std::min(mended.size(), std::size_t{mended[0] & 0x0Fu} * 4);
        wire::store_u16(&mended[10], wire::internet_checksum(Octets{mended}.first(header_size)));
        fuzz_ipv4(mended);
    }
    return 0;
}
