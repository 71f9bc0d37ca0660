#pragma once
/// A recursive resolver: finds answers for the hosts of its own networks, and for nobody else. RFC 1034 §5, RFC 5358.

#include "protocols/dns/resolver.hpp"
#include "protocols/inet/prefix.hpp"
#include "sim/nodes/dns_port.hpp"

#include <map>

namespace tegami::nodes {

class Signal;

class RecursiveResolver final : public Role, DnsPort::Service, engine::Sleeper {
  public:
    struct Settings {
        dns::Resolver::Settings resolver;  ///< hints, families, own addresses
        std::vector<inet::Prefix> clients; ///< others are REFUSED
        std::vector<wire::Address> at{};   ///< the host's addresses, where it has several of a family (`DnsPort`)
        wire::Port port{53};
        wire::Port servers_port{53}; ///< where name servers listen
    };
    RecursiveResolver(Host& host, Settings settings);
    ~RecursiveResolver() override;

    void start() override;
    void forget() override;

  private:
    struct Waiting;

    Task<std::vector<wire::OctetBuffer>> answer(wire::OctetBuffer query, wire::Endpoint client,
                                                dns::Transport transport, Spans spans) override;
    /// Carries out what the resolver wants, and tells who waits.
    void act();
    Task<void> put(dns::Resolver::Ask ask);
    void on_time() override;

    Host& host_;
    Settings settings_;
    DnsPort port_;
    dns::Notes notes_;
    std::unique_ptr<dns::Resolver> resolver_; ///< its memory is lost with the processes
    std::map<dns::ClientId, std::shared_ptr<Waiting>> waiting_;
    std::uint64_t questions_ = 0;
    std::optional<engine::SlotRef> slot_;
};

} // namespace tegami::nodes
