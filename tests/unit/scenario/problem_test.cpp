#include "sim/scenario/problem.hpp"

#include "tests/unit/scenario/catalogue.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace tegami::scenario;

namespace {

/// The names in braces of a format string.
std::set<std::string> placeholders(const std::string& text)
{
    std::set<std::string> names;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '{' && text[i] != '}') continue;
        if (i + 1 < text.size() && text[i + 1] == text[i]) {
            ++i;
            continue;
        }
        REQUIRE(text[i] == '{');
        const std::size_t end = text.find('}', i);
        REQUIRE(end != text.npos);
        names.insert(text.substr(i + 1, end - i - 1));
        i = end;
    }
    return names;
}

} // namespace

TEST_CASE("every problem has its words in both languages, with its own arguments", "[problem]")
{
    for (const char* language : {"en", "ja"}) {
        auto catalogue = scenario_tests::read_catalogue(language);
        for (const ProblemKind& kind : problem_kinds()) {
            CAPTURE(language, kind.key);
            const auto text = catalogue.find(std::string{kind.key});
            REQUIRE(text != catalogue.end());
            CHECK(!text->second.empty());
            std::set<std::string> arguments;
            for (const std::string_view name : kind.arguments)
                if (!name.empty()) arguments.insert(std::string{name});
            CHECK(placeholders(text->second) == arguments);
            catalogue.erase(text);
        }
        for (const auto& [key, text] : catalogue) {
            CAPTURE(language, key);
            CHECK(false); // a message that no problem uses
        }
    }
}

TEST_CASE("the word that was meant", "[problem]")
{
    const std::string_view keys[] = {"between", "rate", "delay", "loss", "reorder", "queue"};
    const std::pair<std::string_view, std::string_view> rows[] = {
        {"betwen", "between"}, {"Rate", "rate"},   {"dealy", "delay"}, {"los", "loss"}, {"reoder", "reorder"},
        {"LOSS", "loss"},      {"queu", "queue"},  {"jitter", ""},     {"", ""},        {"x", ""},
        {"speed", ""},         {"queues", "queue"}};
    for (const auto& [word, meant] : rows) {
        CAPTURE(word);
        CHECK(closest(word, keys) == meant);
    }
    const std::string_view names[] = {"example-mx1", "office-bob", "mail_at", "S3.1", "sends"};
    CHECK(closest("mx1", names) == "example-mx1");
    CHECK(closest("home-bob", names) == "office-bob");
    CHECK(closest("mail-at", names) == "mail_at");
    CHECK(closest("s3.1", names) == "S3.1");
    CHECK(closest("send", names) == "sends");
    CHECK(closest(std::string(100'000, 'a'), names).empty());
}

TEST_CASE("what a file says is shortened and shows no controls", "[problem]")
{
    CHECK(quotable("a\x1B[31mb\n") == "a\\u001B[31mb\\u000A");
    CHECK(quotable("\xC2\x9B") == "\\u009B");
    CHECK(quotable("\xE2\x80\xAE"
                   "abc"
                   "\xE2\x81\xA6") == "\\u202Eabc\\u2066");
    CHECK(quotable("さくら") == "さくら");
    const std::string sixty = std::string(59, 'a') + "あ";
    CHECK(quotable(sixty) == sixty);
    CHECK(quotable(sixty + "b") == sixty + "…");
}

TEST_CASE("problems come in the order of the file, and not without end", "[problem]")
{
    Problems problems;
    for (std::uint32_t i = 0; i < problem_limit + 7; ++i) problems.report({1000 - i, 1}, "scenario.expects.text");
    const auto list = problems.take();
    REQUIRE(list.size() == problem_limit + 1);
    CHECK(std::is_sorted(list.begin(), list.end(), [](auto& a, auto& b) { return a.at < b.at; }));
    CHECK(list.back().key == "scenario.more");
    CHECK(list.back().arguments[0].second == "7");
    CHECK(problems.empty());
}
