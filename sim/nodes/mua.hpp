#pragma once
/// A user's mail program on one device: an outbox on its disk from which letters leave by SMTP, and what it fetched by
/// POP3. A letter is in the outbox until a server has promised to deliver it for every recipient, so it survives a crash;
/// after one it may be sent twice, with the same Message-ID (RFC 1047).

#include "protocols/mail/letter.hpp"
#include "protocols/pop3/client.hpp"
#include "protocols/smtp/client.hpp"
#include "sim/nodes/mailboxes.hpp"
#include "sim/nodes/outbox_file.hpp"

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
        wire::Endpoint submit;   ///< where letters go unless they say otherwise
        std::string submit_name; ///< that host, as people call it
        wire::Endpoint mailbox;  ///< its MRA
        std::string mailbox_name;
    };
    Mua(Host& host, Mailboxes& mailboxes, Settings settings);

    void start() override;
    void forget() override;

    struct Writing {
        std::vector<mail::Mailbox> to;
        std::string subject;
        std::string text;
        std::optional<wire::Endpoint> server;
        std::string server_name;
    };
    /// The user writes a letter and presses Send.
    MailId send(const Writing& writing);
    /// The user asks for mail. `keep`: leaves it on the server.
    void fetch(bool keep);

  private:
    struct Letter {
        OutboxFile file;
        std::string path; ///< on the disk, once it is there
        MailId mail;
        Time next_try;
        bool under_way = false; ///< a session has it
        SpanId step{};          ///< S1 of the try under way
    };
    class Outbox;
    class Sink;

    Task<void> put(std::size_t letter);
    Task<void> hand_over(wire::Endpoint to);
    Task<void> wait_and_kick(wire::Endpoint to, Duration length);
    Task<void> clean_and_kick(std::vector<std::string> half_written, std::vector<wire::Endpoint> servers);
    Task<void> fetch_all(bool keep);
    void kick(wire::Endpoint to);
    bool due(const Letter& letter, wire::Endpoint to) const;
    void begin_try(Letter& letter);
    Task<void> settle(Letter& letter, Outcome outcome, std::string_view reason, std::string detail);
    void schedule_retry(Letter& letter);

    Host& host_;
    Mailboxes& mailboxes_;
    Settings settings_;
    std::vector<std::unique_ptr<Letter>> letters_; // in the order in which they were written
    std::vector<wire::Endpoint> talking_;          // servers with which a session is under way
};

} // namespace tegami::nodes
