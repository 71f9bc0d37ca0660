#include "sim/nodes/mda.hpp"

#include "protocols/mail/trace.hpp"
#include "sim/nodes/pausing.hpp"
#include "sim/nodes/receiving.hpp"
#include "sim/nodes/words.hpp"

#include <map>

namespace tegami::nodes {

class Mda::Delivery final : public lmtp::Delivery {
  public:
    Delivery(Mda& mda, wire::Endpoint client) : mda_(mda), client_(client) {}

    Task<smtp::Reply> recipient(const smtp::Envelope&, const mail::Mailbox& to, Spans) override
    {
        const Settings& settings = mda_.settings_;
        if (!is_own(settings.own_networks, client_.address))
            co_return smtp::Reply{550, {5, 7, 1}, "This server takes mail from its own site's servers only"};
        if (!to.domain.empty() && lower(to.domain) != settings.domain)
            co_return smtp::Reply{550, {5, 1, 2}, "No mailboxes of that domain here"};
        if (lower(to.local_part) != "postmaster" && !settings.users.contains(lower(to.local_part)))
            co_return smtp::Reply{550, {5, 1, 1}, "No such user here"};
        co_return smtp::Reply{250, {2, 1, 5}, "Recipient OK"};
    }

    Task<std::vector<smtp::Reply>> accept(const smtp::Envelope& envelope, const mail::Message& message,
                                          Spans spans) override
    {
        const Spans story = story_of(mda_.host_, envelope, message, spans);
        std::vector<smtp::Reply> replies;
        std::map<std::string, std::size_t> filed; // who is named twice gets it once
        for (const mail::Mailbox& to : envelope.forward_paths) {
            const auto [at, is_new] = filed.try_emplace(lower(to.local_part), replies.size());
            if (!is_new) {
                replies.push_back(replies[at->second]);
                continue;
            }
            smtp::Reply reply = co_await file(envelope, message, to, story);
            replies.push_back(std::move(reply));
        }
        co_return replies;
    }

  private:
    /// R2 for one mailbox.
    Task<smtp::Reply> file(const smtp::Envelope& envelope, const mail::Message& message, const mail::Mailbox& to,
                           Spans story)
    {
        Host& host = mda_.host_;
        const std::string user = lower(to.local_part);
        const mail::Mailbox mailbox{user, mda_.settings_.domain};
        const std::vector<MailId> mails = host.journal().mails_of(story);
        Steps storing{host};
        storing.begin(mails, {.mail = {},
                              .step = Step::r2_store,
                              .recipients = mail::format(mailbox),
                              .peer = mda_.mailboxes_.label(user),
                              .part = user});
        const std::string id =
            std::to_string(host.engine().now().ns / 1'000 % 1'000'000'000) + '-' + std::to_string(host.next_file());
        // The last line on top is the first written: RFC 5321 §4.4 has Return-Path above all.
        std::string octets = mail::format_return_path(envelope.reverse_path);
        octets += "Delivered-To: " + mail::format(mailbox) + "\r\n";
        octets += received_by(host, envelope, client_, "LMTP", id);
        octets += wire::as_text(message.octets);
        const auto kept = co_await mda_.mailboxes_.deliver({user}, std::move(octets), storing.spans());
        if (!kept) {
            storing.end(Outcome::deferred, kept.error() == engine::DiskError::full ? "disk.full" : "disk.failed");
            co_return disk_reply(kept.error());
        }
        for (const MailId mail : mails) host.journal().filed(mailbox, mail);
        storing.end(Outcome::done, {}, kept->front());
        co_return smtp::Reply{250, {2, 0, 0}, "Filed, id " + id};
    }

    Mda& mda_;
    wire::Endpoint client_;
};

Mda::Mda(Host& host, Mailboxes& mailboxes, Settings settings)
    : host_(host), mailboxes_(mailboxes), settings_(std::move(settings))
{
    settings_.domain = lower(settings_.domain);
    settings_.policy.host_name = host.domain_name();
    settings_.policy.greeting = "LMTP tegami";
    settings_.policy.algebra = &host.spans();
}

void Mda::start()
{
    host_.network().tcp.listen(host_.node(), settings_.port, run::Protocol::lmtp,
                               [this](std::unique_ptr<wire::Stream> stream, wire::Endpoint client) {
                                   host_.spawn(talk(std::move(stream), client));
                               });
    for (const std::string& user : settings_.users) host_.spawn(mailboxes_.clean(user));
}

Task<void> Mda::talk(std::unique_ptr<wire::Stream> stream, wire::Endpoint client)
{
    lmtp::Session session{settings_.policy};
    Delivery delivery{*this, client};
    HostPause pause{host_};
    co_await lmtp::serve(*stream, session, delivery, &pause);
}

} // namespace tegami::nodes
