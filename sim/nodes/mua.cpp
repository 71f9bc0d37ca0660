#include "sim/nodes/mua.hpp"

#include "protocols/mail/completion.hpp"
#include "sim/nodes/words.hpp"

#include <algorithm>

namespace tegami::nodes {

namespace {

constexpr std::string_view outbox_folder = "outbox";

/// On any other port than 25 whoever sends says who she is, and the server completes the letter. RFC 6409 §3.1.
bool is_submission(const wire::Endpoint& server) { return server.port != wire::Port{25}; }

/// Everybody whom a letter goes to, each once.
std::vector<mail::Mailbox> recipients_of(const Mua::Writing& writing)
{
    std::vector<mail::Mailbox> all = writing.to;
    for (const auto* list : {&writing.cc, &writing.bcc})
        for (const mail::Mailbox& one : *list)
            if (std::ranges::none_of(all, [&](const mail::Mailbox& other) { return mail::same_mailbox(one, other); }))
                all.push_back(one);
    return all;
}

} // namespace

Mua::Mua(Host& host, Mailboxes& mailboxes, Settings settings)
    : host_(host), mailboxes_(mailboxes), settings_(std::move(settings))
{
}

// ---- sending -------------------------------------------------------------------------------------------------------

MailId Mua::send(const Writing& writing)
{
    engine::Random draws = host_.engine().random(
        host_.node(), "message-id", std::to_string(letters_.size()) + '@' + std::to_string(host_.engine().now().ns));
    const std::uint64_t drawn = draws.draw();
    mail::Letter letter;
    letter.from = settings_.self;
    for (const mail::Mailbox& to : writing.to) letter.to.push_back({{}, to});
    for (const mail::Mailbox& cc : writing.cc) letter.cc.push_back({{}, cc});
    for (const mail::Mailbox& bcc : writing.bcc) letter.bcc.push_back({{}, bcc});
    letter.subject = writing.subject;
    letter.text = writing.text;
    letter.date = host_.engine().now();
    letter.zone_minutes = host_.zone_minutes();
    letter.message_id = std::to_string(drawn) + '@' + host_.domain_name();

    auto kept = std::make_unique<Letter>();
    kept->file.reverse_path = {settings_.self.mailbox};
    kept->file.forward_paths = recipients_of(writing);
    kept->file.server = writing.server.value_or(settings_.submit);
    kept->file.server_name = writing.server ? writing.server_name : settings_.submit_name;
    kept->file.written = host_.engine().now();
    kept->file.message = mail::compose(letter, mail::BodyOctets::eight_bit);
    kept->mail = host_.journal().make_mail(host_.node(), {.from = mail::format(settings_.self.mailbox),
                                                          .to = listed(kept->file.forward_paths),
                                                          .subject = writing.subject,
                                                          .message_id = letter.message_id});
    kept->next_try = host_.engine().now();
    kept->under_way = true; // until it is on the disk
    host_.keep_content({}, wire::as_octets(kept->file.message));
    const MailId mail = kept->mail;
    letters_.push_back(std::move(kept));
    host_.spawn(put(letters_.size() - 1));
    return mail;
}

Task<void> Mua::put(std::size_t index)
{
    Letter& letter = *letters_[index];
    engine::Disk& disk = host_.disk();
    letter.path = std::string{outbox_folder} + '/' + std::to_string(letter.mail.number);
    // Whom the file serves: the mail, by a span of its own that never begins a step.
    const Spans mine = host_.spans().only(host_.spans().begin({.kind = run::SpanKind::step,
                                                               .node = host_.node(),
                                                               .number = 0,
                                                               .mail = letter.mail,
                                                               .step = Step::none,
                                                               .tries = 0}));
    letter.spans = mine;
    const auto made = co_await disk.create(letter.path, format(letter.file), mine);
    if (made) {
        const auto synced = co_await disk.sync(letter.path);
        const auto named = co_await disk.sync_folder(std::string{outbox_folder});
        static_cast<void>(synced), static_cast<void>(named);
    } else
        letter.path.clear(); // it leaves from memory, and is lost with it
    host_.record(mine, run::QueueChanged{.entry = std::to_string(letter.mail.number),
                                         .change = run::QueueChange::put,
                                         .tries = 0,
                                         .reply = {}});
    letter.under_way = false;
    kick(server_of(letter));
}

bool Mua::due(const Letter& letter, const Hop& to) const
{
    return !letter.under_way && server_of(letter) == to && letter.next_try <= host_.engine().now() &&
           !letter.file.forward_paths.empty();
}

bool Mua::resend(MailId mail)
{
    const auto found = std::ranges::find(letters_, mail, [](const auto& letter) { return letter->mail; });
    if (found == letters_.end()) return false;
    Letter& letter = **found;
    if (letter.file.forward_paths.empty() && letter.refused.empty() && !letter.under_way) return false;
    letter.again = true;
    if (!letter.under_way) host_.spawn(send_again(letter));
    return true;
}

/// By the account, wherever it was to go before.
Task<void> Mua::send_again(Letter& letter)
{
    letter.again = false;
    for (mail::Mailbox& to : std::exchange(letter.refused, {})) letter.file.forward_paths.push_back(std::move(to));
    if (letter.file.forward_paths.empty()) co_return;
    letter.file.server = settings_.submit;
    letter.file.server_name = settings_.submit_name;
    letter.under_way = true; // until the disk knows of it
    co_await keep(letter);
    letter.under_way = false;
    letter.next_try = host_.engine().now();
    kick(server_of(letter));
}

void Mua::kick(const Hop& to)
{
    if (std::ranges::find(talking_, to) != talking_.end()) return;
    if (std::ranges::none_of(letters_, [&](const auto& letter) { return due(*letter, to); })) return;
    talking_.push_back(to);
    host_.spawn(hand_over(to));
}

void Mua::begin_try(Letter& letter)
{
    letter.under_way = true;
    ++letter.file.tries;
    letter.step = host_.journal().begin(host_.node(), {.mail = letter.mail,
                                                       .step = Step::s1_submit,
                                                       .recipients = listed(letter.file.forward_paths),
                                                       .peer = letter.file.server_name,
                                                       .port = static_cast<std::uint16_t>(letter.file.server.port)});
}

/// Gives the session one letter after the other, and settles what became of each.
class Mua::Outbox final : public smtp::Outbox {
  public:
    Outbox(Mua& mua, Hop to, std::vector<Letter*> begun) : mua_(mua), to_(std::move(to)), begun_(std::move(begun)) {}

