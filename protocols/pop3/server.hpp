#pragma once
/// The server's side of a POP3 connection. RFC 1939.

#include "protocols/mail/message.hpp"
#include "protocols/pop3/session.hpp"
#include "protocols/wire/stream.hpp"
#include "protocols/wire/task.hpp"

namespace tegami::pop3 {

/// A message as the maildrop has it. `spans` is whom its octets serve: the story of that mail.
struct Retrieved {
    wire::OctetBuffer octets; ///< with CRLF line ends
    wire::Spans spans;
};

/// Where the messages are. Every call may take time.
class Maildrop {
  public:
    /// Checks name and password, and takes the maildrop's lock for this session alone (RFC 1939 §4).
    virtual wire::Task<std::expected<std::vector<Listed>, OpenError>> open(const std::string& user,
                                                                           const std::string& password,
                                                                           wire::Spans spans) = 0;
    /// Message `number` of the list that `open` gave, from 1; nothing where it cannot be read.
    virtual wire::Task<std::optional<Retrieved>> retrieve(std::size_t number, wire::Spans spans) = 0;
    /// UPDATE: deletes these and gives the lock back. False where some could not be deleted.
    virtual wire::Task<bool> commit(const std::vector<std::size_t>& numbers, wire::Spans spans) = 0;
    /// Gives the lock back and deletes nothing: the client went without QUIT.
    virtual void release() = 0;

  protected:
    ~Maildrop() = default;
};

/// Talks from the greeting until the client has quit or is gone, then ends our side of the stream. `spans` is whom the
/// connection itself serves.
wire::Task<void> serve(wire::Stream& peer, Session& session, Maildrop& maildrop, wire::Spans spans = {});

/// The header, the empty line and the first `lines` lines of the body. RFC 1939 §7, TOP.
wire::Octets top_of(wire::Octets message, std::uint64_t lines);

} // namespace tegami::pop3
