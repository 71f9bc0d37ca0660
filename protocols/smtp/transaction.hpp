#pragma once
/// One mail transaction as the client sees it: what to say next, and what the replies mean for each recipient. It talks to
/// nobody. RFC 5321 §3.3, with any number of commands under way at once (RFC 2920 §3.1).

#include "protocols/mail/address.hpp"
#include "protocols/smtp/extensions.hpp"
#include "protocols/smtp/reply.hpp"
#include "protocols/wire/stream.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tegami::smtp {

/// A mail that is to be handed to a server.
struct OutgoingMail {
    std::uint64_t id = 0; ///< its owner's; comes back with the results
    mail::Path reverse_path;
    std::vector<mail::Mailbox> forward_paths;
    wire::OctetBuffer octets; ///< header and body, not stuffed
    wire::Spans spans;        ///< whom its commands and octets serve
};

/// Where in the dialogue something was decided.
enum class Stage : std::uint8_t { greeting, hello, authentication, mail, rcpt, data, content, quit };

/// Behind the final dot SMTP gives one reply, LMTP one for each recipient that RCPT took (RFC 2033 §4.2).
enum class ContentReplies : std::uint8_t { one, one_a_recipient };

enum class Fate : std::uint8_t {
    accepted, ///< the server has promised to deliver or report
    refused,  ///< for good
    deferred, ///< to be tried again
    uncertain, ///< the connection broke between the final dot and its reply: try again; a second copy may come of it (RFC 1047)
};

/// Why nothing more can be said or heard on a connection.
struct Break {
    std::optional<wire::Hangup> hangup;
    std::optional<wire::Malformed> malformed; ///< the server answered nonsense

    bool operator==(const Break&) const = default;
};

/// What became of one recipient.
struct RecipientResult {
    Fate fate = Fate::deferred;
    Stage stage = Stage::mail; ///< where it was decided
    Reply reply;               ///< the reply that decided; code 0 where none did
    bool local = false;        ///< decided here: the server's offers rule the mail out, and `reply` is in our own words
    Break broken;              ///< what decided instead of a reply

    bool operator==(const RecipientResult&) const = default;
};

struct MailResult {
    std::uint64_t id = 0;
    std::vector<RecipientResult> recipients; ///< one for each of the forward paths, in their order
};

/// Why this mail cannot go to a server of these offers: too big (RFC 1870 §6.2), or octets beyond ASCII without 8BITMIME
/// (RFC 6152 §3).
std::optional<Reply> refuse_locally(const OutgoingMail& mail, const Extensions& offered);

class Transaction {
  public:
    enum class Next : std::uint8_t {
        commands, ///< say `commands()`
        replies,  ///< hear the next reply, then `on_reply`
        content,  ///< send the message and the dot, then `on_content`
        dot,      ///< send the dot alone: 354 came though nobody is left to send to (RFC 2920 §3.1)
        finished,
    };
    enum class Sent : std::uint8_t { whole, partly };

    /// `mail` must outlive the transaction. `reset_first`: the one before was left open.
    Transaction(const OutgoingMail& mail, const Extensions& offered, bool reset_first = false,
                ContentReplies content_replies = ContentReplies::one);

    Next next() const;
    /// At most `most` further commands with their CRLFs, DATA only as the last. RFC 2920 §3.1.
    std::string commands(std::size_t most);
    /// The reply to the first thing that has none yet.
    void on_reply(Reply reply);
    /// Content and dot were sent, or the stream broke underway: then the dot was not.
    void on_content(Sent sent);
    /// The connection is of no more use: it broke, or another transaction's reply ended it.
    void on_break(const Break& broken);
    void on_connection_over(const Reply& reply);

    /// What the next reply answers.
    Stage awaited_stage() const { return stage_at(answered_); }
    /// The server will say no more on this connection (421), or is not to be understood: `last_reply` holds what it said.
    bool connection_over() const { return connection_over_; }
    const Reply& last_reply() const { return last_reply_; }
    /// The server has a transaction open, so RSET must come before the next MAIL.
    bool left_open() const { return open_; }
    MailResult result() const { return {mail_.id, results_}; }

  private:
    std::size_t data_position() const { return mail_.forward_paths.size() + 2; }
    Stage stage_at(std::size_t position) const;
    void decide_open(Fate fate, Stage stage, const Reply& reply, const Break& broken = {});
    void on_rcpt(std::size_t recipient, const Reply& reply);
    void on_data(const Reply& reply);
    void on_content_reply(const Reply& reply);
    std::size_t first_open() const;

    // Position 0 is RSET, 1 is MAIL, then one for each RCPT, then DATA, then the final dot.
    const OutgoingMail& mail_;
    std::string mail_parameters_;
    ContentReplies content_replies_;
    std::vector<RecipientResult> results_;
    std::vector<bool> decided_;
    std::size_t said_ = 0;     // first position not said yet
    std::size_t answered_ = 0; // first position without a reply
    std::size_t taken_ = 0;    // recipients that RCPT took
    Reply last_reply_;
    bool mail_refused_ = false;
    bool open_ = false;
    bool go_ahead_ = false; // 354
    bool data_refused_ = false;
    bool content_broke_ = false;
    bool connection_over_ = false;
};

} // namespace tegami::smtp
