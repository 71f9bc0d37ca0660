#pragma once
/// Address prefixes of both families: "192.0.2.0/24" (RFC 4632 §3.1), "2001:db8::/32" (RFC 4291 §2.3).

#include "protocols/wire/address.hpp"

namespace tegami::inet {

/// The addresses of one family whose first `length` bits are those of `address`. The other bits of `address` are zero.
struct Prefix {
    wire::Address address;
    std::uint8_t length = 0; ///< 0 to 32 for IPv4, 0 to 128 for IPv6

    constexpr auto operator<=>(const Prefix&) const = default;

    /// The prefix of that length in which `address` lies: 192.0.2.7 and 24 give 192.0.2.0/24.
    static Prefix around(const wire::Address& address, std::uint8_t length);

    /// Never true for an address of the other family.
    bool contains(const wire::Address& other) const;
    bool is_v4() const { return address.is_v4(); }

    /// IPv4: the ones and zeros that stand for the length, 0xFFFFFF00 for 24.
    std::uint32_t v4_mask() const { return length == 0 ? 0 : 0xFFFF'FFFFu << (32 - length); }
    /// IPv4: the address of all hosts in it (RFC 919, RFC 922), or none: links with one or two addresses have none
    /// (RFC 3021).
    bool is_v4_broadcast(std::uint32_t host_order) const
    {
        return length < 31 && host_order == (address.to_v4() | ~v4_mask());
    }
};

/// The longest length of that address's family.
inline std::uint8_t address_bits(const wire::Address& address) { return address.is_v4() ? 32 : 128; }

std::string format(const Prefix& prefix);
/// An address, a slash and a decimal length without leading zeros. Bits behind the length must be zero.
wire::Decoded<Prefix> parse_prefix(std::string_view text);

/// An interface's own address together with its prefix, "192.0.2.7/24".
struct InterfaceAddress {
    wire::Address address;
    Prefix network;

    bool operator==(const InterfaceAddress&) const = default;
};
wire::Decoded<InterfaceAddress> parse_interface_address(std::string_view text);

} // namespace tegami::inet
