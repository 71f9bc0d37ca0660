#include "sim/scenario/amount.hpp"

#include <catch2/catch.hpp>

using namespace tegami::scenario;

namespace {

struct AmountRow {
    const Dimension& dimension;
    std::string_view text;
    std::uint64_t value;
};

} // namespace

TEST_CASE("amounts are read exactly", "[amount]")
{
    const AmountRow rows[] = {
        {duration_amount, "0s", 0},
        {duration_amount, "1ns", 1},
        {duration_amount, "1.5s", 1'500'000'000},
        {duration_amount, "1.50s", 1'500'000'000},
        {duration_amount, "0.001us", 1},
        {duration_amount, "5min", 300'000'000'000},
        {duration_amount, "5 min", 300'000'000'000},
        {duration_amount, "2h", 7'200'000'000'000},
        {duration_amount, "5d", 432'000'000'000'000},
        {duration_amount, "7µs", 7'000},
        {rate_amount, "100Mbit/s", 100'000'000},
        {rate_amount, "2.5Gbit/s", 2'500'000'000},
        {rate_amount, "56kbit/s", 56'000},
        {share_amount, "2%", 20'000},
        {share_amount, "0.5%", 5'000},
        {share_amount, "0.0001%", 1},
        {share_amount, "100%", 1'000'000},
        {size_amount, "64KiB", 65'536},
        {size_amount, "1500B", 1'500},
        {size_amount, "1.5KiB", 1'536},
        {queue_amount, "100 frames", 100},
        {queue_amount, "1 frame", 1},
        {duration_amount, "9223372036854775807ns", 9'223'372'036'854'775'807},
    };
    for (const AmountRow& row : rows) {
        CAPTURE(row.text);
        const auto value = parse_amount(row.text, row.dimension);
        REQUIRE(value);
        CHECK(*value == row.value);
    }
}

TEST_CASE("what is no amount says why", "[amount]")
{
    const std::tuple<const Dimension&, std::string_view, AmountError> rows[] = {
        {duration_amount, "", AmountError::malformed},
        {duration_amount, "s", AmountError::malformed},
        {duration_amount, "-1s", AmountError::malformed},
        {duration_amount, "+1s", AmountError::malformed},
        {duration_amount, " 1s", AmountError::malformed},
        {duration_amount, ".5s", AmountError::malformed},
        {duration_amount, "1.s", AmountError::malformed},
        {duration_amount, "1", AmountError::unit},
        {duration_amount, "1  s", AmountError::unit},
        {duration_amount, "1s ", AmountError::unit},
        {duration_amount, "1S", AmountError::unit},
        {duration_amount, "1m", AmountError::unit},
        {duration_amount, "1e3s", AmountError::unit},
        {duration_amount, "1,5s", AmountError::unit},
        {duration_amount, "5 minutes", AmountError::unit},
        {rate_amount, "100Mbps", AmountError::unit},
        {rate_amount, "100MBit/s", AmountError::unit},
        {share_amount, "2", AmountError::unit},
        {size_amount, "64K", AmountError::unit},
        {duration_amount, "0.5ns", AmountError::fine},
        {duration_amount, "0.0000000000001d", AmountError::fine},
        {duration_amount, "0.00000000000000000001s", AmountError::fine},
        {share_amount, "0.00001%", AmountError::fine},
        {size_amount, "0.3KiB", AmountError::fine},
        {duration_amount, "9223372036854775808ns", AmountError::large},
        {duration_amount, "106752d", AmountError::large},
        {duration_amount, "999999999999999999999999d", AmountError::large},
        {duration_amount, "9999999999999999999999999999999999999999s", AmountError::large},
    };
    for (const auto& [dimension, text, error] : rows) {
        CAPTURE(text);
        const auto value = parse_amount(text, dimension);
        REQUIRE(!value);
        CHECK(value.error() == error);
    }
}

TEST_CASE("amounts are written as they read again", "[amount]")
{
    CHECK(format_amount(0, duration_amount) == "0ns");
    CHECK(format_amount(1'500'000'000, duration_amount) == "1500ms");
    CHECK(format_amount(120'000'000'000, duration_amount) == "2min");
    CHECK(format_amount(20'000, share_amount) == "2%");
    CHECK(format_amount(5'000, share_amount) == "0.5%");
    CHECK(format_amount(1, share_amount) == "0.0001%");
    CHECK(format_amount(0, share_amount) == "0%");
    CHECK(format_amount(65'536, size_amount) == "64KiB");
    CHECK(format_amount(7, queue_amount) == "7 frames");
    std::uint64_t value = 1;
    for (int i = 0; i < 62; ++i, value = value * 2 + (i % 3 == 0)) {
        for (const Dimension* dimension :
             {&duration_amount, &rate_amount, &share_amount, &size_amount, &queue_amount}) {
            const std::string text = format_amount(value, *dimension);
            CAPTURE(text);
            CHECK(parse_amount(text, *dimension) == value);
        }
    }
}
