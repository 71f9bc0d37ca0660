#include "sim/export/story.hpp"
#include "sim/narration/terminal_text.hpp"
#include "tests/unit/export/text_golden.hpp"
#include "tests/unit/export/text_sample_run.hpp"

#include <catch2/catch.hpp>

#include <regex>

using namespace tegami;
using namespace tegami::exporting;
using exporting::testing::golden;
using exporting::testing::SampleRun;
using narration::Catalogue;
using narration::Depth;
using narration::Language;

namespace {

namespace story_test {

Tale fold(const run::Log& log) { return tale_of(log, run::Journeys{log}); }

std::string tell(SampleRun& sample, Language language, Depth depth = Depth::plain, Selection selection = {},
                 Medium medium = {})
{
    const run::Log log = sample.log();
    const Catalogue catalogue = Catalogue::load(language);
    const bool ja = language == Language::ja;
    const narration::Names names{log.header(), {"", "", ja ? "アリス" : "Alice", ja ? "ボブ" : "Bob"}};
    const narration::Narrator narrator{catalogue, names};
    return story_text(fold(log), {log.header(), narrator, depth, medium, std::move(selection)});
}

void check_widths(const std::string& text)
{
    std::istringstream lines{text};
    for (std::string line; std::getline(lines, line);) {
        INFO(line);
        CHECK(narration::width(line) <= page_columns);
        CHECK_FALSE(line.ends_with(' '));
    }
}

} // namespace story_test

} // namespace

TEST_CASE("the story reads in both languages as it was kept", "[story]")
{
    SampleRun sample;
    for (const Language language : {Language::en, Language::ja})
        for (const Depth depth : {Depth::plain, Depth::exam, Depth::rfc}) {
            const std::string told = story_test::tell(sample, language, depth);
            const std::string name =
                "story." + std::string{narration::name(depth)} + "." + std::string{narration::name(language)} + ".txt";
            CHECK(told == golden(name, told));
            CHECK(told.find("⟦") == std::string::npos);
            story_test::check_widths(told);
        }
}

TEST_CASE("a run without frames tells the same steps", "[story]")
{
    SampleRun sample{run::Level::story};
    const std::string told = story_test::tell(sample, Language::en);
    CHECK(told == golden("story.level-story.en.txt", told));
    SampleRun ends{run::Level::none};
    const std::string least = story_test::tell(ends, Language::en);
    CHECK(least == golden("story.level-none.en.txt", least));
}

TEST_CASE("a part of the story can be chosen", "[story]")
{
    SampleRun sample;
    const std::string second =
        story_test::tell(sample, Language::en, Depth::plain, {.mail = 2, .step = {}, .host = {}});
    CHECK(second.find("Mail 2") != std::string::npos);
    CHECK(second.find("Mail 1 ") == std::string::npos);
    const std::string stored =
        story_test::tell(sample, Language::en, Depth::plain, {.mail = {}, .step = "R2", .host = {}});
    CHECK(stored.find("R2") != std::string::npos);
    CHECK(stored.find("\n✓  S1") == std::string::npos);
    const std::string bob =
        story_test::tell(sample, Language::en, Depth::plain, {.mail = {}, .step = {}, .host = "bob-pc"});
    CHECK(bob.find("R3") != std::string::npos); // that he opened the session counts
    CHECK(bob.find("R2") == std::string::npos);
    const std::string nothing =
        story_test::tell(sample, Language::en, Depth::plain, {.mail = 9, .step = {}, .host = {}});
    CHECK(nothing.find(Catalogue::load(Language::en).text("story.none_chosen")) != std::string::npos);
}

TEST_CASE("colour and ASCII change nothing that is said", "[story]")
{
    SampleRun sample;
    const std::string plain = story_test::tell(sample, Language::en);
    const std::string coloured =
        story_test::tell(sample, Language::en, Depth::plain, {}, {.utf8 = true, .colour = true});
    CHECK(coloured != plain);
    CHECK(std::regex_replace(coloured, std::regex{"\x1b\\[[0-9]*m"}, "") == plain);
    const std::string ascii =
        story_test::tell(sample, Language::en, Depth::plain, {}, {.utf8 = false, .colour = false});
    for (const char c : ascii) CHECK(static_cast<unsigned char>(c) < 0x80);
    story_test::check_widths(ascii);
}

TEST_CASE("long names wrap or are cut, and never widen the page", "[story]")
{
    SampleRun sample;
    run::RunHeader header = sample.header();
    header.title = std::string(300, 'x');
    header.nodes[2] = std::string(120, 'a');
    const Catalogue catalogue = Catalogue::load(Language::ja);
    const narration::Names names{
        header, {"", "", "アリスアリスアリスアリスアリスアリスアリスアリスアリスアリスアリスアリスアリスアリスアリス"}};
    const narration::Narrator narrator{catalogue, names};
    const run::Log log = sample.log();
    story_test::check_widths(story_text(story_test::fold(log), {header, narrator}));
}
