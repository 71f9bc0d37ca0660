#include "protocols/dns/data_text.hpp"
#include "protocols/dns/zone_text.hpp"
#include "tests/unit/dns/hex.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace tegami;
using namespace tegami::dns;
using test::name;

namespace {

struct ReadZone {
    std::vector<std::string> records;
    std::vector<std::string> problems; ///< "line:column key argument|argument"
};

ReadZone read_zone_text(std::string_view text, std::string_view origin = "example.jp", bool checked = false)
{
    ZoneProblems problems;
    const auto placed = parse_zone_text(text, name(origin), problems);
    if (checked) check_zone(name(origin), placed, problems);
    ReadZone zone;
    for (const auto& each : placed) zone.records.push_back(format(each.record));
    for (const auto& problem : problems.take()) {
        std::string line =
            std::to_string(problem.at.line) + ":" + std::to_string(problem.at.column) + " " + std::string{problem.key};
        for (std::size_t i = 0; i < problem.arguments.size(); ++i)
            line += (i == 0 ? " " : "|") + problem.arguments[i].second;
        zone.problems.push_back(line);
    }
    return zone;
}

std::vector<std::string> checked(std::string_view text)
{
    return read_zone_text("@ 60 IN SOA ns hostmaster 1 2 3 4 5\n@ 60 NS ns\nns 60 A 192.0.2.1\n" + std::string{text},
                          "example.jp", true)
        .problems;
}

using Lines = std::vector<std::string>;

} // namespace

TEST_CASE("zone text: entries, owners, TTLs and comments are read as RFC 1035 §5.1 says")
{
    const auto zone = read_zone_text(R"(; a zone
$TTL 1h
@   IN  SOA ns.example.jp. hostmaster (
            2026040601 ; serial
            1h30m 15m  ; refresh, retry
            2w )       ; expire
            1d
    NS  ns
ns  A   192.0.2.1
    60 IN AAAA 2001:db8::1
www IN 30 CNAME ns ; comment
mail.example.jp. CNAME @
$ORIGIN sub
a   TXT "one ; no comment" two\;three "(" \"four\"
b   TXT "" "日本語" "\065\"\\"
c\.d MX 10 .
$TTL 2
e   A   192.0.2.2
)");
    CHECK(zone.problems == Lines{"6:13 zone.missing_field SOA|minimum", "7:13 zone.no_type"});
    const auto good = read_zone_text(R"($TTL 1h
@   IN  SOA ns.example.jp. hostmaster (
            2026040601 ; serial
            1h30m 15m  ; refresh, retry
            2w         ; expire
            1d )
    NS  ns
ns  A   192.0.2.1
    60 IN AAAA 2001:db8::1
www IN 30 CNAME ns ; comment
mail.example.jp. CNAME @
$ORIGIN sub
a   TXT "one ; no comment" two\;three "(" \"four\"
b   TXT "" "日本語" "\065\"\\"
c\.d MX 10 .
$TTL 2
e   A   192.0.2.2)");
    CHECK(good.problems == Lines{});
    CHECK(good.records ==
          Lines{
              "example.jp. 3600 IN SOA ns.example.jp. hostmaster.example.jp. 2026040601 5400 900 1209600 86400",
              "example.jp. 3600 IN NS ns.example.jp.",
              "ns.example.jp. 3600 IN A 192.0.2.1",
              "ns.example.jp. 60 IN AAAA 2001:db8::1",
              "www.example.jp. 30 IN CNAME ns.example.jp.",
              "mail.example.jp. 3600 IN CNAME example.jp.",
              R"(a.sub.example.jp. 3600 IN TXT "one ; no comment" "two;three" "(" "\"four\"")",
              R"(b.sub.example.jp. 3600 IN TXT "" "\230\151\165\230\156\172\232\170\158" "A\"\\")",
              "c\\.d.sub.example.jp. 3600 IN MX 10 .",
              "e.sub.example.jp. 2 IN A 192.0.2.2",
          });
}

