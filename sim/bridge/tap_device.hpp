#pragma once
/// A TAP device of the Linux kernel: to the kernel a network card, here a file from which its frames are read and to
/// which ours are written. The kernel forgets it, its addresses and its routes when the file is closed. Nothing else of
/// the machine is touched.

#include "protocols/wire/octets.hpp"
#include "sim/scenario/plug.hpp"

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tegami::bridge {

/// Why there is no TAP device: a stable key of the catalogue, and what the system said.
struct TapError {
    std::string_view key; ///< "bridge.tap.root", "bridge.tap.none", "bridge.tap.taken", "bridge.tap.failed", …
    std::string detail;
};

class TapDevice {
  public:
    /// Makes the interface by which the kernel is that host of a world, gives it its addresses and routes, and turns it on.
    static std::expected<TapDevice, TapError> open(const scenario::PlugHost& host);

    TapDevice(TapDevice&& other) noexcept;
    TapDevice& operator=(TapDevice&&) = delete;
    ~TapDevice();

    const std::string& name() const { return name_; }
    /// For waiting on; it does not block.
    int file() const { return file_; }
    /// The next frame that the kernel has sent, without a frame check sequence, into `room`; nothing where none waits.
    std::optional<wire::Octets> read(std::span<std::uint8_t> room);
    /// The kernel receives a frame. False where it had no room for it.
    bool write(wire::Octets frame);

  private:
    TapDevice(int file, std::string name) : file_(file), name_(std::move(name)) {}

    int file_ = -1;
    std::string name_;
};

/// What a person would type to set this up by hand: lines for `ip` (iproute2).
std::vector<std::string> as_commands(const scenario::PlugHost& host);

} // namespace tegami::bridge
