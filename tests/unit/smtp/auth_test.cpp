/// AUTH on both sides, by transcripts and by rows. RFC 4954.
#include "protocols/sasl/line.hpp"
#include "tests/transcripts/transcript.hpp"
#include "tests/unit/smtp/mailroom.hpp"

#include <catch2/catch.hpp>

using namespace tegami;

namespace {

using transcripts::Feed;
using transcripts::Side;
using Verdict = smtp::Authentication::Verdict;

transcripts::Script auth_script(const std::string& file)
{
    return transcripts::read_script(std::string{TEGAMI_SOURCE_DIR} + "/tests/transcripts/smtp/" + file);
}

struct AuthServed {
    std::vector<std::string> complaints;
    mailroom::Keeper keeper;
};

AuthServed serve_auth(const transcripts::Script& script, Feed feed = Feed::groups, smtp::Policy policy = {})
{
    mailroom::Accounts accounts;
    policy.host_name = "mx.example.test";
    policy.accounts = &accounts;
    smtp::Session session{policy, wire::Spans{1}};
    AuthServed served;
    served.complaints = transcripts::play(
        script, Side::server, [&](wire::Stream& peer) { return smtp::serve(peer, session, served.keeper); }, feed);
    return served;
}

AuthServed serve_auth(const std::string& text, smtp::Policy policy = {})
{
    return serve_auth(transcripts::parse_script(text), Feed::groups, policy);
}

struct AuthDelivered {
    std::vector<std::string> complaints;
    mailroom::Queue queue;
    smtp::SessionEnd end;
    bool done = false;
};

AuthDelivered deliver_auth(const transcripts::Script& script, Feed feed = Feed::groups,
                           smtp::ClientOptions options = {})
{
    AuthDelivered delivered;
    delivered.queue.mails.push_back(
        mailroom::outgoing(1, "bob@example.test", {"carol@example.test"}, "Subject: one\r\n\r\nx\r\n"));
    options.hello = "client.example.org";
    if (!options.credentials) options.credentials = sasl::Credentials{"bob", "bob-secret", {}};
    delivered.complaints = transcripts::play(
        script, Side::client,
        [&](wire::Stream& peer) {
            return mailroom::run_client(peer, options, delivered.queue, delivered.end, delivered.done);
        },
        feed);
    return delivered;
}

const std::string auth_hello = "S: 220 mx\nC: EHLO client.example.org\nS: 250-mx\nS: 250 AUTH ";

} // namespace

TEST_CASE("PLAIN and LOGIN, the same transcript against our server and our client", "[smtp][auth]")
{
    for (const char* file : {"auth-plain.txt", "auth-login.txt"}) {
        for (const Feed feed : {Feed::groups, Feed::octets}) {
            INFO(file << (feed == Feed::groups ? " in groups" : " octet by octet"));
            auto script = auth_script(file);
            auto for_server = script;
            for (auto& step : for_server) // what ours offers
                if (step.text == "250 AUTH LOGIN\r\n") step.text = "250 AUTH PLAIN LOGIN\r\n";
            smtp::Policy policy;
            policy.require_authentication = true;
            const AuthServed served = serve_auth(for_server, feed, policy);
            CHECK(served.complaints == std::vector<std::string>{});
            REQUIRE(served.keeper.stored.size() == 1);
            CHECK(served.keeper.stored[0].envelope.user == "bob");
            CHECK(smtp::transfer_name(served.keeper.stored[0].envelope) == "ESMTPA");
            REQUIRE(served.keeper.authentications.size() == 1);
            CHECK(served.keeper.authentications[0].verdict == Verdict::accepted);
            CHECK(served.keeper.authentications[0].identity == sasl::Identity{"bob", "bob"});

            script.pop_back(); // the server's end of the stream
            auto delivered = deliver_auth(script, feed);
            CHECK(delivered.complaints == std::vector<std::string>{});
            CHECK(delivered.done);
            CHECK(mailroom::summary(delivered.queue.results[1]) == "accepted 250 at content");
            CHECK(delivered.end.mechanism == served.keeper.authentications[0].mechanism);
        }
    }
}

TEST_CASE("what may come when, and exchanges that end badly", "[smtp][auth]")
{
    for (const Feed feed : {Feed::groups, Feed::octets}) {
        smtp::Policy policy;
        policy.require_authentication = true;
        CHECK(serve_auth(auth_script("auth-rules.txt"), feed, policy).complaints == std::vector<std::string>{});
        const AuthServed served = serve_auth(auth_script("auth-exchanges.txt"), feed);
        CHECK(served.complaints == std::vector<std::string>{});
        std::string verdicts;
        for (const auto& one : served.keeper.authentications) verdicts += "armc"[static_cast<int>(one.verdict)];
        CHECK(verdicts == "crrmmmra");
        CHECK(served.keeper.authentications[2].identity == sasl::Identity{"bob", "carol"});
    }
}

