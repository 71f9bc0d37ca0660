#include "sim/scenario/read_scenario.hpp"

#include "tests/unit/scenario/catalogue.hpp"

#include <catch2/catch.hpp>

using namespace tegami::scenario;

namespace {

Loaded read_well(const std::string& text)
{
    auto read = read_scenario(text);
    if (!read)
        for (const Problem& problem : read.error()) UNSCOPED_INFO(scenario_tests::in_words(problem, "en"));
    REQUIRE(read);
    return *std::move(read);
}

} // namespace

TEST_CASE("two-letters reads as it is meant", "[read]")
{
    const auto [scenario, plan, variant] = read_well(scenario_tests::file_text("scenarios/two-letters.toml"));
    CHECK(scenario.title.en == "Two letters, one connection");
    CHECK(scenario.title.ja == "手紙は 2 通、接続は 1 本");
    CHECK(scenario.start.ns == 1'775'433'600'000'000'000);
    CHECK(scenario.zone_minutes == 540);
    CHECK(scenario.until == tegami::wire::minutes(5));
    CHECK(scenario.card->exams == std::vector<std::string>{"FE"});
    REQUIRE(scenario.sites.size() == 2);
    CHECK(scenario.sites[0].name.value == "sakura");
    CHECK(scenario.sites[1].name.at == Position{13, 10});
    REQUIRE(scenario.acts.size() == 4);
    CHECK(scenario.mails() == std::vector<std::size_t>{0, 1});
    const auto& second = std::get<Sends>(scenario.acts[1].deed);
    CHECK(second.subject == "写真を送ります");
    CHECK(second.text.find("\n.\n") != second.text.npos);
    CHECK(second.to[0].value == "bob@example.com");
    CHECK(std::get<LosesNext>(scenario.acts[2].deed).from.value == "alice-pc");
    const auto& after = std::get<After>(scenario.acts[3].when);
    CHECK(after == After{MailStepEnds{{2, {}}, Step::r2_store}, tegami::wire::seconds(3)});
    REQUIRE(scenario.checks.size() == 6);
    CHECK(scenario.checks[0].id == "check-1");
    CHECK(scenario.checks[3].id == "one-connection");
    const auto& first_check = std::get<MailCheck>(scenario.checks[0].what);
    REQUIRE(first_check.steps);
    CHECK(first_check.steps->size() == 5);
    CHECK(first_check.copies == Count{1, 1});
    CHECK(std::get<MailCheck>(scenario.checks[2].what).copies == Count{0, 0});
    CHECK(std::get<FrameCheck>(scenario.checks[4].what).count.min == 1);
    CHECK(plan.users[1].mail_host == plan.find_node("example-mail"));
    CHECK(plan.users[0].submit_server == plan.find_node("example-mail"));
}

TEST_CASE("every beginning of two-letters is read or refused, and never more", "[read]")
{
    const std::string whole = scenario_tests::file_text("scenarios/two-letters.toml");
    std::size_t right = 0;
    for (std::size_t length = 0; length < whole.size(); ++length) {
        const auto read = read_scenario(std::string_view{whole}.substr(0, length));
        if (read) {
            ++right;
            continue;
        }
        REQUIRE(!read.error().empty());
        for (const Problem& problem : read.error())
            for (const char* language : {"en", "ja"}) REQUIRE(!scenario_tests::in_words(problem, language).empty());
    }
    // A TOML file that ends early may be whole: after any complete line with nothing missing.
    CHECK(right > 20);
    CHECK(right < whole.size() / 2);
}

TEST_CASE("every single octet of two-letters may be damaged", "[read]")
{
    const std::string whole = scenario_tests::file_text("scenarios/two-letters.toml");
    for (std::size_t i = 0; i < whole.size(); ++i)
        for (const char other : {'\0', '[', '"', '.', '=', '\n', '\x80', 'x'}) {
            if (i % 8 != static_cast<std::size_t>(other) % 8) continue; // an eighth of them, spread
            std::string damaged = whole;
            damaged[i] = other;
            const auto read = read_scenario(damaged);
            if (!read) REQUIRE(!read.error().empty());
        }
}

