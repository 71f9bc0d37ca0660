#pragma once
/// A server's delivery and a client's outbox for tests of SMTP: bob and carol live at example.test, and dave at
/// example.net, which this server does not relay to.

#include "protocols/smtp/client.hpp"
#include "protocols/smtp/server.hpp"
#include "tests/transcripts/stepped.hpp"

#include <map>
#include <string>
#include <vector>

namespace tegami::mailroom {

/// Bob has a password.
class Accounts final : public sasl::Accounts {
  public:
    bool has_password(std::string_view user, std::string_view password) override
    {
        return user == "bob" && password == "bob-secret";
    }
};

struct Stored {
    std::string reverse_path;
    std::vector<std::string> forward_paths;
    std::string text;
    wire::Spans spans;
    smtp::Envelope envelope;
};

inline smtp::Reply judge(const mail::Mailbox& to)
{
    if (to.local_part == "busy") return {451, {4, 3, 0}, "Try again later"};
    if (mail::same_mailbox({"", to.domain}, {"", "example.net"})) return {550, {5, 7, 1}, "We do not relay"};
    if (to.local_part == "bob" || to.local_part == "carol" || to.local_part.starts_with("user") || to.domain.empty())
        return {250, {2, 1, 5}, "Recipient " + mail::format(mail::Path{to}) + " ok"};
    return {550, {5, 1, 1}, "Nobody of that name"};
}

class Keeper final : public smtp::Delivery {
  public:
    transcripts::Pauses* pauses = nullptr;
    std::vector<Stored> stored;
    std::vector<smtp::Authentication> authentications;
    smtp::Reply verdict{250, {2, 0, 0}, "Kept"};

    wire::Task<smtp::Reply> recipient(const smtp::Envelope&, const mail::Mailbox& to, wire::Spans) override
    {
        if (pauses) co_await pauses->pause();
        co_return judge(to);
    }
    void authenticated(const smtp::Authentication& authentication, wire::Spans) override
    {
        authentications.push_back(authentication);
    }
    wire::Task<smtp::Reply> accept(const smtp::Envelope& envelope, const mail::Message& message,
                                   wire::Spans spans) override
    {
        if (pauses) co_await pauses->pause();
        if (verdict.positive()) {
            Stored mail{
                mail::format(envelope.reverse_path), {}, std::string{wire::as_text(message.octets)}, spans, envelope};
            for (const auto& to : envelope.forward_paths) mail.forward_paths.push_back(mail::format(to));
            stored.push_back(std::move(mail));
        }
        if (pauses) co_await pauses->pause();
        co_return verdict;
    }
};

inline smtp::OutgoingMail outgoing(std::uint64_t id, const std::string& from, const std::vector<std::string>& to,
                                   const std::string& text, std::uint32_t spans = 0)
{
    smtp::OutgoingMail mail;
    mail.id = id;
    if (!from.empty()) mail.reverse_path.mailbox = *mail::parse_mailbox(from);
    for (const std::string& mailbox : to) mail.forward_paths.push_back(*mail::parse_mailbox(mailbox));
    const auto octets = wire::as_octets(text);
    mail.octets.assign(octets.begin(), octets.end());
    mail.spans = {spans};
    return mail;
}

class Queue final : public smtp::Outbox {
  public:
    transcripts::Pauses* pauses = nullptr;
    std::vector<smtp::OutgoingMail> mails; ///< not given yet, first to last
    std::map<std::uint64_t, smtp::MailResult> results;
    std::vector<std::uint64_t> given;

    wire::Task<std::optional<smtp::OutgoingMail>> next(const smtp::Extensions&) override
    {
        if (pauses) co_await pauses->pause();
        if (mails.empty()) co_return std::nullopt;
        auto mail = std::move(mails.front());
        mails.erase(mails.begin());
        given.push_back(mail.id);
        co_return mail;
    }
    wire::Task<void> report(const smtp::MailResult& result) override
    {
        if (pauses) co_await pauses->pause();
        if (!results.emplace(result.id, result).second) std::abort(); // told twice
    }
};

/// "a 250 content" and so on: fate, deciding code and stage of each recipient.
inline std::string summary(const smtp::MailResult& result)
{
    constexpr const char* fates[] = {"accepted", "refused", "deferred", "uncertain"};
    constexpr const char* stages[] = {"greeting", "hello", "auth", "mail", "rcpt", "data", "content", "quit"};
    std::string text;
    for (const auto& recipient : result.recipients) {
        if (!text.empty()) text += ", ";
        text += fates[static_cast<int>(recipient.fate)];
        text += " " + std::to_string(recipient.reply.code) + " at ";
        text += stages[static_cast<int>(recipient.stage)];
        if (recipient.local) text += " here";
    }
    return text;
}

inline wire::Task<void> run_client(wire::Stream& peer, const smtp::ClientOptions& options, smtp::Outbox& outbox,
                                   smtp::SessionEnd& end, bool& done)
{
    end = co_await smtp::deliver(peer, options, outbox);
    done = true;
}

} // namespace tegami::mailroom