TEST_CASE("AUTH= is believed of a client that is authenticated, and of no other", "[smtp][auth]")
{
    const AuthServed served = serve_auth(auth_script("auth-in-transaction.txt"));
    CHECK(served.complaints == std::vector<std::string>{});
    REQUIRE(served.keeper.stored.size() == 2);
    CHECK(served.keeper.stored[0].envelope.submitter == mail::Path{});
    CHECK(mail::format(*served.keeper.stored[1].envelope.submitter) == "<carol@example.test>");
    CHECK(smtp::transfer_name(served.keeper.stored[0].envelope) == "ESMTP");
    CHECK(smtp::transfer_name(served.keeper.stored[1].envelope) == "ESMTPA");
    CHECK(smtp::parse_command("MAIL FROM:<a@b> AUTH=e+3Dmc2@example.com")->submitter->mailbox->local_part == "e=mc2");
    CHECK_FALSE(smtp::parse_command("MAIL FROM:<a@b> AUTH=e+3dmc2@example.com")); // digits are upper case
    CHECK_FALSE(smtp::parse_command("MAIL FROM:<a@b> AUTH="));
}

TEST_CASE("a password that may not show is neither asked for nor given", "[smtp][auth]")
{
    smtp::Policy policy;
    policy.secrecy = sasl::Secrecy::password_must_not_show;
    policy.pipelining = policy.size = policy.eight_bit_mime = false;
    CHECK(serve_auth("S: 220 ...\nC: EHLO x\nS: 250-mx.example.test\nS: 250 ENHANCEDSTATUSCODES\nC: AUTH PLAIN =\n"
                     "S: 538 5.7.11 ...\nC: AUTH LOGIN\nS: 538 5.7.11 ...\nC.\nS.\n",
                     policy)
              .complaints == std::vector<std::string>{});

    smtp::ClientOptions options;
    options.secrecy = sasl::Secrecy::password_must_not_show;
    auto delivered = deliver_auth(transcripts::parse_script(auth_hello + "PLAIN LOGIN\nC: QUIT\nS: 221 bye\nC.\n"),
                                  Feed::groups, options);
    CHECK(delivered.complaints == std::vector<std::string>{});
    CHECK(delivered.end.stage == smtp::Stage::authentication);
    CHECK(delivered.end.mechanism.empty());
    CHECK(delivered.queue.mails.size() == 1);
}

TEST_CASE("lines of an exchange, on both sides of 12,288 octets", "[smtp][auth]")
{
    // "AUTH PLAIN " and the two octets of the line's end leave 12,275, of which 12,272 are base64.
    const std::string begin = "S: 220 ...\nC: EHLO x\nS* 250\n";
    CHECK(serve_auth(begin + "C: AUTH PLAIN {AAAA*3068}   \nS: 535 5.7.8 ...\nC: NOOP\nS: 250 ...\nC.\nS.\n")
              .complaints == std::vector<std::string>{});
    CHECK(serve_auth(begin + "C: AUTH PLAIN {AAAA*3068}    \nS: 500 5.5.6 ...\nC: NOOP\nS: 250 ...\nC.\nS.\n")
              .complaints == std::vector<std::string>{});
    CHECK(serve_auth(begin + "C: AUTH LOGIN\nS: 334 ...\nC: {AAAA*3071}\nS: 535 5.7.8 ...\nC.\nS.\n").complaints ==
          std::vector<std::string>{});
    CHECK(serve_auth(begin + "C: AUTH LOGIN\nS: 334 ...\nC: {AAAA*3071}xxx\nS: 500 5.5.6 ...\nC.\nS.\n").complaints ==
          std::vector<std::string>{});
}

