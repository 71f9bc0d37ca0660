#pragma once
/// Sequence numbers: arithmetic modulo 2^32. RFC 9293 §3.4. Two numbers compare while they lie less than 2^31 apart.

#include <cstdint>

namespace tegami::tcp {

using Sequence = std::uint32_t;

constexpr bool before(Sequence a, Sequence b) { return static_cast<std::int32_t>(a - b) < 0; }
constexpr bool after(Sequence a, Sequence b) { return before(b, a); }
constexpr bool at_or_before(Sequence a, Sequence b) { return !before(b, a); }
constexpr bool at_or_after(Sequence a, Sequence b) { return !before(a, b); }

constexpr Sequence earlier(Sequence a, Sequence b) { return before(a, b) ? a : b; }
constexpr Sequence later(Sequence a, Sequence b) { return before(a, b) ? b : a; }

/// Numbers from `begin` up to, not including, `end`.
struct SequenceRange {
    Sequence begin, end;

    constexpr std::uint32_t size() const { return end - begin; }
    constexpr bool holds(Sequence seq) const { return seq - begin < end - begin; }
    constexpr bool operator==(const SequenceRange&) const = default;
};

} // namespace tegami::tcp
