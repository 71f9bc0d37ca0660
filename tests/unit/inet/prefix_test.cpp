#include "protocols/inet/prefix.hpp"

#include <catch2/catch.hpp>

using namespace tegami;
using namespace tegami::inet;

namespace {

wire::Address prefix_address(std::string_view text)
{
    const auto address = wire::parse_address(text);
    REQUIRE(address);
    return *address;
}

} // namespace

TEST_CASE("prefixes as text, both families and both ends of each length")
{
    for (const std::string_view text : {"192.0.2.0/24", "0.0.0.0/0", "10.0.0.0/8", "192.0.2.128/25", "192.0.2.7/32",
                                        "192.0.2.6/31", "128.0.0.0/1", "2001:db8::/32", "::/0", "2001:db8::1/128",
                                        "2001:db8::2/127", "fe80::/10", "8000::/1", "2001:db8:0:1:8000::/65"}) {
        CAPTURE(text);
        const auto prefix = parse_prefix(text);
        REQUIRE(prefix);
        CHECK(format(*prefix) == text);
    }
    CHECK(parse_prefix("::ffff:192.0.2.0/120") == parse_prefix("192.0.2.0/24"));
    CHECK(parse_prefix("::ffff:0:0/96") == parse_prefix("0.0.0.0/0"));
}

TEST_CASE("a prefix contains the addresses that begin with it, of its own family only")
{
    struct {
        std::string_view prefix, inside_first, inside_last, before, behind;
    } const table[] = {
        {"192.0.2.0/24", "192.0.2.0", "192.0.2.255", "192.0.1.255", "192.0.3.0"},
        {"192.0.2.128/25", "192.0.2.128", "192.0.2.255", "192.0.2.127", "192.0.3.0"},
        {"10.0.0.0/8", "10.0.0.0", "10.255.255.255", "9.255.255.255", "11.0.0.0"},
        {"192.0.2.7/32", "192.0.2.7", "192.0.2.7", "192.0.2.6", "192.0.2.8"},
        {"0.0.0.0/0", "0.0.0.0", "255.255.255.255", "::", "2001:db8::1"},
        {"2001:db8::/32", "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db7:ffff::", "2001:db9::"},
        {"2001:db8:0:1:8000::/65", "2001:db8:0:1:8000::", "2001:db8:0:1:ffff:ffff:ffff:ffff",
         "2001:db8:0:1:7fff:ffff:ffff:ffff", "2001:db8:0:2::"},
        {"2001:db8::1/128", "2001:db8::1", "2001:db8::1", "2001:db8::", "2001:db8::2"},
        {"::/0", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "0.0.0.0", "192.0.2.1"},
    };
    for (const auto& row : table) {
        CAPTURE(row.prefix);
        const auto prefix = parse_prefix(row.prefix);
        REQUIRE(prefix);
        CHECK(prefix->contains(prefix_address(row.inside_first)));
        CHECK(prefix->contains(prefix_address(row.inside_last)));
        CHECK_FALSE(prefix->contains(prefix_address(row.before)));
        CHECK_FALSE(prefix->contains(prefix_address(row.behind)));
        CHECK(Prefix::around(prefix_address(row.inside_last), prefix->length) == *prefix);
    }
}

TEST_CASE("IPv4 masks and broadcast addresses")
{
    CHECK(parse_prefix("0.0.0.0/0")->v4_mask() == 0);
    CHECK(parse_prefix("192.0.2.0/24")->v4_mask() == 0xFFFFFF00);
    CHECK(parse_prefix("192.0.2.1/32")->v4_mask() == 0xFFFFFFFF);
    CHECK(parse_prefix("192.0.2.0/24")->is_v4_broadcast(0xC00002FF));
    CHECK_FALSE(parse_prefix("192.0.2.0/24")->is_v4_broadcast(0xC00002FE));
    CHECK(parse_prefix("192.0.2.4/30")->is_v4_broadcast(0xC0000207));
    CHECK_FALSE(parse_prefix("192.0.2.6/31")->is_v4_broadcast(0xC0000207)); // RFC 3021
    CHECK_FALSE(parse_prefix("192.0.2.7/32")->is_v4_broadcast(0xC0000207));
}

TEST_CASE("an interface's address brings its network with it")
{
    const auto own = parse_interface_address("192.0.2.7/24");
    REQUIRE(own);
    CHECK(own->address == prefix_address("192.0.2.7"));
    CHECK(own->network == parse_prefix("192.0.2.0/24"));
    CHECK(parse_interface_address("2001:db8::7/64")->network == parse_prefix("2001:db8::/64"));
}

TEST_CASE("what is not a prefix, where and by which rule")
{
    struct {
        std::string_view text;
        std::size_t offset;
        std::string_view rule;
    } const table[] = {
        {"192.0.2.0", 9, "RFC 4632 §3.1: a prefix is an address, a slash and a length"},
        {"192.0.2.0/", 10, "RFC 4632 §3.1: a prefix's length is a decimal number"},
        {"192.0.2.0/ 24", 10, "RFC 4632 §3.1: a prefix's length is a decimal number"},
        {"192.0.2.0/24 ", 10, "RFC 4632 §3.1: a prefix's length is a decimal number"},
        {"192.0.2.0/+24", 10, "RFC 4632 §3.1: a prefix's length is a decimal number"},
        {"192.0.2.0/-1", 10, "RFC 4632 §3.1: a prefix's length is a decimal number"},
        {"192.0.2.0/024", 10, "RFC 4632 §3.1: a prefix's length is a decimal number"},
        {"192.0.2.0/255.255.255.0", 10, "RFC 4632 §3.1: a prefix's length is a decimal number"},
        {"192.0.2.0/24/24", 10, "RFC 4632 §3.1: a prefix's length is a decimal number"},
        {"192.0.2.0/99999999999", 10, "RFC 4632 §3.1: a prefix's length is a decimal number"},
        {"192.0.2.0/33", 10,
         "RFC 4291 §2.3: a prefix is at most as long as an address: 32 bits for IPv4, 128 for IPv6"},
        {"2001:db8::/129", 11,
         "RFC 4291 §2.3: a prefix is at most as long as an address: 32 bits for IPv4, 128 for IPv6"},
        {"192.0.2.1/24", 0, "RFC 4632 §3.1: the bits behind a prefix's length are zero"},
        {"0.0.0.1/0", 0, "RFC 4632 §3.1: the bits behind a prefix's length are zero"},
        {"2001:db8::1/32", 0, "RFC 4632 §3.1: the bits behind a prefix's length are zero"},
        {"::ffff:192.0.2.0/95", 17, "RFC 4291 §2.5.5.2: the prefix of IPv4-mapped addresses has at least 96 bits"},
        {"::ffff:192.0.2.0/129", 17,
         "RFC 4291 §2.3: a prefix is at most as long as an address: 32 bits for IPv4, 128 for IPv6"},
        {"192.0.2/24", 0, "an IPv4 address is four numbers from 0 to 255 with dots between"},
        {"/24", 0, "an IPv4 address is four numbers from 0 to 255 with dots between"},
        {"", 0, "RFC 4632 §3.1: a prefix is an address, a slash and a length"},
    };
    for (const auto& row : table) {
        CAPTURE(row.text);
        const auto prefix = parse_prefix(row.text);
        REQUIRE_FALSE(prefix);
        CHECK(prefix.error().offset == row.offset);
        CHECK(prefix.error().rule == row.rule);
    }
}
