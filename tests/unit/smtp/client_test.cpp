#include "tests/transcripts/transcript.hpp"
#include "tests/unit/smtp/mailroom.hpp"

#include <catch2/catch.hpp>

using namespace tegami;

namespace {

using transcripts::Feed;
using transcripts::Side;

const std::string client_transcripts = std::string{TEGAMI_SOURCE_DIR} + "/tests/transcripts/smtp/";

struct Delivered {
    std::vector<std::string> complaints;
    mailroom::Queue queue;
    smtp::SessionEnd end;
    bool done = false;

    std::string of(std::uint64_t id)
    {
        return queue.results.contains(id) ? mailroom::summary(queue.results[id]) : "nothing";
    }
};

Delivered deliver_script(const transcripts::Script& script, std::vector<smtp::OutgoingMail> mails,
                         Feed feed = Feed::groups, bool pipelining = true)
{
    Delivered delivered;
    delivered.queue.mails = std::move(mails);
    smtp::ClientOptions options;
    options.hello = "client.example.org";
    options.pipelining = pipelining;
    delivered.complaints = transcripts::play(
        script, Side::client,
        [&](wire::Stream& peer) {
            return mailroom::run_client(peer, options, delivered.queue, delivered.end, delivered.done);
        },
        feed);
    return delivered;
}

Delivered deliver_script(const std::string& text, std::vector<smtp::OutgoingMail> mails, Feed feed = Feed::groups)
{
    return deliver_script(transcripts::parse_script(text), std::move(mails), feed);
}

std::vector<smtp::OutgoingMail> three_mails()
{
    std::vector<smtp::OutgoingMail> mails;
    mails.push_back(mailroom::outgoing(1, "alice@example.org", {"bob@example.test", "nobody@example.test"},
                                       "Subject: one\r\n\r\nx\r\n"));
    mails.push_back(mailroom::outgoing(2, "alice@example.org", {"nobody@example.test"}, "Subject: two\r\n\r\nx\r\n"));
    mails.push_back(mailroom::outgoing(3, "alice@example.org", {"bob@example.test"}, "Subject: three\r\n\r\nx\r\n"));
    return mails;
}

std::vector<smtp::OutgoingMail> one_small_mail()
{
    std::vector<smtp::OutgoingMail> mails;
    mails.push_back(mailroom::outgoing(1, "a@b", {"c@d"}, "x\r\n"));
    return mails;
}

const std::string opening = "S: 220 mx\nC: EHLO client.example.org\nS: 250 mx\n";
const std::string pipelined = "S: 220 mx\nC: EHLO client.example.org\nS: 250-mx\nS: 250 PIPELINING\n";
const std::string first_group = "C: MAIL FROM:<a@b>\nC: RCPT TO:<c@d>\nC: DATA\n";

} // namespace

TEST_CASE("the client plays the transcript that the server plays")
{
    for (const Feed feed : {Feed::groups, Feed::octets}) {
        std::vector<smtp::OutgoingMail> mails;
        mails.push_back(mailroom::outgoing(1, "alice@example.org", {"bob@example.test", "carol@example.test"},
                                           "Subject: one\r\n\r\n.hello\r\n"));
        mails.push_back(mailroom::outgoing(2, "", {"bob@example.test"}, "Subject: two\r\n\r\nx\r\n"));
        auto script = transcripts::read_script(client_transcripts + "two-mails.txt");
        // The size that the client says is the true one.
        for (auto& step : script)
            if (step.text == "MAIL FROM:<alice@example.org> SIZE=25\r\n")
                step.text = "MAIL FROM:<alice@example.org> SIZE=24\r\n";
        script.pop_back(); // the server's end of the stream
        auto delivered = deliver_script(script, std::move(mails), feed);
        CHECK(delivered.complaints == std::vector<std::string>{});
        CHECK(delivered.done);
        CHECK(delivered.of(1) == "accepted 250 at content, accepted 250 at content");
        CHECK(delivered.of(2) == "accepted 250 at content");
        CHECK(delivered.end.stage == smtp::Stage::quit);
        CHECK(delivered.end.reply.code == 221);
        CHECK(delivered.end.offered.size_limit == 10'485'760);
    }
}

