#include "protocols/lmtp/client.hpp"
#include "protocols/lmtp/server.hpp"
#include "tests/transcripts/transcript.hpp"
#include "tests/unit/skip.hpp"
#include "tests/unit/smtp/mailroom.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace tegami;

namespace {

using transcripts::Feed;
using transcripts::Side;

transcripts::Script lmtp_script(const std::string& file)
{
    return transcripts::read_script(std::string{TEGAMI_SOURCE_DIR} + "/tests/transcripts/lmtp/" + file);
}

/// Files what it can: user-full has no room.
class Filer final : public lmtp::Delivery {
  public:
    std::vector<std::string> filed; ///< "bob: the message"

    wire::Task<smtp::Reply> recipient(const smtp::Envelope&, const mail::Mailbox& to, wire::Spans) override
    {
        co_return mailroom::judge(to);
    }
    wire::Task<std::vector<smtp::Reply>> accept(const smtp::Envelope& envelope, const mail::Message& message,
                                                wire::Spans) override
    {
        std::vector<smtp::Reply> replies;
        for (const mail::Mailbox& to : envelope.forward_paths) {
            if (to.local_part == "user-full") {
                replies.push_back({452, {4, 2, 2}, "No room"});
                continue;
            }
            filed.push_back(to.local_part + ": " + std::string{wire::as_text(message.octets)});
            replies.push_back({250, {2, 0, 0}, "Filed for " + to.local_part});
        }
        co_return replies;
    }
};

struct LmtpServed {
    std::vector<std::string> complaints;
    std::vector<std::string> filed;
};

LmtpServed serve_lmtp(const transcripts::Script& script, Feed feed = Feed::groups)
{
    smtp::Policy policy;
    policy.host_name = "mail.example.test";
    policy.greeting = "LMTP tegami";
    lmtp::Session session{policy};
    Filer filer;
    LmtpServed served;
    served.complaints = transcripts::play(
        script, Side::server, [&](wire::Stream& peer) { return lmtp::serve(peer, session, filer); }, feed);
    served.filed = filer.filed;
    return served;
}

struct LmtpDelivered {
    std::vector<std::string> complaints;
    mailroom::Queue queue;
    smtp::SessionEnd end;
    bool done = false;
};

wire::Task<void> run_lmtp(wire::Stream& peer, smtp::ClientOptions options, smtp::Outbox& outbox, smtp::SessionEnd& end,
                          bool& done)
{
    end = co_await lmtp::deliver(peer, std::move(options), outbox);
    done = true;
}

LmtpDelivered deliver_lmtp(const transcripts::Script& script, std::vector<smtp::OutgoingMail> mails,
                           Feed feed = Feed::groups)
{
    LmtpDelivered delivered;
    delivered.queue.mails = std::move(mails);
    smtp::ClientOptions options;
    options.hello = "mx.example.test";
    delivered.complaints = transcripts::play(
        script, Side::client,
        [&](wire::Stream& peer) { return run_lmtp(peer, options, delivered.queue, delivered.end, delivered.done); },
        feed);
    return delivered;
}

std::vector<smtp::OutgoingMail> for_three()
{
    std::vector<smtp::OutgoingMail> mails;
    mails.push_back(
        mailroom::outgoing(1, "alice@example.org",
                           {"bob@example.test", "nobody@example.test", "user-full@example.test", "carol@example.test"},
                           "Subject: one\r\n\r\nx\r\n"));
    mails.push_back(mailroom::outgoing(2, "", {"carol@example.test"}, "Subject: two\r\n\r\nx\r\n"));
    return mails;
}

} // namespace

TEST_CASE("an answer for each recipient, the same transcript against our server and our client", "[lmtp]")
{
    for (const Feed feed : {Feed::groups, Feed::octets}) {
        auto script = lmtp_script("several.txt");
        const LmtpServed served = serve_lmtp(script, feed);
        CHECK(served.complaints == std::vector<std::string>{});
        CHECK(served.filed == std::vector<std::string>{"bob: Subject: one\r\n\r\nx\r\n",
                                                       "carol: Subject: one\r\n\r\nx\r\n",
                                                       "carol: Subject: two\r\n\r\nx\r\n"});
        script.pop_back();
        auto delivered = deliver_lmtp(script, for_three(), feed);
        CHECK(delivered.complaints == std::vector<std::string>{});
        CHECK(delivered.done);
        CHECK(mailroom::summary(delivered.queue.results[1]) ==
              "accepted 250 at content, refused 550 at rcpt, deferred 452 at content, accepted 250 at content");
        CHECK(mailroom::summary(delivered.queue.results[2]) == "accepted 250 at content");
    }
}

TEST_CASE("what LMTP does not share with SMTP", "[lmtp]")
{
    for (const Feed feed : {Feed::groups, Feed::octets}) {
        const LmtpServed served = serve_lmtp(lmtp_script("rules.txt"), feed);
        CHECK(served.complaints == std::vector<std::string>{});
        CHECK(served.filed.empty());
    }
}

