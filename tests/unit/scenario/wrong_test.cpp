/// Files with mistakes, and what is said about them.

#include "sim/scenario/read_scenario.hpp"

#include "tests/unit/scenario/catalogue.hpp"

#include <catch2/catch.hpp>

using namespace tegami::scenario;

namespace {

/// Ten lines of a world that is right; what a row adds begins on line 11.
const std::string small_world = R"(title = "x"
[isp.sakura]
domain = "sakura.example.jp"
[company.example]
domain = "example.com"
[user.alice]
at = "sakura"
submits.server = "example-mx1"
[user.bob]
at = "example"
)";

/// Every problem as "line:column key value value", one a line.
std::string told(const std::string& text)
{
    const auto read = read_scenario(text);
    if (read) return "";
    REQUIRE(!read.error().empty());
    std::string all;
    Position before;
    for (const Problem& problem : read.error()) {
        CHECK(before <= problem.at);
        before = problem.at;
        if (!all.empty()) all += '\n';
        all += std::to_string(problem.at.line) + ':' + std::to_string(problem.at.column) + ' ' +
               std::string{problem.key.starts_with("scenario.") ? problem.key.substr(9) : problem.key};
        for (const auto& [name, value] : problem.arguments)
            if (name != "known" && name != "example" && name != "units") all += ' ' + value;
        for (const char* language : {"en", "ja"}) CHECK(scenario_tests::in_words(problem, language).size() > 10);
    }
    return all;
}

struct WrongRow {
    const char* added;
    const char* problems;
};

void expect(std::initializer_list<WrongRow> rows)
{
    for (const WrongRow& row : rows) {
        CAPTURE(row.added);
        CHECK(told(small_world + row.added) == row.problems);
    }
}

} // namespace

TEST_CASE("the small world itself is right", "[wrong]") { CHECK(told(small_world) == ""); }

TEST_CASE("ten typical mistakes of a teacher", "[wrong]")
{
    expect({
        // 1. An amount without quotes.
        {"[link.home-alice]\nrate = 100Mbit/s\n", "12:8 syntax.unquoted 100Mbit/s"},
        // 2. One bracket instead of two.
        {"[[do]]\nat = \"1s\"\nbob.reads = {}\n[do]\nat = \"2s\"\nbob.reads = {}\n", "14:1 syntax.one_bracket do"},
        // 3. A key misspelt.
        {"[link.home-alice]\ndealy = \"5ms\"\n", "12:1 unknown_key.meant dealy delay"},
        // 4. A site misspelt.
        {"[user.carol]\nat = \"sakra\"\n", "12:6 name.unknown.meant sakra sakura"},
        // 5. The verb in its plain form.
        {"[[do]]\nat = \"1s\"\nbob.read = {}\n", "13:5 verb.meant read reads"},
        // 6. A mail that nobody sends.
        {"[[do]]\nafter = { mail = 1, ends = \"R2\" }\nbob.reads = {}\n", "12:18 mail.none 1"},
        // 7. A quote forgotten.
        {"[user.carol]\nat = \"sakura\n", "12:13 syntax.unclosed"},
        // 8. A table in braces over several lines.
        {"[user.carol]\nat = \"sakura\"\nname = { en = \"Carol\",\n  ja = \"キャロル\" }\n",
         "13:23 syntax.inline_newline"},
        // 9. The unit forgotten.
        {"[[do]]\nat = 1\nbob.reads = {}\n", "12:6 expects.amount"},
        // 10. Full-width characters.
        {"[user.carol]\nat = “sakura”\n", "12:6 wide “ \""},
    });
}

