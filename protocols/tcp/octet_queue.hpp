#pragma once
/// Octets in a row, always in one piece in memory: appended at the end, dropped at the front. Dropping moves nothing;
/// what is left is moved to the front when at least as much was dropped, so an octet is copied at most twice.

#include "protocols/wire/octets.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <memory>

namespace tegami::tcp {

using wire::Octets;

class OctetQueue {
  public:
    std::size_t size() const { return tail_ - head_; }
    bool empty() const { return tail_ == head_; }
    std::size_t capacity() const { return capacity_; }
    Octets octets() const { return {storage_.get() + head_, size()}; }
    Octets octets(std::size_t from, std::size_t count) const
    {
        assert(from + count <= size());
        return {storage_.get() + head_ + from, count};
    }

    void append(Octets octets)
    {
        if (octets.empty()) return;
        make_room(octets.size());
        std::memcpy(storage_.get() + tail_, octets.data(), octets.size());
        tail_ += octets.size();
        written_ = std::max(written_, tail_);
    }
    /// Writes octets that belong `distance` behind the end, without taking them in yet.
    void write_behind(std::size_t distance, Octets octets)
    {
        if (octets.empty()) return;
        make_room(distance + octets.size());
        std::memcpy(storage_.get() + tail_ + distance, octets.data(), octets.size());
        written_ = std::max(written_, tail_ + distance + octets.size());
    }
    /// Takes in `count` octets that were written behind the end.
    void extend(std::size_t count)
    {
        assert(tail_ + count <= written_);
        tail_ += count;
    }
    void drop_front(std::size_t count)
    {
        assert(count <= size());
        head_ += count;
        if (head_ == written_) head_ = tail_ = written_ = 0;
    }
    void clear() { head_ = tail_ = written_ = 0; }
    /// Empties the queue and gives its memory back where it is more than `kept` octets.
    void clear_above(std::size_t kept)
    {
        clear();
        if (capacity_ <= kept) return;
        storage_.reset();
        capacity_ = 0;
    }

  private:
    static constexpr std::size_t first_capacity = 4096;

    void make_room(std::size_t count)
    {
        if (count > capacity_ - tail_) [[unlikely]]
            move_or_grow(count);
    }
    void move_or_grow(std::size_t count)
    {
        const std::size_t live = written_ - head_;
        const std::size_t needed = size() + count;
        if (head_ >= live && needed <= capacity_) {
            if (live != 0) std::memcpy(storage_.get(), storage_.get() + head_, live);
        } else {
            std::size_t grown = std::max(capacity_ * 2, first_capacity);
            while (grown < needed) grown *= 2;
            auto storage = std::make_unique_for_overwrite<std::uint8_t[]>(grown);
            if (live != 0) std::memcpy(storage.get(), storage_.get() + head_, live);
            storage_ = std::move(storage);
            capacity_ = grown;
        }
        tail_ -= head_;
        written_ -= head_;
        head_ = 0;
    }

    std::unique_ptr<std::uint8_t[]> storage_;
    std::size_t capacity_ = 0;
    std::size_t head_ = 0, tail_ = 0;
    std::size_t written_ = 0; // behind tail_ where octets were written behind the end
};

} // namespace tegami::tcp
