#pragma once
/// TCP in every host: connections by their four numbers, listening ports, timers, and the way from a segment to the
/// coroutine that waits for it. What a connection does is protocols/tcp's; here it meets time, frames and processes.

#include "protocols/tcp/connection.hpp"
#include "protocols/wire/connector.hpp"
#include "sim/net/internet.hpp"

#include <deque>
#include <functional>
#include <map>

namespace tegami::net {

class TcpStream;

inline constexpr std::size_t half_open_limit = 256; ///< of a listening port; then the oldest goes (RFC 4987 §3)
inline constexpr std::uint16_t first_ephemeral_port = 49152; ///< RFC 6335 §6

/// A connection's name in the world: a host and the four numbers of RFC 9293 §3.4.1.
struct SocketName {
    NodeId node{};
    wire::Address local;
    wire::Address remote;
    wire::Port local_port{};
    wire::Port remote_port{};

    bool operator==(const SocketName&) const = default;
};

/// A connection of some host, with what the host keeps beside the machine.
struct alignas(64) Socket {
    // What finding it and handing it a segment touches, in one cache line.
    SocketName name;
    std::uint32_t index = 0;
    TcpStream* stream = nullptr; ///< its user's end, as long as that lives
    bool corked = false;
    bool busy = false;     ///< an event is being handled: sending follows by itself
    bool found = false;    ///< it is in the table of connections
    bool recorded = false; ///< its opening is in the run
    bool v4 = true;
    bool dont_fragment = true;
    std::uint16_t mss_of_path = 0; ///< what its path carries; 0: as much as the link

    std::int64_t due = 0;       ///< when its one timer due lies; 0: none is outstanding
    FactRef cause{};            ///< the last thing that happened here
    std::uint32_t listener = 0; ///< whose half-open connection it is; 0: none
    run::ConnectionId number{};
    Path path;
    tcp::Connection connection;
    tcp::Sequence initial_send = 0;
    std::uint32_t unreachable = 0; ///< ICMP said so, so often
    bool prohibited = false;       ///< ICMP said so, and that ended it

    Socket(tcp::Environment& environment, const tcp::Config& config) : connection(environment, config) {}
};

class Tcp {
  public:
    /// What a listening port does with a connection that stands: usually starts a process.
    using Accept = std::function<void(std::unique_ptr<wire::Stream> stream, wire::Endpoint peer)>;

    Tcp(Context& context, Links& links, Internet& internet);
    ~Tcp();

    void listen(NodeId node, wire::Port port, run::Protocol protocol, Accept accept);
    /// At one of the host's addresses only; there it comes before one that listens everywhere.
    void listen(NodeId node, wire::Endpoint at, run::Protocol protocol, Accept accept);
    /// Awaits until the connection stands or is known to fail. Its session begins; `spans` are the steps that open it.
    wire::Task<std::expected<std::unique_ptr<wire::Stream>, wire::ConnectError>> connect(NodeId node, wire::Endpoint to,
                                                                                         run::Protocol protocol,
                                                                                         Spans spans);

    // The same in parts, for who has several ways to try (sim/net/attempts).

    /// Awaits until the host has an address for packets to there, or none of its addresses is being checked any more.
    wire::Task<void> addresses_checked(NodeId node, wire::Address destination);
    /// Sends the SYN.
    std::expected<std::unique_ptr<TcpStream>, wire::ConnectError> open(NodeId node, wire::Endpoint to,
                                                                       run::Protocol protocol, Spans spans);
    /// Why a connection that is decided does not stand; nothing where it does.
    std::optional<wire::ConnectError> failure(const TcpStream& stream) const;

    /// The processes of a host are gone: its ports close, and its connections as a kernel closes them.
    void close_all(NodeId node);
    /// The host lost power: its connections are forgotten without a word.
    void forget_all(NodeId node);

    /// Takes the frame.
    void on_packet(NicId nic, Frame& frame, const Packet& packet);
    void on_error(NodeId host, const ErrorReport& report, FactRef cause);
    /// Whether a packet that an error quotes is one that was sent and not yet acknowledged: others are forged, or late.
    /// RFC 5927 §4.1.
    bool has_in_flight(NodeId host, const ErrorReport& report);
    /// Packets to that destination may be no larger: the connection sends smaller ones from now on.
    void on_path_mtu(NodeId host, const ErrorReport& report, const inet::PathMtu& path, FactRef cause);

