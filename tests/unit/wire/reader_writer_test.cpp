#include "protocols/wire/endian.hpp"
#include "protocols/wire/reader.hpp"
#include "protocols/wire/writer.hpp"

#include <catch2/catch.hpp>

using namespace tegami::wire;

namespace {

struct ReaderSample {
    std::uint8_t a = 0;
    std::uint16_t b = 0;
    std::uint32_t c = 0;
    std::uint64_t d = 0;
    std::string_view text;

    bool operator==(const ReaderSample&) const = default;
};

Decoded<ReaderSample> read_sample(Octets octets)
{
    Reader in{octets};
    ReaderSample sample;
    sample.a = in.u8();
    sample.b = in.u16();
    sample.c = in.u32();
    sample.d = in.u64();
    sample.text = in.text(3);
    return in.finish(sample);
}

} // namespace

TEST_CASE("a writer's octets are most significant first, and a reader gets them back")
{
    OctetBuffer out;
    Writer writer{out};
    writer.u8(0x01);
    writer.u16(0x0203);
    writer.u32(0x04050607);
    writer.u64(0x08090A0B0C0D0E0F);
    writer.text("xyz");
    CHECK(out == OctetBuffer{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 'x', 'y', 'z'});
    CHECK(writer.offset() == 18);
    CHECK(read_sample(out) == ReaderSample{0x01, 0x0203, 0x04050607, 0x08090A0B0C0D0E0F, "xyz"});

    writer.patch_u16(1, 0xABCD);
    CHECK(read_sample(out)->b == 0xABCD);
    CHECK(out.size() == 18);
}

TEST_CASE("every proper prefix fails where the octets end within a field")
{
    const OctetBuffer whole{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 'x', 'y', 'z'};
    const std::size_t field_begins[] = {0, 1, 1, 3, 3, 3, 3, 7, 7, 7, 7, 7, 7, 7, 7, 15, 15, 15};
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const auto read = read_sample(Octets{whole}.first(size));
        REQUIRE_FALSE(read);
        CHECK(read.error() == Malformed{field_begins[size], "the octets end too early"});
    }
    auto longer = whole;
    longer.push_back(0);
    CHECK(read_sample(longer).error() == Malformed{18, "octets are left over behind the end"});
}

TEST_CASE("a reader that failed gives zeros, keeps the first failure and ends loops")
{
    const OctetBuffer octets{9, 9, 9, 9};
    Reader in{octets};
    CHECK(in.u8() == 9);
    in.fail("first");
    in.fail("second");
    CHECK(in.failed());
    CHECK(in.left() == 0);
    CHECK(in.u8() == 0);
    CHECK(in.u64() == 0);
    CHECK(in.text(2).empty());
    CHECK(in.rest().empty());
    in.seek(0);
    CHECK(in.u8() == 0);
    CHECK(in.finish(7).error() == Malformed{1, "first"});
    CHECK(in.finish_prefix(7).error() == Malformed{1, "first"});
}

TEST_CASE("a reader seeks within its octets, to the end and not behind it")
{
    const OctetBuffer octets{1, 2, 3};
    Reader in{octets};
    in.seek(2);
    CHECK(in.u8() == 3);
    in.seek(0);
    CHECK(in.u16() == 0x0102);
    CHECK(in.finish_prefix(5) == 5);
    in.skip(1);
    CHECK(in.finish(5) == 5);
    in.seek(3);
    CHECK_FALSE(in.failed());
    in.seek(4);
    CHECK(in.failed());

    Reader whole{octets};
    const Octets rest = whole.rest();
    CHECK(rest.data() == octets.data());
    CHECK(rest.size() == 3);
    CHECK(whole.finish(0) == 0);
}

TEST_CASE("a length from the wire cannot lead a reader astray")
{
    const OctetBuffer octets{1, 2, 3};
    Reader in{octets};
    in.u8();
    CHECK(in.octets(SIZE_MAX).empty());
    CHECK(in.finish(0).error().offset == 1);
}

TEST_CASE("numbers at a place in memory are big-endian, aligned or not")
{
    std::uint8_t memory[8] = {};
    store_u16(memory + 1, 0x1234);
    store_u32(memory + 3, 0xDEADBEEF);
    CHECK(OctetBuffer(memory, memory + 8) == OctetBuffer{0, 0x12, 0x34, 0xDE, 0xAD, 0xBE, 0xEF, 0});
    CHECK(load_u16(memory + 1) == 0x1234);
    CHECK(load_u32(memory + 3) == 0xDEADBEEF);
}
