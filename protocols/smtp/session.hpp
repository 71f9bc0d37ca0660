#pragma once
/// One SMTP session as the server sees it: which command may come when, and what is answered. It talks to nobody, waits for
/// nothing, and knows no mailbox. RFC 5321 §3 and §4, with PIPELINING (RFC 2920), 8BITMIME (RFC 6152), SIZE (RFC 1870) and
/// ENHANCEDSTATUSCODES (RFC 2034).
///
/// Left out: AUTH, STARTTLS and SMTPUTF8 are not offered; VRFY answers 252 and EXPN 502 (§3.5.3).

#include "protocols/mail/address.hpp"
#include "protocols/mail/unstuffing.hpp"
#include "protocols/smtp/command.hpp"
#include "protocols/smtp/reply.hpp"
#include "protocols/wire/stream.hpp"
#include "protocols/wire/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tegami::smtp {

constexpr std::size_t recipient_limit = 1'000;               ///< RFC 5321 §4.5.3.1.8 promises 100
constexpr std::uint64_t message_limit = 10 * 1024 * 1024;    ///< RFC 5321 §4.5.3.1.7 promises 64 KiB
constexpr std::size_t bad_command_limit = 20;                ///< the next one ends the session
constexpr wire::Duration command_timeout = wire::minutes(5); ///< RFC 5321 §4.5.3.2.7

/// What this server is and offers: its owner's choice.
struct Policy {
    std::string host_name;
    std::string greeting = "ESMTP tegami"; ///< behind the host's name in the 220
    std::uint64_t message_limit = smtp::message_limit;
    std::size_t recipient_limit = smtp::recipient_limit;
    wire::Duration command_timeout = smtp::command_timeout;
    bool pipelining = true;
    bool eight_bit_mime = true;
    bool size = true;
    bool enhanced_status_codes = true;
    wire::SpanAlgebra* algebra = nullptr;
};

/// What the commands of one mail transaction have said. RFC 5321 §3.3.
struct Envelope {
    std::string hello;       ///< what the client calls itself
    bool extended = false;   ///< it said EHLO: `with ESMTP` in Received (RFC 3848)
    mail::Path reverse_path; ///< without a mailbox: a notice, to which nobody replies
    std::vector<mail::Mailbox> forward_paths;
    std::uint64_t declared_size = 0; ///< SIZE=; 0 where it was not said
    Body body{};
    wire::Spans spans; ///< whom its MAIL, RCPT and DATA lines serve
};

class Session {
  public:
    enum class Next : std::uint8_t {
        answer,          ///< say the reply and go on
        judge_recipient, ///< ask whether mail for `candidate()` is taken here, then `on_recipient`
        read_message,    ///< say the reply, read the text, then `on_message`
    };
    struct Answer {
        Next next = Next::answer;
        Reply reply; ///< none with judge_recipient
    };

    /// `spans` is whom the connection itself serves.
    explicit Session(Policy policy, wire::Spans spans = {});

    Reply greeting() const;
    Answer on_command(const std::expected<Command, CommandError>& command, wire::Spans spans);
    /// A command line was longer than `command_line_limit`.
    Reply on_long_line();
    /// The verdict on `candidate()`: a positive one makes it a forward-path.
    Reply on_recipient(Reply verdict);
    /// Refuses text that breaks a rule. Otherwise the transaction stays open for a judgement of it, then `on_verdict`.
    std::optional<Reply> on_message(const mail::ReadText& text);
    /// The transaction is over, whatever was said to its text.
    void on_verdict();
    /// Nothing came for too long.
    Reply on_timeout();

    /// The reply as it is sent. After a 421 or the answer to QUIT the session has ended.
    std::string say(Reply reply);

    const Policy& policy() const { return policy_; }
    wire::Spans spans() const { return spans_; }
    const Envelope& envelope() const { return envelope_; }
    const mail::Mailbox& candidate() const { return candidate_; }
    bool ended() const { return ended_; }

  private:
    Reply hello(const Command& command);
    Reply mail_from(const Command& command, wire::Spans spans);
    Answer rcpt_to(const Command& command, wire::Spans spans);
    Answer data(wire::Spans spans);
    Reply bad(Reply reply);
    void reset();

    Policy policy_;
    wire::Spans spans_;
    Envelope envelope_;
    mail::Mailbox candidate_;
    bool greeted_ = false; // EHLO or HELO was said
    bool mail_given_ = false;
    bool ended_ = false;
    std::size_t bad_commands_ = 0;
};

} // namespace tegami::smtp
