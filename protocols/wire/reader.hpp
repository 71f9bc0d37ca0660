#pragma once
/// Reads octets front to back. It fails once and reads zeros from then on, so a decoder runs straight down and looks
/// for the failure at its end, with `finish()`.

#include "protocols/wire/octets.hpp"
#include "protocols/wire/result.hpp"

#include <optional>

namespace tegami::wire {

class Reader {
  public:
    explicit Reader(Octets octets) : octets_(octets) {}

    std::size_t offset() const { return offset_; }
    std::size_t left() const { return octets_.size() - offset_; }
    /// All that it was given, from the first octet on.
    Octets whole() const { return octets_; }
    bool failed() const { return failure_.has_value(); }

    std::uint8_t u8()
    {
        if (!need(1)) return 0;
        return octets_[offset_++];
    }
    std::uint16_t u16() { return static_cast<std::uint16_t>(big_endian<2>()); }
    std::uint32_t u32() { return static_cast<std::uint32_t>(big_endian<4>()); }
    std::uint64_t u64() { return big_endian<8>(); }

    /// The next `count` octets, as a view of the input; empty where they are not all there.
    Octets octets(std::size_t count)
    {
        if (!need(count)) return {};
        const auto result = octets_.subspan(offset_, count);
        offset_ += count;
        return result;
    }
    std::string_view text(std::size_t count) { return as_text(octets(count)); }
    Octets rest() { return octets(left()); }

    void skip(std::size_t count) { octets(count); }
    void seek(std::size_t offset)
    {
        if (offset > octets_.size())
            fail("an offset lies behind the end");
        else if (!failure_)
            offset_ = offset;
    }

    /// Records the first failure only; everything read from here on is zero or empty.
    void fail(std::string_view rule)
    {
        if (failure_) return;
        failure_ = Malformed{offset_, rule};
        offset_ = octets_.size();
    }

    /// `value` where nothing failed and nothing is left over.
    template <class T>
    Decoded<T> finish(T value)
    {
        if (!failure_ && left() != 0) fail("octets are left over behind the end");
        return finish_prefix(std::move(value));
    }
    /// The same, for a value that may be followed by others.
    template <class T>
    Decoded<T> finish_prefix(T value) const
    {
        if (failure_) return std::unexpected(*failure_);
        return value;
    }

  private:
    bool need(std::size_t count)
    {
        if (count <= left()) return true;
        fail("the octets end too early");
        return false;
    }
    template <std::size_t count>
    std::uint64_t big_endian()
    {
        if (!need(count)) return 0;
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < count; ++i) value = value << 8 | octets_[offset_ + i];
        offset_ += count;
        return value;
    }

    Octets octets_;
    std::size_t offset_ = 0;
    std::optional<Malformed> failure_;
};

} // namespace tegami::wire
