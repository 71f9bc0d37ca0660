#include "protocols/link/mac_address.hpp"

#include <catch2/catch.hpp>

using namespace tegami::link;

TEST_CASE("MAC addresses as text and as numbers")
{
    CHECK(format(MacAddress::from_number(0x02005E10FFA9)) == "02:00:5e:10:ff:a9");
    CHECK(format(MacAddress{}) == "00:00:00:00:00:00");
    CHECK(format(MacAddress::broadcast()) == "ff:ff:ff:ff:ff:ff");
    CHECK(parse_mac_address("02:00:5E:10:ff:a9") == MacAddress::from_number(0x02005E10FFA9));
    CHECK(parse_mac_address("02-00-5e-10-ff-a9") == MacAddress::from_number(0x02005E10FFA9));
    for (std::uint64_t number : {0x000000000001ull, 0xF0E1D2C3B4A5ull, 0xFFFFFFFFFFFFull})
        CHECK(parse_mac_address(format(MacAddress::from_number(number))) == MacAddress::from_number(number));
}

TEST_CASE("kinds of MAC addresses")
{
    CHECK(MacAddress::broadcast().is_broadcast());
    CHECK(MacAddress::broadcast().is_group());
    CHECK(parse_mac_address("01:00:5e:00:00:01")->is_group());
    CHECK_FALSE(parse_mac_address("01:00:5e:00:00:01")->is_broadcast());
    CHECK_FALSE(parse_mac_address("02:00:00:00:00:01")->is_group());
    CHECK(parse_mac_address("02:00:00:00:00:01")->is_local());
    CHECK_FALSE(parse_mac_address("00:1c:23:59:5a:92")->is_local());
    CHECK(MacAddress::from_number(1) < MacAddress::from_number(2));
}

TEST_CASE("what is not a MAC address, and where it stops being one")
{
    const std::pair<std::string_view, std::size_t> table[] = {
        {"", 0},
        {"02", 2},
        {"02:00:00:00:00", 14},
        {"02:00:00:00:00:", 15},
        {"02:00:00:00:00:0", 16},
        {"02:00:00:00:00:01:", 17},
        {"02:00:00:00:00:01:02", 17},
        {"02:00:00:00:00:0g", 15},
        {"g2:00:00:00:00:01", 0},
        {"2:00:00:00:00:01", 0},
        {"02:00:00-00:00:01", 8},
        {"02.00.00.00.00.01", 2},
        {"020000000001", 2},
        {"+2:00:00:00:00:01", 0},
        {"0x:00:00:00:00:01", 0},
        {" 02:00:00:00:00:01", 0},
    };
    for (const auto& [text, offset] : table) {
        CAPTURE(text);
        const auto address = parse_mac_address(text);
        REQUIRE_FALSE(address);
        CHECK(address.error().offset == offset);
    }
}
