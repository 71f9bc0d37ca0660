#include "protocols/dns/name.hpp"
#include "tests/unit/dns/hex.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <utility>
#include <vector>

using namespace tegami;
using namespace tegami::dns;
using test::hex;
using test::name;

namespace {

std::string rule_of_name_text(std::string_view text)
{
    const auto parsed = parse_name(text);
    return parsed ? "read" : std::to_string(parsed.error().offset) + " " + std::string{parsed.error().rule};
}

/// `octets` stand behind a header of zeros.
std::string rule_of_name_octets(std::string_view octets, std::size_t from = 12)
{
    wire::OctetBuffer message(12);
    const auto behind = hex(octets);
    message.insert(message.end(), behind.begin(), behind.end());
    wire::Reader in{message};
    in.seek(from);
    const auto read = in.finish_prefix(read_name(in));
    return read ? format(*read) : std::string{read.error().rule};
}

std::string long_name(std::size_t octets)
{
    std::string text;
    for (std::size_t left = octets - 1; left != 0;) {
        const std::size_t label = std::min<std::size_t>(left, left == 65 ? 63 : 64) - 1;
        text += std::string(label, 'x') + ".";
        left -= label + 1;
    }
    return text;
}

} // namespace

TEST_CASE("dns name: text becomes labels and text again")
{
    CHECK(std::ranges::equal(name("F.ISI.ARPA").wire(), hex("0146 03495349 0441525041 00")));
    CHECK(format(name("F.ISI.ARPA")) == "F.ISI.ARPA.");
    CHECK(format(name("F.ISI.ARPA."), FinalDot::without) == "F.ISI.ARPA");
    CHECK(format(Name{}) == ".");
    CHECK(format(Name{}, FinalDot::without) == ".");
    CHECK(name(".").is_root());
    CHECK(format(*parse_name("mail", name("example.jp"))) == "mail.example.jp.");
    CHECK(format(*parse_name("mail.", name("example.jp"))) == "mail.");
}

TEST_CASE("dns name: any octet may stand in a label, escaped where it means something (RFC 1035 §5.1, RFC 4343 §2.1)")
{
    const Name one = name(R"(a\.b\032c\\.\000\255\;x.example)");
    CHECK(one.label_count() == 3);
    CHECK(*one.labels().begin() == "a.b c\\");
    CHECK(format(one) == R"(a\.b\032c\\.\000\255\;x.example.)");
    CHECK(*parse_name(format(one)) == one);
    wire::OctetBuffer all;
    for (int first = 0; first < 256; first += 32) {
        all.push_back(32);
        for (int i = 0; i < 32 && first + i < 256; ++i) all.push_back(static_cast<std::uint8_t>(first + i));
        if (first == 192) break;
    }
    all.push_back(0);
    const Name every = Name::from_checked_wire(all);
    CHECK(parse_name(format(every))->is_identical(every));
}

TEST_CASE("dns name: text that is no name is refused at its place")
{
    CHECK(rule_of_name_text("") == "0 RFC 1035 §5.1: a name is not empty");
    CHECK(rule_of_name_text(".a") == "0 RFC 1035 §3.1: only the root's label is empty");
    CHECK(rule_of_name_text("a..b") == "2 RFC 1035 §3.1: only the root's label is empty");
    CHECK(rule_of_name_text("a..") == "2 RFC 1035 §3.1: only the root's label is empty");
    CHECK(rule_of_name_text("ab\\") == "2 RFC 1035 §5.1: a backslash escapes what follows it");
    CHECK(rule_of_name_text("ab\\25") == "2 RFC 1035 §5.1: \\DDD has three decimal digits");
    CHECK(rule_of_name_text("ab\\2x5") == "2 RFC 1035 §5.1: \\DDD has three decimal digits");
    CHECK(rule_of_name_text("ab\\256") == "2 RFC 1035 §5.1: \\DDD is an octet, at most 255");
    CHECK(rule_of_name_text("a." + std::string(63, 'x')) == "read");
    CHECK(rule_of_name_text("a." + std::string(64, 'x')) == "2 RFC 1035 §2.3.4: a label is at most 63 octets");
}

