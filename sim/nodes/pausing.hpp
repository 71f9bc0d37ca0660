#pragma once
/// Lets a host's time pass for a dialogue that makes its peer wait.

#include "protocols/wire/pause.hpp"
#include "sim/nodes/host.hpp"

namespace tegami::nodes {

class HostPause final : public wire::Pause {
  public:
    explicit HostPause(Host& host) : host_(host) {}

    Task<void> pause(Duration length) override { co_await host_.engine().pause(host_.node(), length); }

  private:
    Host& host_;
};

} // namespace tegami::nodes
