#include "app/cli/arguments.hpp"
#include "app/cli/lessons.hpp"
#include "sim/narration/terminal_text.hpp"

#include <catch2/catch.hpp>

#include <sstream>
#include <utility>

using namespace tegami;
using namespace tegami::cli;
using narration::Language;

namespace {

namespace arguments_test {

std::expected<Arguments, UsageError> parse(std::vector<std::string> words, Language language = Language::en)
{
    return parse_arguments(words, language);
}

/// The complaints about a command line, one a line.
std::string wrong(std::vector<std::string> words, Language language = Language::en)
{
    const auto parsed = parse(std::move(words), language);
    if (parsed) return "nothing is wrong";
    std::string all;
    for (const std::string& sentence : parsed.error().sentences) all += sentence + '\n';
    return all;
}

} // namespace arguments_test

} // namespace

TEST_CASE("run takes all its words", "[arguments]")
{
    const auto parsed =
        arguments_test::parse({"run", "a.toml", "--save", "b.pcapng", "--seed", "18446744073709551615", "--until",
                               "1.5s", "--record", "headers", "--lang", "ja", "--depth", "exam", "--json", "-q"});
    REQUIRE(parsed.has_value());
    CHECK(parsed->language == Language::ja);
    CHECK(parsed->depth == narration::Depth::exam);
    const auto& run = std::get<RunCommand>(parsed->command);
    CHECK(run.scenario == "a.toml");
    CHECK(run.save == "b.pcapng");
    CHECK(run.seed == 18446744073709551615u);
    CHECK(run.until == wire::milliseconds(1'500));
    CHECK(run.record == run::Level::headers);
    CHECK(run.json);
    CHECK(run.quiet);
}

TEST_CASE("what is not said has its default", "[arguments]")
{
    const auto parsed = arguments_test::parse({"run", "a.toml"}, Language::ja);
    REQUIRE(parsed.has_value());
    CHECK(parsed->language == Language::ja);
    CHECK(parsed->depth == narration::Depth::plain);
    const auto& run = std::get<RunCommand>(parsed->command);
    CHECK(run.save.empty());
    CHECK(run.seed == 1);
    CHECK_FALSE(run.until);
    CHECK(run.record == run::Level::full);
    CHECK_FALSE(run.json);
}

TEST_CASE("show, export and check take their words, also with =", "[arguments]")
{
    const auto shown = arguments_test::parse(
        {"show", "r.pcapng", "--view=packets", "--mail=2", "--step=S1", "--host", "mx1", "--filter", "tcp port 25"});
    REQUIRE(shown.has_value());
    const auto& show = std::get<ShowCommand>(shown->command);
    CHECK(show.view == View::packets);
    CHECK(show.mail == 2u);
    CHECK(show.step == "S1");
    CHECK(show.host == "mx1");
    CHECK(show.filter == "tcp port 25");

    const auto exported = arguments_test::parse({"export", "r.pcapng", "-o", "x.tar.pcap", "--sniff", "alice-pc"});
    REQUIRE(exported.has_value());
    CHECK(std::get<ExportCommand>(exported->command).form == Form::pcap);
    CHECK(std::get<ExportCommand>(exported->command).sniff == "alice-pc");

    const auto checked = arguments_test::parse({"check", "a.toml", "b.toml", "--junit", "j.xml"});
    REQUIRE(checked.has_value());
    CHECK(std::get<CheckCommand>(checked->command).scenarios == std::vector<std::string>{"a.toml", "b.toml"});
    CHECK(std::get<CheckCommand>(checked->command).junit == "j.xml");
}

TEST_CASE("a wrong word names the right one", "[arguments]")
{
    using arguments_test::wrong;
    CHECK(wrong({"shwo", "r.pcapng"}) == "“shwo” makes no sense here. Did you mean “show”?\n");
    CHECK(wrong({"run", "a.toml", "--sede", "4"}).find("Did you mean “--seed”?") != std::string::npos);
    CHECK(wrong({"run", "a.toml", "--sede=4"}) == "“--sede=4” makes no sense here. Did you mean “--seed”?\n");
    CHECK(wrong({"show", "r", "--view", "pakets"}) == "--view is one of story, ladder, dialogue, packets, dns, state, "
                                                      "filter, not “pakets”. Did you mean “packets”?\n");
    CHECK(wrong({"run", "a.toml", "--record", "fulll"}).find("Did you mean “full”?") != std::string::npos);
    CHECK(wrong({"run", "a.toml", "--lang", "jp"}).find("en, ja") != std::string::npos);
    CHECK(wrong({"shwo"}, Language::ja) == "「shwo」は、ここでは意味を持ちません。 「show」のことですか？\n");
    CHECK(wrong({"shwo", "--lang", "ja"}) == "「shwo」は、ここでは意味を持ちません。 「show」のことですか？\n");
}

TEST_CASE("all that is wrong with values is said at once", "[arguments]")
{
    const std::string all = arguments_test::wrong(
        {"run", "a.toml", "--seed", "x", "--until", "soon", "--depth", "deep", "--record", "much"});
    CHECK(std::ranges::count(all, '\n') == 4);
    CHECK(all.find("--seed is a whole number, not “x”") != std::string::npos);
    CHECK(all.find("--until is a length of time") != std::string::npos);
}

TEST_CASE("values that do not fit are refused", "[arguments]")
{
    using arguments_test::wrong;
    CHECK(wrong({"run", "a", "--seed", "-1"}).find("--seed") != std::string::npos);
    CHECK(wrong({"run", "a", "--seed", "18446744073709551616"}).find("--seed") != std::string::npos);
    CHECK(wrong({"run", "a", "--seed", "1x"}).find("--seed") != std::string::npos);
    CHECK(wrong({"run", "a", "--seed"}).find("--seed") != std::string::npos);
    CHECK(wrong({"show", "r", "--mail", "one"}).find("--mail") != std::string::npos);
    CHECK(wrong({"export", "r", "-o", "x.zip"}).find(".pcapng .pcap .txt .json") != std::string::npos);
    CHECK(wrong({"export", "r"}).find("-o FILE is missing") != std::string::npos);
    CHECK(wrong({"run"}).find("SCENARIO is missing") != std::string::npos);
    CHECK(wrong({"check"}).find("SCENARIO is missing") != std::string::npos);
    CHECK(wrong({"run", "a.toml", "b.toml"}).find("“b.toml”") != std::string::npos);
    CHECK(wrong({"show", "r", "--filter", "arp"}).find("--filter goes with --view packets") != std::string::npos);
    CHECK(wrong({"show", "r", "--frame", "3"}).find("--frame goes with --view packets") != std::string::npos);
    CHECK(wrong({"show", "r", "--view", "packets", "--frame", "3-x"}).find("--frame") != std::string::npos);
    CHECK(wrong({"show", "r", "--svg"}).find("--svg goes with --view ladder") != std::string::npos);
    CHECK(wrong({"show", "r", "--view", "state", "--mail", "1"}).find("Use --host") != std::string::npos);
    CHECK(wrong({"export", "r", "-o", "x.pcap", "--mail", "1"}).find("--mail goes with .txt, .svg") !=
          std::string::npos);
    CHECK(wrong({}).find("tegami --help") != std::string::npos);
}

TEST_CASE("serve takes a variant and places to plug in, or those of a run", "[arguments]")
{
    const auto parsed = arguments_test::parse(
        {"serve", "a", "--variant", "v", "--tap", "k=l", "--tap", "m=n", "--depth", "rfc", "--save", "b.pcapng"});
    REQUIRE(parsed.has_value());
    const auto& serve = std::get<ServeCommand>(parsed->command);
    CHECK(serve.variant == "v");
    REQUIRE(serve.taps.size() == 2);
    CHECK(serve.taps[1].link == "n");
    CHECK(parsed->depth == narration::Depth::rfc);
    CHECK(std::get<ServeCommand>(arguments_test::parse({"serve", "run.pcapng"})->command).taps.empty());
    CHECK(arguments_test::wrong({"serve", "a", "--tap", "k"}).find("kernel=home-alice") != std::string::npos);
}

TEST_CASE("the examples of each help are command lines", "[arguments]")
{
    for (const char* command : {"", "run", "show", "export", "check", "serve", "lessons", "new", "expand"}) {
        std::vector<std::string> words{"--help"};
        if (*command) words.insert(words.begin(), command);
        std::istringstream lines{std::get<Information>(arguments_test::parse(words)->command).text};
        std::size_t examples = 0;
        for (std::string line; std::getline(lines, line);) {
            if (!line.starts_with("  tegami ")) continue;
            INFO(line);
            ++examples;
            std::vector<std::string> example;
            bool quoted = false, new_word = true;
            for (const char c : line.substr(9)) {
                if (!quoted && (c == '|' || c == '>')) break;
                if (c == '\'') {
                    quoted = !quoted;
                } else if (c == ' ' && !quoted) {
                    new_word = true;
                } else {
                    if (std::exchange(new_word, false)) example.emplace_back();
                    example.back() += c;
                }
            }
            CHECK(arguments_test::parse(example).has_value());
            if (*command) CHECK(example.front() == command);
            // What is no file is a lesson that comes along.
            for (const std::string& word : example)
                if (word == "first-mail" || word == "two-letters") CHECK(find_lesson(word).has_value());
        }
        CHECK(examples > 0);
    }
}

TEST_CASE("help is whole, in the language, and no wider than a page", "[arguments]")
{
    for (const Language language : {Language::en, Language::ja})
        for (const std::vector<std::string>& words : {std::vector<std::string>{"--help"},
                                                      {"run", "--help"},
                                                      {"show", "-h"},
                                                      {"export", "--help"},
                                                      {"check", "--help"},
                                                      {"serve", "--help"},
                                                      {"lessons", "--help"},
                                                      {"new", "--help"},
                                                      {"expand", "--help"}}) {
            const auto parsed = arguments_test::parse(words, language);
            REQUIRE(parsed.has_value());
            const std::string& help = std::get<Information>(parsed->command).text;
            CHECK(help.find("⟦") == std::string::npos);
            std::istringstream lines{help};
            for (std::string line; std::getline(lines, line);) CHECK(narration::width(line) <= 100);
        }
    const auto parsed = arguments_test::parse({"run", "--help"});
    const std::string& help = std::get<Information>(parsed->command).text;
    for (const char* option :
         {"SCENARIO", "--save", "--seed", "--until", "--record", "--lang", "--depth", "--json", "--quiet"})
        CHECK(help.find(option) != std::string::npos);
    CHECK(std::get<Information>(arguments_test::parse({"--version"})->command).text.starts_with("tegami "));
}
