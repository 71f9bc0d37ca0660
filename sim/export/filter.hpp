#pragma once
/// Packet filters in libpcap's language (`tcp port 25`), as tcpdump and Wireshark's capture filters take them.

#include "protocols/wire/octets.hpp"

#include <cstdint>
#include <expected>
#include <memory>
#include <string>

namespace tegami::exporting {

class Filter {
  public:
    /// For frames of a link type, Ethernet unless said otherwise. The error is what libpcap says, in English. A host or
    /// network by name is an error: no filter makes this machine look a name up.
    static std::expected<Filter, std::string> compile(const std::string& text, std::uint16_t link_type = 1);
    Filter(Filter&&) noexcept;
    Filter& operator=(Filter&&) noexcept;
    ~Filter();

    /// `octets`: as captured; `original_length`: on the wire. An empty filter takes all.
    bool matches(wire::Octets octets, std::uint32_t original_length) const;

  private:
    struct Program;
    explicit Filter(std::unique_ptr<Program> program);
    std::unique_ptr<Program> program_;
};

} // namespace tegami::exporting
