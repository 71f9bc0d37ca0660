#pragma once
/// A colour in sRGB, not premultiplied.

#include <cstdint>

namespace tegami::draw {

struct Color {
    std::uint8_t r = 0, g = 0, b = 0, a = 255;

    /// 0xRRGGBB.
    static constexpr Color of(std::uint32_t rgb)
    {
        return {static_cast<std::uint8_t>(rgb >> 16), static_cast<std::uint8_t>(rgb >> 8),
                static_cast<std::uint8_t>(rgb)};
    }
    /// As a draw list takes it: red in the lowest octet.
    constexpr std::uint32_t packed() const
    {
        return static_cast<std::uint32_t>(a) << 24 | static_cast<std::uint32_t>(b) << 16 |
               static_cast<std::uint32_t>(g) << 8 | r;
    }
    /// `part` 0 to 1 of its opacity.
    constexpr Color faded(float part) const
    {
        return {r, g, b, static_cast<std::uint8_t>(static_cast<float>(a) * part + 0.5f)};
    }
    bool operator==(const Color&) const = default;
};

/// `part` 0 is a, 1 is b.
constexpr Color mix(Color a, Color b, float part)
{
    const auto channel = [&](std::uint8_t from, std::uint8_t to) {
        return static_cast<std::uint8_t>(static_cast<float>(from) * (1 - part) + static_cast<float>(to) * part + 0.5f);
    };
    return {channel(a.r, b.r), channel(a.g, b.g), channel(a.b, b.b), channel(a.a, b.a)};
}

} // namespace tegami::draw
