#include "protocols/wire/pipe.hpp"
#include "protocols/wire/task.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace tegami::wire;

namespace {

/// A line, or the hangup in its place, as text that one can compare: "abc", "abc (bare LF)", "ab (truncated)", "<closed>".
std::string told(const std::expected<Line, Hangup>& line)
{
    if (!line) {
        constexpr std::string_view names[] = {"<closed>", "<reset>", "<timed out>"};
        return std::string{names[static_cast<std::size_t>(line.error())]};
    }
    std::string text{line->text};
    if (line->bare_lf) text += " (bare LF)";
    if (line->truncated) text += " (truncated)";
    return text;
}

Task<void> read_lines(Stream& in, std::size_t limit, std::vector<std::string>& heard)
{
    for (;;) {
        const auto line = co_await in.read_line(limit);
        heard.push_back(told(line));
        if (!line) co_return;
    }
}

Task<void> read_one_line(Stream& in, std::size_t limit, std::vector<std::string>& heard)
{
    const auto line = co_await in.read_line(limit);
    heard.push_back(told(line));
}

Task<void> read_octets(Stream& in, std::size_t limit, std::vector<std::string>& heard)
{
    const auto chunk = co_await in.read_some(limit);
    heard.push_back(chunk ? std::string{as_text(chunk->octets)} : told(std::unexpected(chunk.error())));
}

Task<void> write_text(Stream& out, std::string_view text, std::vector<bool>& written)
{
    const bool all = co_await out.write(text, Spans{});
    written.push_back(all);
}

/// The lines that a stream makes of `text` when it comes in pieces of `step` octets, and then the end.
std::vector<std::string> lines_of(std::string_view text, std::size_t step, std::size_t limit)
{
    auto [one, other] = PipeEnd::make_pair();
    std::vector<std::string> heard;
    Task<void> reading = read_lines(*other, limit, heard);
    reading.start();
    std::vector<bool> written;
    for (std::size_t at = 0; at < text.size(); at += step) {
        Task<void> writing = write_text(*one, text.substr(at, step), written);
        writing.start();
        REQUIRE(writing.done());
    }
    one->close();
    REQUIRE(reading.done());
    return heard;
}

} // namespace

TEST_CASE("lines end with CRLF or with a bare LF, which shows")
{
    CHECK(lines_of("EHLO a\r\nQUIT\r\n", SIZE_MAX / 2, 100) == std::vector<std::string>{"EHLO a", "QUIT", "<closed>"});
    CHECK(lines_of("one\ntwo\r\n\n\r\n", SIZE_MAX / 2, 100) ==
          std::vector<std::string>{"one (bare LF)", "two", " (bare LF)", "", "<closed>"});
    CHECK(lines_of("a\rb\r\r\n", SIZE_MAX / 2, 100) == std::vector<std::string>{"a\rb\r", "<closed>"});
    CHECK(lines_of("", 1, 100) == std::vector<std::string>{"<closed>"});
    CHECK(lines_of("no end", 1, 100) == std::vector<std::string>{"<closed>"});
}

TEST_CASE("a line as long as the limit is whole; one octet more and it is truncated; the stream goes on behind it")
{
    for (const std::size_t step : {std::size_t{1}, std::size_t{2}, std::size_t{3}, SIZE_MAX / 2}) {
        CAPTURE(step);
        CHECK(lines_of("12345\r\nnext\r\n", step, 5) == std::vector<std::string>{"12345", "next", "<closed>"});
        CHECK(lines_of("12345\nnext\r\n", step, 5) == std::vector<std::string>{"12345 (bare LF)", "next", "<closed>"});
        CHECK(lines_of("123456\r\nnext\r\n", step, 5) ==
              std::vector<std::string>{"12345 (truncated)", "next", "<closed>"});
        CHECK(lines_of("123456\nnext\r\n", step, 5) ==
              std::vector<std::string>{"12345 (bare LF) (truncated)", "next", "<closed>"});
        CHECK(lines_of("12345678901234567890\nnext\r\n", step, 5) ==
              std::vector<std::string>{"12345 (bare LF) (truncated)", "next", "<closed>"});
        CHECK(lines_of("12345\r\r\nnext\r\n", step, 5) ==
              std::vector<std::string>{"12345 (truncated)", "next", "<closed>"});
        CHECK(lines_of("1234567890", step, 5) == std::vector<std::string>{"<closed>"});
        CHECK(lines_of("12345678901\r\n", step, SIZE_MAX) == std::vector<std::string>{"12345678901", "<closed>"});
    }
}

TEST_CASE("octet by octet equals all at once")
{
    // Every text of up to seven octets from these four, at a limit that some of them cross.
    for (std::size_t size = 0; size <= 7; ++size)
        for (std::size_t code = 0; code < std::size_t{1} << 2 * size; ++code) {
            std::string text;
            for (std::size_t i = 0; i < size; ++i) text += "ab\r\n"[code >> 2 * i & 3];
            const auto at_once = lines_of(text, SIZE_MAX / 2, 3);
            const auto by_octet = lines_of(text, 1, 3);
            CAPTURE(text);
            REQUIRE(at_once == by_octet);
        }
}