TEST_CASE("without PIPELINING, and without EHLO, each command waits for its reply")
{
    for (const Feed feed : {Feed::groups, Feed::octets}) {
        auto script = transcripts::read_script(client_transcripts + "lockstep.txt");
        script.pop_back();
        auto delivered = deliver_script(script, three_mails(), feed);
        CHECK(delivered.complaints == std::vector<std::string>{});
        CHECK(delivered.of(1) == "accepted 250 at content, refused 550 at rcpt");
        CHECK(delivered.of(2) == "refused 550 at rcpt");
        CHECK(delivered.of(3) == "refused 550 at mail");
        CHECK_FALSE(delivered.end.offered.extended);
    }
}

TEST_CASE("pipelined mails of which some are refused")
{
    const std::string script =
        pipelined +
        "C: MAIL FROM:<alice@example.org>\nC: RCPT TO:<bob@example.test>\nC: RCPT TO:<nobody@example.test>\nC: DATA\n"
        "S: 250 ok\nS: 250 ok\nS: 550 no\nS: 354 go\n"
        "C: Subject: one\nC: \nC: x\nC: .\nC: MAIL FROM:<alice@example.org>\nC: RCPT TO:<nobody@example.test>\nC: "
        "DATA\n"
        "S: 250 ok\nS: 250 ok\nS: 550 no\nS: 554 none\n"
        "C: RSET\nC: MAIL FROM:<alice@example.org>\nC: RCPT TO:<bob@example.test>\nC: DATA\n"
        "S: 250 ok\nS: 250 ok\nS: 250 ok\nS: 354 go\n"
        "C: Subject: three\nC: \nC: x\nC: .\nS: 250 ok\nC: QUIT\nS: 221 bye\nC.\n";
    for (const Feed feed : {Feed::groups, Feed::octets}) {
        auto delivered = deliver_script(script, three_mails(), feed);
        CHECK(delivered.complaints == std::vector<std::string>{});
        CHECK(delivered.of(1) == "accepted 250 at content, refused 550 at rcpt");
        CHECK(delivered.of(2) == "refused 550 at rcpt");
        CHECK(delivered.of(3) == "accepted 250 at content");
    }
}

TEST_CASE("354 though nobody is left: the dot alone, and the next mail behind it")
{
    const std::string script =
        pipelined + "C: MAIL FROM:<a@b>\nC: RCPT TO:<c@d>\nC: DATA\nS: 250 ok\nS: 550 no\nS: 354 go\n"
                    "C: .\nC: MAIL FROM:<>\nC: RCPT TO:<e@f>\nC: DATA\n"
                    "S: 554 nothing\nS: 250 ok\nS: 250 ok\nS: 354 go\nC: y\nC: .\nS: 250 ok\nC: QUIT\nS: 221 bye\nC.\n";
    auto mails = one_small_mail();
    mails.push_back(mailroom::outgoing(2, "", {"e@f"}, "y"));
    auto delivered = deliver_script(script, std::move(mails));
    CHECK(delivered.complaints == std::vector<std::string>{});
    CHECK(delivered.of(1) == "refused 550 at rcpt");
    CHECK(delivered.of(2) == "accepted 250 at content");
}

TEST_CASE(
    "421 behind the dot defers that mail and the one whose commands are said already; the rest stay in the outbox")
{
    const std::string script =
        pipelined + first_group +
        "S: 250 ok\nS: 250 ok\nS: 354 go\nC: x\nC: .\nC: MAIL FROM:<a@b>\nC: RCPT TO:<c@d>\nC: DATA\nS: 421 down\nC.\n";
    auto mails = one_small_mail();
    mails.push_back(mailroom::outgoing(2, "a@b", {"c@d"}, "y\r\n"));
    mails.push_back(mailroom::outgoing(3, "a@b", {"c@d"}, "z\r\n"));
    auto delivered = deliver_script(script, std::move(mails));
    CHECK(delivered.complaints == std::vector<std::string>{});
    CHECK(delivered.of(1) == "deferred 421 at content");
    CHECK(delivered.of(2) == "deferred 421 at mail");
    CHECK(delivered.of(3) == "nothing");
    CHECK(delivered.queue.mails.size() == 1);
    CHECK(delivered.end.stage == smtp::Stage::content);
    CHECK(delivered.end.reply.code == 421);
}