    Task<std::optional<smtp::OutgoingMail>> next(const smtp::Extensions& offered) override
    {
        Letter* letter = nullptr;
        if (!begun_.empty()) {
            letter = begun_.front();
            begun_.erase(begun_.begin());
        } else {
            for (const auto& candidate : mua_.letters_)
                if (!letter && mua_.due(*candidate, to_)) letter = candidate.get();
            if (!letter) co_return std::nullopt;
            mua_.begin_try(*letter);
            mua_.host_.journal().join(mua_.host_.node(), letter->step, session_);
        }
        given_.push_back(letter);
        smtp::OutgoingMail mail;
        mail.id = given_.size() - 1;
        mail.reverse_path = letter->file.reverse_path;
        mail.forward_paths = letter->file.forward_paths;
        // A mail server that is no submission server passes on what it gets, Bcc and all.
        const std::string written =
            is_submission(to_.at) ? letter->file.message : mail::without_bcc(letter->file.message);
        const std::string message = offered.eight_bit_mime ? written : mail::as_seven_bit(written);
        mail.octets.assign(message.begin(), message.end());
        mail.spans = mua_.host_.journal().only(letter->step);
        co_return mail;
    }

    Task<void> report(const smtp::MailResult& result) override
    {
        Letter& letter = *given_[result.id];
        Handed handed = judge(result, letter.file.forward_paths);
        for (std::size_t i = 0; i < result.recipients.size(); ++i)
            if (result.recipients[i].fate == smtp::Fate::refused)
                letter.refused.push_back(letter.file.forward_paths[i]);
        letter.file.forward_paths = std::move(handed.left);
        co_await mua_.settle(letter, handed.outcome, handed.reason, std::move(handed.detail));
    }

    void set_session(Spans session) { session_ = session; }
    /// Those that the session did not come to.
    std::vector<Letter*> left() const { return begun_; }

