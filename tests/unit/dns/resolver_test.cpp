// The resolver's walk, its limits, and those who want to lead it astray.

#include "tests/unit/dns/resolver_lab.hpp"

using namespace tegami;
using namespace tegami::dns;
using namespace tegami::dns::lab;
using wire::milliseconds;
using wire::seconds;

namespace {

using Lines = std::vector<std::string>;

const std::string_view root = "198.18.0.1", com = "198.18.0.2", net = "198.18.0.3", one = "192.0.2.53",
                       two = "192.0.2.54";

/// Root, com and net, and example.com on two servers.
Servers small_internet()
{
    Servers servers;
    servers.refers(root, "com.", "com. NS a.gtld.example.", "a.gtld.example. A 198.18.0.2")
        .refers(root, "net.", "net. NS b.gtld.example.", "b.gtld.example. A 198.18.0.3")
        .refers(com, "example.com.", "example.com. NS ns1.example.com.\nexample.com. NS ns2.example.com.",
                "ns1.example.com. A 192.0.2.53\nns2.example.com. A 192.0.2.54");
    for (const std::string_view server : {one, two})
        servers.answers(server, "www.example.com.", Type::a, "www.example.com. 300 A 192.0.2.80")
            .answers(server, "example.com.", Type::mx, "example.com. 300 MX 10 mx1.example.com.")
            .answers(server, "alias.example.com.", Type::a,
                     "alias.example.com. 300 CNAME www.example.com.\nwww.example.com. 300 A 192.0.2.80")
            .says(server, "none.example.com.", Type::a,
                  {.answer = {},
                   .authority = "example.com. 300 SOA ns1.example.com. root.example.com. 1 2 3 4 60",
                   .additional = {},
                   .authoritative = true,
                   .rcode = Rcode::nxdomain});
    return servers;
}

Resolver::Settings only_v4() { return {.hints = root_at({ip(root)}), .ipv4 = true, .ipv6 = false, .own = {}}; }

} // namespace

TEST_CASE("a walk goes from the root down, and the next from where it knows", "[dns][resolver]")
{
    ResolverLab lab{small_internet()};
    auto answer = lab.ask("www.example.com.", Type::a);
    CHECK(answer.rcode == Rcode::noerror);
    CHECK(answer.end == End::found);
    CHECK(!answer.cached);
    CHECK(text(answer.answers) == Lines{"www.example.com. 300 IN A 192.0.2.80"});
    // Each sees the whole question.
    CHECK(lab.asked() ==
          Lines{"198.18.0.1 www.example.com. A", "198.18.0.2 www.example.com. A", "192.0.2.53 www.example.com. A"});
    CHECK(lab.decisions(Decision::follows_referral) ==
          Lines{"www.example.com. A com.", "www.example.com. A example.com."});
    CHECK(lab.now == lab_start + milliseconds(60));

    lab.run(lab.now + seconds(100));
    answer = lab.ask("WWW.example.com.", Type::a);
    CHECK(answer.cached);
    CHECK(text(answer.answers) == Lines{"www.example.com. 200 IN A 192.0.2.80"});
    CHECK(lab.asked().empty());

    answer = lab.ask("example.com.", Type::mx);
    CHECK(lab.asked() == Lines{"192.0.2.54 example.com. MX"}); // the server that was not tried yet
    CHECK(!answer.cached);
    lab.run(lab.now + seconds(300));
    lab.ask("www.example.com.", Type::a);
    CHECK(lab.asked().size() == 1); // expired, and asked again
}

TEST_CASE("that there is no such name is remembered for as long as its SOA says", "[dns][resolver]")
{
    ResolverLab lab{small_internet()};
    auto answer = lab.ask("none.example.com.", Type::a);
    CHECK(answer.rcode == Rcode::nxdomain);
    CHECK(answer.answers.empty());
    CHECK(text(answer.authority) == Lines{"example.com. 60 IN SOA ns1.example.com. root.example.com. 1 2 3 4 60"});
    CHECK(lab.asked().size() == 3);
    lab.run(lab.now + seconds(20));
    answer = lab.ask("none.example.com.", Type::mx);
    CHECK(answer.rcode == Rcode::nxdomain);
    CHECK(answer.authority[0].ttl == 40);
    CHECK(lab.asked().empty());
}

