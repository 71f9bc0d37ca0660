#include "tests/unit/inet/vectors.hpp"

#include "protocols/link/arp.hpp"
#include "tests/unit/skip.hpp"

#include <catch2/catch.hpp>

using namespace tegami;
using namespace tegami::link;

TEST_CASE("third-party ARP packets: smoltcp's and lwIP's seeds are requests")
{
    const auto frames = test::fuzz_seed_frames();
    if (frames.empty()) return test::skip("no net-fuzz-seeds in " TEGAMI_VECTORS);
    const auto of = [&](const std::string& name) {
        const auto frame = decode_ethernet(frames.at(name));
        REQUIRE(frame);
        CHECK(frame->header.type == EtherType::arp);
        CHECK(frame->header.destination.is_broadcast());
        const auto packet = decode_arp(frame->payload);
        REQUIRE(packet);
        return *packet;
    };
    CHECK(of("arp.bin") == arp_request(*parse_mac_address("30:5a:3a:76:0f:46"), *wire::parse_address("192.168.101.112"),
                                       *wire::parse_address("192.168.101.139"))); // padded to 60 octets
    CHECK(of("arp_req.bin") == ArpPacket{ArpOperation::request, *parse_mac_address("38:2c:4a:6d:2b:38"),
                                         *wire::parse_address("172.30.115.37"), MacAddress{},
                                         *wire::parse_address("172.30.115.84")});
}

TEST_CASE("hostile ARP packets are refused, each by its rule")
{
    const auto frames = test::attack_frames();
    if (frames.empty()) return test::skip("no attack-pack/frames in " TEGAMI_VECTORS);
    std::map<std::string, std::string> verdicts;
    for (const auto& [name, octets] : frames) {
        const auto frame = decode_ethernet(octets);
        if (!name.starts_with("arp-")) continue;
        REQUIRE(frame);
        const auto packet = decode_arp(frame->payload);
        verdicts[name] = packet ? "read" : std::string{packet.error().rule};
    }
    CHECK(verdicts == std::map<std::string, std::string>{
                          {"arp-hlen-255", "RFC 826: an Ethernet address has 6 octets"},
                          {"arp-hwtype-6", "RFC 826: the hardware is not Ethernet"},
                          {"arp-trunc", "RFC 826: a packet for IPv4 over Ethernet has 28 octets"},
                      });
}
