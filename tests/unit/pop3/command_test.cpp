#include "protocols/pop3/command.hpp"
#include "protocols/pop3/server.hpp"

#include <catch2/catch.hpp>

using namespace tegami;
using pop3::Verb;

TEST_CASE("POP3 commands")
{
    struct Row {
        std::string line;
        Verb verb;
        std::string text;
        bool numbered;
        std::uint64_t number, lines;
    };
    const Row rows[] = {
        {"USER bob", Verb::user, "bob", false, 0, 0},
        {"user ../../etc", Verb::user, "../../etc", false, 0, 0},
        {"PASS  two  spaces ", Verb::pass, " two  spaces ", false, 0, 0},
        {"STAT", Verb::stat, "", false, 0, 0},
        {"STAT ", Verb::stat, "", false, 0, 0},
        {"LIST", Verb::list, "", false, 0, 0},
        {"list 3", Verb::list, "", true, 3, 0},
        {"RETR 007", Verb::retr, "", true, 7, 0},
        {"TOP 1  10", Verb::top, "", true, 1, 10},
        {"UIDL 18446744073709551616", Verb::uidl, "", true, UINT64_MAX, 0},
        {"QUIT", Verb::quit, "", false, 0, 0},
        {"CAPA", Verb::capa, "", false, 0, 0},
    };
    for (const Row& row : rows) {
        INFO(row.line);
        const auto command = pop3::parse_command(row.line);
        REQUIRE(command);
        CHECK(command->verb == row.verb);
        CHECK(command->text == row.text);
        CHECK(command->numbered == row.numbered);
        CHECK(command->number == row.number);
        CHECK(command->lines == row.lines);
    }
}

TEST_CASE("lines that are no POP3 commands, with the rule")
{
    struct Row {
        std::string line;
        std::size_t offset;
        std::string rule;
    };
    const Row rows[] = {
        {"", 0, "not known"},
        {"XX", 0, "not known"},
        {"APOP bob c4c9334bac560ecc979e58001b3e22fb", 0, "not known"},
        {"AUTH", 0, "not known"},
        {"STLS", 0, "not known"},
        {"USER", 4, "take a string"},
        {"PASS", 4, "take a string"},
        {"STAT 1", 5, "no arguments"},
        {"RETR", 4, "digits"},
        {"RETR x", 5, "digits"},
        {"RETR 1 2", 7, "one message-number"},
        {"RETR -1", 5, "digits"},
        {"RETR 100000000000000000000", 5, "digits"},
        {"TOP 1", 5, "TOP takes"},
        {"TOP 1 -1", 6, "TOP takes"},
        {"TOP 1 2 3", 6, "TOP takes"},
        {"USER b\x1B[2J", 6, "printable"},
        {std::string{"USER b\0", 7}, 6, "printable"},
        {"USER b\u00F6b", 6, "printable"},
    };
    for (const Row& row : rows) {
        INFO(row.line);
        const auto command = pop3::parse_command(row.line);
        REQUIRE_FALSE(command);
        CHECK(command.error().offset == row.offset);
        CHECK(std::string{command.error().rule}.find(row.rule) != std::string::npos);
    }
}

TEST_CASE("responses, both ways")
{
    const std::pair<pop3::Response, std::string> rows[] = {
        {{true, "", ""}, "+OK"},
        {{true, "", "2 320"}, "+OK 2 320"},
        {{false, "IN-USE", "Another session"}, "-ERR [IN-USE] Another session"},
        {{false, "SYS/TEMP", ""}, "-ERR [SYS/TEMP]"},
        {{false, "", "[half a code"}, "-ERR [half a code"},
    };
    for (const auto& [response, line] : rows) {
        CHECK(pop3::format(response) == line + "\r\n");
        const auto parsed = pop3::parse_response(line);
        REQUIRE(parsed);
        CHECK(*parsed == response);
    }
    for (const char* line : {"", "+", "+O", "OK", "-ER", "+OKAY", "-ERRx", "* OK IMAP4", "220 mx"})
        CHECK_FALSE(pop3::parse_response(line));
    CHECK(pop3::format({true, "", std::string(600, 'x')}).size() == 512);
}

TEST_CASE("TOP shows header and so many lines")
{
    const auto top = [](std::string_view text, std::uint64_t lines) {
        return std::string{wire::as_text(pop3::top_of(wire::as_octets(text), lines))};
    };
    CHECK(top("A: 1\r\n\r\nx\r\ny\r\n", 0) == "A: 1\r\n\r\n");
    CHECK(top("A: 1\r\n\r\nx\r\ny\r\n", 1) == "A: 1\r\n\r\nx\r\n");
    CHECK(top("A: 1\r\n\r\nx\r\ny", 2) == "A: 1\r\n\r\nx\r\ny");
    CHECK(top("A: 1\r\n\r\nx", UINT64_MAX) == "A: 1\r\n\r\nx");
    CHECK(top("A: 1", 5) == "A: 1");
    CHECK(top("", 5).empty());
}
