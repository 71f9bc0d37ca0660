#pragma once
/// An authoritative name server: answers for its zones on port 53, UDP and TCP. RFC 1034 §4.3, RFC 1035 §6.

#include "protocols/dns/zone.hpp"
#include "sim/nodes/dns_port.hpp"

namespace tegami::nodes {

class NameServer final : public Role, DnsPort::Service {
  public:
    struct Settings {
        dns::Zones zones;
        std::vector<wire::Address> at{}; ///< the host's addresses, where it has several of a family (`DnsPort`)
        wire::Port port{53};
    };
    NameServer(Host& host, Settings settings)
        : host_(host), settings_(std::move(settings)), port_(host, *this, settings_.port, settings_.at)
    {
    }

    void start() override { port_.start(); }
    void forget() override { port_.forget(); }

  private:
    Task<std::vector<wire::OctetBuffer>> answer(wire::OctetBuffer query, wire::Endpoint client,
                                                dns::Transport transport, Spans spans) override;

    Host& host_;
    Settings settings_;
    DnsPort port_;
};

} // namespace tegami::nodes
