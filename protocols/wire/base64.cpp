#include "protocols/wire/base64.hpp"

#include <array>

namespace tegami::wire {

namespace {

constexpr std::string_view base64_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t not_base64 = 0xFF;

constexpr std::array<std::uint8_t, 256> base64_values = [] {
    std::array<std::uint8_t, 256> values;
    values.fill(not_base64);
    for (std::size_t i = 0; i < base64_alphabet.size(); ++i)
        values[static_cast<std::uint8_t>(base64_alphabet[i])] = static_cast<std::uint8_t>(i);
    return values;
}();

} // namespace

std::string encode_base64(Octets octets)
{
    std::string text;
    text.reserve((octets.size() + 2) / 3 * 4);
    while (!octets.empty()) {
        const std::size_t count = octets.size() < 3 ? octets.size() : 3;
        std::uint32_t bits = 0;
        for (std::size_t i = 0; i < 3; ++i) bits = bits << 8 | (i < count ? octets[i] : 0u);
        for (std::size_t i = 0; i < 4; ++i) text += i <= count ? base64_alphabet[bits >> (18 - 6 * i) & 0x3F] : '=';
        octets = octets.subspan(count);
    }
    return text;
}

Decoded<OctetBuffer> decode_base64(std::string_view text)
{
    OctetBuffer octets;
    octets.reserve(text.size() / 4 * 3);
    for (std::size_t at = 0; at < text.size(); at += 4) {
        std::uint32_t bits = 0;
        std::size_t count = 0; // characters before the padding
        for (; count < 4 && at + count < text.size(); ++count) {
            const char character = text[at + count];
            if (character == '=') break;
            const std::uint8_t value = base64_values[static_cast<std::uint8_t>(character)];
            if (value == not_base64)
                return std::unexpected(Malformed{at + count, "RFC 4648 §3.3: a character that is not in the alphabet"});
            bits = bits << 6 | value;
        }
        if (count < 4) {
            const std::size_t padding = 4 - count;
            if (text.size() - at < 4)
                return std::unexpected(Malformed{text.size(), "RFC 4648 §4: characters come in fours"});
            if (count < 2 || text.substr(at + count) != std::string_view{"=="}.substr(0, padding))
                return std::unexpected(Malformed{at + count, "RFC 4648 §4: padding is one or two = at the very end"});
            bits <<= 6 * padding;
            const std::uint32_t left_over = padding == 1 ? 0xFF : 0xFFFF;
            if ((bits & left_over) != 0)
                return std::unexpected(
                    Malformed{at + count - 1, "RFC 4648 §3.5: the bits before the padding are zero"});
        }
        const std::uint8_t three[3] = {static_cast<std::uint8_t>(bits >> 16), static_cast<std::uint8_t>(bits >> 8),
                                       static_cast<std::uint8_t>(bits)};
        octets.insert(octets.end(), three, three + (count - 1));
    }
    return octets;
}

} // namespace tegami::wire
