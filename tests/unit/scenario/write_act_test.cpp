#include "sim/scenario/write_act.hpp"

#include "sim/scenario/read_scenario.hpp"

#include "tests/unit/scenario/catalogue.hpp"

#include <catch2/catch.hpp>

using namespace tegami::scenario;

namespace {

const std::string author = R"(# A comment that must live.
title = "x"   # and this
[isp.sakura]
domain = "sakura.example.jp"
op25b = true
[company.example]
domain = "example.com"
[user.alice]
at = "sakura"
submits.server = "mx1.example.com"
[user.bob]
at = "example"
[[do]]
at = "1s"
alice.sends = { to = "bob@example.com", subject = "x", text = "y" })"; // no line break at the end

Act act_at(Duration when, std::string subject, Deed deed)
{
    Act act;
    act.when = when;
    act.subject = {std::move(subject), {}};
    act.deed = std::move(deed);
    return act;
}

std::vector<Act> every_kind_of_act()
{
    const Duration second = tegami::wire::seconds(1);
    std::vector<Act> acts;
    Sends sends;
    sends.to = {{"bob@example.com", {}}, {"o'hara+x@example.com", {}}};
    sends.subject = "\"quoted\" \\ こんにちは";
    sends.text = "One\n\ttwo \"three\" '''\n.\n\n最後\n";
    acts.push_back(act_at(second, "alice", sends));
    sends.server = {"mx1.example.com", {}};
    sends.port = 2525;
    acts.push_back(act_at({1}, "alice", sends));
    acts.push_back(act_at(second, "bob", Reading{}));
    acts.push_back(act_at(second, "bob", Reading{Placed<std::string>{"pc", {}}, Placed<std::uint32_t>{1, {}}, true}));
    acts.push_back(act_at(second, "example-mail", Stops{}));
    acts.push_back(act_at(second, "example-mail", Starts{}));
    acts.push_back(act_at(second, "bob-pc", Crashes{false}));
    acts.push_back(act_at(second, "example-mail", Crashes{true}));
    acts.push_back(act_at(second, "bob-pc", Restarts{}));
    acts.push_back(act_at(second, "home-alice", LosesShare{25'000}));
    acts.push_back(act_at(second, "home-alice", LosesNext{3, 2, {"sakura-edge", {}}}));
    acts.push_back(act_at(second, "uplink-sakura", Goes{false}));
    acts.push_back(act_at(tegami::wire::minutes(90), "uplink-sakura", Goes{true}));
    acts.push_back(act_at(second, "alice", Resends{{1, {}}}));
    acts.push_back(act_at(second, "bob", Asks{"www.example.com", "AAAA", std::nullopt}));
    acts.push_back(act_at(second, "bob", Asks{"_dmarc.example.com", "TXT", Placed<std::string>{"pc", {}}}));
    acts.push_back(act_at(second, "home-alice", DuplicatesShare{1}));
    acts.push_back(act_at(second, "home-alice", ReordersShare{1'000'000}));
    LinkFigures figures;
    figures.mtu = 1'400;
    acts.push_back(act_at(second, "home-alice", Changes{figures}));
    figures.rate = 64'000;
    figures.delay = tegami::wire::milliseconds(300);
    figures.jitter = Duration{};
    figures.loss = 500;
    figures.reorder = 0;
    figures.duplicate = 7;
    figures.queue = QueueLimit{7, QueueLimit::Unit::frames};
    acts.push_back(act_at(second, "office-bob", Changes{figures}));
    acts.push_back(act_at(second, "sakura-op25b", Switches{{2, {}}, false}));
    acts.push_back(act_at(second, "sakura-op25b", Switches{{3, {}}, true}));
    for (const DiskState state : {DiskState::well, DiskState::full, DiskState::broken})
        acts.push_back(act_at(second, "example-mail", DiskBecomes{state}));
    const std::variant<MailStepEnds, MailBecomes, HostBecomes> facts[] = {
        MailStepEnds{{1, {}}, Step::r2_store}, MailBecomes{{1, {}}, Ending::refused},
        MailBecomes{{1, {}}, Ending::blocked}, MailStepEnds{{1, {}}, Step::s3_1_mx},
        MailStepEnds{{1, {}}, Step::s1_dns},   HostBecomes{{"bob-pc", {}}, HostState::crashed}};
    for (const auto& fact : facts)
        for (const Duration plus : {Duration{}, Duration{1'500'000'000}}) {
            Act act = act_at({}, "bob", Reading{});
            act.when = After{fact, plus};
            acts.push_back(act);
        }
    Sends copied;
    copied.to = {{"bob@example.com", {}}};
    copied.cc = {{"carol@example.com", {}}};
    copied.bcc = {{"dave@example.com", {}}, {"eve@example.com", {}}};
    copied.subject = "x";
    copied.text = "y";
    acts.insert(acts.end() - 1, act_at(second, "alice", copied));
    return acts;
}

} // namespace

TEST_CASE("an act is written as it reads again", "[write]")
{
    const auto world = read_scenario(author);
    REQUIRE(world);
    for (const Act& act : every_kind_of_act()) {
        const std::string text = format_act(act);
        CAPTURE(text);
        const auto added = read_added_acts(text, *world);
        REQUIRE(added);
        REQUIRE(added->size() == 1);
        CHECK(added->front() == act);
        CHECK(added->front().number == 2);
        CHECK(format_act(added->front()) == text);
    }
}

TEST_CASE("saving appends, and rewrites nothing", "[write]")
{
    std::string text = author;
    const auto acts = every_kind_of_act();
    for (const Act& act : acts) {
        const std::string before = text;
        text = append_act(text, act);
        CHECK(text.starts_with(before));
    }
    const auto read = read_scenario(text);
    REQUIRE(read);
    REQUIRE(read->scenario.acts.size() == acts.size() + 1);
    for (std::size_t i = 0; i < acts.size(); ++i) CHECK(read->scenario.acts[i + 1] == acts[i]);
    CHECK(read->plan.nodes.size() == read_scenario(author)->plan.nodes.size());
}

TEST_CASE("how an act looks", "[write]")
{
    const auto acts = every_kind_of_act();
    CHECK(format_act(acts[2]) == "[[do]]\nat = \"1s\"\nbob.reads = {}\n");
    CHECK(format_act(acts[10]) ==
          "[[do]]\nat = \"1s\"\nhome-alice.loses = { next = 3, skip = 2, from = \"sakura-edge\" }\n");
    CHECK(format_act(acts[14]) == "[[do]]\nat = \"1s\"\nbob.asks = { name = \"www.example.com\", type = \"AAAA\" }\n");
    CHECK(
        format_act(acts[19]) ==
        "[[do]]\nat = \"1s\"\noffice-bob.changes = { rate = \"64kbit/s\", delay = \"300ms\", jitter = \"0ns\", loss = "
        "\"0.05%\", reorder = \"0%\", duplicate = \"0.0007%\", mtu = 1400, queue = \"7 frames\" }\n");
    CHECK(format_act(acts.back()) ==
          "[[do]]\nafter = { host = \"bob-pc\", is = \"crashed\", plus = \"1500ms\" }\nbob.reads = {}\n");
    CHECK(format_act(acts[acts.size() - 2]) ==
          "[[do]]\nat = \"1s\"\nalice.sends = { to = [\"bob@example.com\"], cc = [\"carol@example.com\"], bcc = "
          "[\"dave@example.com\", \"eve@example.com\"], subject = \"x\", text = \"y\" }\n");
}

TEST_CASE("every act of two-letters survives being written", "[write]")
{
    const std::string text = scenario_tests::file_text("scenarios/two-letters.toml");
    const auto read = read_scenario(text);
    REQUIRE(read);
    std::string without = text.substr(0, text.find("# Both letters"));
    for (const Act& act : read->scenario.acts) without = append_act(without, act);
    const auto again = read_scenario(without);
    REQUIRE(again);
    CHECK(again->scenario.acts == read->scenario.acts);
}

TEST_CASE("an added input is held to the same rules", "[write]")
{
    const auto world = read_scenario(author);
    REQUIRE(world);
    const std::pair<const char*, const char*> rows[] = {
        {"[[do]]\nat = \"1s\"\nbobb.reads = {}\n", "scenario.name.unknown.meant"},
        {"[[do]]\nafter = { mail = 2, ends = \"S1\" }\nbob.reads = {}\n", "scenario.mail.number"},
        {"title = \"x\"\n", "scenario.unknown_key"},
        {"[[do]\n", "scenario.syntax.header"},
    };
    for (const auto& [text, key] : rows) {
        CAPTURE(text);
        const auto added = read_added_acts(text, *world);
        REQUIRE(!added);
        CHECK(added.error()[0].key == key);
    }
    CHECK(read_added_acts("[[do]]\nafter = { mail = 1, ends = \"S1\" }\nbob.reads = {}\n", *world));
    // A second mail among the added ones is mail 2, and may be waited for there.
    CHECK(read_added_acts("[[do]]\nat = \"2s\"\nbob.sends = { to = \"bob@example.com\", subject = \"\", text = \"\" }\n"
                          "[[do]]\nafter = { mail = 2, ends = \"R2\" }\nbob.reads = { keep = true }\n",
                          *world));
}
