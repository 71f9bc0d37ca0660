#include "protocols/wire/address.hpp"

#include <charconv>
#include <optional>

namespace tegami::wire {

namespace {

std::optional<std::uint32_t> parse_dotted(std::string_view text)
{
    std::uint32_t value = 0;
    const char* at = text.data();
    const char* const end = at + text.size();
    for (int i = 0; i < 4; ++i) {
        if (i != 0 && (at == end || *at++ != '.')) return std::nullopt;
        std::uint32_t octet = 0;
        const auto [next, error] = std::from_chars(at, end, octet);
        if (error != std::errc{} || octet > 255 || (next - at > 1 && *at == '0')) return std::nullopt;
        value = value << 8 | octet;
        at = next;
    }
    if (at != end) return std::nullopt;
    return value;
}

std::optional<Address> parse_groups(std::string_view text)
{
    std::array<std::uint16_t, 8> groups{};
    std::size_t count = 0;
    std::optional<std::size_t> gap; // where "::" stands
    const char* at = text.data();
    const char* const end = at + text.size();
    if (text.starts_with("::")) {
        gap = 0;
        at += 2;
    }
    while (at != end) {
        if (count == 8) return std::nullopt;
        const std::string_view left{at, static_cast<std::size_t>(end - at)};
        if (left.find(':') == left.npos && left.find('.') != left.npos) { // §2.2, form 3
            const auto dotted = parse_dotted(left);
            if (!dotted || count > 6) return std::nullopt;
            groups[count++] = static_cast<std::uint16_t>(*dotted >> 16);
            groups[count++] = static_cast<std::uint16_t>(*dotted);
            break;
        }
        const auto [next, error] = std::from_chars(at, end, groups[count], 16);
        if (error != std::errc{} || next - at > 4) return std::nullopt;
        ++count;
        at = next;
        if (at == end) break;
        if (*at++ != ':' || at == end) return std::nullopt;
        if (*at == ':') {
            if (gap) return std::nullopt;
            gap = count;
            ++at;
        }
    }
    if (gap ? count > 7 : count != 8) return std::nullopt;
    Address address;
    const std::size_t zeros = 8 - count;
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t to = gap && i >= *gap ? i + zeros : i;
        store_u16(&address.octets[2 * to], groups[i]);
    }
    return address;
}

} // namespace

std::string format(const Address& address)
{
    if (address.is_v4()) {
        std::string text;
        for (std::size_t i = 12; i < 16; ++i) {
            if (i != 12) text += '.';
            text += std::to_string(address.octets[i]);
        }
        return text;
    }
    std::array<std::uint16_t, 8> groups;
    for (std::size_t i = 0; i < 8; ++i) groups[i] = load_u16(&address.octets[2 * i]);
    // RFC 5952 §4.2: "::" for the longest run of at least two zero groups, the first where several are as long.
    std::size_t best = 8, best_length = 1;
    for (std::size_t i = 0; i < 8;) {
        std::size_t length = 0;
        while (i + length < 8 && groups[i + length] == 0) ++length;
        if (length > best_length) {
            best = i;
            best_length = length;
        }
        i += length + 1;
    }
    std::string text;
    for (std::size_t i = 0; i < 8; ++i) {
        if (i == best) {
            text += "::";
            i += best_length - 1;
            continue;
        }
        if (!text.empty() && text.back() != ':') text += ':';
        char digits[4];
        const auto [end, error] = std::to_chars(digits, digits + 4, groups[i], 16);
        static_cast<void>(error);
        text.append(digits, end);
    }
    return text;
}

Decoded<Address> parse_address(std::string_view text)
{
    if (text.find(':') != text.npos) {
        if (const auto address = parse_groups(text)) return *address;
        return std::unexpected(
            Malformed{0, "RFC 4291 §2.2: eight groups of hexadecimal digits, or fewer around one ::"});
    }
    if (const auto dotted = parse_dotted(text)) return Address::v4(*dotted);
    return std::unexpected(Malformed{0, "an IPv4 address is four numbers from 0 to 255 with dots between"});
}

} // namespace tegami::wire
