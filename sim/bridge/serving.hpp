#pragma once
/// Runs a world at the pace of the wall clock while the kernel is a host of it: what the kernel sends enters the world as
/// a recorded input at the world's time, what the world sends to that host goes to the kernel. When the machine cannot
/// keep up the world's clock falls behind, and nothing is lost.

#include "sim/bridge/tap_device.hpp"
#include "sim/scenario/world.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace tegami::bridge {

/// How a time of serving ended.
struct ServingEnd {
    enum class Why : std::uint8_t { time_over, stopped, cannot_record };
    Why why{};
    std::uint64_t frames_in = 0;  ///< from the kernel
    std::uint64_t frames_out = 0; ///< to the kernel
    std::uint64_t refused = 0;    ///< of those, for which the kernel had no room
};

class Serving {
  public:
    /// `devices`: one for each plug of the world, in that order.
    Serving(scenario::World& world, std::vector<TapDevice> devices);
    ~Serving();

    /// Until the world has gone on for `length` (none: for ever), or the program is told to stop (SIGINT, SIGTERM,
    /// SIGHUP).
    ServingEnd run(std::optional<engine::Duration> length);

  private:
    class Loop;
    std::unique_ptr<Loop> loop_;
};

} // namespace tegami::bridge
