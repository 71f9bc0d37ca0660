#include "protocols/mail/header.hpp"
#include "protocols/mail/maildir.hpp"
#include "protocols/mail/trace.hpp"

#include <catch2/catch.hpp>

using namespace tegami;

TEST_CASE("a header is read, folded fields and all")
{
    const std::string message =
        "From: a@b\r\nSubject: one\r\n\ttwo\r\n three\r\nX-Empty:\r\nTo : c@d\r\n\r\nbody: no field\r\n";
    const auto header = mail::read_header(message);
    REQUIRE(header.fields.size() == 4);
    CHECK(header.fields[1].body == " one\r\n\ttwo\r\n three");
    CHECK(mail::unfold(header.find("SUBJECT")->body) == "one\ttwo three");
    CHECK(header.find("X-Empty")->body.empty());
    CHECK(mail::unfold(header.find("to")->body) == "c@d");
    CHECK(message.substr(header.body_offset) == "body: no field\r\n");
    CHECK(header.find("body") == nullptr);
}

TEST_CASE("headers that are not as they should be")
{
    struct Row {
        std::string message;
        std::size_t fields;
        std::string body;
    };
    const Row rows[] = {
        {"", 0, ""},
        {"\r\nbody", 0, "body"},
        {"A: 1\nB: 2\n\nbody", 2, "body"},
        {"A: 1\r\nno field\r\nB: 2\r\n\r\nbody", 1, "no field\r\nB: 2\r\n\r\nbody"},
        {"A: 1", 1, ""},
        {"A: 1\r\n", 1, ""},
        {" leading space\r\nA: 1\r\n\r\n", 0, " leading space\r\nA: 1\r\n\r\n"},
        {"b\u00E4d: 1\r\n\r\n", 0, "b\u00E4d: 1\r\n\r\n"},
        {": no name\r\n\r\n", 0, ": no name\r\n\r\n"},
        {"A: 1\r\n \r\nB: 2\r\n\r\nbody", 2, "body"},
    };
    for (const Row& row : rows) {
        INFO(row.message);
        const auto header = mail::read_header(row.message);
        CHECK(header.fields.size() == row.fields);
        CHECK(row.message.substr(header.body_offset) == row.body);
        // Every prefix is read without harm, too.
        for (std::size_t length = 0; length < row.message.size(); ++length) {
            const std::string prefix = row.message.substr(0, length);
            CHECK(mail::read_header(prefix).body_offset <= length);
        }
    }
}

TEST_CASE("limits of a header, on both sides")
{
    std::string fields;
    for (std::size_t i = 0; i < mail::header_field_limit; ++i) fields += "A: 1\r\n";
    CHECK_FALSE(mail::read_header(fields + "\r\n").over_limit);
    CHECK(mail::read_header(fields + "\r\n").fields.size() == 1'000);
    CHECK(mail::read_header(fields + "A: 1\r\n\r\n").over_limit);
    CHECK(mail::read_header(fields + "A: 1\r\n\r\n").fields.size() == 1'000);

    const std::string big = "A: " + std::string(mail::header_limit - 5, 'x') + "\r\n";
    CHECK_FALSE(mail::read_header(big + "\r\n").over_limit);
    CHECK(mail::read_header("x" + big + "\r\n").over_limit);
}

TEST_CASE("trace lines")
{
    mail::Arrival arrival{.hello = "alice-pc.sakura.example.jp",
                          .client = wire::Address::v4(0xC0000240),
                          .client_name = "",
                          .by = "mx1.example.com",
                          .id = "4Q7",
                          .only_recipient = mail::Mailbox{"bob", "example.com"},
                          .at = wire::Time{1'775'433'600LL * 1'000'000'000},
                          .zone_minutes = 540};
    CHECK(mail::format_received(arrival) == "Received: from alice-pc.sakura.example.jp ([192.0.2.64])\r\n"
                                            "\tby mx1.example.com with ESMTP id 4Q7\r\n"
                                            "\tfor <bob@example.com>;\r\n"
                                            "\tMon, 6 Apr 2026 09:00:00 +0900\r\n");
    arrival.hello = "x) (y; \xFFz";
    arrival.client = *wire::parse_address("2001:db8::1");
    arrival.client_name = "pc.example";
    arrival.only_recipient.reset();
    CHECK(mail::format_received(arrival).starts_with("Received: from x???y???z (pc.example [IPv6:2001:db8::1])\r\n"));
    CHECK(mail::format_return_path({}) == "Return-Path: <>\r\n");
    CHECK(mail::format_return_path({mail::Mailbox{"a", "b"}}) == "Return-Path: <a@b>\r\n");
}

TEST_CASE("a message that is going in circles shows it")
{
    std::string message;
    for (int i = 0; i < 100; ++i) message += "Received: from a by b; x\r\n";
    CHECK_FALSE(mail::looks_looped(mail::read_header(message + "\r\n")));
    CHECK(mail::looks_looped(mail::read_header(message + "received: from a by b; x\r\n\r\n")));
}

TEST_CASE("Maildir names")
{
    const wire::Time at{1'775'433'600LL * 1'000'000'000 + 123'456'789};
    const std::string unique = mail::maildir_unique(at, 7, "mail.example.com");
    CHECK(unique == "1775433600.M123456Q7.mail.example.com");
    CHECK(mail::maildir_unique(at, 8, "mail.example.com") != unique);
    CHECK(mail::maildir_unique(at, 7, "a/b:c\n") == "1775433600.M123456Q7.a\\057b\\072c\\012");
    CHECK(mail::maildir_name(unique, {}) == unique + ":2,");
    CHECK(mail::maildir_name(unique, {.flagged = true, .seen = true}) == unique + ":2,FS");

    const auto entry = mail::parse_maildir_name("1.M2Q3.host:2,SRx");
    CHECK(entry.unique == "1.M2Q3.host");
    CHECK(entry.flags == mail::MaildirFlags{.replied = true, .seen = true});
    CHECK(mail::parse_maildir_name("1.M2Q3.host").flags == mail::MaildirFlags{});

    CHECK(mail::is_maildir_name("1.M2Q3.host:2,S"));
    for (const char* name : {"", ".", "..", ".hidden", "a/b", "../x", "a\nb"}) CHECK_FALSE(mail::is_maildir_name(name));
}
