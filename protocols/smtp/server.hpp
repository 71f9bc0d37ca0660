#pragma once
/// The server's side of an SMTP connection. RFC 5321 §3, RFC 2920 §3.2.

#include "protocols/mail/message.hpp"
#include "protocols/smtp/session.hpp"
#include "protocols/wire/stream.hpp"
#include "protocols/wire/task.hpp"

namespace tegami::smtp {

/// Who judges and keeps what comes in. Both calls may take time: ask DNS, write to a disk.
class Delivery {
  public:
    /// Whether mail of this envelope is taken for `recipient`: 250, or 550 5.1.1 (nobody of that name), 550 5.7.1 (no relay
    /// for strangers), 45x … The envelope holds the recipients taken before.
    virtual wire::Task<Reply> recipient(const Envelope& envelope, const mail::Mailbox& recipient,
                                        wire::Spans spans) = 0;
    /// Takes the message, or not. A positive reply is a promise: the message is kept for all its recipients before it is
    /// given (RFC 5321 §6.1). `spans` is whom the work serves: envelope and message together.
    virtual wire::Task<Reply> accept(const Envelope& envelope, const mail::Message& message, wire::Spans spans) = 0;

  protected:
    ~Delivery() = default;
};

/// Talks from the greeting to QUIT or until the client is gone, then ends our side of the stream. What was not wholly
/// received is dropped (§4.1.1.10). Replies to pipelined commands leave together, but before any wait.
wire::Task<void> serve(wire::Stream& peer, Session& session, Delivery& delivery);

} // namespace tegami::smtp