TEST_CASE("servers that do not want to talk, or cannot")
{
    struct Row {
        std::string script;
        smtp::Stage stage;
        std::uint16_t code;
        std::optional<wire::Hangup> hangup;
        bool malformed;
    };
    const std::string hello = "S: 220 mx\nC: EHLO client.example.org\n";
    const Row rows[] = {
        {"S: 554 no mail here\nC: QUIT\nS: 221 bye\nC.\n", smtp::Stage::greeting, 554, {}, false},
        {"S: 421 busy\nC.\n", smtp::Stage::greeting, 421, {}, false},
        {"S: 250 not a greeting\nC: QUIT\nS.\nC.\n", smtp::Stage::greeting, 250, {}, false},
        {"S: 999 x\nC.\n", smtp::Stage::greeting, 0, {}, true},
        {"S: SSH-2.0-OpenSSH\nC.\n", smtp::Stage::greeting, 0, {}, true},
        {"S= 220 half\nS.\nC.\n", smtp::Stage::greeting, 0, wire::Hangup::closed, false},
        {"S.\nC.\n", smtp::Stage::greeting, 0, wire::Hangup::closed, false},
        {"S!\n", smtp::Stage::greeting, 0, wire::Hangup::reset, false},
        {"+5m\nC.\n", smtp::Stage::greeting, 0, wire::Hangup::timed_out, false},
        {"S 101x: 220-and on\nC.\n", smtp::Stage::greeting, 0, {}, true},
        {"+299s\nS: 421 busy\nC.\n", smtp::Stage::greeting, 421, {}, false},
        {"S= 421 {x*4092}\\r\\n\nC.\n", smtp::Stage::greeting, 421, {}, false}, // 4,096 octets
        {"S= 421 {x*4093}\\r\\n\nC.\n", smtp::Stage::greeting, 0, {}, true},
        {hello + "S: 421 no\nC.\n", smtp::Stage::hello, 421, {}, false},
        {hello + "S: 451 later\nC: QUIT\nS: 221 bye\nC.\n", smtp::Stage::hello, 451, {}, false},
        {hello + "S: 502 what\nC: HELO client.example.org\nS: 550 no\nC: QUIT\nS: 221 bye\nC.\n",
         smtp::Stage::hello,
         550,
         {},
         false},
        {hello + "S.\nC.\n", smtp::Stage::hello, 0, wire::Hangup::closed, false},
        {hello + "+5m\nC.\n", smtp::Stage::hello, 0, wire::Hangup::timed_out, false},
        {hello + "S: 250-mx\nS: 220 one code for all lines\nC.\n", smtp::Stage::hello, 0, {}, true},
    };
    for (const Row& row : rows) {
        INFO(row.script);
        for (const Feed feed : {Feed::groups, Feed::octets}) {
            auto delivered = deliver_script(row.script, one_small_mail(), feed);
            CHECK(delivered.complaints == std::vector<std::string>{});
            CHECK(delivered.done);
            CHECK(delivered.queue.mails.size() == 1); // nothing was taken out
            CHECK(delivered.end.stage == row.stage);
            CHECK(delivered.end.reply.code == row.code);
            CHECK(delivered.end.broken.hangup == row.hangup);
            CHECK(delivered.end.broken.malformed.has_value() == row.malformed);
        }
    }
}

