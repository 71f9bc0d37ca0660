#include "protocols/inet/address_choice.hpp"

#include <catch2/catch.hpp>

using namespace tegami;
using namespace tegami::inet;

namespace {

wire::Address choice(std::string_view text) { return *wire::parse_address(text); }

/// Interface 0 unless said otherwise; a prefix of 64 bits, of IPv4 24.
OwnSource own(std::string_view text, std::uint32_t interface = 0, bool deprecated = false)
{
    const auto address = choice(text);
    return {address, static_cast<std::uint8_t>(address.is_v4() ? 24 : 64), interface, deprecated};
}

std::string chosen(std::string_view destination, const std::vector<OwnSource>& sources)
{
    const auto place = choose_source({choice(destination), 0, true}, sources);
    return place ? wire::format(sources[*place].address) : "none";
}

std::vector<std::string> ordered(const std::vector<std::string>& destinations, const std::vector<OwnSource>& sources,
                                 const std::string& unreachable = "")
{
    std::vector<Destination> list;
    for (const auto& text : destinations) list.push_back({choice(text), 0, text != unreachable});
    std::vector<std::string> result;
    for (const Destination& each : order_destinations(list, sources)) result.push_back(wire::format(each.address));
    return result;
}

using Names = std::vector<std::string>;

} // namespace

TEST_CASE("RFC 6724 §2.1, §3.1: policies and scopes")
{
    struct {
        const char* address;
        int precedence;
        int label;
        Scope scope;
    } const table[] = {
        {"::1", 50, 0, Scope::link_local},         {"2001:db8::1", 40, 1, Scope::global},
        {"192.0.2.1", 35, 4, Scope::global},       {"10.0.0.1", 35, 4, Scope::global},
        {"169.254.1.1", 35, 4, Scope::link_local}, {"169.253.1.1", 35, 4, Scope::global},
        {"127.0.0.1", 35, 4, Scope::link_local},   {"2002:c000:201::1", 30, 2, Scope::global},
        {"2001::1", 5, 5, Scope::global},          {"2001:1::1", 40, 1, Scope::global},
        {"fc00::1", 3, 13, Scope::global},         {"fdff::1", 3, 13, Scope::global},
        {"fe00::1", 40, 1, Scope::global},         {"::192.0.2.1", 1, 3, Scope::global},
        {"fec0::1", 1, 11, Scope::site_local},     {"3ffe::1", 1, 12, Scope::global},
        {"fe80::1", 40, 1, Scope::link_local},     {"ff02::1", 40, 1, Scope::link_local},
        {"ff05::1", 40, 1, Scope::site_local},     {"ff0e::1", 40, 1, Scope::global},
    };
    for (const auto& row : table) {
        CAPTURE(row.address);
        CHECK(policy_of(choice(row.address)).precedence == row.precedence);
        CHECK(policy_of(choice(row.address)).label == row.label);
        CHECK(scope_of(choice(row.address)) == row.scope);
    }
}

TEST_CASE("RFC 6724 §2.2: what two addresses have in common, no more than a prefix")
{
    CHECK(common_prefix_length(choice("2001:db8::1"), 64, choice("2001:db8::2")) == 64);
    CHECK(common_prefix_length(choice("2001:db8::1"), 128, choice("2001:db8::2")) == 126);
    CHECK(common_prefix_length(choice("2001:db8::1"), 64, choice("2001:db9::1")) == 31);
    CHECK(common_prefix_length(choice("2001:db8::1"), 64, choice("8000::")) == 0);
    CHECK(common_prefix_length(choice("192.0.2.1"), 24, choice("192.0.2.1")) == 24);
    CHECK(common_prefix_length(choice("192.0.2.1"), 24, choice("192.0.3.1")) == 23);
    CHECK(common_prefix_length(choice("192.0.2.1"), 24, choice("2001:db8::1")) == 0);
    CHECK(common_prefix_length(choice("2001:db8::1"), 128, choice("2001:db8::1")) == 128);
}

TEST_CASE("RFC 6724 §5: which source goes to a destination, rule by rule")
{
    CHECK(chosen("2001:db8:1::1", {}) == "none");
    CHECK(chosen("2001:db8:1::1", {own("192.0.2.1")}) == "none");
    CHECK(chosen("192.0.2.9", {own("2001:db8::1"), own("192.0.2.1")}) == "192.0.2.1");
    // Rule 1. The same address.
    CHECK(chosen("2001:db8:1::1", {own("2001:db8::1"), own("2001:db8:1::1", 0, true)}) == "2001:db8:1::1");
    // Rule 2. RFC 6724 §10.1's examples.
    CHECK(chosen("2001:db8:1::1", {own("2001:db8:3::1"), own("fe80::1")}) == "2001:db8:3::1");
    CHECK(chosen("2001:db8:1::1", {own("fe80::1"), own("2001:db8:3::1")}) == "2001:db8:3::1");
    CHECK(chosen("ff05::1", {own("2001:db8:3::1"), own("fe80::1")}) == "2001:db8:3::1");
    CHECK(chosen("ff02::1", {own("2001:db8:3::1"), own("fe80::1")}) == "fe80::1");
    CHECK(chosen("fe80::2", {own("2001:db8:3::1"), own("fe80::1")}) == "fe80::1");
    CHECK(chosen("2001:db8:1::1", {own("fe80::1"), own("fec0::1")}) == "fec0::1"); // neither reaches: the farther
    // Rule 3. A deprecated one that reaches beats one that does not.
    CHECK(chosen("2001:db8:1::1", {own("2001:db8:1::2", 0, true), own("2001:db8:3::2")}) == "2001:db8:3::2");
    CHECK(chosen("2001:db8:1::1", {own("2001:db8:1::2", 0, true), own("fe80::1")}) == "2001:db8:1::2");
    // Rule 5. The interface it goes out by.
    CHECK(chosen("2001:db8:1::1", {own("2001:db8:1::2", 1), own("2001:db8:3::2", 0)}) == "2001:db8:3::2");
    // Rule 6. Labels: unique local goes with unique local, 6to4 with 6to4.
    CHECK(chosen("2002:c633:6401::1", {own("2001:db8:1::2"), own("2002:c633:6401::d5e3")}) == "2002:c633:6401::d5e3");
    CHECK(chosen("fd00:1::1", {own("2001:db8:1::2"), own("fd00:2::1")}) == "fd00:2::1");
    CHECK(chosen("2001:db8:9::1", {own("fd00:2::1"), own("2001:db8:1::2")}) == "2001:db8:1::2");
    // Rule 8. The longest prefix in common.
    CHECK(chosen("2001:db8:1::1", {own("2001:db8:3::2"), own("2001:db8:1::2")}) == "2001:db8:1::2");
    CHECK(chosen("198.51.100.9", {own("10.0.0.1"), own("198.51.100.1")}) == "198.51.100.1");
    // Nothing decides: the first.
    CHECK(chosen("2001:db8:1::1", {own("2001:db8:1::2"), own("2001:db8:1::3")}) == "2001:db8:1::2");
}