TEST_CASE("an alias is followed, within an answer and across zones", "[dns][resolver]")
{
    Servers servers = small_internet();
    servers.answers(one, "far.example.com.", Type::a, "far.example.com. 300 CNAME host.example.net.")
        .refers(net, "example.net.", "example.net. NS ns.example.net.", "ns.example.net. A 203.0.113.53")
        .answers("203.0.113.53", "host.example.net.", Type::a, "host.example.net. 300 A 203.0.113.1");
    ResolverLab lab{servers};
    auto answer = lab.ask("far.example.com.", Type::a);
    CHECK(text(answer.answers) ==
          Lines{"far.example.com. 300 IN CNAME host.example.net.", "host.example.net. 300 IN A 203.0.113.1"});
    CHECK(lab.asked().size() == 3 + 3);
    CHECK(lab.decisions(Decision::follows_alias) == Lines{"far.example.com. A host.example.net."});
    answer = lab.ask("far.example.com.", Type::a);
    CHECK(answer.cached);
    CHECK(answer.answers.size() == 2);
    answer = lab.ask("far.example.com.", Type::cname);
    CHECK(answer.answers.size() == 1);
    CHECK(lab.asked().empty());
}

TEST_CASE("a server without an address is looked up on a walk of its own", "[dns][resolver]")
{
    Servers servers = small_internet();
    servers.refers(net, "example.net.", "example.net. NS ns1.example.com.")
        .answers(one, "ns1.example.com.", Type::a, "ns1.example.com. A 192.0.2.53")
        .answers(one, "www.example.net.", Type::a, "www.example.net. A 203.0.113.80");
    ResolverLab lab{servers, only_v4()};
    const auto answer = lab.ask("www.example.net.", Type::a);
    CHECK(text(answer.answers) == Lines{"www.example.net. 3600 IN A 203.0.113.80"});
    // For the address of a server glue will do.
    CHECK(lab.asked() == Lines{"198.18.0.1 www.example.net. A", "198.18.0.3 www.example.net. A",
                               "198.18.0.1 ns1.example.com. A", "198.18.0.2 ns1.example.com. A",
                               "192.0.2.53 www.example.net. A"});
    CHECK(lab.decisions(Decision::begun) == Lines{"www.example.net. A", "ns1.example.com. A server"});
}

TEST_CASE("both families of a server's addresses serve, and only those that the host has", "[dns][resolver]")
{
    Servers servers;
    servers
        .refers(root, "example.", "example. NS ns.example.", "ns.example. AAAA 2001:db8::53\nns.example. A 192.0.2.53")
        .answers("2001:db8::53", "a.example.", Type::a, "a.example. A 192.0.2.1");
    Resolver::Settings settings = only_v4();
    settings.ipv6 = true;
    ResolverLab both{servers, settings};
    CHECK(both.ask("a.example.", Type::a).rcode == Rcode::noerror); // 192.0.2.53 is silent
    CHECK(both.asked().back() == "2001:db8::53 a.example. A");
    ResolverLab old{servers, only_v4()};
    CHECK(old.ask("a.example.", Type::a).rcode == Rcode::servfail);
    for (const std::string& line : old.asked()) CHECK(!line.starts_with("2001"));
}

TEST_CASE("a silent server is waited for twice as long each time, then another answers, and is preferred",
          "[dns][resolver]")
{
    Servers servers = small_internet();
    bool silent = true;
    ResolverLab lab{[&](const Asking& asking, const Message& query) -> std::optional<Message> {
                        if (silent && asking.server == ip(one)) return std::nullopt;
                        return servers(asking, query);
                    },
                    only_v4()};
    CHECK(lab.ask("www.example.com.", Type::a).rcode == Rcode::noerror);
    CHECK(lab.now == lab_start + milliseconds(60) + milliseconds(800));
    CHECK(lab.decisions(Decision::tries_next) == Lines{"www.example.com. A 192.0.2.53 timed.out"});
    lab.asked();
    silent = false;
    lab.ask("example.com.", Type::mx);
    CHECK(lab.asked() == Lines{"192.0.2.54 example.com. MX"});
}

TEST_CASE("where all servers are silent, each is tried three times", "[dns][resolver][limits]")
{
    static_assert(tries_a_server == 3);
    Servers servers;
    servers.refers(root, "example.", "example. NS ns.example.", "ns.example. A 192.0.2.53");
    ResolverLab lab{servers, only_v4()};
    auto answer = lab.ask("a.example.", Type::a);
    CHECK(answer.rcode == Rcode::servfail);
    CHECK(answer.end == End::no_servers);
    CHECK(lab.asked().size() == 1 + 3);
    CHECK(lab.now == lab_start + milliseconds(20 + 800 + 1600 + 3200));
    // RFC 9520: not again at once.
    answer = lab.ask("a.example.", Type::a);
    CHECK(answer.end == End::failed_before);
    CHECK(lab.asked().empty());
    lab.run(lab.now + seconds(5));
    answer = lab.ask("a.example.", Type::a);
    CHECK(answer.end == End::no_servers);
}

