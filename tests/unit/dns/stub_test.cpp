// What an end host does with a question, step by step.

#include "tests/unit/dns/resolver_lab.hpp"

using namespace tegami;
using namespace tegami::dns;
using namespace tegami::dns::lab;
using wire::seconds;

namespace {

const wire::Endpoint first_resolver{ip("192.0.2.1"), wire::Port{53}};
const wire::Endpoint second_resolver{ip("2001:db8::1"), wire::Port{53}};
const Question stub_asks{n("www.example."), Type::a};

Message stub_told(const Says& says) { return respond(make_question(1, stub_asks, true, true), says); }
const Says stub_answer{.answer = "www.example. CNAME web.example.\nweb.example. A 192.0.2.80",
                       .authority = {},
                       .additional = {},
                       .recursive = true};

} // namespace

TEST_CASE("a stub's question is answered behind its aliases", "[dns][stub]")
{
    StubQuestion question{{first_resolver}, stub_asks};
    const auto ask = question.next();
    REQUIRE(ask);
    CHECK(ask->server == first_resolver);
    CHECK(ask->transport == Transport::udp);
    CHECK(ask->edns);
    CHECK(ask->at_most == seconds(5));
    CHECK(question.on_response(stub_told(stub_answer)) == Meaning::answer);
    CHECK(!question.next());
    REQUIRE(question.result());
    CHECK(text(question.result()->records) == std::vector<std::string>{"web.example. 3600 IN A 192.0.2.80"});
    CHECK(format(question.result()->name) == "web.example.");
}

TEST_CASE("silent resolvers are asked in turn, three times, each round twice as long", "[dns][stub][limits]")
{
    static_assert(stub_wait == seconds(5) && stub_rounds == 3);
    StubQuestion question{{first_resolver, second_resolver}, stub_asks};
    for (const std::int64_t wait : {5, 10, 20})
        for (const wire::Endpoint& server : {first_resolver, second_resolver}) {
            const auto ask = question.next();
            REQUIRE(ask);
            CHECK(ask->server == server);
            CHECK(ask->at_most == seconds(wait));
            question.on_silence();
        }
    CHECK(!question.next());
    CHECK(question.result().error() == StubQuestion::Failure::timed_out);
}

TEST_CASE("a truncated answer is asked for again over TCP", "[dns][stub]")
{
    StubQuestion question{{first_resolver, second_resolver}, stub_asks};
    CHECK(question.on_response(stub_told({.answer = {}, .authority = {}, .additional = {}, .truncated = true})) ==
          Meaning::truncated);
    CHECK(question.next()->transport == Transport::tcp);
    CHECK(question.next()->server == first_resolver);
    SECTION("which gives it") { question.on_response(stub_told(stub_answer)); }
    SECTION("which cannot be reached, so another is asked over UDP")
    {
        question.on_silence();
        CHECK(question.next()->server == second_resolver);
        CHECK(question.next()->transport == Transport::udp);
        question.on_response(stub_told(stub_answer));
    }
    CHECK(question.result());
}

TEST_CASE("a resolver that does not know EDNS is asked without", "[dns][stub]")
{
    StubQuestion question{{first_resolver}, stub_asks};
    Message formerr = stub_told({.answer = {}, .authority = {}, .additional = {}, .rcode = Rcode::formerr});
    formerr.edns.reset();
    question.on_response(formerr);
    CHECK(!question.next()->edns);
    CHECK(question.next()->server == first_resolver);
    Message plain = stub_told(stub_answer);
    plain.edns.reset();
    question.on_response(plain);
    CHECK(question.result());
}

TEST_CASE("the ways in which there is no answer", "[dns][stub]")
{
    const auto failure = [](const Says& says) {
        StubQuestion question{{first_resolver}, stub_asks};
        question.on_response(stub_told(says));
        CHECK(!question.next());
        return question.result() ? std::nullopt : std::optional{question.result().error()};
    };
    using enum StubQuestion::Failure;
    CHECK(failure({.answer = {}, .authority = {}, .additional = {}, .rcode = Rcode::nxdomain, .recursive = true}) ==
          no_such_name);
    CHECK(failure({.answer = {}, .authority = {}, .additional = {}, .recursive = true}) == no_data);
    CHECK(failure({.answer = "www.example. CNAME a.b.", .authority = {}, .additional = {}, .recursive = true}) ==
          no_data);
    CHECK(failure({.answer = {}, .authority = {}, .additional = {}, .rcode = Rcode::servfail}) == server_failed);
    CHECK(failure({.answer = {}, .authority = {}, .additional = {}, .rcode = Rcode::refused}) == server_failed);
    CHECK(failure({.answer = "www.example. CNAME www.example.", .authority = {}, .additional = {}}) == server_failed);
    CHECK(failure({.answer = {}, .authority = "example. NS ns.example.", .additional = {}}) == server_failed);
    CHECK(StubQuestion({}, stub_asks).result().error() == server_failed);
    CHECK(!StubQuestion({}, stub_asks).next());
}

TEST_CASE("a resolver that fails leaves the question to the next, and its word is not forgotten", "[dns][stub]")
{
    StubQuestion question{{first_resolver, second_resolver}, stub_asks};
    question.on_response(stub_told({.answer = {}, .authority = {}, .additional = {}, .rcode = Rcode::servfail}));
    CHECK(question.next()->server == second_resolver);
    SECTION("who knows")
    {
        question.on_response(stub_told(stub_answer));
        CHECK(question.result());
    }
    SECTION("who is silent")
    {
        question.on_silence();
        CHECK(!question.next());
        CHECK(question.result().error() == StubQuestion::Failure::server_failed);
    }
}
