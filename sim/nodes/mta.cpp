#include "sim/nodes/mta.hpp"

#include "protocols/mail/completion.hpp"
#include "sim/nodes/pausing.hpp"
#include "sim/nodes/receiving.hpp"
#include "sim/nodes/words.hpp"

#include <algorithm>

namespace tegami::nodes {

Mta::Mta(Host& host, Settings settings) : host_(host), settings_(std::move(settings)), queue_(host, "mta-queue", *this)
{
    settings_.domain = lower(settings_.domain);
    settings_.other_names.insert(lower(host.domain_name()));
    settings_.policy.host_name = host.domain_name();
    settings_.policy.algebra = &host.spans();
}

/// Local parts without a domain are this site's. RFC 5321 §4.5.1.
bool Mta::is_local(std::string_view domain) const
{
    return domain.empty() || (!settings_.domain.empty() && lower(domain) == settings_.domain);
}

// ---- taking mail ---------------------------------------------------------------------------------------------------

/// Judges and keeps what one client brings.
class Mta::Delivery final : public smtp::Delivery {
  public:
    Delivery(Mta& mta, wire::Endpoint client) : mta_(mta), client_(client) {}

    Task<smtp::Reply> recipient(const smtp::Envelope& envelope, const mail::Mailbox& to, Spans) override
    {
        const Settings& settings = mta_.settings_;
        if (mta_.is_local(to.domain)) {
            if (lower(to.local_part) == "postmaster" || settings.users.contains(lower(to.local_part)))
                co_return smtp::Reply{250, {2, 1, 5}, "Recipient OK"};
            co_return smtp::Reply{550, {5, 1, 1}, "No such user here"};
        }
        // RFC 5321 §3.6.2: relaying for whoever asks would make it everybody's tool.
        if (envelope.user.empty() && !is_own(settings.own_networks, client_.address))
            co_return smtp::Reply{550,
                                  {5, 7, 1},
                                  settings.domain.empty()
                                      ? "Relaying denied"
                                      : "Relaying denied: this server takes mail for " + settings.domain + " only"};
        if (!mail::is_fully_qualified(to.domain))
            co_return smtp::Reply{550, {5, 1, 2}, "The recipient's domain is not fully qualified"};
        co_return smtp::Reply{250, {2, 1, 5}, "Recipient OK"};
    }

    void authenticated(const smtp::Authentication& authentication, Spans spans) override
    {
        note_authentication(mta_.host_, authentication, spans);
    }

    Task<smtp::Reply> accept(const smtp::Envelope& envelope, const mail::Message& message, Spans spans) override
    {
        Host& host = mta_.host_;
        const std::string name = mta_.queue_.next_name();
        const Spans story = story_of(host, envelope, message, spans);
        const std::string octets = received_by(host, envelope, client_, smtp::transfer_name(envelope), name) +
                                   std::string{wire::as_text(message.octets)};
        // A file for each domain: each goes its own way, with tries of its own.
        std::vector<QueueFile> files;
        for (const mail::Mailbox& to : envelope.forward_paths) {
            const std::string domain = mta_.is_local(to.domain) ? mta_.settings_.domain : lower(to.domain);
            auto file = std::ranges::find(files, domain, &QueueFile::server_name);
            if (file == files.end()) {
                files.push_back({});
                file = files.end() - 1;
                file->server_name = domain;
                file->reverse_path = envelope.reverse_path;
                file->written = host.engine().now();
                file->message = octets;
            }
            file->forward_paths.push_back(to);
        }
        const auto kept = co_await mta_.queue_.put(name, std::move(files), story);
        co_return kept_reply(kept, name);
    }

