#pragma once
/// Octets that mostly are few: up to `capacity` of them lie inside the object, more on the heap. Names and RDATA are made
/// of these, so that reading a message allocates its lists and hardly anything else.

#include "protocols/wire/octets.hpp"

#include <cassert>
#include <cstring>

namespace tegami::dns {

/// Writes octets one row behind the other to where they stay, and counts what there was no room for: then they are written
/// again to where there is.
class Filler {
  public:
    Filler(std::uint8_t* to, std::size_t room) : to_(to), room_(room) {}

    std::size_t size() const { return size_; }
    /// `count` octets at a place where `readable` of them may be read. Most rows are short, and then these are moves instead
    /// of a call; the next row is written over what was too much.
    void add(const std::uint8_t* from, std::size_t readable, std::size_t count)
    {
        constexpr std::size_t few = 16;
        if (count <= few && readable >= few && size_ + few <= room_) [[likely]]
            std::memcpy(to_ + size_, from, few);
        else if (count <= 2 * few && readable >= 2 * few && size_ + 2 * few <= room_)
            std::memcpy(to_ + size_, from, 2 * few);
        else if (count != 0 && size_ + count <= room_)
            std::memcpy(to_ + size_, from, count);
        size_ += count;
    }

  private:
    std::uint8_t* to_;
    std::size_t room_;
    std::size_t size_ = 0;
};

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

    /// Becomes what `write(Filler&)` writes, the same each time that it is called: at most 65,535 octets; none where it
    /// returns false. They are written to where they stay: octets that are put together elsewhere and then copied are
    /// read as one too soon after they were stored apart.
    template <class Write>
    void fill(Write write)
    {
        if (!is_inside()) delete[] heap();
        block_.size = 0;
        std::uint8_t* at = block_.storage;
        for (std::size_t room = capacity;;) {
            Filler filler{at, room};
            if (!write(filler)) return;
            if (filler.size() <= room) {
                block_.size = static_cast<std::uint16_t>(filler.size());
                return;
            }
            at = make_room(room = filler.size());
        }
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
        std::uint8_t* at = block_.storage;
        if (size > capacity) {
            at = new std::uint8_t[size];
            std::memcpy(block_.storage, &at, sizeof at);
        }
        block_.size = static_cast<std::uint16_t>(size);
        return at;
    }

    Block block_;
};

} // namespace tegami::dns
