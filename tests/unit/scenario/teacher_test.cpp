/// Ten mistakes that a teacher makes, and the whole answers in both languages: read them as one who knows neither TOML nor
/// the program.

#include "sim/scenario/read_scenario.hpp"

#include "tests/unit/scenario/catalogue.hpp"

#include <catch2/catch.hpp>

using namespace tegami::scenario;

namespace {

const std::string world = R"(title = "x"
[isp.sakura]
domain = "sakura.example.jp"
[company.example]
domain = "example.com"
[user.alice]
at = "sakura"
[user.bob]
at = "example"
[[do]]
at = "1s"
alice.sends = { to = "bob@example.com", subject = "x", text = "y" }
)";

struct Mistake {
    const char* what;
    const char* added;
};

constexpr Mistake mistakes[] = {
    {"a key misspelt", "[link.home-alice]\ndealy = \"5ms\"\n"},
    {"a host that is not there", "[[do]]\nat = \"2s\"\nexample-mial.stops = true\n"},
    {"a quote forgotten", "[user.carol]\nat = \"sakura\nname = \"Carol\"\n"},
    {"a record that is indented", "[zone.\"example.com\"]\ntext = '''\n  @ 3600 IN MX 10 mx1\n'''\n"},
    {"an MX to an address", "[zone.\"example.com\"]\ntext = '''\n@ 3600 IN MX 10 198.51.100.25\n'''\n"},
    {"a port as a text", "[user.carol]\nat = \"sakura\"\nsubmits = { port = \"587\" }\n"},
    {"two hosts with mailboxes", "[company.third]\ndomain = \"third.example\"\nhosts = { mx1 = [\"mta\"], box1 = "
                                 "[\"mda\", \"mra\"], box2 = [\"mda\", "
                                 "\"mra\"] }\n"},
    {"mailboxes that nobody gives out",
     "[company.third]\ndomain = \"third.example\"\nhosts = { mx1 = [\"mta\"], box = [\"mda\"], out = [\"mra\"] }\n"},
    {"acts that wait for each other",
     "[[do]]\nafter = { mail = 3, is = \"done\" }\nalice.sends = { to = \"bob@example.com\", subject = \"x\", text = "
     "\"y\" "
     "}\n[[do]]\nafter = { mail = 2, is = \"done\" }\nbob.sends = { to = \"alice@sakura.example.jp\", subject = \"x\", "
     "text = \"y\" }\n"},
    {"characters of a Japanese keyboard", "[user.carol]\nat = “sakura”\n"},
    {"a check of a mail that nobody sends", "[[check]]\nmail = 2\nis_in = \"bob/INBOX\"\n"},
    {"a share without its unit", "[link.home-alice]\nloss = 2\n"},
};

} // namespace

TEST_CASE("each typical mistake is answered so that one can mend it", "[teacher]")
{
    std::string answers;
    REQUIRE(read_scenario(world));
    for (const Mistake& mistake : mistakes) {
        CAPTURE(mistake.what);
        const auto read = read_scenario(world + mistake.added);
        REQUIRE(!read);
        answers += "# " + std::string{mistake.what} + '\n' + mistake.added;
        for (const char* language : {"en", "ja"})
            for (const Problem& problem : read.error())
                answers += "→ " + scenario_tests::in_words(problem, language) + '\n';
        answers += '\n';
    }
    scenario_tests::hold_golden("mistakes.txt", answers);
}
