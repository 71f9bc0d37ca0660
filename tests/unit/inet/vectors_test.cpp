#include "tests/unit/inet/vectors.hpp"

#include "protocols/inet/fragments.hpp"
#include "protocols/inet/icmp.hpp"
#include "protocols/inet/ndp.hpp"
#include "protocols/inet/udp.hpp"
#include "protocols/link/ethernet.hpp"
#include "tests/unit/skip.hpp"

#include <catch2/catch.hpp>

using namespace tegami;
using namespace tegami::inet;
using wire::OctetBuffer;
using wire::Octets;

namespace {

/// The same for the payload of an IPv6 frame.
std::string verdict_of_ipv6(Octets octets)
{
    const auto packet = decode_ipv6(octets);
    if (!packet) return std::string{packet.error().rule};
    const Ipv6Walk walk = walk_headers(*packet);
    if (!walk.rule.empty()) return std::string{walk.rule};
    if (walk.end == Ipv6Walk::End::fragment) return "ipv6 fragment";
    if (walk.protocol != Protocol::icmpv6) return "other ipv6";
    const auto message = decode_icmpv6(packet->header, walk.payload);
    if (!message) return std::string{message.error().rule};
    if (!is_nd(message->type)) return "icmpv6";
    const auto read = decode_nd(packet->header, *message);
    if (!read) return std::string{read.error().rule};
    // Nobody asked: an entry that is there stays as it is, unless this neighbour may replace it.
    if (const auto* const solicitation = std::get_if<NeighbourSolicitation>(&*read))
        return "who has " + wire::format(solicitation->target);
    if (const auto* const advertisement = std::get_if<NeighbourAdvertisement>(&*read)) {
        const NeighbourEntry unknown;
        if (on_neighbour_advertisement(unknown, *advertisement).entry != unknown) return "makes an entry";
        return "says it has " + wire::format(advertisement->target);
    }
    if (std::holds_alternative<RouterSolicitation>(*read)) return "asks for routers";
    return "router with " + std::to_string(std::get<RouterAdvertisement>(*read).prefixes.size()) + " prefix";
}

/// What our codecs make of a frame, in a word or by the rule that refused it.
std::string verdict_of_frame(const OctetBuffer& octets)
{
    const auto frame = link::decode_ethernet(octets);
    if (!frame) return std::string{frame.error().rule};
    if (frame->header.type == link::EtherType::ipv6) return verdict_of_ipv6(frame->payload);
    if (frame->header.type != link::EtherType::ipv4) return "not IP";
    const auto packet = decode_ipv4(frame->payload);
    if (!packet) return std::string{packet.error().rule};
    const Prefix network = *parse_prefix("192.0.2.0/24");
    const auto delivery = frame->header.destination.is_group() ? LinkDelivery::to_a_group : LinkDelivery::to_us;
    const bool answered = icmp_error_rule(*packet, delivery, network) == IcmpErrorRule::allowed;
    if (packet->header.is_fragment()) return "fragment";
    if (packet->header.protocol == Protocol::udp) {
        const auto datagram = decode_udp(packet->header, packet->payload);
        return datagram ? datagram->has_checksum ? "udp" : "udp without checksum" : std::string{datagram.error().rule};
    }
    if (packet->header.protocol == Protocol::icmp) {
        const auto message = decode_icmp(packet->payload);
        if (!message) return std::string{message.error().rule};
        if (!is_error(message->type)) return answered ? "icmp" : "icmp, not answered";
        const auto quoted = decode_icmp_quotation(message->body);
        return quoted ? answered ? "icmp error, answered" : "icmp error" : std::string{quoted.error().rule};
    }
    if (packet->header.protocol != Protocol::tcp) return "other";
    // TCP's octets are TCP's to read, but their checksum shows that the pseudo-header is right.
    auto sum =
        pseudo_header_sum(packet->header.source, packet->header.destination, Protocol::tcp, packet->payload.size());
    return sum.add(packet->payload).checksum() == 0 ? "tcp" : "tcp with a wrong checksum";
}

} // namespace

