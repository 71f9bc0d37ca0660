#pragma once
/// Chooses frames in libpcap's filter language: "tcp port 25 and host 192.0.2.65".

#include "protocols/wire/octets.hpp"

#include <cstdint>
#include <expected>
#include <memory>
#include <string>

namespace tegami::exporting {

class FrameFilter {
  public:
    /// The error is libpcap's own sentence, which is English.
    static std::expected<FrameFilter, std::string> compile(const std::string& expression);

    /// `octets`: an Ethernet frame as captured, `original_length` its length on the wire.
    bool admits(wire::Octets octets, std::uint32_t original_length) const;

  private:
    struct Program;
    explicit FrameFilter(std::shared_ptr<const Program> program) : program_{std::move(program)} {}

    std::shared_ptr<const Program> program_;
};

} // namespace tegami::exporting
