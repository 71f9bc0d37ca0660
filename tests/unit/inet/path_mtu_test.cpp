#include "protocols/inet/path_mtu.hpp"

#include <catch2/catch.hpp>

using namespace tegami;
using namespace tegami::inet;

namespace {

constexpr wire::Time mtu_start{1'000'000'000};
const wire::Address mtu_v4 = wire::Address::v4(0xC6336402);
const wire::Address mtu_v6 = *wire::parse_address("2001:db8::b");

} // namespace

TEST_CASE("a path has its link's MTU until a router says otherwise, and again after ten minutes")
{
    for (const auto& to : {mtu_v4, mtu_v6}) {
        PathMtus paths;
        CHECK(paths.find(mtu_start, to, 1500) == PathMtu{1500, true});
        CHECK(paths.on_too_big(mtu_start, to, 1400, 1500, 1500));
        CHECK(paths.find(mtu_start, to, 1500) == PathMtu{1400, true});
        CHECK(paths.find(mtu_start, to, 1300) == PathMtu{1300, true});
        CHECK_FALSE(paths.on_too_big(mtu_start + wire::minutes(1), to, 1400, 1500, 1500)); // said again
        CHECK_FALSE(paths.on_too_big(mtu_start + wire::minutes(1), to, 1450, 1500, 1500)); // it never grows
        CHECK(paths.find(mtu_start + wire::minutes(10) - wire::nanoseconds(1), to, 1500).mtu == 1400);
        CHECK(paths.find(mtu_start + wire::minutes(10), to, 1500).mtu == 1500);
        CHECK(paths.on_too_big(mtu_start + wire::minutes(11), to, 1450, 1500, 1500));
        CHECK(paths.find(mtu_start + wire::minutes(11), to, 1500).mtu == 1450);
        CHECK(paths.on_too_big(mtu_start + wire::minutes(12), to, 1300, 1450, 1500));
        CHECK(paths.find(mtu_start + wire::minutes(12), to, 1500).mtu == 1300);
        CHECK(paths.size() == 1);
        paths.clear();
        CHECK(paths.find(mtu_start, to, 1500).mtu == 1500);
    }
}

TEST_CASE("what is not believed: less than every IPv6 link carries, and IPv4 in crumbs")
{
    PathMtus paths;
    CHECK_FALSE(paths.on_too_big(mtu_start, mtu_v6, 1279, 1500, 1500));
    CHECK_FALSE(paths.on_too_big(mtu_start, mtu_v6, 0, 1500, 1500));
    CHECK(paths.size() == 0);
    CHECK(paths.on_too_big(mtu_start, mtu_v6, 1280, 1500, 1500));
    CHECK(paths.find(mtu_start, mtu_v6, 1500) == PathMtu{1280, true});

    CHECK(paths.on_too_big(mtu_start, mtu_v4, 576, 1500, 1500));
    CHECK(paths.find(mtu_start, mtu_v4, 1500) == PathMtu{576, true});
    CHECK(paths.on_too_big(mtu_start, mtu_v4, 575, 576, 1500)); // smaller, but we send no less: it may be cut
    CHECK(paths.find(mtu_start, mtu_v4, 1500) == PathMtu{576, false});
    CHECK_FALSE(paths.on_too_big(mtu_start, mtu_v4, 68, 576, 1500));
    CHECK(paths.find(mtu_start + wire::minutes(10), mtu_v4, 1500) == PathMtu{1500, true});
    // A link that is smaller itself.
    CHECK(paths.find(mtu_start, mtu_v4, 296) == PathMtu{296, false});
}

TEST_CASE("RFC 1191 §7.1: a router that does not say, plateau by plateau")
{
    const std::vector<std::size_t> plateaus = {65'535, 32'000, 17'914, 8'166, 4'352, 2'002, 1'492, 1'006, 508, 296, 68};
    for (std::size_t i = 0; i + 1 < plateaus.size(); ++i) {
        CHECK(next_plateau(plateaus[i]) == plateaus[i + 1]);
        CHECK(next_plateau(plateaus[i + 1] + 1) == plateaus[i + 1]);
    }
    CHECK(next_plateau(68) == 68);
    CHECK(next_plateau(0) == 68);

    PathMtus paths;
    CHECK(paths.on_too_big(mtu_start, mtu_v4, 0, 1500, 1500));
    CHECK(paths.find(mtu_start, mtu_v4, 1500) == PathMtu{1492, true});
    CHECK(paths.on_too_big(mtu_start, mtu_v4, 0, 1492, 1500));
    CHECK(paths.find(mtu_start, mtu_v4, 1500) == PathMtu{1006, true});
    CHECK(paths.on_too_big(mtu_start, mtu_v4, 2000, 1006, 1500)); // nonsense is as good as silence
    CHECK(paths.find(mtu_start, mtu_v4, 1500) == PathMtu{576, false});
}

TEST_CASE("1,024 paths are remembered, and the 1,025th drives out the one that would be forgotten first")
{
    PathMtus paths;
    const auto to = [](std::uint32_t i) { return wire::Address::v4(0x0A00'0000 + i); };
    for (std::uint32_t i = 0; i < path_mtus_at_most; ++i)
        CHECK(paths.on_too_big(mtu_start + wire::seconds(i == 500 ? 0 : 1), to(i), 1400, 1500, 1500));
    CHECK(paths.size() == path_mtus_at_most);
    CHECK(paths.on_too_big(mtu_start + wire::seconds(2), to(5000), 1400, 1500, 1500));
    CHECK(paths.size() == path_mtus_at_most);
    CHECK(paths.find(mtu_start + wire::seconds(2), to(500), 1500).mtu == 1500);
    CHECK(paths.find(mtu_start + wire::seconds(2), to(499), 1500).mtu == 1400);
    CHECK(paths.find(mtu_start + wire::seconds(2), to(5000), 1500).mtu == 1400);
    CHECK(paths.on_too_big(mtu_start + wire::seconds(2), to(5001), 1400, 1500, 1500));
    CHECK(paths.find(mtu_start + wire::seconds(2), to(0), 1500).mtu == 1500); // of equal ones the first address
}
