#include "protocols/wire/octets.hpp"
#include "protocols/wire/varint.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace tegami::wire;

namespace {

OctetBuffer varint_octets(std::uint64_t value)
{
    std::uint8_t memory[varint_largest_size];
    return {memory, put_varint(memory, value)};
}

/// The number and how many octets it took, or nothing.
std::pair<std::uint64_t, std::size_t> read_varint(const OctetBuffer& octets)
{
    std::uint64_t value = 0;
    const std::uint8_t* const next = get_varint(octets.data(), octets.data() + octets.size(), value);
    return {value, next ? static_cast<std::size_t>(next - octets.data()) : 0};
}

} // namespace

TEST_CASE("varints on both sides of every length")
{
    CHECK(varint_octets(0) == OctetBuffer{0x00});
    CHECK(varint_octets(127) == OctetBuffer{0x7F});
    CHECK(varint_octets(128) == OctetBuffer{0x80, 0x01});
    CHECK(varint_octets(12'857) == OctetBuffer{0xB9, 0x64}); // from the table of DWARF 5 §7.6
    CHECK(varint_octets(UINT64_MAX) == OctetBuffer{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01});
    for (unsigned bits = 0; bits < 64; ++bits)
        for (const std::uint64_t value :
             {(std::uint64_t{1} << bits) - 1, std::uint64_t{1} << bits, (std::uint64_t{1} << bits) + 1}) {
            const OctetBuffer octets = varint_octets(value);
            CHECK(octets.size() == varint_size(value));
            CHECK(read_varint(octets) == std::pair{value, octets.size()});
        }
}

TEST_CASE("a varint that is cut off is none, and what follows one is left alone")
{
    for (const std::uint64_t value : {std::uint64_t{300}, std::uint64_t{1} << 40, UINT64_MAX}) {
        OctetBuffer octets = varint_octets(value);
        for (std::size_t size = 0; size < octets.size(); ++size)
            CHECK(read_varint({octets.begin(), octets.begin() + static_cast<std::ptrdiff_t>(size)}).second == 0);
        const std::size_t size = octets.size();
        octets.push_back(0xFF);
        CHECK(read_varint(octets) == std::pair{value, size});
    }
}

TEST_CASE("varints of more than 64 bits, or longer than they must be, are refused")
{
    CHECK(read_varint({0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02}).second == 0);
    CHECK(read_varint({0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x81, 0x00}).second == 0);
    CHECK(read_varint({0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01}).second == 0);
    CHECK(read_varint({0x80, 0x00}).second == 0);
    CHECK(read_varint({0xFF, 0x80, 0x00}).second == 0);
}

TEST_CASE("zigzag keeps small numbers small on both sides of zero")
{
    CHECK(zigzag(0) == 0);
    CHECK(zigzag(-1) == 1);
    CHECK(zigzag(1) == 2);
    CHECK(zigzag(-64) == 127);
    CHECK(zigzag(std::numeric_limits<std::int64_t>::max()) == UINT64_MAX - 1);
    CHECK(zigzag(std::numeric_limits<std::int64_t>::min()) == UINT64_MAX);
    for (const std::int64_t value :
         {std::int64_t{0}, std::int64_t{-1}, std::int64_t{123'456'789}, std::int64_t{-987'654'321'012},
          std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()})
        CHECK(unzigzag(zigzag(value)) == value);
}
