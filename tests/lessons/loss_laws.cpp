// Letters over a line that loses and reorders: all arrive, whole, and once, but for a connection that broke between a
// letter's final dot and its reply (RFC 1047).

#include "tests/lessons/playing.hpp"

#include <map>

using namespace tegami;
using namespace tegami::lessons;

namespace {

struct Delivered {
    std::size_t letters = 0, second_copies = 0, altered = 0, strangers = 0;
    std::size_t uncertain = 0; ///< tries that ended between the dot and its reply
    std::uint64_t retransmissions = 0;
};

Delivered deliver(const LetterWorld& what, std::uint64_t seed)
{
    const auto world = world_of(letters(what), {.seed = seed, .level = run::Level::story});
    const run::Log log = log_of(*world);
    Delivered result;
    std::map<std::string, std::size_t> copies;
    std::map<std::string, std::size_t> number;
    for (const run::Event& event : log.events()) {
        if (const auto* made = std::get_if<run::MailMade>(&event.what))
            number['<' + std::string{made->message_id} + '>'] = std::stoul(std::string{made->subject.substr(7)});
        if (const auto* ended = std::get_if<run::StepEnded>(&event.what))
            result.uncertain += ended->reason == "broke.after.dot";
        result.retransmissions += std::holds_alternative<run::TcpRetransmission>(event.what);
    }
    for (const std::string& message : messages_in(*world->find_host("bob-pc"), "bob")) {
        const auto known = number.find(field_of(message, "Message-ID"));
        if (known == number.end()) {
            ++result.strangers;
            continue;
        }
        std::string text = letter_text(known->second, what.octets);
        for (std::size_t at = 0; (at = text.find('\n', at)) != text.npos; at += 2) text.insert(at, "\r");
        result.altered += body_of(message) != text;
        if (++copies[known->first] == 1)
            ++result.letters;
        else
            ++result.second_copies;
    }
    CHECK(messages_in(*world->find_host("example-mail"), "bob").empty());
    CHECK(world->network().context.frames.out() == 0);
    CHECK(world->network().tcp.connections() == 0);
    return result;
}

LetterWorld two_hundred(const std::string& trouble)
{
    return {.mails = 200,
            .spacing_ms = 500,
            .octets = 2'000,
            .until = "48h",
            .more = "[link.home-alice]\n" + trouble + "[link.office-bob]\n" + trouble +
                    "[[do]]\nat = \"24h\"\nbob.reads = {}\n[[do]]\nat = \"30h\"\nbob.reads = {}\n[[do]]\nat = "
                    "\"36h\"\nbob.reads = {}\n"};
}

} // namespace

TEST_CASE("200 letters over lines that lose and reorder a tenth arrive whole and once", "[loss]")
{
    std::uint64_t retransmissions = 0;
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        INFO("seed " << seed);
        const Delivered d = deliver(two_hundred("loss = \"10%\"\nreorder = \"10%\"\n"), seed);
        CHECK(d.letters == 200);
        CHECK(d.altered == 0);
        CHECK(d.strangers == 0);
        CHECK(d.second_copies <= d.uncertain);
        retransmissions += d.retransmissions;
    }
    CHECK(retransmissions > 500); // the lines did lose
}

TEST_CASE("letters arrive whole whatever share is lost", "[loss]")
{
    for (const char* loss : {"0%", "1%", "5%", "20%", "30%"}) {
        INFO(loss);
        const Delivered d =
            deliver({.mails = 40,
                     .spacing_ms = 200,
                     .octets = 3'000,
                     .until = "96h",
                     .more = std::string{"[link.home-alice]\nloss = \""} + loss +
                             "\"\n[[do]]\nat = \"80h\"\nbob.reads = {}\n[[do]]\nat = \"90h\"\nbob.reads = {}\n"},
                    7);
        CHECK(d.letters == 40);
        CHECK(d.altered + d.strangers == 0);
        CHECK(d.second_copies <= d.uncertain);
        if (loss == std::string{"0%"}) CHECK(d.retransmissions == 0);
    }
}

TEST_CASE("a line that is down for an hour puts letters off, and loses none", "[loss]")
{
    const Delivered d = deliver({.mails = 50,
                                 .spacing_ms = 100,
                                 .octets = 2'000,
                                 .until = "12h",
                                 .more = "[[do]]\nat = \"3s\"\nhome-alice.goes = \"down\"\n[[do]]\nat = "
                                         "\"1h\"\nhome-alice.goes = \"up\"\n[[do]]\nat = \"6h\"\nbob.reads = {}\n"},
                                1);
    CHECK(d.letters == 50);
    CHECK(d.altered + d.strangers == 0);
    CHECK(d.second_copies <= d.uncertain);
}
