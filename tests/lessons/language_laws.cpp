// What the scenario language says comes about in whole worlds: blocked steps, acts that wait for them, mails looked for,
// recipients seen and unseen, mechanisms chosen, variants; and the checks of every lesson, whatever the seed.

#include "sim/scenario/checks.hpp"
#include "sim/scenario/replay.hpp"
#include "tests/lessons/playing.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

using namespace tegami;
using namespace tegami::lessons;

namespace {

namespace language {

constexpr std::string_view sites = R"(title = "x"
until = "30min"
ip = [4]
[isp.sakura]
domain = "sakura.example.jp"
[company.example]
domain = "example.com"
[user.alice]
at = "sakura"
[user.bob]
at = "example"
[user.carol]
at = "example"
)";

struct Played {
    std::unique_ptr<World> world;
    run::Log log;
};

Played play(const std::string& more, const Play& how = {.level = run::Level::story})
{
    auto world = world_of(std::string{sites} + more, how);
    run::Log log = log_of(*world);
    return {std::move(world), std::move(log)};
}

/// "S1 blocked (connect.timed_out), S1, S2" of mail 1: its ended steps in the order of the journey, look-ups left out.
std::string endings(const run::Log& log)
{
    std::vector<run::StepEnded> steps;
    for (const run::Event& event : log.events())
        if (const auto* ended = std::get_if<run::StepEnded>(&event.what))
            if (!run::step_name(ended->step).ends_with(".dns")) steps.push_back(*ended);
    std::ranges::stable_sort(steps, {}, [](const run::StepEnded& ended) { return std::pair{ended.step, ended.tries}; });
    std::string text;
    for (const run::StepEnded& ended : steps) {
        if (!text.empty()) text += ", ";
        text += run::step_name(ended.step);
        if (ended.outcome != run::Outcome::done)
            text += ' ' + std::string{run::choice_name(ended.outcome)} + " (" + std::string{ended.reason} + ')';
    }
    return text;
}

/// When the acts of the scenario were carried out, in seconds after its start, by their number.
std::map<std::uint32_t, std::int64_t> acts(const run::Log& log)
{
    std::map<std::uint32_t, std::int64_t> at;
    for (const run::Event& event : log.events())
        if (const auto* act = std::get_if<run::Act>(&event.what))
            at[act->number] = (event.at - log.header().start).ns / 1'000'000'000;
    return at;
}

std::string filter(std::string_view from, std::string_view action)
{
    return "[filter.wall]\nat = \"sakura-edge\"\nrows = [ { from = \"" + std::string{from} +
           "\", proto = \"tcp\", port = 25, do = \"" + std::string{action} + "\" } ]\n";
}

constexpr std::string_view by_herself =
    "[[do]]\nat = \"1s\"\nalice.sends = { to = \"bob@example.com\", subject = \"a\", text = \"b\", server = "
    "\"mx1.example.com\", port = 25 }\n";
constexpr std::string_view by_her_provider =
    "[[do]]\nat = \"1s\"\nalice.sends = { to = \"bob@example.com\", subject = \"a\", text = \"b\" }\n";

std::string lines_said(const run::Log& log, std::string_view beginning)
{
    std::string all;
    for (const run::Event& event : log.events())
        if (const auto* said = std::get_if<run::LineSaid>(&event.what); said && said->text.starts_with(beginning))
            all += std::string{said->text} + '\n';
    return all;
}

} // namespace language

} // namespace

TEST_CASE("a step whose every connection a filter stops is blocked, and its mail has failed", "[language]")
{
    using namespace language;
    const std::pair<std::string_view, std::string_view> reasons[] = {
        {"drop", "connect.timed_out"}, {"reset", "connect.refused"}, {"prohibit", "connect.prohibited"}};
    for (const auto& [action, reason] : reasons) {
        CAPTURE(action);
        const auto played = play(filter("alice-pc", action) + std::string{by_herself} +
                                 "[[do]]\nafter = { mail = 1, is = \"failed\", plus = \"5s\" }\nalice.resends = { mail "
                                 "= 1 }\n[[do]]\nafter = { mail = 1, is = \"blocked\" }\nbob.reads = true\n"
                                 "[[do]]\nafter = { mail = 1, is = \"deferred\" }\nbob.reads = true\n");
        CHECK(endings(played.log) == "S1 blocked (" + std::string{reason} + "), S1, S2, S3.1, S3.2, S3.3, R1, R2");
        const auto at = acts(played.log);
        REQUIRE(at.contains(2));
        REQUIRE(at.contains(3));
        CHECK(at.at(2) == at.at(3) + 5);
        CHECK_FALSE(at.contains(4)); // the outcome has one name
        // At every level of recording, and in a log that was kept.
        for (const run::Level level : {run::Level::none, run::Level::headers, run::Level::full}) {
            const auto other = play(filter("alice-pc", action) + std::string{by_herself}, {.level = level});
            CHECK(endings(other.log).starts_with("S1 blocked (" + std::string{reason} + ')'));
        }
    }
}

