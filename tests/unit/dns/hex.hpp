#pragma once
/// Octets written as hexadecimal digits, and names written as text.

#include "protocols/dns/name.hpp"

#include <cstdlib>

namespace tegami::test {

/// Spaces are skipped.
inline wire::OctetBuffer hex(std::string_view text)
{
    wire::OctetBuffer octets;
    int high = -1;
    for (const char character : text) {
        const std::size_t digit = std::string_view{"0123456789abcdef"}.find(character);
        if (digit == std::string_view::npos) continue;
        if (high < 0) {
            high = static_cast<int>(digit);
        } else {
            octets.push_back(static_cast<std::uint8_t>(high * 16 + static_cast<int>(digit)));
            high = -1;
        }
    }
    return octets;
}

/// A name that must be one.
inline dns::Name name(std::string_view text)
{
    const auto parsed = dns::parse_name(text);
    if (!parsed) std::abort();
    return *parsed;
}

} // namespace tegami::test
