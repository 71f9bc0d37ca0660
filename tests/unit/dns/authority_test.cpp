#include "protocols/dns/authority.hpp"
#include "tests/unit/dns/hex.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>

using namespace tegami;
using namespace tegami::dns;
using test::hex;
using test::name;

namespace {

using Lines = std::vector<std::string>;

Zone zone_of(std::string_view origin, std::string_view text)
{
    ZoneProblems problems;
    auto zone = load_zone(text, name(origin), problems);
    for (const auto& problem : problems.take()) UNSCOPED_INFO(problem.key << " in line " << problem.at.line);
    REQUIRE(zone.has_value());
    return *std::move(zone);
}

constexpr std::string_view example_zone = R"($TTL 3600
@        SOA ns hostmaster 1 7200 900 1209600 300
@        NS ns
@        NS ns.elsewhere.test.
@        MX 10 mail
@        MX 20 mail.child
@        TXT "v=spf1 mx -all"
ns       A 192.0.2.1
ns       AAAA 2001:db8::1
mail     A 192.0.2.2
www      CNAME mail
ftp      CNAME www
far      CNAME www.elsewhere.test.
lost     CNAME nowhere
near     CNAME a.other.test.
down     CNAME x.child
loop     CNAME pool
pool     CNAME loop
none     MX 0 .
a.b.c    TXT "deep"
*.w      A 192.0.2.3
*.w      MX 5 mail
_x.w     TXT "stands below w"
*.alias  CNAME mail
child    NS ns.child
child    NS ns.sister
child    NS ns.elsewhere.test.
ns.child A 192.0.2.4
ns.child AAAA 2001:db8::4
mail.child A 192.0.2.5
sister   NS ns.sister
ns.sister A 192.0.2.6
_smtp._tcp SRV 1 2 25 mail
)";

Zones sample_zones()
{
    Zones zones;
    zones.add(zone_of("example.jp", example_zone));
    zones.add(zone_of("other.test", "$TTL 60\n@ SOA ns.example.jp. h 1 2 3 4 5\n@ NS ns.example.jp.\na A 192.0.2.77\n"),
              true);
    zones.add(zone_of("inner.other.test", "$TTL 60\n@ SOA ns.example.jp. h 1 2 3 4 5\n@ NS ns.example.jp.\n@ TXT x\n"));
    return zones;
}

/// "outcome RCODE aa", then the records, each after the first letter of its section.
Lines told(const Answer& answer)
{
    static const char* const words[] = {"answer",       "alias",           "referral",    "no_data",
                                        "no_such_name", "refused",         "transfer",    "transfer_refused",
                                        "malformed",    "not_implemented", "bad_version", "ignored"};
    Lines lines{words[static_cast<std::size_t>(answer.outcome)]};
    for (const Message& message : answer.messages) {
        lines[0] += " " + format(message.header.rcode) + (message.header.authoritative ? " aa" : "");
        for (const auto& each : message.answers) lines.push_back("A " + format(each));
        for (const auto& each : message.authority) lines.push_back("N " + format(each));
        for (const auto& each : message.additional) lines.push_back("+ " + format(each));
        // Whatever is answered can be sent and read.
        const auto read = decode_message(encode(message));
        REQUIRE(read.has_value());
        CHECK(*read == message);
    }
    return lines;
}

Lines ask(std::string_view qname, Type type, Transport transport = Transport::udp)
{
    static const Zones zones = sample_zones();
    return told(answer(zones, make_query(1, {name(qname), type}, false), transport));
}

const std::string negative = "N example.jp. 300 IN SOA ns.example.jp. hostmaster.example.jp. 1 7200 900 1209600 300";
const std::string mail_address = "+ mail.example.jp. 3600 IN A 192.0.2.2";

} // namespace

