#pragma once
/// Characters of a UTF-8 text, one after the other, whatever the text is.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tegami::draw {

inline constexpr char32_t replacement_character = 0xFFFD;

/// The character at `at`, which moves behind it. What is no UTF-8 (RFC 3629 §4) is the replacement character, an octet long.
inline char32_t next_character(std::string_view text, std::size_t& at)
{
    const auto octet = [&](std::size_t i) {
        return i < text.size() ? static_cast<std::uint8_t>(text[i]) : std::uint8_t{0};
    };
    const std::uint8_t first = octet(at);
    ++at;
    if (first < 0x80) return first;
    const unsigned more = first >= 0xF0 && first <= 0xF4  ? 3
                          : first >= 0xE0 && first < 0xF0 ? 2
                          : first >= 0xC2 && first < 0xE0 ? 1
                                                          : 0;
    if (more == 0) return replacement_character;
    char32_t character = first & (0x3Fu >> more);
    for (unsigned i = 0; i < more; ++i) {
        if ((octet(at + i) & 0xC0) != 0x80) return replacement_character;
        character = character << 6 | (octet(at + i) & 0x3Fu);
    }
    const char32_t least = more == 1 ? 0x80 : more == 2 ? 0x800 : 0x10000;
    if (character < least || character > 0x10FFFF || (character >= 0xD800 && character <= 0xDFFF))
        return replacement_character;
    at += more;
    return character;
}

/// What is written in its place: control characters, and those that would turn the direction of what stands beside them
/// (UAX #9), are shown as a replacement, so that a stranger's text changes nothing outside its box. Debian's ImGui knows
/// the first plane only.
inline std::uint16_t drawable(char32_t character)
{
    const bool control = character < 0x20 || (character >= 0x7F && character < 0xA0);
    const bool direction = character == 0x61C || (character >= 0x200E && character <= 0x200F) ||
                           (character >= 0x2028 && character <= 0x202E) || (character >= 0x2066 && character <= 0x2069);
    if (control || direction || character > 0xFFFF) return 0xFFFD;
    return static_cast<std::uint16_t>(character);
}

} // namespace tegami::draw
