/// BIND's tools on the zones that we read, and on those that we refuse, where they are installed (bind9-utils).
#include "protocols/dns/zone_text.hpp"
#include "tests/unit/dns/hex.hpp"
#include "tests/unit/skip.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace tegami;
using namespace tegami::dns;
using test::name;

namespace {

bool bind_tool_is_absent(const std::string& tool)
{
    if (std::system(("command -v " + tool + " >/dev/null").c_str()) == 0) return false;
    test::skip(tool + " (bind9-utils) is not installed");
    return true;
}

/// What a command prints, and how it ends, with `text` in the file %.
struct Ran {
    int status = 0;
    std::string said;
};
Ran run_with_file(std::string command, const std::string& text)
{
    const std::string path =
        std::filesystem::temp_directory_path() / ("tegami-zone-" + std::to_string(::getpid()) + ".zone");
    std::ofstream{path, std::ios::binary} << text;
    command.replace(command.find('%'), 1, path);
    Ran ran;
    FILE* const pipe = ::popen((command + " 2>&1").c_str(), "r");
    if (pipe == nullptr) return {-1, "no pipe"};
    for (char piece[4096]; const std::size_t read = std::fread(piece, 1, sizeof piece, pipe);)
        ran.said.append(piece, read);
    ran.status = ::pclose(pipe);
    std::filesystem::remove(path);
    return ran;
}

/// The zone's canonical text; empty, and `problems` the keys, where there are errors.
std::string canonical_zone(std::string_view text, std::string& problems)
{
    ZoneProblems found;
    std::vector<Record> records;
    const auto placed = parse_zone_text(text, name("example.jp"), found);
    check_zone(name("example.jp"), placed, found);
    const bool has_errors = found.has_errors();
    for (const auto& problem : found.take())
        problems += (problem.severity == Severity::error ? "error " : "warning ") + std::string{problem.key} + "; ";
    if (has_errors) return {};
    for (const auto& each : placed)
        if (each.record.owner.is_at_or_below(name("example.jp"))) records.push_back(each.record);
    return format_zone(name("example.jp"), records);
}

const std::string apex = "$TTL 3600\n@ SOA ns hostmaster 1 7200 900 1209600 300\n@ NS ns\nns A 192.0.2.1\n";

} // namespace

TEST_CASE("named-compilezone reads our zones as we do")
{
    if (bind_tool_is_absent("named-compilezone")) return;
    const std::string zones[] = {
        apex,
        apex +
            "$ORIGIN sub\n@ 1h30m IN TXT \"a b\" c\\;d ( \"(\"\n ) ; comment\n  IN 2w AAAA 2001:db8::1\nx.y CNAME @\n",
        apex + "*.w MX 10 ns\na\\.b TXT \"\\001\\255\\\"\" \"\"\n\\* TXT \"\\\\\"\n",
        apex + "_s._tcp SRV 1 2 25 ns\n@ MX 0 .\n@ TYPE731 \\# 3 abcdef\n@ TYPE732 \\# 0\nr A \\# 4 c0000201\n",
        apex + "a PTR ns\n@ CAA 0 issue \"ca.example.net; a=b\"\n@ URI 1 2 \"https://example.jp/\"\nk SSHFP 1 1 "
               "00112233445566778899aabbccddeeff00112233\n",
        apex + "n NAPTR 100 10 \"u\" \"E2U+sip\" \"!^.*$!sip:i@example.jp!\" .\nh HINFO PC \"Net BSD\"\nf AFSDB 1 "
               "ns\nr RP ns .\np PX 1 ns ns\n",
        apex + "d DS 12345 8 2 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\nd NS ns\nt TLSA 3 1 1 "
               "aabb ccdd 00112233445566778899aabbccddeeff001122334455667788990011\n",
        apex + "child NS ns.child\nns.child A 192.0.2.3\nns.child AAAA ::1\nchild NS far.example.com.\n",
        apex + "a 60 A 192.0.2.1\na 61 A 192.0.2.2\nA 60 A 192.0.2.1\n",
        apex + "six AAAA 2001:DB8:0:0:1:0:0:1\nsix2 AAAA ::ffff:192.0.2.1\nsix3 AAAA ::192.0.2.1\nsix4 AAAA "
               "1:2:3:4:5:6:7:8\n",
        apex + "\"quoted\" TXT x\nlong TXT " + std::string(255, 'x') + "\n\tTXT tab\tseparated\n",
        apex + "www.example.com. A 192.0.2.9\nwww A 192.0.2.9\n",
        "@ 5 SOA ns hostmaster 1 2h 15M 2W 1d\n NS ns\nns A 192.0.2.1\nb TXT x\n",
        "@ SOA ns hostmaster 1 7200 900 1209600 300\n@ NS ns\nns 7 A 192.0.2.1\nb TXT x\n",
    };
    for (const std::string& text : zones) {
        CAPTURE(text);
        std::string problems;
        const std::string ours = canonical_zone(text, problems);
        CAPTURE(problems);
        const Ran ran = run_with_file("named-compilezone -q -i local -k ignore -s full -o - example.jp %", text);
        CAPTURE(ran.said);
        REQUIRE(ran.status == 0);
        std::string none;
        CHECK(canonical_zone(ran.said, none) == ours);
        CHECK_FALSE(ours.empty());
        // And our text is the same zone to it.
        const Ran again = run_with_file("named-compilezone -q -i local -k ignore -s full -o - example.jp %", ours);
        CHECK(again.said == ran.said);
    }
}