TEST_CASE("zone text: the TTL is the record's, $TTL's, the last one's, or SOA's MINIMUM (RFC 2308 §4)")
{
    CHECK(read_zone_text("@ SOA . . 1 2 3 4 77\n@ NS ns\n@ 5 MX 1 a\n@ TXT b").records ==
          Lines{"example.jp. 77 IN SOA . . 1 2 3 4 77", "example.jp. 77 IN NS ns.example.jp.",
                "example.jp. 5 IN MX 1 a.example.jp.", "example.jp. 77 IN TXT \"b\""});
    CHECK(read_zone_text("@ 5 A 192.0.2.1\n@ TXT b").records.back() == "example.jp. 5 IN TXT \"b\"");
    CHECK(read_zone_text("@ A 192.0.2.1").problems == Lines{"1:3 zone.no_ttl"});
    CHECK(read_zone_text("$TTL 1\n@ 9 A 192.0.2.1\nb A 192.0.2.1").records.back() == "b.example.jp. 1 IN A 192.0.2.1");
    const auto differing = read_zone_text("@ 9 A 192.0.2.1\n  8 A 192.0.2.2");
    CHECK(differing.problems == Lines{"2:3 zone.differing_ttl example.jp.|A|1"});
    CHECK(differing.records.back() == "example.jp. 9 IN A 192.0.2.2");
}