TEST_CASE("a question takes ten seconds at most", "[dns][resolver][limits]")
{
    static_assert(longest_question == seconds(10));
    Servers servers;
    servers.refers(root, "example.", "example. NS ns1.example.\nexample. NS ns2.example.\nexample. NS ns3.example.",
                   "ns1.example. A 192.0.2.53\nns2.example. A 192.0.2.54\nns3.example. A 192.0.2.55");
    ResolverLab lab{servers, only_v4()};
    const auto answer = lab.ask("a.example.", Type::a);
    CHECK(answer.end == End::limit_time);
    CHECK(answer.rcode == Rcode::servfail);
    CHECK(lab.now == lab_start + seconds(10));
    CHECK(lab.resolver.walks() == 0);
    CHECK(lab.resolver.next_timer() == Time::never());
    CHECK(lab.decisions(Decision::gave_up) == Lines{"a.example. A limit.time"});
}

TEST_CASE("lame servers are set aside, and later questions do not ask them", "[dns][resolver]")
{
    Servers servers = small_internet();
    ResolverLab lab{[&](const Asking& asking, const Message& query) -> std::optional<Message> {
                        if (asking.server == ip(one)) return make_response(query, Rcode::refused);
                        return servers(asking, query);
                    },
                    only_v4()};
    CHECK(lab.ask("www.example.com.", Type::a).rcode == Rcode::noerror);
    CHECK(lab.decisions(Decision::tries_next) == Lines{"www.example.com. A 192.0.2.53 lame"});
    lab.asked();
    lab.ask("example.com.", Type::mx);
    CHECK(lab.asked() == Lines{"192.0.2.54 example.com. MX"});
    lab.run(lab.now + lame_for);
    lab.ask("example.com.", Type::mx);
    CHECK(lab.asked()[0] == "192.0.2.53 example.com. MX"); // it may have been mended
}

TEST_CASE("a truncated response is asked for again over TCP, from the same server", "[dns][resolver]")
{
    Servers servers = small_internet();
    bool over_tcp = true;
    ResolverLab lab{[&](const Asking& asking, const Message& query) -> std::optional<Message> {
                        if (asking.server == ip(one) && (asking.transport == Transport::udp || !over_tcp))
                            return respond(query, {.answer = {}, .authority = {}, .additional = {}, .truncated = true});
                        return servers(asking, query);
                    },
                    only_v4()};
    CHECK(lab.ask("www.example.com.", Type::a).rcode == Rcode::noerror);
    const Lines asked = lab.asked();
    CHECK(Lines(asked.end() - 2, asked.end()) ==
          Lines{"192.0.2.53 www.example.com. A", "192.0.2.53 www.example.com. A tcp"});
    CHECK(lab.meanings.back() == Meaning::answer);
}

TEST_CASE("a server that does not know EDNS is asked without, now and later", "[dns][resolver]")
{
    Servers servers = small_internet();
    ResolverLab lab{[&](const Asking& asking, const Message& query) -> std::optional<Message> {
                        if (query.edns && asking.server != ip(root)) return make_response(query, Rcode::formerr);
                        return servers(asking, query);
                    },
                    only_v4()};
    CHECK(lab.ask("www.example.com.", Type::a).rcode == Rcode::noerror);
    CHECK(lab.sent.size() == 1 + 2 + 2);
    lab.ask("none.example.com.", Type::a);
    CHECK(lab.sent.back().server == ip(two)); // unknown yet: asked with
    lab.ask("example.com.", Type::mx);
    CHECK(!lab.sent.back().edns);
}

