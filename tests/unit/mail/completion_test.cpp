#include "protocols/mail/completion.hpp"

#include "protocols/mail/address_list.hpp"
#include "protocols/mail/header.hpp"
#include "tests/unit/skip.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

using namespace tegami;
using mail::Change;
using mail::Incomplete;

namespace {

/// "name <local@domain>" of each.
std::string mailboxes_of(std::string_view body)
{
    const auto list = mail::parse_address_list(body);
    if (!list) return "offset " + std::to_string(list.error().offset) + ": " + std::string{list.error().rule};
    std::string text;
    for (const mail::NamedMailbox& one : *list) {
        if (!text.empty()) text += " | ";
        text += one.name.empty() ? "" : one.name + " ";
        text += "<" + mail::format(one.mailbox) + ">";
    }
    return text;
}

mail::Submission from_alice()
{
    return {.at = {1'775'433'600'000'000'000},
            .zone_minutes = 540,
            .message_id = "7@msa.example.jp",
            .identity = *mail::parse_mailbox("alice@example.jp")};
}

const std::string whole = "Date: Mon, 6 Apr 2026 09:00:00 +0900\r\nMessage-ID: <1@pc.example.jp>\r\n";

} // namespace

TEST_CASE("mailboxes of a header field", "[mail][address]")
{
    const std::pair<const char*, const char*> rows[] = {
        {"alice@example.jp", "<alice@example.jp>"},
        {" <alice@example.jp> ", "<alice@example.jp>"},
        {"Alice Cherry <alice@example.jp>", "Alice Cherry <alice@example.jp>"},
        {"\"Cherry, Alice\" <alice@example.jp>, bob@example.com",
         "Cherry, Alice <alice@example.jp> | <bob@example.com>"},
        {"\"a \\\"b\\\" c\" <a@b.c>", "a \"b\" c <a@b.c>"},
        {"J. Doe <j.doe@b.c>", "J. Doe <j.doe@b.c>"},
        {"\"odd local\"@b.c", "<\"odd local\"@b.c>"},
        {"(one (two) \\) three) a (x) @ (y) b.c (z)", "<a@b.c>"},
        {"a@[192.0.2.1], b@[IPv6:2001:db8::1]", "<a@[192.0.2.1]> | <b@[IPv6:2001:db8::1]>"},
        {"Friends: a@b.c, Bee <d@e.f>;, g@h.i", "<a@b.c> | Bee <d@e.f> | <g@h.i>"},
        {"Nobody:;", ""},
        {"", ""},
        {" , a@b.c,, ", "<a@b.c>"},
        {"<@relay.example,@other.example:a@b.c>", "<a@b.c>"},
        {"Alice\r\n <alice@example.jp>", "Alice <alice@example.jp>"},
        {"a . b@c . d", "<a.b@c.d>"},
        {"=?UTF-8?B?44Gq?= <a@b.c>", "=?UTF-8?B?44Gq?= <a@b.c>"},
    };
    for (const auto& [body, mailboxes] : rows) {
        INFO(body);
        CHECK(mailboxes_of(body) == mailboxes);
    }
}

TEST_CASE("what is no list of mailboxes, with its rule", "[mail][address]")
{
    const std::pair<const char*, const char*> rows[] = {
        {"alice", "has a domain"},
        {"Alice <alice>", "has a domain"},
        {"a@", "a domain that is none"},
        {"a@b..c", "a domain that is none"},
        {"a@-b", "a domain that is none"},
        {"@b.c", "local part"},
        {"<a@b.c", "not closed"},
        {"a@b.c d@e.f", "a comma stands"},
        {"\"a@b.c", "quoted string"},
        {"(a a@b.c", "comment that does not end"},
        {"G: a@b.c", "semicolon"},
        {"G: H: a@b.c;;", "has a domain"},
        {">", "missing"},
        {"a@[192.0.2.1", "a domain that is none"},
    };
    for (const auto& [body, rule] : rows) {
        INFO(body << ": " << mailboxes_of(body));
        REQUIRE_FALSE(mail::parse_address_list(body));
        CHECK(mailboxes_of(body).contains(rule));
    }
}