TEST_CASE("an LMTP server that breaks off between its answers: some are settled, the others uncertain", "[lmtp]")
{
    const std::string opening =
        "S: 220 mx\nC: LHLO mx.example.test\nS: 250-mx\nS: 250 PIPELINING\n"
        "C: MAIL FROM:<alice@example.org>\nC: RCPT TO:<bob@example.test>\nC: RCPT TO:<carol@example.test>\nC: DATA\n"
        "S: 250 ok\nS: 250 ok\nS: 250 ok\nS: 354 go\nC: x\nC: .\n";
    const std::string refused =
        "S: 220 mx\nC: LHLO mx.example.test\nS: 250-mx\nS: 250 PIPELINING\n"
        "C: MAIL FROM:<alice@example.org>\nC: RCPT TO:<bob@example.test>\nC: RCPT TO:<carol@example.test>\nC: DATA\n"
        "S: 250 ok\nS: 550 no\nS: 550 no\n";
    const std::pair<std::string, std::string> rows[] = {
        {opening + "S: 250 ok\nS: 250 ok\nC: QUIT\nS: 221 x\nC.\n", "accepted 250 at content, accepted 250 at content"},
        {opening + "S: 250 ok\nS.\nC.\n", "accepted 250 at content, uncertain 0 at content"},
        {opening + "S: 250 ok\nS!\n", "accepted 250 at content, uncertain 0 at content"},
        {opening + "S: 550 no\nS: 999\nC.\n", "refused 550 at content, uncertain 0 at content"},
        {opening + "S: 250 ok\n+10m\nC.\n", "accepted 250 at content, uncertain 0 at content"},
        {opening + "S: 250 ok\nS: 421 gone\nC.\n", "accepted 250 at content, deferred 421 at content"},
        {opening + "S: 421 gone\nC.\n", "deferred 421 at content, deferred 421 at content"},
        {opening + "S: 354 more\nC.\n", "deferred 354 at content, deferred 354 at content"},
        // All refused: DATA has to be refused as well, and who asks for text nevertheless is out of step.
        {refused + "S: 503 none\nC: RSET\nS: 250 x\nC: QUIT\nS: 221 x\nC.\n",
         "refused 550 at rcpt, refused 550 at rcpt"},
        {refused + "S: 354 go\nC.\n", "refused 550 at rcpt, refused 550 at rcpt"},
    };
    for (const auto& [text, result] : rows) {
        INFO(text);
        for (const Feed feed : {Feed::groups, Feed::octets}) {
            std::vector<smtp::OutgoingMail> mails;
            mails.push_back(
                mailroom::outgoing(1, "alice@example.org", {"bob@example.test", "carol@example.test"}, "x\r\n"));
            auto script = transcripts::parse_script(text);
            std::erase_if(script, [](const auto& step) { // RSET comes only before a next mail
                return step.text == "RSET\r\n" || step.text == "250 x\r\n";
            });
            auto delivered = deliver_lmtp(script, std::move(mails), feed);
            CHECK(delivered.complaints == std::vector<std::string>{});
            CHECK(delivered.done);
            CHECK(mailroom::summary(delivered.queue.results[1]) == result);
        }
    }
}

TEST_CASE("a server that does not know LHLO is not asked by another word", "[lmtp]")
{
    auto delivered =
        deliver_lmtp(transcripts::parse_script("S: 220 mx\nC: LHLO mx.example.test\nS: 500 what\nC: QUIT\nS: "
                                               "221 bye\nC.\n"),
                     for_three());
    CHECK(delivered.complaints == std::vector<std::string>{});
    CHECK(delivered.end.stage == smtp::Stage::hello);
    CHECK(delivered.queue.mails.size() == 2);
}

TEST_CASE("the attack pack's SMTP rows against LMTP", "[lmtp]")
{
    namespace fs = std::filesystem;
    const fs::path folder = fs::path{TEGAMI_VECTORS} / "attack-pack" / "smtp";
    if (!fs::exists(folder)) return test::skip("attack-pack/smtp is not in " TEGAMI_VECTORS);
    int count = 0;
    for (const auto& entry : fs::directory_iterator{folder}) {
        ++count;
        INFO(entry.path());
        std::ifstream in{entry.path(), std::ios::binary};
        std::string octets{std::istreambuf_iterator<char>{in}, {}};
        // The greeting is another word here.
        if (const std::size_t at = octets.find("EHLO"); at != octets.npos) octets.replace(at, 4, "LHLO");
        std::vector<std::string> said, filed;
        for (const std::size_t piece : {octets.size(), std::size_t{1}}) {
            auto [client, server] = wire::PipeEnd::make_pair(1 << 24);
            lmtp::Session session{smtp::Policy{}};
            Filer filer;
            auto serving = lmtp::serve(*server, session, filer);
            serving.start();
            std::string heard;
            for (std::size_t at = 0; at < octets.size(); at += piece) {
                auto writing = transcripts::detail::talk(*client, std::string_view{octets}.substr(at, piece));
                writing.start();
                heard += wire::as_text(client->ahead());
                client->take(client->ahead().size());
            }
            client->close();
            heard += wire::as_text(client->ahead());
            CHECK(serving.done());
            said.push_back(heard);
            CHECK(filer.filed.size() <= 1);
            for (const std::string& text : filer.filed) CHECK_FALSE(text.starts_with("bob: Subject: SMUGGLED"));
        }
        CHECK(said[0] == said[1]);
    }
    CHECK(count > 30);
}