  private:
    Mua& mua_;
    Hop to_;
    std::vector<Letter*> begun_; // their S1 opened the connection
    std::vector<Letter*> given_;
    Spans session_;
};

/// S1.dns: every letter that waits for the answer has one of its own; the question is asked once.
Task<std::expected<std::vector<wire::Address>, Names::Failure>> Mua::find_server(const Hop& to,
                                                                                 const std::vector<Letter*>& begun)
{
    if (to.at.address != wire::Address{}) co_return std::vector{to.at.address};
    std::vector<MailId> mails;
    for (const Letter* const letter : begun) mails.push_back(letter->mail);
    Steps asking{host_};
    asking.begin(mails, {.mail = {}, .step = Step::s1_dns, .recipients = {}, .peer = to.name});
    for (std::size_t i = 0; i < begun.size(); ++i)
        host_.journal().wait_for(host_.node(), begun[i]->step, asking.each()[i]);
    if (!host_.names()) {
        asking.end(Outcome::deferred, "dns.none", to.name);
        co_return std::unexpected(Names::Failure::timed_out);
    }
    auto addresses = co_await host_.names()->addresses(to.name, asking.spans());
    if (addresses)
        asking.end(Outcome::done, {}, listed(*addresses));
    else
        asking.end(Outcome::deferred, reason_of(addresses.error()), to.name);
    co_return addresses;
}

Task<void> Mua::hand_over(Hop to)
{
    std::vector<Letter*> begun;
    Spans serves;
    for (const auto& letter : letters_) {
        if (!due(*letter, to)) continue;
        begin_try(*letter);
        begun.push_back(letter.get());
        serves = host_.spans().with(serves, letter->step);
    }
    std::vector<Letter*> left = begun;
    Outcome outcome = Outcome::deferred;
    std::string_view reason = "broke";
    std::string detail;
    auto addresses = co_await find_server(to, begun);
    if (addresses) {
        auto connected = co_await connect_to_any(host_, std::move(*addresses), to.at.port, run::Protocol::smtp, serves,
                                                 Waiting::person);
        if (connected) {
            smtp::ClientOptions options;
            options.hello = host_.domain_name();
            if (is_submission(to.at)) options.credentials = settings_.login;
            options.mechanism = settings_.mechanism;
            Outbox outbox{*this, to, std::move(begun)};
            outbox.set_session(connected->session);
            const smtp::SessionEnd end = co_await smtp::deliver(*connected->stream, options, outbox);
            left = outbox.left();
            if (end.reply.code != 0 && !end.reply.positive()) {
                reason = "reply";
                detail = reply_line(end.reply);
            }
            // Who is not believed, or cannot say who he is, has to see to it: trying again alone helps nobody.
            if (end.stage == smtp::Stage::authentication) {
                if (end.mechanism.empty()) {
                    outcome = Outcome::failed;
                    reason = settings_.mechanism.empty() ? "auth.none_offered" : "auth.not_offered";
                    detail = settings_.mechanism;
                } else if (end.reply.permanent_failure()) {
                    outcome = Outcome::refused;
                }
            }
        } else
            reason = reason_of(connected.error());
    } else {
        reason = host_.names() ? reason_of(addresses.error()) : "dns.none";
        detail = to.name;
    }
    std::erase(talking_, to);
    for (Letter* const letter : left) {
        if (outcome != Outcome::deferred)
            for (mail::Mailbox& path : std::exchange(letter->file.forward_paths, {}))
                letter->refused.push_back(std::move(path));
        co_await settle(*letter, outcome, reason, detail);
    }
    kick(to); // what was written meanwhile
}

Task<void> Mua::settle(Letter& letter, Outcome outcome, std::string_view reason, std::string detail)
{
    const bool gave_up = outcome == Outcome::deferred && host_.engine().now() - letter.file.written >= give_up_after;
    if (gave_up) {
        outcome = Outcome::failed;
        letter.file.forward_paths.clear();
    }
    const Spans mine = host_.journal().only(letter.step);
    const auto change = outcome == Outcome::done       ? run::QueueChange::taken
                        : outcome == Outcome::deferred ? run::QueueChange::deferred
                                                       : run::QueueChange::failed;
    host_.record(mine, run::QueueChanged{.entry = std::to_string(letter.mail.number),
                                         .change = change,
                                         .tries = letter.file.tries,
                                         .reply = detail});
    host_.journal().end(host_.node(), letter.step, outcome, reason, detail);
    engine::Disk& disk = host_.disk();
    if (letter.file.forward_paths.empty()) {
        if (!letter.path.empty()) {
            const auto gone = co_await disk.remove(letter.path);
            const auto synced = co_await disk.sync_folder(std::string{outbox_folder});
            static_cast<void>(gone), static_cast<void>(synced);
        }
        letter.under_way = false;
        if (letter.again) co_await send_again(letter);
        co_return;
    }
    if (!letter.again) co_await keep(letter); // whom it still must reach, and how often it was tried
    letter.under_way = false;
    if (letter.again)
        co_await send_again(letter);
    else
        schedule_retry(letter);
}

/// Writes down how a letter stands now, in the place of what the disk has of it.
Task<void> Mua::keep(Letter& letter)
{
    if (letter.path.empty()) co_return; // it leaves from memory
    engine::Disk& disk = host_.disk();
    const std::string beside = letter.path + ".new";
    const auto gone = co_await disk.remove(beside);
    const auto made = co_await disk.create(beside, format(letter.file), letter.spans);
    static_cast<void>(gone);
    if (!made) co_return;
    const auto synced = co_await disk.sync(beside);
    if (!synced) co_return;
    const auto moved = co_await disk.rename(beside, letter.path);
    const auto named = co_await disk.sync_folder(std::string{outbox_folder});
    static_cast<void>(moved), static_cast<void>(named);
}

void Mua::schedule_retry(Letter& letter)
{
    Duration wait = first_retry;
    for (std::uint32_t i = 1; i < letter.file.tries && wait < longest_retry; ++i) wait = wait * 2;
    wait = std::min(wait, longest_retry);
    letter.next_try = host_.engine().now() + wait;
    host_.spawn(wait_and_kick(server_of(letter), wait));
}

Task<void> Mua::wait_and_kick(Hop to, Duration length)
{
    co_await host_.engine().pause(host_.node(), length);
    kick(to);
}

// ---- fetching ------------------------------------------------------------------------------------------------------

/// Keeps what was fetched on the device's disk.
class Mua::Sink final : public pop3::Sink {
  public:
    explicit Sink(Mua& mua) : mua_(mua) {}

