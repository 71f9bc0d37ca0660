// What a resolver remembers: for how long, how far it believes it, and what gives way.

#include "tests/unit/dns/resolver_lab.hpp"

using namespace tegami;
using namespace tegami::dns;
using namespace tegami::dns::lab;

namespace {

struct Memory {
    Notes notes;
    Cache cache;
    Time now = lab_start;

    explicit Memory(std::size_t octets = cache_octets) : cache(notes, octets) {}

    void put(std::string_view records, Credibility credibility = Credibility::answer)
    {
        cache.put(now, rr(records), credibility);
    }
    std::vector<std::string> find(std::string_view name, Type type, Credibility at_least = Credibility::additional)
    {
        const auto found = cache.find(now, n(name), type, at_least);
        return found ? text(found->records) : std::vector<std::string>{"nothing"};
    }
    void pass(std::int64_t seconds) { now = now + wire::seconds(seconds); }
    std::vector<std::string> changes() const
    {
        static constexpr std::string_view names[] = {"put", "hit", "expired", "evicted"};
        std::vector<std::string> all;
        for (const Note& note : notes.all())
            if (const auto* cached = std::get_if<Cached>(&note))
                all.push_back(std::string{names[static_cast<std::size_t>(cached->change)]} + ' ' +
                              format(cached->name) + ' ' + std::to_string(cached->ttl));
        return all;
    }
};

using Lines = std::vector<std::string>;
const Lines not_found{"nothing"};
constexpr std::uint32_t hour = 3600, day = 24 * hour;

} // namespace

TEST_CASE("a set of records is found with the time that is left, and then no more", "[dns][cache]")
{
    Memory memory;
    memory.put("www.example. 100 IN A 192.0.2.1\nwww.example. 300 IN A 192.0.2.2"); // RFC 2181 §5.2: the lowest
    CHECK(memory.find("WWW.example.", Type::a) ==
          Lines{"www.example. 100 IN A 192.0.2.1", "www.example. 100 IN A 192.0.2.2"});
    memory.pass(99);
    CHECK(memory.find("www.example.", Type::a)[0] == "www.example. 1 IN A 192.0.2.1");
    CHECK(memory.find("www.example.", Type::aaaa) == not_found);
    CHECK(memory.find("example.", Type::a) == not_found);
    memory.pass(1);
    CHECK(memory.find("www.example.", Type::a) == not_found);
    CHECK(memory.cache.size() == 0);
    CHECK(memory.cache.octets() == 0);
    CHECK(memory.changes() ==
          Lines{"put www.example. 100", "hit www.example. 100", "hit www.example. 1", "expired www.example. 0"});
}

TEST_CASE("records of a set that are the same are kept once", "[dns][cache]")
{
    Memory memory;
    memory.put("example. 60 IN NS ns.example.\nexample. 60 IN NS NS.Example.");
    CHECK(memory.find("example.", Type::ns).size() == 1);
}

