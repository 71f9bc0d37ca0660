#include "tests/unit/smtp/mailroom.hpp"

#include <catch2/catch.hpp>

using namespace tegami;
using smtp::Transaction;

namespace {

smtp::Extensions everything()
{
    smtp::Extensions offered;
    offered.extended = offered.pipelining = offered.eight_bit_mime = offered.size = true;
    return offered;
}

/// Drives a transaction with the codes a server answers with, `window` commands at a time, and tells what came of it.
struct Driven {
    std::string result;
    std::string said; ///< commands, [text] and [dot]
    bool left_open = false;
    bool over = false;
    std::size_t replies_used = 0;
};

Driven drive(const std::vector<std::string>& to, const std::vector<std::uint16_t>& codes, std::size_t window,
             bool reset_first = false, bool breaks = false)
{
    const smtp::OutgoingMail mail = mailroom::outgoing(1, "alice@example.org", to, "x\r\n");
    Transaction transaction{mail, smtp::Extensions{}, reset_first};
    Driven driven;
    for (bool going = true; going;) {
        switch (transaction.next()) {
        case Transaction::Next::commands: {
            const std::string lines = transaction.commands(window);
            for (std::size_t at = 0; at < lines.size(); at = lines.find("\r\n", at) + 2)
                driven.said += lines.substr(at, 4) + " ";
            break;
        }
        case Transaction::Next::replies:
            if (driven.replies_used == codes.size()) {
                REQUIRE(breaks);
                transaction.on_break({wire::Hangup::reset, {}});
                break;
            }
            transaction.on_reply({codes[driven.replies_used++], {}, ""});
            break;
        case Transaction::Next::content:
            driven.said += "[text] ";
            transaction.on_content(Transaction::Sent::whole);
            break;
        case Transaction::Next::dot:
            driven.said += "[dot] ";
            transaction.on_content(Transaction::Sent::whole);
            break;
        case Transaction::Next::finished: going = false; break;
        }
    }
    driven.result = mailroom::summary(transaction.result());
    driven.left_open = transaction.left_open();
    driven.over = transaction.connection_over();
    return driven;
}

} // namespace

TEST_CASE("a transaction, by the codes the server answers with")
{
    using Codes = std::vector<std::uint16_t>;
    struct Row {
        Codes pipelined, lockstep; ///< the same story told to both kinds of client
        std::string result, said, said_in_lockstep;
        bool left_open, over;
    };
    const std::string all = "MAIL RCPT RCPT DATA ";
    const Row rows[] = {
        {{250, 250, 250, 354, 250},
         {250, 250, 250, 354, 250},
         "accepted 250 at content, accepted 250 at content",
         all + "[text] ",
         all + "[text] ",
         false,
         false},
        {{250, 250, 550, 354, 250},
         {250, 250, 550, 354, 250},
         "accepted 250 at content, refused 550 at rcpt",
         all + "[text] ",
         all + "[text] ",
         false,
         false},
        {{250, 251, 450, 354, 451},
         {250, 251, 450, 354, 451},
         "deferred 451 at content, deferred 450 at rcpt",
         all + "[text] ",
         all + "[text] ",
         false,
         false},
        {{250, 250, 552, 354, 554},
         {250, 250, 552, 354, 554},
         "refused 554 at content, deferred 552 at rcpt",
         all + "[text] ",
         all + "[text] ",
         false,
         false},
        // All refused, and DATA too.
        {{250, 550, 551, 554},
         {250, 550, 551},
         "refused 550 at rcpt, refused 551 at rcpt",
         all,
         "MAIL RCPT RCPT ",
         true,
         false},
        // All refused, and yet 354: the dot alone ends it (RFC 2920 §3.1). Whatever is said to that decides nothing.
        {{250, 550, 450, 354, 250},
         {250, 550, 450},
         "refused 550 at rcpt, deferred 450 at rcpt",
         all + "[dot] ",
         "MAIL RCPT RCPT ",
         false,
         false},
        // MAIL refused: what the others are told only follows from it.
        {{550, 503, 503, 503}, {550}, "refused 550 at mail, refused 550 at mail", all, "MAIL ", false, false},
        {{451, 250, 250, 354, 554},
         {451},
         "deferred 451 at mail, deferred 451 at mail",
         all + "[dot] ",
         "MAIL ",
         false,
         false},
        // DATA refused.
        {{250, 250, 550, 451},
         {250, 250, 550, 451},
         "deferred 451 at data, refused 550 at rcpt",
         all,
         all,
         true,
         false},
        {{250, 250, 250, 554}, {250, 250, 250, 554}, "refused 554 at data, refused 554 at data", all, all, true, false},
        // 421 in every place: deferred, and the connection is over.
        {{421}, {421}, "deferred 421 at mail, deferred 421 at mail", all, "MAIL ", false, true},
        {{250, 550, 421},
         {250, 550, 421},
         "refused 550 at rcpt, deferred 421 at rcpt",
         all,
         "MAIL RCPT RCPT ",
         true,
         true},
        {{250, 250, 250, 421},
         {250, 250, 250, 421},
         "deferred 421 at data, deferred 421 at data",
         all,
         all,
         true,
         true},
        {{250, 250, 250, 354, 421},
         {250, 250, 250, 354, 421},
         "deferred 421 at content, deferred 421 at content",
         all + "[text] ",
         all + "[text] ",
         true,
         true},
        // Codes of a server that is out of its mind.
        {{354, 250, 250, 503}, {354}, "deferred 354 at mail, deferred 354 at mail", all, "MAIL ", false, false},
        {{250, 354, 250, 354, 250},
         {250, 354, 250, 354, 250},
         "deferred 354 at rcpt, accepted 250 at content",
         all + "[text] ",
         all + "[text] ",
         false,
         false},
        {{250, 250, 250, 250},
         {250, 250, 250, 250},
         "deferred 250 at data, deferred 250 at data",
         all,
         all,
         true,
         true},
        {{250, 250, 250, 354, 354},
         {250, 250, 250, 354, 354},
         "deferred 354 at content, deferred 354 at content",
         all + "[text] ",
         all + "[text] ",
         false,
         true},
    };
    int number = 0;
    for (const Row& row : rows) {
        INFO("row " << number++);
        const std::vector<std::string> to = {"bob@example.test", "carol@example.test"};
        const Driven fast = drive(to, row.pipelined, 50);
        CHECK(fast.result == row.result);
        CHECK(fast.said == row.said);
        CHECK(fast.left_open == row.left_open);
        CHECK(fast.over == row.over);
        CHECK(fast.replies_used == row.pipelined.size());
        const Driven slow = drive(to, row.lockstep, 1);
        CHECK(slow.result == row.result);
        CHECK(slow.said == row.said_in_lockstep);
        CHECK(slow.over == row.over);
        CHECK(slow.replies_used == row.lockstep.size());
    }
}

