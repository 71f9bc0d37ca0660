#pragma once
/// The link layer of every host: interfaces and the links between them, and Ethernet II frames. Who has which MAC address
/// is sim/net/neighbours'; what a switch does, sim/net/switches'.
///
/// A link has two ends. Whether, and when, a frame arrives is decided when it is handed to the link: it waits behind
/// what was handed over before, is sent at the link's rate, and travels for its delay.

#include "protocols/inet/ipv6.hpp"
#include "protocols/link/ethernet.hpp"
#include "sim/net/context.hpp"
#include "sim/net/topology.hpp"

namespace tegami::net {

class Internet;
class Neighbours;
class Outside;
class Switches;

inline constexpr std::uint16_t largest_mtu = link::ethernet_mtu;
inline constexpr std::uint16_t smallest_mtu = inet::ipv4_everyone_receives; ///< RFC 791 asks for less; nobody has less

enum class NicKind : std::uint8_t {
    end,      ///< of a host or router
    loopback, ///< what is sent comes back
    port,     ///< of a switch: it takes every frame
    outside,  ///< of a machine outside the world
};

/// One interface. What a frame on its way through a router touches lies in the first cache line.
struct alignas(64) Nic {
    NodeId node{};
    NicId peer{}; ///< the interface at the link's other end; a loopback's is itself
    link::MacAddress mac;
    link::MacAddress neighbour_mac; ///< of `neighbour`
    NicKind kind = NicKind::end;
    bool up = true;
    bool plain = true; ///< of a host or router that has power, and up: most are
    /// What the due of a frame's arrival must carry: of frames that this interface sends, and of those that it receives.
    /// Low octet: how often the link went down, for what was sent before does not arrive. High: how often the sender's
    /// host lost power, for what waited to be sent is gone.
    std::uint16_t send_tag = 0;
    std::uint16_t receive_tag = 0;
    std::uint16_t mtu = link::ethernet_mtu;
    // The IPv4 neighbour used last, so that most frames look no further; surely known before this second of `coarse`.
    std::uint32_t neighbour = 0;
    std::uint32_t neighbour_until = 0;
    std::uint32_t troubles = 0;  ///< index of its Troubles; 0: none
    std::int64_t busy_until = 0; ///< when everything handed over so far has left
    std::int64_t delay = 0;      ///< ns
    std::uint64_t picoseconds_an_octet = 0;

    std::int64_t queue = 0; ///< ns that a new frame may have to wait at most
    std::uint32_t queue_octets = 0;
    std::uint32_t address = 0; ///< its first IPv4 address, host order; 0: none that may be used
    // The IPv6 neighbour used last.
    wire::Address neighbour6;
    link::MacAddress neighbour6_mac;
    std::int64_t neighbour6_until = 0;

    /// Time in 32 bits, in units of about a second.
    static std::uint32_t coarse(std::int64_t ns) { return static_cast<std::uint32_t>(ns >> 30); }
};
static_assert(sizeof(Nic) == 128);

/// What a link does to some of its frames, in one direction.
struct Troubles {
    std::uint32_t loss = 0;      ///< of a million
    std::uint32_t reorder = 0;   ///< of a million
    std::uint32_t duplicate = 0; ///< of a million
    Duration reorder_by;
    Duration jitter;
    std::uint64_t lose_next = 0; ///< so many frames in a row,
    std::uint64_t skip = 0;      ///< once so many have passed
    engine::Random loss_draws, reorder_draws, duplicate_draws, jitter_draws;
};

class Links {
  public:
    Links(Context& context, const Topology& topology);

    void set_upper(Internet& internet, Neighbours& neighbours, Switches& switches, Outside& outside)
    {
        outside_ = &outside;
        internet_ = &internet;
        neighbours_ = &neighbours;
        switches_ = &switches;
    }

    const Nic& operator[](NicId nic) const { return nics_[index_of(nic)]; }
    std::size_t size() const { return nics_.size(); }
    /// The interface of a host by the place that it has in the topology.
    NicId nic_of(std::size_t host, std::size_t interface) const { return nic_of_[host][interface]; }
    /// A host's interfaces, in their order.
    std::span<const NicId> nics_of(NodeId host) const { return nics_of_[engine::index_of(host)]; }

