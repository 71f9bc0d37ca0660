#pragma once
/// Octets that mostly are few: up to `capacity` of them lie inside the object, more on the heap. Names and RDATA are made
/// of these, so that reading a message allocates its lists and hardly anything else.

#include "protocols/wire/octets.hpp"

#include <cassert>
#include <cstring>

namespace tegami::dns {

template <std::size_t capacity>
class CompactOctets {
  public:
    static_assert(capacity >= sizeof(std::uint8_t*) && capacity % 8 == 6, "the size fills the last eight octets");
    static constexpr std::size_t largest = 0xFFFF;

    CompactOctets() = default;
    explicit CompactOctets(wire::Octets octets) : CompactOctets(octets, {}) {}
    /// One behind the other: at most 65,535 octets together.
    CompactOctets(wire::Octets head, wire::Octets tail)
    {
        std::uint8_t* const at = make_room(head.size() + tail.size());
        if (!head.empty()) std::memcpy(at, head.data(), head.size());
        if (!tail.empty()) std::memcpy(at + head.size(), tail.data(), tail.size());
    }
    /// `size` octets at a place where `roomy` of them at least may be read, whatever they are: then the copy needs no loop.
    static constexpr std::size_t roomy = capacity + 2;
    CompactOctets(const std::uint8_t* octets, std::size_t size)
    {
        if (size > capacity) {
            std::memcpy(make_room(size), octets, size);
            return;
        }
        static_assert(sizeof(Block) == roomy);
        std::memcpy(&block_, octets, roomy);
        block_.size = static_cast<std::uint16_t>(size);
    }
    CompactOctets(const CompactOctets& other)
    {
        if (other.is_inside())
            block_ = other.block_;
        else
            std::memcpy(make_room(other.size()), other.data(), other.size());
    }
    CompactOctets(CompactOctets&& other) noexcept : block_(other.block_) { other.block_.size = 0; }
    CompactOctets& operator=(const CompactOctets& other)
    {
        if (this != &other) *this = CompactOctets(other);
        return *this;
    }
    CompactOctets& operator=(CompactOctets&& other) noexcept
    {
        if (this == &other) return *this;
        if (!is_inside()) delete[] heap();
        block_ = other.block_;
        other.block_.size = 0;
        return *this;
    }
    ~CompactOctets()
    {
        if (!is_inside()) delete[] heap();
    }

    const std::uint8_t* data() const { return is_inside() ? block_.storage : heap(); }
    std::size_t size() const { return block_.size; }
    wire::Octets octets() const { return {data(), size()}; }
    /// How many octets may be read from `data()` on, whatever they are.
    std::size_t readable() const { return is_inside() ? roomy : size(); }

  private:
    /// Copied as a whole: a few moves of equal width, each of which finds what the last one wrote.
    struct Block {
        alignas(8) std::uint8_t storage[capacity]; ///< the octets, or a pointer to them
        std::uint16_t size = 0;
    };

    bool is_inside() const { return block_.size <= capacity; }
    std::uint8_t* heap() const
    {
        std::uint8_t* at;
        std::memcpy(&at, block_.storage, sizeof at);
        return at;
    }
    std::uint8_t* make_room(std::size_t size)
    {
        assert(size <= largest);
        block_.size = static_cast<std::uint16_t>(size);
        if (is_inside()) return block_.storage;
        auto* const at = new std::uint8_t[size];
        std::memcpy(block_.storage, &at, sizeof at);
        return at;
    }

    Block block_;
};

} // namespace tegami::dns
