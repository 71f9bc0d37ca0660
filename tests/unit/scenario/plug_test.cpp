#include "sim/scenario/plug.hpp"

#include "sim/scenario/read_scenario.hpp"
#include "sim/scenario/world.hpp"

#include <catch2/catch.hpp>

using namespace tegami;
using namespace tegami::scenario;

namespace {

constexpr std::string_view plugged_sites = R"(
title = "Two sites"
[isp.sakura]
domain = "sakura.example.jp"
[company.example]
domain = "example.com"
[user.alice]
at = "sakura"
[user.bob]
at = "example"
)";

Loaded plugged_sites_loaded()
{
    auto loaded = read_scenario(plugged_sites);
    REQUIRE(loaded);
    return std::move(*loaded);
}

std::string with_length(const inet::InterfaceAddress& address)
{
    return wire::format(address.address) + '/' + std::to_string(address.network.length);
}

} // namespace

TEST_CASE("a machine plugged in beside a home line gets a line of its own at the provider's edge")
{
    Loaded loaded = plugged_sites_loaded();
    REQUIRE(plug_in(loaded.plan, {"kernel", "home-alice"}));
    const PlugHost host = plug_host(loaded.plan, "kernel");
    REQUIRE(host.addresses.size() == 2);
    CHECK(with_length(host.addresses[0]) == "192.0.2.66/32"); // alice has .65
    CHECK(with_length(host.addresses[1]) == "2001:db8:1::66/128");
    REQUIRE(host.gateway_v4);
    CHECK(wire::format(*host.gateway_v4) == "192.0.2.1");
    CHECK(wire::format(*host.gateway_v6) == "2001:db8:1::1");
    REQUIRE_FALSE(host.resolvers.empty());
    CHECK(wire::format(host.resolvers[0]) == "192.0.2.53");
    CHECK(host.a_domain == "example.com");
    CHECK(loaded.plan.find_link("kernel-line") != nowhere);
}

TEST_CASE("beside an office line it is on the company's LAN")
{
    Loaded loaded = plugged_sites_loaded();
    REQUIRE(plug_in(loaded.plan, {"kernel", "office-bob"}));
    const PlugHost host = plug_host(loaded.plan, "kernel");
    CHECK(with_length(host.addresses[0]) == "198.51.100.66/24");
    CHECK(with_length(host.addresses[1]) == "2001:db8:2::66/64");
}

TEST_CASE("two machines get two addresses and two cards")
{
    Loaded loaded = plugged_sites_loaded();
    REQUIRE(plug_in(loaded.plan, {"one", "home-alice"}));
    REQUIRE(plug_in(loaded.plan, {"two", "home-alice"}));
    const PlugHost one = plug_host(loaded.plan, "one"), two = plug_host(loaded.plan, "two");
    CHECK(one.addresses != two.addresses);
    CHECK(one.mac != two.mac);
}

TEST_CASE("what cannot be plugged in says why")
{
    Loaded loaded = plugged_sites_loaded();
    const auto why = [&](const Plug& plug) {
        const auto plugged = plug_in(loaded.plan, plug);
        REQUIRE_FALSE(plugged);
        return std::string{plugged.error().key};
    };
    CHECK(why({"kernel", "home-nobody"}) == "plug.link");
    CHECK(why({"kernel", "uplink-sakura"}) == "plug.link"); // no host's line
    CHECK(why({"alice-pc", "home-alice"}) == "plug.taken");
    CHECK(why({"sakura", "home-alice"}) == "plug.taken");
    CHECK(why({"Kernel", "home-alice"}) == "plug.name");
    CHECK(why({"a-name-longer-than", "home-alice"}) == "plug.name");
}

TEST_CASE("frames from a machine outside are inputs, and a run with them plays again without it")
{
    // An ARP request for the edge's address, as a kernel would send it.
    const auto request = [](const PlugHost& host) {
        wire::OctetBuffer frame(42);
        std::fill_n(frame.begin(), 6, std::uint8_t{0xFF});
        std::copy(host.mac.begin(), host.mac.end(), frame.begin() + 6);
        constexpr std::uint8_t head[] = {0x08, 0x06, 0, 1, 0x08, 0, 6, 4, 0, 1};
        std::copy(std::begin(head), std::end(head), frame.begin() + 12);
        std::copy(host.mac.begin(), host.mac.end(), frame.begin() + 22);
        wire::store_u32(&frame[28], host.addresses[0].address.to_v4());
        wire::store_u32(&frame[38], host.gateway_v4->to_v4());
        return frame;
    };
    Loaded loaded = plugged_sites_loaded();
    const Plug plug{"kernel", "home-alice"};
    REQUIRE(plug_in(loaded.plan, plug));
    WorldOptions options;
    options.text = plugged_sites;
    options.plugs = {plug};
    auto world = World::build(loaded, options, std::make_unique<run::MemorySink>());
    REQUIRE(world);
    std::vector<wire::OctetBuffer> heard;
    (*world)->attach(0, [&](wire::Octets frame) { heard.emplace_back(frame.begin(), frame.end()); });
    (*world)->run_until((*world)->start() + wire::seconds(1));
    CHECK((*world)->inject(0, request((*world)->plug_host(0)), (*world)->engine().now() + wire::nanoseconds(1)));
    CHECK_FALSE((*world)->inject(0, wire::OctetBuffer(5), (*world)->engine().now() + wire::nanoseconds(2)));
    (*world)->run_until((*world)->start() + wire::seconds(2));
    REQUIRE((*world)->finish());
    REQUIRE(heard.size() == 1);
    CHECK(wire::load_u16(&heard[0][20]) == 2); // the edge answers

    const run::Log live = run::Log::of((*world)->recorder().kept());
    const auto replay = replay_of(live);
    REQUIRE(replay);
    CHECK(replay->plugs == std::vector{plug});
    REQUIRE(replay->frames.size() == 1);
    options.seed = replay->seed;
    options.frames = replay->frames;
    auto again = World::build(loaded, options, std::make_unique<run::MemorySink>());
    REQUIRE(again);
    (*again)->run_until(replay->end);
    REQUIRE((*again)->finish());
    const run::Log second = run::Log::of((*again)->recorder().kept());
    CHECK(second.frames() == live.frames());
    CHECK(second.facts() == live.facts());
    CHECK(second.end() == live.end());
}
