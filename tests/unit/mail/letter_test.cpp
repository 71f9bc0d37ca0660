#include "protocols/mail/date.hpp"
#include "protocols/mail/encoded_word.hpp"
#include "protocols/mail/header.hpp"
#include "protocols/mail/letter.hpp"
#include "protocols/mail/utf8.hpp"

#include <catch2/catch.hpp>

using namespace tegami;

namespace {

mail::Letter small_letter()
{
    mail::Letter letter;
    letter.from = {"Alice", {"alice", "sakura.example.jp"}};
    letter.to = {{"", {"bob", "example.com"}}};
    letter.subject = "Hello";
    letter.text = "Dear Bob,\nhow are you?\n";
    letter.date = wire::Time{1'775'433'600LL * 1'000'000'000}; // 2026-04-06T00:00:00Z
    letter.zone_minutes = 540;
    letter.message_id = "1.alice-pc@sakura.example.jp";
    return letter;
}

std::size_t longest_line_of(std::string_view text)
{
    std::size_t longest = 0;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find("\r\n"), text.size());
        longest = std::max(longest, end);
        text.remove_prefix(std::min(text.size(), end + 2));
    }
    return longest;
}

} // namespace

TEST_CASE("a small letter, octet for octet")
{
    CHECK(mail::compose(small_letter(), mail::BodyOctets::seven_bit) == "Date: Mon, 6 Apr 2026 09:00:00 +0900\r\n"
                                                                        "From: Alice <alice@sakura.example.jp>\r\n"
                                                                        "To: bob@example.com\r\n"
                                                                        "Message-ID: <1.alice-pc@sakura.example.jp>\r\n"
                                                                        "Subject: Hello\r\n"
                                                                        "MIME-Version: 1.0\r\n"
                                                                        "Content-Type: text/plain; charset=UTF-8\r\n"
                                                                        "Content-Transfer-Encoding: 7bit\r\n"
                                                                        "\r\n"
                                                                        "Dear Bob,\r\n"
                                                                        "how are you?\r\n");
}

TEST_CASE("Cc and Bcc stand behind To")
{
    mail::Letter letter = small_letter();
    letter.cc = {{"", *mail::parse_mailbox("carol@example.com")}, {"", *mail::parse_mailbox("dave@example.com")}};
    letter.bcc = {{"Eve", *mail::parse_mailbox("eve@example.com")}};
    const std::string message = mail::compose(letter, mail::BodyOctets::seven_bit);
    CHECK(message.find("To: bob@example.com\r\nCc: carol@example.com, dave@example.com\r\n"
                       "Bcc: Eve <eve@example.com>\r\nMessage-ID: ") != std::string::npos);
}

