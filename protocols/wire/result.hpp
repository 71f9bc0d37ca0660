#pragma once
/// The result of decoding: a value, or where and why the octets made no sense.

#include <cstddef>
#include <expected>
#include <string_view>

namespace tegami::wire {

/// Octets that are not what they claim to be. `rule` is static text that opens with the RFC and section.
struct Malformed {
    std::size_t offset = 0;
    std::string_view rule;

    bool operator==(const Malformed&) const = default;
};

template <class T>
using Decoded = std::expected<T, Malformed>;

} // namespace tegami::wire
