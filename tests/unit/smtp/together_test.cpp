/// Our client against our server over streams that move one step at a time.
#include "protocols/mail/header.hpp"
#include "tests/unit/smtp/mailroom.hpp"

#include <catch2/catch.hpp>

using namespace tegami;

namespace {

/// One connection. What `keeper` has stored and what `queue` still owes survive it, as disks do.
struct Connection {
    mailroom::Keeper& keeper;
    mailroom::Queue& queue;
    transcripts::Pauses client_pauses, server_pauses;
    std::unique_ptr<transcripts::SteppedEnd> client, server;
    smtp::Session session;
    smtp::ClientOptions options;
    smtp::SessionEnd end;
    bool client_done = false;
    std::optional<wire::Task<void>> delivering, serving;

    Connection(mailroom::Keeper& k, mailroom::Queue& q, smtp::Policy policy = {}, std::size_t segment_size = 1'460)
        : keeper(k), queue(q), session((policy.host_name = "mx.example.test", policy), wire::Spans{1})
    {
        std::tie(client, server) = transcripts::make_stepped_pair(segment_size);
        options.hello = "client.example.org";
        options.spans = {1};
        queue.pauses = &client_pauses;
        keeper.pauses = &server_pauses;
        serving = smtp::serve(*server, session, keeper);
        delivering = mailroom::run_client(*client, options, queue, end, client_done);
        serving->start();
        delivering->start();
    }
    ~Connection()
    {
        crash_client();
        crash_server();
    }
    bool step() { return server_pauses.step() || client_pauses.step() || server->step() || client->step(); }
    void run()
    {
        while (step()) {
        }
    }
    void crash_client()
    {
        client_pauses.forget();
        delivering.reset();
        client->forget();
        if (client->peer) std::exchange(client->peer, nullptr)->abort_by_peer();
    }
    void crash_server()
    {
        server_pauses.forget();
        serving.reset();
        server->forget();
        if (server->peer) std::exchange(server->peer, nullptr)->abort_by_peer();
    }
};

std::vector<smtp::OutgoingMail> story()
{
    std::vector<smtp::OutgoingMail> mails;
    mails.push_back(
        mailroom::outgoing(1, "alice@example.org", {"bob@example.test"}, "Message-ID: <1@x>\r\n\r\n.one\r\n", 5));
    mails.push_back(
        mailroom::outgoing(2, "alice@example.org", {"nobody@example.test"}, "Message-ID: <2@x>\r\n\r\ntwo\r\n", 6));
    mails.push_back(mailroom::outgoing(3, "alice@example.org", {"carol@example.test", "dave@example.net"},
                                       "Message-ID: <3@x>\r\n\r\nthree\r\n", 7));
    return mails;
}

int copies_of(const mailroom::Keeper& keeper, const std::string& id)
{
    int copies = 0;
    for (const auto& stored : keeper.stored) copies += stored.text.starts_with("Message-ID: <" + id + "@x>") ? 1 : 0;
    return copies;
}

smtp::Policy without_pipelining()
{
    smtp::Policy policy;
    policy.pipelining = false;
    return policy;
}

} // namespace

TEST_CASE("three mails in one connection, with and without PIPELINING, in segments of any size")
{
    for (const bool pipelining : {true, false}) {
        for (const std::size_t segment_size : {std::size_t{1}, std::size_t{7}, std::size_t{1'460}}) {
            mailroom::Keeper keeper;
            mailroom::Queue queue;
            queue.mails = story();
            Connection connection{keeper, queue, pipelining ? smtp::Policy{} : without_pipelining(), segment_size};
            connection.run();
            CHECK(connection.client_done);
            CHECK(connection.serving->done());
            CHECK(mailroom::summary(queue.results[1]) == "accepted 250 at content");
            CHECK(mailroom::summary(queue.results[2]) == "refused 550 at rcpt");
            CHECK(mailroom::summary(queue.results[3]) == "accepted 250 at content, refused 550 at rcpt");
            REQUIRE(keeper.stored.size() == 2);
            CHECK(keeper.stored[0].text == "Message-ID: <1@x>\r\n\r\n.one\r\n");
            CHECK(keeper.stored[0].spans == wire::Spans{5});
            CHECK(keeper.stored[1].spans == wire::Spans{7});
            // What each side said, the other heard, line for line.
            CHECK(connection.client->said == connection.server->heard);
            CHECK(connection.server->said == connection.client->heard);
        }
    }
}

TEST_CASE("one segment carries the end of a mail and the MAIL FROM of the next, and knows which octets serve which")
{
    mailroom::Keeper keeper;
    mailroom::Queue queue;
    queue.mails = story();
    queue.mails.erase(queue.mails.begin() + 1);
    Connection connection{keeper, queue};
    connection.run();
    const transcripts::Segment* joint = nullptr;
    for (const auto& segment : connection.client->sent)
        if (segment.octets.find("\r\n.\r\nMAIL FROM:") != std::string::npos) joint = &segment;
    REQUIRE(joint);
    REQUIRE(joint->runs.size() == 2);
    CHECK(joint->runs[0].spans == wire::Spans{5});
    CHECK(joint->octets.substr(0, joint->runs[0].end).ends_with("one\r\n.\r\n"));
    CHECK(joint->runs[1].spans == wire::Spans{7});
    CHECK(joint->octets.substr(joint->runs[0].end).starts_with("MAIL FROM:"));
    CHECK(joint->octets.ends_with("DATA\r\n"));
    // EHLO, group, text with group, text, QUIT: five segments, and as many the other way.
    CHECK(connection.client->sent.size() == 5);
    CHECK(connection.server->sent.size() == 6); // the greeting comes first
    // The replies in the joint answer serve whom their commands serve.
    const auto& answer = connection.server->sent[3];
    REQUIRE(answer.runs.size() == 2);
    CHECK(answer.octets.substr(0, answer.runs[0].end) == "250 2.0.0 Kept\r\n");
    CHECK(answer.runs[0].spans == wire::Spans{5});
    CHECK(answer.runs[1].spans == wire::Spans{7});
}

TEST_CASE("either side crashes at every await: nothing accepted is lost, and a second copy comes only of a break "
          "behind the dot")
{
    for (const bool pipelining : {true, false}) {
        for (const bool client_crashes : {true, false}) {
            bool finished = false;
            int steps = 0;
            int seen_uncertain = 0;
            int seen_twice = 0;
            for (; !finished; ++steps) {
                INFO((pipelining ? "pipelined, " : "lockstep, ")
                     << (client_crashes ? "client" : "server") << " crashes after step " << steps);
                mailroom::Keeper keeper;
                mailroom::Queue queue;
                queue.mails = story();
                {
                    Connection connection{keeper, queue, pipelining ? smtp::Policy{} : without_pipelining()};
                    int left = steps;
                    while (left > 0 && connection.step()) --left;
                    finished = left > 0;
                    if (client_crashes)
                        connection.crash_client();
                    else
                        connection.crash_server();
                    connection.run();
                    if (!client_crashes) CHECK(connection.client_done);
                    if (client_crashes) CHECK(connection.serving->done());
                }
                // Never a yes without the mail being kept.
                for (const auto& [id, result] : queue.results)
                    for (const auto& recipient : result.recipients)
                        if (recipient.fate == smtp::Fate::accepted) CHECK(copies_of(keeper, std::to_string(id)) == 1);
                const std::map<std::uint64_t, int> before{
                    {1, copies_of(keeper, "1")}, {2, copies_of(keeper, "2")}, {3, copies_of(keeper, "3")}};
                int uncertain = 0;
                for (const auto& [id, result] : queue.results)
                    for (const auto& recipient : result.recipients)
                        uncertain += recipient.fate == smtp::Fate::uncertain ? 1 : 0;
                CHECK(uncertain <= 1);
                // A client that lives knows of every mail that may be there twice.
                if (!client_crashes) {
                    for (const auto& [id, count] : before) {
                        if (count == 0) continue;
                        REQUIRE(queue.results.contains(id));
                        const auto fate = queue.results[id].recipients[0].fate;
                        CHECK((fate == smtp::Fate::accepted || fate == smtp::Fate::uncertain));
                    }
                    for (const std::uint64_t id : queue.given) CHECK(queue.results.contains(id));
                }

                // The next connection tries again what has no answer for good.
                mailroom::Queue again;
                for (auto& mail : story()) {
                    bool settled = queue.results.contains(mail.id);
                    if (settled)
                        for (const auto& recipient : queue.results[mail.id].recipients)
                            settled = settled &&
                                      (recipient.fate == smtp::Fate::accepted || recipient.fate == smtp::Fate::refused);
                    if (!settled) again.mails.push_back(std::move(mail));
                }
                Connection connection{keeper, again};
                connection.run();
                CHECK(connection.client_done);
                CHECK(copies_of(keeper, "2") == 0);
                int second_copies = 0;
                for (const char* id : {"1", "3"}) {
                    CHECK(copies_of(keeper, id) >= 1);
                    CHECK(copies_of(keeper, id) <= 2);
                    second_copies += copies_of(keeper, id) - 1;
                }
                CHECK(second_copies <= 1);
                seen_uncertain += uncertain;
                seen_twice += second_copies;
                REQUIRE(steps < 1'000);
            }
            // The danger is real: it was met on the way.
            CHECK(steps > 30);
            CHECK(seen_twice > 0);
            if (!client_crashes) CHECK(seen_uncertain > 0);
        }
    }
}

TEST_CASE("a client that dies leaves its server waiting for nothing, and the other way round")
{
    mailroom::Keeper keeper;
    mailroom::Queue queue;
    queue.mails = story();
    Connection connection{keeper, queue};
    for (int i = 0; i < 6; ++i) connection.step();
    connection.crash_client();
    connection.run();
    CHECK(connection.serving->done());
}

TEST_CASE("hundreds of recipients go in groups that no buffer can choke on")
{
    mailroom::Keeper keeper;
    mailroom::Queue queue;
    std::vector<std::string> to;
    for (int i = 0; i < 1'001; ++i) to.push_back("user" + std::to_string(i) + "@example.test");
    queue.mails.push_back(mailroom::outgoing(1, "alice@example.org", to, "x\r\n", 5));
    Connection connection{keeper, queue};
    connection.run();
    REQUIRE(connection.client_done);
    REQUIRE(keeper.stored.size() == 1);
    CHECK(keeper.stored[0].forward_paths.size() == 1'000);
    const auto& recipients = queue.results[1].recipients;
    CHECK(recipients[999].fate == smtp::Fate::accepted);
    CHECK(recipients[1'000].fate == smtp::Fate::deferred);
    CHECK(recipients[1'000].reply.code == 452);
}

TEST_CASE("a message of a megabyte crosses whole")
{
    mailroom::Keeper keeper;
    mailroom::Queue queue;
    std::string text;
    for (int i = 0; text.size() < 5'000'000; ++i) text += ".line " + std::to_string(i) + "\r\n";
    text.resize(smtp::message_limit / 8 - 2);
    text += "\r\n";
    queue.mails.push_back(mailroom::outgoing(1, "alice@example.org", {"bob@example.test"}, text, 5));
    Connection connection{keeper, queue, {}, 65'536};
    connection.run();
    REQUIRE(keeper.stored.size() == 1);
    CHECK(keeper.stored[0].text == text);
}