TEST_CASE("zone text: periods carry units (BIND)")
{
    CHECK(parse_period("0") == 0);
    CHECK(parse_period("1h30m") == 5400);
    CHECK(parse_period("1W2D3H4M5S") == 604'800 + 2 * 86'400 + 3 * 3600 + 4 * 60 + 5);
    CHECK(parse_period("4294967295") == 4'294'967'295u);
    for (const auto* text : {"4294967296", "", "h", "1h30", "1x", "-1", "+1", "1h-1m", "7102w", "99999999999999999999"})
        CHECK_FALSE(parse_period(text).has_value());
    CHECK(read_zone_text("@ 2147483647 A 192.0.2.1").problems == Lines{});
    CHECK(read_zone_text("@ 2147483648 A 192.0.2.1").problems == Lines{"1:3 zone.large_ttl 2147483648"});
}

TEST_CASE("zone text: unknown types and data in octets (RFC 3597 §5)")
{
    const auto zone = read_zone_text("$TTL 1\na TYPE731 \\# 6 abcd (\n ef 01 23 45 )\nb TYPE62347 \\# 0\nc A \\# 4 "
                                     "0A000001\nd CLASS1 TYPE1 192.0.2.1");
    CHECK(zone.problems == Lines{});
    CHECK(zone.records == Lines{"a.example.jp. 1 IN TYPE731 \\# 6 abcdef012345", "b.example.jp. 1 IN TYPE62347 \\# 0",
                                "c.example.jp. 1 IN A 10.0.0.1", "d.example.jp. 1 IN A 192.0.2.1"});
    CHECK(read_zone_text("$TTL 1\na A \\# 3 0a0000").problems == Lines{"2:5 zone.generic_data A"});
    CHECK(read_zone_text("$TTL 1\na TYPE9 \\# 3 0a00").problems == Lines{"2:12 zone.generic_length 3|2"});
    CHECK(read_zone_text("$TTL 1\na TYPE999 \\# 2 0a0").problems == Lines{"2:16 zone.bad_hex 0a0"});
    CHECK(read_zone_text("$TTL 1\na TYPE999 \\# 2 0a0g").problems == Lines{"2:16 zone.bad_hex 0a0g"});
    CHECK(read_zone_text("$TTL 1\na TYPE999 \\# 65536 00").problems ==
          Lines{"2:14 zone.bad_number 65536|length|65535"});
    CHECK(read_zone_text("$TTL 1\na TYPE999 \\#").problems == Lines{"2:3 zone.missing_field TYPE999|length"});
    CHECK(read_zone_text("$TTL 1\na TYPE999 192.0.2.1").problems == Lines{"2:3 zone.type_without_text TYPE999"});
    CHECK(read_zone_text("$TTL 1\na LOC 60 9 N").problems == Lines{"2:3 zone.type_without_text LOC"});
}

TEST_CASE("zone text: every mistake is told at its place, and the entries around it are read")
{
    const std::pair<std::string_view, std::string_view> rows[] = {
        {"a TXT \"open", "2:7 zone.unclosed_quote"},
        {"a TXT (\n\"b\"", "2:7 zone.unclosed_parenthesis"},
        {"a TXT b )", "2:9 zone.unopened_parenthesis"},
        {"$INCLUDE other.zone", "2:1 zone.include"},
        {"$GENERATE 1-9 a$ A 192.0.2.$", "2:1 zone.generate"},
        {"$DATE 2026", "2:1 zone.unknown_directive $DATE"},
        {"$TTL", "2:1 zone.directive_argument $TTL"},
        {"$ORIGIN a b", "2:11 zone.directive_argument $ORIGIN"},
        {"$TTL soon", "2:6 zone.bad_ttl soon"},
        {"$ORIGIN a..b", "2:9 zone.empty_label a..b"},
        {"a 1x A 192.0.2.1", "2:3 zone.bad_ttl 1x"},
        {"a CH TXT b", "2:3 zone.wrong_class CH"},
        {"a IN", "2:3 zone.no_type"},
        {"a", "2:1 zone.no_type"},
        {"a BX 10 b", "2:3 zone.unknown_type BX"},
        {"a IN IN A 192.0.2.1", "2:6 zone.unknown_type IN"},
        {"a AXFR b", "2:3 zone.meta_type AXFR"},
        {"a OPT b", "2:3 zone.meta_type OPT"},
        {"a MX mail", "2:6 zone.bad_number mail|preference|65535"},
        {"a MX 65536 mail", "2:6 zone.bad_number 65536|preference|65535"},
        {"a MX 10", "2:6 zone.missing_field MX|exchange"},
        {"a MX", "2:3 zone.missing_field MX|preference"},
        {"a MX 10 mail mail", "2:14 zone.extra_field MX|mail"},
        {"a A 192.0.2.256", "2:5 zone.bad_ipv4 192.0.2.256"},
        {"a A 2001:db8::1", "2:5 zone.bad_ipv4 2001:db8::1"},
        {"a A ::ffff:192.0.2.1", "2:5 zone.bad_ipv4 ::ffff:192.0.2.1"},
        {"a AAAA 192.0.2.1", "2:8 zone.bad_ipv6 192.0.2.1"},
        {"a..b A 192.0.2.1\n  TXT c", "2:1 zone.empty_label a..b"},
        {"a CNAME .b", "2:9 zone.empty_label .b"},
        {"a CNAME \"\"", "2:9 zone.bad_name "},
        {"a CNAME b\\25", "2:9 zone.bad_escape b\\25"},
        {"a TXT b\\256", "2:7 zone.bad_escape b\\256"},
        {"a SSHFP 1 1 xy", "2:13 zone.bad_hex xy"},
        {"a DNSKEY 1 1 1 !", "2:16 zone.bad_base64 !"},
        {"a NS 192.0.2.1", "2:6 zone.host_is_address NS|192.0.2.1"},
        {"日本語\\.x 1 A x", "2:12 zone.bad_ipv4 x"},
    };
    for (const auto& [text, problem] : rows) {
        CAPTURE(text);
        const auto zone = read_zone_text("before 60 A 192.0.2.1\n" + std::string{text} + "\nafter 60 A 192.0.2.1\n");
        REQUIRE(zone.problems.size() == 1);
        CHECK(zone.problems[0] == problem);
        CHECK(zone.records.front() == "before.example.jp. 60 IN A 192.0.2.1");
        if (!text.starts_with("a TXT (")) CHECK(zone.records.back() == "after.example.jp. 60 IN A 192.0.2.1");
    }
    CHECK(read_zone_text(" 60 A 192.0.2.1").problems == Lines{"1:2 zone.no_owner"});
    CHECK(read_zone_text("a 1 TXT " + std::string(255, 'x')).problems == Lines{});
    CHECK(read_zone_text("a 1 TXT " + std::string(256, 'x')).problems == Lines{"1:9 zone.long_string 256"});
    CHECK(read_zone_text(std::string(63, 'x') + " 1 TXT b").problems == Lines{});
    CHECK(read_zone_text(std::string(64, 'x') + " 1 TXT b").problems ==
          Lines{"1:1 zone.long_label " + std::string(60, 'x') + "..."});
}

TEST_CASE("zone text: all mistakes are told at once, up to a hundred")
{
    std::string text = "$TTL 1\n";
    for (int i = 0; i < 250; ++i) text += "a BX b\n";
    const auto zone = read_zone_text(text);
    REQUIRE(zone.problems.size() == 101);
    CHECK(zone.problems[0] == "2:3 zone.unknown_type BX");
    CHECK(zone.problems[99] == "101:3 zone.unknown_type BX");
    CHECK(zone.problems[100] == "101:3 zone.more_problems 150");
}

TEST_CASE("zone text: a stranger's octets are not repeated raw")
{
    const auto zone = read_zone_text("a 1 \x1b[31mred b");
    REQUIRE(zone.problems.size() == 1);
    CHECK(zone.problems[0] == "1:5 zone.unknown_type \\027[31mred");
}

TEST_CASE("zone text: a hundred thousand parentheses are a number, not a stack")
{
    CHECK(read_zone_text("a 1 TXT " + std::string(1'000'000, '(') + "b" + std::string(1'000'000, ')')).problems ==
          Lines{});
    CHECK(read_zone_text("a 1 TXT b" + std::string(1'000'000, '(')).problems ==
          Lines{"1:10 zone.unclosed_parenthesis"});
}

TEST_CASE("zone text: what is written is read back")
{
    const std::string_view text = R"($TTL 60
@ SOA ns hostmaster 1 2 3 4 5
@ NS ns
@ MX 10 mail
@ MX 5 Mail2
@ TXT "v=spf1 mx -all" "\001\"; ("
ns A 192.0.2.1
ns AAAA 2001:db8::1
*.w\.x A 192.0.2.9
_smtp._tcp SRV 1 2 25 mail
_443._tcp TLSA 3 1 1 0a0b
k DNSKEY 257 3 8 AwEAAbmi
k CAA 0 issue "ca.example.net; x=y"
k NAPTR 100 10 "u" "E2U+sip" "!^.*$!sip:info@example.jp!" .
k TYPE731 \# 2 abcd
k TYPE731 \# 0
k HINFO PC "Net BSD"
k URI 1 2 "https://example.jp/"
)";
    ZoneProblems problems;
    std::vector<Record> records;
    for (auto& placed : parse_zone_text(text, name("example.jp"), problems)) records.push_back(placed.record);
    REQUIRE(problems.take().empty());
    REQUIRE(records.size() == 17);
    const std::string written = format_zone(name("example.jp"), records);
    CHECK(written.starts_with("$ORIGIN example.jp.\nexample.jp. 60 IN SOA ns.example.jp. "));
    std::vector<Record> again;
    for (auto& placed : parse_zone_text(written, Name{}, problems)) again.push_back(placed.record);
    CHECK(problems.take().empty());
    CHECK(again.size() == records.size());
    CHECK(format_zone(name("example.jp"), again) == written);
    for (const Record& record : records) CHECK(std::ranges::find(again, record) != again.end());
    std::ranges::reverse(records);
    CHECK(format_zone(name("example.jp"), records) == written);
}