    // ---- for streams -------------------------------------------------------------------------------------------------

    Context& context() { return context_; }
    /// What all connections have in common: to be changed before the first is made.
    tcp::Config& config() { return config_; }
    /// Sends what there is to send, and sees to timers; the socket may be gone afterwards.
    void push(Socket& socket);
    void detach(Socket& socket);

    std::size_t connections() const { return in_use_; }
    /// Places in a listening port's line of half-open connections, those of connections that stand by now included.
    std::size_t half_open_places(NodeId node, wire::Endpoint at);
    /// Connections that hold buffers.
    std::size_t buffers_lent() const { return buffers_.lent(); }

  private:
    struct Listener {
        NodeId node{};
        wire::Endpoint at; ///< the unspecified address: everywhere
        run::Protocol protocol{};
        Accept accept;
        std::deque<std::pair<std::uint32_t, run::ConnectionId>> half_open;
        std::size_t half_open_count = 0;
    };
    struct Ports {                            // of one host, made when first used
        std::vector<std::uint32_t> listeners; // indices, 0 none
        engine::Random draws;                 // of local ports
        bool has_draws = false;
    };

    Socket& make(const SocketName& name, const Path& path);
    const tcp::Config& config_for(const Path& path);
    Socket* find_quoted(NodeId host, const ErrorReport& report);
    static void take_path(Socket& socket, const inet::PathMtu& path);
    Socket& at(std::uint32_t index) { return sockets_[index / sockets_a_piece][index % sockets_a_piece]; }
    template <class Do>
    void for_each_of(NodeId node, Do act);
    void release(Socket& socket);
    void insert(Socket& socket);
    void erase(Socket& socket);
    Socket* find(const SocketName& name);
    std::uint32_t find_listener(NodeId node, const wire::Endpoint& at);
    wire::Port free_port(NodeId node, const wire::Address& local, wire::Endpoint to);
    std::uint64_t secret_of(const SocketName& name);

    void on_syn(NicId nic, Frame& frame, const Packet& packet, const tcp::Segment& segment, Socket* replaced);
    void answer_with_reset(NicId nic, const Packet& packet, const tcp::Segment& segment, const Frame& frame);
    void after_event(Socket& socket);
    void accept(Socket& socket);
    void begin_session(Socket& socket, run::SpanId session, run::Protocol protocol, bool client);
    void emit(Socket& socket, const tcp::Outgoing& out);
    void arm(Socket& socket);
    void on_timer(std::uint32_t index);
    void record_opened(Socket& socket, bool passive);
    void record_received(Socket& socket, tcp::Sequence una, tcp::Sequence receive_next, Spans serves);
    void record_notes(Socket& socket, Spans serves);

    Context& context_;
    Links& links_;
    Internet& internet_;
    tcp::Config config_;
    std::map<std::pair<bool, std::uint16_t>, tcp::Config> configs_; // that one by family and MTU
    tcp::BufferPool buffers_;
    tcp::Notes notes_;
    tcp::Environment environment_;
    static constexpr std::uint32_t sockets_a_piece = 8192;
    using Sockets = std::vector<Socket, engine::BigMemory<Socket>>;
    std::vector<Sockets> sockets_; // in pieces that never move; index 0 is unused
    std::vector<std::uint32_t> free_;
    std::size_t in_use_ = 0;
    struct Entry {
        std::uint32_t hash = 0;  // of the name: a socket is looked at only where it is equal
        std::uint32_t index = 0; // 0: free
    };
    std::vector<Entry, engine::BigMemory<Entry>> table_; // open addressing
    std::size_t in_table_ = 0;
    std::vector<Listener> listeners_;             // [0] unused
    std::vector<std::unique_ptr<Ports>> ports_;   // by node
    std::vector<std::uint32_t> connection_count_; // by node
};

} // namespace tegami::net
