#include "sim/export/dialogue.hpp"
#include "sim/export/dns_view.hpp"
#include "sim/export/filter_view.hpp"
#include "sim/export/ladder.hpp"
#include "sim/export/name_words.hpp"
#include "sim/export/state_view.hpp"
#include "sim/export/story.hpp"
#include "sim/export/view_json.hpp"
#include "sim/narration/terminal_text.hpp"
#include "tests/unit/export/names_sample_run.hpp"
#include "tests/unit/export/text_golden.hpp"
#include "tests/unit/export/text_sample_run.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <pugixml.hpp>

#include <map>
#include <sstream>

using namespace tegami;
using namespace tegami::exporting;
using exporting::testing::golden;
using exporting::testing::NamesRun;
using narration::Catalogue;
using narration::Depth;
using narration::Language;

namespace {

namespace names_test {

const std::vector<FilterRow> rows{
    {"op25b", 1, "sakura-edge", "out  192.0.2.25 → any  tcp 25", run::FilterAction::pass, 12},
    {"op25b", 2, "sakura-edge", "out  192.0.2.64/26 → any  tcp 25", run::FilterAction::drop, 14},
};

/// Calls `view(log, journeys, telling)` with everything that a view needs.
template <class Sample, class View>
auto show(Sample& sample, Language language, View&& view, Selection selection = {}, Depth depth = Depth::plain,
          Medium medium = {})
{
    const run::Log log = sample.log();
    const run::Journeys journeys{log};
    const Catalogue catalogue = Catalogue::load(language);
    const bool ja = language == Language::ja;
    const narration::Names names{log.header(), {"", "", ja ? "アリス" : "Alice"}};
    const narration::Narrator narrator{catalogue, names};
    const AddressBook book{log, names};
    return view(log, journeys, Telling{log.header(), narrator, depth, medium, std::move(selection), {}, rows, &book});
}

const auto story = [](const run::Log& log, const run::Journeys& journeys, const Telling& telling) {
    return story_text(tale_of(log, journeys, telling.selection.at), telling);
};
const auto dns = [](const run::Log& log, const run::Journeys& journeys, const Telling& telling) {
    run::Fold fold{log};
    return dns_text(log, journeys, fold, telling);
};
const auto filter = [](const run::Log& log, const run::Journeys& journeys, const Telling& telling) {
    run::Fold fold{log};
    return filter_text(log, journeys, fold, telling);
};
const auto state = [](const run::Log& log, const run::Journeys& journeys, const Telling& telling) {
    run::Fold fold{log};
    return state_text(log, journeys, fold, telling.selection.at.value_or(log.end()), telling);
};
const auto dialogue = [](const run::Log& log, const run::Journeys& journeys, const Telling& telling) {
    return dialogue_text(log, journeys, telling);
};
const auto ladder = [](const run::Log& log, const run::Journeys& journeys, const Telling& telling) {
    return ladder_text(ladder_of(log, journeys, telling, nullptr), telling);
};
const auto svg = [](const run::Log& log, const run::Journeys& journeys, const Telling& telling) {
    return ladder_svg(ladder_of(log, journeys, telling, nullptr), telling);
};

void check_page(const std::string& text)
{
    CHECK(text.find("⟦") == std::string::npos);
    std::istringstream lines{text};
    for (std::string line; std::getline(lines, line);) {
        INFO(line);
        CHECK(narration::width(line) <= page_columns);
        CHECK(narration::terminal_safe(line) == line);
        CHECK_FALSE(line.ends_with(' '));
    }
}

void check_golden(const std::string& name, const std::string& text)
{
    CHECK(text == golden(name, text));
    check_page(text);
}

std::vector<nlohmann::json> parsed(const std::function<void(const JsonLines&)>& write)
{
    std::vector<nlohmann::json> objects;
    write([&](std::string_view line) {
        CHECK(line.find('\n') == line.npos);
        objects.push_back(nlohmann::json::parse(line));
        CHECK(objects.back().is_object());
    });
    return objects;
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

} // namespace names_test

} // namespace

TEST_CASE("names and filters are told in both languages as they were kept", "[names]")
{
    NamesRun sample;
    for (const Language language : {Language::en, Language::ja}) {
        const std::string ending = "." + std::string{narration::name(language)} + ".txt";
        names_test::check_golden("names.story" + ending, names_test::show(sample, language, names_test::story));
        names_test::check_golden("names.dns" + ending, names_test::show(sample, language, names_test::dns));
        names_test::check_golden("names.filter" + ending, names_test::show(sample, language, names_test::filter));
        names_test::check_golden("names.ladder" + ending, names_test::show(sample, language, names_test::ladder));
        for (const Depth depth : {Depth::exam, Depth::rfc}) {
            const std::string deep = "." + std::string{narration::name(depth)};
            names_test::check_page(names_test::show(sample, language, names_test::story, {}, depth));
            names_test::check_golden("names.dns" + deep + ending,
                                     names_test::show(sample, language, names_test::dns, {}, depth));
        }
        const std::string ascii =
            names_test::show(sample, Language::en, names_test::ladder, {}, Depth::plain, {.utf8 = false});
        names_test::check_page(ascii);
        for (const char c : ascii) CHECK(static_cast<unsigned char>(c) < 0x80);
    }
}

TEST_CASE("the ladder of frames stays within the page at every depth", "[names]")
{
    exporting::testing::SampleRun sample;
    for (const Depth depth : {Depth::plain, Depth::exam, Depth::rfc})
        for (const Language language : {Language::en, Language::ja}) {
            const std::string told = names_test::show(sample, language, names_test::ladder, {}, depth);
            names_test::check_golden("ladder." + std::string{narration::name(depth)} + "." +
                                         std::string{narration::name(language)} + ".txt",
                                     told);
        }
    exporting::testing::SampleRun thin{run::Level::story};
    CHECK(names_test::has(names_test::show(thin, Language::en, names_test::ladder, {}, Depth::exam), "--record story"));
    CHECK(names_test::has(names_test::show(thin, Language::en, names_test::ladder), "EHLO")); // made of facts alone
}

TEST_CASE("views show what had happened by a time, and no more", "[names]")
{
    NamesRun sample;
    const run::Time behind = sample.one_second_behind();
    const Selection then{.mail = {}, .step = {}, .host = {}, .at = behind};
    const Selection before{.mail = {}, .step = {}, .host = {}, .at = behind - wire::milliseconds(500)};
    const std::string story = names_test::show(sample, Language::en, names_test::story, before);
    CHECK(names_test::has(story, "▶  S3.1"));
    CHECK(names_test::has(story, "Not done yet at this time."));
    CHECK_FALSE(names_test::has(story, "Mail 2"));
    CHECK(names_test::has(names_test::show(sample, Language::en, names_test::dns, before), "▶"));
    // The memory ages: a second after it was put there it is good for a second less.
    const std::string memory = names_test::show(sample, Language::en, names_test::dns, then);
    CHECK(names_test::has(memory, "59 min 59 s"));
    const std::string states = names_test::show(sample, Language::en, names_test::state, then);
    CHECK(names_test::has(states, "59 min 59 s"));
    CHECK_FALSE(names_test::has(names_test::show(sample, Language::en, names_test::filter, then), "09:00:04"));
    CHECK(names_test::has(names_test::show(sample, Language::en, names_test::filter), "switched off"));
}

TEST_CASE("names and filters are chosen by mail, step and host", "[names]")
{
    NamesRun sample;
    const auto with = [&](auto view, Selection selection) {
        return names_test::show(sample, Language::en, view, std::move(selection));
    };
    const std::string found = with(names_test::dns, {.mail = {}, .step = "S3", .host = {}});
    CHECK(names_test::has(found, "Question 2"));
    CHECK_FALSE(names_test::has(found, "Question 1"));
    CHECK(names_test::has(with(names_test::dns, {.mail = {}, .step = {}, .host = "root"}), "Question 2"));
    CHECK_FALSE(names_test::has(with(names_test::dns, {.mail = {}, .step = {}, .host = "root"}), "Question 3"));
    CHECK(names_test::has(with(names_test::dns, {.mail = 2, .step = {}, .host = {}}), "Nothing"));
    CHECK(names_test::has(with(names_test::filter, {.mail = 2, .step = {}, .host = {}}), "2·S1"));
    CHECK_FALSE(names_test::has(with(names_test::filter, {.mail = 1, .step = {}, .host = {}}), "2·S1"));
    CHECK_FALSE(names_test::has(with(names_test::filter, {.mail = {}, .step = {}, .host = "root"}), "op25b"));
    CHECK_FALSE(names_test::has(with(names_test::ladder, {.mail = {}, .step = "S1.dns", .host = {}}), "EHLO"));
}

TEST_CASE("a password in base64 is read out beside its line", "[names]")
{
    NamesRun sample;
    const std::string said = names_test::show(sample, Language::en, names_test::dialogue);
    CHECK(names_test::has(said, "AUTH PLAIN AGFsaWNlAHNlc2FtZQ=="));
    CHECK(names_test::has(said, "·alice·sesame"));
    const std::string story = names_test::show(sample, Language::en, names_test::story);
    CHECK(names_test::has(story, "·alice·sesame"));
    CHECK(names_test::has(story, Catalogue::load(Language::en).text("story.secret")));
}

TEST_CASE("the drawing is XML, and no label covers another", "[names][svg]")
{
    NamesRun names_run;
    exporting::testing::SampleRun letters_run;
    const auto check = [](const std::string& svg, std::string_view language) {
        pugi::xml_document document;
        const auto result = document.load_buffer(svg.data(), svg.size(), pugi::parse_full);
        INFO(result.description());
        REQUIRE(result);
        const pugi::xml_node root = document.document_element();
        CHECK(std::string_view{root.name()} == "svg");
        CHECK(root.attribute("xml:lang").value() == language);
        CHECK(*root.child("title").text().get());
        CHECK(std::string_view{root.child("desc").text().get()}.size() > 100);
        const int width = root.attribute("width").as_int(), height = root.attribute("height").as_int();
        // Text as text; where each stands, by the width that its characters take.
        struct Box {
            int left, right, top, bottom;
            std::string text;
        };
        std::vector<Box> boxes;
        const auto walk = [&](auto&& self, const pugi::xml_node& node) -> void {
            if (std::string_view{node.name()} == "text") {
                const std::string text = node.text().get();
                const std::string_view classes = node.attribute("class").value();
                const int columns = narration::width(text);
                const int length = columns * (classes == "title" ? 11 : 8), x = node.attribute("x").as_int();
                const int left = classes == "head" ? x - length / 2 : x, y = node.attribute("y").as_int();
                boxes.push_back({left, left + length, y - 12, y + 3, text});
                CHECK(narration::terminal_safe(text) == text);
            }
            for (const pugi::xml_node& child : node.children()) self(self, child);
        };
        walk(walk, root);
        REQUIRE(boxes.size() > 20);
        for (std::size_t i = 0; i < boxes.size(); ++i) {
            INFO(boxes[i].text);
            CHECK(boxes[i].left >= 0);
            CHECK(boxes[i].right <= width);
            CHECK(boxes[i].bottom <= height);
            for (std::size_t j = i + 1; j < boxes.size(); ++j) {
                const bool apart = boxes[i].right <= boxes[j].left || boxes[j].right <= boxes[i].left ||
                                   boxes[i].bottom <= boxes[j].top || boxes[j].bottom <= boxes[i].top;
                INFO("and " << boxes[j].text);
                CHECK(apart);
            }
        }
    };
    for (const Language language : {Language::en, Language::ja})
        for (const Depth depth : {Depth::plain, Depth::exam, Depth::rfc}) {
            check(names_test::show(letters_run, language, names_test::svg, {}, depth), narration::name(language));
            if (depth == Depth::plain)
                check(names_test::show(names_run, language, names_test::svg), narration::name(language));
        }
    const std::string svg = names_test::show(names_run, Language::en, names_test::svg);
    CHECK(svg == golden("names.ladder.en.svg", svg));
    CHECK_FALSE(names_test::has(svg, "\x1b"));
}

TEST_CASE("each view is JSON too, one object a line", "[names]")
{
    NamesRun sample;
    names_test::show(
        sample, Language::en, [](const run::Log& log, const run::Journeys& journeys, const Telling& telling) {
            using names_test::parsed;
            run::Fold fold{log};
            const auto story = parsed([&](const JsonLines& out) { story_json(tale_of(log, journeys), telling, out); });
            REQUIRE(story.size() == 5);
            CHECK(story[0]["step"] == "S1.dns"); // before the step that it is part of
            CHECK(story[1]["step"] == "S1");
            CHECK(story[4]["outcome"] == "blocked");
            const auto ladder = parsed(
                [&](const JsonLines& out) { ladder_json(ladder_of(log, journeys, telling, nullptr), telling, out); });
            CHECK(ladder.size() > 30);
            const auto said = parsed([&](const JsonLines& out) { dialogue_json(log, journeys, telling, out); });
            REQUIRE(said.size() == 14);
            CHECK(said[5]["base64"] == "·alice·sesame");
            const auto asked = parsed([&](const JsonLines& out) { dns_json(log, journeys, fold, telling, out); });
            REQUIRE(asked.size() == 4);           // three questions, and a memory
            CHECK(asked[0]["asked"].size() == 2); // A and AAAA, asked together
            CHECK(asked[1]["walk"].size() == 7);
            CHECK(asked[3]["cache"].size() == 3);
            const auto states = parsed([&](const JsonLines& out) { state_json(log, fold, telling, out); });
            CHECK(states.size() == 9);
            const auto filters = parsed([&](const JsonLines& out) { filter_json(log, fold, telling, out); });
            REQUIRE(filters.size() == 2);
            CHECK(filters[1]["count"] == 3);
            CHECK(filters[1]["on"] == false);
            return 0;
        });
    exporting::testing::SampleRun letters;
    names_test::show(letters, Language::ja,
                     [](const run::Log& log, const run::Journeys& journeys, const Telling& telling) {
                         const auto none = run::FrameRef::none;
                         const auto all = names_test::parsed([&](const JsonLines& out) {
                             packets_json(log, journeys, telling, nullptr, none, none, out);
                         });
                         CHECK(all.size() == log.frames());
                         const auto one = names_test::parsed([&](const JsonLines& out) {
                             packets_json(log, journeys, telling, nullptr, run::FrameRef{13}, run::FrameRef{13}, out);
                         });
                         REQUIRE(one.size() == 1);
                         CHECK(one[0]["layers"].size() == 4);
                         CHECK(one[0]["hex"].get<std::string>().size() == 2 * one[0]["length"].get<std::size_t>());
                         return 0;
                     });
}

TEST_CASE("records in a fact are taken apart, however their lines were put together", "[names]")
{
    const auto counts = [](std::string_view records) {
        const Sections sections = sections_of(records);
        return std::vector{sections.answer.size(), sections.authority.size(), sections.additional.size()};
    };
    using Counts = std::vector<std::size_t>;
    CHECK(counts("") == Counts{0, 0, 0});
    CHECK(counts("a. 1 IN A 192.0.2.1") == Counts{1, 0, 0});
    CHECK(counts("a. 1 IN A 192.0.2.1\na. 1 IN A 192.0.2.2\n\nb. 2 IN NS c.\n\nc. 3 IN A 192.0.2.3") ==
          Counts{2, 1, 1});
    CHECK(counts("\n\nb. 2 IN NS c.\n\nc. 3 IN A 192.0.2.3") == Counts{0, 1, 1});
    CHECK(counts("a. 1 IN A 192.0.2.1\n\n\n\nc. 3 IN A 192.0.2.3") == Counts{1, 0, 1});
    CHECK(counts("\n\n\n\nc. 3 IN A 192.0.2.3") == Counts{0, 0, 1});
    // Each line ended: a section that is empty is one line feed.
    CHECK(counts("a. 1 IN A 192.0.2.1\n\nb. 2 IN NS c.\n\nc. 3 IN A 192.0.2.3\n") == Counts{1, 1, 1});
    CHECK(counts("\nb. 2 IN NS c.\n\nc. 3 IN A 192.0.2.3\n") == Counts{0, 1, 1});
    CHECK(counts("a. 1 IN A 192.0.2.1\n\n\nc. 3 IN A 192.0.2.3\n") == Counts{1, 0, 1});
    // What is no record is none.
    CHECK(counts("a. x IN A 192.0.2.1\na. 1 CH A b\na. 1 IN\n; what is this") == Counts{0, 0, 0});
    CHECK(sections_of("a. 4294967296 IN A 192.0.2.1").answer.empty());
    CHECK(ttl_of("a. 30 IN A 192.0.2.1\na. 20 IN A 192.0.2.2") == 20u);
    CHECK_FALSE(ttl_of(""));
    CHECK(without_dot(".") == ".");
    CHECK(without_dot("a.b.") == "a.b");
    CHECK(without_dot("a\\.") == "a\\.");
}

TEST_CASE("a domain that takes no mail says so, and names no server", "[names]")
{
    for (const auto language : {narration::Language::en, narration::Language::ja}) {
        const auto catalogue = narration::Catalogue::load(language);
        const auto told = [&](std::string_view records) {
            return answer_text(catalogue, run::DnsOutcome::answer, 0, 15, records);
        };
        const bool ja = language == narration::Language::ja;
        CHECK(told("example.com. 3600 IN MX 0 .\n") == (ja ? "0 .（メールを受け取らない）" : "0 . (takes no mail)"));
        CHECK(told("example.com. 3600 IN MX 10 mx1.example.com.\n") == "10 mx1.example.com");
    }
}