TEST_CASE("comments, mailboxes and local parts, on both sides of their limits", "[mail][address][limits]")
{
    const auto nested = [](std::size_t depth) { return std::string(depth, '(') + std::string(depth, ')') + " a@b.c"; };
    CHECK(mail::parse_address_list(nested(50)));
    CHECK_FALSE(mail::parse_address_list(nested(51)));
    CHECK_FALSE(mail::parse_address_list(std::string(1'000'000, '(')));
    std::string many;
    for (int i = 0; i < 10'000; ++i) many += "a@b.c,";
    CHECK(mail::parse_address_list(many)->size() == 10'000);
    CHECK_FALSE(mail::parse_address_list(many + "a@b.c"));
    CHECK(mail::parse_address_list(std::string(64, 'a') + "@b.c"));
    CHECK_FALSE(mail::parse_address_list(std::string(65, 'a') + "@b.c"));
}

TEST_CASE("a whole message is sent on octet by octet", "[mail][completion]")
{
    for (const std::string& body : {std::string{"\r\nHello.\r\n"}, std::string{"\r\n"}, std::string{}}) {
        const std::string message = whole + "From: Alice <ALICE@EXAMPLE.JP>\r\n" + body;
        const auto unlike = mail::complete(message, from_alice()); // local parts differ by case: not the same
        REQUIRE(unlike);
        CHECK(unlike->changes.size() == 1);
        const std::string own = whole + "From: Alice <alice@EXAMPLE.JP>\r\n" + body;
        const auto completed = mail::complete(own, from_alice());
        REQUIRE(completed);
        CHECK(completed->message == own);
        CHECK(completed->changes.empty());
    }
}

TEST_CASE("what is missing is added on top, what is secret is taken away, and each change is told",
          "[mail][completion]")
{
    const std::string message =
        "From: alice@example.jp\r\nBcc: bob@example.com,\r\n carol@example.com\r\nTo: dave@example.com\r\n"
        "bcc : eve@example.com\r\n\r\nBcc: in the body\r\n";
    const auto completed = mail::complete(message, from_alice());
    REQUIRE(completed);
    CHECK(completed->message == "Date: Mon, 6 Apr 2026 09:00:00 +0900\r\nMessage-ID: <7@msa.example.jp>\r\n"
                                "From: alice@example.jp\r\nTo: dave@example.com\r\n\r\nBcc: in the body\r\n");
    REQUIRE(completed->changes.size() == 4);
    CHECK(completed->changes[0].what == Change::date_added);
    CHECK(completed->changes[1] == mail::ChangedField{Change::message_id_added, "Message-ID: <7@msa.example.jp>"});
    CHECK(completed->changes[2] ==
          mail::ChangedField{Change::bcc_removed, "Bcc: bob@example.com,\r\n carol@example.com"});
    CHECK(completed->changes[3] == mail::ChangedField{Change::bcc_removed, "bcc : eve@example.com"});
    CHECK(mail::without_bcc(message) == "From: alice@example.jp\r\nTo: dave@example.com\r\n\r\nBcc: in the body\r\n");
    CHECK(mail::without_bcc(completed->message) == completed->message);
    CHECK(mail::without_bcc("Bcc: x@example.com") == "");
    CHECK(mail::without_bcc("") == "");
    // Once complete, it stays as it is.
    CHECK(mail::complete(completed->message, from_alice())->changes.empty());
    // Bcc as the last field, and a message that ends within its header.
    CHECK(mail::complete(whole + "From: alice@example.jp\r\nBcc: bob@example.com", from_alice())->message ==
          whole + "From: alice@example.jp\r\n");
}

TEST_CASE("Sender says who sent it, where From does not", "[mail][completion]")
{
    struct Row {
        const char* fields;
        const char* result;
        std::vector<Change> changes;
    };
    const Row rows[] = {
        {"From: alice@example.jp\r\n", "From: alice@example.jp\r\n", {}},
        {"From: alice@example.jp\r\nSender: alice@example.jp\r\n",
         "From: alice@example.jp\r\nSender: alice@example.jp\r\n",
         {}},
        {"From: alice@example.jp\r\nSender: boss@example.jp\r\n",
         "From: alice@example.jp\r\n",
         {Change::sender_removed}},
        {"From: boss@example.jp\r\n", "Sender: alice@example.jp\r\nFrom: boss@example.jp\r\n", {Change::sender_added}},
        {"From: boss@example.jp\r\nSender: boss@example.jp\r\n",
         "Sender: alice@example.jp\r\nFrom: boss@example.jp\r\n",
         {Change::sender_added, Change::sender_removed}},
        {"From: boss@example.jp\r\nSender: Alice <alice@example.jp>\r\n",
         "From: boss@example.jp\r\nSender: Alice <alice@example.jp>\r\n",
         {}},
        {"From: boss@example.jp\r\nSender: what\r\n",
         "Sender: alice@example.jp\r\nFrom: boss@example.jp\r\n",
         {Change::sender_added, Change::sender_removed}},
        {"From: alice@example.jp, boss@example.jp\r\n",
         "Sender: alice@example.jp\r\nFrom: alice@example.jp, boss@example.jp\r\n",
         {Change::sender_added}},
    };
    for (const Row& row : rows) {
        INFO(row.fields);
        const auto completed = mail::complete(whole + row.fields + "\r\nx\r\n", from_alice());
        REQUIRE(completed);
        std::vector<Change> changes;
        for (const auto& change : completed->changes) changes.push_back(change.what);
        CHECK(changes == row.changes);
        const std::string added = std::string{row.result}.starts_with("Sender") ? "Sender: alice@example.jp\r\n" : "";
        CHECK(completed->message == added + whole + std::string{row.result}.substr(added.size()) + "\r\nx\r\n");
    }
    // Without authentication nobody knows better than the message.
    mail::Submission stranger = from_alice();
    stranger.identity.reset();
    CHECK(mail::complete(whole + "From: boss@example.jp\r\nSender: x@y.z\r\n\r\n", stranger)->changes.empty());
    CHECK(mail::complete(whole + "From: a@b.c, d@e.f\r\nSender: x@y.z\r\n\r\n", stranger)->changes.empty());
    CHECK(mail::complete(whole + "From: a@b.c, d@e.f\r\n\r\n", stranger).error() == Incomplete::no_sender);
}

TEST_CASE("what is no message is not sent on", "[mail][completion][limits]")
{
    const std::pair<std::string, Incomplete> rows[] = {
        {"", Incomplete::no_from},
        {"\r\nFrom: alice@example.jp\r\n", Incomplete::no_from},
        {"Subject: x\r\n\r\nFrom: alice@example.jp\r\n", Incomplete::no_from},
        {"no header at all\r\nFrom: alice@example.jp\r\n", Incomplete::no_from},
        {"From: alice@example.jp\r\nFrom: bob@example.jp\r\n\r\n", Incomplete::several_from},
        {"From: alice\r\n\r\n", Incomplete::bad_from},
        {"From: alice@localhost\r\n\r\n", Incomplete::bad_from},
        {"From:\r\n\r\n", Incomplete::bad_from},
        {"From: Nobody:;\r\n\r\n", Incomplete::bad_from},
        {"From: alice@example.jp\r\nX: " + std::string(mail::header_limit, 'x') + "\r\n\r\n",
         Incomplete::header_too_big},
    };
    for (const auto& [message, why] : rows) {
        const auto completed = mail::complete(message, from_alice());
        REQUIRE_FALSE(completed);
        CHECK(completed.error() == why);
    }
    CHECK(mail::is_fully_qualified("a.b"));
    CHECK(mail::is_fully_qualified("[192.0.2.1]"));
    CHECK_FALSE(mail::is_fully_qualified("localhost"));
    CHECK_FALSE(mail::is_fully_qualified(".jp"));
    CHECK_FALSE(mail::is_fully_qualified("jp."));
}

TEST_CASE("the attack pack's messages are completed or refused, in no time", "[mail][completion]")
{
    namespace fs = std::filesystem;
    const fs::path folder = fs::path{TEGAMI_VECTORS} / "attack-pack" / "mime";
    if (!fs::exists(folder)) return test::skip("attack-pack/mime is not in " TEGAMI_VECTORS);
    int count = 0;
    for (const auto& entry : fs::directory_iterator{folder}) {
        INFO(entry.path());
        std::ifstream in{entry.path(), std::ios::binary};
        const std::string message{std::istreambuf_iterator<char>{in}, {}};
        const auto completed = mail::complete(message, from_alice());
        if (completed) CHECK(mail::complete(completed->message, from_alice())->changes.empty());
        ++count;
    }
    CHECK(count > 10);
}