TEST_CASE("a line that comes while its reader writes is neither lost nor read twice")
{
    // The pipe holds four octets, so the writer writes on in the middle of the reader's reading.
    auto [one, other] = PipeEnd::make_pair(4);
    std::vector<std::string> heard;
    Task<void> reading = read_lines(*other, 100, heard);
    reading.start();
    std::vector<bool> written;
    Task<void> writing = write_text(*one, "a\nb\nc\nde\nf\nghi\n", written);
    writing.start();
    CHECK(writing.done());
    one->close();
    CHECK(heard == std::vector<std::string>{"a (bare LF)", "b (bare LF)", "c (bare LF)", "de (bare LF)", "f (bare LF)",
                                            "ghi (bare LF)", "<closed>"});
}

TEST_CASE("a small pipe passes many lines, each once and in order, while both sides wait for each other")
{
    auto [one, other] = PipeEnd::make_pair(4);
    std::string text;
    std::vector<std::string> expected;
    for (int i = 0; i < 500; ++i) {
        text += std::to_string(i % 100) + "\r\n";
        expected.push_back(std::to_string(i % 100));
    }
    std::vector<std::string> heard;
    std::vector<bool> written;
    SECTION("the reader waits first")
    {
        Task<void> reading = read_lines(*other, 100, heard);
        Task<void> writing = write_text(*one, text, written);
        reading.start();
        writing.start();
        CHECK(writing.done());
        one->close();
        CHECK(reading.done());
    }
    SECTION("the writer waits first")
    {
        Task<void> reading = read_lines(*other, 100, heard);
        Task<void> writing = write_text(*one, text, written);
        writing.start();
        reading.start();
        CHECK(writing.done());
        one->close();
        CHECK(reading.done());
    }
    expected.emplace_back("<closed>");
    CHECK(heard == expected);
    CHECK(written == std::vector{true});
}

TEST_CASE("a write waits until a small pipe has taken all of it")
{
    auto [one, other] = PipeEnd::make_pair(4);
    std::vector<bool> written;
    Task<void> writing = write_text(*one, "0123456789", written);
    writing.start();
    CHECK_FALSE(writing.done());
    std::vector<std::string> heard;
    for (int i = 0; i < 3; ++i) read_octets(*other, SIZE_MAX, heard).start();
    CHECK(heard == std::vector<std::string>{"0123", "4567", "89"});
    CHECK(writing.done());
    CHECK(written == std::vector{true});
}

TEST_CASE("read_some takes what is there, at most the limit")
{
    auto [one, other] = PipeEnd::make_pair();
    std::vector<bool> written;
    std::vector<std::string> heard;
    write_text(*one, "abcdef", written).start();
    read_octets(*other, 4, heard).start();
    read_octets(*other, 4, heard).start();
    Task<void> waiting = read_octets(*other, 4, heard);
    waiting.start();
    CHECK_FALSE(waiting.done());
    write_text(*one, "gh", written).start();
    CHECK(waiting.done());
    one->close();
    read_octets(*other, 4, heard).start();
    CHECK(heard == std::vector<std::string>{"abcd", "ef", "gh", "<closed>"});
}

TEST_CASE("lines and octets of one stream may be read in turn")
{
    auto [one, other] = PipeEnd::make_pair();
    std::vector<bool> written;
    std::vector<std::string> heard;
    write_text(*one, "first\r\nab", written).start();
    read_one_line(*other, 100, heard).start();
    Task<void> line = read_one_line(*other, 100, heard);
    line.start();
    other->expire();
    CHECK(line.done());
    read_octets(*other, 1, heard).start();
    write_text(*one, "c\r\n", written).start();
    read_one_line(*other, 100, heard).start();
    CHECK(heard == std::vector<std::string>{"first", "<timed out>", "a", "bc"});
}

TEST_CASE("octets read behind a line that was too long and too late are octets, and the next line is whole")
{
    auto [one, other] = PipeEnd::make_pair();
    std::vector<bool> written;
    std::vector<std::string> heard;
    Task<void> line = read_one_line(*other, 3, heard);
    line.start();
    write_text(*one, "abcdefgh", written).start();
    other->expire();
    CHECK(line.done());
    write_text(*one, std::string(200, 'x') + "yz\r\n", written).start();
    read_octets(*other, 200, heard).start();
    read_one_line(*other, 3, heard).start();
    CHECK(heard == std::vector<std::string>{"<timed out>", std::string(200, 'x'), "yz"});
}

TEST_CASE("a line that was too long and too late is told when its end comes")
{
    auto [one, other] = PipeEnd::make_pair();
    std::vector<bool> written;
    std::vector<std::string> heard;
    Task<void> line = read_one_line(*other, 3, heard);
    line.start();
    write_text(*one, "abcdefgh", written).start();
    other->expire();
    write_text(*one, "ijk\r\nl\r\n", written).start();
    read_one_line(*other, 3, heard).start();
    read_one_line(*other, 3, heard).start();
    CHECK(heard == std::vector<std::string>{"<timed out>", "abc (truncated)", "l"});
}