TEST_CASE("zone check: what named-checkzone finds is found")
{
    CHECK(checked("") == Lines{});
    CHECK(read_zone_text("ns 60 A 192.0.2.1\n", "example.jp", true).problems ==
          Lines{"1:1 zone.no_ns example.jp.", "1:1 zone.no_soa example.jp."});
    CHECK(checked("@ 60 SOA ns hostmaster 2 2 3 4 5") == Lines{"4:1 zone.two_soa 1"});
    CHECK(checked("@ 60 SOA NS hostmaster 1 2 3 4 5") == Lines{}); // the same twice is one
    CHECK(checked("a 60 SOA ns hostmaster 2 2 3 4 5") == Lines{"4:1 zone.soa_elsewhere a.example.jp.|example.jp."});
    CHECK(checked("a 60 CNAME ns\na 60 TXT b") == Lines{"5:1 zone.cname_and_other a.example.jp.|4"});
    CHECK(checked("a 60 TXT b\na 60 CNAME ns") == Lines{"5:1 zone.cname_and_other a.example.jp.|4"});
    CHECK(checked("a 60 CNAME ns\na 60 CNAME www") == Lines{"5:1 zone.two_cnames a.example.jp.|4"});
    CHECK(checked("a 60 CNAME ns\nA 60 CNAME NS") == Lines{});
    CHECK(checked("@ 60 NS alias\nalias 60 CNAME ns") == Lines{"4:1 zone.ns_is_alias alias.example.jp.|5"});
    CHECK(checked("@ 60 NS nowhere") == Lines{"4:1 zone.ns_without_address nowhere.example.jp."});
    CHECK(checked("@ 60 NS far.example.com.") == Lines{});
    CHECK(checked("@ 60 MX 10 alias\nalias 60 CNAME ns") == Lines{"4:1 zone.mx_is_alias alias.example.jp.|5"});
    CHECK(checked("@ 60 MX 10 nowhere") == Lines{"4:1 zone.mx_without_address nowhere.example.jp."});
    CHECK(checked("@ 60 MX 0 .") == Lines{});
    CHECK(checked("*.w 60 A 192.0.2.3\n@ 60 MX 10 any.w") == Lines{});
    CHECK(checked("*.w 60 A 192.0.2.3\nany.w 60 TXT x\n@ 60 MX 10 any.w") ==
          Lines{"6:1 zone.mx_without_address any.w.example.jp."});
    CHECK(checked("_s._tcp 60 SRV 1 1 1 nowhere") == Lines{"4:1 zone.srv_without_address nowhere.example.jp."});
    CHECK(checked("child 60 NS ns.child") == Lines{"4:1 zone.missing_glue ns.child.example.jp.|child.example.jp."});
    CHECK(checked("child 60 NS ns.child\nns.child 60 AAAA 2001:db8::1") == Lines{});
    CHECK(checked("child 60 NS ns.sister\nsister 60 NS ns") ==
          Lines{"4:1 zone.missing_sibling_glue ns.sister.example.jp.|sister.example.jp."});
    CHECK(checked("child 60 NS ns\na.child 60 TXT b") ==
          Lines{"5:1 zone.below_delegation a.child.example.jp.|child.example.jp."});
    CHECK(checked("www.example.com. 60 A 192.0.2.1") == Lines{"4:1 zone.out_of_zone www.example.com.|example.jp."});
    CHECK(checked("a_b 60 A 192.0.2.1") == Lines{"4:1 zone.no_host_name a_b.example.jp.|A"});
    CHECK(checked("*.b 60 A 192.0.2.1") == Lines{});
}

TEST_CASE("zone problems: every key has its arguments, and no two are alike")
{
    const auto kinds = zone_problem_kinds();
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        CHECK(kinds[i].key.starts_with("zone."));
        for (std::size_t j = 0; j < i; ++j) CHECK(kinds[i].key != kinds[j].key);
    }
}
