#include "sim/nodes/route.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace tegami;
using namespace tegami::nodes;

namespace {

using Answer = std::expected<std::vector<Names::Exchange>, Names::Failure>;
using Kind = Route::Kind;

Route route_of(const Answer& answer, std::uint64_t seed = 1, std::string_view domain = "example.com")
{
    engine::Random draws{seed, "mta", "mx", "1"};
    return choose_route(domain, answer, {"mx.here.example"}, draws);
}

std::string told(const Route& route)
{
    constexpr const char* kinds[] = {"listed", "implicit", "literal", "null_mx",
                                     "loop",   "unusable", "nowhere", "unknown"};
    std::string text = std::string{kinds[static_cast<int>(route.kind)]} + ": " + format(route.hosts);
    for (const LeftOut& out : route.left_out) text += "; not " + out.host.name + ' ' + std::string{out.reason};
    return text;
}

} // namespace

TEST_CASE("hosts are tried by preference, whatever order they came in", "[nodes][route]")
{
    const std::pair<Answer, const char*> rows[] = {
        {Answer{{{10, "a.example"}}}, "listed: 10 a.example"},
        {Answer{{{20, "b.example"}, {10, "a.example"}, {0, "c.example"}}},
         "listed: 0 c.example, 10 a.example, 20 b.example"},
        {Answer{{{65535, "b.example"}, {65534, "a.example"}}}, "listed: 65534 a.example, 65535 b.example"},
        // The same host twice counts once, as the better of both.
        {Answer{{{20, "a.example"}, {10, "A.EXAMPLE"}, {15, "b.example"}}}, "listed: 10 a.example, 15 b.example"},
        // RFC 5321 §5.1: no MX means the domain itself; RFC 7505: one record of no host means no mail.
        {Answer{std::vector<Names::Exchange>{}}, "implicit: 0 example.com"},
        {Answer{std::unexpected(Names::Failure::no_data)}, "implicit: 0 example.com"},
        {Answer{{{0, ""}}}, "null_mx: "},
        {Answer{{{0, ""}, {10, "a.example"}}}, "listed: 10 a.example"},
        {Answer{{{0, ""}, {10, ""}}}, "unusable: "},
        {Answer{std::unexpected(Names::Failure::no_such_name)}, "nowhere: "},
        {Answer{std::unexpected(Names::Failure::server_failed)}, "unknown: "},
        {Answer{std::unexpected(Names::Failure::timed_out)}, "unknown: "},
        // An address is no name.
        {Answer{{{10, "192.0.2.1"}, {20, "a.example"}}}, "listed: 20 a.example; not 192.0.2.1 address"},
        {Answer{{{10, "[192.0.2.1]"}, {20, "2001:db8::1"}}},
         "unusable: ; not [192.0.2.1] address; not 2001:db8::1 address"},
        // Whoever is in the list hands on to better hosts only.
        {Answer{{{10, "a.example"}, {20, "MX.here.example"}, {30, "b.example"}}},
         "listed: 10 a.example; not MX.here.example own; not b.example behind_own"},
        {Answer{{{20, "a.example"}, {20, "mx.here.example"}, {10, "b.example"}}},
         "listed: 10 b.example; not a.example behind_own; not mx.here.example own"},
        {Answer{{{10, "mx.here.example"}, {20, "b.example"}}},
         "loop: ; not mx.here.example own; not b.example behind_own"},
    };
    for (const auto& [answer, expected] : rows) {
        INFO(expected);
        Route route = route_of(answer);
        std::ranges::sort(route.left_out, {}, [](const LeftOut& out) { return out.host.preference; });
        if (std::string_view{expected}.starts_with("listed: 10 b.example")) // equals, in an order of their own
            std::ranges::sort(route.left_out, {}, [](const LeftOut& out) { return out.host.name; });
        CHECK(told(route) == expected);
    }
    CHECK(told(route_of(Answer{std::unexpected(Names::Failure::no_data)}, 1, "MX.Here.Example")) ==
          "loop: ; not MX.Here.Example own");
}

TEST_CASE("hosts of equal preference share the load, by the seed alone", "[nodes][route]")
{
    const Answer one_way{
        {{10, "a.example"}, {10, "b.example"}, {10, "c.example"}, {20, "d.example"}, {20, "e.example"}}};
    const Answer other_way{
        {{20, "e.example"}, {10, "c.example"}, {20, "d.example"}, {10, "b.example"}, {10, "a.example"}}};
    std::map<std::string, int> orders, firsts;
    for (std::uint64_t seed = 1; seed <= 6'000; ++seed) {
        const Route route = route_of(one_way, seed);
        CHECK(route.hosts == route_of(other_way, seed).hosts);
        REQUIRE(route.hosts.size() == 5);
        CHECK(std::ranges::is_sorted(route.hosts, {}, &RouteHost::preference));
        ++orders[format(route.hosts)];
        ++firsts[route.hosts[0].name];
    }
    CHECK(orders.size() == 12); // 3! · 2!
    for (const auto& [order, count] : orders) CHECK((count > 400 && count < 600));
    for (const auto& [first, count] : firsts) CHECK((count > 1'850 && count < 2'150));
}

TEST_CASE("a thousand hosts", "[nodes][route][limits]")
{
    std::vector<Names::Exchange> many;
    for (int i = 0; i < 1'000; ++i)
        many.push_back({static_cast<std::uint16_t>(i % 3), "mx" + std::to_string(i) + ".example"});
    const Route route = route_of(many);
    CHECK(route.hosts.size() == 1'000);
    CHECK(std::ranges::is_sorted(route.hosts, {}, &RouteHost::preference));
}

TEST_CASE("address literals as domains", "[nodes][route]")
{
    CHECK(address_of_literal("[192.0.2.1]") == wire::Address::v4(0xC000'0201));
    CHECK(address_of_literal("[IPv6:2001:db8::1]") == *wire::parse_address("2001:db8::1"));
    for (const char* none :
         {"192.0.2.1", "[2001:db8::1]", "[IPv6:192.0.2.1]", "[example.com]", "[]", "[", "[192.0.2.1"})
        CHECK_FALSE(address_of_literal(none));
    CHECK(told(literal_route("[192.0.2.1]", wire::Address::v4(0xC000'0201))) == "literal: 0 [192.0.2.1]");
}
