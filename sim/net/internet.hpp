#pragma once
/// The Internet layer of every host: IPv4 in and out, forwarding by routers, ICMP. RFC 791, RFC 792, RFC 1122 §3,
/// RFC 1812 §5.
///
/// Simplified: fragments are not put together yet and packets over a link's MTU are not cut; ICMP errors are limited to
/// ten a second for each peer (RFC 1812 §4.3.2.8).

#include "protocols/inet/icmp.hpp"
#include "protocols/inet/ipv4.hpp"
#include "sim/net/links.hpp"
#include "sim/net/prefix_table.hpp"

#include <unordered_map>

namespace tegami::net {

class Tcp;
class Udp;

inline constexpr int icmp_errors_a_second = 10; ///< to one peer
inline constexpr std::size_t icmp_peers_remembered =
    4096; ///< by all hosts, before those of earlier seconds are forgotten

/// A packet's way out of a host.
struct Path {
    NicId nic{};
    std::uint32_t neighbour = 0; ///< whose MAC address is needed
    std::uint32_t source = 0;    ///< our address on that interface
    bool found = false;
};

class Internet {
  public:
    Internet(Context& context, Links& links, const Topology& topology);

    void set_upper(Tcp& tcp, Udp& udp) { tcp_ = &tcp, udp_ = &udp; }

    Path path(NodeId from, std::uint32_t destination) const
    {
        const Route* const route = hosts_[engine::index_of(from)].routes.find(destination);
        if (!route || route->nic == itself) return {};
        return {route->nic, route->next_hop != 0 ? route->next_hop : destination, links_[route->nic].address, true};
    }
    /// A frame with room for `payload` octets behind its headers. The IPv4 header is written, the payload is the
    /// caller's work.
    Frame& packet(const inet::Ipv4Header& header, std::size_t payload);
    static std::uint8_t* payload_of(Frame& frame) { return frame.data() + headers; }
    void send(const Path& path, Frame& frame) { links_.send(path.nic, path.neighbour, frame); }

    bool is_router(NodeId host) const { return hosts_[engine::index_of(host)].router; }
    /// The first address of a host, 0.0.0.0 where it has none.
    wire::Address address_of(NodeId host) const;

    /// Sends an echo request; the answer, if one comes, is recorded.
    void ping(NodeId from, std::uint32_t destination, std::uint16_t sequence, Spans serves);

    // ---- from the link layer; each takes the frame -------------------------------------------------------------------

    void on_packet(NicId nic, Frame& frame, bool to_a_group);
    /// No neighbour answered for this packet.
    void on_no_neighbour(NicId nic, Frame& frame);

    // ---- from the layers above ---------------------------------------------------------------------------------------

    /// Nobody takes this datagram: tells its sender (RFC 1122 §4.1.3.1), and takes the frame.
    void port_unreachable(NicId nic, Frame& frame, const inet::Ipv4Packet& packet);

    static constexpr NicId itself{0xFFFF'FFFF}; ///< a route to the host's own address
    static constexpr std::size_t headers = link::ethernet_header_size + inet::ipv4_header_size;

  private:
    struct Host {
        PrefixTable routes;
        NicId first_nic{};
        bool router = false;
        bool has_nic = false;
    };
    /// ICMP errors sent by a host to a peer within a second.
    struct Errors {
        std::int64_t second = 0;
        int count = 0;
    };

    void forward(NicId nic, Frame& frame, const inet::Ipv4Packet& packet, const Route& route, bool to_a_group);
    void deliver(NicId nic, Frame& frame, const inet::Ipv4Packet& packet, bool to_a_group);
    void on_icmp(NicId nic, Frame& frame, const inet::Ipv4Packet& packet);
    void on_icmp_error(NodeId host, const inet::IcmpMessage& message, FactRef cause);
    template <class Encode>
    void send_error(NicId nic, const Frame& about, const inet::Ipv4Packet& packet, bool to_a_group, inet::IcmpType type,
                    std::uint8_t code, Encode encode);

    Context& context_;
    Links& links_;
    Tcp* tcp_ = nullptr;
    Udp* udp_ = nullptr;
    std::vector<Host, engine::BigMemory<Host>> hosts_; // by node
    std::unordered_map<std::uint64_t, Errors> errors_; // by node and peer; emptied when it grows
};

} // namespace tegami::net