TEST_CASE("two who ask the same share one walk", "[dns][resolver]")
{
    struct Algebra final : wire::SpanAlgebra {
        Spans unite(Spans a, Spans b) override { return {a.id | b.id}; }
    } algebra;
    Resolver::Settings settings = only_v4();
    settings.algebra = &algebra;
    ResolverLab lab{small_internet(), settings};
    const ClientId first = lab.begin({n("www.example.com."), Type::a}, {1});
    lab.run(lab.now + milliseconds(25)); // the second server has been asked
    const ClientId second = lab.begin({n("www.EXAMPLE.com."), Type::a}, {2});
    lab.run();
    CHECK(lab.asked().size() == 3);
    CHECK(lab.sent_spans == std::vector<Spans>{{1}, {1}, {3}}); // from then on it is asked for both
    REQUIRE(lab.answers.contains(first));
    REQUIRE(lab.answers.contains(second));
    CHECK(lab.answers[first].spans == Spans{1});
    CHECK(lab.answers[second].spans == Spans{2});
    CHECK(text(lab.answers[second].answers) == Lines{"www.example.com. 300 IN A 192.0.2.80"});
    std::size_t shared = 0;
    for (const Note& note : lab.notes.all())
        if (const auto* each = std::get_if<Shared>(&note)) {
            ++shared;
            CHECK(each->joining == Spans{2});
            CHECK(each->under_way == Spans{1});
        }
    CHECK(shared == 1);
}

