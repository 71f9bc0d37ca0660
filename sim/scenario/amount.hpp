#pragma once
/// Amounts as people write them: a decimal number and a unit, "1.5s", "100Mbit/s", "0.5%", "64KiB". They are converted to
/// whole numbers of the smallest unit exactly, or not at all.

#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>

namespace tegami::scenario {

struct Unit {
    std::string_view name;
    std::uint64_t worth; ///< in the dimension's smallest unit
};

/// A kind of amount. Its units stand from small to large.
struct Dimension {
    std::string_view name;     ///< as docs/scenario.md calls it
    std::string_view example;  ///< one that may stand in a message
    std::string_view smallest; ///< what cannot be divided: "1ns"
    std::span<const Unit> units;
    std::span<const Unit> spoken; ///< further spellings that are read and never written
};

extern const Dimension duration_amount; ///< in nanoseconds
extern const Dimension rate_amount;     ///< in bit/s
extern const Dimension share_amount;    ///< in millionths
extern const Dimension size_amount;     ///< in octets
extern const Dimension queue_amount;    ///< in frames

enum class AmountError : std::uint8_t {
    malformed, ///< no number in front
    unit,      ///< a number without a unit, or with an unknown one
    fine,      ///< finer than the smallest unit
    large,     ///< does not fit 63 bits
};

/// One space may stand between number and unit.
std::expected<std::uint64_t, AmountError> parse_amount(std::string_view text, const Dimension& dimension);

/// In the largest unit that divides it, "1500ms". Zero is in the smallest.
std::string format_amount(std::uint64_t value, const Dimension& dimension);

/// "ns, us, ms, s, min, h, d".
std::string unit_names(const Dimension& dimension);

} // namespace tegami::scenario