TEST_CASE("authority: what the zone holds is answered with AA, and addresses beside it (RFC 1034 §4.3.2)")
{
    CHECK(ask("mail.example.jp", Type::a) == Lines{"answer NOERROR aa", "A mail.example.jp. 3600 IN A 192.0.2.2"});
    CHECK(ask("MAIL.example.JP", Type::a) == Lines{"answer NOERROR aa", "A mail.example.jp. 3600 IN A 192.0.2.2"});
    // The address of mail.child is not ours to give: it is glue at most.
    CHECK(ask("example.jp", Type::mx) == Lines{"answer NOERROR aa", "A example.jp. 3600 IN MX 10 mail.example.jp.",
                                               "A example.jp. 3600 IN MX 20 mail.child.example.jp.", mail_address});
    CHECK(ask("example.jp", Type::ns) == Lines{"answer NOERROR aa", "A example.jp. 3600 IN NS ns.example.jp.",
                                               "A example.jp. 3600 IN NS ns.elsewhere.test.",
                                               "+ ns.example.jp. 3600 IN A 192.0.2.1",
                                               "+ ns.example.jp. 3600 IN AAAA 2001:db8::1"});
    CHECK(ask("_smtp._tcp.example.jp", Type::srv).back() == mail_address);
    CHECK(ask("none.example.jp", Type::mx) == Lines{"answer NOERROR aa", "A none.example.jp. 3600 IN MX 0 ."});
}

TEST_CASE("authority: a name without the type is told from one that does not exist (RFC 2308 §2)")
{
    CHECK(ask("mail.example.jp", Type::mx) == Lines{"no_data NOERROR aa", negative});
    CHECK(ask("nowhere.example.jp", Type::mx) == Lines{"no_such_name NXDOMAIN aa", negative});
    CHECK(ask("x.mail.example.jp", Type::mx) == Lines{"no_such_name NXDOMAIN aa", negative});
    // Names that only lie between others exist (RFC 4592 §2.2.2).
    CHECK(ask("b.c.example.jp", Type::txt) == Lines{"no_data NOERROR aa", negative});
    CHECK(ask("c.example.jp", Type::any) == Lines{"no_data NOERROR aa", negative});
    CHECK(ask("_tcp.example.jp", Type::srv) == Lines{"no_data NOERROR aa", negative});
    CHECK(ask("x.c.example.jp", Type::txt) == Lines{"no_such_name NXDOMAIN aa", negative});
}

TEST_CASE("authority: aliases are followed through the server's own zones")
{
    CHECK(ask("ftp.example.jp", Type::a) ==
          Lines{"answer NOERROR aa", "A ftp.example.jp. 3600 IN CNAME www.example.jp.",
                "A www.example.jp. 3600 IN CNAME mail.example.jp.", "A mail.example.jp. 3600 IN A 192.0.2.2"});
    CHECK(ask("www.example.jp", Type::cname) ==
          Lines{"answer NOERROR aa", "A www.example.jp. 3600 IN CNAME mail.example.jp."});
    CHECK(ask("www.example.jp", Type::any) ==
          Lines{"answer NOERROR aa", "A www.example.jp. 3600 IN CNAME mail.example.jp."});
    CHECK(ask("www.example.jp", Type::txt) ==
          Lines{"no_data NOERROR aa", "A www.example.jp. 3600 IN CNAME mail.example.jp.", negative});
    CHECK(ask("lost.example.jp", Type::a) == Lines{"no_such_name NXDOMAIN aa",
                                                   "A lost.example.jp. 3600 IN CNAME nowhere.example.jp.",
                                                   negative}); // RFC 6604 §3
    CHECK(ask("far.example.jp", Type::a) ==
          Lines{"alias NOERROR aa", "A far.example.jp. 3600 IN CNAME www.elsewhere.test."});
    CHECK(ask("near.example.jp", Type::a) == Lines{"answer NOERROR aa",
                                                   "A near.example.jp. 3600 IN CNAME a.other.test.",
                                                   "A a.other.test. 60 IN A 192.0.2.77"});
    CHECK(ask("down.example.jp", Type::a) ==
          Lines{"alias NOERROR aa", "A down.example.jp. 3600 IN CNAME x.child.example.jp.",
                "N child.example.jp. 3600 IN NS ns.child.example.jp.",
                "N child.example.jp. 3600 IN NS ns.sister.example.jp.",
                "N child.example.jp. 3600 IN NS ns.elsewhere.test.", "+ ns.child.example.jp. 3600 IN A 192.0.2.4",
                "+ ns.child.example.jp. 3600 IN AAAA 2001:db8::4", "+ ns.sister.example.jp. 3600 IN A 192.0.2.6"});
    CHECK(ask("loop.example.jp", Type::a) == Lines{"alias NOERROR aa",
                                                   "A loop.example.jp. 3600 IN CNAME pool.example.jp.",
                                                   "A pool.example.jp. 3600 IN CNAME loop.example.jp."});
}

