#pragma once
/// The client's side of an SMTP connection: hands over as many mails as its outbox gives. RFC 5321 §3, RFC 2920 §3.1.
///
/// With PIPELINING a mail's commands leave in one write, and those of the next mail follow the final dot of the one before,
/// so that one segment may carry the end of one mail and the beginning of the next. Without it each command waits for the
/// reply to the one before. RFC 5321 §4.5.3.2 gives the time-outs.

#include "protocols/sasl/registry.hpp"
#include "protocols/smtp/extensions.hpp"
#include "protocols/smtp/transaction.hpp"
#include "protocols/wire/stream.hpp"
#include "protocols/wire/task.hpp"
#include "protocols/wire/time.hpp"

#include <optional>
#include <string>

namespace tegami::smtp {

/// Commands sent before their replies are read. More could fill both directions at once and leave each side waiting for
/// the other to read (RFC 2920 §3.1).
constexpr std::size_t pipelined_command_limit = 50;

/// An initial response goes with AUTH only as far as every server reads a command: RFC 4954 §4 with RFC 5321 §4.5.3.1.4.
constexpr std::size_t auth_command_limit = 510;

/// What is spoken: they differ in the word of greeting, and in the replies behind a message (RFC 2033 §4).
enum class Dialect : std::uint8_t { smtp, lmtp };

/// How long each wait may take. RFC 5321 §4.5.3.2.
struct ClientTimeouts {
    wire::Duration greeting = wire::minutes(5);
    wire::Duration command = wire::minutes(5);         ///< MAIL and RCPT; EHLO, RSET and QUIT too
    wire::Duration data_initiation = wire::minutes(2); ///< for the 354
    wire::Duration data_block = wire::minutes(3);      ///< for room to send
    wire::Duration data_termination = wire::minutes(10);
};

struct ClientOptions {
    std::string hello;                            ///< this host's name, or its address literal
    wire::Spans spans;                            ///< whom the connection itself serves
    bool pipelining = true;                       ///< use it where it is offered
    std::optional<sasl::Credentials> credentials; ///< authenticates itself with these, or does not send
    std::string mechanism;                        ///< by which it does so; empty: the best that both know
    sasl::Secrecy secrecy = sasl::Secrecy::password_may_show;
    Dialect dialect = Dialect::smtp;
    ClientTimeouts timeouts;
};

/// Where the mails come from and their results go. Both calls may take time: read and write a disk.
class Outbox {
  public:
    /// The next mail for this server, or nothing for now. It is asked once the server's offers are known.
    virtual wire::Task<std::optional<OutgoingMail>> next(const Extensions& offered) = 0;
    /// What became of a mail, once for each that `next` gave.
    virtual wire::Task<void> report(const MailResult& result) = 0;

  protected:
    ~Outbox() = default;
};

/// How the session ended. Mails that were not asked for are still in the outbox.
struct SessionEnd {
    Stage stage = Stage::quit; ///< quit: all was said; else where it ended before its time
    Reply reply;               ///< the last word of the server on that stage
    Break broken;              ///< what ended it, if no reply did
    Extensions offered;
    std::string
        mechanism; ///< by which it authenticated itself, or tried to; empty with stage `authentication`: the server
                   ///< offers none that may be used
};

/// Talks from the greeting to QUIT, which comes once everything is answered, then ends our side of the stream.
wire::Task<SessionEnd> deliver(wire::Stream& peer, const ClientOptions& options, Outbox& outbox);

} // namespace tegami::smtp
