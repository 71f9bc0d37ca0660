#pragma once
/// Internet addresses of both families, and where a connection or a datagram goes.

#include "protocols/wire/endian.hpp"
#include "protocols/wire/result.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <string>

namespace tegami::wire {

/// An IPv6 address, or an IPv4 address in its IPv4-mapped form (RFC 4291 §2.5.5.2). All zeros: unspecified.
struct Address {
    std::array<std::uint8_t, 16> octets{};

    constexpr auto operator<=>(const Address&) const = default;

    /// `host_order`: 0xC0000201 is 192.0.2.1.
    static constexpr Address v4(std::uint32_t host_order)
    {
        Address a;
        a.octets[10] = a.octets[11] = 0xFF;
        for (int i = 0; i < 4; ++i)
            a.octets[12 + static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(host_order >> (24 - 8 * i));
        return a;
    }
    bool is_v4() const
    {
        return load_u32(&octets[0]) == 0 && load_u32(&octets[4]) == 0 && load_u32(&octets[8]) == 0xFFFF;
    }
    std::uint32_t to_v4() const { return load_u32(&octets[12]); }
};

enum class Port : std::uint16_t {};

struct Endpoint {
    Address address;
    Port port{};

    constexpr auto operator<=>(const Endpoint&) const = default;
};

/// Dotted decimal for IPv4, RFC 5952 for IPv6.
std::string format(const Address& address);
/// Dotted decimal with four decimal octets without leading zeros, or RFC 4291 §2.2.
Decoded<Address> parse_address(std::string_view text);

} // namespace tegami::wire
