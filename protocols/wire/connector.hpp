#pragma once
/// Opens streams to other hosts, and carries datagrams: what a client dialogue may await before it talks.

#include "protocols/wire/address.hpp"
#include "protocols/wire/stream.hpp"
#include "protocols/wire/task.hpp"

#include <memory>

namespace tegami::wire {

enum class ConnectError : std::uint8_t {
    refused,     ///< answered by a reset
    timed_out,   ///< nobody answered
    unreachable, ///< ICMP or no route
    prohibited,  ///< ICMP: a filter on the way forbids it
    no_port,     ///< every local port is taken
};

class Connector {
  public:
    /// Awaits until the connection stands or is known to fail.
    virtual Task<std::expected<std::unique_ptr<Stream>, ConnectError>> connect(Endpoint to, Spans spans) = 0;

  protected:
    ~Connector() = default;
};

/// A datagram that has arrived.
struct Received {
    OctetBuffer octets;
    Endpoint from;
    Spans spans;
};

/// A bound UDP port.
class Datagram {
  public:
    virtual ~Datagram() = default;

    virtual void send(Endpoint to, Octets octets, Spans spans) = 0;
    /// Awaits the next datagram; Hangup::timed_out when none came in time, reset when the port is gone.
    virtual Task<std::expected<Received, Hangup>> receive(Duration at_most) = 0;
};

} // namespace tegami::wire
