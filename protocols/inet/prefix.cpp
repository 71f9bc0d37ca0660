#include "protocols/inet/prefix.hpp"

#include <charconv>
#include <cstring>

namespace tegami::inet {

namespace {

/// How many of the sixteen octets' bits the prefix fixes: an IPv4 address fills the last 32.
int fixed_bits(const Prefix& prefix) { return prefix.is_v4() ? 96 + prefix.length : prefix.length; }

} // namespace

Prefix Prefix::around(const wire::Address& address, std::uint8_t length)
{
    Prefix prefix{address, length};
    const auto bits = static_cast<std::size_t>(fixed_bits(prefix));
    for (std::size_t i = bits / 8; i < 16; ++i) {
        const int kept = i == bits / 8 ? static_cast<int>(bits % 8) : 0;
        prefix.address.octets[i] &= static_cast<std::uint8_t>(0xFF00 >> kept);
    }
    return prefix;
}

bool Prefix::contains(const wire::Address& other) const
{
    if (is_v4()) return other.is_v4() && ((other.to_v4() ^ address.to_v4()) & v4_mask()) == 0;
    return !other.is_v4() && around(other, length).address == address;
}

std::string format(const Prefix& prefix) { return wire::format(prefix.address) + '/' + std::to_string(prefix.length); }

wire::Decoded<InterfaceAddress> parse_interface_address(std::string_view text)
{
    const std::size_t slash = text.find('/');
    if (slash == text.npos)
        return std::unexpected(
            wire::Malformed{text.size(), "RFC 4632 §3.1: a prefix is an address, a slash and a length"});
    const auto address = wire::parse_address(text.substr(0, slash));
    if (!address) return std::unexpected(address.error());

    const char* const first = text.data() + slash + 1;
    const char* const last = text.data() + text.size();
    unsigned length = 0;
    const auto [next, error] = std::from_chars(first, last, length);
    if (error != std::errc{} || next != last || (*first == '0' && last - first > 1))
        return std::unexpected(wire::Malformed{slash + 1, "RFC 4632 §3.1: a prefix's length is a decimal number"});
    // An IPv4-mapped address that was written as IPv6 counts its bits as IPv6.
    if (address->is_v4() && text.substr(0, slash).find(':') != text.npos) {
        if (length < 96)
            return std::unexpected(wire::Malformed{
                slash + 1, "RFC 4291 §2.5.5.2: the prefix of IPv4-mapped addresses has at least 96 bits"});
        length -= 96;
    }
    if (length > address_bits(*address))
        return std::unexpected(wire::Malformed{
            slash + 1, "RFC 4291 §2.3: a prefix is at most as long as an address: 32 bits for IPv4, 128 for IPv6"});
    return InterfaceAddress{*address, Prefix::around(*address, static_cast<std::uint8_t>(length))};
}

wire::Decoded<Prefix> parse_prefix(std::string_view text)
{
    const auto parsed = parse_interface_address(text);
    if (!parsed) return std::unexpected(parsed.error());
    if (parsed->address != parsed->network.address)
        return std::unexpected(wire::Malformed{0, "RFC 4632 §3.1: the bits behind a prefix's length are zero"});
    return parsed->network;
}

} // namespace tegami::inet
