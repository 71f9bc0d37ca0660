#include "protocols/mail/dot_stuffing.hpp"
#include "protocols/mail/unstuffing.hpp"
#include "protocols/wire/pipe.hpp"

#include <catch2/catch.hpp>

using namespace tegami;

namespace {

std::string stuffed(const std::string& text) { return std::string{wire::as_text(mail::stuff(wire::as_octets(text)))}; }

struct Unstuffed {
    std::string text;
    std::size_t taken = 0;
    mail::DotUnstuffer met;
};

Unstuffed unstuff(const std::string& octets, std::size_t piece, std::size_t limit = SIZE_MAX)
{
    Unstuffed result;
    wire::OctetBuffer out;
    while (result.taken < octets.size() && !result.met.ended()) {
        const auto part = std::string_view{octets}.substr(result.taken, piece);
        result.taken += result.met.feed(wire::as_octets(part), out, limit);
    }
    result.text = wire::as_text(out);
    return result;
}

} // namespace

TEST_CASE("stuffing doubles dots at the beginnings of lines and leaves no lone CR or LF")
{
    const std::pair<std::string, std::string> rows[] = {
        {"", ""},
        {"a", "a\r\n"},
        {"a\r\n", "a\r\n"},
        {".", "..\r\n"},
        {".\r\n", "..\r\n"},
        {"a.b\r\n.c\r\n..d", "a.b\r\n..c\r\n...d\r\n"},
        {"a\n.\nb", "a\r\n..\r\nb\r\n"},
        {"a\r.\rb", "a\r\n..\r\nb\r\n"},
        {"a\r\r\n.\r\n", "a\r\n\r\n..\r\n"},
        {"a\n\r.", "a\r\n\r\n..\r\n"},
        {"\r\n", "\r\n"},
    };
    for (const auto& [text, wanted] : rows) {
        INFO(text);
        CHECK(stuffed(text) == wanted);
        wire::OctetBuffer out; // octet by octet
        mail::DotStuffer stuffer;
        for (const char c : text) stuffer.feed(wire::as_octets({&c, 1}), out);
        stuffer.finish(out);
        CHECK(wire::as_text(out) == wanted);
    }
}

TEST_CASE("only CRLF . CRLF ends the text, in pieces of any size")
{
    struct Row {
        std::string octets, text;
        bool ended, bare_lf, bare_cr;
    };
    const Row rows[] = {
        {".\r\n", "", true, false, false},
        {"a\r\n.\r\n", "a\r\n", true, false, false},
        {"..a\r\n.b\r\n.\r\n", ".a\r\nb\r\n", true, false, false},
        {"a\n.\r\n", "a\n.\r\n", false, true, false},
        {"a\r\n.\n", "a\r\n\n", false, true, false},
        {"a\n.\n", "a\n.\n", false, true, false},
        {"a\r.\r\n", "a\r.\r\n", false, false, true},
        {"a\r\n.\rb", "a\r\n\rb", false, false, true},
        {"a\r\n.\r\r\n", "a\r\n\r\r\n", false, false, true},
        {"a\r\r\n.\r\n", "a\r\r\n", true, false, true},
        {"a\r\n.\t\r\n", "a\r\n\t\r\n", false, false, false},
        {std::string{"a\r\n.\0\r\n", 7}, std::string{"a\r\n\0\r\n", 6}, false, false, false},
        {"a\r\n .\r\n", "a\r\n .\r\n", false, false, false},
        {"a\r.\nb\r\n.\r\n", "a\r.\nb\r\n", true, true, true},
    };
    for (const Row& row : rows) {
        for (std::size_t piece = 1; piece <= row.octets.size(); ++piece) {
            INFO(row.octets << " by " << piece);
            const Unstuffed result = unstuff(row.octets, piece);
            CHECK(result.text == row.text);
            CHECK(result.met.ended() == row.ended);
            CHECK(result.met.bare_lf() == row.bare_lf);
            CHECK(result.met.bare_cr() == row.bare_cr);
            CHECK(result.taken == row.octets.size());
        }
    }
}

TEST_CASE("what follows the end is not taken")
{
    const Unstuffed result = unstuff("a\r\n.\r\nMAIL", 100);
    CHECK(result.met.ended());
    CHECK(result.taken == 6);
}

TEST_CASE("stuffing and unstuffing give the text back")
{
    std::uint32_t state = 1;
    for (int round = 0; round < 300; ++round) {
        std::string text;
        for (int i = 0; i < 40; ++i) {
            state = state * 1664525 + 1013904223;
            text += std::vector<std::string>{"a", ".", "\r\n", "..", "\r\n."}[state >> 24 & 3];
        }
        text += "\r\n";
        const Unstuffed result = unstuff(stuffed(text) + ".\r\n", 1 + (state >> 28));
        REQUIRE(result.met.ended());
        CHECK(result.text == text);
    }
}

TEST_CASE("limits of message text, on both sides")
{
    const Unstuffed fits = unstuff("12345678\r\n.\r\n", 3, 10);
    CHECK(fits.text == "12345678\r\n");
    CHECK_FALSE(fits.met.over_limit());
    const Unstuffed over = unstuff("123456789\r\n.\r\n", 3, 10);
    CHECK(over.met.over_limit());
    CHECK(over.text.size() <= 10);
    CHECK(over.met.ended());
    CHECK(unstuff(std::string(70'000, 'x') + "\r\nab\r\n.\r\n", 999).met.longest_line() == 70'000);
}

namespace {

struct TextRead {
    std::expected<mail::ReadText, wire::Hangup> text = std::unexpected(wire::Hangup::reset);
    std::string line_behind;
    bool done = false;
};

wire::Task<void> read_text_then_line(wire::Stream& peer, TextRead& read)
{
    read.text = co_await mail::read_text(peer, 1'000);
    if (read.text) {
        const auto line = co_await peer.read_line(100);
        if (line) read.line_behind = line->text;
    }
    read.done = true;
}

wire::Task<void> write_all(wire::Stream& peer, std::string_view text) { co_await peer.write(text, wire::Spans{3}); }

} // namespace

TEST_CASE("text is read off a stream, and the commands behind it stay there")
{
    const std::string octets = "one\r\n..two\r\n.\r\nQUIT\r\n";
    for (std::size_t piece = 1; piece <= octets.size(); ++piece) {
        auto [mine, peer] = wire::PipeEnd::make_pair();
        TextRead read;
        auto reading = read_text_then_line(*mine, read);
        reading.start();
        for (std::size_t at = 0; at < octets.size(); at += piece) {
            CHECK_FALSE(read.done);
            auto writing = write_all(*peer, std::string_view{octets}.substr(at, piece));
            writing.start();
        }
        REQUIRE(read.done);
        REQUIRE(read.text);
        CHECK(wire::as_text(read.text->message.octets) == "one\r\n.two\r\n");
        CHECK(read.text->message.runs == std::vector{wire::SpanRun{11, wire::Spans{3}}});
        CHECK(read.line_behind == "QUIT");
    }
}

TEST_CASE("text that never ends is no text")
{
    auto [mine, peer] = wire::PipeEnd::make_pair();
    TextRead read;
    auto reading = read_text_then_line(*mine, read);
    reading.start();
    auto writing = write_all(*peer, "one\r\n.");
    writing.start();
    peer->close();
    REQUIRE(read.done);
    CHECK(read.text.error() == wire::Hangup::closed);
}
