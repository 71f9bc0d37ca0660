#pragma once
/// Octets that mostly are few: up to `capacity` of them lie inside the object, more on the heap. Names and RDATA are made
/// of these, so that reading a message allocates its lists and hardly anything else.

#include "protocols/wire/octets.hpp"

#include <cassert>
#include <cstring>
#include <utility>

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
    CompactOctets(const CompactOctets& other)
    {
        if (other.is_inside())
            take_all(other);
        else
            std::memcpy(make_room(other.size_), other.data(), other.size_);
    }
    CompactOctets(CompactOctets&& other) noexcept
    {
        take_all(other);
        other.size_ = 0;
    }
    CompactOctets& operator=(const CompactOctets& other)
    {
        if (this != &other) *this = CompactOctets(other);
        return *this;
    }
    CompactOctets& operator=(CompactOctets&& other) noexcept
    {
        if (this == &other) return *this;
        if (!is_inside()) delete[] heap();
        take_all(other);
        other.size_ = 0;
        return *this;
    }
    ~CompactOctets()
    {
        if (!is_inside()) delete[] heap();
    }

    const std::uint8_t* data() const { return is_inside() ? storage_ : heap(); }
    std::size_t size() const { return size_; }
    wire::Octets octets() const { return {data(), size()}; }

  private:
    bool is_inside() const { return size_ <= capacity; }
    std::uint8_t* heap() const
    {
        std::uint8_t* at;
        std::memcpy(&at, storage_, sizeof at);
        return at;
    }
    std::uint8_t* make_room(std::size_t size)
    {
        assert(size <= largest);
        size_ = static_cast<std::uint16_t>(size);
        if (is_inside()) return storage_;
        auto* const at = new std::uint8_t[size];
        std::memcpy(storage_, &at, sizeof at);
        return at;
    }
    void take_all(const CompactOctets& other)
    {
        std::memcpy(storage_, other.storage_, sizeof storage_); // of a size known when compiling: a few moves
        size_ = other.size_;
    }

    alignas(8) std::uint8_t storage_[capacity]; ///< the octets, or a pointer to them
    std::uint16_t size_ = 0;
};

} // namespace tegami::dns
