#pragma once
/// The Internet checksum. RFC 1071; RFC 1624 for changing a header in place.

#include "protocols/wire/octets.hpp"

#include <bit>
#include <cstring>

namespace tegami::wire {

/// A running ones' complement sum of octets in network order. Only the last piece added may have an odd length.
class ChecksumSum {
  public:
    ChecksumSum& add(Octets octets)
    {
        const std::uint8_t* at = octets.data();
        std::size_t left = octets.size();
        // The sum is independent of byte order (RFC 1071 §2): add native words, swap once at the end.
        for (; left >= 8; at += 8, left -= 8) {
            std::uint32_t word[2];
            std::memcpy(word, at, 8);
            sum_ += word[0];
            sum_ += word[1];
        }
        for (; left >= 2; at += 2, left -= 2) {
            std::uint16_t word;
            std::memcpy(&word, at, 2);
            sum_ += word;
        }
        if (left != 0) {
            std::uint8_t word[2] = {*at, 0};
            std::uint16_t last;
            std::memcpy(&last, word, 2);
            sum_ += last;
        }
        return *this;
    }
    ChecksumSum& add_u16(std::uint16_t value)
    {
        sum_ += std::endian::native == std::endian::little ? std::byteswap(value) : value;
        return *this;
    }
    /// The same as both its halves.
    ChecksumSum& add_u32(std::uint32_t value)
    {
        sum_ += std::endian::native == std::endian::little ? std::byteswap(value) : value;
        return *this;
    }

    /// The checksum to write into a header whose own checksum field was zero: the complement of the sum.
    /// Over octets that carry a right checksum it is zero.
    std::uint16_t checksum() const
    {
        std::uint64_t sum = sum_;
        while (sum >> 16) sum = (sum & 0xFFFF) + (sum >> 16);
        const auto folded = static_cast<std::uint16_t>(~sum);
        return std::endian::native == std::endian::little ? std::byteswap(folded) : folded;
    }

  private:
    std::uint64_t sum_ = 0;
};

inline std::uint16_t internet_checksum(Octets octets) { return ChecksumSum{}.add(octets).checksum(); }

/// The checksum after one 16-bit field went from `before` to `after`. RFC 1624 §3, equation 3.
inline std::uint16_t checksum_after_change(std::uint16_t checksum, std::uint16_t before, std::uint16_t after)
{
    std::uint32_t sum = static_cast<std::uint16_t>(~checksum);
    sum += static_cast<std::uint16_t>(~before);
    sum += after;
    while (sum >> 16) sum = (sum & 0xFFFF) + (sum >> 16);
    return static_cast<std::uint16_t>(~sum);
}

} // namespace tegami::wire
