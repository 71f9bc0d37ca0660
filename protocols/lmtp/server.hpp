#pragma once
/// The server's side of an LMTP connection. RFC 2033.

#include "protocols/lmtp/session.hpp"
#include "protocols/smtp/server.hpp"

namespace tegami::lmtp {

class Delivery : public smtp::Doorkeeper {
  public:
    /// Files the message, or not: a reply for each of the envelope's recipients, in their order. A positive one is a
    /// promise: it is in that recipient's mailbox before it is given.
    virtual wire::Task<std::vector<smtp::Reply>> accept(const smtp::Envelope& envelope, const mail::Message& message,
                                                        wire::Spans spans) = 0;

  protected:
    ~Delivery() = default;
};

/// As `smtp::serve`. It must not be spoken on port 25 (RFC 2033 §5).
wire::Task<void> serve(wire::Stream& peer, Session& session, Delivery& delivery, wire::Pause* pause = nullptr);

} // namespace tegami::lmtp
