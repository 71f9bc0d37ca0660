#include "protocols/wire/base64.hpp"

#include <algorithm>
#include <array>

namespace tegami::wire {

namespace {

constexpr std::string_view base64_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t base64_none = 0xFF;

constexpr auto base64_values = [] {
    std::array<std::uint8_t, 256> values{};
    values.fill(base64_none);
    for (std::size_t i = 0; i < base64_alphabet.size(); ++i)
        values[static_cast<std::uint8_t>(base64_alphabet[i])] = static_cast<std::uint8_t>(i);
    return values;
}();

} // namespace

std::string encode_base64(Octets octets)
{
    std::string text;
    text.reserve((octets.size() + 2) / 3 * 4);
    for (std::size_t at = 0; at < octets.size(); at += 3) {
        const std::size_t count = std::min<std::size_t>(3, octets.size() - at);
        std::uint32_t group = static_cast<std::uint32_t>(octets[at]) << 16;
        if (count > 1) group |= static_cast<std::uint32_t>(octets[at + 1]) << 8;
        if (count > 2) group |= octets[at + 2];
        for (std::size_t i = 0; i < 4; ++i) text += i <= count ? base64_alphabet[group >> (18 - 6 * i) & 0x3F] : '=';
    }
    return text;
}

Decoded<OctetBuffer> decode_base64(std::string_view text)
{
    if (text.size() % 4 != 0) return std::unexpected(Malformed{text.size(), "RFC 4648 §4: groups of four characters"});
    OctetBuffer octets;
    octets.reserve(text.size() / 4 * 3);
    for (std::size_t at = 0; at < text.size(); at += 4) {
        std::size_t padding = 0;
        if (at + 4 == text.size()) padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
        std::uint32_t group = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            std::uint8_t value = 0;
            if (i < 4 - padding) {
                value = base64_values[static_cast<std::uint8_t>(text[at + i])];
                if (value == base64_none)
                    return std::unexpected(Malformed{at + i, "RFC 4648 §3.3: a character outside the alphabet"});
            }
            group = group << 6 | value;
        }
        octets.push_back(static_cast<std::uint8_t>(group >> 16));
        if (padding < 2) octets.push_back(static_cast<std::uint8_t>(group >> 8));
        if (padding < 1) octets.push_back(static_cast<std::uint8_t>(group));
        if ((padding == 2 && (group & 0xFFFF) != 0) || (padding == 1 && (group & 0xFF) != 0))
            return std::unexpected(Malformed{at + 3 - padding, "RFC 4648 §3.5: bits under the padding are not zero"});
    }
    return octets;
}

} // namespace tegami::wire