TEST_CASE("dns name: 255 octets are a name and 256 are none")
{
    for (const std::size_t octets : {254u, 255u}) {
        REQUIRE(parse_name(long_name(octets)).has_value());
        CHECK(parse_name(long_name(octets))->size() == octets);
    }
    for (const std::size_t octets : {256u, 257u, 300u, 10'000u}) {
        REQUIRE_FALSE(parse_name(long_name(octets)).has_value());
        CHECK(parse_name(long_name(octets)).error().rule == "RFC 1035 §2.3.4: a name is at most 255 octets");
    }
    const Name origin = name(long_name(251));
    CHECK(parse_name("abc", origin)->size() == 255);
    CHECK(parse_name("abcd", origin).error().rule == "RFC 1035 §2.3.4: a name is at most 255 octets");
    CHECK(origin.with_first("abc")->size() == 255);
    CHECK_FALSE(origin.with_first("abcd").has_value());
    CHECK_FALSE(Name{}.with_first(std::string(64, 'x')).has_value());
    std::string ones;
    for (int i = 0; i < 127; ++i) ones += "a.";
    CHECK(parse_name(ones)->label_count() == 127);
    CHECK_FALSE(parse_name(ones + "a").has_value());
}

TEST_CASE("dns name: case is kept and never compared (RFC 4343)")
{
    const Name one = name("Mail.EXAMPLE.jp"), other = name("mail.example.JP");
    CHECK(one == other);
    CHECK(one.hash() == other.hash());
    CHECK_FALSE(one.is_identical(other));
    CHECK(format(one) == "Mail.EXAMPLE.jp.");
    CHECK(format(one.lower_case()) == "mail.example.jp.");
    CHECK(name("a@") != name("a`")); // 0x40 and 0x60 differ by the bit of case, and are no letters
    CHECK(name("[") != name("{"));
    CHECK(name("\\193") != name("\\225"));
}

TEST_CASE("dns name: parents, domains and wildcards")
{
    const Name one = name("www.mail.example.jp");
    CHECK(one.parent() == name("mail.example.jp"));
    CHECK(one.last(1) == name("jp"));
    CHECK(one.last(0).is_root());
    CHECK(one.without_first(2) == name("example.jp"));
    CHECK(Name{}.parent().is_root());
    CHECK(one.is_below(name("EXAMPLE.jp")));
    CHECK(one.is_below(Name{}));
    CHECK(one.is_at_or_below(one));
    CHECK_FALSE(one.is_below(one));
    CHECK_FALSE(one.is_at_or_below(name("ample.jp")));
    CHECK_FALSE(name("badexample.jp").is_at_or_below(name("example.jp")));
    CHECK_FALSE(name("example.jp").is_at_or_below(one));
    // The octets of the ancestor stand at the end, yet no label begins there.
    CHECK_FALSE(name("a\\002jp").is_at_or_below(name("jp")));
    CHECK(one.common_labels(name("ftp.EXAMPLE.jp")) == 2);
    CHECK(one.common_labels(name("example.com")) == 0);
    CHECK(one.common_labels(one) == 4);
    CHECK(name("*.example").is_wildcard());
    CHECK_FALSE(name("*a.example").is_wildcard());
    CHECK_FALSE(name("a.*.example").is_wildcard());
    CHECK_FALSE(Name{}.is_wildcard());
    CHECK(*name("example").with_first("*") == name("*.example"));
}

TEST_CASE("dns name: the canonical order is that of RFC 4034 §6.1")
{
    const std::vector<std::string_view> sorted = {".",           "example",        "a.example", "yljkjljk.a.example",
                                                  "Z.a.example", "zABC.a.EXAMPLE", "z.example", "\\001.z.example",
                                                  "*.z.example", "\\200.z.example"};
    for (std::size_t i = 0; i < sorted.size(); ++i)
        for (std::size_t j = 0; j < sorted.size(); ++j) {
            CAPTURE(sorted[i], sorted[j]);
            CHECK((name(sorted[i]) <=> name(sorted[j])) == (i <=> j));
        }
}

TEST_CASE("dns name: long and short ones are copied and moved alike")
{
    for (const std::size_t octets : {1u, 20u, 37u, 38u, 39u, 40u, 255u}) {
        const Name original = octets == 1 ? Name{} : name(long_name(octets));
        REQUIRE(original.size() == octets);
        Name copied = original;
        CHECK(copied == original);
        Name moved = std::move(copied);
        CHECK(moved == original);
        for (const std::size_t before : {1u, 38u, 39u, 255u}) {
            Name assigned = before == 1 ? Name{} : name(long_name(before));
            assigned = original;
            CHECK(assigned == original);
            Name taken = before == 1 ? Name{} : name(long_name(before));
            taken = std::move(assigned);
            CHECK(taken == original);
            Name& itself = taken;
            taken = itself;
            CHECK(taken == original);
            taken = std::move(itself);
            CHECK(taken == original);
        }
    }
}

TEST_CASE("dns name: pointers lead back to a prior name, and nowhere else (RFC 1035 §4.1.4)")
{
    // F.ISI.ARPA at 12; FOO.F.ISI.ARPA at 24 by a pointer; ARPA's pointer at 30; the root.
    const std::string_view octets = "0146 03495349 0441525041 00  03464f4f c00c  c012  00 c018";
    CHECK(rule_of_name_octets(octets) == "F.ISI.ARPA.");
    CHECK(rule_of_name_octets(octets, 24) == "FOO.F.ISI.ARPA.");
    CHECK(rule_of_name_octets(octets, 30) == "ARPA.");
    CHECK(rule_of_name_octets(octets, 32) == ".");
    CHECK(rule_of_name_octets(octets, 33) == "FOO.F.ISI.ARPA.");

    CHECK(rule_of_name_octets("c00c") == "RFC 1035 §4.1.4: a pointer must point backwards");
    CHECK(rule_of_name_octets("c00e c00c") == "RFC 1035 §4.1.4: a pointer must point backwards");
    CHECK(rule_of_name_octets("0161 c00c") == "RFC 1035 §4.1.4: a pointer must point backwards");
    CHECK(rule_of_name_octets("0161 00 0162 c00f", 15) == "RFC 1035 §4.1.4: a pointer must point backwards");
    CHECK(rule_of_name_octets("c000") == "RFC 1035 §4.1.4: a pointer must point at a name, not into the header");
    CHECK(rule_of_name_octets("c00b") == "RFC 1035 §4.1.4: a pointer must point at a name, not into the header");
    CHECK(rule_of_name_octets("40") == "RFC 1035 §4.1.4: label types 01 and 10 are reserved");
    CHECK(rule_of_name_octets("4101") == "RFC 1035 §4.1.4: label types 01 and 10 are reserved");
    CHECK(rule_of_name_octets("80") == "RFC 1035 §4.1.4: label types 01 and 10 are reserved");
    CHECK(rule_of_name_octets("") == "the octets end too early");
    CHECK(rule_of_name_octets("0161") == "the octets end too early");
    CHECK(rule_of_name_octets("0261") == "the octets end too early");
    CHECK(rule_of_name_octets("c0") == "the octets end too early");

    // A chain of pointers, each to the one before: 126 are followed, 127 are not.
    std::string chain = "00";
    for (int i = 0; i < 127; ++i) {
        char pointer[8];
        std::snprintf(pointer, sizeof pointer, "%04x", i == 0 ? 0xC00C : 0xC00D + 2 * (i - 1));
        chain += pointer;
    }
    CHECK(rule_of_name_octets(chain, 13 + 2 * 125) == ".");
    CHECK(rule_of_name_octets(chain, 13 + 2 * 126) == "RFC 1035 §4.1.4: more pointers than a name has labels");

    // Put together by pointers, too, a name has at most 255 octets.
    std::string labels;
    for (int i = 0; i < 3; ++i) labels += "3f" + std::string(126, '6');
    CHECK(rule_of_name_octets(labels + "3c" + std::string(120, '6') + "00" + "0161c00c", 12 + 254) ==
          "RFC 1035 §2.3.4: a name is at most 255 octets");
    CHECK(rule_of_name_octets(labels + "3b" + std::string(118, '6') + "00" + "0161c00c", 12 + 253).size() == 254);
}
