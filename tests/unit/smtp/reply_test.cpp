#include "protocols/smtp/extensions.hpp"
#include "protocols/smtp/reply.hpp"

#include <catch2/catch.hpp>

using namespace tegami;
using Progress = smtp::ReplyReader::Progress;

namespace {

/// Feeds lines without CRLF until the reply is done or malformed.
std::pair<Progress, smtp::Reply> read_reply_lines(std::string text)
{
    smtp::ReplyReader reader;
    Progress progress = Progress::more;
    while (!text.empty() && progress == Progress::more) {
        const std::size_t end = text.find('\n');
        const std::string line = text.substr(0, end);
        text.erase(0, end == text.npos ? text.size() : end + 1);
        progress = reader.feed({.text = line, .spans = {}});
    }
    return {progress, progress == Progress::done ? reader.take() : smtp::Reply{}};
}

} // namespace

TEST_CASE("replies are written, and read back")
{
    const std::pair<smtp::Reply, std::string> rows[] = {
        {{250, {}, "ok"}, "250 ok\r\n"},
        {{250, {2, 1, 0}, "Sender ok"}, "250 2.1.0 Sender ok\r\n"},
        {{250, {}, "host\nPIPELINING\nSIZE 100"}, "250-host\r\n250-PIPELINING\r\n250 SIZE 100\r\n"},
        {{550, {5, 7, 1}, "no\nnever"}, "550-5.7.1 no\r\n550 5.7.1 never\r\n"},
        {{250, {}, ""}, "250 \r\n"},
        {{354, {}, "go on"}, "354 go on\r\n"},
    };
    for (const auto& [reply, written] : rows) {
        CHECK(smtp::format(reply) == written);
        std::string lines;
        for (const char c : written)
            if (c != '\r') lines += c;
        lines.pop_back();
        const auto [progress, read] = read_reply_lines(lines);
        CHECK(progress == Progress::done);
        CHECK(read == reply);
    }
}

TEST_CASE("replies of others")
{
    struct Row {
        std::string lines;
        Progress progress;
        smtp::Reply reply;
    };
    const Row rows[] = {
        {"250", Progress::done, {250, {}, ""}},
        {"250 5.1.1 of another class", Progress::done, {250, {}, "5.1.1 of another class"}},
        {"450 4.7.1", Progress::done, {450, {4, 7, 1}, ""}},
        {"450 4.7.1234 x", Progress::done, {450, {}, "4.7.1234 x"}},
        {"250-a\n250", Progress::done, {250, {}, "a\n"}},
        {"250-", Progress::more, {}},
        {"25", Progress::malformed, {}},
        {"", Progress::more, {}},
        {"2500 x", Progress::malformed, {}},
        {"999 x", Progress::malformed, {}},
        {"199 x", Progress::malformed, {}},
        {"260 x", Progress::malformed, {}},
        {"abc x", Progress::malformed, {}},
        {"250-a\n251 b", Progress::malformed, {}},
        {"250-a\nb", Progress::malformed, {}},
        {"250_a", Progress::malformed, {}},
        {"HTTP/1.1 400 Bad Request", Progress::malformed, {}},
    };
    for (const Row& row : rows) {
        INFO(row.lines);
        const auto [progress, reply] = read_reply_lines(row.lines);
        CHECK(progress == row.progress);
        CHECK(reply == row.reply);
    }
}

TEST_CASE("limits of replies, on both sides")
{
    std::string lines;
    for (std::size_t i = 1; i < smtp::reply_lines_limit; ++i) lines += "250-x\n";
    CHECK(read_reply_lines(lines + "250 x").first == Progress::done);
    CHECK(read_reply_lines(lines + "250-x\n250 x").first == Progress::malformed);
    smtp::ReplyReader reader;
    CHECK(reader.feed({.text = "250 x", .spans = {}, .bare_lf = false, .truncated = true}) == Progress::malformed);
}

TEST_CASE("what a server offers")
{
    const auto offered = smtp::parse_extensions(
        {250,
         {},
         "mx.example.com hello there\npipelining\nSIZE 1000\n8BITMIME\nENHANCEDSTATUSCODES\nSTARTTLS\nAUTH PLAIN "
         "SCRAM-SHA-256\nX-OTHER a b"});
    CHECK(offered.extended);
    CHECK(offered.host_name == "mx.example.com");
    CHECK(offered.pipelining);
    CHECK(offered.size);
    CHECK(offered.size_limit == 1'000);
    CHECK(offered.eight_bit_mime);
    CHECK(offered.enhanced_status_codes);
    CHECK(offered.start_tls);
    CHECK(offered.auth == "PLAIN SCRAM-SHA-256");

    const auto plain = smtp::parse_extensions({250, {}, "PIPELINING"}); // the first line is a name, whatever it says
    CHECK_FALSE(plain.pipelining);
    CHECK(smtp::parse_extensions({250, {}, "x\nSIZE"}).size_limit == 0);
    CHECK(smtp::parse_extensions({250, {}, "x\nSIZE lots"}).size_limit == 0);
    CHECK(smtp::parse_extensions({250, {}, "x\nSIZE 0"}).size);
    CHECK_FALSE(smtp::parse_extensions({250, {}, "x\nSIZEABLE 5"}).size);
}