TEST_CASE("a TTL lies between one second and two days", "[dns][cache][limits]")
{
    static_assert(longest_ttl_kept == 2 * day);
    const auto kept = [](std::uint32_t ttl) {
        Memory memory;
        RecordSet set = rr("a.example. IN A 192.0.2.1");
        set[0].ttl = ttl;
        memory.cache.put(memory.now, set, Credibility::answer);
        const auto found = memory.cache.find(memory.now, n("a.example."), Type::a, Credibility::answer);
        return found ? found->records[0].ttl : 0;
    };
    CHECK(kept(0) == 0);
    CHECK(kept(1) == 1);
    CHECK(kept(2 * day) == 2 * day);
    CHECK(kept(2 * day + 1) == 2 * day);
    CHECK(kept(0x7FFF'FFFF) == 2 * day);
    CHECK(kept(0x8000'0000) == 0); // RFC 2181 §8
    CHECK(kept(0xFFFF'FFFF) == 0);
}

TEST_CASE("what is more credible stays, and replaces what is less", "[dns][cache]")
{
    using enum Credibility;
    const Credibility order[] = {additional, answer_not_authoritative, authority, answer};
    for (const Credibility first : order)
        for (const Credibility second : order) {
            Memory memory;
            memory.put("a.example. 100 IN A 192.0.2.1", first);
            memory.put("a.example. 100 IN A 192.0.2.2", second);
            const bool replaced = second >= first;
            CHECK(memory.find("a.example.", Type::a)[0] ==
                  (replaced ? "a.example. 100 IN A 192.0.2.2" : "a.example. 100 IN A 192.0.2.1"));
            // A set is replaced as a whole, and once it has expired by anything.
            memory.pass(100);
            memory.put("a.example. 100 IN A 192.0.2.3", additional);
            CHECK(memory.find("a.example.", Type::a) == Lines{"a.example. 100 IN A 192.0.2.3"});
        }
}

TEST_CASE("glue is not found by who wants an answer", "[dns][cache]")
{
    Memory memory;
    memory.put("ns.example. 100 IN A 192.0.2.1", Credibility::additional);
    CHECK(memory.find("ns.example.", Type::a, Credibility::answer_not_authoritative) == not_found);
    CHECK(memory.find("ns.example.", Type::a, Credibility::additional).size() == 1);
}

TEST_CASE("that a name has no records of a type, and that there is no such name", "[dns][cache]")
{
    Memory memory;
    const Record soa = rr("example. 900 IN SOA ns.example. root.example. 1 2 3 4 600")[0];
    memory.cache.put_no_data(memory.now, n("a.example."), Type::mx, soa, Credibility::authority);
    memory.cache.put_no_such_name(memory.now, n("b.example."), soa, Credibility::authority);

    auto found = memory.cache.find(memory.now, n("a.example."), Type::mx, Credibility::answer_not_authoritative);
    REQUIRE(found);
    CHECK(found->what == Cache::What::no_data);
    CHECK(text(found->records) == Lines{"example. 600 IN SOA ns.example. root.example. 1 2 3 4 600"});
    CHECK(memory.find("a.example.", Type::a) == not_found);
    for (const Type type : {Type::a, Type::mx, Type::cname}) {
        found = memory.cache.find(memory.now, n("b.example."), type, Credibility::answer_not_authoritative);
        REQUIRE(found);
        CHECK(found->what == Cache::What::no_such_name);
    }
    CHECK(memory.find("x.b.example.", Type::a) == not_found); // RFC 8020 is left out

    // It exists after all; glue says nothing about that.
    memory.put("b.example. 60 IN A 192.0.2.1", Credibility::additional);
    CHECK(memory.cache.find(memory.now, n("b.example."), Type::mx, Credibility::answer_not_authoritative));
    memory.put("b.example. 60 IN A 192.0.2.1", Credibility::answer);
    CHECK(memory.find("b.example.", Type::mx) == not_found);

    memory.pass(599);
    CHECK(memory.find("a.example.", Type::mx)[0].starts_with("example. 1 IN SOA"));
    memory.pass(1);
    CHECK(memory.find("a.example.", Type::mx) == not_found);
}

TEST_CASE("a negative answer lasts as long as its SOA allows, and an hour", "[dns][cache][limits]")
{
    static_assert(longest_negative_ttl_kept == hour);
    const auto kept = [](std::uint32_t ttl, std::uint32_t minimum) {
        Memory memory;
        Record soa = make_record(n("example."), ttl, Soa{n("ns.example."), n("root.example."), 1, 2, 3, 4, minimum});
        memory.cache.put_no_such_name(memory.now, n("a.example."), soa, Credibility::authority);
        const auto found = memory.cache.find(memory.now, n("a.example."), Type::a, Credibility::additional);
        return found ? found->records[0].ttl : 0;
    };
    CHECK(kept(100, 200) == 100);
    CHECK(kept(200, 100) == 100);
    CHECK(kept(hour, hour) == hour);
    CHECK(kept(hour + 1, day) == hour);
    CHECK(kept(0, 100) == 0);
    CHECK(kept(100, 0) == 0);
}

TEST_CASE("what could not be found out is not tried again for five seconds, and hides nothing", "[dns][cache][limits]")
{
    static_assert(failure_ttl == 5);
    Memory memory;
    memory.put("ns.example. 100 IN A 192.0.2.1", Credibility::additional);
    memory.cache.put_failure(memory.now, n("ns.example."), Type::a);
    CHECK(memory.find("ns.example.", Type::a).size() == 1);
    auto found = memory.cache.find(memory.now, n("ns.example."), Type::a, Credibility::answer_not_authoritative);
    REQUIRE(found);
    CHECK(found->what == Cache::What::failure);
    memory.now = memory.now + wire::seconds(5) - wire::nanoseconds(1);
    CHECK(memory.cache.find(memory.now, n("ns.example."), Type::a, Credibility::answer_not_authoritative));
    memory.now = memory.now + wire::nanoseconds(1);
    CHECK(!memory.cache.find(memory.now, n("ns.example."), Type::a, Credibility::answer_not_authoritative));
}

TEST_CASE("a zone cannot prolong its own delegation", "[dns][cache]")
{
    Memory memory;
    memory.put("example. 3600 IN NS ns.example.", Credibility::additional);
    for (int i = 0; i < 5; ++i) {
        memory.pass(600);
        memory.put("example. 86400 IN NS ns.example.", i % 2 ? Credibility::answer : Credibility::authority);
    }
    CHECK(memory.find("example.", Type::ns)[0] == "example. 600 IN NS ns.example.");
    memory.pass(600);
    CHECK(memory.find("example.", Type::ns) == not_found);
    // A shorter life is accepted.
    memory.put("example. 3600 IN NS ns.example.", Credibility::additional);
    memory.put("example. 60 IN NS ns2.example.", Credibility::authority);
    CHECK(memory.find("example.", Type::ns)[0] == "example. 60 IN NS ns2.example.");
}

TEST_CASE("when there is no more room, what was used least recently goes", "[dns][cache][limits]")
{
    Memory probe;
    probe.put("n000.example. 100 IN A 192.0.2.1");
    const std::size_t one = probe.cache.octets();
    Memory memory{one * 3};
    memory.put("n001.example. 100 IN A 192.0.2.1");
    memory.put("n002.example. 100 IN A 192.0.2.1");
    memory.put("n003.example. 100 IN A 192.0.2.1");
    CHECK(memory.cache.size() == 3);
    memory.find("n001.example.", Type::a);
    memory.put("n004.example. 100 IN A 192.0.2.1");
    CHECK(memory.cache.size() == 3);
    CHECK(memory.find("n002.example.", Type::a) == not_found);
    CHECK(memory.find("n001.example.", Type::a) != not_found);
    CHECK(memory.changes()[4] == "evicted n002.example. 100");
    // What is larger than all the room is not taken, and nothing gives way to it.
    std::string large;
    for (int i = 0; i < 100; ++i) large += "large.example. 100 IN TXT \"" + std::to_string(i) + "\"\n";
    memory.put(large);
    CHECK(memory.find("large.example.", Type::txt) == not_found);
    CHECK(memory.cache.size() == 3);
}

TEST_CASE("a cache that is filled for long stays within its octets", "[dns][cache][limits]")
{
    Memory memory{64 << 10};
    for (std::uint32_t i = 0; i < 20'000; ++i) {
        const Name name = *n("example.").with_first("host" + std::to_string(i * 7919 % 5003));
        memory.cache.put(memory.now, {make_record(name, 1 + i % 50, A{wire::Address::v4(i)})}, Credibility::answer);
        CHECK(memory.cache.octets() <= 64 << 10);
        if (i % 100 == 0) memory.pass(1);
        memory.notes.clear();
    }
    CHECK(memory.cache.size() > 100);
    memory.cache.clear();
    CHECK(memory.cache.octets() == 0);
}
