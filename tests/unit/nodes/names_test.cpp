// A whole small Internet of names: root, com, example.com, a resolver, and hosts that ask it, over the simulated network.

#include "tests/unit/nodes/name_world.hpp"

using namespace tegami;
using namespace tegami::nodes;
using net::lab::Lab;
using net::lab::Wiring;
using wire::milliseconds;
using wire::seconds;

namespace {

using Told = std::vector<std::string>;

} // namespace

TEST_CASE("a question goes from the stub by the resolver to root, com and example.com, and back", "[nodes][names]")
{
    NameWorld world;
    world.exchanges(seconds(1), "example.com");
    world.lab.run(seconds(5));
    CHECK(world.told == Told{"example.com MX 20:mx2.example.com 10:mx1.example.com"});

    const run::Log log = world.lab.log();
    std::vector<std::string> asked;
    for (const auto& [at, fact] : Lab::facts<run::DnsAsked>(log))
        asked.push_back(wire::format(fact.server) + ' ' + std::string{fact.name} + (fact.recursive ? " RD" : ""));
    CHECK(asked ==
          Told{"10.0.2.1 example.com. RD", "10.0.3.1 example.com.", "10.0.4.1 example.com.", "10.0.5.1 example.com."});
    std::vector<run::DnsOutcome> outcomes;
    for (const auto& [at, fact] : Lab::facts<run::DnsAnswered>(log)) outcomes.push_back(fact.outcome);
    using enum run::DnsOutcome;
    CHECK(outcomes == std::vector{referral, referral, answer, answer});
    CHECK(Lab::facts<run::DnsServed>(log).size() == 4);
    const auto answered = Lab::facts<run::DnsAnswered>(log);
    CHECK(answered[0].second.records == "\n\ncom. 86400 IN NS a.gtld.example.\n\na.gtld.example. 86400 IN A 10.0.4.1");

    // RFC 5452 §9.2: no two alike.
    std::set<std::pair<std::uint16_t, std::uint16_t>> drawn;
    for (const auto& [at, fact] : Lab::facts<run::DnsAsked>(log)) drawn.insert({fact.port, fact.id});
    CHECK(drawn.size() == 4);
}

TEST_CASE("the second question is answered from the cache: two datagrams, and none to other servers", "[nodes][names]")
{
    NameWorld world;
    world.exchanges(seconds(1), "example.com");
    world.lab.run(seconds(5));
    const run::Log before = world.lab.log();
    const auto frames = [&](const run::Log& log) {
        std::vector<std::size_t> counts;
        for (const std::string_view name : {"ann", "resolver", "root", "gtld", "ns"})
            counts.push_back(NameWorld::frames_of(log, world.lab.node(name)));
        return counts;
    };
    const auto first = frames(before);
    world.exchanges(seconds(6), "example.com");
    world.lab.run(seconds(9));
    const run::Log after = world.lab.log();
    const auto second = frames(after);
    CHECK(world.told.size() == 2);
    CHECK(world.told[0] == world.told[1]);
    CHECK(second[0] - first[0] == 1); // the question
    CHECK(second[1] - first[1] == 1); // the answer
    CHECK(second[2] == first[2]);
    CHECK(second[3] == first[3]);
    CHECK(second[4] == first[4]);
    std::size_t hits = 0;
    for (const auto& [at, fact] : Lab::facts<run::DnsCached>(after))
        hits += fact.change == run::CacheChange::hit && fact.name == "example.com." &&
                fact.type == static_cast<std::uint16_t>(dns::Type::mx);
    CHECK(hits == 1);
    CHECK(Lab::facts<run::DnsServed>(after).back().second.cached);
}

TEST_CASE("from a frame at the root server one gets to the step that asked", "[nodes][names][spans]")
{
    NameWorld world;
    world.lab.at(seconds(1), "ann", [&] {
        const MailId mail = world.journal.make_mail(world.lab.node("ann"), {});
        const SpanId step = world.journal.begin(world.lab.node("ann"),
                                                {.mail = mail, .step = Step::s3_1_mx, .recipients = {}, .peer = {}});
        world.hosts["ann"]->spawn(world.ask_exchanges(*world.ann, "example.com", world.journal.only(step)));
    });
    world.lab.run(seconds(5));
    REQUIRE(world.told.size() == 1);
    const run::Log log = world.lab.log();
    const auto serves = [&](const run::Event& event) {
        for (const SpanId span : log.spans().members(event.spans))
            if (log.spans()[span].step == Step::s3_1_mx) return true;
        return false;
    };
    // Every datagram of every host, ARP frames apart from those that serve it.
    for (const std::string_view name : {"ann", "resolver", "root", "gtld", "ns"}) {
        std::size_t count = 0;
        for (const run::Event& event : log.events())
            if (std::holds_alternative<run::FrameSent>(event.what) && event.node == world.lab.node(name) &&
                serves(event))
                ++count;
        INFO(name);
        CHECK(count >= (name == "resolver" ? 4u : 1u));
    }
    for (const run::Event& event : log.events())
        if (std::holds_alternative<run::DnsServed>(event.what) || std::holds_alternative<run::DnsAsked>(event.what) ||
            std::holds_alternative<run::DnsAnswered>(event.what) || std::holds_alternative<run::DnsDecided>(event.what))
            CHECK(serves(event));
}

