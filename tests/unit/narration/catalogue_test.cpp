#include "sim/narration/catalogue.hpp"
#include "tests/unit/narration/po_file.hpp"

#include <catch2/catch.hpp>
#include <fmt/args.h>
#include <fmt/format.h>

#include <regex>
#include <sstream>

using namespace tegami::narration;

namespace {

namespace catalogue_laws {

using testing::PoEntries;

/// Every source file whose texts come from the catalogue.
std::vector<std::filesystem::path> sources()
{
    std::vector<std::filesystem::path> files;
    for (const char* folder : {"sim", "viz", "app"}) {
        const std::filesystem::path root = std::filesystem::path{TEGAMI_SOURCE_DIR} / folder;
        if (!std::filesystem::exists(root)) continue;
        for (const auto& file : std::filesystem::recursive_directory_iterator{root})
            if (file.path().extension() == ".cpp") files.push_back(file.path());
    }
    return files;
}

std::string content_of(const std::filesystem::path& path)
{
    std::ifstream file{path};
    std::ostringstream content;
    content << file.rdbuf();
    return content.str();
}

} // namespace catalogue_laws

} // namespace

TEST_CASE("both languages have the same keys", "[catalogue]")
{
    const auto english = testing::read_catalogue_source("en");
    const auto japanese = testing::read_catalogue_source("ja");
    REQUIRE(english.size() > 250);
    for (const auto& [key, forms] : english) {
        INFO(key << " is missing in ja.po");
        CHECK(japanese.contains(key));
    }
    for (const auto& [key, forms] : japanese) {
        INFO(key << " is missing in en.po");
        CHECK(english.contains(key));
    }
}

TEST_CASE("a text names the same arguments in both languages, and names them all", "[catalogue]")
{
    const auto english = testing::read_catalogue_source("en");
    const auto japanese = testing::read_catalogue_source("ja");
    for (const auto& [key, forms] : english) {
        if (!japanese.contains(key)) continue;
        INFO(key);
        const auto names = testing::arguments_of(forms.back());
        for (const std::string& form : forms) CHECK(testing::arguments_of(form) == names);
        for (const std::string& form : japanese.at(key)) CHECK(testing::arguments_of(form) == names);
        CHECK_FALSE(names.contains("")); // {} has no name that a translator could move
    }
}

TEST_CASE("every text is a format string that fmt accepts", "[catalogue]")
{
    for (const char* language : {"en", "ja"})
        for (const auto& [key, forms] : testing::read_catalogue_source(language))
            for (const std::string& form : forms) {
                INFO(language << ": " << key);
                fmt::dynamic_format_arg_store<fmt::format_context> store;
                for (const std::string& name : testing::arguments_of(form))
                    store.push_back(fmt::arg(name.c_str(), "x"));
                CHECK_NOTHROW(fmt::vformat(form, store));
                CHECK_FALSE(form.empty());
            }
}

TEST_CASE("what the build put into the program is what the sources say", "[catalogue]")
{
    for (const Language language : {Language::en, Language::ja}) {
        const Catalogue catalogue = Catalogue::load(language);
        CHECK(catalogue.language() == language);
        for (const auto& [key, forms] : testing::read_catalogue_source(std::string{name(language)})) {
            INFO(key);
            CHECK(catalogue.has(key));
        }
        CHECK_FALSE(catalogue.has("no.such.key"));
        CHECK_FALSE(catalogue.has(""));
    }
}

TEST_CASE("every key that the program writes out is in the catalogue", "[catalogue]")
{
    const Catalogue catalogue = Catalogue::load(Language::en);
    const std::regex call{R"re(\b(?:text|count|say|help)\(\s*"([a-z0-9_.]+)")re"};
    int found = 0;
    for (const auto& path : catalogue_laws::sources()) {
        const std::string source = catalogue_laws::content_of(path);
        for (std::sregex_iterator match{source.begin(), source.end(), call}, end; match != end; ++match) {
            INFO(path << ": " << (*match)[1]);
            CHECK(catalogue.has((*match)[1].str()));
            ++found;
        }
    }
    CHECK(found > 10); // or the pattern looks for something that nobody writes any more
}

