#pragma once
/// A small Internet of names for tests: root, com, example.com, a resolver, and hosts that ask it.

#include "sim/nodes/name_server.hpp"
#include "sim/nodes/recursive_resolver.hpp"
#include "sim/nodes/signal.hpp"
#include "sim/nodes/stub_names.hpp"
#include "tests/unit/net/lab.hpp"

namespace tegami::nodes {

using net::lab::Lab;
using net::lab::Wiring;

inline wire::Address world_address(std::uint32_t link) { return wire::Address::v4(net::lab::address(link, 1)); }
inline dns::Name domain(std::string_view text) { return *dns::parse_name(text); }

inline const std::string root_zone = R"(
$TTL 86400
.                SOA a.root.example. root.root.example. 1 7200 900 1209600 86400
.                NS a.root.example.
a.root.example.  A 10.0.3.1
com.             NS a.gtld.example.
example.         NS a.gtld.example.
a.gtld.example.  A 10.0.4.1
)";
inline const std::string com_zone = R"(
$TTL 3600
@            SOA a.gtld.example. root 1 7200 900 1209600 600
@            NS a.gtld.example.
example      NS ns.example
ns.example   A 10.0.5.1
)";
inline const std::string example_zone = R"(
$TTL 300
@     SOA ns root 1 7200 900 1209600 60
@     NS ns
ns    A 10.0.5.1
@     MX 20 mx2
@     MX 10 mx1
mx1   A 10.0.5.1
mx1   AAAA 2001:db8::5
mx2   A 10.0.5.2
www   CNAME mx1
null  MX 0 .
large TXT ( "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
            "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
            "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
            "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
            "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
            "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
            "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
            "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
            "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
            "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
            "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
            "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
            "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789" )
)";

/// Hosts in the order of their links: ann 10.0.1.1, resolver 10.0.2.1, root 10.0.3.1, gtld 10.0.4.1, ns 10.0.5.1,
/// stranger 10.0.6.1.
struct NameWorld {
    Lab lab;
    Journal journal{lab.network.context};
    std::map<std::string, std::unique_ptr<Host>> hosts;
    StubNames *ann = nullptr, *stranger = nullptr;

    explicit NameWorld(std::uint64_t seed = 1, std::vector<std::string> more = {}) : lab(wiring(more), seed)
    {
        lab.engine.handle(engine::DueKind::begin, this, [](void* self, const engine::Due& due) {
            for (auto& [name, host] : static_cast<NameWorld*>(self)->hosts)
                if (host->node() == due.target) host->came_back();
        });
        for (const std::string name : {"ann", "resolver", "root", "gtld", "ns", "stranger"})
            hosts[name] = std::make_unique<Host>(lab.network, journal, lab.node(name), name + ".test", 0);
        serve("root", {{".", root_zone}});
        serve("gtld", {{"com.", com_zone}});
        serve("ns", {{"example.com.", example_zone}});
        RecursiveResolver::Settings settings;
        settings.resolver.hints = {{}, {{domain("a.root.example."), {world_address(3)}}}};
        settings.resolver.ipv6 = false;
        settings.resolver.own = {world_address(2)};
        settings.clients = {*inet::parse_prefix("10.0.1.0/24"), *inet::parse_prefix("10.0.7.0/24")};
        hosts["resolver"]->add(std::make_unique<RecursiveResolver>(*hosts["resolver"], settings));
        ann = stub("ann", 1, {world_address(2)});
        stranger = stub("stranger", 6, {world_address(2)});
        for (auto& [name, host] : hosts) lab.at({}, name, [h = host.get()] { h->begin(); });
    }
    ~NameWorld() { lab.engine.shut_down(); }

    static Wiring wiring(const std::vector<std::string>& more)
    {
        Wiring made;
        std::vector<std::string> names{"ann", "resolver", "root", "gtld", "ns", "stranger"};
        names.insert(names.end(), more.begin(), more.end());
        for (const std::string& name : names) made.host(name);
        made.router("core");
        for (const std::string& name : names) made.link(name, "core");
        return made;
    }
    void serve(const std::string& host, const std::vector<std::pair<std::string, std::string>>& zones)
    {
        NameServer::Settings settings;
        for (const auto& [origin, text] : zones) {
            dns::ZoneProblems problems;
            auto zone = dns::load_zone(text, domain(origin), problems);
            INFO(origin);
            for (const auto& problem : problems.take()) INFO(problem.key << problem.at.line);
            REQUIRE(zone);
            settings.zones.add(std::move(*zone));
        }
        hosts[host]->add(std::make_unique<NameServer>(*hosts[host], std::move(settings)));
    }
    StubNames* stub(const std::string& host, std::uint32_t link, std::vector<wire::Address> resolvers)
    {
        StubNames::Settings settings;
        for (const wire::Address& resolver : resolvers) settings.resolvers.push_back({resolver, wire::Port{53}});
        settings.sources = {{world_address(link), 24}};
        auto made = std::make_unique<StubNames>(*hosts[host], settings);
        StubNames* const kept = made.get();
        hosts[host]->set_names(std::move(made));
        return kept;
    }

    /// What the stub of a host was told, as text.
    std::vector<std::string> told;
    Task<void> ask_exchanges(StubNames& names, std::string name, Spans spans)
    {
        const auto found = co_await names.exchanges(name, spans);
        std::string line = name + " MX";
        if (!found) line += " failure " + std::to_string(static_cast<int>(found.error()));
        if (found)
            for (const Names::Exchange& each : *found) line += ' ' + std::to_string(each.preference) + ':' + each.host;
        told.push_back(line);
    }
    Task<void> ask_addresses(StubNames& names, std::string name, Spans spans)
    {
        const auto found = co_await names.addresses(name, spans);
        std::string line = name;
        if (!found) line += " failure " + std::to_string(static_cast<int>(found.error()));
        if (found)
            for (const wire::Address& each : *found) line += ' ' + wire::format(each);
        told.push_back(line);
    }
    Task<void> ask_text(StubNames& names, std::string name)
    {
        const auto found = co_await names.ask({domain(name), dns::Type::txt}, {});
        told.push_back(name + " TXT " + (found ? std::to_string(found->records.at(0).data.size()) : "failure"));
    }
    void exchanges(Duration when, const std::string& name, Spans spans = {})
    {
        lab.at(when, "ann", [this, name, spans] { hosts["ann"]->spawn(ask_exchanges(*ann, name, spans)); });
    }
    void addresses(Duration when, const std::string& name, Spans spans = {})
    {
        lab.at(when, "ann", [this, name, spans] { hosts["ann"]->spawn(ask_addresses(*ann, name, spans)); });
    }

    /// Frames first sent by a host.
    static std::size_t frames_of(const run::Log& log, engine::NodeId node)
    {
        std::size_t count = 0;
        for (const run::Event& event : log.events())
            if (std::holds_alternative<run::FrameSent>(event.what) && event.node == node) ++count;
        return count;
    }
};

} // namespace tegami::nodes