TEST_CASE("two steps that ask the same at once: the second joins the first", "[nodes][names][spans]")
{
    NameWorld world;
    std::vector<SpanId> steps;
    world.lab.at(seconds(1), "ann", [&] {
        for (int i = 0; i < 2; ++i) {
            const MailId mail = world.journal.make_mail(world.lab.node("ann"), {});
            steps.push_back(world.journal.begin(world.lab.node("ann"),
                                                {.mail = mail, .step = Step::s3_1_mx, .recipients = {}, .peer = {}}));
        }
        world.hosts["ann"]->spawn(world.ask_exchanges(*world.ann, "example.com", world.journal.only(steps[0])));
    });
    world.lab.at(seconds(1) + milliseconds(1), "ann", [&] {
        world.hosts["ann"]->spawn(world.ask_exchanges(*world.ann, "example.com", world.journal.only(steps[1])));
    });
    world.lab.run(seconds(5));
    CHECK(world.told.size() == 2);
    const run::Log log = world.lab.log();
    const auto joined = Lab::facts<run::Joined>(log);
    REQUIRE(joined.size() == 1);
    CHECK(joined[0].second.step == steps[1]);
    CHECK(joined[0].second.other == steps[0]);
    CHECK(Lab::facts<run::DnsAsked>(log, world.lab.node("resolver")).size() == 3);
}

TEST_CASE("what names a host can be told", "[nodes][names]")
{
    NameWorld world;
    Duration at = seconds(1);
    for (const std::string name : {"mx1.example.com", "www.example.com.", "mx2.Example.COM", "none.example.com",
                                   "example.com", "no such name..", "elsewhere.test"}) {
        world.addresses(at, name);
        at = at + seconds(20);
    }
    world.exchanges(at, "null.example.com");
    world.exchanges(at + seconds(20), "mx1.example.com");
    world.lab.run(at + seconds(60));
    // Of mx1's addresses only those of a family that the host has.
    CHECK(world.told == Told{"mx1.example.com 10.0.5.1", "www.example.com. 10.0.5.1", "mx2.Example.COM 10.0.5.2",
                             "none.example.com failure 0", "example.com failure 1", "no such name.. failure 0",
                             "elsewhere.test failure 0", "null.example.com MX 0:", "mx1.example.com MX failure 1"});
}

TEST_CASE("an answer that a datagram cannot carry comes over TCP, from server to resolver and from there to the host",
          "[nodes][names]")
{
    NameWorld world;
    world.lab.at(seconds(1), "ann",
                 [&] { world.hosts["ann"]->spawn(world.ask_text(*world.ann, "large.example.com.")); });
    world.lab.run(seconds(20));
    CHECK(world.told == Told{"large.example.com. TXT " + std::to_string(13 * 101)});
    const run::Log log = world.lab.log();
    std::vector<std::string> over;
    for (const auto& [at, fact] : Lab::facts<run::DnsAsked>(log))
        over.push_back(wire::format(fact.server) + (fact.transport == run::DnsTransport::tcp ? " tcp" : " udp"));
    CHECK(over == Told{"10.0.2.1 udp", "10.0.3.1 udp", "10.0.4.1 udp", "10.0.5.1 udp", "10.0.5.1 tcp", "10.0.2.1 tcp"});
    CHECK(Lab::facts<run::SessionBegun>(log).size() == 4); // both ends of both
}

TEST_CASE("a resolver serves its own networks", "[nodes][names]")
{
    NameWorld world;
    world.lab.at(seconds(1), "stranger",
                 [&] { world.hosts["stranger"]->spawn(world.ask_exchanges(*world.stranger, "example.com", {})); });
    world.lab.run(seconds(5));
    CHECK(world.told == Told{"example.com MX failure 2"});
    const run::Log log = world.lab.log();
    CHECK(Lab::facts<run::DnsAsked>(log, world.lab.node("resolver")).empty());
    CHECK(Lab::facts<run::DnsServed>(log)[0].second.outcome == run::DnsOutcome::refused);
}

