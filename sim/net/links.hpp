#pragma once
/// The link layer of every host: interfaces and the links between them, Ethernet II frames, and the addresses of
/// neighbours (RFC 826, with RFC 1122 §2.3.2 for the table).
///
/// A link has two ends. Whether, and when, a frame arrives is decided when it is handed to the link: it waits behind
/// what was handed over before, is sent at the link's rate, and travels for its delay.

#include "protocols/link/ethernet.hpp"
#include "sim/net/context.hpp"
#include "sim/net/topology.hpp"

namespace tegami::net {

class Internet;

inline constexpr Duration neighbour_lifetime = wire::minutes(20); // RFC 1122 §2.3.2.1 asks for some time-out
inline constexpr Duration neighbour_retry = wire::seconds(1);     // at most one a second: the same
inline constexpr std::uint8_t neighbour_tries = 3;
inline constexpr std::size_t neighbour_table_limit = 1024;
inline constexpr std::size_t frames_waiting_for_neighbour = 3;

/// One interface: what every frame over it touches, together.
struct Nic {
    NodeId node{};
    NicId peer{};
    link::MacAddress mac;
    bool up = true;
    std::uint16_t cuts = 0;    ///< how often its link went down, modulo 2^16: what was sent before does not arrive
    std::uint32_t address = 0; ///< IPv4, host order
    // The neighbour used last, so that most frames look no further.
    std::uint32_t neighbour = 0;
    link::MacAddress neighbour_mac;
    std::int64_t neighbour_until = 0;
    // Sending.
    std::int64_t busy_until = 0; ///< when everything handed over so far has left
    std::int64_t delay = 0;      ///< ns
    std::int64_t queue = 0;      ///< ns that a new frame may have to wait at most
    std::uint64_t picoseconds_an_octet = 0;
    std::uint32_t troubles = 0; ///< index of its Troubles; 0: none
};

/// What a link does to some of its frames, in one direction.
struct Troubles {
    std::uint32_t loss = 0;    ///< of a million
    std::uint32_t reorder = 0; ///< of a million
    Duration reorder_by;
    std::uint64_t lose_next = 0; ///< so many frames in a row,
    std::uint64_t skip = 0;      ///< once so many have passed
    engine::Random loss_draws;
    engine::Random reorder_draws;
};

class Links {
  public:
    Links(Context& context, const Topology& topology);

    void set_upper(Internet& internet) { internet_ = &internet; }

    const Nic& operator[](NicId nic) const { return nics_[index_of(nic)]; }
    std::size_t size() const { return nics_.size(); }
    /// The interface of a host by the place that it has in the topology.
    NicId nic_of(std::size_t host, std::size_t interface) const { return nic_of_[host][interface]; }

    /// Sends an IPv4 packet (behind room for an Ethernet header, which is written here) to the neighbour with that
    /// address. Takes the frame.
    void send(NicId nic, std::uint32_t neighbour, Frame& frame)
    {
        Nic& n = nics_[index_of(nic)];
        if (n.neighbour == neighbour && context_.engine.now().ns < n.neighbour_until) [[likely]] {
            link::encode({n.neighbour_mac, n.mac, link::EtherType::ipv4}, frame.data());
            transmit(nic, frame);
        } else
            resolve(nic, neighbour, frame);
    }
    /// A frame goes no further: tells why, and takes it.
    void drop(NicId nic, Frame& frame, run::DropReason reason, std::string_view rule = {});

    /// Frames handed to any link so far.
    std::uint64_t frames_handed_over() const { return handed_over_; }

    // ---- what a scenario may do --------------------------------------------------------------------------------------

    // Each end of a link is its own host's: both directions are two calls, at the same time.

    /// Of what `nic` sends.
    void set_loss(NicId nic, std::uint32_t of_a_million);
    /// A link is up where both its ends are. What is on its way when it goes down is gone, even if it comes up at once.
    void set_up(NicId nic, bool up);
    /// After `skip` more, the next frames that `nic` sends are lost.
    void lose_next(NicId nic, std::uint64_t frames, std::uint64_t skip = 0);
    /// A host without power hears nothing; what it knew of its neighbours is gone.
    void set_power(NodeId host, bool on);
    bool has_power(NodeId host) const { return powered_[engine::index_of(host)]; }

  private:
    struct Neighbour {
        std::uint32_t address = 0;
        link::MacAddress mac;
        bool known = false;
        std::uint8_t tries = 0;
        std::uint8_t waiting = 0;
        std::uint32_t first_waiting = 0; ///< frames, linked by `next`
        std::uint32_t last_waiting = 0;
        std::int64_t until = 0; ///< known: valid until; else: asked again at
    };

    void transmit(NicId nic, Frame& frame);
    void record_sent(const Nic& nic, NicId id, Frame& frame, Duration transit, run::Fate fate);
    run::Fate trouble(Nic& nic, Duration& transit);
    Troubles& troubles_of(NicId nic);
    void on_arrival(const engine::Due& due);
    void on_arp(NicId nic, Frame& frame);
    void resolve(NicId nic, std::uint32_t address, Frame& frame);
    void ask(NicId nic, Neighbour& neighbour, Spans serves, FactRef cause);
    void learn(NicId nic, std::uint32_t address, const link::MacAddress& mac, bool add, Spans serves, FactRef cause);
    void on_neighbour_timer(NicId nic);
    Neighbour* find_neighbour(NicId nic, std::uint32_t address);
    void forget_neighbours(NicId nic);

    Context& context_;
    Internet* internet_ = nullptr;
    std::uint64_t handed_over_ = 0;
    std::vector<Nic, engine::BigMemory<Nic>> nics_;
    std::vector<std::vector<Neighbour>> neighbours_; // by interface
    std::vector<Troubles> troubles_;                 // [0] is unused
    std::vector<std::string> direction_names_;       // of a link and the host that sends, by interface: for draws
    std::vector<std::uint8_t> powered_;              // by node
    std::vector<std::vector<NicId>> nic_of_;         // by place in the topology
};

} // namespace tegami::net
