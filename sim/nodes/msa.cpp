#include "sim/nodes/msa.hpp"

#include "protocols/mail/completion.hpp"
#include "sim/nodes/pausing.hpp"
#include "sim/nodes/receiving.hpp"
#include "sim/nodes/words.hpp"

namespace tegami::nodes {

namespace {

/// RFC 6409 §6.1, §4.2: what a message lacks, in the words of a reply.
smtp::Reply refusal(mail::Incomplete why)
{
    switch (why) {
    case mail::Incomplete::no_from: return {554, {5, 6, 0}, "The message has no From field"};
    case mail::Incomplete::several_from: return {554, {5, 6, 0}, "The message has several From fields"};
    case mail::Incomplete::bad_from: return {554, {5, 6, 0}, "The From field names no mailbox of a full domain"};
    case mail::Incomplete::no_sender: return {554, {5, 6, 0}, "Several authors, and no Sender field"};
    case mail::Incomplete::header_too_big: return {554, {5, 6, 0}, "The header is too big"};
    }
    return {554, {5, 6, 0}, "The message cannot be sent on"};
}

} // namespace

Msa::Msa(Host& host, Settings settings) : host_(host), settings_(std::move(settings)), queue_(host, "msa-queue", *this)
{
    settings_.domain = lower(settings_.domain);
    settings_.policy.host_name = host.domain_name();
    settings_.policy.accounts = this;
    settings_.policy.algebra = &host.spans();
}

/// By "alice" or by "alice@example.jp".
const Msa::Account* Msa::find(std::string_view user) const
{
    const std::string name = lower(user);
    const std::size_t at = name.rfind('@');
    if (at != name.npos && name.substr(at + 1) != settings_.domain) return nullptr;
    const auto known = settings_.accounts.find(name.substr(0, at));
    return known == settings_.accounts.end() ? nullptr : &known->second;
}

bool Msa::has_password(std::string_view user, std::string_view password)
{
    const Account* const account = find(user);
    return account && account->password == password;
}

// ---- taking what is submitted --------------------------------------------------------------------------------------

class Msa::Delivery final : public smtp::Delivery {
  public:
    Delivery(Msa& msa, wire::Endpoint client) : msa_(msa), client_(client) {}

    Task<smtp::Reply> recipient(const smtp::Envelope& envelope, const mail::Mailbox& to, Spans) override
    {
        const Settings& settings = msa_.settings_;
        const auto& sender = envelope.reverse_path.mailbox;
        if (envelope.user.empty()) { // port 25
            if (!is_own(settings.own_networks, client_.address))
                co_return smtp::Reply{550, {5, 7, 1}, "Relaying denied: authenticate, or come from our own network"};
            // RFC 6409 §6.1: nobody has shown who it is, but it has to be one of ours.
            if (sender && lower(sender->domain) != settings.domain)
                co_return smtp::Reply{550, {5, 7, 1}, "Senders here are of " + settings.domain};
        } else if (const Account* const account = msa_.find(envelope.user);
                   sender && (!account || !mail::same_mailbox(*sender, account->address))) {
            co_return smtp::Reply{550, {5, 7, 1}, "You may not send as " + mail::format(*sender)};
        }
        if (!to.domain.empty() && !mail::is_fully_qualified(to.domain))
            co_return smtp::Reply{550, {5, 1, 2}, "The recipient's domain is not fully qualified"};
        co_return smtp::Reply{250, {2, 1, 5}, "Recipient OK"};
    }

    void authenticated(const smtp::Authentication& authentication, Spans spans) override
    {
        note_authentication(msa_.host_, authentication, spans);
    }

    Task<smtp::Reply> accept(const smtp::Envelope& envelope, const mail::Message& message, Spans spans) override
    {
        Host& host = msa_.host_;
        const std::string name = msa_.queue_.next_name();
        mail::Submission submission;
        submission.at = host.engine().now();
        submission.zone_minutes = host.zone_minutes();
        submission.message_id = name + '@' + host.domain_name();
        if (const Account* const account = msa_.find(envelope.user); account && !envelope.user.empty())
            submission.identity = account->address;
        auto completed = mail::complete(wire::as_text(message.octets), submission);
        if (!completed) co_return refusal(completed.error());

        const Spans story = story_of(host, envelope, message, spans);
        for (const mail::ChangedField& change : completed->changes) {
            static_assert(static_cast<int>(run::MailChange::bcc_removed) ==
                          static_cast<int>(mail::Change::bcc_removed));
            host.record(spans,
                        run::MailCompleted{.change = static_cast<run::MailChange>(change.what), .line = change.field});
        }
        QueueFile file;
        file.reverse_path = envelope.reverse_path;
        file.forward_paths = envelope.forward_paths;
        for (mail::Mailbox& to : file.forward_paths) // RFC 6409 §4.2: Postmaster is ours
            if (to.domain.empty()) to.domain = msa_.settings_.domain;
        file.server_name = msa_.settings_.mta.name;
        file.server = msa_.settings_.mta.at;
        file.written = host.engine().now();
        file.message = received_by(host, envelope, client_, smtp::transfer_name(envelope), name) + completed->message;
        std::vector<QueueFile> files;
        files.push_back(std::move(file));
        const auto kept = co_await msa_.queue_.put(name, std::move(files), story);
        co_return kept_reply(kept, name);
    }

  private:
    Msa& msa_;
    wire::Endpoint client_;
};

void Msa::listen(wire::Port port)
{
    host_.network().tcp.listen(host_.node(), port, run::Protocol::smtp,
                               [this, port](std::unique_ptr<wire::Stream> stream, wire::Endpoint client) {
                                   host_.spawn(talk(std::move(stream), client, port));
                               });
}

void Msa::start()
{
    listen(settings_.port);
    if (settings_.port_25) listen(wire::Port{25});
    queue_.start();
}

Task<void> Msa::talk(std::unique_ptr<wire::Stream> stream, wire::Endpoint client, wire::Port port)
{
    smtp::Policy policy = settings_.policy;
    policy.require_authentication = port == settings_.port; // RFC 6409 §4.3
    smtp::Session session{policy};
    Delivery delivery{*this, client};
    HostPause pause{host_};
    co_await smtp::serve(*stream, session, delivery, &pause);
}

// ---- handing it on -------------------------------------------------------------------------------------------------

Task<Handed> Msa::carry(const Queue::Entry& entry)
{
    Steps handing{host_};
    handing.begin(entry.mails, {.mail = {},
                                .step = Step::s2_relay,
                                .recipients = listed(entry.file.forward_paths),
                                .peer = settings_.mta.name,
                                .port = static_cast<std::uint16_t>(settings_.mta.at.port)});
    Handed handed;
    auto addresses = co_await find_hop(host_, settings_.mta, Step::s2_dns, entry.mails, handing, entry.file);
    if (addresses) {
        auto connected = co_await connect_to_any(host_, std::move(*addresses), settings_.mta.at.port,
                                                 run::Protocol::smtp, handing.spans());
        if (connected) {
            smtp::ClientOptions options;
            options.hello = host_.domain_name();
            handed = co_await hand_over(host_, std::move(connected->stream), options, entry.file, handing.spans());
        } else {
            handed.outcome = Outcome::deferred;
            handed.reason = reason_of(connected.error());
            handed.left = entry.file.forward_paths;
        }
    } else {
        handed = std::move(addresses.error());
    }
    if (handed.outcome == Outcome::deferred && queue_.is_last_try(entry)) handed.outcome = Outcome::failed;
    handing.end(handed.outcome, handed.reason, handed.detail);
    co_return handed;
}

} // namespace tegami::nodes