TEST_CASE("authority: a chain of aliases is followed eleven links and no twelfth")
{
    for (const int links : {most_aliases - 1, most_aliases, most_aliases + 1}) {
        std::string text = "$TTL 60\n@ SOA ns h 1 2 3 4 5\n@ NS ns\nns A 192.0.2.1\n";
        for (int i = 0; i < links; ++i) text += "c" + std::to_string(i) + " CNAME c" + std::to_string(i + 1) + "\n";
        text += "c" + std::to_string(links) + " A 192.0.2.9\n";
        Zones zones;
        zones.add(zone_of("test", text));
        const Answer answered = answer(zones, make_query(1, {name("c0.test"), Type::a}, false), Transport::udp);
        CHECK(answered.messages[0].answers.size() ==
              static_cast<std::size_t>(links < most_aliases ? links + 1 : most_aliases));
        CHECK(answered.outcome == (links < most_aliases ? Outcome::answer : Outcome::alias));
    }
}

TEST_CASE("authority: below a cut there is a referral, with the glue it needs and without AA")
{
    const Lines referral = {"referral NOERROR",
                            "N child.example.jp. 3600 IN NS ns.child.example.jp.",
                            "N child.example.jp. 3600 IN NS ns.sister.example.jp.",
                            "N child.example.jp. 3600 IN NS ns.elsewhere.test.",
                            "+ ns.child.example.jp. 3600 IN A 192.0.2.4",
                            "+ ns.child.example.jp. 3600 IN AAAA 2001:db8::4",
                            "+ ns.sister.example.jp. 3600 IN A 192.0.2.6"};
    CHECK(ask("child.example.jp", Type::a) == referral);
    CHECK(ask("child.example.jp", Type::ns) == referral);
    CHECK(ask("child.example.jp", Type::any) == referral);
    CHECK(ask("ns.child.example.jp", Type::a) == referral); // glue is no answer
    CHECK(ask("deep.below.child.example.jp", Type::mx) == referral);
    // DS lies above the cut (RFC 4035 §3.1.4.1).
    CHECK(ask("child.example.jp", Type::ds) == Lines{"no_data NOERROR aa", negative});
    CHECK(ask("x.child.example.jp", Type::ds) == referral);
    CHECK(ask("inner.other.test", Type::ds)[0] == "no_such_name NXDOMAIN aa"); // there is no delegation in other.test
    CHECK(ask("inner.other.test", Type::txt) == Lines{"answer NOERROR aa", "A inner.other.test. 60 IN TXT \"x\""});
}

TEST_CASE("authority: a wildcard stands for names that do not exist (RFC 4592)")
{
    CHECK(ask("any.w.example.jp", Type::a) == Lines{"answer NOERROR aa", "A any.w.example.jp. 3600 IN A 192.0.2.3"});
    CHECK(ask("a.b.w.example.jp", Type::mx) ==
          Lines{"answer NOERROR aa", "A a.b.w.example.jp. 3600 IN MX 5 mail.example.jp.", mail_address});
    CHECK(ask("any.w.example.jp", Type::txt) == Lines{"no_data NOERROR aa", negative});
    CHECK(ask("w.example.jp", Type::a) == Lines{"no_data NOERROR aa", negative});
    CHECK(ask("*.w.example.jp", Type::a) == Lines{"answer NOERROR aa", "A *.w.example.jp. 3600 IN A 192.0.2.3"});
    // Not for a name that exists, nor for what lies below one.
    CHECK(ask("_x.w.example.jp", Type::a) == Lines{"no_data NOERROR aa", negative});
    CHECK(ask("a._x.w.example.jp", Type::a) == Lines{"no_such_name NXDOMAIN aa", negative});
    CHECK(ask("a.*.w.example.jp", Type::a) == Lines{"no_such_name NXDOMAIN aa", negative});
    CHECK(ask("q.alias.example.jp", Type::a) == Lines{"answer NOERROR aa",
                                                      "A q.alias.example.jp. 3600 IN CNAME mail.example.jp.",
                                                      "A mail.example.jp. 3600 IN A 192.0.2.2"});
}

