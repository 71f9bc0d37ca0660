#include "sim/nodes/site_mta.hpp"

#include "protocols/mail/trace.hpp"
#include "sim/nodes/words.hpp"

#include <algorithm>

namespace tegami::nodes {

/// Judges and keeps what one client brings.
class SiteMta::Delivery final : public smtp::Delivery {
  public:
    Delivery(SiteMta& mta, wire::Endpoint client) : mta_(mta), client_(client) {}

    Task<smtp::Reply> recipient(const smtp::Envelope&, const mail::Mailbox& recipient, Spans) override
    {
        // RFC 5321 §4.5.1: Postmaster is always there, with or without a domain.
        if (recipient.domain.empty()) co_return smtp::Reply{250, {2, 1, 5}, "Recipient OK"};
        if (lower(recipient.domain) != lower(mta_.settings_.domain))
            co_return smtp::Reply{
                550, {5, 7, 1}, "Relaying denied: this server takes mail for " + mta_.settings_.domain + " only"};
        if (lower(recipient.local_part) != "postmaster" && !mta_.settings_.users.contains(lower(recipient.local_part)))
            co_return smtp::Reply{550, {5, 1, 1}, "No such user here"};
        co_return smtp::Reply{250, {2, 1, 5}, "Recipient OK"};
    }

    Task<smtp::Reply> accept(const smtp::Envelope& envelope, const mail::Message& message, Spans spans) override
    {
        Host& host = mta_.host_;
        Journal& journal = host.journal();
        if (mail::looks_looped(mail::read_header(wire::as_text(message.octets))))
            co_return smtp::Reply{554, {5, 4, 6}, "This message is going in circles"};

        std::vector<std::string> mailboxes;
        for (const mail::Mailbox& recipient : envelope.forward_paths) {
            const std::string mailbox = lower(recipient.local_part);
            if (std::ranges::find(mailboxes, mailbox) == mailboxes.end()) mailboxes.push_back(mailbox);
        }
        std::vector<MailId> mails = journal.mails_of(spans);
        if (mails.empty()) { // from a client that is no node of this world
            Journal::NewMail made{
                .from = mail::format(envelope.reverse_path), .to = {}, .subject = {}, .message_id = {}};
            mails.push_back(journal.make_mail(host.node(), made, spans));
        }

        std::string where;
        for (const std::string& mailbox : mailboxes) {
            if (!where.empty()) where += ", ";
            where += mta_.mailboxes_.label(mailbox);
        }
        std::vector<SpanId> storing;
        Spans stored;
        for (const MailId mail : mails) {
            const SpanId handing = journal.begin(
                host.node(), {.mail = mail, .step = Step::r1_hand_over, .recipients = {}, .peer = host.name()});
            journal.join(host.node(), handing, spans);
            journal.end(host.node(), handing, Outcome::done);
            storing.push_back(
                journal.begin(host.node(), {.mail = mail, .step = Step::r2_store, .recipients = {}, .peer = where}));
            stored = host.spans().with(stored, storing.back());
        }

        const std::string id =
            std::to_string(host.engine().now().ns / 1'000 % 1'000'000'000) + '-' + std::to_string(host.next_file());
        std::string octets = mail::format_return_path(envelope.reverse_path);
        octets += mail::format_received({.hello = envelope.hello,
                                         .client = client_.address,
                                         .client_name = {},
                                         .by = host.domain_name(),
                                         .with = envelope.extended ? "ESMTP" : "SMTP",
                                         .id = id,
                                         .only_recipient = envelope.forward_paths.size() == 1
                                                               ? std::optional{envelope.forward_paths[0]}
                                                               : std::nullopt,
                                         .at = host.engine().now(),
                                         .zone_minutes = host.zone_minutes()});
        octets += wire::as_text(message.octets);

        const auto kept = co_await mta_.mailboxes_.deliver(mailboxes, std::move(octets), stored);
        if (!kept) {
            const bool full = kept.error() == engine::DiskError::full;
            for (const SpanId step : storing)
                journal.end(host.node(), step, Outcome::deferred, full ? "disk.full" : "disk.failed");
            if (full) co_return smtp::Reply{452, {4, 3, 1}, "The disk is full; please try again later"};
            co_return smtp::Reply{451, {4, 3, 0}, "The disk failed; please try again later"};
        }
        for (const SpanId step : storing) journal.end(host.node(), step, Outcome::done, {}, kept->front());
        co_return smtp::Reply{250, {2, 0, 0}, "Kept, id " + id};
    }

  private:
    SiteMta& mta_;
    wire::Endpoint client_;
};

SiteMta::SiteMta(Host& host, Mailboxes& mailboxes, Settings settings)
    : host_(host), mailboxes_(mailboxes), settings_(std::move(settings))
{
    settings_.policy.host_name = host.domain_name();
    settings_.policy.algebra = &host.spans();
}

void SiteMta::start()
{
    host_.network().tcp.listen(host_.node(), settings_.port, run::Protocol::smtp,
                               [this](std::unique_ptr<wire::Stream> stream, wire::Endpoint client) {
                                   host_.spawn(talk(std::move(stream), client));
                               });
    for (const std::string& user : settings_.users) host_.spawn(mailboxes_.clean(user));
}

Task<void> SiteMta::talk(std::unique_ptr<wire::Stream> stream, wire::Endpoint client)
{
    smtp::Session session{settings_.policy};
    Delivery delivery{*this, client};
    co_await smtp::serve(*stream, session, delivery);
}

} // namespace tegami::nodes
