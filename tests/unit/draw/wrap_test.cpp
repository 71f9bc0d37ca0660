#include "viz/draw/utf8.hpp"
#include "viz/draw/wrap.hpp"

#include <catch2/catch.hpp>

using namespace tegami::draw;

namespace {

/// Latin is 1 wide, everything else 2: what stands where is easily counted.
float measure(std::string_view text, bool, bool)
{
    float width = 0;
    for (std::size_t at = 0; at < text.size();) width += next_character(text, at) < 0x2E80 ? 1.0f : 2.0f;
    return width;
}

std::vector<std::string> lines_of(std::string_view text, float width)
{
    std::vector<std::string> lines;
    for (const Line& line : wrap(runs_of(text), width, measure)) {
        std::string& written = lines.emplace_back();
        for (const PlacedRun& placed : line) written += placed.run.text;
    }
    return lines;
}

using Lines = std::vector<std::string>;

} // namespace

TEST_CASE("marked text is read as runs", "[wrap]")
{
    const std::vector<Run> all = runs_of("ask **DNS** for `MX`.");
    REQUIRE(all.size() == 5);
    CHECK(all[1] == Run{"DNS", true, false});
    CHECK(all[3] == Run{"MX", false, true});
    // A mark without its fellow is text.
    CHECK(runs_of("2 ** 3") == std::vector{Run{"2 ** 3"}});
    CHECK(runs_of("****") == std::vector{Run{"****"}});
    CHECK(runs_of("").empty());
}

TEST_CASE("Latin words stay whole, and a line ends without its space", "[wrap]")
{
    CHECK(lines_of("the letter waits", 10) == Lines{"the letter", "waits"});
    CHECK(lines_of("the letter waits", 11) == Lines{"the letter", "waits"});
    CHECK(lines_of("a\nb", 10) == Lines{"a", "b"});
    // A word that is wider than a line is broken.
    CHECK(lines_of("sakura.example.jp", 6) == Lines{"sakura", ".examp", "le.jp"});
}

TEST_CASE("Japanese breaks anywhere but where a mark may not stand", "[wrap]")
{
    CHECK(lines_of("手紙は待つ", 6) == Lines{"手紙は", "待つ"});
    // 、 and 。 begin no line, 「 ends none: what stands before or behind moves with them.
    CHECK(lines_of("手紙は、待つ", 6) == Lines{"手紙", "は、待", "つ"});
    CHECK(lines_of("次に「聞く」", 6) == Lines{"次に", "「聞", "く」"});
    for (const std::string& line : lines_of("メールサーバーへ、ッと「渡す」。", 8)) {
        INFO(line);
        CHECK_FALSE(line.starts_with("ー"));
        CHECK_FALSE(line.starts_with("、"));
        CHECK_FALSE(line.starts_with("。"));
        CHECK_FALSE(line.starts_with("」"));
        CHECK_FALSE(line.ends_with("「"));
    }
}

TEST_CASE("a change of style does not part a word from its point", "[wrap]")
{
    CHECK(lines_of("ask **DNS**.", 8) == Lines{"ask DNS."});
    CHECK(lines_of("ask **DNS**.", 7) == Lines{"ask", "DNS."});
}

TEST_CASE("a stranger's octets are characters, one way or another", "[utf8]")
{
    std::size_t at = 0;
    CHECK(next_character("\xC3\xA9", at) == 0xE9);
    CHECK(at == 2);
    for (const std::string_view wrong : {"\xC0\xAF", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\xE3\x81", "\x80", "\xFF"}) {
        at = 0;
        CHECK(next_character(wrong, at) == replacement_character);
        CHECK(at == 1);
    }
    // Control characters and those that turn directions change nothing outside their box.
    for (const char32_t character : {U'\x07', U'\x1B', U'\x7F', U'\x202E', U'\x2066', U'\x1F600'})
        CHECK(drawable(character) == 0xFFFD);
    CHECK(drawable(U'手') == U'手');
}
