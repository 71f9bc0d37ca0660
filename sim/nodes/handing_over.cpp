#include "sim/nodes/handing_over.hpp"

#include "protocols/mail/letter.hpp"
#include "sim/net/attempts.hpp"
#include "sim/nodes/signal.hpp"
#include "sim/nodes/words.hpp"

namespace tegami::nodes {

namespace {

class OneLetter final : public smtp::Outbox {
  public:
    OneLetter(Host& host, const QueueFile& file, Spans spans)
        : known(host.engine(), host.node()), file_(file), spans_(spans)
    {
    }

    Task<std::optional<smtp::OutgoingMail>> next(const smtp::Extensions& offered) override
    {
        if (std::exchange(given_, true)) co_return std::nullopt;
        smtp::OutgoingMail mail;
        mail.reverse_path = file_.reverse_path;
        mail.forward_paths = file_.forward_paths;
        const std::string message = offered.eight_bit_mime ? file_.message : mail::as_seven_bit(file_.message);
        mail.octets.assign(message.begin(), message.end());
        mail.spans = spans_;
        co_return mail;
    }
    Task<void> report(const smtp::MailResult& reported) override
    {
        result = reported;
        known.give();
        co_return;
    }

    Signal known; ///< what became of it, or that the session ended without
    std::optional<smtp::MailResult> result;
    smtp::SessionEnd end;

  private:
    const QueueFile& file_; // not looked at once anything is known
    Spans spans_;
    bool given_ = false;
};

/// The session up to its end, in a process of its own.
Task<void> talk(std::unique_ptr<wire::Stream> stream, smtp::ClientOptions options, std::shared_ptr<OneLetter> letter)
{
    letter->end = co_await smtp::deliver(*stream, options, *letter);
    letter->known.give();
}

} // namespace

Task<std::expected<Connected, wire::ConnectError>> connect_to_any(Host& host, std::vector<wire::Address> addresses,
                                                                  wire::Port port, run::Protocol protocol, Spans spans,
                                                                  Waiting who)
{
    std::vector<wire::Endpoint> to;
    for (const wire::Address& address : addresses) to.push_back({address, port});
    net::Tcp& tcp = host.network().tcp;
    const auto connecting = [&] {
        if (who == Waiting::person) return net::connect_soonest(tcp, host.node(), to, protocol, spans);
        return net::connect_in_turn(tcp, host.node(), to, protocol, spans, {});
    };
    net::Attempted attempted = co_await connecting();
    if (!attempted.stream) {
        host.journal().not_connected(spans, attempted.filtered);
        co_return std::unexpected(attempted.stream.error());
    }
    const auto* const stream = dynamic_cast<const net::TcpStream*>(attempted.stream->get());
    const Spans session = stream ? stream->session() : Spans{};
    co_return Connected{std::move(*attempted.stream), to[attempted.which], session};
}

Handed judge(const smtp::MailResult& result, const std::vector<mail::Mailbox>& asked)
{
    Handed handed;
    const smtp::RecipientResult* deferred = nullptr;
    const smtp::RecipientResult* refused = nullptr;
    std::string refused_for;
    for (std::size_t i = 0; i < result.recipients.size(); ++i) {
        const smtp::RecipientResult& r = result.recipients[i];
        if (r.fate == smtp::Fate::accepted) {
            handed.taken = true;
        } else if (r.fate == smtp::Fate::refused) {
            if (!refused) refused = &r;
            refused_for += (refused_for.empty() ? "" : ", ") + mail::format(asked[i]);
        } else {
            if (!deferred || r.fate == smtp::Fate::uncertain) deferred = &r;
            handed.left.push_back(asked[i]);
        }
    }
    if (deferred) {
        handed.may_be_there = deferred->fate == smtp::Fate::uncertain;
        handed.outcome = Outcome::deferred;
        handed.reason = deferred->reply.code != 0 ? "reply" : handed.may_be_there ? "broke.after.dot" : "broke";
        if (deferred->reply.code != 0) handed.detail = reply_line(deferred->reply);
    } else if (refused && !handed.taken) {
        handed.outcome = Outcome::refused;
        handed.reason = "reply";
        handed.detail = reply_line(refused->reply);
    } else if (refused) { // it goes its way to the others
        handed.reason = "refused.some";
        handed.detail = refused_for + ": " + reply_line(refused->reply);
    }
    return handed;
}

Task<Handed> hand_over(Host& host, std::unique_ptr<wire::Stream> stream, smtp::ClientOptions options,
                       const QueueFile& file, Spans spans)
{
    const auto letter = std::make_shared<OneLetter>(host, file, spans);
    options.spans = spans;
    host.spawn(talk(std::move(stream), std::move(options), letter));
    co_await letter->known.wait();
    if (letter->result) co_return judge(*letter->result, file.forward_paths);
    // It never came to the letter: whatever the server said, it said of this connection (RFC 5321 §3.1).
    Handed handed;
    handed.outcome = Outcome::deferred;
    handed.left = file.forward_paths;
    handed.reason = "broke";
    if (letter->end.reply.code != 0 && !letter->end.reply.positive()) {
        handed.reason = "reply";
        handed.detail = reply_line(letter->end.reply);
    }
    co_return handed;
}

} // namespace tegami::nodes
