#pragma once
/// UDP in every host: bound ports and what waits in them. RFC 768, RFC 1122 §4.1.

#include "protocols/inet/udp.hpp"
#include "protocols/wire/connector.hpp"
#include "sim/net/internet.hpp"

#include <deque>
#include <unordered_map>

namespace tegami::net {

inline constexpr std::size_t datagrams_waiting = 64; ///< in a port; later ones are lost

class Udp {
  public:
    Udp(Context& context, Links& links, Internet& internet) : context_(context), links_(links), internet_(internet) {}

    /// Binds a port, or any free one where it is 0. Nothing where it is taken.
    std::unique_ptr<wire::Datagram> bind(NodeId node, wire::Port port);

    /// Takes the frame.
    void on_packet(NicId nic, Frame& frame, const inet::Ipv4Packet& packet);

  private:
    class Binding;
    static std::uint64_t key(NodeId node, wire::Port port)
    {
        return std::uint64_t{engine::index_of(node)} << 16 | static_cast<std::uint16_t>(port);
    }

    Context& context_;
    Links& links_;
    Internet& internet_;
    std::unordered_map<std::uint64_t, Binding*> bound_;
    std::unordered_map<NodeId, std::uint64_t> drawn_; // ports that a host has drawn
};

} // namespace tegami::net