TEST_CASE("servers that go wrong in a transaction: the mail is deferred, or uncertain behind the dot")
{
    const std::string text = "C: x\nC: .\n";
    const std::pair<std::string, std::string> rows[] = {
        {"S.\nC.\n", "deferred 0 at mail"},
        {"S: 250 ok\nS= 25\nS.\nC.\n", "deferred 0 at rcpt"},
        {"S: 250 ok\nS: 250 ok\nS: 999 go\nC.\n", "deferred 0 at data"},
        {"S: 250 ok\nS: 250 ok\nS: 250 go\nC.\n", "deferred 250 at data"},
        {"S: 250 ok\nS: 250 ok\n+2m\nC.\n", "deferred 0 at data"},
        {"S: 250 ok\n+299s\nS: 250 ok\n+119s\nS: 354 go\n" + text + "+599s\nS: 250 ok\nC: QUIT\nS: 221 x\nC.\n",
         "accepted 250 at content"},
        {"S: 250 ok\nS: 250 ok\nS: 354 go\n" + text + "+10m\nC.\n", "uncertain 0 at content"},
        {"S: 250 ok\nS: 250 ok\nS: 354 go\n" + text + "S.\nC.\n", "uncertain 0 at content"},
        {"S: 250 ok\nS: 250 ok\nS: 354 go\n" + text + "S!\n", "uncertain 0 at content"},
        {"S: 250 ok\nS: 250 ok\nS: 354 go\n" + text + "S= 250 o\nS.\nC.\n", "uncertain 0 at content"},
        {"S: 250 ok\nS: 250 ok\nS: 354 go\n" + text + "S: nonsense\nC.\n", "uncertain 0 at content"},
        {"S: 250 ok\nS: 250 ok\nS: 354 go\n" + text + "S 101x: 250-more\nC.\n", "uncertain 0 at content"},
        {"S: 250 ok\nS: 250 ok\nS: 354 go\n" + text + "S: 354 more\nC.\n", "deferred 354 at content"},
        {"S: 250 ok\nS: 250 ok\nS: 354 go\n" + text + "S: 451 4.3.1 full\nC: QUIT\nS: 221 x\nC.\n",
         "deferred 451 at content"},
        {"S: 250 ok\nS: 250 ok\nS: 354 go\n" + text + "S: 554 5.7.1 spam\nC: QUIT\nS.\nC.\n", "refused 554 at content"},
        {"S: 250-ok\nS: 250-and\nS: 250 on\nS: 250\nS: 354\n" + text + "S: 250 \nC: QUIT\nS: 221 x\nC.\n",
         "accepted 250 at content"},
    };
    for (const auto& [script, result] : rows) {
        INFO(script);
        for (const Feed feed : {Feed::groups, Feed::octets}) {
            auto delivered = deliver_script(pipelined + first_group + script, one_small_mail(), feed);
            CHECK(delivered.complaints == std::vector<std::string>{});
            CHECK(delivered.done);
            CHECK(delivered.of(1) == result);
        }
    }
}

TEST_CASE("mails that the server's offers rule out are not tried; the others are")
{
    const std::string script =
        "S: 220 mx\nC: EHLO client.example.org\nS: 250-mx\nS: 250 SIZE 10\n"
        "C: MAIL FROM:<a@b> SIZE=3\nS: 250 ok\nC: RCPT TO:<c@d>\nS: 250 ok\nC: DATA\nS: 354 go\nC: x\nC: .\nS: 250 ok\n"
        "C: QUIT\nS: 221 bye\nC.\n";
    std::vector<smtp::OutgoingMail> mails;
    mails.push_back(mailroom::outgoing(1, "a@b", {"c@d", "e@f"}, "much too big\r\n"));
    mails.push_back(mailroom::outgoing(2, "a@b", {"c@d"}, "x\r\n"));
    mails.push_back(mailroom::outgoing(3, "a@b", {"c@d"}, "\xC3\xA4\r\n"));
    auto delivered = deliver_script(script, std::move(mails));
    CHECK(delivered.complaints == std::vector<std::string>{});
    CHECK(delivered.of(1) == "refused 552 at mail here, refused 552 at mail here");
    CHECK(delivered.of(2) == "accepted 250 at content");
    CHECK(delivered.of(3) == "refused 554 at mail here");
}

TEST_CASE("an empty outbox: hello and goodbye")
{
    CHECK(deliver_script(opening + "C: QUIT\nS: 221 bye\nC.\n", std::vector<smtp::OutgoingMail>{}).complaints ==
          std::vector<std::string>{});
}

TEST_CASE("PIPELINING is not used where it is not wanted")
{
    auto delivered = deliver_script(transcripts::parse_script(pipelined + "C: MAIL FROM:<a@b>\n"), one_small_mail(),
                                    Feed::groups, false);
    CHECK(delivered.complaints == std::vector<std::string>{});
}
