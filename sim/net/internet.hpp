#pragma once
/// The Internet layer of every host: IPv4 and IPv6 in and out, forwarding by routers, ICMP and ICMPv6. RFC 791, RFC 792,
/// RFC 1122 §3, RFC 1812 §5; RFC 8200, RFC 4443, RFC 4291.
///
/// ICMP errors are limited to ten a second for each peer (RFC 1812 §4.3.2.8, RFC 4443 §2.4 f).

#include "protocols/inet/fragments.hpp"
#include "protocols/inet/icmp.hpp"
#include "protocols/inet/icmpv6.hpp"
#include "protocols/inet/path_mtu.hpp"
#include "sim/net/filter.hpp"
#include "sim/net/links.hpp"
#include "sim/net/neighbours.hpp"
#include "sim/net/prefix_table.hpp"

#include <map>

namespace tegami::net {

class Tcp;
class Udp;

inline constexpr int icmp_errors_a_second = 10; ///< to one peer
inline constexpr std::size_t icmp_peers_remembered =
    4096; ///< by all hosts, before those of earlier seconds are forgotten

/// A packet's way out of a host.
struct Path {
    NicId nic{};
    wire::Address neighbour; ///< whose MAC address is needed
    wire::Address source;    ///< our address on that interface
    bool found = false;
    bool v4 = true;

    bool is_v4() const { return v4; }
};

/// What a packet of either family begins with.
struct IpHeader {
    wire::Address source;
    wire::Address destination;
    inet::Protocol protocol{};
    std::uint8_t hop_limit = inet::default_time_to_live;
};

/// A packet that has arrived, of either family: what the layers above ask of it.
struct Packet {
    wire::Address source;
    wire::Address destination;
    inet::Protocol protocol{};
    Octets payload; ///< of that protocol
    Octets whole;   ///< from the IP header on, the link's padding cut off
    bool to_a_group = false;
    const inet::Ipv4Packet* v4 = nullptr; ///< one of these
    const inet::Ipv6Packet* v6 = nullptr;
};

/// Why a packet goes no further, as its sender is told.
enum class PacketError : std::uint8_t {
    no_route,
    no_neighbour,
    no_protocol,
    no_port,
    hop_limit,
    incomplete,   ///< fragments were missing
    too_big,      ///< for the next link: with its MTU
    prohibited,   ///< by a filter
    beyond_scope, ///< IPv6: a link-local source
    header,       ///< IPv6: an extension header's fault, with its code and place
};

/// What an ICMP error says about a packet of ours.
struct ErrorReport {
    PacketError what{};
    wire::Address from; ///< who says so
    wire::Address source;
    wire::Address destination;
    inet::Protocol protocol{};
    Octets payload;                ///< as far as it was quoted: at least 8 octets
    std::uint32_t mtu = 0;         ///< too_big: 0 where the router does not say
    std::size_t packet_octets = 0; ///< how large that packet was
};

class Internet {
  public:
    Internet(Context& context, Links& links, Neighbours& neighbours, const Topology& topology);

    void set_upper(Tcp& tcp, Udp& udp) { tcp_ = &tcp, udp_ = &udp; }

    /// `over`: where a link-local destination is; without it, the host's first interface.
    Path path(NodeId from, const wire::Address& destination, NicId over = itself) const;
    Path path(NodeId from, std::uint32_t v4) const { return path(from, wire::Address::v4(v4)); }

    /// A frame with room for `payload` octets behind its headers. The IP header is written, the payload is the caller's
    /// work.
    Frame& packet(const inet::Ipv4Header& header, std::size_t payload);
    Frame& packet(const inet::Ipv6Header& header, std::size_t payload);
    Frame& packet(const IpHeader& header, std::size_t payload);
    static std::uint8_t* payload_of(Frame& frame)
    {
        std::uint8_t* const ip = frame.data() + link::ethernet_header_size;
        return ip + (*ip >> 4 == 4 ? inet::ipv4_header_size : inet::ipv6_header_size);
    }
    void send(const Path& path, Frame& frame)
    {
        if (frame.length > link::ethernet_header_size + links_[path.nic].mtu) [[unlikely]]
            return too_big_for_own_link(path, frame);
        if (path.is_v4())
            links_.send(path.nic, path.neighbour.to_v4(), frame);
        else
            links_.send(path.nic, path.neighbour, frame);
    }

    /// Sends a packet of any size, cut where the path is too small for it. `header.source` is the path's or another one of
    /// the host's.
    void send_whole(const Path& path, NodeId from, const IpHeader& header, Octets payload, Spans serves, FactRef cause);
    /// How large packets to there may be, as far as this host knows.
    inet::PathMtu path_mtu(const Path& path, NodeId from, const wire::Address& destination) const;

    bool is_router(NodeId host) const { return hosts_[engine::index_of(host)].router; }
    /// The first address of a host, 0.0.0.0 where it has none.
    wire::Address address_of(NodeId host) const;
    /// Its first address of a family that may be used and is not link-local.
    std::optional<wire::Address> address_of(NodeId host, bool v4) const;
    Neighbours& neighbours() { return neighbours_; }

    // ---- what routers filter -----------------------------------------------------------------------------------------

    /// A filter of a router. Names are the world's own; rows count from 1.
    void add_filter(NodeId router, FilterSpec spec);
    /// Null where none is called so.
    const Filter* filter(std::string_view name) const;
    /// Switches a row on or off, and tells the run. False where there is no such filter or row.
    bool switch_filter_row(std::string_view name, std::uint32_t row, bool on);