TEST_CASE("servers that go wrong in an exchange end it, and nothing hangs", "[smtp][auth]")
{
    const std::string login = auth_hello + "LOGIN\nC: AUTH LOGIN\n";
    const std::string plain = auth_hello + "PLAIN\nC: AUTH PLAIN AGJvYgBib2Itc2VjcmV0\n";
    struct Row {
        std::string script;
        std::uint16_t code;
        std::optional<wire::Hangup> hangup;
        bool malformed;
    };
    const Row rows[] = {
        {plain + "S: 535 no\nC: QUIT\nS: 221 x\nC.\n", 535, {}, false},
        {plain + "S: 454 later\nC: QUIT\nS: 221 x\nC.\n", 454, {}, false},
        {plain + "S: 250 what\nC: QUIT\nS: 221 x\nC.\n", 250, {}, false},
        {plain + "S: 421 gone\nC.\n", 421, {}, false},
        // A challenge where none is due, and one that is no base64: cancelled.
        {plain + "S: 334 AAAA\nC: *\nS: 501 cancelled\nC: QUIT\nS: 221 x\nC.\n", 501, {}, false},
        {login + "S: 334 !!!\nC: *\nS: 501 cancelled\nC: QUIT\nS: 221 x\nC.\n", 501, {}, false},
        {login + "S: 334-AAAA\nS: 334 AAAA\nC: *\nS: 501 cancelled\nC: QUIT\nS: 221 x\nC.\n", 501, {}, false},
        // It asks without end.
        {login + "S: 334 AAAA\nC: Ym9i\nS: 334 AAAA\nC: Ym9iLXNlY3JldA==\nS: 334 AAAA\nC: *\nS: 334 AAAA\nC.\n",
         0,
         {},
         true},
        {login + "S: 334 AAAA\nC: Ym9i\nS.\nC.\n", 0, wire::Hangup::closed, false},
        {login + "S: 334 AAAA\nC: Ym9i\nS!\n", 0, wire::Hangup::reset, false},
        {login + "+5m\nC.\n", 0, wire::Hangup::timed_out, false},
        {login + "S: 999 x\nC.\n", 0, {}, true},
    };
    for (const Row& row : rows) {
        INFO(row.script);
        for (const Feed feed : {Feed::groups, Feed::octets}) {
            auto delivered = deliver_auth(transcripts::parse_script(row.script), feed);
            CHECK(delivered.complaints == std::vector<std::string>{});
            CHECK(delivered.done);
            CHECK(delivered.queue.mails.size() == 1); // nothing was taken out
            CHECK(delivered.end.stage == smtp::Stage::authentication);
            CHECK(delivered.end.reply.code == row.code);
            CHECK(delivered.end.broken.hangup == row.hangup);
            CHECK(delivered.end.broken.malformed.has_value() == row.malformed);
        }
    }
}

TEST_CASE("a client without a mechanism, and one whose response does not fit into a command", "[smtp][auth]")
{
    for (const char* offered : {"", "CRAM-MD5 GSSAPI", "PLAINER"}) {
        auto delivered = deliver_auth(transcripts::parse_script(auth_hello + offered + "\nC: QUIT\nS: 221 bye\nC.\n"));
        CHECK(delivered.complaints == std::vector<std::string>{});
        CHECK(delivered.end.stage == smtp::Stage::authentication);
        CHECK(delivered.end.mechanism.empty());
    }
    // A server that knows HELO only has no AUTH.
    auto helo = deliver_auth(transcripts::parse_script("S: 220 mx\nC: EHLO client.example.org\nS: 500 what\nC: HELO "
                                                       "client.example.org\nS: 250 mx\nC: QUIT\nS: 221 bye\nC.\n"));
    CHECK(helo.complaints == std::vector<std::string>{});
    CHECK(helo.end.stage == smtp::Stage::authentication);

    // 510 octets of command: "AUTH PLAIN " and 496 of base64 are 507, and the next size that base64 has does not fit.
    for (const std::size_t password : {std::size_t{367}, std::size_t{368}}) {
        smtp::ClientOptions options;
        options.credentials = sasl::Credentials{"bob", std::string(password, 'p'), {}};
        const std::string message = std::string{"\0bob\0", 5} + options.credentials->password;
        const std::string base64 = sasl::format_line(wire::as_octets(message));
        const bool fits = password == 367;
        CHECK((std::string{"AUTH PLAIN "}.size() + base64.size() <= 510) == fits);
        const std::string exchange =
            fits ? "C: AUTH PLAIN " + base64 + "\n" : "C: AUTH PLAIN\nS: 334 \nC: " + base64 + "\n";
        auto delivered = deliver_auth(
            transcripts::parse_script(auth_hello + "PLAIN\n" + exchange + "S: 535 no\nC: QUIT\nS: 221 bye\nC.\n"),
            Feed::groups, options);
        CHECK(delivered.complaints == std::vector<std::string>{});
    }
}

TEST_CASE("a client that errs often waits for its answers, from the tenth error on", "[smtp][limits]")
{
    struct Clock final : wire::Pause {
        wire::Duration waited;
        wire::Task<void> pause(wire::Duration length) override
        {
            waited = waited + length;
            co_return;
        }
    };
    for (const auto& [bad, seconds] : {std::pair{9, 0}, {10, 1}, {11, 2}, {20, 11}, {21, 12}, {40, 12}}) {
        INFO(bad);
        smtp::Session session{smtp::Policy{}};
        mailroom::Keeper keeper;
        Clock clock;
        auto script = transcripts::parse_script("S* 220\nC " + std::to_string(std::min(bad, 20)) + "x: XX\nS " +
                                                std::to_string(std::min(bad, 20)) + "x: 500 ...\n");
        if (bad > 20) {
            const auto end = transcripts::parse_script("C: XX\nS: 421 ...\nS.\n");
            script.insert(script.end(), end.begin(), end.end());
        }
        const auto complaints = transcripts::play(
            script, Side::server, [&](wire::Stream& peer) { return smtp::serve(peer, session, keeper, &clock); },
            Feed::groups);
        CHECK(complaints == std::vector<std::string>{});
        CHECK(clock.waited == wire::seconds(seconds));
    }
}