TEST_CASE("authority: the example of RFC 4592 §2.2.1 is answered as its table says")
{
    Zones zones;
    zones.add(zone_of("example", R"($TTL 3600
@ SOA ns.example.com. h 1 2 3 4 5
@ NS ns.example.com.
@ NS ns.example.net.
* TXT "this is a wildcard"
* MX 10 host1
sub.* TXT "this is not a wildcard"
host1 A 192.0.2.1
_ssh._tcp.host1 SRV 0 0 22 host1
_ssh._tcp.host2 SRV 0 0 22 host1
subdel NS ns.example.com.
subdel NS ns.example.net.
)"));
    const auto first = [&](std::string_view qname, Type type) {
        return told(answer(zones, make_query(1, {name(qname), type}, false), Transport::udp))[0];
    };
    const auto second = [&](std::string_view qname, Type type) {
        return told(answer(zones, make_query(1, {name(qname), type}, false), Transport::udp))[1];
    };
    CHECK(second("host3.example", Type::mx) == "A host3.example. 3600 IN MX 10 host1.example.");
    CHECK(first("host3.example", Type::a) == "no_data NOERROR aa");
    CHECK(second("foo.bar.example", Type::txt) == "A foo.bar.example. 3600 IN TXT \"this is a wildcard\"");
    CHECK(first("host1.example", Type::mx) == "no_data NOERROR aa");
    CHECK(first("sub.*.example", Type::mx) == "no_data NOERROR aa");
    CHECK(first("_telnet._tcp.host1.example", Type::srv) == "no_such_name NXDOMAIN aa");
    CHECK(first("host.subdel.example", Type::a) == "referral NOERROR");
    CHECK(first("ghost.*.example", Type::mx) == "no_such_name NXDOMAIN aa");
}

TEST_CASE("authority: ANY is one set over UDP and all over TCP (RFC 8482 §4.1)")
{
    CHECK(ask("ns.example.jp", Type::any) == Lines{"answer NOERROR aa", "A ns.example.jp. 3600 IN A 192.0.2.1"});
    CHECK(ask("ns.example.jp", Type::any, Transport::tcp) == Lines{"answer NOERROR aa",
                                                                   "A ns.example.jp. 3600 IN A 192.0.2.1",
                                                                   "A ns.example.jp. 3600 IN AAAA 2001:db8::1"});
}

TEST_CASE("authority: what is not ours is refused, without a referral upwards")
{
    CHECK(ask("example.com", Type::a) == Lines{"refused REFUSED"});
    CHECK(ask("jp", Type::a) == Lines{"refused REFUSED"});
    CHECK(ask(".", Type::ns) == Lines{"refused REFUSED"});
    CHECK(ask("badexample.jp", Type::a) == Lines{"refused REFUSED"});
    Message chaos = make_query(1, {name("version.bind"), Type::txt, Class::ch}, false);
    const Zones zones = sample_zones();
    CHECK(told(answer(zones, chaos, Transport::udp)) == Lines{"refused REFUSED"});
    chaos.questions[0] = {name("example.jp"), Type::soa, Class::any};
    CHECK(told(answer(zones, chaos, Transport::udp)) == Lines{"refused REFUSED"});
}

TEST_CASE("authority: a zone is transferred over TCP to whom it is allowed (RFC 5936)")
{
    CHECK(ask("example.jp", Type::axfr, Transport::tcp) == Lines{"transfer_refused REFUSED"});
    CHECK(ask("other.test", Type::axfr, Transport::udp) == Lines{"transfer_refused REFUSED"});
    CHECK(ask("a.other.test", Type::axfr, Transport::tcp) == Lines{"refused NOTAUTH"});
    CHECK(ask("other.test", Type::axfr, Transport::tcp) ==
          Lines{"transfer NOERROR aa", "A other.test. 60 IN SOA ns.example.jp. h.other.test. 1 2 3 4 5",
                "A other.test. 60 IN NS ns.example.jp.", "A a.other.test. 60 IN A 192.0.2.77",
                "A other.test. 60 IN SOA ns.example.jp. h.other.test. 1 2 3 4 5"});
    CHECK(ask("other.test", Type::ixfr, Transport::tcp) == Lines{"not_implemented NOTIMP"});

    std::string text = "$TTL 60\n@ SOA ns h 1 2 3 4 5\n@ NS ns\nns A 192.0.2.1\n";
    for (int i = 0; i < 3000; ++i) text += "host" + std::to_string(i) + " TXT \"" + std::string(40, 'x') + "\"\n";
    Zones zones;
    zones.add(zone_of("large.test", text), true);
    const Answer all = answer(zones, make_query(7, {name("large.test"), Type::axfr}, false), Transport::tcp);
    CHECK(all.messages.size() > 5);
    std::size_t records = 0;
    for (const Message& message : all.messages) {
        CHECK(encode(message).size() <= transfer_message_size + 512);
        CHECK(message.header.id == 7);
        records += message.answers.size();
    }
    CHECK(records == 3000 + 3 + 1);
    CHECK(all.messages.front().answers.front().type == Type::soa);
    CHECK(all.messages.back().answers.back().type == Type::soa);
    CHECK(all.messages.front().questions.size() == 1);
    CHECK(all.messages.back().questions.empty());
}

TEST_CASE("authority: what is too large for UDP is cut with TC, and comes whole over TCP")
{
    std::string text = "$TTL 60\n@ SOA ns h 1 2 3 4 5\n@ NS ns\nns A 192.0.2.1\n";
    for (int i = 0; i < 20; ++i)
        text += "@ TXT \"" + std::to_string(i) + std::string(60, 'x') + "\"\n"; // 20 * 75 octets
    for (int i = 0; i < 10; ++i) text += "mid TXT \"" + std::to_string(i) + std::string(60, 'x') + "\"\n";
    Zones zones;
    zones.add(zone_of("large.test", text));
    const auto size_of = [&](std::string_view qname, std::optional<std::uint16_t> payload, Transport transport) {
        Message query = make_query(1, {name(qname), Type::txt}, false);
        if (payload) query.edns = Edns{.payload_size = *payload, .options = {}};
        const Response response = respond(zones, encode(query), transport);
        REQUIRE(response.messages.size() == 1);
        const auto read = decode_message(response.messages[0]);
        REQUIRE(read.has_value());
        CHECK(read->header.truncated == response.truncated);
        CHECK(read->edns.has_value() == payload.has_value());
        CHECK(read->answers.empty() == response.truncated);
        return response.messages[0].size();
    };
    CHECK(size_of("large.test", std::nullopt, Transport::udp) <= 512);
    CHECK(size_of("large.test", 4096, Transport::udp) <= 1232); // ours is the smaller one
    CHECK(size_of("mid.large.test", std::nullopt, Transport::udp) <= 512);
    CHECK(size_of("mid.large.test", 100, Transport::udp) <= 512);
    CHECK(size_of("mid.large.test", 1232, Transport::udp) > 700);
    CHECK(size_of("large.test", std::nullopt, Transport::tcp) > 1500);
    CHECK(size_of("large.test", 512, Transport::tcp) > 1500); // a size for UDP says nothing about TCP
}

TEST_CASE("authority: none of the queries of RFC 8906 confuses it")
{
    const Zones zones = sample_zones();
    const auto respond_to = [&](const Message& query) {
        const Response response = respond(zones, encode(query), Transport::udp);
        REQUIRE(response.messages.size() == 1);
        return *decode_message(response.messages[0]);
    };
    const Message soa_query = make_query(1, {name("example.jp"), Type::soa}, false);
    const auto with_edns = [&](Edns edns) {
        Message query = soa_query;
        query.edns = std::move(edns);
        return query;
    };
    const auto is_good = [](const Message& response) {
        return response.header.response && response.header.rcode == Rcode::noerror && response.header.authoritative &&
               response.answers.size() == 1 && response.answers[0].type == Type::soa && !response.header.truncated;
    };

    SECTION("§8.1.1: the zone is there")
    {
        const auto response = respond_to(soa_query);
        CHECK(is_good(response));
        CHECK_FALSE(response.edns.has_value());
        CHECK_FALSE(response.header.recursion_available);
    }
    SECTION("§8.1.2: an unknown type")
    {
        for (const unsigned type : {1000u, 65280u, 200u, 65535u}) {
            const auto response =
                respond_to(make_query(1, {name("example.jp"), Type{static_cast<std::uint16_t>(type)}}, false));
            CHECK(response.header.rcode == Rcode::noerror);
            CHECK(response.answers.empty());
            CHECK(response.authority.size() == 1);
        }
    }
    SECTION("§8.1.3: flags of the header")
    {
        for (int flag = 0; flag < 7; ++flag) {
            Message query = soa_query;
            query.header.checking_disabled = flag == 0;
            query.header.authentic_data = flag == 1;
            query.header.reserved = flag == 2;
            query.header.recursion_desired = flag == 3;
            query.header.authoritative = flag == 4;
            query.header.truncated = flag == 5;
            query.header.recursion_available = flag == 6;
            const auto response = respond_to(query);
            CHECK(is_good(response));
            CHECK(response.header.recursion_desired == (flag == 3));
            CHECK_FALSE(response.header.reserved);
            CHECK_FALSE(response.header.authentic_data);
            CHECK_FALSE(response.header.recursion_available);
        }
    }
    SECTION("§8.1.4: an unknown opcode, with a header alone, a question, or what makes no sense")
    {
        for (unsigned opcode = 1; opcode < 16; ++opcode)
            for (const std::string_view rest :
                 {"0000 0000 0000 0000", "0001 0000 0000 0000 00 0006 0001", "ffff ffff ffff ffff c0"}) {
                auto octets = hex("1234 0000" + std::string{rest});
                octets[2] = static_cast<std::uint8_t>(opcode << 3);
                const Response response = respond(zones, octets, Transport::udp);
                REQUIRE(response.messages.size() == 1);
                CHECK(response.outcome == Outcome::not_implemented);
                auto expected = hex("1234 8004 0000 0000 0000 0000");
                expected[2] = static_cast<std::uint8_t>(expected[2] | opcode << 3);
                CHECK(response.messages[0] == expected);
            }
    }
    SECTION("§8.1.5: TCP")
    {
        const Response response = respond(zones, encode(soa_query), Transport::tcp);
        CHECK(is_good(*decode_message(response.messages[0])));
    }
    SECTION("§8.2.1: EDNS of version 0")
    {
        const auto response = respond_to(with_edns({}));
        CHECK(is_good(response));
        CHECK(response.edns == Edns{});
    }
    SECTION("§8.2.2, §8.2.5, §8.2.6: EDNS of version 1, with a flag, with an option")
    {
        for (const auto& options : std::vector<std::vector<EdnsOption>>{{}, {{100, hex("00")}}}) {
            auto octets = encode(with_edns({.version = 1, .options = options}));
            for (const bool flag : {false, true}) {
                if (flag) octets[octets.size() - 3 - (options.empty() ? 0 : 5)] = 0x40;
                const Response response = respond(zones, octets, Transport::udp);
                CHECK(response.outcome == Outcome::bad_version);
                const auto read = decode_message(response.messages[0]);
                CHECK(read->header.rcode == Rcode::badvers);
                CHECK(read->answers.empty());
                CHECK_FALSE(read->header.authoritative);
                CHECK(read->edns == Edns{});
            }
        }
    }
    SECTION("§8.2.3, §8.2.4: unknown options and flags are ignored and not repeated")
    {
        for (const unsigned option : {100u, 65001u, 3u, 8u, 10u}) {
            const auto response =
                respond_to(with_edns({.options = {{static_cast<std::uint16_t>(option), hex("0102030405060708")}}}));
            CHECK(is_good(response));
            CHECK(response.edns == Edns{});
        }
        auto octets = encode(with_edns({}));
        octets[octets.size() - 3] = 0x7F; // all of Z's bits
        octets[octets.size() - 4] = 0x7F;
        const Response response = respond(zones, octets, Transport::udp);
        CHECK(is_good(*decode_message(response.messages[0])));
        const auto& sent = response.messages[0];
        CHECK(std::vector(sent.end() - 6, sent.end()) == hex("0000 0000 0000"));
    }
    SECTION("§8.2.8: DO")
    {
        const auto response = respond_to(with_edns({.dnssec_ok = true, .options = {}}));
        CHECK(is_good(response));
        CHECK(response.edns == Edns{.dnssec_ok = true, .options = {}});
    }
    SECTION("two OPT records, a wrong owner, more questions than one, none")
    {
        const std::string question = "07 6578616d706c65 02 6a70 00 0006 0001";
        const std::string opt = "00 0029 04d0 00000000 0000";
        const std::string rows[] = {"0001 0000 0000 0002" + question + opt + opt,
                                    "0001 0000 0000 0001" + question + "0161" + opt,
                                    "0002 0000 0000 0000" + question + question, "0000 0000 0000 0000",
                                    "0001 0000 0000 0000" + question + "00"};
        for (const std::string& row : rows) {
            CAPTURE(row);
            const Response response = respond(zones, hex("1234 0100" + row), Transport::udp);
            CHECK(response.outcome == Outcome::malformed);
            REQUIRE(response.messages.size() == 1);
            const auto read = decode_message(response.messages[0]);
            REQUIRE(read.has_value());
            CHECK(read->header.id == 0x1234);
            CHECK(read->header.rcode == Rcode::formerr);
            CHECK(read->header.recursion_desired);
        }
    }
    SECTION("types about messages")
    {
        for (const Type type : {Type{0}, Type::opt, Type::tsig, Type::tkey})
            CHECK(respond_to(make_query(1, {name("example.jp"), type}, false)).header.rcode == Rcode::formerr);
        for (const Type type : {Type::maila, Type::mailb, Type::ixfr})
            CHECK(respond_to(make_query(1, {name("example.jp"), type}, false)).header.rcode == Rcode::notimp);
    }
    SECTION("responses, and what is no message, are not answered")
    {
        auto octets = encode(soa_query);
        octets[2] = static_cast<std::uint8_t>(octets[2] | 0x80);
        CHECK(respond(zones, octets, Transport::udp).messages.empty());
        CHECK(respond(zones, wire::Octets{octets}.first(11), Transport::udp).messages.empty());
        CHECK(respond(zones, {}, Transport::udp).outcome == Outcome::ignored);
    }
}

TEST_CASE("authority: messages are told apart in a stream (RFC 1035 §4.2.2)")
{
    wire::OctetBuffer stream;
    append_tcp_message(stream, hex("01 02 03"));
    append_tcp_message(stream, {});
    append_tcp_message(stream, hex("04"));
    CHECK(stream == hex("0003 010203 0000 0001 04"));
    for (std::size_t size = 0; size < stream.size(); ++size) {
        wire::Octets received = wire::Octets{stream}.first(size);
        std::size_t messages = 0;
        while (next_tcp_message(received)) ++messages;
        CHECK(messages == (size < 5 ? 0u : size < 7 ? 1u : 2u));
    }
}

TEST_CASE("zone: what comes twice is one, what lies outside is left out")
{
    const Zone zone = zone_of(
        "test",
        "$TTL 60\n@ SOA ns h 1 2 3 4 5\n@ NS ns\n@ NS NS\nns A 192.0.2.1\nns A 192.0.2.1\nx.example. A 192.0.2.1\n");
    CHECK(zone.record_count() == 3);
    CHECK(zone.find(name("x.example")) == nullptr);
    CHECK(zone.soa().ttl == 60);
    CHECK(zone.negative_soa().ttl == 5);
    ZoneProblems problems;
    CHECK_FALSE(load_zone("@ 1 NS ns", name("test"), problems).has_value());
    CHECK(problems.has_errors());
}

TEST_CASE("zone: a set of many records costs no more than many sets")
{
    std::string text = "$TTL 60\n@ SOA ns h 1 2 3 4 5\n@ NS ns\n";
    for (int i = 0; i < 20'000; ++i)
        text += "ns A 10.0." + std::to_string(i / 256) + "." + std::to_string(i % 256) + "\n";
    for (int i = 0; i < 20'000; ++i) text += "@ MX " + std::to_string(i) + " ns\n";
    const auto begin = std::chrono::steady_clock::now();
    CHECK(zone_of("test", text).record_count() == 40'002);
    CHECK((std::chrono::steady_clock::now() - begin < std::chrono::seconds{10})); // quadratic, it would be minutes
}