TEST_CASE("a connection that breaks leaves only the time behind the dot uncertain")
{
    const std::vector<std::uint16_t> codes = {250, 250, 550, 354};
    const char* const results[] = {
        "deferred 0 at mail, deferred 0 at mail",      "deferred 0 at rcpt, deferred 0 at rcpt",
        "deferred 0 at rcpt, deferred 0 at rcpt",      "deferred 0 at data, refused 550 at rcpt",
        "uncertain 0 at content, refused 550 at rcpt",
    };
    for (std::size_t count = 0; count <= codes.size(); ++count)
        for (const std::size_t window : {std::size_t{1}, std::size_t{50}})
            CHECK(drive({"a@b", "c@d"}, {codes.begin(), codes.begin() + static_cast<std::ptrdiff_t>(count)}, window,
                        false, true)
                      .result == results[count]);
    // The dot that ends nothing leaves nothing uncertain.
    CHECK(drive({"a@b"}, {250, 550, 354}, 50, false, true).result == "refused 550 at rcpt");
}

TEST_CASE("half a message is not accepted, whatever the server says")
{
    for (const std::uint16_t code : std::vector<std::uint16_t>{250, 552, 451}) {
        const auto mail = mailroom::outgoing(1, "", {"a@b"}, "x\r\n");
        Transaction transaction{mail, smtp::Extensions{}};
        transaction.commands(50);
        for (const std::uint16_t c : std::vector<std::uint16_t>{250, 250, 354}) transaction.on_reply({c, {}, ""});
        transaction.on_content(Transaction::Sent::partly);
        transaction.on_reply({code, {}, ""});
        CHECK(transaction.result().recipients[0].fate == (code == 552 ? smtp::Fate::refused : smtp::Fate::deferred));
        CHECK(transaction.connection_over());
    }
    const auto mail = mailroom::outgoing(1, "", {"a@b"}, "x\r\n");
    Transaction transaction{mail, smtp::Extensions{}};
    transaction.commands(50);
    for (const std::uint16_t c : std::vector<std::uint16_t>{250, 250, 354}) transaction.on_reply({c, {}, ""});
    transaction.on_content(Transaction::Sent::partly);
    transaction.on_break({wire::Hangup::reset, {}});
    CHECK(transaction.result().recipients[0].fate == smtp::Fate::deferred);
}

TEST_CASE("RSET comes first where the transaction before was left open")
{
    const Driven reset = drive({"a@b"}, {250, 250, 250, 354, 250}, 50, true);
    CHECK(reset.said == "RSET MAIL RCPT DATA [text] ");
    CHECK(reset.result == "accepted 250 at content");
    const Driven refused = drive({"a@b"}, {500}, 50, true);
    CHECK(refused.result == "deferred 500 at mail");
    CHECK(refused.over);
}

TEST_CASE("commands say what the server offers to hear, in groups of bounded size")
{
    auto mail = mailroom::outgoing(1, "alice@example.org", {"a@b"}, "\xE3\x81\x93\r\n");
    Transaction full{mail, everything()};
    CHECK(full.commands(50) == "MAIL FROM:<alice@example.org> SIZE=5 BODY=8BITMIME\r\nRCPT TO:<a@b>\r\nDATA\r\n");
    Transaction plain{mail, smtp::Extensions{}};
    CHECK(plain.commands(1) == "MAIL FROM:<alice@example.org>\r\n");
    mail.forward_paths.resize(120, {"a", "b"});
    Transaction big{mail, everything()};
    const std::string group = big.commands(smtp::pipelined_command_limit);
    CHECK(std::count(group.begin(), group.end(), '\n') == 50);
    CHECK(group.find("DATA") == group.npos);
}

TEST_CASE("what a server's offers rule out is known before")
{
    auto mail = mailroom::outgoing(1, "", {"a@b"}, std::string(100, 'x'));
    auto offered = everything();
    CHECK_FALSE(smtp::refuse_locally(mail, offered));
    offered.size_limit = 100;
    CHECK_FALSE(smtp::refuse_locally(mail, offered));
    offered.size_limit = 99;
    CHECK(smtp::refuse_locally(mail, offered)->code == 552);
    mail = mailroom::outgoing(1, "", {"a@b"}, "\xC3\xA4");
    CHECK_FALSE(smtp::refuse_locally(mail, offered));
    offered.eight_bit_mime = false;
    CHECK(smtp::refuse_locally(mail, offered)->enhanced == smtp::EnhancedCode{5, 6, 3});
}
