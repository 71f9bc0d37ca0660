#pragma once
/// Opens connections from one host, for dialogues that know only wire::Connector.

#include "sim/net/tcp.hpp"

namespace tegami::net {

class HostConnector final : public wire::Connector {
  public:
    /// `protocol`: what will be spoken, for the run.
    HostConnector(Tcp& tcp, NodeId host, run::Protocol protocol) : tcp_(tcp), host_(host), protocol_(protocol) {}

    wire::Task<std::expected<std::unique_ptr<wire::Stream>, wire::ConnectError>> connect(wire::Endpoint to,
                                                                                         Spans spans) override
    {
        return tcp_.connect(host_, to, protocol_, spans);
    }

  private:
    Tcp& tcp_;
    NodeId host_;
    run::Protocol protocol_;
};

} // namespace tegami::net
