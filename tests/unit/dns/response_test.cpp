// What a response means to whoever asked a zone's server.

#include "tests/unit/dns/resolver_lab.hpp"

using namespace tegami;
using namespace tegami::dns;
using namespace tegami::dns::lab;

namespace {

using Lines = std::vector<std::string>;

Reading reading(std::string_view zone, std::string_view name, Type type, const Says& says, bool recursion = false)
{
    const Question question{n(name), type};
    const Message query = make_question(1, question, recursion, true);
    return read_response(respond(query, says),
                         {.question = question, .zone = n(zone), .edns = true, .recursion = recursion});
}
Lines believed(const Reading& reading)
{
    static constexpr char levels[] = "?gnua"; // glue, not authoritative, authority, answer
    Lines lines;
    for (const Believed& set : reading.believed)
        for (const Record& record : set.records)
            lines.push_back(std::string{levels[static_cast<std::size_t>(set.credibility)]} + ' ' +
                            format(record.owner) + ' ' + format(record.type));
    return lines;
}

} // namespace

TEST_CASE("an answer, and how far its parts are believed", "[dns][response]")
{
    Says says{.answer = "www.example. CNAME web.example.\nweb.example. A 192.0.2.1\nweb.example. A 192.0.2.2",
              .authority = "example. NS ns.example.",
              .additional = "ns.example. A 192.0.2.53",
              .authoritative = true};
    Reading read = reading("example.", "www.example.", Type::a, says);
    CHECK(read.meaning == Meaning::answer);
    CHECK(format(read.name) == "web.example.");
    CHECK(read.aliases.size() == 1);
    CHECK(read.answer.size() == 2);
    // RFC 2181 §5.4.1: behind an alias even an authoritative answer is not authoritative for certain.
    CHECK(believed(read) == Lines{"a www.example. CNAME", "n web.example. A", "n web.example. A", "u example. NS"});
    says.authoritative = false;
    read = reading("example.", "www.example.", Type::a, says);
    CHECK(read.meaning == Meaning::answer);
    CHECK(believed(read) == Lines{"n www.example. CNAME", "n web.example. A", "n web.example. A"});
}

TEST_CASE("an alias is followed as far as the zone reaches", "[dns][response]")
{
    const Reading read = reading("example.", "www.example.", Type::a,
                                 {.answer = "www.example. CNAME a.other.\na.other. A 203.0.113.66",
                                  .authority = {},
                                  .additional = {},
                                  .authoritative = true});
    CHECK(read.meaning == Meaning::alias);
    CHECK(format(read.name) == "a.other.");
    CHECK(believed(read) == Lines{"a www.example. CNAME"});
    CHECK(text(read.refused) == Lines{"a.other. 3600 IN A 203.0.113.66"});
    CHECK(reading("example.", "www.example.", Type::cname,
                  {.answer = "www.example. CNAME a.other.", .authority = {}, .additional = {}})
              .meaning == Meaning::answer);
}

TEST_CASE("aliases may be eleven, and must not lead back", "[dns][response][limits]")
{
    static_assert(most_aliases == 11);
    const auto chain = [](int aliases) {
        std::string answer;
        for (int i = 0; i < aliases; ++i)
            answer += "n" + std::to_string(i) + ".example. CNAME n" + std::to_string(i + 1) + ".example.\n";
        answer += "n" + std::to_string(aliases) + ".example. A 192.0.2.1";
        return reading("example.", "n0.example.", Type::a,
                       {.answer = answer, .authority = {}, .additional = {}, .authoritative = true})
            .meaning;
    };
    CHECK(chain(11) == Meaning::answer);
    CHECK(chain(12) == Meaning::looped);
    CHECK(chain(100) == Meaning::looped);
    const auto looped = [](const std::string& answer) {
        return reading("example.", "a.example.", Type::a,
                       {.answer = answer, .authority = {}, .additional = {}, .authoritative = true})
            .meaning;
    };
    CHECK(looped("a.example. CNAME a.example.") == Meaning::looped);
    CHECK(looped("a.example. CNAME b.example.\nb.example. CNAME A.example.") == Meaning::looped);
}

