#pragma once
/// What mail protocols ask of single characters, by the productions of RFC 5234 appendix B.1 and RFC 5322 §3.2.3,
/// whatever the locale of the machine.

#include <cstdint>
#include <string>
#include <string_view>

namespace tegami::mail {

constexpr bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_alphanumeric(char c) { return is_alpha(c) || is_digit(c); }
constexpr bool is_wsp(char c) { return c == ' ' || c == '\t'; }
/// VCHAR: visible ASCII, without the space.
constexpr bool is_visible(char c) { return c > ' ' && c < 0x7F; }
constexpr bool is_ascii(char c) { return static_cast<std::uint8_t>(c) < 0x80; }
/// RFC 5322 §3.2.3.
constexpr bool is_atext(char c)
{
    return is_alphanumeric(c) ||
           (c != '\0' && std::string_view{"!#$%&'*+-/=?^_`{|}~"}.find(c) != std::string_view::npos);
}

constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }
constexpr char to_upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c; }

constexpr bool equal_ignoring_case(std::string_view one, std::string_view other)
{
    if (one.size() != other.size()) return false;
    for (std::size_t i = 0; i < one.size(); ++i)
        if (to_lower(one[i]) != to_lower(other[i])) return false;
    return true;
}
constexpr bool starts_ignoring_case(std::string_view text, std::string_view prefix)
{
    return text.size() >= prefix.size() && equal_ignoring_case(text.substr(0, prefix.size()), prefix);
}

constexpr std::string_view trim(std::string_view text)
{
    while (!text.empty() && is_wsp(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_wsp(text.back())) text.remove_suffix(1);
    return text;
}

/// Decimal digits alone. False where there is another character, nothing, or more than 20 digits; what does not fit into
/// 64 bits becomes the largest number.
constexpr bool parse_number(std::string_view digits, std::uint64_t& value)
{
    if (digits.empty() || digits.size() > 20) return false;
    value = 0;
    for (const char c : digits) {
        if (!is_digit(c)) return false;
        const auto digit = static_cast<std::uint64_t>(c - '0');
        value = value > (UINT64_MAX - digit) / 10 ? UINT64_MAX : value * 10 + digit;
    }
    return true;
}

} // namespace tegami::mail
