#pragma once
/// What a host's state was at a time: a fold of that host's own facts, and of nothing else.

#include "sim/run/log.hpp"

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>

namespace tegami::run {

/// A TCP connection as its host sees it. Sequence numbers count from the initial ones; times in microseconds. What only
/// levels `headers` and `full` hold is 0 below them.
struct ConnectionState {
    wire::Address local, remote;
    std::uint16_t local_port = 0, remote_port = 0;
    bool passive = false;
    std::uint32_t initial_send = 0;
    tcp::State state{};
    tcp::Rule rule{};                 ///< by which it got there
    std::uint64_t unacknowledged = 0; ///< SND.UNA
    std::uint64_t next = 0;           ///< SND.NXT
    std::uint64_t received = 0;       ///< RCV.NXT
    std::uint32_t window = 0, cwnd = 0, ssthresh = 0, srtt = 0, rto = 0;
    std::uint32_t retransmissions = 0, timeouts = 0;
    std::uint32_t lines_said = 0, lines_heard = 0;
    FactRef last_said{}, last_heard{};
    FactRef opened{};

    bool operator==(const ConnectionState&) const = default;
};

struct NicState {
    std::uint64_t frames = 0, octets = 0; ///< handed to the link
    std::uint64_t lost = 0;               ///< of them
    std::map<DropReason, std::uint64_t> drops;
    bool down = false;
    std::uint64_t loss = 0;                      ///< set by a fault, in millionths
    std::map<LinkChange, std::uint64_t> changed; ///< what else of its link was set meanwhile, each in its unit
    /// What last became of its own addresses, where anything did; the others are assigned.
    std::map<wire::Address, AddressChange> addresses;

    bool operator==(const NicState&) const = default;
};

struct ArpState {
    link::MacAddress mac; ///< zero while only asked for
    FactRef since{};

    bool operator==(const ArpState&) const = default;
};

/// Where a switch heard a station last. It forgets whom it did not hear for 300 s.
struct StationState {
    NicId port{};
    FactRef since{};

    bool operator==(const StationState&) const = default;
};

struct StoredMessage {
    std::uint64_t size = 0;
    ContentId content{};
    bool seen = false;

    bool operator==(const StoredMessage&) const = default;
};

struct QueueState {
    QueueChange last{}; ///< put or deferred: what is taken or has failed is out of the queue
    std::uint32_t tries = 0;
    FactRef since{};

    bool operator==(const QueueState&) const = default;
};

/// A file's octets, which may have several names or, until its folder is synced, different ones after a power cut.
struct FileState {
    std::uint64_t size = 0;
    std::uint64_t durable = 0; ///< octets that outlive a power cut
    bool synced = false;       ///< written and synced since
    std::uint32_t names = 0;   ///< how many it has: those seen now, and those as after a power cut

    bool operator==(const FileState&) const = default;
};

struct DiskState {
    std::map<std::uint32_t, FileState> files;           ///< by a number of this fold
    std::map<std::string, std::uint32_t> names;         ///< as seen now
    std::map<std::string, std::uint32_t> durable_names; ///< as after a power cut
    std::set<std::string> unsynced_names;               ///< in which these two differ: what a synced folder settles
    std::uint32_t made = 0;

    const FileState* find(const std::string& path) const;
    bool operator==(const DiskState&) const = default;
};

struct SessionState {
    Protocol protocol{};
    ConnectionId connection{};
    bool client = false;
    FactRef begun{};

    bool operator==(const SessionState&) const = default;
};

struct StepState {
    FactRef begun{}, ended{};
    Outcome outcome{}; ///< once ended

    bool operator==(const StepState&) const = default;
};

/// What a resolver remembers of one name and type.
struct CachedNames {
    Time at{};             ///< when `ttl` was what it says
    std::uint32_t ttl = 0; ///< seconds
    bool negative = false; ///< known not to be
    std::uint8_t credibility = 0;
    std::string records;
    std::uint32_t hits = 0; ///< answers given from it
    FactRef since{};

    /// Whole seconds that it is still good for at `now`; 0 where its time is over.
    std::uint32_t left(Time now) const;
    bool operator==(const CachedNames&) const = default;
};

/// A question that has no answer yet.
struct OpenQuestion {
    wire::Address server;
    std::uint16_t port = 0; ///< ours
    FactRef asked{};

    bool operator==(const OpenQuestion&) const = default;
};

/// A row of a packet filter. What it is like stands in the scenario; here is what it did.
struct FilterRowState {
    std::uint64_t count = 0; ///< packets that it has decided, as far as facts tell
    FilterAction action{};
    bool on = true;
    FactRef last{}; ///< the last match that was recorded

    bool operator==(const FilterRowState&) const = default;
};

struct NodeState {
    /// The last change of its processes; a host of which nothing is recorded has long been up.
    ProcessChange process = ProcessChange::started;
    FactRef process_since{};
    std::uint32_t starts = 0;
    std::map<ConnectionId, ConnectionState> connections;
    std::map<wire::Address, ArpState> neighbours;
    std::map<NicId, NicState> nics;
    std::map<link::MacAddress, StationState> stations;                     ///< of a switch
    std::map<wire::Address, std::uint32_t> path_mtus;                      ///< by destination
    std::map<std::string, std::map<std::string, StoredMessage>> mailboxes; ///< by mailbox and file
    std::map<std::string, QueueState> queue;
    DiskState disk;
    std::map<SpanId, SessionState> sessions;
    std::map<SpanId, StepState> steps;
    std::map<std::pair<std::string, std::uint16_t>, CachedNames> dns_cache; ///< by name and type; type 0: all of them
    /// By id, name and type: a server that is asked again gets another id.
    std::map<std::tuple<std::uint16_t, std::string, std::uint16_t>, OpenQuestion> questions;
    std::map<std::pair<std::string, std::uint32_t>, FilterRowState> filters; ///< by filter and row
    std::uint32_t mails_made = 0, acts = 0, inputs = 0;
    std::uint32_t icmp_sent = 0, icmp_received = 0;
    std::uint32_t resets = 0; ///< and segments refused

    bool running() const { return process == ProcessChange::started || process == ProcessChange::restarted; }
    bool operator==(const NodeState&) const = default;
};

/// Takes one of the node's facts into its state.
void apply(NodeState& state, const Event& event, const Log& log);

/// States of any node at any time. Each node is folded as far as it was asked for, and leaves keyframes behind: the next
/// one when the facts since the last cost more than a copy. The log may grow meanwhile.
class Fold {
  public:
    explicit Fold(const Log& log) : log_(log) {}

    /// After everything that happened up to and including `at`.
    NodeState state(NodeId node, Time at);
    /// After the node's first so many facts.
    NodeState after(NodeId node, std::size_t facts);
    /// How many of the node's facts happened up to and including `at`.
    std::size_t facts_until(NodeId node, Time at) const;

    /// How many of the node's facts were folded so far, and the keyframes made on the way.
    std::size_t folded_facts(NodeId node) const;
    std::size_t keyframes(NodeId node) const;

  private:
    struct Keyframe {
        std::size_t facts = 0;
        NodeState state;
    };
    struct Kept {
        std::vector<Keyframe> keyframes;
        Keyframe last;       // as far as was folded
        std::size_t due = 0; // facts before which no keyframe can be
    };
    const Kept& folded(NodeId node, std::size_t facts);

    const Log& log_;
    std::map<NodeId, Kept> kept_;
};

} // namespace tegami::run