    /// Sends an echo request with `octets` of data (0: some words); the answer, if one comes, is recorded.
    void ping(NodeId from, const wire::Address& destination, std::uint16_t sequence, Spans serves,
              std::size_t octets = 0);
    void ping(NodeId from, std::uint32_t v4, std::uint16_t sequence, Spans serves)
    {
        ping(from, wire::Address::v4(v4), sequence, serves);
    }

    // ---- from the link layer; each takes the frame -------------------------------------------------------------------

    void on_packet(NicId nic, Frame& frame, bool to_a_group);
    void on_packet6(NicId nic, Frame& frame, bool to_a_group);
    /// No neighbour answered for this packet.
    void on_no_neighbour(NicId nic, Frame& frame);
    /// An address may be used, or may no longer be.
    void on_address(NicId nic, const InterfaceAddress& address, bool usable);

    // ---- from the layers above ---------------------------------------------------------------------------------------

    /// The host lost power: what it was putting together, and what it knew of paths, is gone.
    void forget_all(NodeId host);
    /// Nobody takes this datagram: tells its sender (RFC 1122 §4.1.3.1), and takes the frame.
    void port_unreachable(NicId nic, Frame& frame, const Packet& packet);

    /// What a host is putting together; null where no fragment came yet.
    const inet::Reassembly* reassembly(NodeId host) const
    {
        const auto known = fragments_.find(host);
        return known == fragments_.end() ? nullptr : &known->second.reassembly;
    }

    static constexpr NicId itself{0xFFFF'FFFF}; ///< a route to the host's own address

  private:
    struct Host {
        Ways ways;
        NicId first_nic{};
        NicId loopback = itself; ///< none
        bool router = false;
        bool has_nic = false;
        bool guarded = false; ///< it has filters
    };
    static_assert(sizeof(Host) <= 64, "a cache line: every packet that passes a router looks here");
    /// What few hosts ever need.
    struct Fragments {
        inet::Reassembly reassembly;
        inet::PathMtus path_mtus;
        engine::Random identifications;
        std::int64_t due = 0; ///< of reassembly; 0: none
    };
    /// ICMP errors sent by a host to a peer within a second.
    struct Errors {
        std::int64_t second = 0;
        int count = 0;
    };

    const Host& host_at(NicId nic) const { return hosts_[engine::index_of(links_[nic].node)]; }
    wire::Address source_over(NicId nic, const wire::Address& destination) const;
    void forward(NicId nic, Frame& frame, const inet::Ipv4Packet& packet, const Route& route, bool to_a_group);
    void forward6(NicId nic, Frame& frame, const inet::Ipv6Packet& packet, bool to_a_group);
    void deliver(NicId nic, Frame& frame, const inet::Ipv4Packet& packet, bool to_a_group);
    void deliver6(NicId nic, Frame& frame, const inet::Ipv6Packet& packet, bool to_a_group);
    void hand_up(NicId nic, Frame& frame, const Packet& packet);
    bool is_filtered(NicId nic, NicId out, Frame& frame, const Packet& packet);
    void reset_refused(NicId nic, const Frame& frame, const Packet& packet);

    // internet_fragments.cpp
    Fragments& fragments_of(NodeId host);
    void too_big_for_own_link(const Path& path, Frame& frame);
    void cut_for(NicId in, NicId out, const wire::Address& neighbour, Frame& frame, const inet::Ipv4Packet& packet);
    void on_fragment(NicId nic, Frame& frame, const inet::Ipv4Packet& packet);
    void on_fragment6(NicId nic, Frame& frame, const inet::Ipv6Packet& packet, const inet::Ipv6Walk& walk);
    void on_step(NicId nic, Frame& frame, std::uint32_t identification, const wire::Address& source,
                 inet::ReassemblyStep step);
    void abandon(NodeId host, const std::vector<inet::AbandonedPacket>& gone);
    void on_reassembly_due(NodeId host);
    void on_too_big(NodeId host, const ErrorReport& report, FactRef cause);
    Spans spread_runs(Frame& frame, const Packet& packet, const std::vector<inet::FragmentPiece>& pieces);
    void on_icmp(NicId nic, Frame& frame, const Packet& packet);
    void on_icmpv6(NicId nic, Frame& frame, const Packet& packet);
    void answer_echo(NicId nic, const Packet& packet, std::uint16_t identifier, std::uint16_t sequence, Octets data,
                     Spans serves, FactRef cause);
    void report(NodeId host, const ErrorReport& report, FactRef cause);
    FactRef note(NodeId node, run::Direction direction, std::uint8_t type, std::uint8_t code, const wire::Address& peer,
                 Spans serves, FactRef cause);

    /// Tells a packet's sender, where the rules allow it. `detail`: an MTU, or the place of what is wrong.
    void send_error(NicId nic, const Frame& about, const Packet& packet, PacketError what, std::uint32_t detail = 0,
                    inet::ParameterProblemCode code = {})
    {
        send_error(nic, about.spans, about.cause, packet, what, detail, code);
    }
    void send_error(NicId nic, Spans serves, FactRef cause, const Packet& packet, PacketError what,
                    std::uint32_t detail = 0, inet::ParameterProblemCode code = {});
    bool may_send_error(NicId nic, const wire::Address& peer);

    Context& context_;
    Links& links_;
    Neighbours& neighbours_;
    Tcp* tcp_ = nullptr;
    Udp* udp_ = nullptr;
    std::vector<Host, engine::BigMemory<Host>> hosts_;          // by node
    std::map<std::pair<NodeId, wire::Address>, Errors> errors_; // by node and peer; emptied when it grows
    std::map<NodeId, Fragments> fragments_;
    std::map<NodeId, std::deque<Filter>> filters_; // by router
};

} // namespace tegami::net