TEST_CASE("every reason with which a step ends has its words", "[catalogue]")
{
    const Catalogue catalogue = Catalogue::load(Language::ja);
    const std::regex literal{R"re("([a-z_]+(?:\.[a-z_]+)+)")re"}; // "connect.refused"
    int found = 0;
    for (const auto& file : std::filesystem::directory_iterator{TEGAMI_SOURCE_DIR "/sim/nodes"}) {
        const std::string source = catalogue_laws::content_of(file.path());
        for (std::sregex_iterator match{source.begin(), source.end(), literal}, end; match != end; ++match) {
            INFO(file.path() << ": " << (*match)[1]);
            CHECK(catalogue.has("reason." + (*match)[1].str()));
            ++found;
        }
    }
    CHECK(found >= 5);
}

TEST_CASE("arguments are put in by name, in the order of each language", "[catalogue]")
{
    const Catalogue english = Catalogue::load(Language::en);
    const Catalogue japanese = Catalogue::load(Language::ja);
    CHECK(english.text("time.minutes", {{"min", 29}, {"s", 58}}) == "29 min 58 s");
    CHECK(japanese.text("time.minutes", {{"s", 58}, {"min", 29}}) == "29分58秒");
}

TEST_CASE("a count takes the plural form of its language", "[catalogue]")
{
    const Catalogue english = Catalogue::load(Language::en);
    CHECK(english.count("story.frames", 0) == "0 frames");
    CHECK(english.count("story.frames", 1) == "1 frame");
    CHECK(english.count("story.frames", 34) == "34 frames");
    CHECK(english.count("story.frames", 30'000'000'001) == "30000000001 frames");
    const Catalogue japanese = Catalogue::load(Language::ja);
    CHECK(japanese.count("story.frames", 1) == "1 フレーム");
    CHECK(japanese.count("story.frames", 34) == "34 フレーム");
}

TEST_CASE("a missing key or argument shows and takes nothing down", "[catalogue]")
{
    const Catalogue catalogue = Catalogue::load(Language::en);
    CHECK(catalogue.text("no.such.key") == "⟦no.such.key⟧");
    CHECK(catalogue.count("no.such.key", 3) == "⟦no.such.key⟧");
    CHECK(catalogue.text("time.minutes", {{"min", 1}}) == "⟦time.minutes: argument not found⟧");
    CHECK(catalogue.text("story.frames") == "⟦story.frames: argument not found⟧"); // it must be counted
}

TEST_CASE("braces in an argument stay what they are", "[catalogue]")
{
    const Catalogue catalogue = Catalogue::load(Language::en);
    CHECK(catalogue.text("time.seconds", {{"s", "{evil} {0} %s"}}) == "{evil} {0} %s s");
}

TEST_CASE("the language follows the locale", "[language]")
{
    CHECK(language_of({.lang = "ja_JP.UTF-8"}) == Language::ja);
    CHECK(language_of({.lang = "ja"}) == Language::ja);
    CHECK(language_of({.lang = "ja.UTF-8"}) == Language::ja);
    CHECK(language_of({.lang = "de_DE.UTF-8"}) == Language::en);
    CHECK(language_of({.lang = "C"}) == Language::en);
    CHECK(language_of({}) == Language::en);
    CHECK(language_of({.lang = "jam_JM"}) == Language::en); // Jamaican Creole is not Japanese
    CHECK(language_of({.lc_messages = "en_US.UTF-8", .lang = "ja_JP.UTF-8"}) == Language::en);
    CHECK(language_of({.lc_all = "ja_JP.UTF-8", .lc_messages = "C", .lang = "C"}) == Language::ja);
    CHECK(language_of({.lc_ctype = "ja_JP.UTF-8", .lang = "C"}) == Language::en);
}

TEST_CASE("UTF-8 follows the codeset of the locale", "[language]")
{
    CHECK(expects_utf8({.lang = "ja_JP.UTF-8"}));
    CHECK(expects_utf8({.lang = "en_US.utf8"}));
    CHECK(expects_utf8({.lang = "C.UTF-8"}));
    CHECK(expects_utf8({.lang = "de_DE.UTF-8@euro"}));
    CHECK_FALSE(expects_utf8({.lang = "C"}));
    CHECK_FALSE(expects_utf8({.lang = "ja_JP.eucJP"}));
    CHECK_FALSE(expects_utf8({}));
    CHECK_FALSE(expects_utf8({.lc_all = "POSIX", .lang = "en_US.UTF-8"}));
}
