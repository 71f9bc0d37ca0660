#pragma once
/// Who has which address on a link: the table of an interface's neighbours (ARP, RFC 826 with RFC 1122 §2.3.2; neighbour
/// discovery, RFC 4861), and whether an interface's own addresses are its alone (RFC 5227, RFC 4862).
///
/// At the start of a world its hosts have long been up: their addresses are theirs, their tables empty. Addresses are
/// checked when a host's power comes back, when it is plugged in, and when it gets a new one.

#include "protocols/inet/ndp.hpp"
#include "protocols/link/arp.hpp"
#include "sim/net/links.hpp"

namespace tegami::net {

inline constexpr Duration neighbour_lifetime = wire::minutes(20); // RFC 1122 §2.3.2.1 asks for some time-out
inline constexpr Duration neighbour_retry = wire::seconds(1);     // at most one a second: the same
inline constexpr std::uint8_t neighbour_tries = 3;                // and RFC 4861's MAX_MULTICAST_SOLICIT
/// Of an interface. One more drives out the one that is worth least: whom nobody could tell of, then whom we never sent
/// anything, then whom we still ask for (RFC 6583 wants those we talk with kept), and of these who was used
/// least lately.
inline constexpr std::size_t neighbour_table_limit = 1024;
/// RFC 1122 §2.3.2.2 asks for one at least, the latest; a host that looks several names up at once has more.
inline constexpr std::size_t frames_waiting_for_neighbour = 16;

// RFC 5227 §1.1.
inline constexpr Duration arp_probe_wait = wire::seconds(1); ///< at most, before the first
inline constexpr int arp_probes = 3;
inline constexpr Duration arp_probe_least = wire::seconds(1); ///< from one to the next,
inline constexpr Duration arp_probe_most = wire::seconds(2);  ///< at most
inline constexpr Duration arp_announce_wait = wire::seconds(2);
inline constexpr int arp_announcements = 2;
inline constexpr Duration arp_defend_interval = wire::seconds(10);
/// RFC 4862 §5.4.2 delays the first message of an interface by up to RFC 4861's MAX_RTR_SOLICITATION_DELAY.
inline constexpr Duration duplicate_probe_wait = wire::seconds(1);

/// An address of an interface.
struct Own {
    enum class State : std::uint8_t {
        assigned,
        tentative, ///< being checked: nothing is sent from it, and nobody told of it
        duplicate, ///< somebody else has it: not used
    };
    InterfaceAddress what;
    State state = State::assigned;
    std::uint8_t sent = 0;                 ///< probes while tentative, announcements afterwards
    std::int64_t next = 0;                 ///< when it goes on; 0: nothing more to do
    std::int64_t defended = INT64_MIN / 2; ///< when it was defended last

    bool usable() const { return state == State::assigned; }
};

class Neighbours {
  public:
    Neighbours(Context& context, Links& links, const Topology& topology);

    void set_upper(Internet& internet) { internet_ = &internet; }

    // ---- tables ------------------------------------------------------------------------------------------------------

    /// Sends a packet (behind room for an Ethernet header) once its neighbour's MAC address is known. Takes the frame.
    void resolve(NicId nic, const wire::Address& neighbour, Frame& frame);
    /// The layer above heard of progress by that way: an IPv6 neighbour is still there. RFC 4861 §7.3.1.
    void confirm(NicId nic, const wire::Address& neighbour)
    {
        const Nic& n = links_[nic];
        // One that was confirmed but lately needs no look.
        if (n.neighbour6 == neighbour && n.neighbour6_until - context_.engine.now().ns > seldom.ns) return;
        confirm_now(nic, neighbour);
    }
    /// Everything known at this interface, and what waits there.
    void forget(NicId nic);
    /// How many neighbours an interface's table holds.
    std::size_t known(NicId nic) const { return tables_[index_of(nic)].size(); }

    /// Each takes the frame.
    void on_arp(NicId nic, Frame& frame);
    void on_nd(NicId nic, Frame& frame, const inet::Ipv6Header& ip, const inet::Icmpv6Message& message);

    // ---- own addresses -----------------------------------------------------------------------------------------------

