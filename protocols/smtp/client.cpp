#include "protocols/smtp/client.hpp"

#include "protocols/mail/dot_stuffing.hpp"
#include "protocols/sasl/line.hpp"

#include <memory>

namespace tegami::smtp {

namespace {

using wire::Duration;
using Heard = std::expected<Reply, Break>;

wire::Task<Heard> read_reply(wire::Stream& peer, Duration at_most)
{
    peer.allow(at_most);
    ReplyReader reader;
    for (;;) {
        const auto line = co_await peer.read_line(reply_line_limit);
        if (!line) co_return std::unexpected(Break{line.error(), {}});
        const auto progress = reader.feed(*line);
        if (progress == ReplyReader::Progress::malformed) co_return std::unexpected(Break{{}, reader.failure()});
        if (progress == ReplyReader::Progress::done) co_return reader.take();
    }
}

wire::Task<Heard> ask(wire::Stream& peer, std::string_view line, const ClientOptions& options)
{
    peer.allow(options.timeouts.command);
    const bool sent = co_await peer.write_lines(line, options.spans);
    // A server that closes may have said why before.
    static_cast<void>(sent);
    co_return co_await read_reply(peer, options.timeouts.command);
}

/// AUTH up to the last reply to it. RFC 4954 §4.
wire::Task<Heard> authenticate(wire::Stream& peer, const sasl::Mechanism& mechanism, const ClientOptions& options)
{
    const auto exchange = mechanism.make_client(*options.credentials);
    std::string line = "AUTH " + std::string{mechanism.name};
    if (mechanism.client_first) {
        // What does not fit into the line is said when the server asks for it.
        const auto fits = [&](std::string_view more) { return line.size() + 1 + more.size() <= auth_command_limit; };
        auto trial = mechanism.make_client(*options.credentials);
        if (const auto first = trial->initial_response(); first && fits(sasl::format_initial_response(*first))) {
            line += ' ' + sasl::format_initial_response(*first);
            static_cast<void>(exchange->initial_response());
        }
    }
    Heard heard = co_await ask(peer, line + "\r\n", options);
    while (heard && heard->code == 334) {
        const auto challenge = sasl::parse_line(heard->text);
        const auto response = challenge ? exchange->on_challenge(*challenge) : challenge;
        if (response) {
            heard = co_await ask(peer, sasl::format_line(*response) + "\r\n", options);
            continue;
        }
        heard = co_await ask(peer, "*\r\n", options);
        if (heard && heard->code == 334) heard = std::unexpected(Break{{}, response.error()}); // it does not even stop
    }
    co_return heard;
}

/// Greeting and EHLO, or HELO for a server that knows no better (RFC 5321 §3.2).
wire::Task<SessionEnd> open_session(wire::Stream& peer, const ClientOptions& options)
{
    SessionEnd session;
    const auto over = [&](Stage stage, const Heard& heard) {
        session.stage = stage;
        session.reply = heard ? *heard : Reply{};
        session.broken = heard ? Break{} : heard.error();
        return session;
    };
    auto heard = co_await read_reply(peer, options.timeouts.greeting);
    if (!heard || heard->code != 220) co_return over(Stage::greeting, heard);

    const bool lmtp = options.dialect == Dialect::lmtp;
    heard = co_await ask(peer, (lmtp ? "LHLO " : "EHLO ") + options.hello + "\r\n", options);
    if (!lmtp && heard && heard->permanent_failure()) {
        heard = co_await ask(peer, "HELO " + options.hello + "\r\n", options);
        if (!heard || !heard->positive()) co_return over(Stage::hello, heard);
    } else {
        if (!heard || !heard->positive()) co_return over(Stage::hello, heard);
        session.offered = parse_extensions(*heard);
    }
    session.reply = std::move(*heard);
    if (!options.credentials) co_return session;

    const sasl::Mechanism* const mechanism =
        sasl::choose_mechanism(session.offered.auth, options.secrecy, options.mechanism);
    if (!mechanism) {
        session.stage = Stage::authentication;
        co_return session;
    }
    session.mechanism = mechanism->name;
    heard = co_await authenticate(peer, *mechanism, options);
    if (!heard || heard->code != 235) co_return over(Stage::authentication, heard);
    session.reply = std::move(*heard);
    co_return session;
}

/// A mail on its way, at a fixed place: its transaction refers to it.
struct Exchange {
    OutgoingMail mail;
    Transaction transaction;

    Exchange(OutgoingMail given, const Extensions& offered, bool reset_first, Dialect dialect)
        : mail(std::move(given)),
          transaction(mail, offered, reset_first,
                      dialect == Dialect::lmtp ? ContentReplies::one_a_recipient : ContentReplies::one)
    {
    }
};

class Delivering {
  public:
    Delivering(wire::Stream& peer, const ClientOptions& options, Outbox& outbox, SessionEnd& session)
        : peer_(peer), options_(options), outbox_(outbox), session_(session)
    {
        const bool pipelining = options.pipelining && session.offered.pipelining;
        window_ = pipelining ? pipelined_command_limit : 1;
    }

