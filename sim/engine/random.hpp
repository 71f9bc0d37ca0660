#pragma once
/// Seeded chance. Every (node, purpose, object) has a stream of its own, which depends on the seed and on names only: a
/// new host, or one more draw elsewhere, shifts nobody else's numbers. One draw a statement.

#include <cstdint>
#include <string_view>

namespace tegami::engine {

/// Counter-based: the n-th draw is a function of the key and n (SplitMix64's output function applied twice).
class Random {
  public:
    Random() = default;
    Random(std::uint64_t seed, std::string_view node, std::string_view purpose, std::string_view object = {});

    std::uint64_t draw()
    {
        const std::uint64_t n = ++count_;
        return mix(key_ ^ mix(n * 0x9E37'79B9'7F4A'7C15));
    }
    /// A number from 0 to `end` − 1, each as likely as the next to within 2⁻⁶⁴·end.
    std::uint64_t below(std::uint64_t end)
    {
        return static_cast<std::uint64_t>(static_cast<unsigned __int128>(draw()) * end >> 64);
    }

  private:
    static std::uint64_t mix(std::uint64_t z)
    {
        z = (z ^ (z >> 30)) * 0xBF58'476D'1CE4'E5B9;
        z = (z ^ (z >> 27)) * 0x94D0'49BB'1331'11EB;
        return z ^ (z >> 31);
    }

    std::uint64_t key_ = 0;
    std::uint64_t count_ = 0;
};
static_assert(sizeof(Random) <= 32);

} // namespace tegami::engine
