#include "sim/engine/random.hpp"

namespace tegami::engine {

namespace {

// FNV-1a, with the length behind each text so that ("ab", "c") and ("a", "bc") differ.
std::uint64_t hash_text(std::uint64_t hash, std::string_view text)
{
    for (const char c : text) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100'0000'01B3;
    return (hash ^ (text.size() + 256)) * 0x100'0000'01B3;
}

} // namespace

Random::Random(std::uint64_t seed, std::string_view node, std::string_view purpose, std::string_view object)
{
    std::uint64_t hash = 0xCBF2'9CE4'8422'2325 ^ mix(seed + 0x9E37'79B9'7F4A'7C15);
    hash = hash_text(hash, node);
    hash = hash_text(hash, purpose);
    hash = hash_text(hash, object);
    key_ = mix(hash);
}

} // namespace tegami::engine
