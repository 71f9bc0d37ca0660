#pragma once
/// Where a link of the world ends at a machine outside it: a kernel behind a TAP device, or whatever a bridge brings. In
/// the topology it is a host of kind `outside` with the addresses that it has there, so that the world's routes lead to
/// it; what it answers is its own business.

#include "sim/net/links.hpp"

#include <functional>
#include <map>

namespace tegami::net {

/// What an input says that is a frame: this and the name of the machine that sent it.
inline constexpr std::string_view frame_input = "frame ";

class Outside {
  public:
    /// Octets of a frame that arrived for the machine outside, and when. They are gone when the call returns.
    using Sink = std::function<void(Octets octets, Time at)>;

    Outside(Context& context, Links& links);

    /// From now on frames that arrive at `nic` go there; without a sink they vanish.
    void attach(NicId nic, Sink sink) { sinks_[nic] = std::move(sink); }
    /// A frame from the machine outside goes into the link at `nic`, at `at` (not before now): a due by NodeId::outside,
    /// so that the same inputs at the same times give the same run. False where it is no frame that a link can carry.
    bool inject(NicId nic, Octets octets, Time at);

    /// From the link layer. Takes the frame.
    void on_frame(NicId nic, Frame& frame);

  private:
    void record_input(NodeId node, Frame& frame);

    Context& context_;
    Links& links_;
    std::map<NicId, Sink> sinks_;
};

} // namespace tegami::net
