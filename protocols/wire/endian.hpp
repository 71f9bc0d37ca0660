#pragma once
/// Big-endian numbers at a place in memory: what the hot paths use instead of Reader and Writer.

#include <bit>
#include <cstdint>
#include <cstring>

namespace tegami::wire {

inline std::uint16_t load_u16(const std::uint8_t* at)
{
    std::uint16_t value;
    std::memcpy(&value, at, sizeof value);
    return std::endian::native == std::endian::little ? std::byteswap(value) : value;
}
inline std::uint32_t load_u32(const std::uint8_t* at)
{
    std::uint32_t value;
    std::memcpy(&value, at, sizeof value);
    return std::endian::native == std::endian::little ? std::byteswap(value) : value;
}
inline void store_u16(std::uint8_t* at, std::uint16_t value)
{
    if constexpr (std::endian::native == std::endian::little) value = std::byteswap(value);
    std::memcpy(at, &value, sizeof value);
}
inline void store_u32(std::uint8_t* at, std::uint32_t value)
{
    if constexpr (std::endian::native == std::endian::little) value = std::byteswap(value);
    std::memcpy(at, &value, sizeof value);
}

} // namespace tegami::wire