    /// Sends an IPv4 packet (behind room for an Ethernet header, which is written here) to the neighbour with that
    /// address. Takes the frame.
    void send(NicId nic, std::uint32_t neighbour, Frame& frame)
    {
        Nic& n = nics_[index_of(nic)];
        if (n.neighbour == neighbour && Nic::coarse(context_.engine.now().ns) < n.neighbour_until) [[likely]] {
            link::encode({n.neighbour_mac, n.mac, link::EtherType::ipv4}, frame.data());
            transmit(nic, frame);
        } else
            resolve(nic, wire::Address::v4(neighbour), frame);
    }
    /// The same for an IPv6 packet.
    void send(NicId nic, const wire::Address& neighbour, Frame& frame)
    {
        Nic& n = nics_[index_of(nic)];
        if (n.neighbour6 == neighbour && context_.engine.now().ns < n.neighbour6_until) [[likely]] {
            link::encode({n.neighbour6_mac, n.mac, link::EtherType::ipv6}, frame.data());
            transmit(nic, frame);
        } else
            resolve(nic, neighbour, frame);
    }
    /// Hands a whole frame to the link. Takes it.
    void transmit(NicId nic, Frame& frame);
    /// A frame goes no further: tells why, and takes it.
    void drop(NicId nic, Frame& frame, run::DropReason reason, std::string_view rule = {});

    /// Frames handed to any link so far.
    std::uint64_t frames_handed_over() const { return handed_over_; }

    // ---- what a scenario may do --------------------------------------------------------------------------------------

    // Each end of a link is its own host's: both directions are two calls, at the same time. Each tells the run. What is
    // on its way already goes on as it was.

    /// Of what `nic` sends: how many of a million frames are lost, arrive twice, are held back by `by`.
    void set_loss(NicId nic, std::uint32_t of_a_million);
    void set_duplicate(NicId nic, std::uint32_t of_a_million);
    void set_reorder(NicId nic, std::uint32_t of_a_million, Duration by);
    /// Each frame takes up to so much longer. Frames may overtake each other.
    void set_jitter(NicId nic, Duration at_most);
    void set_delay(NicId nic, Duration delay);
    void set_rate(NicId nic, std::uint64_t bits_per_second);
    void set_queue(NicId nic, std::uint32_t octets);
    /// The largest packet that `nic` sends.
    void set_mtu(NicId nic, std::uint16_t octets);
    /// A link is up where both its ends are. What is on its way when it goes down is gone, even if it comes up at once.
    /// The interfaces notice nothing: it is the line between them that failed.
    void set_up(NicId nic, bool up);
    /// After `skip` more, the next frames that `nic` sends are lost.
    void lose_next(NicId nic, std::uint64_t frames, std::uint64_t skip = 0);
    /// A host without power hears nothing; what it knew of its neighbours is gone, and so is what waited in its
    /// interfaces to be sent. When power comes back it checks its addresses before it uses them.
    void set_power(NodeId host, bool on);
    bool has_power(NodeId host) const { return power_[engine::index_of(host)].on; }

  private:
    friend class Neighbours;

    struct Power {
        bool on = true;
        std::int64_t gone_at = 0; ///< when it went off last
    };
    /// What became of a frame that was handed to a link.
    struct Passage {
        run::Fate fate{};
        Duration transit;
        bool twice = false;
        Duration copy_transit;
    };

    void resolve(NicId nic, const wire::Address& neighbour, Frame& frame);
    void record_sent(const Nic& nic, NicId id, Frame& frame, Duration transit, run::Fate fate);
    void send_copy(const Nic& nic, NicId id, const Frame& frame, Duration transit);
    void trouble(Nic& nic, Passage& passage);
    Troubles& troubles_of(NicId nic);
    void changed(NicId nic, run::LinkChange change, std::uint64_t amount);
    void on_arrival(const engine::Due& due);
    bool is_cut(const Nic& nic, const Frame& frame, std::uint16_t tag) const;
    bool take_elsewhere(const engine::Due& due, NicId id, Frame& frame);
    void refresh_plain(Nic& nic);
    void transmit_troubled(Nic& nic, NicId id, Frame& frame, Duration transit);

    Context& context_;
    Internet* internet_ = nullptr;
    Neighbours* neighbours_ = nullptr;
    Switches* switches_ = nullptr;
    Outside* outside_ = nullptr;
    std::uint64_t handed_over_ = 0;
    std::vector<Nic, engine::BigMemory<Nic>> nics_;
    std::vector<Troubles> troubles_;           // [0] is unused
    std::vector<std::string> direction_names_; // of a link and the host that sends, by interface: for draws
    std::vector<Power> power_;                 // by node
    std::vector<std::vector<NicId>> nic_of_;   // by place in the topology
    std::vector<std::vector<NicId>> nics_of_;  // by node
};

} // namespace tegami::net
