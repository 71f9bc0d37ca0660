#include "sim/narration/terminal_text.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>
#include <string>

using namespace tegami::narration;
using namespace std::string_literals;

TEST_CASE("what could steer a terminal is written out", "[terminal]")
{
    struct Row {
        std::string raw, safe;
    };
    const Row rows[] = {
        {"250 OK", "250 OK"},
        {"手紙 ✓ → … ’", "手紙 ✓ → … ’"},
        {"e\u0301", "e\u0301"},
        {"C:\\x1b", "C:\\x1b"},                                   // a backslash stays one
        {"\x1b[2J", "\\x1b[2J"},                                  // CSI: clear the screen
        {"\x1b]52;c;cm0gLXJm\x07", "\\x1b]52;c;cm0gLXJm\\x07"},   // OSC 52: write the clipboard
        {"\x1b]8;;http://x\x1b\\y", "\\x1b]8;;http://x\\x1b\\y"}, // OSC 8: a link
        {"\u009b31m", "\\u009b31m"},                              // CSI of C1
        {"\u0085", "\\u0085"},                                    // NEL
        {"\x9b"
         "31m",
         "\\x9b31m"}, // an octet that a Latin-1 terminal takes for CSI
        {"a\r\nb\tc", "a\\r\\nb\\tc"},
        {"\0\a\b\x7f"s, "\\x00\\x07\\x08\\x7f"},
        {"\u202eexe.txt", "\\u202eexe.txt"}, // right-to-left override
        {"\u2066a\u2069\u200f\u061c", "\\u2066a\\u2069\\u200f\\u061c"},
        {"a\u200bb\ufeff\u00ad", "a\\u200bb\\ufeff\\u00ad"}, // invisible ones
        {"\u2028\u2029", "\\u2028\\u2029"},
        {"\U000e0041", "\\u{e0041}"}, // a tag character
        {"\ue000", "\\ue000"},        // private use
        {"\uffff", "\\uffff"},
        {"\xed\xa0\x80", "\\xed\\xa0\\x80"},          // a surrogate in UTF-8's clothes
        {"\xc0\xaf", "\\xc0\\xaf"},                   // overlong
        {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"}, // beyond U+10FFFF
        {"\xe3\x81", "\\xe3\\x81"},                   // half a kana
        {"", ""},
    };
    for (const Row& row : rows) {
        INFO(row.safe);
        CHECK(terminal_safe(row.raw) == row.safe);
        CHECK(terminal_safe(row.safe) == row.safe);
    }
}

TEST_CASE("combining marks pile up to a limit", "[terminal]")
{
    std::string at_limit = "a", beyond = "a";
    for (int i = 0; i < combining_limit; ++i) at_limit += "\u0301";
    for (int i = 0; i <= combining_limit; ++i) beyond += "\u0301";
    CHECK(terminal_safe(at_limit) == at_limit);
    CHECK(terminal_safe(beyond) == at_limit + "\\u0301");
}

TEST_CASE("no octets whatever get through that steer a terminal", "[terminal]")
{
    std::mt19937 octets{1};
    for (int round = 0; round < 2'000; ++round) {
        std::string raw;
        for (int i = 0; i < 40; ++i) raw += static_cast<char>(octets());
        const std::string safe = terminal_safe(raw);
        CHECK(terminal_safe(safe) == safe);
        CHECK(std::ranges::none_of(safe, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }));
    }
}

TEST_CASE("CJK characters are two columns wide", "[width]")
{
    CHECK(width("abc") == 3);
    CHECK(width("手紙") == 4);
    CHECK(width("ｶﾅ") == 2);   // half-width kana
    CHECK(width("ＡＢ") == 4); // full-width letters
    CHECK(width("e\u0301") == 1);
    CHECK(width("→·…") == 3); // ambiguous: narrow
    CHECK(width("✓") == 1);
    CHECK(width("⛔") == 2);
    CHECK(width("") == 0);
}

TEST_CASE("text is cut and filled to columns", "[width]")
{
    CHECK(fit("abcdef", 6) == "abcdef");
    CHECK(fit("abcdefg", 6) == "abcde…");
    CHECK(fit("手紙の旅", 7) == "手紙の…");
    CHECK(fit("手紙の旅", 6) == "手紙…");
    CHECK(width(fit("手紙の旅", 6)) <= 6);
    CHECK(fit("ab", 1) == "…");
    CHECK(fit("ab", 0) == "");
    CHECK(fit("one two three", 9) == "one two…");
    CHECK(pad("手紙", 6) == "手紙  ");
    CHECK(pad("toolong", 3) == "toolong");
}

TEST_CASE("lines break between words, and between CJK characters by kinsoku", "[wrap]")
{
    using Lines = std::vector<std::string>;
    CHECK(wrap("", 10) == Lines{""});
    CHECK(wrap("one two three", 8) == Lines{"one two", "three"});
    CHECK(wrap("one two", 7) == Lines{"one two"});
    CHECK(wrap("abcdefghij", 4) == Lines{"abcd", "efgh", "ij"});
    CHECK(wrap("手紙を渡します。", 6) == Lines{"手紙を", "渡しま", "す。"});
    // 。 would begin the second line
    CHECK(wrap("手紙です。次", 8) == Lines{"手紙で", "す。次"});
    // （ would end the first
    CHECK(wrap("手紙（封筒）", 6) == Lines{"手紙", "（封", "筒）"});
    // Latin words inside Japanese stay whole
    CHECK(wrap("手紙を example.com へ", 12) == Lines{"手紙を", "example.com", "へ"});
    for (int columns = 2; columns < 40; ++columns)
        for (const std::string& line : wrap("手紙はさくらネットの mail server で、（待って）います。", columns))
            CHECK(width(line) <= columns);
}

TEST_CASE("a terminal without UTF-8 gets ASCII", "[terminal]")
{
    CHECK(ascii_only("✓ ▶ ⏸ ⛔ ✗ ↩ –") == "+ > ~ # x < -");
    CHECK(ascii_only("a → b · “c’s” …") == "a -> b - \"c's\" ...");
    CHECK(ascii_only("手紙") == "??");
    CHECK(ascii_only("e\u0301") == "e");
    for (const char c : ascii_only("アリス → ボブ ⛔ \u202e")) CHECK(static_cast<unsigned char>(c) < 0x80);
}