TEST_CASE("subjects come back as they were written, whatever they are")
{
    std::string mixed;
    for (int i = 0; i < 40; ++i) mixed += i % 3 == 0 ? "はじめて" : "letter ";
    const std::string subjects[] = {
        "Hello",
        "",
        "こんにちは",
        "はじめての手紙です。とても長い件名なので、何行にも折り返されなければなりませんが、文字の途中では切れません。",
        "a long subject in plain words that goes on and on until it does not fit into seventy-eight columns any more, "
        "so it folds",
        "two  spaces  stay,  also  where  the  line  is  folded  because  it  is  far  too  long  for  a  single  line",
        std::string(200, 'x'),
        std::string(2'000, 'y'),
        "=?UTF-8?B?44GT?= is no encoded word here",
        " leading and trailing ",
        "line\r\nBcc: everyone@example.com",
        "tab\tand bell\a",
        "😀 four octets a character 😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀",
        mixed,
    };
    for (const std::string& subject : subjects) {
        INFO(subject);
        auto letter = small_letter();
        letter.subject = subject;
        const std::string message = mail::compose(letter, mail::BodyOctets::seven_bit);
        const auto header = mail::read_header(message);
        CHECK(header.fields.size() == 8);
        REQUIRE(header.find("subject"));
        CHECK(mail::display_text(header.find("subject")->body) == subject);
        CHECK(header.find("bcc") == nullptr);
        const std::string_view field = header.find("subject")->body;
        CHECK(longest_line_of(field) <= 78);
        if (field.find("=?") != field.npos) {
            CHECK(longest_line_of("Subject:" + std::string{field}) <= 76);
            // RFC 2047 §5: each word stands for whole characters.
            std::string_view left = field;
            for (std::size_t at; (at = left.find("=?")) != left.npos;) {
                const std::size_t end = left.find("?=", at + 10) + 2;
                CHECK(end - at <= 75);
                const std::string word = mail::decode_words(left.substr(at, end - at));
                CHECK(word.find("\xEF\xBF\xBD") == word.npos);
                left.remove_prefix(end);
            }
        }
    }
}

TEST_CASE("octets that are no UTF-8 are replaced, not sent")
{
    auto letter = small_letter();
    letter.subject = "ab\xFF\xE3\x81";
    const std::string message = mail::compose(letter, mail::BodyOctets::seven_bit);
    CHECK(mail::display_text(mail::read_header(message).find("Subject")->body) == "ab\uFFFD\uFFFD\uFFFD");
}

TEST_CASE("names of people")
{
    struct Row {
        std::string name, written;
    };
    const Row rows[] = {
        {"", "a@b"},
        {"Alice Example", "Alice Example <a@b>"},
        {"Example, Alice", "\"Example, Alice\" <a@b>"},
        {"Dr. \"A\" \\", "\"Dr. \\\"A\\\" \\\\\" <a@b>"},
        {"two  spaces", "\"two  spaces\" <a@b>"},
        {"アリス", "=?UTF-8?B?44Ki44Oq44K5?= <a@b>"},
        {"x\r\nBcc: y", "=?UTF-8?B?eA0KQmNjOiB5?= <a@b>"},
    };
    for (const Row& row : rows) {
        INFO(row.name);
        CHECK(mail::format(mail::NamedMailbox{row.name, {"a", "b"}}, 6) == row.written);
    }
}

TEST_CASE("many recipients fold between addresses")
{
    auto letter = small_letter();
    letter.to.clear();
    for (int i = 0; i < 30; ++i)
        letter.to.push_back({i % 2 ? "名前の長いともだち" : "", {"friend" + std::to_string(i), "example.com"}});
    const std::string message = mail::compose(letter, mail::BodyOctets::seven_bit);
    const auto header = mail::read_header(message);
    const std::string unfolded = mail::unfold(header.find("To")->body);
    CHECK(longest_line_of("To:" + std::string{header.find("To")->body}) <= 78);
    CHECK(std::count(unfolded.begin(), unfolded.end(), ',') == 29);
    CHECK(std::count(unfolded.begin(), unfolded.end(), '@') == 30);
}

TEST_CASE("the body's encoding is the plainest that the way takes")
{
    using enum mail::TransferEncoding;
    using mail::BodyOctets;
    const std::string japanese = "こんにちは、ボブさん。\r\n";
    const std::string mostly_ascii = "a caf\u00E9 in a long English sentence\r\n";
    CHECK(mail::choose_encoding("plain\r\n", BodyOctets::seven_bit) == seven_bit);
    CHECK(mail::choose_encoding(japanese, BodyOctets::eight_bit) == eight_bit);
    CHECK(mail::choose_encoding(japanese, BodyOctets::seven_bit) == base64);
    CHECK(mail::choose_encoding(mostly_ascii, BodyOctets::seven_bit) == quoted_printable);
    CHECK(mail::choose_encoding(std::string(998, 'x') + "\r\n", BodyOctets::seven_bit) == seven_bit);
    CHECK(mail::choose_encoding(std::string(999, 'x') + "\r\n", BodyOctets::eight_bit) == quoted_printable);
    CHECK(mail::choose_encoding(std::string{"a\0b\r\n", 5}, BodyOctets::eight_bit) != eight_bit);
}

TEST_CASE("a letter for a server without 8BITMIME is what it would have been, had that been known")
{
    for (const std::string& text : {std::string{"plain\n"}, std::string{"Grüße aus Köln, und mehr Text, der bleibt.\n"},
                                    std::string{"ボブさん、\nはじめての手紙です。\n"}}) {
        mail::Letter letter = small_letter();
        letter.text = text;
        letter.subject = "写真";
        const std::string eight = mail::compose(letter, mail::BodyOctets::eight_bit);
        CHECK(mail::as_seven_bit(eight) == mail::compose(letter, mail::BodyOctets::seven_bit));
        CHECK(mail::as_seven_bit(mail::as_seven_bit(eight)) == mail::as_seven_bit(eight));
    }
    const std::string other = "Subject: x\r\nContent-Transfer-Encoding: binary\r\n\r\n\xE3\x81\x82\r\n";
    CHECK(mail::as_seven_bit(other) == other);
}

TEST_CASE("no line of a message is over 998 octets, and bodies come back")
{
    const std::string bodies[] = {
        std::string(5'000, 'x') + "\n",
        "trailing space \n\ttab\t\n=\n",
        "no end",
        "a\rb\nc\r\n",
        std::string(300, '=') + "\n.\nFrom me\n",
        std::string(100, ' ') + "\n",
        "caf\u00E9 " + std::string(990, 'z') + " " + std::string(990, 'z') + "\n",
    };
    for (const std::string& body : bodies) {
        auto letter = small_letter();
        letter.text = body;
        const std::string message = mail::compose(letter, mail::BodyOctets::seven_bit);
        CHECK(longest_line_of(message) <= 998);
        const auto header = mail::read_header(message);
        std::string got = message.substr(header.body_offset);
        if (header.find("Content-Transfer-Encoding")->body == " quoted-printable") {
            CHECK(longest_line_of(got) <= 76);
            got = mail::decode_quoted_printable(got);
        }
        std::string wanted;
        for (std::size_t i = 0; i < body.size(); ++i) {
            if (body[i] == '\r' && body.substr(i, 2) == "\r\n") continue;
            wanted += body[i] == '\n' || body[i] == '\r' ? "\r\n" : std::string(1, body[i]);
        }
        if (!wanted.ends_with("\r\n")) wanted += "\r\n";
        CHECK(got == wanted);
    }
}

TEST_CASE("dates")
{
    struct Row {
        std::int64_t seconds;
        int zone;
        std::string written;
    };
    const Row rows[] = {
        {0, 0, "Thu, 1 Jan 1970 00:00:00 +0000"},
        {-1, 0, "Wed, 31 Dec 1969 23:59:59 +0000"},
        {951'782'400, 0, "Tue, 29 Feb 2000 00:00:00 +0000"},
        {1'709'164'799, 0, "Wed, 28 Feb 2024 23:59:59 +0000"},
        {1'709'251'199, -210, "Thu, 29 Feb 2024 20:29:59 -0330"},
        {4'107'542'400, 0, "Mon, 1 Mar 2100 00:00:00 +0000"},
        {1'775'433'600, 540, "Mon, 6 Apr 2026 09:00:00 +0900"},
        {-9'000'000'000, 0, "Thu, 19 Oct 1684 08:00:00 +0000"},
    };
    for (const Row& row : rows)
        CHECK(mail::format_date(wire::Time{row.seconds * 1'000'000'000}, row.zone) == row.written);
}

TEST_CASE("encoded words of others")
{
    const std::pair<std::string, std::string> rows[] = {
        // RFC 2047 §8's examples.
        {"=?US-ASCII?Q?Keith_Moore?= <moore@cs.utk.edu>", "Keith Moore <moore@cs.utk.edu>"},
        {"=?ISO-8859-1?Q?Keld_J=F8rn_Simonsen?=", "Keld J\u00F8rn Simonsen"},
        {"=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=", "ab"},
        {"=?ISO-8859-1?Q?a?=  \t =?ISO-8859-1?Q?b?=", "ab"},
        {"=?ISO-8859-1?Q?a_b?=", "a b"},
        {"=?ISO-8859-1?Q?a?= b", "a b"},
        {"=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=", "a =?ISO-8859-2?Q?_b?="},
        // Characters split between words, by writers that should not.
        {"=?utf-8?B?44E=?= =?utf-8?B?kw==?=", "こ"},
        {"=?utf-8?b?44GT?=", "こ"},
        {"=?utf-8*ja?b?44GT?=", "こ"},
        {"=?utf-8?B?44GT", "=?utf-8?B?44GT"},
        {"=?utf-8?X?44GT?=", "=?utf-8?X?44GT?="},
        {"=?utf-8?B?!!!!?=", "=?utf-8?B?!!!!?="},
        {"=?utf-8?Q?=4?=", "=?utf-8?Q?=4?="},
        {"=?x-none?B?44GT?=", "=?x-none?B?44GT?="},
        {"=?iso-2022-jp?B?GyRCJDMbKEI=?=", "=?iso-2022-jp?B?GyRCJDMbKEI=?="},
        {"=?utf-8?B?44GT?= x =?utf-8?B?44GT?=", "こ x こ"},
        {"=?", "=?"},
        {"=?x?=", "=?x?="},
        {"", ""},
        {"bad \xFF octet", "bad \uFFFD octet"},
    };
    for (const auto& [written, read] : rows) {
        INFO(written);
        CHECK(mail::decode_words(written) == read);
    }
}

TEST_CASE("UTF-8, one character at a time")
{
    const std::pair<std::string, std::size_t> rows[] = {
        {"a", 1},
        {"\u00E9", 2},
        {"こ", 3},
        {"😀", 4},
        {"", 0},
        {"\x80", 0},
        {"\xC0\x80", 0},
        {"\xC1\xBF", 0},
        {"\xE0\x9F\xBF", 0},
        {"\xED\xA0\x80", 0},
        {"\xF0\x8F\xBF\xBF", 0},
        {"\xF4\x90\x80\x80", 0},
        {"\xE3\x81", 0},
        {"\xF5\x80\x80\x80", 0},
    };
    for (const auto& [text, length] : rows) CHECK(mail::utf8_length(text) == length);
    for (const std::uint32_t c : {0x24u, 0xE9u, 0x3053u, 0x1F600u}) {
        std::string text;
        mail::append_utf8(text, c);
        CHECK(mail::utf8_length(text) == text.size());
    }
}

TEST_CASE("quoted-printable of others")
{
    CHECK(mail::decode_quoted_printable("a=3D=3d b") == "a== b");
    CHECK(mail::decode_quoted_printable("soft=\r\nbreak=  \r\nand=\nlf") == "softbreakandlf");
    CHECK(mail::decode_quoted_printable("dropped  \r\nx") == "dropped\r\nx");
    CHECK(mail::decode_quoted_printable("50=% and =") == "50=% and ");
}