TEST_CASE("a host without an answer asks three times, 5, 10 and 20 seconds, and gives up", "[nodes][names]")
{
    NameWorld world;
    world.lab.at(milliseconds(500), "resolver", [&] { world.hosts["resolver"]->crash(true); });
    world.exchanges(seconds(1), "example.com");
    world.lab.run(seconds(60));
    CHECK(world.told == Told{"example.com MX failure 3"});
    const run::Log log = world.lab.log();
    std::vector<std::int64_t> at;
    for (const auto& [when, fact] : Lab::facts<run::DnsAsked>(log)) at.push_back(when.ns / 1'000'000'000);
    CHECK(at == std::vector<std::int64_t>{1, 6, 16});
    CHECK(Lab::facts<run::DnsAnswered>(log).back().second.outcome == run::DnsOutcome::timed_out);
}

TEST_CASE("a resolver that crashes amid a walk forgets it, and its memory, and serves again when it is back",
          "[nodes][names]")
{
    for (const std::int64_t after : {1'001, 1'002, 1'003, 1'010, 1'050, 1'200}) {
        NameWorld world;
        world.exchanges(seconds(1), "example.com");
        world.lab.at(milliseconds(after), "resolver", [&] { world.hosts["resolver"]->crash(after % 2); });
        world.lab.at(milliseconds(after) + seconds(2), "resolver", [&] { world.hosts["resolver"]->start(); });
        world.exchanges(seconds(10), "example.com");
        world.lab.run(seconds(40));
        REQUIRE(world.told.size() == 2);
        CHECK(world.told[1] == "example.com MX 20:mx2.example.com 10:mx1.example.com");
        CHECK(world.lab.engine.process_count(world.lab.node("ann")) == 0);
    }
}

TEST_CASE("forged answers are noted, and not believed unless everything in them is right", "[nodes][names][hostile]")
{
    // What the resolver will ask the root with this seed, port and ID, and when.
    run::DnsAsked asked{};
    Duration when{};
    {
        NameWorld world;
        world.exchanges(seconds(1), "example.com");
        world.lab.run(seconds(5));
        const run::Log log = world.lab.log();
        std::tie(when, asked) = Lab::facts<run::DnsAsked>(log, world.lab.node("resolver")).front();
    }
    struct Forger {
        bool port = true, id = true, address = true, question = true;
    };
    const auto told_with = [&](Forger right) {
        NameWorld world;
        world.exchanges(seconds(1), "example.com");
        const auto id = static_cast<std::uint16_t>(right.id ? asked.id : asked.id + 1);
        dns::Message forged = dns::make_response(
            dns::make_query(id, {domain(right.question ? "example.com." : "example.net."), dns::Type::mx}, false),
            dns::Rcode::noerror);
        forged.header.authoritative = true;
        forged.answers = {dns::make_record(domain("example.com."), 300, dns::Mx{0, domain("mx.evil.test.")})};
        const wire::OctetBuffer octets = dns::encode(forged);
        const inet::Ipv4Header header{.source = net::lab::address(right.address ? 3 : 6, 1),
                                      .destination = net::lab::address(2, 1),
                                      .protocol = inet::Protocol::udp};
        wire::OctetBuffer payload(inet::udp_header_size);
        inet::encode_udp_header(wire::Port{53}, wire::Port{static_cast<std::uint16_t>(asked.port + !right.port)},
                                header.source, header.destination, octets, payload.data());
        payload.insert(payload.end(), octets.begin(), octets.end());
        // The root's own answer takes longer than half a millisecond.
        world.lab.packet(when + wire::microseconds(1), "stranger", header, payload);
        world.lab.run(seconds(20));
        const run::Log log = world.lab.log();
        std::size_t noted = 0;
        for (const auto& [at, fact] : Lab::facts<run::DnsAnswered>(log))
            noted += fact.outcome == run::DnsOutcome::forged;
        return std::pair{world.told.at(0), noted};
    };
    const std::string truth = "example.com MX 20:mx2.example.com 10:mx1.example.com";
    CHECK(told_with({.id = false}) == std::pair{truth, std::size_t{1}});
    CHECK(told_with({.address = false}) == std::pair{truth, std::size_t{1}});
    CHECK(told_with({.question = false}) == std::pair{truth, std::size_t{1}});
    CHECK(told_with({.port = false}) == std::pair{truth, std::size_t{0}}); // nobody there
    // Who guesses all of it is believed: that is why they are random.
    CHECK(told_with({}).first == "example.com MX 0:mx.evil.test");
}

TEST_CASE("the same seed draws the same, and a question more changes nobody's draws", "[nodes][names]")
{
    const auto drawn = [](std::uint64_t seed, bool more) {
        NameWorld world{seed};
        world.exchanges(seconds(1), "example.com");
        if (more) world.addresses(milliseconds(100), "elsewhere.test");
        world.exchanges(seconds(5), "example.com");
        world.lab.run(seconds(10));
        const run::Log log = world.lab.log();
        std::vector<std::pair<std::uint16_t, std::uint16_t>> all;
        for (const auto& [at, fact] : Lab::facts<run::DnsAsked>(log, world.lab.node("ann")))
            if (fact.name == "example.com.") all.emplace_back(fact.port, fact.id);
        return all;
    };
    CHECK(drawn(1, false) == drawn(1, false));
    CHECK(drawn(1, false) == drawn(1, true));
    CHECK(drawn(1, false) != drawn(2, false));
}

TEST_CASE("where both families are spoken, A and AAAA are asked at once, and IPv6 comes first", "[nodes][names][ipv6]")
{
    Wiring wiring;
    wiring.dual().host("ann").host("server").router("core").link("ann", "core").link("server", "core");
    Lab lab{wiring};
    Journal journal{lab.network.context};
    Host ann{lab.network, journal, lab.node("ann"), "ann.test", 0};
    Host server{lab.network, journal, lab.node("server"), "server.test", 0};
    const wire::Address server4 = world_address(2), server6 = net::lab::address6(2, 1);

    dns::ZoneProblems problems;
    auto zone = dns::load_zone("@ 60 SOA ns root 1 2 3 4 60\n@ 60 NS ns\nns 60 A 10.0.2.1\nns 60 AAAA 2001:db8:0:2::1\n"
                               "www 60 A 10.0.2.1\nwww 60 AAAA 2001:db8:0:2::1\nold 60 A 10.0.2.1\n",
                               domain("example."), problems);
    REQUIRE(zone);
    NameServer::Settings serves;
    serves.at = {server4, server6};
    serves.zones.add(std::move(*zone));
    server.add(std::make_unique<NameServer>(server, std::move(serves)));
    StubNames::Settings asks; // a server that is asked to recurse and answers for its own zone
    asks.resolvers = {{server6, wire::Port{53}}, {server4, wire::Port{53}}};
    asks.sources = {{world_address(1), 24}, {net::lab::address6(1, 1), 64}};
    StubNames stub{ann, asks};

    Told told;
    const auto ask = [](StubNames& names, std::string name, Told& into) -> Task<void> {
        const auto found = co_await names.addresses(name, {});
        std::string line = name;
        if (found)
            for (const wire::Address& each : *found) line += ' ' + wire::format(each);
        into.push_back(line);
    };
    for (Host* host : {&ann, &server}) lab.at({}, host->name(), [host] { host->begin(); });
    lab.at(seconds(1), "ann", [&] { ann.spawn(ask(stub, "www.example", told)); });
    lab.at(seconds(2), "ann", [&] { ann.spawn(ask(stub, "old.example", told)); });
    lab.run(seconds(10));
    CHECK(told == Told{"www.example 2001:db8:0:2::1 10.0.2.1", "old.example 10.0.2.1"});
    const run::Log log = lab.log();
    const auto asked = Lab::facts<run::DnsAsked>(log);
    REQUIRE(asked.size() == 4);
    CHECK(asked[0].first == asked[1].first);
    for (const auto& [at, fact] : asked) CHECK(fact.server == server6);
    lab.engine.shut_down();
}

TEST_CASE("a host learns at once that its resolver does not listen, and asks the next", "[nodes][names]")
{
    NameWorld world;
    StubNames::Settings settings;
    settings.resolvers = {{world_address(5), wire::Port{5353}}, {world_address(2), wire::Port{53}}};
    settings.sources = {{world_address(1), 24}};
    StubNames stub{*world.hosts["ann"], settings};
    world.lab.at(seconds(1), "ann", [&] { world.hosts["ann"]->spawn(world.ask_exchanges(stub, "example.com", {})); });
    world.lab.run(seconds(2));
    CHECK(world.told == Told{"example.com MX 20:mx2.example.com 10:mx1.example.com"});
}
