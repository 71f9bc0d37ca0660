#pragma once
/// Sends back whatever comes, by TCP and by UDP on port 7: for trying a network. RFC 862.

#include "sim/nodes/host.hpp"

namespace tegami::nodes {

inline constexpr wire::Port echo_port{7}; ///< RFC 862

class Echo final : public Role {
  public:
    explicit Echo(Host& host) : host_(host) {}

    void start() override;
    void forget() override {}

  private:
    Task<void> talk(std::unique_ptr<wire::Stream> stream);
    Task<void> answer(std::unique_ptr<wire::Datagram> socket);

    Host& host_;
};

} // namespace tegami::nodes