TEST_CASE("order is that of the file, not of names", "[read]")
{
    const auto [scenario, plan, variant] = read_well(R"(title = "x"
[user.zoe]
at = "zebra"
[isp.zebra]
domain = "zebra.example"
[company.yak]
domain = "yak.example"
[isp.ant]
domain = "ant.example"
hosts = { z = ["mta", "mda", "mra"] }
[user.ann]
at = "ant"
devices = { z = {}, a = {} }
)");
    CHECK(scenario.sites[0].name.value == "zebra");
    CHECK(scenario.sites[1].name.value == "yak");
    CHECK(scenario.sites[2].name.value == "ant");
    CHECK(scenario.users[0].name.value == "zoe");
    REQUIRE(plan.users[1].devices.size() == 2);
    CHECK(plan.nodes[plan.users[1].devices[0]].name == "ann-z");
    CHECK(plan.find_link("home-ann-z") != nowhere);
    CHECK(plan.find_link("home-zoe") != nowhere);
}

TEST_CASE("both ways of writing an act mean the same", "[read]")
{
    const std::string world =
        "title = \"x\"\n[company.example]\ndomain = \"example.com\"\n[user.bob]\nat = \"example\"\n";
    const char* forms[] = {
        "[[do]]\nat = \"1s\"\n[do.bob.sends]\nto = [\"bob@example.com\"]\nsubject = \"a\"\ntext = \"b\"\n",
        "[[do]]\nbob.sends = { to = \"bob@example.com\", subject = \"a\", text = \"b\" }\nat = \"1000ms\"\n",
        "[[do]]\nat = \"1 s\"\nbob.sends.to = [\"bob@example.com\"]\nbob.sends.subject = \"a\"\nbob.sends.text = 'b'\n",
        "[[do]]\nat = \"0.001s\"\n[do.bob]\nsends = { to = [\"bob@example.com\"], subject = \"a\", text = \"b\" }\n",
    };
    const Act wanted = read_well(world + forms[0]).scenario.acts.at(0);
    CHECK(read_well(world + forms[1]).scenario.acts.at(0) == wanted);
    CHECK(read_well(world + forms[2]).scenario.acts.at(0) == wanted);
    CHECK(!(read_well(world + forms[3]).scenario.acts.at(0) == wanted));
}

TEST_CASE("letters that the parser thinks impossible are read like others", "[read]")
{
    // U+2C5E to U+3057 behind a backslash at the end of a line, behind a digit, behind a date.
    const auto text = read_well("title = \"\"\"\\\n   あいう\\\n  しすせ\"\"\"\n").scenario.title.en;
    CHECK(text == "あいうしすせ");
    for (const char* wrong :
         {"title = 5\"あ\"\n", "title = \"\\あ\"\n", "title = 2026-04-06 \"あ\"\n", "start = 2026-04-06T\"あ\"\n",
          "start = 2026-04-06Tx1:00\n", "start = 2026-04-06 x1:00\n"}) {
        CAPTURE(wrong);
        const auto read = read_scenario(wrong);
        REQUIRE(!read);
        CHECK(read.error().size() == 1);
        CHECK(read.error()[0].at.line == 1);
    }
}

TEST_CASE("an hour west and an hour east are the same start", "[read]")
{
    const auto east = read_well("title = \"x\"\nstart = 2026-04-06T10:30:00.5+01:30\n").scenario;
    const auto west = read_well("title = \"x\"\nstart = 2026-04-06T08:00:00.5-01:00\n").scenario;
    CHECK(east.start == west.start);
    CHECK(east.zone_minutes == 90);
    CHECK(west.zone_minutes == -60);
    CHECK(east.start.ns % 1'000'000'000 == 500'000'000);
}

TEST_CASE("as many acts as a file may hold", "[read]")
{
    std::string text = "title = \"x\"\n";
    for (std::size_t i = 0; i < 100'000; ++i) text += "[[do]]\n";
    const auto full = read_scenario(text);
    REQUIRE(!full);
    CHECK(full.error().front().key == "scenario.act.when");
    const auto more = read_scenario(text + "[[do]]\n");
    REQUIRE(!more);
    REQUIRE(more.error().size() == 1);
    CHECK(more.error()[0].key == "scenario.acts");
    CHECK(more.error()[0].at == Position{100'002, 1});
}
