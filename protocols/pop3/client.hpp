#pragma once
/// The client's side of a POP3 connection: fetches what the maildrop holds. RFC 1939.

#include "protocols/mail/message.hpp"
#include "protocols/pop3/command.hpp"
#include "protocols/wire/stream.hpp"
#include "protocols/wire/task.hpp"
#include "protocols/wire/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tegami::pop3 {

constexpr std::size_t listing_limit = 100'000;                  ///< messages of one maildrop
constexpr std::size_t fetched_message_limit = 64 * 1024 * 1024; ///< octets of one message
constexpr wire::Duration client_timeout = wire::minutes(10);    ///< as long as a server waits (RFC 1939 §3)

struct FetchOptions {
    std::string user;
    std::string password;
    bool keep_on_server = false;
    wire::Spans spans; ///< whom the connection itself serves
    wire::Duration timeout = client_timeout;
    std::size_t message_limit = fetched_message_limit;
    wire::SpanAlgebra* algebra = nullptr;
};

/// A message as it arrived.
struct Fetched {
    std::uint64_t number = 0;
    std::string unique_id; ///< empty where the server has no UIDL
    mail::Message message; ///< with whom its octets serve
};

/// Where fetched messages go.
class Sink {
  public:
    /// Whether this one is wanted: it may be here from an earlier session. Then it need not be on the server any more.
    virtual bool wants(const std::string& unique_id) = 0;
    /// Keeps it. Only then may it be deleted on the server.
    virtual wire::Task<bool> store(Fetched fetched) = 0;

  protected:
    ~Sink() = default;
};

enum class FetchStage : std::uint8_t { greeting, log_in, list, retrieve, remove, quit };

/// How it ended. Deletions count only after a positive answer to QUIT (RFC 1939 §6): before that the messages come again.
struct FetchEnd {
    FetchStage stage = FetchStage::greeting; ///< how far it came; quit: to the end
    bool complete = false; ///< every message that was wanted is stored, and QUIT was answered with +OK
    std::size_t stored = 0;
    std::optional<Response> response;         ///< the -ERR that ended it, or the answer to QUIT
    std::optional<wire::Hangup> hangup;       ///< what ended it
    std::optional<wire::Malformed> malformed; ///< the server answered nonsense
};

/// Logs in with USER and PASS, lists by UIDL or else by STAT, retrieves what the sink wants, marks for deletion what it
/// stored now or earlier, and quits. Then it ends our side of the stream.
wire::Task<FetchEnd> fetch(wire::Stream& peer, const FetchOptions& options, Sink& sink);

} // namespace tegami::pop3
