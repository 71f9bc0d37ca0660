#pragma once
/// One SMTP session as the server sees it: which command may come when, and what is answered. It talks to nobody, waits for
/// nothing, and knows no mailbox. RFC 5321 §3 and §4, with PIPELINING (RFC 2920), 8BITMIME (RFC 6152), SIZE (RFC 1870),
/// ENHANCEDSTATUSCODES (RFC 2034) and, where there are accounts, AUTH (RFC 4954).
///
/// Left out: STARTTLS and SMTPUTF8 are not offered; VRFY answers 252 and EXPN 502 (§3.5.3).

#include "protocols/mail/address.hpp"
#include "protocols/mail/unstuffing.hpp"
#include "protocols/sasl/registry.hpp"
#include "protocols/smtp/command.hpp"
#include "protocols/smtp/reply.hpp"
#include "protocols/wire/stream.hpp"
#include "protocols/wire/time.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tegami::smtp {

constexpr std::size_t recipient_limit = 1'000;            ///< RFC 5321 §4.5.3.1.8 promises 100
constexpr std::uint64_t message_limit = 10 * 1024 * 1024; ///< RFC 5321 §4.5.3.1.7 promises 64 KiB
constexpr std::size_t bad_command_limit = 20;             ///< the next one ends the session
constexpr std::size_t bad_command_patience = 9;           ///< the next one is answered late, and each one behind it
constexpr wire::Duration bad_command_delay = wire::seconds(1);
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
    sasl::Accounts* accounts = nullptr; ///< AUTH is offered where there are some
    sasl::Secrecy secrecy = sasl::Secrecy::password_may_show;
    bool require_authentication = false; ///< 530 to whoever wants to send without (RFC 4954 §6)
    wire::SpanAlgebra* algebra = nullptr;
};

/// How one AUTH ended.
struct Authentication {
    enum class Verdict : std::uint8_t { accepted, refused, malformed, cancelled };

    std::string mechanism;
    sasl::Identity identity; ///< whom the client said to be; empty where it did not come to that
    Verdict verdict{};
};

/// What the commands of one mail transaction have said. RFC 5321 §3.3.
struct Envelope {
    std::string hello;       ///< what the client calls itself
    bool extended = false;   ///< it said EHLO
    std::string user;        ///< as whom it has authenticated itself; empty: it has not
    mail::Path reverse_path; ///< without a mailbox: a notice, to which nobody replies
    std::vector<mail::Mailbox> forward_paths;
    std::uint64_t declared_size = 0; ///< SIZE=; 0 where it was not said
    Body body{};
    /// Who first brought the message, as a client says that is trusted because it has authenticated itself; `<>` from any
    /// other (RFC 4954 §5). Nothing where it was not said.
    std::optional<mail::Path> submitter;
    wire::Spans spans; ///< whom its MAIL, RCPT and DATA lines serve
};

/// The word behind `with` in a Received field: SMTP, ESMTP, ESMTPA. RFC 5321 §4.4, RFC 3848.
std::string_view transfer_name(const Envelope& envelope);

class Session {
  public:
    enum class Next : std::uint8_t {
        answer,          ///< say the reply and go on
        judge_recipient, ///< ask whether mail for `candidate()` is taken here, then `on_recipient`
        read_response,   ///< say the reply, which is a challenge, and hear a line, then `on_response`
        read_message,    ///< say the reply, read the text, then `on_message`
    };
    struct Answer {
        Next next = Next::answer;
        Reply reply; ///< none with judge_recipient
    };

    /// `spans` is whom the connection itself serves.
    explicit Session(Policy policy, wire::Spans spans = {});

    static std::expected<Command, CommandError> parse(std::string_view line) { return parse_command(line); }
    Reply greeting() const;
    Answer on_command(const std::expected<Command, CommandError>& command, wire::Spans spans);
    /// A command line was longer than `command_line_limit`, or one of AUTH than `sasl::exchange_line_limit`. `beginning` is
    /// how it begins.
    Reply on_long_line(std::string_view beginning);
    /// A line of the client's in an exchange of AUTH, and whether it was longer than `sasl::exchange_line_limit`.
    Answer on_response(std::string_view line, bool too_long);
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
    /// The same for the answer to a message.
    std::string say_to_message(Reply reply) { return say(std::move(reply)); }

    /// How an AUTH has ended since this was last asked.
    std::optional<Authentication> take_authentication() { return std::exchange(judged_, std::nullopt); }
    /// How long the client has to wait for its answer: it has erred often.
    wire::Duration take_delay() { return std::exchange(delay_, {}); }

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
    Answer auth(std::string_view argument);
    Answer after(sasl::ServerMechanism::Step step);
    Answer end_exchange(Authentication::Verdict verdict, sasl::Identity identity, Reply reply);
    bool must_authenticate() const { return policy_.require_authentication && envelope_.user.empty(); }
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
    wire::Duration delay_;
    const sasl::Mechanism* mechanism_ = nullptr; // of the exchange under way
    std::unique_ptr<sasl::ServerMechanism> exchange_;
    std::optional<Authentication> judged_;
};

} // namespace tegami::smtp
