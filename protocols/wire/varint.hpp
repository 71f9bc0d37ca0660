#pragma once
/// Whole numbers in as few octets as they need: unsigned LEB128 (seven bits an octet, least significant first, the high
/// bit says that more follow), and zigzag for signed ones. What a run's log is made of.

#include <cstddef>
#include <cstdint>

namespace tegami::wire {

/// The most octets one number takes.
inline constexpr std::size_t varint_largest_size = 10;

/// Writes `value` at `at`, where varint_largest_size octets have room; returns the place behind it.
inline std::uint8_t* put_varint(std::uint8_t* at, std::uint64_t value)
{
    while (value >= 0x80) {
        *at++ = static_cast<std::uint8_t>(value | 0x80);
        value >>= 7;
    }
    *at++ = static_cast<std::uint8_t>(value);
    return at;
}

/// How many octets `put_varint` writes.
constexpr std::size_t varint_size(std::uint64_t value)
{
    std::size_t size = 1;
    for (; value >= 0x80; value >>= 7) ++size;
    return size;
}

/// Reads a number that begins at `at`, no further than `end`; returns the place behind it. Null, with `value` untouched,
/// where it is cut off, needs more than 64 bits, or is written longer than it must be: every number has one form.
inline const std::uint8_t* get_varint(const std::uint8_t* at, const std::uint8_t* end, std::uint64_t& value)
{
    if (at != end && *at < 0x80) { // most are this short
        value = *at;
        return at + 1;
    }
    std::uint64_t result = 0;
    for (unsigned shift = 0; shift < 64 && at != end; shift += 7) {
        const std::uint64_t octet = *at++;
        result |= (octet & 0x7F) << shift;
        if (octet >= 0x80) continue;
        if (octet == 0 || (shift == 63 && octet > 1)) return nullptr;
        value = result;
        return at;
    }
    return nullptr;
}

/// 0, -1, 1, -2, … become 0, 1, 2, 3, …: small either way of zero stays small.
constexpr std::uint64_t zigzag(std::int64_t value)
{
    return static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
}
constexpr std::int64_t unzigzag(std::uint64_t value)
{
    return static_cast<std::int64_t>(value >> 1 ^ (0 - (value & 1)));
}

} // namespace tegami::wire