    bool wants(const std::string& unique_id) override
    {
        return unique_id.empty() || !mua_.host_.disk().do_read("fetched/" + file_name(unique_id)).has_value();
    }
    Task<bool> store(pop3::Fetched fetched) override
    {
        Host& host = mua_.host_;
        const Spans serves = host.spans().steps_of(fetched.message.spans(&host.spans()));
        std::string octets{wire::as_text(fetched.message.octets)};
        const auto kept = co_await mua_.mailboxes_.deliver({mua_.settings_.user}, std::move(octets), serves);
        if (!kept) co_return false;
        // Remembered by its unique id, so that a session that breaks before its end does not bring it twice.
        if (!fetched.unique_id.empty()) {
            const std::string mark = "fetched/" + file_name(fetched.unique_id);
            const auto made = co_await host.disk().create(mark, {}, {});
            if (made) {
                const auto synced = co_await host.disk().sync(mark);
                const auto named = co_await host.disk().sync_folder("fetched");
                static_cast<void>(synced), static_cast<void>(named);
            }
        }
        const auto members = host.spans().members(serves);
        for (const SpanId member : std::vector(members.begin(), members.end())) // making a set ends the view
            if (host.spans()[member].step == Step::r4_fetch)
                host.journal().end(host.node(), member, Outcome::done, {}, kept->front());
        co_return true;
    }