TEST_CASE("named-checkzone refuses what we refuse, and loads what we warn about")
{
    if (bind_tool_is_absent("named-checkzone")) return;
    const std::string zones[] = {
        "ns 60 A 192.0.2.1\n",
        "$TTL 60\n@ NS ns\nns A 192.0.2.1\n",
        "$TTL 60\n@ SOA ns h 1 2 3 4 5\nns A 192.0.2.1\n",
        apex + "@ SOA ns h 2 2 3 4 5\n",
        apex + "a SOA ns h 2 2 3 4 5\n",
        apex + "a CNAME ns\na TXT b\n",
        apex + "a CNAME ns\na CNAME www\n",
        apex + "a CNAME ns\na CNAME NS\n",
        apex + "@ NS alias\nalias CNAME ns\n",
        apex + "@ NS nowhere\n",
        apex + "@ NS far.example.com.\n",
        apex + "@ NS 192.0.2.1\n192.0.2.1 A 192.0.2.1\n",
        apex + "@ MX 10 192.0.2.1\n",
        apex + "@ MX 10 alias\nalias CNAME ns\n",
        apex + "@ MX 10 nowhere\n",
        apex + "@ MX 10 any.w\n*.w A 192.0.2.1\n",
        apex + "_s._tcp SRV 1 1 1 nowhere\n",
        apex + "_s._tcp SRV 1 1 1 alias\nalias CNAME ns\n",
        apex + "child NS ns.child\n",
        apex + "child NS ns.sister\nsister NS ns\n",
        apex + "child NS ns\na.child TXT b\n",
        apex + "www.example.com. A 192.0.2.1\n",
        apex + "a 60 A 192.0.2.1\na 61 A 192.0.2.2\n",
        apex + "a TXT \"open\n",
        apex + "a TXT ( b\n",
        apex + "a TXT b )\n",
        apex + "$INCLUDE nowhere.zone\n",
        apex + "$UNKNOWN x\n",
        apex + "$TTL soon\n",
        apex + "$TTL\n",
        apex + "a..b TXT x\n",
        apex + std::string(64, 'x') + " TXT x\n",
        apex + "a 1x TXT b\n",
        apex + "a 1h30 TXT b\n",
        apex + "a CH TXT b\n",
        apex + "a IN\n",
        apex + "a BX 10 b\n",
        apex + "a AXFR b\n",
        apex + "a MX mail\n",
        apex + "a MX 65536 ns\n",
        apex + "a MX 10\n",
        apex + "a MX 10 ns ns\n",
        apex + "a A 192.0.2.256\n",
        apex + "a A 2001:db8::1\n",
        apex + "a AAAA 192.0.2.1\n",
        apex + "a AAAA 2001:db8:::1\n",
        apex + "a TXT b\\256\n",
        apex + "a TXT " + std::string(256, 'x') + "\n",
        apex + "a TYPE9 \\# 3 0a00\n",
        apex + "a A \\# 3 0a0000\n",
        apex + "a TYPE999 \\# 2 0a0g\n",
        apex + "a TYPE999 192.0.2.1\n",
        apex + "a SSHFP 1 1 xy\n",
        apex + "a TXT\n",
        "  60 TXT nobody's\n" + apex,
        apex + "a_b A 192.0.2.1\n",
        apex + "*.b A 192.0.2.1\n",
        apex + "a ANY x\n",
        apex + "a 2147483648 TXT b\n",
        apex + "a 4294967296 TXT b\n",
    };
    // Where we are stricter, on purpose: a teacher's slip is told, not mended in silence.
    const std::string stricter[] = {"zone.large_ttl"};
    for (const std::string& text : zones) {
        std::string problems;
        const bool refused = canonical_zone(text, problems).empty();
        const Ran ran = run_with_file("named-checkzone -i local -k warn example.jp %", text);
        CAPTURE(text, problems, ran.said);
        if (std::ranges::any_of(stricter, [&](const auto& key) { return problems.contains(key); }))
            CHECK(refused);
        else
            CHECK(refused == (ran.status != 0));
    }
}