TEST_CASE("the end: closed in order, reset, timed out")
{
    auto [one, other] = PipeEnd::make_pair();
    std::vector<std::string> heard;
    std::vector<bool> written;
    Task<void> reading = read_lines(*other, 100, heard);
    reading.start();

    SECTION("closed: what was written before is read first, and the other direction still works")
    {
        write_text(*one, "last\r\nwords", written).start();
        one->close();
        CHECK(heard == std::vector<std::string>{"last", "<closed>"});
        write_text(*other, "answer\r\n", written).start();
        read_one_line(*one, 100, heard).start();
        CHECK(heard.back() == "answer");
        write_text(*one, "too late", written).start();
        CHECK(written == std::vector{true, true, false});
    }
    SECTION("aborted by the peer")
    {
        one->abort();
        CHECK(heard == std::vector<std::string>{"<reset>"});
        write_text(*other, "nobody", written).start();
        write_text(*one, "nobody", written).start();
        CHECK(written == std::vector{false, false});
    }
    SECTION("aborted on this side, while a line is awaited")
    {
        other->abort();
        CHECK(heard == std::vector<std::string>{"<reset>"});
    }
    SECTION("the peer is gone without a word")
    {
        one.reset();
        CHECK(heard == std::vector<std::string>{"<reset>"});
        write_text(*other, "nobody", written).start();
        CHECK(written == std::vector{false});
    }
    SECTION("the peer closed, then is gone")
    {
        one->close();
        one.reset();
        CHECK(heard == std::vector<std::string>{"<closed>"});
    }
    SECTION("time is over, the connection stands")
    {
        other->allow(seconds(5));
        CHECK(other->allowed() == seconds(5));
        other->expire();
        CHECK(heard == std::vector<std::string>{"<timed out>"});
        Task<void> again = read_lines(*other, 100, heard);
        again.start();
        write_text(*one, "late\r\n", written).start();
        CHECK(heard.back() == "late");
        other->expire();
        CHECK(heard.back() == "<timed out>");
    }
}

TEST_CASE("a write that waits for room ends with the connection, or with its time")
{
    auto [one, other] = PipeEnd::make_pair(4);
    std::vector<bool> written;
    Task<void> writing = write_text(*one, "0123456789", written);
    writing.start();
    CHECK(one->waiting());
    SECTION("the reader aborts") { other->abort(); }
    SECTION("the reader is gone") { other.reset(); }
    SECTION("time is over") { one->expire(); }
    SECTION("the writer's side aborts") { one->abort(); }
    CHECK(writing.done());
    CHECK(written == std::vector{false});
    CHECK_FALSE(one->waiting());
}

TEST_CASE("expiry means nothing to a stream on which nobody waits")
{
    auto [one, other] = PipeEnd::make_pair();
    other->expire();
    std::vector<bool> written;
    std::vector<std::string> heard;
    write_text(*one, "x\r\n", written).start();
    read_one_line(*other, 100, heard).start();
    CHECK(heard == std::vector<std::string>{"x"});
}

TEST_CASE("a reader destroyed while it waits is not woken")
{
    auto [one, other] = PipeEnd::make_pair();
    std::vector<std::string> heard;
    {
        Task<void> reading = read_lines(*other, 100, heard);
        reading.start();
        other.reset();
    }
    std::vector<bool> written;
    write_text(*one, "x\r\n", written).start();
    CHECK(written == std::vector{false});
    CHECK(heard.empty());
}

TEST_CASE("corking is allowed everywhere, and by default changes nothing")
{
    auto [one, other] = PipeEnd::make_pair();
    std::vector<bool> written;
    std::vector<std::string> heard;
    one->cork(true);
    write_text(*one, "a\r\n", written).start();
    read_one_line(*other, 100, heard).start();
    one->cork(false);
    CHECK(heard == std::vector<std::string>{"a"});
}

TEST_CASE("whom octets serve arrives with them")
{
    auto [one, other] = PipeEnd::make_pair();
    const auto write = [](Stream& out, std::string_view text, Spans spans) -> Task<void> {
        co_await out.write_lines(text, spans);
    };
    write(*one, "a\r\n", Spans{7}).start();
    Spans line_spans, chunk_spans;
    const auto read = [](Stream& in, Spans& line_serves, Spans& chunk_serves) -> Task<void> {
        const auto line = co_await in.read_line(10);
        line_serves = line->spans;
        const auto chunk = co_await in.read_some();
        chunk_serves = chunk->spans;
    };
    Task<void> reading = read(*other, line_spans, chunk_spans);
    reading.start();
    CHECK(line_spans == Spans{7});
    write(*one, "b", Spans{9}).start();
    CHECK(chunk_spans == Spans{9});
}
