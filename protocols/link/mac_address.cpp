#include "protocols/link/mac_address.hpp"

#include <charconv>

namespace tegami::link {

std::string format(const MacAddress& address)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(17);
    for (const std::uint8_t octet : address.octets) {
        if (!text.empty()) text += ':';
        text += digits[octet >> 4];
        text += digits[octet & 0x0F];
    }
    return text;
}

wire::Decoded<MacAddress> parse_mac_address(std::string_view text)
{
    constexpr std::string_view rule = "a MAC address is six octets of two hexadecimal digits, with colons between";
    MacAddress address;
    for (std::size_t i = 0; i < 6; ++i) {
        const std::size_t at = 3 * i;
        if (at + 2 > text.size()) return std::unexpected(wire::Malformed{text.size(), rule});
        const char* const first = text.data() + at;
        const auto [next, error] = std::from_chars(first, first + 2, address.octets[i], 16);
        if (error != std::errc{} || next != first + 2) return std::unexpected(wire::Malformed{at, rule});
        if (i == 5) continue;
        if (at + 2 == text.size()) return std::unexpected(wire::Malformed{at + 2, rule});
        const char separator = text[at + 2];
        if ((separator != ':' && separator != '-') || separator != text[2])
            return std::unexpected(wire::Malformed{at + 2, rule});
    }
    if (text.size() != 17) return std::unexpected(wire::Malformed{17, rule});
    return address;
}

} // namespace tegami::link
