#include "tests/transcripts/transcript.hpp"
#include "tests/unit/smtp/mailroom.hpp"

#include <catch2/catch.hpp>

using namespace tegami;

namespace {

using transcripts::Feed;
using transcripts::Side;

const std::string smtp_transcripts = std::string{TEGAMI_SOURCE_DIR} + "/tests/transcripts/smtp/";

struct Served {
    std::vector<std::string> complaints;
    std::vector<mailroom::Stored> stored;
};

Served serve_script(const transcripts::Script& script, Feed feed, smtp::Policy policy = {})
{
    policy.host_name = "mx.example.test";
    smtp::Session session{policy, wire::Spans{1}};
    mailroom::Keeper keeper;
    Served served;
    served.complaints = transcripts::play(
        script, Side::server, [&](wire::Stream& peer) { return smtp::serve(peer, session, keeper); }, feed);
    served.stored = keeper.stored;
    return served;
}

} // namespace

TEST_CASE("the server, by its transcripts, at once and octet by octet")
{
    struct Row {
        const char* file;
        std::size_t stored;
    };
    const Row rows[] = {{"two-mails.txt", 2}, {"rules.txt", 0},   {"limits.txt", 0},   {"timeout.txt", 0},
                        {"hung-up.txt", 0},   {"browser.txt", 0}, {"smuggling.txt", 0}};
    for (const Row& row : rows) {
        for (const Feed feed : {Feed::groups, Feed::octets}) {
            INFO(row.file << (feed == Feed::groups ? " in groups" : " octet by octet"));
            const Served served = serve_script(transcripts::read_script(smtp_transcripts + row.file), feed);
            CHECK(served.complaints == std::vector<std::string>{});
            CHECK(served.stored.size() == row.stored);
        }
    }
}

TEST_CASE("what a server keeps is what was meant, and it knows for whom")
{
    const Served served = serve_script(transcripts::read_script(smtp_transcripts + "two-mails.txt"), Feed::groups);
    REQUIRE(served.stored.size() == 2);
    const auto& first = served.stored[0];
    CHECK(first.reverse_path == "<alice@example.org>");
    CHECK(first.forward_paths == std::vector<std::string>{"bob@example.test", "carol@example.test"});
    CHECK(first.text == "Subject: one\r\n\r\n.hello\r\n");
    CHECK(first.spans == wire::Spans{7});
    CHECK(first.envelope.hello == "client.example.org");
    CHECK(first.envelope.extended);
    CHECK(first.envelope.declared_size == 25);
    CHECK(served.stored[1].reverse_path == "<>");
    CHECK(served.stored[1].text == "Subject: two\r\n\r\nx\r\n");
}

TEST_CASE("message sizes, on both sides of the limit")
{
    smtp::Policy policy;
    policy.message_limit = 100;
    for (const Feed feed : {Feed::groups, Feed::octets}) {
        const Served served = serve_script(transcripts::read_script(smtp_transcripts + "sizes.txt"), feed, policy);
        CHECK(served.complaints == std::vector<std::string>{});
        REQUIRE(served.stored.size() == 1);
        CHECK(served.stored[0].text.size() == 100);
    }
}

