#pragma once
/// One POP3 session as the server sees it: AUTHORIZATION, TRANSACTION and UPDATE (RFC 1939 §4 to §6), CAPA (RFC 2449), the
/// response codes of RFC 2449 §8 and RFC 3206. It talks to nobody and opens no maildrop.
///
/// Left out: APOP (RFC 1939 §7, MD5), AUTH (RFC 5034) and STLS (RFC 2595) are not offered.

#include "protocols/pop3/command.hpp"
#include "protocols/wire/time.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace tegami::pop3 {

constexpr wire::Duration auto_logout = wire::minutes(10); ///< RFC 1939 §3: at least so long
constexpr std::size_t failed_login_limit = 5;             ///< the next one ends the session
constexpr std::size_t bad_command_limit = 20;             ///< the same

struct Policy {
    std::string greeting = "POP3 server ready";
    wire::Duration auto_logout = pop3::auto_logout;
};

/// A message of a maildrop, as it was when the maildrop was locked.
struct Listed {
    std::uint64_t octets = 0; ///< with CRLF line ends, not stuffed
    std::string unique_id;    ///< 1 to 70 octets of visible ASCII, the same in every session (RFC 1939 §7, UIDL)
};

enum class OpenError : std::uint8_t {
    wrong_password, ///< or nobody of that name: they look the same from outside
    in_use,         ///< another session has the lock
    temporary,      ///< it cannot be read just now
};

class Session {
  public:
    enum class State : std::uint8_t { authorization, transaction, update };
    enum class Next : std::uint8_t {
        answer,   ///< say `response`, and `listing` behind it if there is one
        open,     ///< open the maildrop of `user()` with the `password`, then `on_open`
        retrieve, ///< get message `number`, then say it: the whole of it, or header and `lines` of the body
        commit,   ///< delete `marked()` and give the lock back, then `on_commit`
        end,      ///< say `response` and hang up
    };
    struct Answer {
        Next next = Next::answer;
        Response response{};
        bool multi_line = false;
        std::string listing{};  ///< lines with CRLF, without the dot at their end
        std::string password{}; ///< with open
        std::size_t number = 0; ///< with retrieve, from 1
        bool whole = true;      ///< with retrieve: RETR; else TOP
        std::uint64_t lines = 0;
    };

    explicit Session(Policy policy);

    Response greeting() const { return {true, {}, policy_.greeting}; }
    Answer on_command(const wire::Decoded<Command>& command);
    Answer on_long_line();
    /// The maildrop is open and locked, and holds these.
    Response on_open(std::vector<Listed> messages);
    Answer on_open_failure(OpenError error);
    /// Whether everything that was marked is deleted.
    Response on_commit(bool deleted) const;

    const Policy& policy() const { return policy_; }
    State state() const { return state_; }
    const std::string& user() const { return user_; }
    /// Numbers of the messages marked for deletion, from 1.
    std::vector<std::size_t> marked() const;

  private:
    Answer in_authorization(const Command& command);
    Answer in_transaction(const Command& command);
    Answer capabilities() const;
    Answer listing(const Command& command) const;
    std::string listing_line(std::size_t number, Verb verb) const;
    enum class Statistics : std::uint8_t { drop_listing, words };
    Response statistics(Statistics kind) const;
    Answer bad(Response response);
    /// Whether it is the number of a message that is not marked.
    bool exists(std::uint64_t number) const;

    struct Entry {
        Listed message;
        bool marked = false;
    };
    Policy policy_;
    State state_ = State::authorization;
    std::string user_;
    std::vector<Entry> entries_;
    std::size_t failed_logins_ = 0;
    std::size_t bad_commands_ = 0;
};

} // namespace tegami::pop3
