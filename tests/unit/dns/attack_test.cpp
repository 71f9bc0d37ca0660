// Hostile messages, as responses to the resolver and to a stub.

#include "tests/unit/dns/resolver_lab.hpp"
#include "tests/unit/skip.hpp"

#include <filesystem>
#include <fstream>

using namespace tegami;
using namespace tegami::dns;
using namespace tegami::dns::lab;

namespace {

const std::filesystem::path attack_folder = TEGAMI_VECTORS "/attack-pack/dns";

wire::OctetBuffer attack(const std::string& name)
{
    std::ifstream in{attack_folder / (name + ".bin"), std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

/// A resolver that asks about www.example.test, whose zone is example.test; its server gives the attack as its response.
struct Attacked {
    Resolver::Answer answer;
    std::size_t queries = 0;
    Duration took{};
    std::vector<std::string> kept, refused; ///< owner and type

    explicit Attacked(const wire::OctetBuffer& octets, Type type = Type::a)
    {
        Servers servers;
        servers
            .refers("198.18.0.1", "example.test.", "example.test. NS ns.example.test.", "ns.example.test. A 192.0.2.53")
            .refers("198.18.0.1", "bank.test.", "bank.test. NS ns.bank.test.", "ns.bank.test. A 192.0.2.54")
            .answers("192.0.2.54", "www.bank.test.", Type::a, "www.bank.test. A 203.0.113.1");
        ResolverLab lab{[&](const Asking& asking, const Message& query) -> std::optional<Message> {
                            if (asking.server != ip("192.0.2.53")) return servers(asking, query);
                            auto response = decode_message(octets);
                            if (!response) return std::nullopt; // dropped by who receives it
                            response->header.id = query.header.id;
                            return *response;
                        },
                        {.hints = root_at({ip("198.18.0.1")}), .ipv6 = false}};
        answer = lab.ask("www.example.test.", type);
        queries = lab.sent.size();
        took = lab.now - lab_start;
        refused = lab.decisions(Decision::refused_record);
        for (const Note& note : lab.notes.all())
            if (const auto* cached = std::get_if<Cached>(&note); cached && cached->change == CacheChange::put)
                kept.push_back(format(cached->name) + ' ' + format(cached->type) +
                               (cached->negative ? "" : ' ' + std::to_string(cached->ttl)));
        // Nobody else's name was harmed.
        CHECK(text(lab.ask("www.bank.test.", Type::a).answers) ==
              std::vector<std::string>{"www.bank.test. 3600 IN A 203.0.113.1"});
    }
    bool has_kept(const std::string& what) const { return std::ranges::find(kept, what) != kept.end(); }
};

} // namespace

TEST_CASE("no hostile response costs much, or is kept beyond its zone", "[dns][resolver][hostile][vectors]")
{
    if (!std::filesystem::exists(attack_folder)) return test::skip("the attack pack is not here");
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator{attack_folder}) {
        const std::string name = entry.path().stem();
        if (name == "tcp-pipelined-500") continue; // queries, for a server
        ++count;
        INFO(name);
        for (const Type type : {Type::a, Type::txt}) {
            const Attacked attacked{attack(name), type};
            CHECK(attacked.queries <= 50);
            CHECK(attacked.took <= wire::seconds(10));
            for (const std::string& kept : attacked.kept) {
                const Name owner = n(kept.substr(0, kept.find(' ')));
                CHECK(owner.is_at_or_below(n("example.test.")));
            }
        }
    }
    CHECK(count == 23);
}

TEST_CASE("what becomes of hostile responses one by one", "[dns][resolver][hostile][vectors]")
{
    if (!std::filesystem::exists(attack_folder)) return test::skip("the attack pack is not here");
    CHECK(Attacked{attack("cname-self")}.answer.end == End::alias_loop);
    CHECK(Attacked{attack("cname-chain-100")}.answer.rcode == Rcode::servfail);
    CHECK(Attacked{attack("wrong-qname")}.answer.end == End::no_servers); // no response to us at all
    CHECK(Attacked{attack("an-65535")}.answer.end == End::no_servers);

    const Attacked poison{attack("out-of-bailiwick")};
    CHECK(poison.answer.rcode == Rcode::noerror);
    CHECK(poison.refused.size() == 1);
    const Attacked servers{attack("ns-poison")};
    CHECK(servers.answer.rcode == Rcode::noerror);
    CHECK(!servers.refused.empty());
    CHECK(!servers.has_kept("test. NS 60"));

    const Attacked longest{attack("ttl-max")};
    CHECK(longest.has_kept("www.example.test. A 172800"));
    CHECK(longest.answer.rcode == Rcode::noerror);

    const Attacked truncated{attack("tc-with-answer")}; // also over TCP: then it is of no use
    CHECK(truncated.answer.rcode == Rcode::servfail);
    CHECK(truncated.answer.answers.empty());

    const Attacked many{attack("ns-1500")};
    CHECK(many.queries <= 50);
}

TEST_CASE("a stub survives hostile responses", "[dns][stub][hostile][vectors]")
{
    if (!std::filesystem::exists(attack_folder)) return test::skip("the attack pack is not here");
    for (const auto& entry : std::filesystem::directory_iterator{attack_folder}) {
        const auto response = decode_message(attack(entry.path().stem()));
        if (!response) continue;
        StubQuestion question{{{ip("192.0.2.1"), wire::Port{53}}}, {n("www.example.test."), Type::a}};
        for (int i = 0; i < 20 && question.next(); ++i) question.on_response(*response);
        CHECK(!question.next());
    }
}
