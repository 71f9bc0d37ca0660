#pragma once
/// UDP in every host: bound ports and what waits in them. RFC 768, RFC 1122 §4.1.

#include "protocols/inet/udp.hpp"
#include "protocols/wire/connector.hpp"
#include "sim/net/internet.hpp"

#include <deque>
#include <map>

namespace tegami::net {

inline constexpr std::size_t datagrams_waiting = 64; ///< in a port; later ones are lost
inline constexpr std::size_t datagrams_held = 3;     ///< of a port, while its host checks its addresses: the latest

class Udp {
  public:
    Udp(Context& context, Links& links, Internet& internet) : context_(context), links_(links), internet_(internet) {}

    /// Binds a port at all of the host's addresses. Nothing where it is taken.
    ///
    /// Port 0 is any free one, drawn at random (RFC 6056 §3.3.1, RFC 5452 §9.2): then it is a client's, whose `receive`
    /// gives Hangup::reset when whom it last sent to has no such port (RFC 1122 §4.1.3.3).
    std::unique_ptr<wire::Datagram> bind(NodeId node, wire::Port port) { return bind(node, {{}, port}); }
    /// At one address only; there it comes before what is bound everywhere.
    std::unique_ptr<wire::Datagram> bind(NodeId node, wire::Endpoint at);
    /// A client's, at a port that it has drawn itself. Nothing where it is taken.
    std::unique_ptr<wire::Datagram> bind_client(NodeId node, wire::Port port);

    /// Takes the frame.
    void on_packet(NicId nic, Frame& frame, const Packet& packet);
    void on_error(NodeId host, const ErrorReport& report, FactRef cause);
    /// The host has one more address: what waited for it goes out.
    void on_address(NodeId host);
    /// Whether a packet that an error quotes is from a port that is bound.
    bool has_sent(NodeId host, const ErrorReport& report)
    {
        return find(host, {report.source, wire::Port{wire::load_u16(report.payload.data())}}) != nullptr;
    }

  private:
    class Binding;
    using Key = std::pair<NodeId, wire::Endpoint>;

    bool taken(NodeId node, const wire::Endpoint& at) const;
    Binding* find(NodeId node, const wire::Endpoint& at);
    bool send(NodeId node, const wire::Endpoint& from, const wire::Endpoint& to, Octets octets, Spans spans);

    Context& context_;
    Links& links_;
    Internet& internet_;
    std::map<Key, Binding*> bound_;
    std::map<NodeId, engine::Random> port_draws_;
};

} // namespace tegami::net