TEST_CASE("recipients, text lines and hops, on both sides of their limits")
{
    std::string recipients = "S: 220 ...\nC: EHLO x\nS* 250\nC: MAIL FROM:<a@example.org>\nS: 250 ...\n";
    for (int i = 0; i < 1'000; ++i)
        recipients += "C: RCPT TO:<user" + std::to_string(i) + "@example.test>\nS: 250 ...\n";
    recipients += "C: RCPT TO:<user1000@example.test>\nS: 452 4.5.3 ...\nC: DATA\nS: 354 ...\nC: x\nC: .\nS: 250 ...\n";
    const Served many = serve_script(transcripts::parse_script(recipients), Feed::groups);
    CHECK(many.complaints == std::vector<std::string>{});
    REQUIRE(many.stored.size() == 1);
    CHECK(many.stored[0].forward_paths.size() == 1'000);

    const std::string begin = "S: 220 ...\nC: EHLO x\nS* 250\nC: MAIL FROM:<a@example.org>\nS: 250 ...\n"
                              "C: RCPT TO:<bob@example.test>\nS: 250 ...\nC: DATA\nS: 354 ...\n";
    CHECK(serve_script(transcripts::parse_script(begin + "C: {x*65536}\nC: .\nS: 250 ...\n"), Feed::groups)
              .complaints.empty());
    CHECK(serve_script(transcripts::parse_script(begin + "C: {x*65537}\nC: .\nS: 554 5.6.0 ...\n"), Feed::groups)
              .complaints.empty());
    const std::string hop = "C 100x: Received: from a by b; x\n";
    CHECK(serve_script(transcripts::parse_script(begin + hop + "C: \nC: .\nS: 250 ...\n"), Feed::groups)
              .complaints.empty());
    CHECK(serve_script(transcripts::parse_script(begin + hop + "C: Received: x\nC: \nC: .\nS: 554 5.4.6 ...\n"),
                       Feed::groups)
              .complaints.empty());
}

TEST_CASE("a policy offers what its owner wants")
{
    smtp::Policy policy;
    policy.pipelining = policy.size = policy.eight_bit_mime = policy.enhanced_status_codes = false;
    const auto script = transcripts::parse_script(
        "S: 220 mx.example.test ESMTP tegami\nC: EHLO x\nS: 250 mx.example.test\n"
        "C: MAIL FROM:<>\nS: 250 Sender <> ok\nC: QUIT\nS: 221 mx.example.test closing\nS.\n");
    CHECK(serve_script(script, Feed::groups, policy).complaints == std::vector<std::string>{});
}

TEST_CASE("every beginning of a dialogue that breaks off is borne, and keeps only what was promised")
{
    const std::string octets = "EHLO x\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<bob@example.test>\r\nDATA\r\nSubject: "
                               "one\r\n\r\nx\r\n.\r\nQUIT\r\n";
    const std::size_t dot = octets.find("\r\n.\r\n") + 5;
    for (std::size_t length = 0; length <= octets.size(); ++length) {
        for (const char* how : {"C.\n", "C!\n"}) {
            transcripts::Script script = transcripts::parse_script(std::string{"C= x\n"} + how);
            script[0].text = octets.substr(0, length);
            const Served served = serve_script(script, Feed::groups);
            CHECK(served.stored.size() == (length >= dot ? 1 : 0));
        }
    }
}

TEST_CASE("replies to a group leave together, but none waits for input")
{
    auto [client, server] = transcripts::make_stepped_pair();
    smtp::Policy policy;
    policy.host_name = "mx.example.test";
    smtp::Session session{policy, wire::Spans{1}};
    mailroom::Keeper keeper;
    auto serving = smtp::serve(*server, session, keeper);
    serving.start();
    const auto say = [&](std::string_view text, std::uint32_t spans) {
        auto writing = [](wire::Stream& peer, std::string_view octets, wire::Spans whom) -> wire::Task<void> {
            co_await peer.write(octets, whom);
        }(*client, text, wire::Spans{spans});
        writing.start();
        const std::size_t before = server->sent.size();
        while (client->step()) {
        }
        return std::vector<transcripts::Segment>{server->sent.begin() + static_cast<std::ptrdiff_t>(before),
                                                 server->sent.end()};
    };
    CHECK(server->sent.size() == 1); // the greeting serves the connection
    CHECK(server->sent[0].runs[0].spans == wire::Spans{1});
    say("EHLO x\r\n", 1);

    // A whole group: one segment, and every reply serves whom its command serves.
    const auto group = say("MAIL FROM:<>\r\nRCPT TO:<bob@example.test>\r\nDATA\r\n", 5);
    REQUIRE(group.size() == 1);
    CHECK(group[0].runs.size() == 1);
    CHECK(group[0].runs[0].spans == wire::Spans{5});

    // The end of one mail and the beginning of the next: one segment, two stories.
    client->cork(true);
    say("x\r\n.\r\n", 5);
    say("MAIL FROM:<>\r\nRCPT TO:<bob@example.test>\r\nDATA\r\n", 6);
    client->cork(false);
    const std::size_t before = server->sent.size();
    while (client->step()) {
    }
    REQUIRE(server->sent.size() == before + 1);
    const auto& joint = server->sent[before];
    REQUIRE(joint.runs.size() == 2);
    CHECK(joint.octets.substr(0, joint.runs[0].end) == "250 2.0.0 Kept\r\n");
    CHECK(joint.runs[0].spans == wire::Spans{5});
    CHECK(joint.runs[1].spans == wire::Spans{6});

    // Half a command behind a whole one holds nothing back.
    say(".\r\nMAIL FROM:<>\r\n", 6);
    const auto half = say("RCPT TO:<carol@example.test>\r\nRCPT TO:<bo", 6);
    CHECK(half.size() == 1);
    // DATA, NOOP, EHLO and what nobody knows are answered at once (RFC 2920 §3.2).
    const auto noops = say("b@example.test>\r\nNOOP\r\nXX\r\nNOOP\r\n", 6);
    CHECK(noops.size() == 3);
    CHECK(server->heard.back() == "NOOP");
    CHECK(std::find(server->heard.begin(), server->heard.end(), ".") != server->heard.end());
}

TEST_CASE("a reply is not held back while a recipient is judged")
{
    auto [client, server] = transcripts::make_stepped_pair();
    transcripts::Pauses pauses;
    smtp::Session session{smtp::Policy{}};
    mailroom::Keeper keeper;
    keeper.pauses = &pauses;
    auto serving = smtp::serve(*server, session, keeper);
    serving.start();
    auto writing = [](wire::Stream& peer) -> wire::Task<void> {
        co_await peer.write("EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<bob@example.test>\r\n", wire::Spans{});
    }(*client);
    writing.start();
    while (client->step()) {
    }
    REQUIRE(server->sent.size() == 3);
    CHECK(server->sent[2].octets == "250 2.1.0 Sender <> ok\r\n");
    CHECK(pauses.step());
    CHECK(server->sent[3].octets == "250 2.1.5 Recipient <bob@example.test> ok\r\n");
    pauses.forget();
}