TEST_CASE("a referral: servers, glue, and what is no glue", "[dns][response]")
{
    const Reading read = reading("example.", "www.sub.example.", Type::a,
                                 {.answer = {},
                                  .authority = "sub.example. NS ns.sub.example.\nsub.example. NS ns.other.",
                                  .additional = "ns.sub.example. A 192.0.2.1\nns.sub.example. AAAA 2001:db8::1\n"
                                                "ns.other. A 203.0.113.66\nwww.example. A 203.0.113.66"});
    CHECK(read.meaning == Meaning::referral);
    CHECK(format(read.delegation.zone) == "sub.example.");
    REQUIRE(read.delegation.servers.size() == 2);
    CHECK(read.delegation.servers[0].addresses == std::vector{ip("192.0.2.1"), ip("2001:db8::1")});
    CHECK(read.delegation.servers[1].addresses.empty());
    CHECK(believed(read) ==
          Lines{"g ns.sub.example. A", "g ns.sub.example. AAAA", "g sub.example. NS", "g sub.example. NS"});
    CHECK(text(read.refused) == Lines{"ns.other. 3600 IN A 203.0.113.66"});
}

TEST_CASE("of a referral thirteen servers are taken, and four addresses of each family", "[dns][response][limits]")
{
    static_assert(most_servers == 13 && most_server_addresses == 4);
    for (const std::size_t count : {13u, 14u, 1500u}) {
        Says says;
        for (std::size_t i = 0; i < count; ++i)
            says.authority += "sub.example. NS ns" + std::to_string(i) + ".example.\n";
        for (int i = 1; i <= 6; ++i) says.additional += "ns0.example. A 192.0.2." + std::to_string(i) + '\n';
        const Reading read = reading("example.", "sub.example.", Type::a, says);
        CHECK(read.meaning == Meaning::referral);
        CHECK(read.delegation.servers.size() == 13);
        CHECK(read.delegation.servers[0].addresses.size() == 4);
        CHECK(believed(read).size() == 4 + 13);
    }
}

TEST_CASE("who refers upwards, sideways or to itself is lame", "[dns][response]")
{
    const auto meaning = [](const std::string& owner, bool authoritative) {
        return reading(
                   "example.", "www.example.", Type::a,
                   {.answer = {}, .authority = owner + " NS a.root.", .additional = {}, .authoritative = authoritative})
            .meaning;
    };
    CHECK(meaning(".", false) == Meaning::lame);
    CHECK(meaning(".", true) == Meaning::lame);
    CHECK(meaning("example.", false) == Meaning::lame);
    CHECK(meaning("example.", true) == Meaning::no_data); // the zone's own servers beside an answer without records
    CHECK(meaning("www.example.", true) == Meaning::referral);
    CHECK(meaning("other.", true) == Meaning::no_data); // says nothing of the name
    CHECK(meaning("other.example.", false) == Meaning::no_data);
}

TEST_CASE("what is not there", "[dns][response]")
{
    const std::string soa = "example. SOA ns.example. root.example. 1 2 3 4 5";
    Reading read =
        reading("example.", "x.example.", Type::a,
                {.answer = {}, .authority = soa, .additional = {}, .authoritative = true, .rcode = Rcode::nxdomain});
    CHECK(read.meaning == Meaning::no_such_name);
    CHECK(read.soa);
    read = reading("example.", "x.example.", Type::a,
                   {.answer = {}, .authority = soa, .additional = {}, .authoritative = true});
    CHECK(read.meaning == Meaning::no_data);
    CHECK(read.soa);
    // Behind an alias it is the alias's target that is not there (RFC 2308 §2.1), where the zone can tell.
    read = reading("example.", "x.example.", Type::a,
                   {.answer = "x.example. CNAME y.example.",
                    .authority = soa,
                    .additional = {},
                    .authoritative = true,
                    .rcode = Rcode::nxdomain});
    CHECK(read.meaning == Meaning::no_such_name);
    CHECK(format(read.name) == "y.example.");
    read = reading("example.", "x.example.", Type::a,
                   {.answer = "x.example. CNAME y.other.",
                    .authority = soa,
                    .additional = {},
                    .authoritative = true,
                    .rcode = Rcode::nxdomain});
    CHECK(read.meaning == Meaning::alias);
    // A SOA from elsewhere is none.
    read = reading("example.", "x.example.", Type::a,
                   {.answer = {},
                    .authority = "other. SOA a. b. 1 2 3 4 5",
                    .additional = {},
                    .authoritative = true,
                    .rcode = Rcode::nxdomain});
    CHECK(read.meaning == Meaning::no_such_name);
    CHECK(!read.soa);
    read = reading("example.", "x.example.", Type::a,
                   {.answer = {}, .authority = {}, .additional = {}, .authoritative = false, .rcode = Rcode::nxdomain});
    CHECK(read.meaning == Meaning::lame);
    read = reading("example.", "x.example.", Type::a,
                   {.answer = {}, .authority = {}, .additional = {}, .recursive = true});
    CHECK(read.meaning == Meaning::lame);
    read =
        reading(".", "x.example.", Type::a, {.answer = {}, .authority = {}, .additional = {}, .recursive = true}, true);
    CHECK(read.meaning == Meaning::no_data); // from a resolver that is all right
}

