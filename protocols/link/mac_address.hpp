#pragma once
/// The 48-bit address of a network interface (IEEE 802), written as captures show it.

#include "protocols/wire/result.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace tegami::link {

struct MacAddress {
    std::array<std::uint8_t, 6> octets{};

    constexpr auto operator<=>(const MacAddress&) const = default;

    /// From a number of at most 48 bits, most significant octet first: 0x020000000001 is 02:00:00:00:00:01.
    static constexpr MacAddress from_number(std::uint64_t number)
    {
        MacAddress address;
        for (std::size_t i = 0; i < 6; ++i) address.octets[i] = static_cast<std::uint8_t>(number >> (40 - 8 * i));
        return address;
    }
    static constexpr MacAddress broadcast() { return from_number(0xFFFF'FFFF'FFFF); }

    constexpr bool is_broadcast() const { return *this == broadcast(); }
    /// Names several stations: the broadcast address, or a multicast one. The first bit on the wire, the lowest of the
    /// first octet, says so.
    constexpr bool is_group() const { return (octets[0] & 0x01) != 0; }
    /// Given by whoever runs the network and not by a maker: the next bit.
    constexpr bool is_local() const { return (octets[0] & 0x02) != 0; }
};

/// Two lower-case hexadecimal digits an octet, with colons between.
std::string format(const MacAddress& address);
/// Six octets of two hexadecimal digits each, with colons (or everywhere hyphens) between.
wire::Decoded<MacAddress> parse_mac_address(std::string_view text);

} // namespace tegami::link
