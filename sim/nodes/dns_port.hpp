#pragma once
/// Port 53 of a host: questions that come in by UDP and TCP, and the way of their answers. RFC 1035 §4.2, RFC 7766.

#include "protocols/dns/authority.hpp"
#include "sim/nodes/host.hpp"

namespace tegami::nodes {

inline constexpr Duration dns_tcp_idle = wire::seconds(10); // RFC 7766 §6.2.3: of the order of seconds
inline constexpr std::size_t dns_tcp_clients = 50;          // connections at once; a further one is broken off

class DnsPort {
  public:
    /// What a server makes of questions.
    class Service {
      public:
        /// The messages that answer `query`; none for no answer.
        virtual Task<std::vector<wire::OctetBuffer>> answer(wire::OctetBuffer query, wire::Endpoint client,
                                                            dns::Transport transport, Spans spans) = 0;

      protected:
        ~Service() = default;
    };
    /// `at`: the host's addresses, so that an answer comes from where the question went (RFC 2181 §4.1); where it has
    /// but one of each family, none need be named.
    DnsPort(Host& host, Service& service, wire::Port port, std::vector<wire::Address> at)
        : host_(host), service_(service), port_(port), at_(std::move(at))
    {
        if (at_.empty()) at_.emplace_back(); // everywhere
    }

    void start();
    void forget() { clients_ = 0; }

  private:
    Task<void> hear(std::shared_ptr<wire::Datagram> port);
    Task<void> reply(std::shared_ptr<wire::Datagram> port, wire::Received query);
    Task<void> talk(std::unique_ptr<wire::Stream> stream, wire::Endpoint client);

    Host& host_;
    Service& service_;
    wire::Port port_;
    std::vector<wire::Address> at_;
    std::size_t clients_ = 0; ///< over TCP
};

} // namespace tegami::nodes