TEST_CASE("RFC 6724 §6: in which order destinations are tried, with the RFC's own examples (§10.2)")
{
    CHECK(ordered({}, {}) == Names{});
    // Rule 1.
    CHECK(ordered({"2001:db8::1", "198.51.100.1"}, {own("198.51.100.117")}) == Names{"198.51.100.1", "2001:db8::1"});
    CHECK(ordered({"2001:db8:1::1", "2001:db8:2::1"}, {own("2001:db8::2")}, "2001:db8:1::1") ==
          Names{"2001:db8:2::1", "2001:db8:1::1"});
    CHECK(ordered({"2001:db8:1::1", "2001:db8:2::1"}, {}) == Names{"2001:db8:1::1", "2001:db8:2::1"});
    // Rule 2: matching scope.
    CHECK(ordered({"2001:db8:1::1", "198.51.100.121"}, {own("2001:db8:1::2"), own("fe80::1"), own("169.254.13.78")}) ==
          Names{"2001:db8:1::1", "198.51.100.121"});
    CHECK(ordered({"2001:db8:1::1", "198.51.100.121"}, {own("fe80::1"), own("198.51.100.117")}) ==
          Names{"198.51.100.121", "2001:db8:1::1"});
    // Rule 6: precedence. IPv6 first where both work.
    CHECK(ordered({"10.1.2.3", "2001:db8:1::1"}, {own("2001:db8:1::2"), own("fe80::1"), own("10.1.2.4")}) ==
          Names{"2001:db8:1::1", "10.1.2.3"});
    // Rule 8: smaller scope.
    CHECK(ordered({"2001:db8:1::1", "fe80::1"}, {own("2001:db8:1::2"), own("fe80::2")}) ==
          Names{"fe80::1", "2001:db8:1::1"});
    // Rule 3: a deprecated source.
    CHECK(ordered({"2001:db8:1::1", "fe80::1"}, {own("2001:db8:1::2"), own("fe80::2", 0, true)}) ==
          Names{"2001:db8:1::1", "fe80::1"});
    // Rule 9: the longest prefix in common.
    CHECK(ordered({"2001:db8:1::1", "2001:db8:3ffe::1"},
                  {own("2001:db8:1::2"), own("2001:db8:3f44::2"), own("fe80::2")}) ==
          Names{"2001:db8:1::1", "2001:db8:3ffe::1"});
    // Rule 5: labels.
    CHECK(ordered({"2002:c633:6401::1", "2001:db8:1::1"}, {own("2002:c633:6401::2"), own("fe80::2")}) ==
          Names{"2002:c633:6401::1", "2001:db8:1::1"});
    CHECK(ordered({"2002:c633:6401::1", "2001:db8:1::1"},
                  {own("2002:c633:6401::2"), own("2001:db8:1::2"), own("fe80::2")}) ==
          Names{"2001:db8:1::1", "2002:c633:6401::1"});
    // Rule 10: as they came.
    CHECK(ordered({"2001:db8:5::2", "2001:db8:5::1", "2001:db8:5::3"}, {own("2001:db8:1::2")}) ==
          Names{"2001:db8:5::2", "2001:db8:5::1", "2001:db8:5::3"});
    CHECK(ordered({"203.0.113.2", "203.0.113.1"}, {own("192.0.2.1")}) == Names{"203.0.113.2", "203.0.113.1"});
}

TEST_CASE("any order of the same destinations that differ by rule comes out the same")
{
    const std::vector<OwnSource> sources = {own("2001:db8:1::2"), own("fe80::2"), own("198.51.100.117"),
                                            own("fd00:1::1")};
    std::vector<std::string> names = {"2001:db8:1::1", "2001:db8:3::1", "198.51.100.1",  "203.0.113.7",
                                      "fe80::9",       "fd00:1::5",     "2002:c000:1::1"};
    std::ranges::sort(names);
    const auto expected = ordered(names, sources);
    CHECK(expected == Names{"fe80::9", "2001:db8:1::1", "2001:db8:3::1", "198.51.100.1", "203.0.113.7", "fd00:1::5",
                            "2002:c000:1::1"});
    do CHECK(ordered(names, sources) == expected);
    while (std::ranges::next_permutation(names).found);
}
