#pragma once
/// Connecting to whoever has a name: its addresses are tried in the order given, until a connection stands.

#include "sim/net/tcp_stream.hpp"

namespace tegami::net {

/// RFC 8305 §5, Connection Attempt Delay.
inline constexpr Duration attempt_delay = wire::milliseconds(250);

struct Attempted {
    std::expected<std::unique_ptr<wire::Stream>, wire::ConnectError> stream;
    std::size_t which = 0; ///< of the addresses: that of the stream, or the last one that was tried
    /// None stands, and every attempt was forbidden, or a filter has stopped packets of it: the run knows, and whoever
    /// tried does not, unless ICMP says so.
    bool filtered = false;
};

/// As a user's program does it, for whom waiting is worst: the next address is tried when the one before has failed, or
/// has not answered for 250 ms; that one still may. The first connection that stands is taken, and the others are closed.
/// RFC 8305 §5. `spans` are the steps that open it. Without an address: unreachable.
wire::Task<Attempted> connect_soonest(Tcp& tcp, NodeId node, std::vector<wire::Endpoint> to, run::Protocol protocol,
                                      Spans spans);

/// As a server does it, for which order counts most: one address after the other, each given up after `patience` (zero:
/// when TCP gives up).
wire::Task<Attempted> connect_in_turn(Tcp& tcp, NodeId node, std::vector<wire::Endpoint> to, run::Protocol protocol,
                                      Spans spans, Duration patience);

} // namespace tegami::net