TEST_CASE("third-party frames: the seeds of smoltcp's and lwIP's fuzzers are read as what they are")
{
    const auto frames = test::fuzz_seed_frames();
    if (frames.empty()) return test::skip("no net-fuzz-seeds in " TEGAMI_VECTORS);
    // What tshark 4.0 says of each, with every checksum validated. Those taken on the sending host show the sum that
    // its network card was to complete.
    const std::map<std::string, std::string> expected = {
        {"arp_req.bin", "not IP"},
        {"icmp_ping.bin", "icmp"},
        {"neighbor_solicitation.bin", "who has fe80::223:c1ff:fede:d00d"},
        {"router_adv.bin", "router with 1 prefix"},
        {"tcp_syn.bin", "tcp with a wrong checksum"},
        {"udp_port_5000.bin", "RFC 1122 §4.1.3.4: the checksum is wrong"},
        {"arp.bin", "not IP"},
        {"icmpv4_reply.bin", "icmp"},
        {"icmpv4_request.bin", "icmp"},
        {"icmpv4_unreachable.bin", "icmp error"},
        {"icmpv6_nbr_solicitation.bin", "who has fe80::1"},
        {"tcpv4_data.bin", "tcp with a wrong checksum"},
        {"tcpv4_fin.bin", "tcp with a wrong checksum"},
        {"tcpv4_rst.bin", "tcp"},
        {"tcpv4_syn.bin", "tcp with a wrong checksum"},
        {"udpv4.bin", "udp"},
    };
    CHECK(frames.size() == expected.size());
    for (const auto& [name, verdict] : expected) {
        CAPTURE(name);
        REQUIRE(frames.contains(name));
        CHECK(verdict_of_frame(frames.at(name)) == verdict);
    }

    for (const auto& [name, octets] : frames) {
        for (std::size_t size = 0; size < octets.size(); ++size)
            verdict_of_frame({octets.begin(), octets.begin() + static_cast<std::ptrdiff_t>(size)});
        for (std::size_t bit = 0; bit < std::min<std::size_t>(octets.size(), 64) * 8; ++bit) {
            OctetBuffer changed = octets;
            changed[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
            verdict_of_frame(changed);
        }
    }
}

TEST_CASE("third-party frames: what is hostile about an attack pack's frames below TCP is seen or harmless")
{
    const auto frames = test::attack_frames();
    if (frames.empty()) return test::skip("no attack-pack/frames in " TEGAMI_VECTORS);
    const std::map<std::string, std::string> expected = {
        {"len-0", "RFC 894: an Ethernet frame begins with a header of 14 octets"},
        {"vlan-trunc", "not IP"},
        {"ip4-ihl-15", "RFC 791 §3.1: the header checksum is wrong"},
        {"ip4-totlen-65535", "RFC 791 §3.1: the total length is more than what came"},
        {"frag-only-last", "fragment"},
        {"frag-overlap1", "fragment"},
        {"frag-unaligned", "fragment"},
        {"udp-sum0", "udp without checksum"},
        {"icmp-err-on-err", "icmp error"},
        {"icmp-ptb-0", "icmp error"},
        {"icmp-hard-reset", "icmp error"},
        {"icmp-smurf", "icmp, not answered"},
        {"ip4-src-bcast", "icmp, not answered"},
        {"icmp-redirect", "icmp error"},
        {"ip6-v4mapped", "RFC 6890 §2.2.3: an IPv4-mapped address is no source"},
        {"ip6-jumbo", "RFC 8200 §4: the octets end within an extension header"}, // its payload length says 0
        {"ip6-frag-ovl1", "ipv6 fragment"},
        {"ip6-exthdr-trunc", "RFC 8200 §4: the octets end within an extension header"},
        {"nd-optlen-0", "RFC 4443 §2.3: the checksum is wrong"}, // the option alone: ndp_test
        {"nd-na-spoof", "says it has 2001:db8::fe"},             // whom nobody asked for: no entry comes of it
    };
    std::size_t seen = 0;
    for (const auto& [name, octets] : frames) {
        CAPTURE(name);
        const std::string verdict = verdict_of_frame(octets);
        const auto row = expected.find(name);
        if (row == expected.end()) continue;
        ++seen;
        CHECK(verdict == row->second);
    }
    CHECK(seen == expected.size());
    CHECK(frames.size() == 150);
}

TEST_CASE("third-party frames: an attack pack's fragments are kept within bounds, and never make a packet")
{
    const auto frames = test::attack_frames();
    if (frames.empty()) return test::skip("no attack-pack/frames in " TEGAMI_VECTORS);
    Reassembly reassembly;
    std::map<std::string, std::string> said;
    std::size_t abandoned = 0, most = 0, flood = 0;
    for (const auto& [name, octets] : frames) {
        const auto frame = link::decode_ethernet(octets);
        if (!frame) continue;
        ReassemblyStep step;
        const wire::Time now{1'000'000'000};
        if (const auto v4 = decode_ipv4(frame->payload); v4 && v4->header.is_fragment()) {
            step = reassembly.add(now, *v4, frame->payload.first(v4->header_size() + v4->payload.size()), {});
        } else if (const auto v6 = decode_ipv6(frame->payload)) {
            const Ipv6Walk walk = walk_headers(*v6);
            if (walk.end != Ipv6Walk::End::fragment) continue;
            step = reassembly.add(now, *v6, walk, frame->payload, {});
        } else
            continue;
        CHECK(step.kind != ReassemblyStep::Kind::complete);
        abandoned += step.abandoned.size();
        most = std::max(most, reassembly.octets_held());
        if (name.starts_with("frag-flood"))
            ++flood;
        else
            said[name] = step.kind == ReassemblyStep::Kind::kept ? "kept" : std::string{step.rule};
    }
    CHECK(said == std::map<std::string, std::string>{
                      {"frag-only-last", "kept"},
                      {"frag-overlap1", "kept"}, // alone here: what it overlaps is not in the pack
                      {"frag-unaligned", "RFC 791 §3.2: a fragment that others follow is a multiple of 8 octets long"},
                      {"ip6-frag-ovl1", "kept"},
                  });
    CHECK(flood == 22);
    CHECK(abandoned == 0);
    CHECK(reassembly.datagrams() == flood + 3);
    CHECK(most <= reassembly_octets_at_most);
    CHECK(reassembly.on_timer(reassembly.deadline()).size() == flood + 3);
    CHECK(reassembly.octets_held() == 0);
}
