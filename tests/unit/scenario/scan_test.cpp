#include "sim/scenario/scan.hpp"

#include "sim/scenario/read_scenario.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <functional>

using namespace tegami::scenario;

namespace {

std::string repeated(std::string_view text, std::size_t times)
{
    std::string all;
    for (std::size_t i = 0; i < times; ++i) all += text;
    return all;
}

std::string_view stopped_by(std::string_view text)
{
    const auto stop = scan(text);
    return stop ? stop->key : "";
}

/// The first problem as "line:column key".
std::string first_problem(std::string_view text)
{
    const auto read = read_scenario(text);
    REQUIRE(!read);
    const Problem& first = read.error().front();
    return std::to_string(first.at.line) + ':' + std::to_string(first.at.column) + ' ' + std::string{first.key};
}

} // namespace

TEST_CASE("size, on both sides of the line", "[scan]")
{
    const std::string head = "title = \"x\"\n#";
    const std::string full = head + std::string(size_limit - head.size(), 'x');
    REQUIRE(full.size() == size_limit);
    CHECK(read_scenario(full));
    CHECK(first_problem(full + "x") == "1:1 scenario.too_large");
}

TEST_CASE("depth, on both sides of the line", "[scan]")
{
    // Each row: a text of n levels.
    const std::function<std::string(std::size_t)> shapes[] = {
        [](std::size_t n) { return "a = " + repeated("[", n) + repeated("]", n) + "\n"; },
        [](std::size_t n) { return "a = " + repeated("{b=", n) + "1" + repeated("}", n) + "\n"; },
        [](std::size_t n) { return "a" + repeated(".a", n) + " = 1\n"; },
        [](std::size_t n) { return "\"a\"" + repeated(" . 'a'", n) + " = 1\n"; },
        [](std::size_t n) { return "[a" + repeated(".a", n - 1) + "]\nb = 1\n"; },
        [](std::size_t n) { return "[[a" + repeated(".a", n - 2) + "]]\nb = 1\n"; },
        [](std::size_t n) { return "[a.b.c]\nx.y = " + repeated("[", n - 4) + repeated("]", n - 4) + "\n"; },
        [](std::size_t n) { return "[[a.b]]\nx = [\n{ c.d = " + repeated("[", n - 6) + repeated("]", n - 6) + "}]\n"; },
    };
    for (const auto& shape : shapes) {
        CAPTURE(shape(8));
        CHECK(stopped_by(shape(depth_limit)).empty());
        CHECK(stopped_by(shape(depth_limit + 1)) == "scenario.too_deep");
    }
    // Levels do not add up over lines.
    CHECK(stopped_by(repeated("[a.b.c]\nx.y.z = { k = [1.5, 2.5] }\n", 1'000)).empty());
}

TEST_CASE("what would overflow the parser's stack never reaches it", "[scan]")
{
    CHECK(first_problem(repeated("a.", 100'000) + "a = 1\n") == "1:66 scenario.too_deep");
    CHECK(first_problem("[" + repeated("a.", 100'000) + "a]\n") == "1:65 scenario.too_deep");
    CHECK(first_problem("a = " + repeated("[", 100'000)) == "1:37 scenario.too_deep");
    CHECK(first_problem("a = " + repeated("{a=", 100'000)) == "1:101 scenario.too_deep");
    CHECK(first_problem(repeated("\"a\".", 100'000) + "a = 1\n") == "1:132 scenario.too_deep");
    CHECK(first_problem("x = '''\n'''\n" + repeated("a .\t", 100'000)) == "3:131 scenario.too_deep");
}

TEST_CASE("strange octets are found where they stand", "[scan]")
{
    using namespace std::string_literals;
    CHECK(first_problem("title = \"x\"\n\0"s) == "2:1 scenario.nul");
    CHECK(first_problem("title = \"あ\0\"\n"s) == "1:11 scenario.nul");
    CHECK(first_problem("# \xFF\n") == "1:3 scenario.not_utf8");
    CHECK(first_problem("title = \"\xC0\x80\"\n") == "1:10 scenario.not_utf8");         // overlong
    CHECK(first_problem("title = \"\xED\xA0\x80\"\n") == "1:10 scenario.not_utf8");     // a surrogate
    CHECK(first_problem("title = \"\xF4\x90\x80\x80\"\n") == "1:10 scenario.not_utf8"); // beyond U+10FFFF
    CHECK(first_problem("title = \"\xE3\x81") == "1:10 scenario.not_utf8");
    CHECK(first_problem("title = \"a\x1B[2J\"\n") == "1:11 scenario.control");
    CHECK(first_problem("title = \"a\rb\"\n") == "1:11 scenario.control");
    CHECK(read_scenario("\xEF\xBB\xBFtitle = \"x\"\r\n"));
    CHECK(read_scenario("title = '''\r\n“x”　\r\n'''\r\n"));
}

TEST_CASE("a Japanese keyboard's characters are named with what to type instead", "[scan]")
{
    const std::tuple<std::string_view, Position, std::string_view> rows[] = {
        {"title = “x”\n", {1, 9}, "\""},   {"title　= \"x\"\n", {1, 6}, " "},
        {"title ＝ \"x\"\n", {1, 7}, "="}, {"title = \"x\"\n［［do］］\n", {2, 1}, "["},
        {"title = ‘x’\n", {1, 9}, "'"},    {"a = [1、2]\n", {1, 7}, ","},
    };
    for (const auto& [text, at, wanted] : rows) {
        CAPTURE(text);
        const auto read = read_scenario(text);
        REQUIRE(!read);
        REQUIRE(read.error().size() == 1);
        CHECK(read.error()[0].key == "scenario.wide");
        CHECK(read.error()[0].at == at);
        CHECK(read.error()[0].arguments[1].second == wanted);
    }
    CHECK(first_problem("title = さくら\n") == "1:9 scenario.not_ascii");
    CHECK(first_problem("[user.アリス]\n") == "1:7 scenario.not_ascii");
    // A mistake on an earlier line comes first.
    CHECK(first_problem("title = x\nname = “x”\n") == "1:9 scenario.syntax.unquoted");
}

TEST_CASE("large hostile files end soon", "[scan]")
{
    const auto before = std::chrono::steady_clock::now();
    std::string keys = "title = \"x\"\n";
    for (int i = 0; keys.size() < size_limit - 40; ++i) keys += "k" + std::to_string(i) + " = 1\n";
    const auto unknown = read_scenario(keys);
    REQUIRE(!unknown);
    CHECK(unknown.error().size() == problem_limit + 1);
    CHECK(!read_scenario("a = " + repeated("[],", size_limit / 3 - 10)));
    CHECK(!read_scenario("a = [" + repeated("[],", size_limit / 3 - 10) + "]\n"));
    CHECK(!read_scenario(repeated("\"", size_limit)));
    CHECK(!read_scenario(repeated("[a]\n", size_limit / 4)));
    CHECK(!read_scenario(repeated("[[do]]\n", size_limit / 8)));
    CHECK(!read_scenario("title = \"" + std::string(size_limit - 100, 'x')));
    CHECK(!read_scenario("[isp]\n" + std::string(size_limit - 100, 'x') + " = {}\n"));
    const auto took = std::chrono::steady_clock::now() - before;
    CHECK(took < std::chrono::seconds{30}); // sanitized and on a busy machine; about a second optimised
}
