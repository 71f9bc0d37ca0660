#pragma once
/// The server's side of an SMTP connection. RFC 5321 §3, RFC 2920 §3.2.

#include "protocols/mail/message.hpp"
#include "protocols/smtp/session.hpp"
#include "protocols/wire/pause.hpp"
#include "protocols/wire/stream.hpp"
#include "protocols/wire/task.hpp"

namespace tegami::smtp {

/// Who judges what clients say, up to the message.
class Doorkeeper {
  public:
    /// Whether mail of this envelope is taken for `recipient`: 250, or 550 5.1.1 (nobody of that name), 550 5.7.1 (no relay
    /// for strangers), 45x … The envelope holds the recipients taken before. It may take time: ask DNS.
    virtual wire::Task<Reply> recipient(const Envelope& envelope, const mail::Mailbox& recipient,
                                        wire::Spans spans) = 0;
    /// Is told how an AUTH ended.
    virtual void authenticated(const Authentication& authentication, wire::Spans spans)
    {
        static_cast<void>(authentication), static_cast<void>(spans);
    }

  protected:
    ~Doorkeeper() = default;
};

/// Who judges and keeps what comes in.
class Delivery : public Doorkeeper {
  public:
    /// Takes the message, or not. A positive reply is a promise: the message is kept for all its recipients before it is
    /// given (RFC 5321 §6.1). `spans` is whom the work serves: envelope and message together.
    virtual wire::Task<Reply> accept(const Envelope& envelope, const mail::Message& message, wire::Spans spans) = 0;

  protected:
    ~Delivery() = default;
};

/// Talks from the greeting to QUIT or until the client is gone, then ends our side of the stream. What was not wholly
/// received is dropped (§4.1.1.10). Replies to pipelined commands leave together, but before any wait. `pause` makes
/// clients wait that err often; without it they do not.
wire::Task<void> serve(wire::Stream& peer, Session& session, Delivery& delivery, wire::Pause* pause = nullptr);

} // namespace tegami::smtp