    /// Until the outbox has no more, or the connection is of no more use.
    wire::Task<void> run()
    {
        auto now = co_await take_next(false);
        while (now) {
            Transaction& transaction = now->transaction;
            switch (transaction.next()) {
            case Transaction::Next::commands: co_await say_commands(*now); break;
            case Transaction::Next::replies: co_await hear(transaction); break;
            case Transaction::Next::content: co_await send_content(*now, true); break;
            case Transaction::Next::dot: co_await send_content(*now, false); break;
            case Transaction::Next::finished: {
                const bool reset_first = transaction.left_open();
                if (transaction.connection_over()) {
                    if (then_) end_unsaid(then_->transaction);
                    over_ = true;
                }
                co_await outbox_.report(transaction.result());
                if (then_)
                    now = std::move(then_);
                else if (over_)
                    now = nullptr;
                else
                    now = co_await take_next(reset_first);
                break;
            }
            }
        }
    }

    bool over() const { return over_; }

  private:
    /// The next mail that this server can take; those it cannot are reported at once.
    wire::Task<std::unique_ptr<Exchange>> take_next(bool reset_first)
    {
        for (;;) {
            auto mail = co_await outbox_.next(session_.offered);
            if (!mail) co_return nullptr;
            const auto refusal = refuse_locally(*mail, session_.offered);
            if (!refusal)
                co_return std::make_unique<Exchange>(std::move(*mail), session_.offered, reset_first, options_.dialect);
            RecipientResult refused{
                .fate = Fate::refused, .stage = Stage::mail, .reply = *refusal, .local = true, .broken = {}};
            const MailResult result{mail->id, std::vector(mail->forward_paths.size(), std::move(refused))};
            co_await outbox_.report(result);
        }
    }

    wire::Task<void> say_commands(Exchange& exchange)
    {
        peer_.allow(options_.timeouts.command);
        const std::string lines = exchange.transaction.commands(window_);
        const bool sent = co_await peer_.write_lines(lines, exchange.mail.spans);
        // If it was not, reading tells why, and what the server may have said before.
        static_cast<void>(sent);
    }

    wire::Task<void> hear(Transaction& transaction)
    {
        const Stage stage = transaction.awaited_stage();
        auto reply = co_await read_reply(peer_, allowed_for(stage));
        if (reply) {
            transaction.on_reply(std::move(*reply));
            if (transaction.connection_over()) end_session(stage, transaction.last_reply(), {});
        } else {
            transaction.on_break(reply.error());
            end_session(stage, {}, reply.error());
        }
    }

    /// The text, the dot, and behind it what can be said of the next mail already.
    wire::Task<void> send_content(Exchange& exchange, bool with_text)
    {
        if (window_ > 1) then_ = co_await take_next(false);
        const wire::OctetBuffer text = with_text ? mail::stuff(exchange.mail.octets) : wire::OctetBuffer{};
        const wire::Spans spans = exchange.mail.spans;

        peer_.allow(options_.timeouts.data_block);
        peer_.cork(true);
        bool sent = true;
        if (with_text) sent = co_await peer_.write(wire::Octets{text}, spans);
        const auto went = sent ? Transaction::Sent::whole : Transaction::Sent::partly;
        if (sent) sent = co_await peer_.write_lines(".\r\n", spans);
        if (sent && then_ && then_->transaction.next() == Transaction::Next::commands) co_await say_commands(*then_);
        peer_.cork(false);
        exchange.transaction.on_content(went);
    }

    /// The mail behind one with which the connection ended: whatever of it was said, its text was not.
    void end_unsaid(Transaction& unsaid)
    {
        if (session_.broken != Break{})
            unsaid.on_break(session_.broken);
        else
            unsaid.on_connection_over(session_.reply);
    }

    void end_session(Stage stage, const Reply& reply, const Break& broken)
    {
        session_.stage = stage;
        session_.reply = reply;
        session_.broken = broken;
    }

    Duration allowed_for(Stage stage) const
    {
        switch (stage) {
        case Stage::data: return options_.timeouts.data_initiation;
        case Stage::content: return options_.timeouts.data_termination;
        default: return options_.timeouts.command;
        }
    }

    wire::Stream& peer_;
    const ClientOptions& options_;
    Outbox& outbox_;
    SessionEnd& session_;
    std::size_t window_;
    std::unique_ptr<Exchange> then_; // said behind the dot of the one before
    bool over_ = false;
};

} // namespace

wire::Task<SessionEnd> deliver(wire::Stream& peer, const ClientOptions& options, Outbox& outbox)
{
    SessionEnd session = co_await open_session(peer, options);
    const bool opened = session.stage == Stage::quit;
    // Also a server that does not want to talk is left with QUIT (RFC 5321 §3.1).
    bool say_quit = session.reply.code != 0 && session.reply.code != 421;
    if (opened) {
        Delivering delivering{peer, options, outbox, session};
        co_await delivering.run();
        say_quit = !delivering.over();
    }
    if (say_quit) {
        const auto farewell = co_await ask(peer, "QUIT\r\n", options);
        if (farewell && opened) session.reply = *farewell;
    }
    peer.close();
    co_return session;
}

} // namespace tegami::smtp
