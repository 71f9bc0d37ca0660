#pragma once
/// A user's mail program on one device: an outbox on its disk from which letters leave by SMTP, and what it fetched by
/// POP3. A letter is in the outbox until a server has promised to deliver it for every recipient, so it survives a crash;
/// after one it may be sent twice, with the same Message-ID (RFC 1047). Servers are asked for by their names, unless an
/// address was given.

#include "protocols/mail/letter.hpp"
#include "protocols/pop3/client.hpp"
#include "protocols/smtp/client.hpp"
#include "sim/nodes/handing_over.hpp"
#include "sim/nodes/hop.hpp"
#include "sim/nodes/mailboxes.hpp"
#include "sim/nodes/queue_file.hpp"

namespace tegami::nodes {

inline constexpr Duration first_retry = wire::minutes(1);
inline constexpr Duration longest_retry = wire::minutes(30); ///< RFC 5321 §4.5.4.1: not more often in the long run
inline constexpr Duration give_up_after = wire::minutes(5 * 24 * 60); ///< RFC 5321 §4.5.4.1: 4 to 5 days

class Mua final : public Role {
  public:
    struct Settings {
        std::string user; ///< "bob": the mailbox asked for
        mail::NamedMailbox self;
        std::string password;
        wire::Endpoint submit;   ///< where letters go unless they say otherwise; without an address: by its name
        std::string submit_name; ///< that host, as people call it
        wire::Endpoint mailbox;  ///< its MRA; without an address: by its name
        std::string mailbox_name;
        /// With what it authenticates itself on any port but 25 (RFC 6409 §4.3).
        std::optional<sasl::Credentials> login{};
        std::string mechanism{}; ///< by which; empty: the best that the server offers
    };
    Mua(Host& host, Mailboxes& mailboxes, Settings settings);

    void start() override;
    void forget() override;

    struct Writing {
        std::vector<mail::Mailbox> to;
        std::vector<mail::Mailbox> cc;
        std::vector<mail::Mailbox> bcc; ///< of whom the others do not learn
        std::string subject;
        std::string text;
        std::optional<wire::Endpoint> server;
        std::string server_name;
    };
    /// The user writes a letter and presses Send.
    MailId send(const Writing& writing);
    /// The user sends a letter once more, as it is, by the account: what is left of it in the outbox, or what a server has
    /// refused. False where nothing is.
    bool resend(MailId mail);
    /// The user asks for mail. `keep`: leaves it on the server. `sought`: the mail that she looks for, which the request
    /// serves whether or not it is there.
    void fetch(bool keep, std::optional<MailId> sought = std::nullopt);

  private:
    struct Letter {
        QueueFile file;
        std::string path; ///< on the disk, once it is there
        Spans spans;      ///< the file's
        MailId mail;
        Time next_try;
        bool under_way = false;             ///< a session has it
        SpanId step{};                      ///< S1 of the try under way
        std::vector<mail::Mailbox> refused; ///< for whom a server would not take it
        bool again = false;                 ///< to be sent once more as soon as the try under way is over
    };
    class Outbox;
    class Sink;

    Task<void> put(std::size_t letter);
    Task<void> hand_over(Hop to);
    Task<std::expected<std::vector<wire::Address>, Names::Failure>> find_server(const Hop& to,
                                                                                const std::vector<Letter*>& begun);
    Task<void> wait_and_kick(Hop to, Duration length);
    Task<void> clean_and_kick(std::vector<std::string> half_written, std::vector<Hop> servers);
    Task<void> fetch_all(bool keep, std::optional<MailId> sought);
    Task<void> fetch_from(std::vector<MailId> mails, Steps& asking, bool keep, Handed& ended);
    void kick(const Hop& to);
    bool due(const Letter& letter, const Hop& to) const;
    void begin_try(Letter& letter);
    Task<void> settle(Letter& letter, Outcome outcome, std::string_view reason, std::string detail);
    Task<void> keep(Letter& letter);
    Task<void> send_again(Letter& letter);
    void schedule_retry(Letter& letter);
    static Hop server_of(const Letter& letter) { return {letter.file.server_name, letter.file.server}; }

    Host& host_;
    Mailboxes& mailboxes_;
    Settings settings_;
    std::vector<std::unique_ptr<Letter>> letters_; // in the order in which they were written
    std::vector<Hop> talking_;                     // servers with which a session is under way
};

} // namespace tegami::nodes