TEST_CASE("all mistakes of meaning come at once", "[wrong]")
{
    CHECK(told(R"(titel = "x"
start = 2026-04-06
until = "5 minutes"
[isp.sakura]
domain = "sakura.example.jp"
hosts = { out = ["msa"], box = ["mda"] }
[usr.alice]
at = "sakura"
[company.example]
domain = "mail.sakura.example.jp"
[user.bob]
at = "exampel"
submits = { prot = 25 }
[[do]]
alice.sends = { to = "bob@example.com", subject = "x", text = "y" }
[[do]]
at = "1s"
bob.read = { wiht = "pc" }
[[do]]
at = "1s"
home-bob.goes = "dwon"
[[do]]
after = { mail = 7, ends = "R2" }
mx1.stops = true
[[check]]
mail = 1
is_in = "bobs/INBOX"
)") == R"(1:1 unknown_key.meant titel title
2:9 date.zone
3:9 amount.unit 5 minutes
6:17 roles.msa_alone sakura-out
6:32 roles.mda_mra sakura-box mra
7:2 unknown_key.meant usr user
10:10 domain.shared mail.sakura.example.jp sakura.example.jp 5 sakura.example.jp
12:6 name.unknown.meant exampel example
13:13 unknown_key.meant prot port
14:1 act.when
18:5 verb.meant read reads
18:14 unknown_key.meant wiht with
21:17 word.meant dwon down
23:18 mail.number 7 1
24:1 name.unknown.meant mx1 example-mx1
27:9 name.unknown.meant bobs bob)");
}

TEST_CASE("mistakes in the TOML", "[wrong]")
{
    expect({
        {"a = 1\na = 2\n", "12:5 syntax.twice a"},
        {"[user.alice]\n", "11:1 syntax.twice user.alice"},
        {"[[check]]\nmail = 1\n[check]\n", "13:1 syntax.one_bracket check"},
        {"alice sends = 1\n", "11:7 syntax.equals"},
        {"x: 1\n", "11:2 syntax.equals"},
        {"x = 007\n", "11:5 syntax.number 007"},
        {"x = 99999999999999999999\n", "11:5 syntax.number 99999999999999999999"},
        {"x = 2%\n", "11:5 syntax.unquoted 2%"},
        {"x = True\n", "11:5 syntax.unquoted True"},
        {"x = { y = 5min }\n", "11:11 syntax.unquoted 5min"},
        {"x = 2026-13-06\n", "11:5 expects.date"},
        {"x = {a = 1,}\n", "11:12 syntax.trailing_comma"},
        {"x = '''\n\n", "12:2 syntax.unclosed"},
        {"[user.carol\nat = \"x\"\n", "11:12 syntax.header"},
    });
}

TEST_CASE("wrong kinds of values", "[wrong]")
{
    expect({
        {"[company.x]\ndomain = 1\n", "12:10 expects.text"},
        {"[company.x]\ndomain = \"X.example\"\n", "12:10 domain X.example"},
        {"[company.x]\ndomain = \"example\"\n", "12:10 domain example"},
        {"[company.x]\ndomain = \"-a.example\"\n", "12:10 domain -a.example"},
        {"[company.x]\n", "11:10 missing_key domain"},
        {"[company]\nname = \"x\"\n", "12:1 expects.named company"},
        {"[company.X]\ndomain = \"x.example\"\n", "11:10 name.form X"},
        {"[company.x]\ndomain = \"x.example\"\nname = { en = \"x\" }\n", "13:8 people_text.language ja"},
        {"[company.x]\ndomain = \"x.example\"\nname = { en = \"x\", jp = \"y\" }\n",
         "13:8 people_text.language ja\n13:20 unknown_key.meant jp ja"},
        {"[company.x]\ndomain = \"x.example\"\nname = 1\n", "13:8 expects.two_texts"},
        {"[company.x]\ndomain = \"x.example\"\nname = \"a\\u001Bb\"\n", "13:8 text.control"},
        {"[company.x]\ndomain = \"x.example\"\nhosts = [\"mta\"]\n", "13:9 expects.table"},
        {"[company.x]\ndomain = \"x.example\"\nhosts = { a = \"mta\" }\n", "13:15 expects.text_list"},
        {"[company.x]\ndomain = \"x.example\"\nhosts = { a = [] }\n", "13:15 roles.none a"},
        {"[company.x]\ndomain = \"x.example\"\nhosts = { a = [\"mda\", \"mra\", \"mda\"] }\n", "13:30 roles.twice mda"},
        {"[company.x]\ndomain = \"x.example\"\nhosts = { a = [\"mda\", \"mra\", \"msa\"] }\n",
         "13:15 roles.msa_alone x-a"},
        {"[user.carol]\nat = \"sakura\"\nsubmits = { port = 0 }\n", "13:20 range 0 1 65535"},
        {"[user.carol]\nat = \"sakura\"\nsubmits = { port = 65536 }\n", "13:20 range 65536 1 65535"},
        {"[user.carol]\nat = \"sakura\"\nsubmits = { port = \"25\" }\n", "13:20 expects.integer"},
        {"[user.carol]\nat = \"sakura\"\ndevices = {}\n", "13:11 user.no_device carol"},
        {"[user.carol]\nat = \"sakura\"\ndevices = { pc = { reads = \"imap\" } }\n", "13:28 not_yet imap"},
        {"[user.carol]\nat = \"sakura\"\nsubmits = { server = \"nowhere\" }\n", "13:22 name.unknown nowhere"},
        {"[user.carol]\nat = \"sakura\"\nsubmits = { server = \"bob-pc\" }\n", "13:22 server.no_mta bob-pc"},
        {"[link.home-alice]\nloss = 2\n", "12:8 expects.amount"},
        {"[link.home-alice]\nloss = 0.5\n", "12:8 expects.amount"},
        {"[link.home-alice]\nloss = \"101%\"\n", "12:8 amount.range 101% 0% 100%"},
        {"[link.home-alice]\nloss = \"0.00001%\"\n", "12:8 amount.fine 0.00001% 0.0001%"},
        {"[link.home-alice]\ndelay = \"0s\"\n", "12:9 amount.range 0s 1ns 1h"},
        {"[link.home-alice]\nrate = \"0bit/s\"\n", "12:8 amount.range 0bit/s 1bit/s 1000Gbit/s"},
        {"[link.home-alice]\nqueue = \"1 frame\"\n", ""},
        {"[[check]]\nframes = { sniff = \"alice-pc\", filter = \"tcp prt 25\", count = 1 }\n",
         "12:41 filter tcp prt 25 'prt' is no word of a filter; hosts are written by their addresses"},
        {"[link.home-alice]\nqueue = \"64KiB\"\nloss = \"100%\"\ndelay = \"1h\"\n", ""},
        {"[link.home-alice]\nqueue = \"0 frames\"\n", "12:9 amount.range 0 frames 1 frames 1000000 frames"},
        {"[link.home-alice]\nqueue = \"lots\"\n", "12:9 amount lots"},
        {"[link.home-alice]\ncolour = \"red\"\n", "12:1 unknown_key colour"},
        {"[link.home-alice]\nmtu = 575\n", "12:7 range 575 576 1500"},
        {"[link.home-alice]\nmtu = 1501\n", "12:7 range 1501 576 1500"},
        {"[link.home-alice]\nmtu = 576\njitter = \"0s\"\n", ""},
    });
}

TEST_CASE("names", "[wrong]")
{
    expect({
        {"[user.sakura]\nat = \"sakura\"\n", "11:7 name.twice sakura 2"},
        {"[user.at]\nat = \"sakura\"\n", "11:7 name.reserved at"},
        {"[company.internet]\ndomain = \"core.example\"\n", "11:10 name.reserved internet"},
        {"[company.tld-de]\ndomain = \"core.example\"\n", "11:10 name.reserved tld-de"},
        {"[user.root]\nat = \"sakura\"\n", "11:7 name.reserved root"},
        {"[user.example-mail]\nat = \"sakura\"\n", "11:7 name.twice example-mail 4"},
        {"[user.home-alice]\nat = \"sakura\"\n", "11:7 name.twice home-alice 6"},
        {"[user.a]\nat = \"sakura\"\ndevices = { b-c = {} }\n[user.a-b]\nat = \"sakura\"\ndevices = { c = {} }\n",
         "16:13 name.twice a-b-c 13"},
        {"[company.x]\ndomain = \"EXAMPLE.com\"\n", "12:10 domain EXAMPLE.com"},
        {"[company.x]\ndomain = \"example.com\"\n", "12:10 domain.shared example.com example.com 5 example.com"},
        {"[company.x]\ndomain = \"a.b.example.com\"\n",
         "12:10 domain.shared a.b.example.com example.com 5 example.com"},
        {"[company.x]\ndomain = \"example.jp\"\n", "12:10 domain.shared example.jp sakura.example.jp 3 example.jp"},
        {"[company.x]\ndomain = \"badexample.com\"\n", ""},
        {"[company.x]\ndomain = \"x.example\"\nnet = \"192.0.2.1/24\"\n", "13:7 net 192.0.2.1/24"},
        {"[company.x]\ndomain = \"x.example\"\nnet = \"192.0.2/24\"\n", "13:7 net 192.0.2/24"},
        {"[company.x]\ndomain = \"x.example\"\nnet = \"10.0.0.0/30\"\n", "13:7 net.length 10.0.0.0/30 8 29"},
        {"[company.x]\ndomain = \"x.example\"\nnet = \"2001:db8::/32\"\n",
         "13:7 net.overlap 2001:db8::/32 2001:db8:ffff::/48 (internet)"},
        {"[company.x]\ndomain = \"x.example\"\nnet = \"2001:db8:1:2::/64\"\n",
         "13:7 net.overlap 2001:db8:1:2::/64 2001:db8:1::/48 (sakura)"},
        {"[company.x]\ndomain = \"x.example\"\nnet = \"2001:db8:9::/65\"\n", "13:7 net.length 2001:db8:9::/65 32 64"},
        {"[company.x]\ndomain = \"x.example\"\nnet = [\"10.0.0.0/29\", \"10.1.0.0/29\"]\n", ""},
        {"[company.x]\ndomain = \"x.example\"\nnet = [\"10.0.0.0/29\"]\n", ""},
        {"[company.x]\ndomain = \"x.example\"\nnet = \"192.0.2.128/25\"\n",
         "13:7 net.overlap 192.0.2.128/25 192.0.2.0/24 (sakura)"},
        {"[company.x]\ndomain = \"x.example\"\nnet = \"198.18.0.0/15\"\n",
         "13:7 net.overlap 198.18.0.0/15 198.18.0.0/15 (internet)"},
        {"[company.x]\ndomain = \"x.example\"\nnet = \"198.20.0.0/24\"\n", ""},
    });
}

TEST_CASE("a default net that an explicit one of another site covers is the explicit one's mistake", "[wrong]")
{
    CHECK(told("title = \"x\"\n[isp.a]\ndomain = \"a.example\"\nnet = \"198.51.100.0/24\"\n[isp.b]\ndomain = "
               "\"b.example\"\n") == "4:7 net.overlap 198.51.100.0/24 198.51.100.0/24 (b)");
}

TEST_CASE("links", "[wrong]")
{
    expect({
        {"[link.home-alicia]\n", "11:7 link.no_ends.meant home-alicia home-alice"},
        {"[link.x]\nrate = \"1Mbit/s\"\n", "11:7 link.no_ends x"},
        {"[link.x]\nbetween = [\"sakura-edge\"]\n", "12:11 expects.two_names"},
        {"[link.x]\nbetween = [\"sakura-edge\", \"sakura-edge\"]\n", "12:27 link.same_ends"},
        {"[link.x]\nbetween = [\"alice-pc\", \"example-edge\"]\n", "12:12 link.host_end alice-pc"},
        {"[link.x]\nbetween = [\"alice\", \"example-edge\"]\n", "12:12 name.unknown.meant alice alice-pc"},
        {"[link.x]\nbetween = [\"alice-pc\", \"sakura-edge\"]\n", ""},
        {"[link.x]\nbetween = [\"example-edge\", \"sakura-edge\"]\n", ""},
        {"[link.home-alice]\nbetween = [\"sakura-edge\", \"alice-pc\"]\n", ""},
        {"[link.home-alice]\nbetween = [\"bob-pc\", \"example-edge\"]\n",
         "12:12 link.other_ends home-alice alice-pc, sakura-edge"},
        {"[link.x]\nbetween = [\"sakura-edge\", \"example-edge\"]\n[link.y]\nbetween = [\"example-edge\", "
         "\"sakura-edge\"]\n",
         "13:7 link.ends_twice y x"},
    });
}

TEST_CASE("acts", "[wrong]")
{
    const std::string letter =
        "[[do]]\nat = \"1s\"\nalice.sends = { to = \"bob@example.com\", subject = \"x\", text = \"y\" }\n";
    CHECK(told(small_world + letter) == "");
    expect({
        {"[[do]]\n", "11:1 act.when\n11:1 act.nothing"},
        {"[[do]]\nat = \"1s\"\n", "11:1 act.nothing"},
        {"[[do]]\nat = \"1s\"\nafter = { host = \"bob-pc\", is = \"stopped\" }\nbob.reads = {}\n", "11:1 act.both"},
        {"[[do]]\nat = \"1s\"\nbob.reads = {}\nalice.reads = {}\n", "14:1 act.several bob alice"},
        {"[[do]]\nat = \"1s\"\nbob = \"reads\"\n", "13:1 act.verb bob"},
        {"[[do]]\nat = \"1s\"\nbob.reads = {}\nbob.sends = {}\n", "13:1 act.verb bob"},
        {"[[do]]\nat = \"1s\"\nbob.swims = {}\n", "13:5 verb swims"},
        {"[[do]]\nat = \"1s\"\nbob.stops = true\n", "13:1 verb.user bob stops"},
        {"[[do]]\nat = \"1s\"\nbob-pc.reads = {}\n", "13:1 verb.host bob-pc reads"},
        {"[[do]]\nat = \"1s\"\nhome-alice.stops = true\n", "13:1 verb.link home-alice stops"},
        {"[[do]]\nat = \"1s\"\nsakura.stops = true\n", "13:1 verb.site sakura"},
        {"[[do]]\nat = \"1s\"\nmail.stops = true\n", "13:1 name.unknown.meant mail example-mail"},
        {"[[do]]\nat = \"1s\"\nexample-mail.stops = \"yes\"\n", "13:22 expects.truth"},
        {"[[do]]\nat = \"1s\"\nexample-mail.stops = false\n", "13:22 expects.truth"},
        {"[[do]]\nat = \"1s\"\nexample-mail.stops = { now = true }\n", "13:24 unknown_key now"},
        {"[[do]]\nat = \"1s\"\nexample-mail.crashes = { power = \"off\" }\n", "13:34 word off"},
        {"[[do]]\nat = \"1s\"\nhome-alice.loses = { next = 1 }\n", "13:12 missing_key from"},
        {"[[do]]\nat = \"1s\"\nhome-alice.loses = { next = 1, from = \"bob-pc\" }\n",
         "13:39 loses.end bob-pc home-alice alice-pc, sakura-edge"},
        {"[[do]]\nat = \"1s\"\nhome-alice.loses = 2\n", "13:20 expects.amount"},
        {"[[do]]\nat = \"1s\"\nbob.reads = { with = \"phone\" }\n", "13:22 device bob phone"},
        {"[isp.x]\ndomain = \"x.example\"\nhosts = { ns = [\"ns\"] }\n[user.carol]\nat = \"x\"\n[[do]]\nat = "
         "\"1s\"\ncarol.reads = true\n",
         "18:1 reads.no_mailbox carol x"},
        {"[[do]]\nat = \"1s\"\nbob.sends = { to = [], subject = \"x\", text = \"y\" }\n", "13:20 sends.nobody"},
        {"[[do]]\nat = \"1s\"\nbob.sends = { to = \"bob\", subject = \"x\", text = \"y\" }\n",
         "13:20 mail_address bob"},
        {"[[do]]\nat = \"1s\"\nbob.sends = { to = [\"a@b.example\", \"a b@c.example\"], subject = \"x\", text = \"y\" "
         "}\n",
         "13:36 mail_address a b@c.example"},
        {"[[do]]\nat = \"1s\"\nbob.sends = { to = \"bob@example.com\", subject = \"x\\nBcc: y\", text = \"y\" }\n",
         "13:49 text.line"},
        {"[[do]]\nat = \"1s\"\nbob.sends = { to = \"bob@example.com\", subject = \"x\" }\n", "13:5 missing_key text"},
        {"[[do]]\nat = \"1s\"\nbob.sends = { to = \"bob@example.com\", subject = \"x\", text = \"y\", server = "
         "\"alice-pc\" }\n",
         "13:75 server.no_mta alice-pc"},
        {"[isp.x]\ndomain = \"x.example\"\nhosts = { ns = [\"ns\"] }\n[user.carol]\nat = \"x\"\n[[do]]\nat = \"1s\"\n"
         "carol.sends = { to = \"bob@example.com\", subject = \"x\", text = \"y\" }\n",
         "18:1 sends.no_server carol"},
        {"[[do]]\nafter = {}\nbob.reads = {}\n", "12:9 after.form"},
        {"[[do]]\nafter = { mail = 1 }\nbob.reads = {}\n", "12:9 after.form"},
        {"[[do]]\nafter = { host = \"bob-pc\", ends = \"R2\" }\nbob.reads = {}\n", "12:9 after.form"},
        {"[[do]]\nafter = { host = \"bob\", is = \"stopped\" }\nbob.reads = {}\n",
         "12:18 name.unknown.meant bob bob-pc"},
        {"[[do]]\nafter = { host = \"bob-pc\", is = \"stoped\" }\nbob.reads = {}\n", "12:33 word.meant stoped stopped"},
        {"[[do]]\nafter = { mail = 0, ends = \"R2\" }\nbob.reads = {}\n", "12:18 range 0 1 4294967295"},
        {"[[do]]\nafter = \"1s\"\nbob.reads = {}\n", "12:9 expects.table"},
        {"[do]\nat = \"1s\"\n", "11:1 expects.blocks do"},
        {"do = []\n", "11:1 unknown_key do"},
    });
    const std::string second = "[[do]]\nafter = { mail = 1, ends = \"S5\" }\nbob.reads = {}\n";
    CHECK(told(small_world + letter + second) == "15:28 word.meant S5 S1");
    CHECK(told(small_world + letter + "[[do]]\nafter = { mail = 2, ends = \"R2\" }\nbob.reads = {}\n") ==
          "15:18 mail.number 2 1");
}

TEST_CASE("addresses, families and lines", "[wrong]")
{
    expect({
        {"[company.x]\ndomain = \"x.example\"\nip = []\n", "13:6 families"},
        {"[company.x]\ndomain = \"x.example\"\nip = [4, 4]\n", "13:6 families"},
        {"[company.x]\ndomain = \"x.example\"\nip = 4\n", "13:6 families"},
        {"[company.x]\ndomain = \"x.example\"\nlines = { dynamic = \"203.0.113.0/25\" }\n", "13:9 isp_only lines"},
        {"[company.x]\ndomain = \"x.example\"\nop25b = true\n", "13:9 isp_only op25b"},
        {"[isp.x]\ndomain = \"x.example\"\nlines = { dynamic = \"192.0.2.0/25\" }\n",
         "13:21 lines.outside 192.0.2.0/25 x"},
        {"[isp.x]\ndomain = \"x.example\"\nhosts = { m = { roles = [\"mta\"], address = \"192.0.2.7\" } }\n",
         "13:44 address.outside 192.0.2.7 x"},
        {"[isp.x]\ndomain = \"x.example\"\nhosts = { m = { roles = [\"mta\"], address = \"203.0.113.1\" } }\n",
         "13:44 address.taken 203.0.113.1"},
        {"[isp.x]\ndomain = \"x.example\"\nhosts = { m = { roles = [\"mta\"], address = [\"203.0.113.2\", "
         "\"203.0.113.3\"] } }\n",
         "13:60 address.two 203.0.113.3"},
        {"[isp.x]\ndomain = \"x.example\"\nip = [4]\nhosts = { m = { roles = [\"mta\"], address = \"2001:db8:3::2\" } "
         "}\n",
         "14:44 address.family 2001:db8:3::2 x"},
        {"[isp.x]\ndomain = \"x.example\"\nhosts = { m = { address = \"203.0.113.2\" } }\n", "13:11 missing_key roles"},
        {"[isp.x]\ndomain = \"x.example\"\nhosts = { m = { roles = [\"mta\"], address = \"203.0.113\" } }\n",
         "13:44 address 203.0.113"},
        {"[user.carol]\nat = \"example\"\nline = \"static\"\n", "13:8 line.company example"},
        {"[user.carol]\nat = \"sakura\"\nline = \"fixed\"\n", "13:8 word fixed"},
        {"[user.carol]\nat = \"sakura\"\nsubmits = { auth = \"SCRAM-SHA-256\" }\n", "13:20 not_yet SCRAM-SHA-256"},
        {"[user.carol]\nat = \"sakura\"\nsubmits = { auth = \"plain\" }\n", "13:20 word.meant plain PLAIN"},
        {"[user.carol]\nat = \"sakura\"\nsubmits = { server = \"mx1.exampel.com\" }\n",
         "13:22 name.unknown.meant mx1.exampel.com mx1.example.com"},
        {"[user.carol]\nat = \"sakura\"\nsubmits = { server = \"192.0.2.87\" }\n", ""},
        {"[user.carol]\nat = \"sakura\"\nsubmits = { server = \"example-mail\" }\n",
         "13:22 server.no_mta example-mail"},
        {"[company.x]\ndomain = \"a.gtld.example\"\n", "12:10 domain.taken a.gtld.example"},
        {"[company.x]\ndomain = \"a.co.jp\"\n[company.y]\ndomain = \"b.co.jp\"\n", ""},
        {"[company.x]\ndomain = \"x.a.co.jp\"\n[company.y]\ndomain = \"y.a.co.jp\"\n",
         "14:10 domain.shared y.a.co.jp x.a.co.jp 12 a.co.jp"},
    });
    CHECK(told("title = \"x\"\nip = [4]\n[isp.a]\ndomain = \"a.example\"\nip = [4, 6]\n") == "3:6 families.world a");
    CHECK(told("title = \"x\"\nip = [4, 5]\n") == "2:6 families");
}

TEST_CASE("filters", "[wrong]")
{
    const auto filter = [](const std::string& rows) {
        return "[filter.f]\nat = \"sakura-edge\"\nrows = [ " + rows + " ]\n";
    };
    const std::pair<std::string, const char*> rows[] = {
        {filter("{ from = \"sakura.dynamic\", to = \"any\", proto = \"tcp\", port = [25, 465], do = \"reset\" }"), ""},
        {filter("{ from = [\"alice-pc\", \"198.51.100.0/24\", \"2001:db8::1\", \"example-mx1:example-switch\"], do = "
                "\"prohibit\", state = \"new\" }"),
         ""},
        {filter("{ from = \"any\" }"), "13:10 missing_key do"},
        {filter("{ port = 25, do = \"drop\" }"), "13:10 filter.port"},
        {filter("{ port = \"25\", proto = \"tcp\", do = \"drop\" }"), "13:19 expects.integer"},
        {filter("{ from = \"sakura.dinamic\", do = \"drop\" }"),
         "13:19 name.unknown.meant sakura.dinamic sakura.dynamic"},
        {filter("{ from = \"example.dynamic\", do = \"drop\" }"), "13:19 line.company example"},
        {filter("{ from = \"192.0.2.1/24\", do = \"drop\" }"), "13:19 net 192.0.2.1/24"},
        {filter("{ to = \"alice-pc:core\", do = \"drop\" }"), "13:17 sniff.nic alice-pc:core"},
        {filter("{ do = \"block\" }"), "13:17 word block"},
        {"[filter.f]\nat = \"example-mx1\"\nrows = []\n", "12:6 filter.router example-mx1"},
        {"[filter.f]\nat = \"internet\"\nrows = []\n", "12:6 filter.router internet"},
        {"[filter.f]\nat = \"sakura\"\nrows = []\n", "12:6 name.unknown.meant sakura sakura-edge"},
        {"[filter.f]\nat = \"sakura-edge\"\nrows = {}\n", "13:8 expects.rows"},
        {filter("") + "[[do]]\nat = \"1s\"\nf.switches = { row = 1, on = true }\n", "16:22 filter.no_row f 1 0"},
        {filter("{ do = \"pass\" }") + "[[do]]\nat = \"1s\"\nf.stops = true\n", "16:1 verb.filter f stops"},
        {filter("{ do = \"pass\" }") + "[[check]]\nfilter = { name = \"g\", row = 1, hits = 1 }\n",
         "15:19 name.unknown.meant g f"},
        {"[[check]]\nfilter = { name = \"op25b\", row = 1, hits = 1 }\n", "12:19 filter.none op25b"},
    };
    for (const auto& [added, problems] : rows) {
        CAPTURE(added);
        CHECK(told(small_world + added) == problems);
    }
    std::string many;
    for (int i = 0; i < 1'000; ++i) many += "{ do = \"pass\" }, ";
    CHECK(told(small_world + filter(many)) == "");
    CHECK(told(small_world + filter(many + "{ do = \"pass\" }")).ends_with("filter.rows 1000"));
}

TEST_CASE("zones", "[wrong]")
{
    const auto zone = [](const std::string& text) { return "[zone.\"example.com\"]\ntext = '''\n" + text + "'''\n"; };
    const std::pair<std::string, const char*> rows[] = {
        {zone("@ 3600 IN MX 10 mx1\n@ 3600 IN MX 20 mail\n"), ""},
        {zone("www CNAME mx1\n_dmarc TXT \"v=DMARC1; p=none\"\nftp IN A 192.0.2.9 ; a comment\n"), ""},
        {zone("@ 3600 IN MX 10 192.0.2.1\n"), "13:17 zone.host_is_address MX 192.0.2.1"},
        {zone("www A 192.0.2.1\n@ 3600 IN MX 10 mx3\n"), "14:1 zone.mx_without_address mx3.example.com."},
        {zone("@ 3600 IN MX mx1\n"), "13:14 zone.bad_number mx1 preference 65535"},
        {zone("@ 3600 IN MXX 10 mx1\n"), "13:11 zone.unknown_type MXX"},
        {zone("  3600 IN MX 10 mx1\n"), "13:3 zone.no_owner"},
        {zone("mx1 3600 IN A 2001:db8::1\n"), "13:15 zone.bad_ipv4 2001:db8::1"},
        {zone("mx1 CNAME mail\n"), ""},
        {zone("mx1 CNAME mail\nmx1 A 192.0.2.1\n"), "14:1 zone.cname_and_other mx1.example.com. 13"},
        {"[zone.\"example.com\"]\ntext = \"@ 3600 IN MX 10 mx9\"\n", "12:9 zone.mx_without_address mx9.example.com."},
        {"[zone.jp]\ntext = \"sakura.example.jp. NS ns9.sakura.example.jp.\"\n",
         "12:9 zone.missing_glue ns9.sakura.example.jp. sakura.example.jp."},
        {"[zone.\".\"]\ntext = \"jp. 60 NS a.dns-jp.example.\"\n", ""},
    };
    for (const auto& [added, problems] : rows) {
        CAPTURE(added);
        CHECK(told(small_world + added) == problems);
    }
}

TEST_CASE("what a lesson says and asks", "[wrong]")
{
    const std::string world =
        small_world +
        "[[do]]\nat = \"1s\"\nalice.sends = { to = \"bob@example.com\", subject = \"x\", text = \"y\" }\n";
    const WrongRow rows[] = {
        {"[[say]]\nstep = \"S1\"\nhead = \"Off it goes\"\n", ""},
        {"[[say]]\nstep = \"S1\"\n", "14:1 say.nothing"},
        {"[[say]]\nhead = \"x\"\n", "14:1 missing_key step"},
        {"[[say]]\nstep = \"S9\"\nhead = \"x\"\n", "15:8 word.meant S9 S1"},
        {"[[say]]\nstep = \"S1\"\nmail = 2\nhead = \"x\"\n", "16:8 mail.number 2 1"},
        {"[[ask]]\nbefore = \"S1\"\ntext = \"?\"\nanswer = \"port\"\nchoices = [\"25\", \"587\"]\n", ""},
        {"[[ask]]\ntext = \"?\"\nanswer = \"port\"\nchoices = [\"25\", \"587\"]\n", "14:1 ask.when"},
        {"[[ask]]\nbefore = \"S1\"\nafter = \"S1\"\ntext = \"?\"\nanswer = \"port\"\nchoices = [\"25\", \"587\"]\n",
         "14:1 ask.when"},
        {"[[ask]]\nafter = \"S1\"\ntext = \"?\"\nanswer = \"prot\"\nchoices = [\"25\", \"587\"]\n",
         "17:10 name.unknown.meant prot port"},
        {"[[ask]]\nafter = \"S1\"\ntext = \"?\"\nanswer = \"dns.asked.prot\"\nchoices = [\"25\", \"587\"]\n",
         "17:10 name.unknown.meant prot port"},
        {"[[ask]]\nafter = \"S1\"\ntext = \"?\"\nanswer = \"dns.aksed.port\"\nchoices = [\"25\", \"587\"]\n",
         "17:10 name.unknown.meant dns.aksed dns.asked"},
        {"[[ask]]\nafter = \"S1\"\ntext = \"?\"\nanswer = \"port\"\nchoices = [\"25\"]\n", "18:11 ask.choices"},
        {"[[ask]]\nafter = \"S1\"\ntext = \"?\"\nanswer = \"port\"\nchoices = [\"25\", \"25\"]\n",
         "18:18 ask.choice_twice"},
        {"[[ask]]\nafter = \"S1\"\nmail = 2\ntext = \"?\"\nanswer = \"port\"\nchoices = [\"25\", \"587\"]\n",
         "16:8 mail.number 2 1"},
        {"[[check]]\ndns = { by = \"alice-pc\", name = \"example.com\", type = \"MX\" }\n", "14:1 check.dns_empty"},
        {"[[check]]\ndns = { by = \"alice-cp\", name = \"example.com\", type = \"MX\", cached = true }\n",
         "15:14 name.unknown.meant alice-cp alice-pc"},
        {"[[check]]\ndns = { by = \"alice-pc\", name = \"exa mple.com\", type = \"MX\", cached = true }\n",
         "15:33 dns.name exa mple.com"},
        {"[[check]]\ndns = { by = \"alice-pc\", name = \"example.com\", type = \"MXX\", cached = true }\n",
         "15:55 word.meant MXX MX"},
        {"[[check]]\ndns = { by = \"alice-pc\", name = \"example.com\", type = \"MX\", outcome = \"nxdomain\" }\n",
         "15:71 word nxdomain"},
        {"[[check]]\nmail = 1\nis_in = \"bob/INBOX\"\nanswer = []\n", "17:1 check.not_here answer dns mail"},
        {"[[check]]\nfact = { kind = \"tcp.refusd\", count = 0 }\n", "15:17 name.unknown.meant tcp.refusd tcp.refused"},
        {"[[check]]\nfact = { kind = \"tcp.refused\", with = { rul = \"x\" }, count = 0 }\n",
         "15:41 name.unknown.meant rul rule"},
        {"[[do]]\nat = \"1s\"\nalice.resends = { mail = 2 }\n", "16:26 mail.number 2 1"},
        {"[[do]]\nat = \"1s\"\nbob.resends = { mail = 1 }\n", "16:24 resends.other 1 bob alice"},
        {"[[do]]\nat = \"1s\"\nalice.reads = { mail = 1 }\n", "16:24 reads.other 1 alice alice@sakura.example.jp"},
        {"[[do]]\nat = \"1s\"\nbob.reads = { mail = 2 }\n", "16:22 mail.number 2 1"},
        {"[[do]]\nat = \"1s\"\nbob.sends = { to = [\"a@b.c\"], cc = \"x\", bcc = [\"a@b.c\", 1], subject = \"s\", text "
         "= "
         "\"t\" }\n",
         "16:36 mail_address x\n16:57 expects.text"},
        {"[[do]]\nat = \"1s\"\nalice.asks = { name = \"example.com\", type = \"mx\" }\n", "16:45 word.meant mx MX"},
        {"[[do]]\nat = \"1s\"\nalice.asks = { name = \"\", type = \"MX\" }\n", "16:23 dns.name "},
        {"[[do]]\nat = \"1s\"\nexample-edge.stops = true\n", "16:1 verb.router example-edge"},
        {"[[do]]\nat = \"1s\"\nexample-mail.disk = \"ful\"\n", "16:21 word.meant ful full"},
        {"[[do]]\nat = \"1s\"\nhome-alice.changes = { los = \"1%\" }\n", "16:24 unknown_key.meant los loss"},
        {"[zone.\"example.org\"]\ntext = \"@ 1 IN A 192.0.2.1\"\n", "14:7 name.unknown.meant example.org example.com"},
        {"[zone.\"example.com\"]\n", "14:7 missing_key text"},
    };
    for (const WrongRow& row : rows) {
        CAPTURE(row.added);
        CHECK(told(world + row.added) == row.problems);
    }
}

TEST_CASE("variants", "[wrong]")
{
    const auto variant = [](const std::string& set) { return "[variant.v]\nset = { " + set + " }\n"; };
    const std::pair<std::string, const char*> rows[] = {
        {variant("\"user.alice.submits.port\" = 587, \"until\" = \"1min\", \"link.home-alice.loss\" = \"1%\""), ""},
        {variant(""), "12:7 expects.table"},
        {variant("\"user.alicia.submits.port\" = 587"), "12:9 variant.path user.alicia.submits.port alicia"},
        {variant("\"usr.alice.submits.port\" = 587"), "12:9 variant.path usr.alice.submits.port usr"},
        {variant("\"user.alice.submits.prot\" = 587"), "12:9 unknown_key.meant prot port"},
        {variant("\"user.alice.submits.port\" = \"587\""), "12:37 expects.integer"},
        {variant("\"user.alice.at\" = \"exampel\""), "12:27 name.unknown.meant exampel example"},
        {variant("\"title.en.x\" = \"y\""), "12:9 variant.path title.en.x en"},
        {variant("\"check.home-25.mail\" = 1"), "12:9 variant.path check.home-25.mail check"},
        {"[[check]]\nname = \"a\"\ntcp = { retransmissions = 1 }\n" + variant("\"check.b.tcp.retransmissions\" = 1"),
         "15:9 variant.path check.b.tcp.retransmissions b"},
        {"[[check]]\nname = \"a\"\ntcp = { retransmissions = 1 }\n" +
             variant("\"check.a.tcp.retransmissions\" = { min = 1 }, \"check.1.why\" = \"so\""),
         ""},
        {"[variant.v]\n", "11:10 missing_key set"},
    };
    for (const auto& [added, problems] : rows) {
        CAPTURE(added);
        CHECK(told(small_world + added) == problems);
    }
}

TEST_CASE("a mail to 1,000 recipients, and to one more", "[wrong]")
{
    for (const std::size_t count : {std::size_t{1'000}, std::size_t{1'001}}) {
        std::string to;
        for (std::size_t i = 0; i < count; ++i) to += "\"u" + std::to_string(i) + "@example.com\", ";
        const std::string act =
            "[[do]]\nat = \"1s\"\nalice.sends = { to = [" + to + "], subject = \"x\", text = \"y\" }\n";
        CHECK(told(small_world + act) == (count == 1'000 ? "" : "13:22 sends.recipients 1000"));
    }
}

TEST_CASE("acts that wait for each other", "[wrong]")
{
    const auto letter_after = [](int mail) {
        return "[[do]]\nafter = { mail = " + std::to_string(mail) +
               ", is = \"done\" }\nalice.sends = { to = \"bob@example.com\", subject = \"x\", text = \"y\" }\n";
    };
    CHECK(told(small_world + letter_after(1)) == "12:18 after.itself 1");
    CHECK(told(small_world + letter_after(2) + letter_after(1)) == "12:18 after.circle 2");
    CHECK(told(small_world + letter_after(2) + letter_after(3) + letter_after(2)) == "15:18 after.circle 3");
}

TEST_CASE("checks", "[wrong]")
{
    const std::string world =
        small_world +
        "[[do]]\nat = \"1s\"\nalice.sends = { to = \"bob@example.com\", subject = \"x\", text = \"y\" }\n";
    const WrongRow rows[] = {
        {"[[check]]\nmail = 1\nis_in = \"bob/INBOX\"\ncopies = { max = 2 }\nsteps = [\"S1 refused\", \"S1\"]\n", ""},
        {"[[check]]\n", "14:1 check.kind"},
        {"[[check]]\nmail = 1\n", "14:1 check.empty"},
        {"[[check]]\nmail = 1\ncopies = 1\n", "16:1 check.copies"},
        {"[[check]]\nmail = 2\nis_in = \"bob-pc\"\n", "15:8 mail.number 2 1"},
        {"[[check]]\nmail = 1\nis_in = \"bob\"\n", "16:9 check.place bob"},
        {"[[check]]\nmail = 1\nis_in = \"bob/Junk\"\n", "16:9 check.place bob/Junk"},
        {"[[check]]\nmail = 1\nis_in = \"example-mail\"\n", "16:9 check.place example-mail"},
        {"[[check]]\nmail = 1\nis_in = \"alice/INBOX\"\n", ""},
        {"[[check]]\nmail = 1\nsteps = [\"S1 blokced\", \"R9\"]\n",
         "16:10 word.meant blokced blocked\n16:24 word.meant R9 R1"},
        {"[[check]]\nmail = 1\nsteps = \"S1\"\n", "16:9 expects.text_list"},
        {"[[check]]\nmail = 1\nis_in = \"bob-pc\"\ntcp = { retransmissions = 1 }\n", "14:1 check.kinds mail tcp"},
        {"[[check]]\ntcp = { retransmissions = 1 }\nis_in = \"bob-pc\"\n", "16:1 check.not_here is_in mail tcp"},
        {"[[check]]\ntcp = { retransmissions = { min = 2, max = 1 } }\n", "15:27 count.reversed 2 1"},
        {"[[check]]\ntcp = { retransmissions = -1 }\n", "15:27 range -1 0 9223372036854775807"},
        {"[[check]]\ntcp = { retransmissions = {} }\n", "15:27 expects.count"},
        {"[[check]]\ntcp = { retransmissions = 1, between = [\"alice-pc\", \"bop-pc\"] }\n",
         "15:53 name.unknown.meant bop-pc bob-pc"},
        {"[[check]]\nframes = { sniff = \"alice-pc\", filter = \"tcp\" }\n", "15:10 missing_key count"},
        {"[[check]]\nframes = { sniff = \"alice-pc:sakura-edge\", filter = \"tcp\", count = 0 }\n", ""},
        {"[[check]]\nframes = { sniff = \"home-alice\", filter = \"tcp\", count = 0 }\n", ""},
        {"[[check]]\nframes = { sniff = \"alice-pc:core\", filter = \"tcp\", count = 0 }\n",
         "15:20 sniff.nic alice-pc:core"},
        {"[[check]]\nframes = { sniff = \"alice\", filter = \"tcp\", count = 0 }\n",
         "15:20 name.unknown.meant alice alice-pc"},
        {"[[check]]\nname = \"a\"\nmail = 1\nis_in = \"bob-pc\"\n[[check]]\nname = \"a\"\nmail = 1\nis_in = "
         "\"bob-pc\"\n",
         "19:8 check_name.twice a 15"},
    };
    for (const WrongRow& row : rows) {
        CAPTURE(row.added);
        CHECK(told(world + row.added) == row.problems);
    }
}

TEST_CASE("the file's own keys", "[wrong]")
{
    const std::pair<const char*, const char*> rows[] = {
        {"", "1:1 missing_key title"},
        {"title = \"x\"\nstart = \"2026-04-06\"\n", "2:9 expects.date"},
        {"title = \"x\"\nstart = 2026-04-06T09:00:00\n", "2:9 date.zone"},
        {"title = \"x\"\nstart = 09:00:00\n", "2:9 date.zone"},
        {"title = \"x\"\nstart = 1969-12-31T23:59:59Z\n", "2:9 date.range 1970-01-01 2199-12-31"},
        {"title = \"x\"\nstart = 2200-01-01T00:00:00Z\n", "2:9 date.range 1970-01-01 2199-12-31"},
        {"title = \"x\"\nstart = 2199-12-31T23:59:59-12:00\nuntil = \"36500d\"\n", ""},
        {"title = \"x\"\nuntil = \"0s\"\n", "2:9 amount.range 0s 1ns 36500d"},
        {"title = \"x\"\nuntil = \"36501d\"\n", "2:9 amount.range 36501d 1ns 36500d"},
        {"title = \"x\"\ncard = { exams = [\"FE\", \"FX\"] }\n", "2:25 word.meant FX FE"},
        {"title = \"x\"\ncard = { level = 6 }\n", "2:18 range 6 1 5"},
        {"title = \"x\"\ncheck = [{ mail = 1 }]\n", "2:9 expects.blocks check"},
        {"title = \"x\"\nzone = 1\nvariant = 2\n", "2:8 expects.named zone\n3:11 expects.named variant"},
        {"title = \"x\"\n\"\\u001b[2J\" = 1\n", "2:1 unknown_key \\u001B[2J"},
    };
    for (const auto& [text, problems] : rows) {
        CAPTURE(text);
        CHECK(told(text) == problems);
    }
}
