#pragma once
/// Time as protocols see it: an argument, in whole nanoseconds.

#include <compare>
#include <cstdint>
#include <limits>

namespace tegami::wire {

/// A length of time in nanoseconds.
struct Duration {
    std::int64_t ns = 0;

    constexpr auto operator<=>(const Duration&) const = default;
    constexpr Duration operator+(Duration other) const { return {ns + other.ns}; }
    constexpr Duration operator-(Duration other) const { return {ns - other.ns}; }
    constexpr Duration operator*(std::int64_t times) const { return {ns * times}; }
    constexpr Duration operator/(std::int64_t parts) const { return {ns / parts}; }
};

constexpr Duration nanoseconds(std::int64_t n) { return {n}; }
constexpr Duration microseconds(std::int64_t n) { return {n * 1'000}; }
constexpr Duration milliseconds(std::int64_t n) { return {n * 1'000'000}; }
constexpr Duration seconds(std::int64_t n) { return {n * 1'000'000'000}; }
constexpr Duration minutes(std::int64_t n) { return seconds(n * 60); }

/// An instant: nanoseconds since 1970-01-01T00:00:00Z, without leap seconds.
struct Time {
    std::int64_t ns = 0;

    constexpr auto operator<=>(const Time&) const = default;
    constexpr Time operator+(Duration length) const { return {ns + length.ns}; }
    constexpr Time operator-(Duration length) const { return {ns - length.ns}; }
    constexpr Duration operator-(Time earlier) const { return {ns - earlier.ns}; }

    static constexpr Time never() { return {std::numeric_limits<std::int64_t>::max()}; }
};

} // namespace tegami::wire
