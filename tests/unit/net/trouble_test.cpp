#include "tests/unit/net/lab.hpp"

using namespace tegami;
using namespace tegami::net;
using namespace tegami::net::lab;
using wire::milliseconds;
using wire::seconds;

namespace {

Wiring line_with(LinkFigures figures)
{
    return Wiring{}.host("ann").router("edge").host("ben").link("ann", "edge", figures).link("edge", "ben");
}

std::size_t requests_at_ben(Lab& lab)
{
    std::size_t count = 0;
    for (const auto& [at, noted] : Lab::facts<run::IcmpNoted>(lab.log(), lab.node("ben")))
        count += noted.direction == run::Direction::received;
    return count;
}

} // namespace

TEST_CASE("a link that doubles frames is seen to: one frame, two ways", "[net][link]")
{
    Lab lab{line_with({.duplicate = 300'000})};
    lab.ping(seconds(1), "ann", address(2, 2), 0);
    for (std::uint16_t n = 1; n <= 500; ++n) lab.ping(seconds(2) + milliseconds(n), "ann", address(2, 2), n);
    lab.run(seconds(5));
    const std::size_t requests = requests_at_ben(lab);
    CHECK(requests > 501 + 150 - 52); // 500 draws of 30 %: five standard deviations
    CHECK(requests < 501 + 150 + 52);
    const run::Log log = lab.log();
    std::size_t copied = 0;
    for (std::uint64_t f = 1; f <= log.frames(); ++f) {
        const auto number = run::FrameRef{f};
        const auto hops = log.hops(number);
        for (std::size_t hop = 0; hop < hops.size(); ++hop) {
            copied += hops[hop].fate == run::Fate::copied;
            const wire::OctetBuffer octets = log.octets_on(number, hop);
            if (octets.size() == 42) continue;
            const auto packet = inet::decode_ipv4(Octets{octets}.subspan(14));
            REQUIRE(packet);
            const bool behind = lab.network.links[hops[hop].nic].node == lab.node("edge");
            CHECK(packet->header.time_to_live == (behind ? 63 : 64));
        }
    }
    CHECK(copied > 100);
    CHECK(lab.network.context.frames.out() == 0);
}

TEST_CASE("jitter lengthens each way by less than it says, drawn by the link", "[net][link]")
{
    const auto transits = [](std::uint64_t seed) {
        Lab lab{line_with({.jitter = milliseconds(50)}), seed};
        lab.ping(seconds(1), "ann", address(2, 2), 0);
        for (std::uint16_t n = 1; n <= 200; ++n) lab.ping(seconds(2) + milliseconds(n), "ann", address(2, 2), n);
        lab.run(seconds(5));
        const run::Log log = lab.log();
        std::vector<std::int64_t> all;
        for (const auto& [at, sent] : Lab::facts<run::FrameSent>(log, lab.node("ann")))
            if (at > seconds(2)) all.push_back(sent.transit.ns);
        return all;
    };
    const auto one = transits(1);
    REQUIRE(one.size() == 200);
    const std::int64_t least = std::ranges::min(one), most = std::ranges::max(one);
    CHECK(least >= milliseconds(1).ns);
    CHECK(least < milliseconds(3).ns);
    CHECK(most > milliseconds(48).ns);
    CHECK(most <= milliseconds(51).ns + 1000);
    CHECK(transits(1) == one);
    CHECK(transits(2) != one);
}

TEST_CASE("a link's figures can be set while it runs, and each change is told", "[net][link]")
{
    Lab lab{line_with({})};
    const NicId nic = lab.nic("ann", "edge");
    Links& links = lab.network.links;
    lab.ping(seconds(1), "ann", address(2, 2), 1);
    lab.at(seconds(2), "ann", [&] {
        links.set_delay(nic, milliseconds(100));
        links.set_rate(nic, 1'000'000);
        links.set_queue(nic, 3 * 69);
        links.set_mtu(nic, 1280);
        links.set_duplicate(nic, 0);
        links.set_reorder(nic, 0, milliseconds(1));
        links.set_jitter(nic, {});
        links.set_loss(nic, 0);
    });
    for (std::uint16_t n = 0; n < 10; ++n) lab.ping(seconds(3), "ann", address(2, 2), n);
    lab.run(seconds(5));
    const run::Log log = lab.log();
    std::vector<std::pair<run::LinkChange, std::uint64_t>> told;
    for (const auto& [at, changed] : Lab::facts<run::LinkChanged>(log))
        told.emplace_back(changed.change, changed.amount);
    using enum run::LinkChange;
    CHECK(told == std::vector<std::pair<run::LinkChange, std::uint64_t>>{{delay, 100'000'000},
                                                                         {rate, 1'000'000},
                                                                         {queue, 207},
                                                                         {mtu, 1280},
                                                                         {duplicate, 0},
                                                                         {reorder, 0},
                                                                         {jitter, 0},
                                                                         {loss, 0}});
    CHECK(Lab::drops(log, run::DropReason::queue_full) == 6); // one is being sent, three wait
    std::vector<Duration> transit;
    for (const auto& [at, sent] : Lab::facts<run::FrameSent>(log, lab.node("ann")))
        if (at > seconds(2)) transit.push_back(sent.transit);
    REQUIRE(transit.size() == 4);
    CHECK(transit[0] == milliseconds(100) + wire::microseconds(69 * 8));
    CHECK(lab.network.context.frames.out() == 0);
}

TEST_CASE("a power cut takes what waits to be sent, and nothing that has left", "[net][link]")
{
    Lab lab{Wiring{}.host("ann").host("ben").link("ann", "ben", megabit(milliseconds(100)))}; // 552 us an echo
    lab.ping(seconds(1), "ann", address(1, 2), 0);
    for (std::uint16_t n = 1; n <= 10; ++n) lab.ping(seconds(2), "ann", address(1, 2), n);
    lab.at(seconds(2) + wire::microseconds(3 * 552 + 100), "ann",
           [&] { lab.network.links.set_power(lab.node("ann"), false); });
    lab.run(seconds(4));
    const run::Log log = lab.log();
    CHECK(requests_at_ben(lab) == 1 + 3);
    CHECK(Lab::facts<run::FrameCut>(log).size() == 7);
    std::size_t cut = 0;
    for (std::uint64_t f = 1; f <= log.frames(); ++f) cut += log.hops(run::FrameRef{f})[0].cut;
    CHECK(cut == 7);
    CHECK(lab.network.context.frames.out() == 0);
}