TEST_CASE("codes that are no answer", "[dns][response]")
{
    const auto meaning = [](Rcode rcode, bool with_edns = true) {
        const Question question{n("a.example."), Type::a};
        Message response = make_response(make_question(1, question, false, true), rcode);
        if (with_edns) response.edns.emplace();
        return read_response(response, {.question = question, .zone = n("example."), .edns = true, .recursion = false})
            .meaning;
    };
    CHECK(meaning(Rcode::servfail) == Meaning::failed);
    CHECK(meaning(Rcode::refused) == Meaning::lame);
    CHECK(meaning(Rcode::notauth) == Meaning::lame);
    CHECK(meaning(Rcode::formerr) == Meaning::failed);
    CHECK(meaning(Rcode::formerr, false) == Meaning::no_edns);
    CHECK(meaning(Rcode::notimp, false) == Meaning::no_edns);
    CHECK(meaning(Rcode::badvers) == Meaning::no_edns);
    CHECK(meaning(Rcode::yxdomain) == Meaning::failed);
    CHECK(
        reading("example.", "a.example.", Type::a, {.answer = {}, .authority = {}, .additional = {}, .truncated = true})
            .meaning == Meaning::truncated);
}

TEST_CASE("what outsiders are told they own is refused, sixteen by name", "[dns][response]")
{
    Says says{.answer = "www.example. A 192.0.2.1", .authority = {}, .additional = {}, .authoritative = true};
    for (int i = 0; i < 40; ++i) says.additional += "www.bank" + std::to_string(i) + ".test. A 203.0.113.66\n";
    says.authority = "com. NS ns.evil.test.";
    const Reading read = reading("example.", "www.example.", Type::a, says);
    CHECK(read.meaning == Meaning::answer);
    CHECK(believed(read) == Lines{"a www.example. A"});
    CHECK(read.refused.size() == 16);
    CHECK(format(read.refused[0]) == "com. 3600 IN NS ns.evil.test.");
}

TEST_CASE("QTYPE * takes all of a name", "[dns][response]")
{
    const Reading read = reading("example.", "example.", Type::any,
                                 {.answer = "example. A 192.0.2.1\nexample. MX 10 mx.example.\nother. A 192.0.2.9",
                                  .authority = {},
                                  .additional = {},
                                  .authoritative = true});
    CHECK(read.meaning == Meaning::answer);
    CHECK(read.answer.size() == 2);
    CHECK(believed(read) == Lines{"a example. A", "a example. MX"});
}

TEST_CASE("a response is one to our query, or it is none", "[dns][response][hostile]")
{
    const wire::Endpoint server{ip("192.0.2.53"), wire::Port{53}};
    const Question asked{n("www.example."), Type::a};
    const Message good = make_response(make_question(0xBEEF, asked, false, true), Rcode::noerror);
    const auto why = [&](const Message& response, wire::Endpoint from) {
        const auto wrong = mismatch(response, from, server, 0xBEEF, asked);
        return wrong ? key(*wrong) : "";
    };
    CHECK(why(good, server) == "");
    CHECK(why(good, {ip("192.0.2.54"), wire::Port{53}}) == "wrong.address");
    CHECK(why(good, {ip("192.0.2.53"), wire::Port{54}}) == "wrong.address");
    Message bad = good;
    bad.header.id = 0xBEEE;
    CHECK(why(bad, server) == "wrong.id");
    bad = good;
    bad.header.response = false;
    CHECK(why(bad, server) == "no.response");
    bad = good;
    bad.header.opcode = Opcode::notify;
    CHECK(why(bad, server) == "no.response");
    bad = good;
    bad.questions[0].name = n("www.example.net.");
    CHECK(why(bad, server) == "wrong.question");
    bad = good;
    bad.questions[0].type = Type::aaaa;
    CHECK(why(bad, server) == "wrong.question");
    bad = good;
    bad.questions[0].rr_class = Class::ch;
    CHECK(why(bad, server) == "wrong.question");
    bad = good;
    bad.questions.push_back(bad.questions[0]);
    CHECK(why(bad, server) == "wrong.question");
    bad = good;
    bad.questions.clear();
    CHECK(why(bad, server) == "wrong.question");
    bad.header.rcode = Rcode::formerr; // it could not even read the question
    CHECK(why(bad, server) == "");
    bad = good;
    bad.questions[0].name = n("WWW.Example.");
    CHECK(why(bad, server) == "");
}
