#pragma once
/// Appends octets, most significant first, to a buffer that somebody else owns.

#include "protocols/wire/octets.hpp"

namespace tegami::wire {

class Writer {
  public:
    explicit Writer(OctetBuffer& out) : out_(out) {}

    std::size_t offset() const { return out_.size(); }

    void u8(std::uint8_t value) { out_.push_back(value); }
    void u16(std::uint16_t value) { big_endian(value, 2); }
    void u32(std::uint32_t value) { big_endian(value, 4); }
    void u64(std::uint64_t value) { big_endian(value, 8); }
    void octets(Octets octets) { out_.insert(out_.end(), octets.begin(), octets.end()); }
    void text(std::string_view text) { octets(as_octets(text)); }

    /// Overwrites two octets written earlier: a length or checksum known only now.
    void patch_u16(std::size_t offset, std::uint16_t value)
    {
        out_[offset] = static_cast<std::uint8_t>(value >> 8);
        out_[offset + 1] = static_cast<std::uint8_t>(value);
    }

  private:
    void big_endian(std::uint64_t value, int count)
    {
        for (int i = count - 1; i >= 0; --i) out_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    }

    OctetBuffer& out_;
};

} // namespace tegami::wire