TEST_CASE("walks are a thousand at most", "[dns][resolver][limits]")
{
    static_assert(most_walks == 1'000);
    ResolverLab lab{[](const Asking&, const Message&) { return std::optional<Message>{}; }, only_v4()};
    ClientId last{};
    for (std::size_t i = 0; i <= most_walks; ++i) {
        last = lab.begin({*n("example.").with_first("h" + std::to_string(i)), Type::a});
        CHECK(lab.answers.contains(last) == (i == most_walks));
    }
    CHECK(lab.answers[last].end == End::limit_questions);
    lab.run();
    CHECK(lab.answers.size() == most_walks + 1);
    CHECK(lab.resolver.walks() == 0);
}

// ---- hostile -----------------------------------------------------------------------------------------------------------

TEST_CASE("aliases that lead back, or on and on, end", "[dns][resolver][hostile][limits]")
{
    Servers servers = small_internet();
    servers.answers(one, "a.example.com.", Type::a, "a.example.com. CNAME b.example.net.")
        .refers(net, "example.net.", "example.net. NS ns.example.net.", "ns.example.net. A 203.0.113.53")
        .answers("203.0.113.53", "b.example.net.", Type::a, "b.example.net. CNAME a.example.com.");
    ResolverLab lab{servers, only_v4()};
    auto answer = lab.ask("a.example.com.", Type::a);
    CHECK(answer.rcode == Rcode::servfail);
    CHECK(answer.end == End::alias_loop);

    // One zone, an alias a response, each to the next.
    const auto endless = [](const Asking& asking, const Message& query) -> std::optional<Message> {
        const std::string label{asking.question.name.first_label()};
        const std::string next = "n" + std::to_string(std::stoi(label.substr(1)) + 1) + ".example.";
        if (label == "n12" || label == "n24")
            return respond(
                query,
                {.answer = label + ".example. A 192.0.2.1", .authority = {}, .additional = {}, .authoritative = true});
        return respond(
            query,
            {.answer = label + ".example. CNAME " + next, .authority = {}, .additional = {}, .authoritative = true});
    };
    ResolverLab eleven{endless, only_v4()};
    answer = eleven.ask("n1.example.", Type::a);
    CHECK(answer.end == End::found);
    CHECK(answer.answers.size() == 12);
    ResolverLab twelve{endless, only_v4()};
    answer = twelve.ask("n0.example.", Type::a);
    CHECK(answer.end == End::limit_aliases);
    CHECK(answer.rcode == Rcode::servfail);
    CHECK(twelve.sent.size() == 12);
}

TEST_CASE("zones whose servers lie in one another end", "[dns][resolver][hostile]")
{
    Servers servers;
    servers.refers(root, "example.", "example. NS ns.test.").refers(root, "test.", "test. NS ns.example.");
    ResolverLab lab{servers};
    const auto answer = lab.ask("www.example.", Type::a);
    CHECK(answer.rcode == Rcode::servfail);
    CHECK(answer.end == End::no_servers);
    CHECK(lab.sent.size() < 10);
    CHECK(lab.now < lab_start + seconds(1));
    CHECK(lab.resolver.walks() == 0);
}

TEST_CASE("referrals that do not lead nearer end", "[dns][resolver][hostile]")
{
    for (const std::string_view zone : {".", "example.", "other."}) {
        Servers servers;
        servers.refers(root, "example.", "example. NS ns.example.", "ns.example. A 192.0.2.53")
            .refers("192.0.2.53", ".", std::string{zone} + " NS ns.example.", "ns.example. A 192.0.2.53");
        ResolverLab lab{servers, only_v4()};
        CHECK(lab.ask("www.example.", Type::a).end != End::limit_queries);
        CHECK(lab.sent.size() == 2);
    }
}

TEST_CASE("a referral a label, as deep as a name can be, ends at fifty queries", "[dns][resolver][hostile][limits]")
{
    static_assert(most_queries == 50);
    const auto deep = [](std::size_t labels) {
        Name name;
        for (std::size_t i = 0; i < labels; ++i) name = *name.with_first("a");
        return name;
    };
    // Every server refers one label further down, to itself; the last answers.
    const auto internet = [](const Asking& asking, const Message& query) -> std::optional<Message> {
        static std::size_t depth = 0;
        if (asking.server == ip(root)) depth = 0;
        ++depth;
        const Name& name = asking.question.name;
        if (depth > name.label_count())
            return respond(
                query,
                {.answer = format(name) + " A 192.0.2.1", .authority = {}, .additional = {}, .authoritative = true});
        const std::string zone = format(name.last(depth));
        return respond(
            query, {.answer = {}, .authority = zone + " NS ns." + zone, .additional = "ns." + zone + " A 192.0.2.53"});
    };
    ResolverLab lab{internet, only_v4()};
    CHECK(lab.ask({deep(49), Type::a}).end == End::found);
    CHECK(lab.sent.size() == 50);
    ResolverLab deeper{internet, only_v4()};
    CHECK(deeper.ask({deep(50), Type::a}).end == End::limit_queries);
    CHECK(deeper.sent.size() == 50);
}

TEST_CASE("servers whose addresses lie ever deeper are followed seven walks deep", "[dns][resolver][hostile][limits]")
{
    static_assert(deepest_walk == 7);
    // zone K's only server lies in zone K+1; the last one has glue.
    const auto chain = [](int last) {
        Servers servers;
        for (int i = 0; i < last; ++i)
            servers.refers(root, "z" + std::to_string(i) + ".",
                           "z" + std::to_string(i) + ". NS ns.z" + std::to_string(i + 1) + ".");
        servers.refers(root, "z" + std::to_string(last) + ".",
                       "z" + std::to_string(last) + ". NS ns.z" + std::to_string(last) + ".",
                       "ns.z" + std::to_string(last) + ". A 192.0.2.53");
        for (int i = 0; i < last; ++i)
            servers.answers("192.0.2.53", "ns.z" + std::to_string(i) + ".", Type::a,
                            "ns.z" + std::to_string(i) + ". A 192.0.2.53");
        servers.answers("192.0.2.53", "www.z0.", Type::a, "www.z0. A 192.0.2.80");
        ResolverLab lab{servers, only_v4()};
        return lab.ask("www.z0.", Type::a).end;
    };
    CHECK(chain(7) == End::found);
    CHECK(chain(8) == End::no_servers);
}

TEST_CASE("fifteen hundred name servers without an address cost fifty queries", "[dns][resolver][hostile][limits]")
{
    // NXNS: the attacker's zone names servers of the victim's, which does not know them.
    std::string many;
    for (int i = 0; i < 1500; ++i) many += "evil.com. NS ns" + std::to_string(i) + ".victim.net.\n";
    Servers servers;
    servers.refers(root, "com.", "com. NS a.gtld.example.", "a.gtld.example. A 198.18.0.2")
        .refers(root, "net.", "net. NS b.gtld.example.", "b.gtld.example. A 198.18.0.3")
        .refers(com, "evil.com.", many)
        .refers(net, "victim.net.", "victim.net. NS ns.victim.net.", "ns.victim.net. A 192.0.2.53")
        .says(one, ".", Type::a, {});
    std::size_t at_victim = 0;
    ResolverLab lab{[&](const Asking& asking, const Message& query) -> std::optional<Message> {
        if (asking.server == ip(one)) {
            ++at_victim;
            return respond(query, {.answer = {},
                                   .authority = "victim.net. SOA ns.victim.net. root.victim.net. 1 2 3 4 60",
                                   .additional = {},
                                   .authoritative = true,
                                   .rcode = Rcode::nxdomain});
        }
        return servers(asking, query);
    }};
    const auto answer = lab.ask("x.evil.com.", Type::a);
    CHECK(answer.rcode == Rcode::servfail);
    CHECK(lab.sent.size() <= 50);
    CHECK(at_victim <= 13); // an NXDOMAIN is for both families
}

TEST_CASE("nothing that a server says of others is believed", "[dns][resolver][hostile]")
{
    // As Kashpureff did: beside a true answer, records of zones that are somebody else's.
    Servers servers = small_internet();
    servers
        .says(one, "lure.example.com.", Type::a,
              {.answer = "lure.example.com. A 192.0.2.66\nwww.bank.net. A 203.0.113.66",
               .authority = "net. NS ns.evil.com.\n. NS ns.evil.com.\nbank.net. NS ns.evil.com.",
               .additional = "b.gtld.example. A 203.0.113.66\nwww.bank.net. A 203.0.113.66\n"
                             "a.root-servers.example. A 203.0.113.66",
               .authoritative = true})
        .refers(net, "bank.net.", "bank.net. NS ns.bank.net.", "ns.bank.net. A 203.0.113.53")
        .answers("203.0.113.53", "www.bank.net.", Type::a, "www.bank.net. A 203.0.113.1");
    ResolverLab lab{servers, only_v4()};
    CHECK(lab.ask("lure.example.com.", Type::a).answers.size() == 1);
    CHECK(lab.decisions(Decision::refused_record).size() == 7);
    CHECK(lab.decisions(Decision::refused_record)[0] == "www.bank.net. A example.com.");
    const auto answer = lab.ask("www.bank.net.", Type::a);
    CHECK(text(answer.answers) == Lines{"www.bank.net. 3600 IN A 203.0.113.1"});
    for (const Asking& asking : lab.sent) CHECK(asking.server != ip("203.0.113.66"));
}

TEST_CASE("a forged NS set of the zone itself changes nothing", "[dns][resolver][hostile]")
{
    // As Kaminsky did: a name that nobody has, and servers for the whole zone beside it.
    Servers servers = small_internet();
    servers.says(one, "x1.example.com.", Type::a,
                 {.answer = "x1.example.com. A 203.0.113.66",
                  .authority = "example.com. NS x1.example.com.",
                  .additional = "x1.example.com. A 203.0.113.66\nns1.example.com. A 203.0.113.66"});
    ResolverLab lab{servers, only_v4()};
    lab.ask("x1.example.com.", Type::a);
    lab.ask("example.com.", Type::mx);
    lab.ask("www.example.com.", Type::a);
    for (const Asking& asking : lab.sent) CHECK(asking.server != ip("203.0.113.66"));
}

TEST_CASE("a resolver asks neither itself, nor loopback, nor a group", "[dns][resolver][hostile]")
{
    for (const std::string glue :
         {"A 127.0.0.1", "A 0.0.0.0", "A 224.0.0.251", "A 255.255.255.255", "AAAA ::1", "AAAA ::", "AAAA ff02::fb",
          "AAAA fe80::1", "A 192.0.2.2", "AAAA ::ffff:127.0.0.1"}) {
        Servers servers;
        servers.refers(root, "example.", "example. NS ns.example.", "ns.example. " + glue);
        Resolver::Settings settings = only_v4();
        settings.ipv6 = true;
        settings.own = {ip("192.0.2.2")};
        ResolverLab lab{servers, settings};
        INFO(glue);
        CHECK(lab.ask("a.example.", Type::a).end == End::no_servers);
        CHECK(lab.sent.size() == 1);
    }
}

TEST_CASE("responses to nobody are nothing", "[dns][resolver][hostile]")
{
    ResolverLab lab{small_internet(), only_v4()};
    const Message response = make_response(make_query(1, {n("a."), Type::a}, false), Rcode::noerror);
    CHECK(!lab.resolver.on_response(lab.now, QueryId{7}, response));
    lab.resolver.on_failure(lab.now, QueryId{7}, "unreachable");
    lab.resolver.on_timer(lab.now);
    CHECK(lab.resolver.take_asks().empty());
    lab.begin({n("www.example.com."), Type::a});
    lab.run();
    // One that was used up is used up.
    CHECK(!lab.resolver.on_response(lab.now, QueryId{1}, response));
}

TEST_CASE("data that must not be kept serves those who wait for it, and nobody later", "[dns][resolver]")
{
    Servers servers;
    servers.refers(root, "example.", "example. 0 NS ns.example.", "ns.example. 0 A 192.0.2.53")
        .answers(one, "a.example.", Type::a, "a.example. 0 A 192.0.2.1");
    ResolverLab lab{servers, only_v4()};
    CHECK(text(lab.ask("a.example.", Type::a).answers) == Lines{"a.example. 0 IN A 192.0.2.1"});
    CHECK(lab.sent.size() == 2);
    lab.ask("a.example.", Type::a);
    CHECK(lab.sent.size() == 4);
    CHECK(lab.resolver.cache().size() == 0);
}