    std::span<const Own> addresses(NicId nic) const { return own_[index_of(nic)]; }
    /// Checks all addresses of an interface anew, and uses them only afterwards: its host was switched on, or it was
    /// plugged in (RFC 5227 §2.1, RFC 4862 §5.4).
    void check_addresses(NicId nic);
    /// None of them can be used.
    void suspend_addresses(NicId nic);
    /// A new address, to be used once it is known to be nobody else's.
    void add_address(NicId nic, const InterfaceAddress& address);
    void remove_address(NicId nic, const wire::Address& address);
    /// An address of that host is still being checked.
    bool checking(NodeId host) const;
    /// Whether an interface takes frames for that group: all nodes, the solicited-node groups of its addresses, all
    /// routers where it is one's, and those joined.
    bool takes_group(NicId nic, const link::MacAddress& group) const;
    void join(NicId nic, const wire::Address& group) { joined_.emplace_back(nic, group); }
    bool has_joined(NicId nic, const wire::Address& group) const;

  private:
    struct Neighbour {
        wire::Address address;
        /// Of IPv4: none (no answer came), incomplete or reachable.
        inet::NeighbourEntry entry;
        std::uint8_t tries = 0;
        std::uint8_t waiting = 0;
        std::uint32_t first_waiting = 0; ///< frames, linked by `next`
        std::uint32_t last_waiting = 0;
        std::int64_t used = 0;  ///< when something was sent there last; 0: never
        std::int64_t until = 0; ///< reachable: as long as that; incomplete, delay, probe: when something is due
        Spans doubts_serve;     ///< whom the packet served that began to doubt it
        FactRef doubted_for{};

        bool is_v4() const { return address.is_v4(); }
        bool sendable() const { return entry.state > inet::NeighbourState::incomplete; }
    };
    using State = inet::NeighbourState;

    static constexpr Duration seldom = wire::seconds(10);

    // neighbours.cpp
    Neighbour* find(NicId nic, const wire::Address& address);
    Neighbour& find_or_add(NicId nic, const wire::Address& address);
    Neighbour& worth_least(NicId nic);
    void drive_out(NicId nic, Neighbour& neighbour);
    void wait(NicId nic, Neighbour& neighbour, Frame& frame);
    void ask(NicId nic, Neighbour& neighbour, Spans serves, FactRef cause);
    void probe(NicId nic, Neighbour& neighbour);
    void learn_v4(NicId nic, const wire::Address& address, const link::MacAddress& mac, bool add, Spans serves,
                  FactRef cause);
    void update(NicId nic, Neighbour& neighbour, const inet::NeighbourUpdate& update, Spans serves, FactRef cause);
    void remember(NicId nic, const Neighbour& neighbour);
    void forget_last(NicId nic, const wire::Address& address);
    void send_waiting(NicId nic, const Neighbour& neighbour, std::uint32_t waiting);
    void give_up(NicId nic, Neighbour& neighbour);
    void confirm_now(NicId nic, const wire::Address& address);
    void on_timer(NicId nic);
    void on_neighbour_due(NicId nic, Neighbour& neighbour);
    void wake(NicId nic, Time at);
    Duration reachable_time(NicId nic) const;
    FactRef record(NicId nic, const Neighbour& neighbour, run::NeighbourChange change, Spans serves, FactRef cause);

    // own_addresses.cpp
    void begin_check(NicId nic, Own& own);
    void on_own_due(NicId nic, Own& own);
    void on_conflict(NicId nic, Own& own, const link::MacAddress& other, Spans serves, FactRef cause);
    void refresh_first(NicId nic);
    FactRef record(NicId nic, const Own& own, run::AddressChange change, const link::MacAddress& other, Spans serves,
                   FactRef cause);
    engine::Random draws(NicId nic, const Own& own) const;
    wire::Address source_for(NicId nic, const wire::Address& target, const Neighbour& neighbour);

    void send_arp(NicId nic, const link::MacAddress& to, const link::ArpPacket& packet, Spans serves, FactRef cause);
    void send_nd(NicId nic, const link::MacAddress& to, const inet::NdPacket& packet, Spans serves, FactRef cause);
    Nic& nic_at(NicId nic) { return links_.nics_[index_of(nic)]; }

    Context& context_;
    Links& links_;
    Internet* internet_ = nullptr;
    std::vector<std::vector<Neighbour>> tables_; // by interface
    std::vector<std::vector<Own>> own_;          // by interface
    std::vector<std::uint8_t> router_;           // by interface
    std::vector<std::pair<NicId, wire::Address>> joined_;
};

} // namespace tegami::net