TEST_CASE("a server is blocked as a user is, and tries again", "[language]")
{
    using namespace language;
    const auto played = play(filter("sakura-mta", "drop") + std::string{by_her_provider} +
                             "[[do]]\nat = \"20min\"\nwall.switches = { row = 1, on = false }\n");
    CHECK(endings(played.log).starts_with("S1, S2, S3.1, S3.2, S3.3 blocked (connect.timed_out)"));
    std::uint32_t deferred = 0; // to the queue it is a try like any other
    for (const run::Event& event : played.log.events())
        if (const auto* queue = std::get_if<run::QueueChanged>(&event.what))
            deferred += queue->change == run::QueueChange::deferred;
    CHECK(deferred >= 1);
}

TEST_CASE("what fails without a filter, or also without one, is not blocked", "[language]")
{
    using namespace language;
    const std::string tells = "[[do]]\nafter = { mail = 1, is = \"failed\", plus = \"1s\" }\nbob.reads = true\n";
    // The server is down: nobody answers, and her program says so.
    const auto down = play("[[do]]\nat = \"0s\"\nexample-mx1.crashes = { power = \"cut\" }\n" +
                           std::string{by_herself} + tells + filter("bob-pc", "drop"));
    CHECK(endings(down.log).starts_with("S1 deferred (connect."));
    CHECK(acts(down.log).contains(3));
    // A letter that a server puts off later is not failed.
    const auto later = play("[[do]]\nat = \"0s\"\nexample-mx1.stops = true\n" + std::string{by_her_provider} + tells);
    CHECK(endings(later.log).starts_with("S1, S2, S3.1, S3.2, S3.3 deferred (connect.refused)"));
    CHECK_FALSE(acts(later.log).contains(3));
    // A connection that stood, and was stopped then.
    const auto stood =
        play(filter("alice-pc", "drop") + "[[do]]\nat = \"0s\"\nwall.switches = { row = 1, on = false }\n" +
             std::string{by_herself} + "[[do]]\nat = \"1260ms\"\nwall.switches = { row = 1, on = true }\n");
    CHECK(endings(stood.log).starts_with("S1 deferred (broke)"));
    // Of two addresses one is refused by whoever has it, and only the other is behind the wall.
    const auto half =
        play("[filter.wall]\nat = \"sakura-edge\"\nrows = [ { to = \"example-mx1\", proto = \"tcp\", port = "
             "25, do = \"drop\" } ]\n[zone.\"example.com\"]\ntext = '''\nmx1 A 203.0.113.25\nmx1 A "
             "203.0.113.110\n'''\n" +
             std::string{by_herself});
    CHECK(endings(half.log).starts_with("S1 deferred (connect."));
}

TEST_CASE("a mail that one looks for has its request, also where it has not come", "[language]")
{
    using namespace language;
    const std::string looks = "[[do]]\nat = \"500ms\"\nbob.reads = { mail = 1, with = \"pc\" }\n";
    const std::string sends = "[[do]]\nat = \"0s\"\nalice.sends = { to = \"bob@example.com\", subject = \"a\", text = "
                              "\"b\" }\n";
    CHECK(endings(play(sends + "[[do]]\nat = \"500ms\"\nbob.reads = { with = \"pc\" }\n").log).find("R3") ==
          std::string::npos);
    const auto early = play(sends + looks + "[[do]]\nat = \"1min\"\nbob.reads = { mail = 1 }\n");
    CHECK(endings(early.log) == "S1, S2, S3.1, S3.2, S3.3, R1, R2, R3 deferred (read.not_listed), R3, R4");
    // No server answers: that is told of this mail.
    const auto down = play("[[do]]\nat = \"0s\"\nexample-mail.stops = true\n" + sends + looks);
    CHECK(endings(down.log).ends_with("R3 failed (connect.refused)"));
    // Before it is written at all there is nothing to tell of.
    const auto before = play("[[do]]\nat = \"1s\"\nbob.reads = { mail = 1 }\n[[do]]\nat = \"5s\"\nalice.sends = { to = "
                             "\"bob@example.com\", subject = \"a\", text = \"b\" }\n");
    CHECK(endings(before.log).starts_with("S1, S2"));
}

TEST_CASE("a user's mechanism is the one that is spoken", "[language]")
{
    using namespace language;
    const auto with = [](std::string_view mechanism) {
        std::string text{sites};
        text.insert(text.find("[user.bob]"), "submits = { auth = \"" + std::string{mechanism} + "\" }\n");
        const auto world = world_of(text + std::string{by_her_provider}, {.level = run::Level::story});
        const run::Log log = log_of(*world);
        return std::pair{lines_said(log, "AUTH "), endings(log)};
    };
    const std::string whole = "S1, S2, S3.1, S3.2, S3.3, R1, R2";
    CHECK(with("PLAIN").first.starts_with("AUTH PLAIN "));
    CHECK(with("PLAIN").second == whole);
    CHECK(with("LOGIN").first.starts_with("AUTH LOGIN"));
    CHECK(with("LOGIN").second == whole);
    CHECK(with("none").first.empty());
    CHECK(with("none").second.starts_with("S1 refused (reply)"));
}

