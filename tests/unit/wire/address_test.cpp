#include "protocols/wire/address.hpp"

#include <catch2/catch.hpp>

using namespace tegami::wire;

TEST_CASE("IPv4 addresses as text")
{
    CHECK(format(Address::v4(0xC0000201)) == "192.0.2.1");
    CHECK(format(Address::v4(0)) == "0.0.0.0");
    CHECK(format(Address::v4(0xFFFFFFFF)) == "255.255.255.255");
    for (const std::string_view text : {"0.0.0.0", "192.0.2.1", "255.255.255.255", "10.20.30.40", "127.0.0.1"}) {
        const auto address = parse_address(text);
        REQUIRE(address);
        CHECK(address->is_v4());
        CHECK(format(*address) == text);
    }
    CHECK(parse_address("192.0.2.1")->to_v4() == 0xC0000201);
}

TEST_CASE("what is not an IPv4 address")
{
    for (const std::string_view text :
         {"",          "1",         "1.2",       "1.2.3",     "1.2.3.",           ".1.2.3",  "1.2.3.4.",
          "1.2.3.4.5", "256.1.1.1", "1.2.3.256", "01.2.3.4",  "1.2.3.00",         "1..2.3",  " 1.2.3.4",
          "1.2.3.4 ",  "+1.2.3.4",  "-1.2.3.4",  "0x1.2.3.4", "1.2.3.4294967296", "1.2.3.a", "1,2,3,4"}) {
        CAPTURE(text);
        const auto address = parse_address(text);
        REQUIRE_FALSE(address);
        CHECK(address.error().rule == "an IPv4 address is four numbers from 0 to 255 with dots between");
    }
}

TEST_CASE("IPv6 addresses: RFC 4291 §2.2 read, RFC 5952 written")
{
    const std::pair<std::string_view, std::string_view> table[] = {
        // RFC 4291 §2.2
        {"ABCD:EF01:2345:6789:ABCD:EF01:2345:6789", "abcd:ef01:2345:6789:abcd:ef01:2345:6789"},
        {"2001:DB8:0:0:8:800:200C:417A", "2001:db8::8:800:200c:417a"},
        {"2001:DB8::8:800:200C:417A", "2001:db8::8:800:200c:417a"},
        {"FF01:0:0:0:0:0:0:101", "ff01::101"},
        {"FF01::101", "ff01::101"},
        {"0:0:0:0:0:0:0:1", "::1"},
        {"::1", "::1"},
        {"0:0:0:0:0:0:0:0", "::"},
        {"::", "::"},
        {"0:0:0:0:0:0:13.1.68.3", "::d01:4403"},
        {"::13.1.68.3", "::d01:4403"},
        {"0:0:0:0:0:FFFF:129.144.52.38", "129.144.52.38"},
        {"::FFFF:129.144.52.38", "129.144.52.38"},
        {"::ffff:8190:3426", "129.144.52.38"},
        {"1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"},
        {"64:ff9b::192.0.2.33", "64:ff9b::c000:221"},
        // RFC 5952 §4.1, §4.2.1, §4.2.2, §4.2.3, §4.3
        {"2001:0db8::0001", "2001:db8::1"},
        {"2001:db8:0:0:0:0:2:1", "2001:db8::2:1"},
        {"2001:db8::0:1", "2001:db8::1"},
        {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
        {"2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
        {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
        {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
        {"2001:DB8:AAAA:BBBB:CCCC:DDDD:EEEE:AAAA", "2001:db8:aaaa:bbbb:cccc:dddd:eeee:aaaa"},
        // The gap at the edges, and as short as it may be
        {"1::", "1::"},
        {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
        {"::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"},
        {"1:0:0:4:0:0:0:0", "1:0:0:4::"},
        {"0:0:3:4:5:6:0:0", "::3:4:5:6:0:0"},
        {"fe80::1:0", "fe80::1:0"},
    };
    for (const auto& [text, written] : table) {
        CAPTURE(text);
        const auto address = parse_address(text);
        REQUIRE(address);
        CHECK(format(*address) == written);
        CHECK(parse_address(format(*address)) == *address);
    }
    CHECK(parse_address("2001:db8::1:2")->octets ==
          std::array<std::uint8_t, 16>{0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 2});
}

TEST_CASE("what is not an IPv6 address")
{
    for (const std::string_view text : {":",
                                        ":::",
                                        "1:",
                                        ":1",
                                        "1:2:3:4:5:6:7",
                                        "1:2:3:4:5:6:7:",
                                        "1:2:3:4:5:6:7:8:9",
                                        "1:2:3:4:5:6:7:8:",
                                        "::1::",
                                        "1::2::3",
                                        "1:::2",
                                        "1:2:3:4:5:6:7:8::",
                                        "::1:2:3:4:5:6:7:8",
                                        "12345::",
                                        "00001::",
                                        "g::",
                                        "::1%eth0",
                                        "::1/64",
                                        "[::1]",
                                        " ::1",
                                        "::1 ",
                                        "1:2:3:4:5:6:7:1.2.3.4",
                                        "::1.2.3",
                                        "::1.2.3.4.5",
                                        "::1.2.3.256",
                                        "1.2.3.4::",
                                        "::1.2.3.4:5",
                                        "::-1",
                                        "::0x1",
                                        "1:2"}) {
        CAPTURE(text);
        const auto address = parse_address(text);
        REQUIRE_FALSE(address);
        CHECK(address.error().rule.starts_with("RFC 4291 §2.2"));
    }
}

TEST_CASE("addresses and endpoints compare by address, then port")
{
    CHECK(Address::v4(1) < Address::v4(2));
    CHECK(Endpoint{Address::v4(1), Port{9}} < Endpoint{Address::v4(2), Port{1}});
    CHECK(Endpoint{Address::v4(1), Port{1}} < Endpoint{Address::v4(1), Port{2}});
    CHECK_FALSE(Address{}.is_v4());
    CHECK_FALSE(parse_address("::ffff:0:1.2.3.4")->is_v4());
}
