#include "protocols/wire/checksum.hpp"

#include <catch2/catch.hpp>

using namespace tegami::wire;

namespace {

/// RFC 1071 §1, word by word as the text has it.
std::uint16_t checksum_as_written(Octets octets)
{
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < octets.size(); i += 2) {
        sum += static_cast<std::uint32_t>(octets[i] << 8) + (i + 1 < octets.size() ? octets[i + 1] : 0u);
        sum = (sum & 0xFFFF) + (sum >> 16);
    }
    return static_cast<std::uint16_t>(~sum);
}

OctetBuffer checksum_noise(std::size_t size)
{
    OctetBuffer octets(size);
    std::uint64_t state = 0x9E3779B97F4A7C15 + size;
    for (auto& octet : octets) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        octet = static_cast<std::uint8_t>(state >> 32);
    }
    return octets;
}

} // namespace

TEST_CASE("RFC 1071 §3: the numerical example")
{
    const OctetBuffer octets{0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7};
    CHECK(static_cast<std::uint16_t>(~internet_checksum(octets)) == 0xDDF2);
}

TEST_CASE("the fast sum is the written one, at every length and alignment")
{
    const OctetBuffer octets = checksum_noise(1600);
    for (std::size_t from = 0; from < 9; ++from)
        for (std::size_t size = 0; size < 200; ++size) {
            const Octets piece = Octets{octets}.subspan(from, size);
            REQUIRE(internet_checksum(piece) == checksum_as_written(piece));
        }
    CHECK(internet_checksum(octets) == checksum_as_written(octets));
    const OctetBuffer ones(65'535, 0xFF);
    CHECK(internet_checksum(ones) == checksum_as_written(ones));
}

TEST_CASE("a sum in pieces is the sum of the whole")
{
    const OctetBuffer octets = checksum_noise(101);
    for (std::size_t cut = 0; cut < octets.size(); cut += 2) {
        ChecksumSum sum;
        sum.add(Octets{octets}.first(cut)).add(Octets{octets}.subspan(cut));
        CHECK(sum.checksum() == internet_checksum(octets));
    }
    ChecksumSum numbers;
    numbers.add_u16(0x0102).add_u32(0x03040506).add_u16(0xFFFE);
    CHECK(numbers.checksum() == internet_checksum(OctetBuffer{1, 2, 3, 4, 5, 6, 0xFF, 0xFE}));
}

TEST_CASE("octets that carry their checksum sum to zero; any changed bit shows")
{
    OctetBuffer octets = checksum_noise(40);
    octets[10] = octets[11] = 0;
    const std::uint16_t checksum = internet_checksum(octets);
    octets[10] = static_cast<std::uint8_t>(checksum >> 8);
    octets[11] = static_cast<std::uint8_t>(checksum);
    CHECK(internet_checksum(octets) == 0);
    for (std::size_t bit = 0; bit < octets.size() * 8; ++bit) {
        octets[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
        CHECK(internet_checksum(octets) != 0);
        octets[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    }
}

TEST_CASE("RFC 1624 §4: the example that RFC 1141 gets wrong")
{
    // 0x5555 becomes 0x3285; the other octets of the header sum to 0xCD7A. Equation 2 would give 0xFFFF.
    CHECK(checksum_after_change(0xDD2F, 0x5555, 0x3285) == 0x0000);
    // Back again, and nothing changed at all: erratum 4782 claims 0xFFFF for this, forgetting the end-around carry.
    CHECK(checksum_after_change(0x0000, 0x3285, 0x5555) == 0xDD2F);
    CHECK(checksum_after_change(0x0000, 0x5555, 0x5555) == 0x0000);
}

TEST_CASE("changing a field in place gives what summing anew gives")
{
    OctetBuffer header = checksum_noise(20);
    header[0] = 0x45; // never all zero, as no IPv4 header is
    for (std::uint32_t value = 0; value <= 0xFFFF; value += 0x0F) {
        OctetBuffer before = header;
        before[10] = before[11] = 0;
        OctetBuffer after = before;
        after[8] = static_cast<std::uint8_t>(value >> 8);
        after[9] = static_cast<std::uint8_t>(value);
        const auto old_field = static_cast<std::uint16_t>(before[8] << 8 | before[9]);
        const auto new_field = static_cast<std::uint16_t>(value);
        REQUIRE(checksum_after_change(internet_checksum(before), old_field, new_field) == internet_checksum(after));
    }
}