  private:
    /// An identifier from a server never makes a path: hexadecimal.
    static std::string file_name(const std::string& unique_id)
    {
        static constexpr std::string_view digits = "0123456789abcdef";
        std::string name;
        for (const char c : unique_id) {
            name += digits[static_cast<std::uint8_t>(c) >> 4];
            name += digits[static_cast<std::uint8_t>(c) & 15];
        }
        return name;
    }
    Mua& mua_;
};

void Mua::fetch(bool keep, std::optional<MailId> sought) { host_.spawn(fetch_all(keep, sought)); }

/// R3.dns and R3 serve the mails that lie in the mailbox, known to the story before the server tells of them, and the one
/// that is looked for. Each is ended by the server that answers it, or here where none did.
Task<void> Mua::fetch_all(bool keep, std::optional<MailId> sought)
{
    std::vector<MailId> mails = host_.journal().waiting(settings_.self.mailbox);
    if (sought && std::ranges::find(mails, *sought) == mails.end()) mails.push_back(*sought);
    Steps asking{host_};
    asking.begin(mails, {.mail = {},
                         .step = Step::r3_request,
                         .recipients = {},
                         .peer = settings_.mailbox_name,
                         .port = static_cast<std::uint16_t>(settings_.mailbox.port)});
    Handed ended;
    ended.outcome = Outcome::failed;
    co_await fetch_from(mails, asking, keep, ended);
    asking.end(ended.outcome, ended.reason, ended.detail);
}

Task<void> Mua::fetch_from(std::vector<MailId> mails, Steps& asking, bool keep, Handed& ended)
{
    auto addresses =
        co_await find_hop(host_, {settings_.mailbox_name, settings_.mailbox}, Step::r3_dns, mails, asking, {});
    if (!addresses) {
        ended.reason = addresses.error().reason;
        ended.detail = addresses.error().detail;
        co_return;
    }
    auto connected = co_await connect_to_any(host_, std::move(*addresses), settings_.mailbox.port, run::Protocol::pop3,
                                             asking.spans(), Waiting::person);
    if (!connected) {
        ended.reason = reason_of(connected.error());
        co_return;
    }
    pop3::FetchOptions options;
    options.user = settings_.user;
    options.password = settings_.password;
    options.keep_on_server = keep;
    options.spans = asking.spans();
    options.algebra = &host_.spans();
    Sink sink{*this};
    const pop3::FetchEnd end = co_await pop3::fetch(*connected->stream, options, sink);
    if (end.complete) {
        ended.outcome = Outcome::deferred;
        ended.reason = "read.not_listed";
    } else if (end.response && !end.response->ok) {
        ended.reason = "read.refused";
        const std::string line = pop3::format(*end.response);
        ended.detail = line.substr(0, line.find('\r'));
    } else {
        ended.reason = "broke";
    }
}

// ---- starting ------------------------------------------------------------------------------------------------------

void Mua::forget()
{
    letters_.clear();
    talking_.clear();
    mailboxes_.forget();
}

void Mua::start()
{
    // What an earlier life has left: letters not yet handed over, and what it was writing when the power went.
    std::vector<std::string> half_written;
    for (const std::string& name : host_.disk().names_in(outbox_folder)) {
        const std::string path = std::string{outbox_folder} + '/' + name;
        const auto stored = host_.disk().do_read(path);
        if (!stored) continue;
        auto file = parse_queue_file((*stored)->octets);
        const std::vector<MailId> mails = host_.journal().mails_of((*stored)->spans);
        if (!file || mails.empty() || name.ends_with(".new")) {
            half_written.push_back(path);
            continue;
        }
        auto letter = std::make_unique<Letter>();
        letter->file = std::move(*file);
        letter->path = path;
        letter->mail = mails.front();
        letter->spans = (*stored)->spans;
        letter->next_try = host_.engine().now();
        letters_.push_back(std::move(letter));
    }
    std::ranges::sort(letters_, {}, [](const auto& letter) { return letter->mail; });
    host_.spawn(mailboxes_.clean(settings_.user));
    std::vector<Hop> servers;
    for (const auto& letter : letters_)
        if (std::ranges::find(servers, server_of(*letter)) == servers.end()) servers.push_back(server_of(*letter));
    if (half_written.empty())
        for (const Hop& server : servers) kick(server);
    else
        host_.spawn(clean_and_kick(std::move(half_written), std::move(servers)));
}

Task<void> Mua::clean_and_kick(std::vector<std::string> half_written, std::vector<Hop> servers)
{
    for (const std::string& path : half_written) {
        const auto gone = co_await host_.disk().remove(path);
        static_cast<void>(gone);
    }
    for (const Hop& server : servers) kick(server);
}

} // namespace tegami::nodes
