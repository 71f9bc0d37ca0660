#include "protocols/smtp/command.hpp"

#include <catch2/catch.hpp>

using namespace tegami;
using smtp::Verb;

TEST_CASE("commands, in any case and with what is tolerated")
{
    struct Row {
        std::string line;
        Verb verb;
        std::string argument, path;
        std::uint64_t size;
        smtp::Body body;
    };
    using enum smtp::Body;
    const Row rows[] = {
        {"EHLO client.example.org", Verb::ehlo, "client.example.org", "<>", 0, seven_bit},
        {"helo [192.0.2.1]", Verb::helo, "[192.0.2.1]", "<>", 0, seven_bit},
        {"EHLO under_score", Verb::ehlo, "under_score", "<>", 0, seven_bit},
        {"MAIL FROM:<a@b>", Verb::mail, "", "<a@b>", 0, seven_bit},
        {"mail from: <a@b>  ", Verb::mail, "", "<a@b>", 0, seven_bit},
        {"MAIL FROM:<>", Verb::mail, "", "<>", 0, seven_bit},
        {"MAIL FROM:<a@b> SIZE=1000 BODY=8BITMIME", Verb::mail, "", "<a@b>", 1'000, eight_bit_mime},
        {"MAIL FROM:<a@b>  body=7bit  size=0", Verb::mail, "", "<a@b>", 0, seven_bit},
        {"MAIL FROM:<a@b> SIZE=99999999999999999999", Verb::mail, "", "<a@b>", UINT64_MAX, seven_bit},
        {"MAIL FROM:<a@b> AUTH=<>", Verb::mail, "", "<a@b>", 0, seven_bit},
        {"RCPT TO:<\"a b\"@c>", Verb::rcpt, "", "<\"a b\"@c>", 0, seven_bit},
        {"RCPT TO:<Postmaster>", Verb::rcpt, "", "<Postmaster>", 0, seven_bit},
        {"rcpt to:<@x,@y:a@b>", Verb::rcpt, "", "<a@b>", 0, seven_bit},
        {"RCPT TO: user@testserver", Verb::rcpt, "", "<user@testserver>", 0, seven_bit},
        {"DATA", Verb::data, "", "<>", 0, seven_bit},
        {"data \t", Verb::data, "", "<>", 0, seven_bit},
        {"RSET", Verb::rset, "", "<>", 0, seven_bit},
        {"NOOP", Verb::noop, "", "<>", 0, seven_bit},
        {"NOOP whatever", Verb::noop, "whatever", "<>", 0, seven_bit},
        {"QUIT", Verb::quit, "", "<>", 0, seven_bit},
        {"VRFY alice", Verb::vrfy, "alice", "<>", 0, seven_bit},
        {"EXPN list", Verb::expn, "list", "<>", 0, seven_bit},
        {"HELP", Verb::help, "", "<>", 0, seven_bit},
        {"AUTH PLAIN AA==", Verb::auth, "PLAIN AA==", "<>", 0, seven_bit},
        {"STARTTLS", Verb::not_implemented, "", "<>", 0, seven_bit},
        {"GET / HTTP/1.1", Verb::other_protocol, "/ HTTP/1.1", "<>", 0, seven_bit},
    };
    for (const Row& row : rows) {
        INFO(row.line);
        const auto command = smtp::parse_command(row.line);
        REQUIRE(command);
        CHECK(command->verb == row.verb);
        CHECK(command->argument == row.argument);
        CHECK(mail::format(command->path) == row.path);
        CHECK(command->size == row.size);
        CHECK(command->body == row.body);
    }
}

TEST_CASE("lines that are no commands: what is said, where it went wrong, and the rule")
{
    struct Row {
        std::string line;
        std::uint16_t code;
        smtp::EnhancedCode enhanced;
        std::size_t offset;
        std::string rule;
    };
    const Row rows[] = {
        {"", 500, {5, 5, 1}, 0, "nobody knows"},
        {" EHLO x", 500, {5, 5, 1}, 0, "nobody knows"},
        {"WHATISTHIS", 500, {5, 5, 1}, 0, "nobody knows"},
        {"EHLO", 501, {5, 5, 4}, 4, "domain follows"},
        {"EHLO ", 501, {5, 5, 4}, 4, "domain follows"},
        {"EHLO a b", 501, {5, 5, 4}, 5, "domain follows"},
        {"EHLO " + std::string(256, 'a'), 501, {5, 5, 4}, 5, "domain follows"},
        {"HELO \x1B]52;c;x\a", 501, {5, 5, 4}, 5, "domain follows"},
        {"MAIL", 501, {5, 5, 4}, 4, "FROM: follows"},
        {"MAIL LALA: <>", 501, {5, 5, 4}, 5, "FROM: follows"},
        {"MAIL FROM:", 501, {5, 1, 7}, 10, "Dot-string"},
        {"MAIL FROM:<pepe>", 501, {5, 1, 7}, 15, "has an @"},
        {"MAIL FROM:<Postmaster>", 501, {5, 1, 7}, 10, "has a domain"},
        {"MAIL FROM:<a@xn--->", 501, {5, 1, 7}, 13, "hyphen"},
        {"MAIL FROM:<a@example.net>\tSIZE=1", 501, {5, 5, 4}, 25, "SP before"},
        {"MAIL FROM:<a@b>SIZE=1", 501, {5, 5, 4}, 15, "SP before"},
        {"MAIL FROM:<a@b> SIZE=-1", 501, {5, 5, 4}, 16, "size-value"},
        {"MAIL FROM:<a@b> SIZE=", 501, {5, 5, 4}, 16, "esmtp-param"},
        {"MAIL FROM:<a@b> SIZE", 501, {5, 5, 4}, 16, "size-value"},
        {"MAIL FROM:<a@b> SIZE=100000000000000000000", 501, {5, 5, 4}, 16, "size-value"},
        {"MAIL FROM:<a@b> BODY=BINARYMIME", 501, {5, 5, 4}, 16, "body-value"},
        {"MAIL FROM:<a@b> SMTPUTF8", 555, {5, 5, 4}, 16, "not known here"},
        {"MAIL FROM:<> RET=HDRS", 555, {5, 5, 4}, 13, "not known here"},
        {"MAIL FROM:<a@b> X\r", 501, {5, 5, 4}, 16, "esmtp-param"},
        {"MAIL FROM:<a@b> =x", 501, {5, 5, 4}, 16, "esmtp-param"},
        {"RCPT", 501, {5, 5, 4}, 4, "TO: follows"},
        {"RCPT TO:<>", 501, {5, 1, 3}, 8, "names a mailbox"},
        {"RCPT TO:<a@b> SIZE=1", 555, {5, 5, 4}, 14, "not known here"},
        {"RCPT TO:<henry\u2163@testserver>", 501, {5, 1, 3}, 14, "has an @"},
        {"RCPT TO:<" + std::string(65, 'a') + "@example.test>", 501, {5, 1, 3}, 9, "64 octets"},
        {"DATA now", 501, {5, 5, 4}, 5, "nothing follows"},
        {"RSET x", 501, {5, 5, 4}, 5, "nothing follows"},
        {"QUIT x", 501, {5, 5, 4}, 5, "nothing follows"},
        {"VRFY", 501, {5, 5, 4}, 4, "string follows"},
    };
    for (const Row& row : rows) {
        INFO(row.line);
        const auto command = smtp::parse_command(row.line);
        REQUIRE_FALSE(command);
        CHECK(command.error().reply.code == row.code);
        CHECK(command.error().reply.enhanced == row.enhanced);
        CHECK(command.error().malformed.offset == row.offset);
        CHECK(std::string{command.error().malformed.rule}.find(row.rule) != std::string::npos);
        // What we say is ASCII, on one line.
        for (const char c : command.error().reply.text) CHECK((c >= ' ' && c < 0x7F));
    }
}

TEST_CASE("every proper prefix of a command is a command of its own or refused")
{
    const std::string line = "MAIL FROM:<@r.example:\"a b\"@[IPv6:2001:db8::1]> SIZE=123 BODY=8BITMIME";
    REQUIRE(smtp::parse_command(line));
    for (std::size_t length = 0; length < line.size(); ++length) {
        const auto command = smtp::parse_command(line.substr(0, length));
        const std::string_view begin = std::string_view{line}.substr(0, length);
        const bool whole = begin.ends_with(">") || begin.ends_with("> ") ||
                           (begin.find("SIZE=1") != begin.npos && begin.find(" B") == begin.npos);
        CHECK(static_cast<bool>(command) == whole);
    }
}