  private:
    Mta& mta_;
    wire::Endpoint client_;
};

void Mta::start()
{
    host_.network().tcp.listen(host_.node(), settings_.port, run::Protocol::smtp,
                               [this](std::unique_ptr<wire::Stream> stream, wire::Endpoint client) {
                                   host_.spawn(talk(std::move(stream), client));
                               });
    queue_.start();
}

Task<void> Mta::talk(std::unique_ptr<wire::Stream> stream, wire::Endpoint client)
{
    smtp::Session session{settings_.policy};
    Delivery delivery{*this, client};
    HostPause pause{host_};
    co_await smtp::serve(*stream, session, delivery, &pause);
}

// ---- passing it on -------------------------------------------------------------------------------------------------

RetryRule Mta::retry(const Queue::Entry& entry) const
{
    return is_local(entry.file.server_name) ? near_retry : far_retry;
}

Task<Handed> Mta::carry(const Queue::Entry& entry)
{
    if (is_local(entry.file.server_name)) return deliver(entry);
    return relay(entry);
}

/// R1: to the MDA of this site. RFC 2033.
Task<Handed> Mta::deliver(const Queue::Entry& entry)
{
    Steps handing{host_};
    handing.begin(entry.mails, {.mail = {},
                                .step = Step::r1_hand_over,
                                .recipients = listed(entry.file.forward_paths),
                                .peer = settings_.mda.name,
                                .port = static_cast<std::uint16_t>(settings_.mda.at.port)});
    Handed handed;
    auto connected = co_await connect_to_any(host_, {settings_.mda.at.address}, settings_.mda.at.port,
                                             run::Protocol::lmtp, handing.spans());
    if (connected) {
        smtp::ClientOptions options;
        options.hello = host_.domain_name();
        options.dialect = smtp::Dialect::lmtp;
        handed = co_await hand_over(host_, std::move(connected->stream), options, entry.file, handing.spans());
    } else {
        handed.outcome = Outcome::deferred;
        handed.reason = reason_of(connected.error());
        handed.left = entry.file.forward_paths;
    }
    if (handed.outcome == Outcome::deferred && queue_.is_last_try(entry)) handed.outcome = Outcome::failed;
    handing.end(handed.outcome, handed.reason, handed.detail);
    co_return handed;
}

void Mta::note(const Queue::Entry& entry, Spans serves, run::RouteChoice choice, const RouteHost& host,
               std::string_view detail)
{
    host_.record(serves, run::MailRouted{.choice = choice,
                                         .domain = entry.file.server_name,
                                         .host = host.name,
                                         .address = host.address.value_or(wire::Address{}),
                                         .preference = host.preference,
                                         .detail = detail});
}

namespace {

Handed failed(Outcome outcome, std::string_view reason, std::string detail, const QueueFile& file)
{
    Handed handed;
    handed.outcome = outcome;
    handed.reason = reason;
    handed.detail = std::move(detail);
    if (outcome == Outcome::deferred) handed.left = file.forward_paths;
    return handed;
}

/// What a route without hosts means for a letter. RFC 5321 §5.1, RFC 7505 §4.2.
Handed without_hosts(const Route& route, const QueueFile& file)
{
    const std::string& domain = file.server_name;
    switch (route.kind) {
    case Route::Kind::null_mx:
        return failed(Outcome::refused, "mx.null", "556 5.1.10 " + domain + " takes no mail", file);
    case Route::Kind::loop: return failed(Outcome::failed, "mx.loop", "554 5.4.6 " + domain, file);
    case Route::Kind::unusable: return failed(Outcome::failed, "mx.unusable", "550 5.4.4 " + domain, file);
    case Route::Kind::nowhere: return failed(Outcome::failed, "dns.no_such_name", domain, file);
    default: return failed(Outcome::deferred, "dns.server_failed", domain, file);
    }
}

} // namespace

/// S3.1: whose hosts take the domain's mail.
Task<Route> Mta::find_route(const Queue::Entry& entry)
{
    const std::string& domain = entry.file.server_name;
    if (const auto address = address_of_literal(domain)) {
        Route route = literal_route(domain, *address);
        note(entry, entry.spans, run::RouteChoice::literal, route.hosts.front());
        co_return route;
    }
    Steps asking{host_};
    asking.begin(entry.mails, {.mail = {},
                               .step = Step::s3_1_mx,
                               .recipients = listed(entry.file.forward_paths),
                               .peer = domain,
                               .part = domain});
    if (!host_.names()) {
        asking.end(Outcome::deferred, "dns.none", domain);
        co_return Route{Route::Kind::unknown, {}, {}};
    }
    const auto answer = co_await host_.names()->exchanges(domain, asking.spans());
    engine::Random draws =
        host_.engine().random(host_.node(), "mx", entry.name + '/' + std::to_string(entry.file.tries));
    const Route route = choose_route(domain, answer, settings_.other_names, draws);
    for (const LeftOut& out : route.left_out)
        note(entry, asking.spans(), run::RouteChoice::left_out, out.host, out.reason);
    switch (route.kind) {
    case Route::Kind::listed:
        note(entry, asking.spans(), run::RouteChoice::listed, {}, format(route.hosts));
        asking.end(Outcome::done, {}, format(route.hosts));
        break;
    case Route::Kind::implicit:
        note(entry, asking.spans(), run::RouteChoice::implicit, route.hosts.front());
        asking.end(Outcome::done, "mx.implicit", domain);
        break;
    case Route::Kind::null_mx: note(entry, asking.spans(), run::RouteChoice::null_mx); [[fallthrough]];
    case Route::Kind::loop:
    case Route::Kind::unusable:
    case Route::Kind::nowhere: {
        const Handed told = without_hosts(route, entry.file);
        asking.end(told.outcome, told.reason, told.detail);
        break;
    }
    case Route::Kind::unknown: {
        const Outcome outcome = queue_.is_last_try(entry) ? Outcome::failed : Outcome::deferred;
        asking.end(outcome, reason_of(answer.error()), domain);
        break;
    }
    case Route::Kind::literal: break;
    }
    co_return route;
}

/// S3.2: at which addresses a host is.
Task<std::expected<std::vector<wire::Address>, Names::Failure>> Mta::find_addresses(const Queue::Entry& entry,
                                                                                    const RouteHost& to)
{
    Steps asking{host_};
    asking.begin(entry.mails, {.mail = {},
                               .step = Step::s3_2_addr,
                               .recipients = listed(entry.file.forward_paths),
                               .peer = to.name,
                               .part = entry.file.server_name});
    auto addresses = co_await host_.names()->addresses(to.name, asking.spans());
    if (addresses)
        asking.end(Outcome::done, {}, listed(*addresses));
    else
        asking.end(Outcome::deferred, reason_of(addresses.error()), to.name);
    co_return addresses;
}

/// S3.3: to one host, at the first of its addresses that answers.
Task<Handed> Mta::transfer(const Queue::Entry& entry, const RouteHost& to, std::vector<wire::Address> addresses,
                           QueueFile& file, bool is_last_host)
{
    Steps handing{host_};
    handing.begin(entry.mails, {.mail = {},
                                .step = Step::s3_3_transfer,
                                .recipients = listed(file.forward_paths),
                                .peer = to.name,
                                .port = static_cast<std::uint16_t>(settings_.relay_port),
                                .part = entry.file.server_name});
    note(entry, handing.spans(), run::RouteChoice::tries_host, to);
    Handed handed = failed(Outcome::deferred, "connect.unreachable", {}, file);
    for (const wire::Address& address : addresses) {
        note(entry, handing.spans(), run::RouteChoice::tries_address, {to.preference, to.name, address});
        auto connected =
            co_await connect_to_any(host_, {address}, settings_.relay_port, run::Protocol::smtp, handing.spans());
        if (!connected) {
            handed = failed(Outcome::deferred, reason_of(connected.error()), wire::format(address), file);
            continue;
        }
        smtp::ClientOptions options;
        options.hello = host_.domain_name();
        handed = co_await hand_over(host_, std::move(connected->stream), options, file, handing.spans());
        break; // what one host says goes for all its addresses
    }
    if (handed.outcome == Outcome::deferred && is_last_host && queue_.is_last_try(entry))
        handed.outcome = Outcome::failed;
    handing.end(handed.outcome, handed.reason, handed.detail);
    co_return handed;
}

Task<Handed> Mta::relay(const Queue::Entry& entry)
{
    const Route route = co_await find_route(entry);
    if (route.hosts.empty()) {
        Handed handed = without_hosts(route, entry.file);
        if (handed.outcome == Outcome::deferred && queue_.is_last_try(entry)) handed.outcome = Outcome::failed;
        co_return handed;
    }
    QueueFile file = entry.file; // for whom it still has to go in this try
    Handed all = failed(Outcome::deferred, "connect.unreachable", {}, file);
    bool taken = false, named = false;
    for (std::size_t i = 0; i < route.hosts.size(); ++i) {
        const RouteHost& to = route.hosts[i];
        std::vector<wire::Address> addresses;
        if (to.address) {
            addresses.push_back(*to.address);
        } else {
            auto found = co_await find_addresses(entry, to);
            if (!found) {
                // A name that is not there is no host; that nobody answers says nothing.
                named = named || found.error() == Names::Failure::server_failed ||
                        found.error() == Names::Failure::timed_out;
                all = failed(Outcome::deferred, reason_of(found.error()), to.name, file);
                continue;
            }
            addresses = std::move(*found);
        }
        named = true;
        all = co_await transfer(entry, to, std::move(addresses), file, i + 1 == route.hosts.size());
        taken = taken || all.taken;
        file.forward_paths = all.left;
        // Whoever refuses for good speaks for the domain; whoever may have it already is asked again, and nobody else.
        if (all.left.empty() || all.may_be_there) break;
    }
    all.taken = taken;
    if (!named) all.outcome = Outcome::failed; // none of the hosts exists
    if (all.outcome == Outcome::deferred && queue_.is_last_try(entry)) all.outcome = Outcome::failed;
    co_return all;
}

} // namespace tegami::nodes
