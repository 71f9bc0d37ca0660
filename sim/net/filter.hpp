#pragma once
/// A packet filter of a router: rows, of which the first that matches decides; what matches none passes. It is a machine:
/// packets and the time come as arguments, and it sends nothing itself.
///
/// A filter looks at what crosses a boundary: the router's interfaces in `nics` on one side (mostly those to the
/// Internet), all others on the other. What the router itself sends or receives is not its business.
///
/// Rows that name a state make it follow flows: of TCP by flags and sequence numbers (time-outs as in RFC 5382 §5), of
/// UDP and the rest by time alone, of echoes by their identifier; an ICMP error belongs to the flow that it is about.
///
/// Fragments: a later one goes where the first one of its packet went, for a minute. One that comes before the first is
/// judged by the rows that name neither port nor state; where the first is dropped then, nothing comes of the rest. What
/// hides TCP's header in the second fragment is dropped (RFC 1858 §3, RFC 3128 §3).

#include "protocols/inet/fragments.hpp"
#include "protocols/inet/icmpv6.hpp"
#include "protocols/inet/prefix.hpp"
#include "protocols/inet/udp.hpp"
#include "protocols/tcp/segment.hpp"
#include "sim/net/frame.hpp"

#include <deque>
#include <map>
#include <set>

namespace tegami::net {

// What somebody wrote. -------------------------------------------------------------------------------------------------

/// pass; drop, without a word; reset: TCP is answered with a reset, whatever else as `prohibit` does; prohibit: ICMP's
/// "communication administratively prohibited".
using run::FilterAction;

/// Which way across the boundary a filter's rows are for.
enum class FilterWay : std::uint8_t {
    in,      ///< came by one of `nics`, leaves by another interface
    out,     ///< the other way
    both,    ///< either
    forward, ///< all that the router forwards, whatever interfaces
};

enum class FilterState : std::uint8_t {
    any,
    begins,      ///< "new": the first packet of a flow; TCP: a SYN
    established, ///< belongs to a flow that both sides know of, or answers its first packet
};

struct PortRange {
    std::uint16_t first = 0;
    std::uint16_t last = 0;

    bool operator==(const PortRange&) const = default;
    bool contains(std::uint16_t port) const { return first <= port && port <= last; }
};

/// What is empty or not there matches everything. A row that names a port matches TCP and UDP only.
struct FilterRow {
    std::vector<inet::Prefix> from; ///< of both families
    std::vector<inet::Prefix> to;
    std::optional<inet::Protocol> protocol;
    std::vector<PortRange> source_ports;
    std::vector<PortRange> ports; ///< of the destination
    FilterState state = FilterState::any;
    FilterAction action = FilterAction::pass;
    bool on = true; ///< a row that is off is passed over
};

struct FilterSpec {
    std::string name;
    FilterWay way = FilterWay::both;
    std::vector<NicId> nics;
    std::vector<FilterRow> rows;
};

// What a filter sees. --------------------------------------------------------------------------------------------------

/// Endpoints and protocol of a packet. ICMP echoes have their identifier as both ports, what has no ports zeros.
struct FlowName {
    inet::Protocol protocol{};
    wire::Endpoint source;
    wire::Endpoint destination;

    auto operator<=>(const FlowName&) const = default;
    FlowName reversed() const { return {protocol, destination, source}; }
};

/// A packet as far as a filter cares.
struct FilterPacket {
    enum class Part : std::uint8_t { whole, first_fragment, later_fragment };

    FlowName flow;
    std::size_t octets = 0; ///< of the IP packet
    Part part = Part::whole;
    bool has_ports = false;            ///< TCP or UDP, and its header is there
    bool readable = true;              ///< false: the header of TCP, UDP or ICMP, or IPv6's chain, is cut short
    std::uint32_t identification = 0;  ///< of fragments
    std::uint16_t fragment_offset = 0; ///< in octets
    // TCP.
    tcp::Flags flags;
    tcp::Sequence seq = 0;
    tcp::Sequence ack = 0;
    std::uint32_t length = 0; ///< sequence numbers that it takes
    // ICMP of either family.
    bool echo_request = false;
    bool echo_reply = false;
    std::optional<FlowName> about; ///< an error: the flow that it quotes, towards where that packet went

    bool is_v4() const { return flow.source.address.is_v4(); }
};
FilterPacket look_at(const inet::Ipv4Packet& packet);
FilterPacket look_at(const inet::Ipv6Packet& packet);

// What it says. --------------------------------------------------------------------------------------------------------

struct FilterVerdict {
    enum class Why : std::uint8_t {
        not_concerned,  ///< it does not cross the boundary this way
        row,            ///< `row` matched
        no_row,         ///< none did: it passes
        first_fragment, ///< as the first fragment of its packet went, by `row`
        tiny_fragment,  ///< it hides the header that the rows are about
    };
    enum class Answer : std::uint8_t {
        none,
        reset,    ///< `reset_for_refused`, from the packet's destination to its source
        prohibit, ///< ICMP destination unreachable, code 13; ICMPv6 code 1
    };

