#pragma once
/// Octets on a wire, and the text views of them that mail protocols work with.

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace tegami::wire {

using Octets = std::span<const std::uint8_t>;
using OctetBuffer = std::vector<std::uint8_t>;

inline Octets as_octets(std::string_view text)
{
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

inline std::string_view as_text(Octets octets) { return {reinterpret_cast<const char*>(octets.data()), octets.size()}; }

} // namespace tegami::wire
