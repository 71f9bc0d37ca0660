#pragma once
/// One letter to one server: the connection, the dialogue, and what became of each recipient.

#include "protocols/lmtp/client.hpp"
#include "protocols/smtp/client.hpp"
#include "sim/nodes/queue_file.hpp"
#include "sim/nodes/steps.hpp"

namespace tegami::nodes {

/// A connection that stands.
struct Connected {
    std::unique_ptr<wire::Stream> stream;
    wire::Endpoint peer;
    Spans session;
};

/// Who waits for the connection: a person, whose program tries the next address after 250 ms already (RFC 8305 §5), or a
/// server, which tries one address after the other.
enum class Waiting : std::uint8_t { person, server };

/// To the first of the addresses that answers; or why the last of them failed.
Task<std::expected<Connected, wire::ConnectError>> connect_to_any(Host& host, std::vector<wire::Address> addresses,
                                                                  wire::Port port, run::Protocol protocol, Spans spans,
                                                                  Waiting who = Waiting::server);

/// What a step came to, and for whom the letter still has to go.
struct Handed {
    Outcome outcome{};
    std::string reason; ///< a stable key
    std::string detail;
    std::vector<mail::Mailbox> left; ///< deferred ones, in their order
    bool taken = false;              ///< for one of them at least
    bool may_be_there = false; ///< a server may have it all the same: nobody else is to be tried right now (RFC 1047)
};

/// What the results of a mail's recipients come to.
Handed judge(const smtp::MailResult& result, const std::vector<mail::Mailbox>& asked);

/// Talks to the server, and tells as soon as it has answered for the letter: whoever keeps the letter lets go of it at
/// once, for until then a crash would send it again (RFC 1047). QUIT and its reply go on meanwhile. `file` stays until
/// then.
Task<Handed> hand_over(Host& host, std::unique_ptr<wire::Stream> stream, smtp::ClientOptions options,
                       const QueueFile& file, Spans spans);

} // namespace tegami::nodes
