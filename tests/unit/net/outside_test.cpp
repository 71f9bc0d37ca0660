#include "tests/unit/net/lab.hpp"

using namespace tegami;
using namespace tegami::net;
using namespace tegami::net::lab;
using wire::milliseconds;
using wire::seconds;

TEST_CASE("a machine outside the world answers for itself, and the same inputs give the same run", "[net][outside]")
{
    const auto play = [](std::size_t& answered) {
        Wiring wiring;
        wiring.host("ann").router("edge").link("ann", "edge");
        wiring.topology.hosts.push_back({.name = "tap", .kind = HostKind::outside, .interfaces = {}, .announces = {}});
        wiring.link("edge", "tap");
        Lab lab{wiring};
        const NicId tap = lab.nic("tap", "edge");
        const link::MacAddress mac = lab.network.links[tap].mac;
        // The machine outside: it answers ARP and echoes, half a millisecond later.
        lab.network.outside.attach(tap, [&](Octets octets, Time at) {
            const auto ethernet = link::decode_ethernet(octets);
            REQUIRE(ethernet);
            wire::OctetBuffer answer(octets.begin(), octets.end());
            std::uint8_t* const payload =
                link::encode({ethernet->header.source, mac, ethernet->header.type}, answer.data());
            if (ethernet->header.type == link::EtherType::arp) {
                const auto asked = link::decode_arp(ethernet->payload);
                REQUIRE(asked);
                link::encode(link::arp_reply(*asked, mac), payload);
            } else {
                const auto packet = inet::decode_ipv4(ethernet->payload);
                REQUIRE(packet);
                CHECK(packet->header.time_to_live == 63);
                ++answered;
                inet::encode(inet::Ipv4Header{.source = packet->header.destination,
                                              .destination = packet->header.source,
                                              .protocol = inet::Protocol::icmp},
                             packet->payload.size(), payload);
                const auto message = inet::decode_icmp(packet->payload);
                REQUIRE(message);
                inet::encode_icmp_echo(inet::IcmpType::echo_reply, message->identifier(), message->sequence_number(),
                                       message->body, payload + 20);
            }
            CHECK(lab.network.outside.inject(tap, answer, at + wire::microseconds(500)));
        });
        lab.ping(seconds(1), "ann", address(2, 2), 1);
        lab.run(seconds(3));
        CHECK_FALSE(lab.network.outside.inject(tap, wire::OctetBuffer(13), lab_start + seconds(4)));
        CHECK_FALSE(lab.network.outside.inject(tap, wire::OctetBuffer(1515), lab_start + seconds(4)));
        std::size_t replies = 0;
        for (const auto& [at, noted] : Lab::facts<run::IcmpNoted>(lab.log(), lab.node("ann")))
            replies += noted.direction == run::Direction::received && noted.type == 0;
        CHECK(replies == 1);
        CHECK(lab.network.context.frames.out() == 0);
        wire::OctetBuffer all;
        for (const run::Chunk& chunk : lab.recorder.kept())
            all.insert(all.end(), chunk.octets().begin(), chunk.octets().end());
        return all;
    };
    std::size_t answered = 0;
    CHECK(play(answered) == play(answered));
    CHECK(answered == 2);
}