TEST_CASE("Cc is for everybody to see, Bcc for nobody; all of them have the letter", "[language]")
{
    using namespace language;
    const std::string more = "[user.dave]\nat = \"example\"\n[[do]]\nat = \"1s\"\nalice.sends = { to = "
                             "\"bob@example.com\", cc = [\"carol@example.com\"], bcc = [\"dave@example.com\", "
                             "\"bob@example.com\"], subject = \"a\", text = \"b\"";
    for (const bool by_msa : {true, false}) {
        CAPTURE(by_msa);
        const auto played = play(more + (by_msa ? " }\n" : ", server = \"mx1.example.com\", port = 25 }\n"));
        nodes::Host& mail = *played.world->find_host("example-mail");
        for (const char* user : {"bob", "carol", "dave"}) {
            CAPTURE(user);
            const auto messages = messages_in(mail, user);
            REQUIRE(messages.size() == 1); // who stands there twice too
            CHECK(field_of(messages[0], "To") == "bob@example.com");
            CHECK(field_of(messages[0], "Cc") == "carol@example.com");
            CHECK(field_of(messages[0], "Bcc").empty());
            CHECK(messages[0].find("dave@") == messages[0].find("dave@example.com")); // but for trace fields
        }
        // On its way to the msa the field is there, and nowhere behind it.
        std::string removed;
        for (const run::Event& event : played.log.events())
            if (const auto* completed = std::get_if<run::MailCompleted>(&event.what))
                if (completed->change == run::MailChange::bcc_removed) removed = completed->line;
        CHECK(removed == (by_msa ? "Bcc: dave@example.com, bob@example.com" : ""));
        std::size_t with_bcc = 0;
        for (const run::Event& event : played.log.events())
            if (const auto* said = std::get_if<run::LineSaid>(&event.what)) with_bcc += said->text.starts_with("Bcc:");
        CHECK(with_bcc <= (by_msa ? 1u : 0u));
        std::string recipients = lines_said(played.log, "RCPT TO:<dave@");
        CHECK(recipients.starts_with("RCPT TO:<dave@example.com>"));
    }
}

TEST_CASE("the two examples of the language's first draft are played as they were meant", "[language]")
{
    for (const char* name : {"blocked", "journey"}) {
        CAPTURE(name);
        std::ifstream file(std::string{TEGAMI_SOURCE_DIR "/tests/unit/scenario/golden/"} + name + ".toml");
        REQUIRE(file);
        std::ostringstream text;
        text << file.rdbuf();
        const auto scenario = loaded(text.str());
        const auto world = world_of(text.str());
        const auto results = scenario::hold_checks(scenario, log_of(*world));
        REQUIRE(results.size() >= 4);
        for (const auto& result : results) {
            CAPTURE(result.id, result.key);
            for (const auto& [key, value] : result.arguments) UNSCOPED_INFO(key << ": " << value);
            CHECK(result.held);
        }
    }
}

TEST_CASE("the checks of a lesson hold whatever the seed", "[language]")
{
    const bool is_long = std::getenv("TEGAMI_LONG") != nullptr;
    for (const std::string& name : scenario_names()) {
        const std::string text = scenario_text(name);
        std::vector<std::string> variants{""};
        for (const scenario::Variant& variant : loaded(text).scenario.variants) variants.push_back(variant.name.value);
        const std::uint64_t seeds = is_long ? 1'000 : name == "lossy-line" ? 200 : 5;
        for (const std::string& variant : variants) {
            const auto scenario = loaded(text, variant);
            for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
                const auto world = world_of(
                    text, {.seed = seed, .level = scenario::level_for_checks(scenario.scenario), .variant = variant});
                for (const auto& result : scenario::hold_checks(scenario, log_of(*world))) {
                    if (result.held) continue;
                    CAPTURE(name, variant, seed, result.id, result.key);
                    for (const auto& [key, value] : result.arguments) UNSCOPED_INFO(key << ": " << value);
                    CHECK(result.held);
                }
            }
        }
    }
}

TEST_CASE("a run knows which variant it is", "[language]")
{
    const std::string text = scenario_text("port-25-blocked");
    for (const char* variant : {"", "prohibit"}) {
        const auto world = world_of(text, {.level = run::Level::story, .variant = variant});
        const auto replay = scenario::replay_of(log_of(*world));
        REQUIRE(replay);
        CHECK(replay->file == "scenario.toml");
        CHECK(replay->variant == variant);
    }
}