    FilterAction action = FilterAction::pass;
    Answer answer = Answer::none; ///< what the packet's sender is told
    Why why = Why::not_concerned;
    std::uint32_t row = 0;   ///< from 1; 0: none
    std::uint64_t count = 0; ///< packets that this row has decided about, this one included

    bool passes() const { return action == FilterAction::pass; }
};

/// The reset for a TCP segment that was refused, with ports as its answer has them. RFC 9293 §3.10.7.1. None where the
/// octets are no segment, or one that is a reset itself.
std::optional<tcp::Segment> reset_for_refused(Octets segment);

/// Packets and octets by family.
struct FilterCount {
    std::uint64_t v4_packets = 0;
    std::uint64_t v4_octets = 0;
    std::uint64_t v6_packets = 0;
    std::uint64_t v6_octets = 0;

    bool operator==(const FilterCount&) const = default;
    std::uint64_t packets() const { return v4_packets + v6_packets; }
    std::uint64_t octets() const { return v4_octets + v6_octets; }
};

// Limits. --------------------------------------------------------------------------------------------------------------

/// Flows that a filter follows: one more, and the one goes that would be forgotten first.
inline constexpr std::size_t filter_flows_at_most = 4096;
/// Cut packets whose first fragment's verdict is remembered: one more, and the oldest goes.
inline constexpr std::size_t filter_fragments_at_most = 1024;
inline constexpr Duration filter_tcp_open_for = wire::minutes(124);  // RFC 5382 §5, REQ-5: at least 2 h 4 min
inline constexpr Duration filter_tcp_opening_for = wire::minutes(4); // the same: at least 4 min
inline constexpr Duration filter_tcp_closing_for = wire::minutes(4);
inline constexpr Duration filter_tcp_reset_for = wire::seconds(10);
inline constexpr Duration filter_one_way_for = wire::seconds(30);    ///< UDP and the rest: only one side was heard
inline constexpr Duration filter_both_ways_for = wire::seconds(180); ///< both were

/// The flows that a filter follows.
class FlowTable {
  public:
    /// What a packet is to the table, before it is known whether it passes.
    FilterState state_of(Time now, const FilterPacket& packet);
    /// It passed.
    void note(Time now, const FilterPacket& packet);

    std::size_t size() const { return places_.size(); }
    void clear();

  private:
    enum class Stage : std::uint8_t { opening, open, closing, closed };
    /// What one side has sent.
    struct Side {
        tcp::Sequence next = 0;  ///< behind the last sequence number seen
        tcp::Sequence acked = 0; ///< what the other side has acknowledged
        bool heard = false;
        bool finished = false;
    };
    struct Flow {
        FlowName name; ///< as its first packet went
        Time until;
        Time registered; ///< in `ends_`: at most `until`
        Stage stage = Stage::opening;
        Side first;  ///< who began
        Side second; ///< who answers
    };

    Flow* find(Time now, const FlowName& name, bool& from_first);
    Flow& add(Time now, const FlowName& name);
    void remove(std::uint32_t place);
    void make_room();
    void keep_until(std::uint32_t place, Time until);
    std::uint32_t place_of(const Flow& flow) const { return static_cast<std::uint32_t>(&flow - flows_.data()); }
    static void follow(Flow& flow, const FilterPacket& packet, bool from_first);

    std::map<FlowName, std::uint32_t> places_; ///< by name, the lesser endpoint first
    std::vector<Flow> flows_;
    std::vector<std::uint32_t> free_;
    std::set<std::pair<Time, std::uint32_t>> ends_; ///< each flow once; it may live longer than it says there
};

class Filter {
  public:
    explicit Filter(FilterSpec spec);

    const FilterSpec& spec() const { return spec_; }
    bool is_stateful() const { return stateful_; }

    /// A packet that came by `in` is about to leave by `out`.
    FilterVerdict judge(Time now, NicId in, NicId out, const FilterPacket& packet);

    /// Rows count from 1; 0 is for what matched none.
    void switch_row(std::uint32_t row, bool on) { spec_.rows[row - 1].on = on; }
    const FilterCount& count(std::uint32_t row) const { return counts_[row]; }
    std::size_t flows() const { return flows_.size(); }
    std::size_t fragments_remembered() const { return first_fragments_.size(); }

    /// The router stopped: what it followed is forgotten, the counters are zero.
    void restart();

  private:
    bool crosses(NicId in, NicId out) const { return is_inside(in) != is_inside(out); }
    bool is_inside(NicId nic) const;
    bool concerns(NicId in, NicId out) const;
    bool matches(const FilterRow& row, const FilterPacket& packet, FilterState state) const;
    FilterVerdict decide(std::uint32_t row, FilterVerdict::Why why, const FilterPacket& packet);
    void remember(Time now, const FilterPacket& packet, std::uint32_t row);
    std::optional<std::uint32_t> recall(Time now, const FilterPacket& packet);

    FilterSpec spec_;
    bool stateful_ = false;
    std::vector<FilterCount> counts_; ///< by row, [0] for none
    FlowTable flows_;
    std::map<inet::FragmentKey, std::uint32_t> first_fragments_;   ///< the row that decided
    std::deque<std::pair<Time, inet::FragmentKey>> fragment_ends_; ///< in order
};

} // namespace tegami::net
