#pragma once
/// A small network for tests: hosts and routers by name, links between them, and what was recorded of it.

#include "sim/net/network.hpp"
#include "sim/run/log.hpp"

#include <catch2/catch.hpp>

#include <functional>

namespace tegami::net::lab {

/// 2001:db8:0:k::end
inline wire::Address address6(std::uint32_t link, std::uint32_t end)
{
    wire::Address address;
    address.octets = {0x20, 0x01, 0x0D, 0xB8};
    wire::store_u16(&address.octets[6], static_cast<std::uint16_t>(link));
    wire::store_u16(&address.octets[14], static_cast<std::uint16_t>(end));
    return address;
}

/// A topology by names. Link k, from 1, has the addresses 10.0.k.1 (its first end) and 10.0.k.2; where the wiring is
/// dual, 2001:db8:0:k::1 and ::2 as well.
class Wiring {
  public:
    Wiring& dual()
    {
        dual_ = true;
        return *this;
    }
    Wiring& network_switch(const std::string& name) { return add(name, HostKind::network_switch); }
    /// `host` hangs on a switch, with these addresses: "10.9.0.1/24".
    Wiring& plug(const std::string& host, const std::string& into, const std::vector<std::string>& addresses,
                 LinkFigures figures = {})
    {
        link(host, into, figures);
        auto& own = topology.hosts[index(host)].interfaces.back().addresses;
        own.clear();
        for (const std::string& text : addresses) {
            const auto parsed = inet::parse_interface_address(text);
            REQUIRE(parsed);
            own.push_back({parsed->address, parsed->network.length});
        }
        return *this;
    }
    Wiring& loopback(const std::string& host)
    {
        topology.hosts[index(host)].interfaces.push_back(loopback_interface());
        return *this;
    }
    Wiring& host(const std::string& name) { return add(name, HostKind::host); }
    Wiring& router(const std::string& name, std::vector<std::string> announces = {})
    {
        add(name, HostKind::router);
        for (const std::string& prefix : announces)
            topology.hosts.back().announces.push_back(*inet::parse_prefix(prefix));
        return *this;
    }
    Wiring& link(const std::string& a, const std::string& b, LinkFigures figures = {})
    {
        const std::size_t ia = index(a), ib = index(b);
        const auto k = static_cast<std::uint32_t>(topology.links.size() + 1);
        HostSpec &ha = topology.hosts[ia], &hb = topology.hosts[ib];
        ha.interfaces.push_back({b,
                                 link::MacAddress::from_number(0x02'0000'0000'00 + 2 * k),
                                 {{wire::Address::v4(0x0A00'0001 + (k << 8)), 32}}});
        hb.interfaces.push_back({a,
                                 link::MacAddress::from_number(0x02'0000'0000'01 + 2 * k),
                                 {{wire::Address::v4(0x0A00'0002 + (k << 8)), 32}}});
        if (dual_) {
            ha.interfaces.back().addresses.push_back({address6(k, 1), 128});
            hb.interfaces.back().addresses.push_back({address6(k, 2), 128});
        }
        if (ha.is_switch()) ha.interfaces.back().addresses.clear();
        if (hb.is_switch()) hb.interfaces.back().addresses.clear();
        topology.links.push_back({.name = a + '-' + b,
                                  .a = ia,
                                  .a_interface = ha.interfaces.size() - 1,
                                  .b = ib,
                                  .b_interface = hb.interfaces.size() - 1,
                                  .figures = figures});
        return *this;
    }
    std::size_t index(const std::string& name) const
    {
        const auto at = std::ranges::find(topology.hosts, name, &HostSpec::name);
        REQUIRE(at != topology.hosts.end());
        return static_cast<std::size_t>(at - topology.hosts.begin());
    }
    Topology topology;

  private:
    bool dual_ = false;
    Wiring& add(const std::string& name, HostKind kind)
    {
        topology.hosts.push_back({.name = name, .kind = kind, .interfaces = {}, .announces = {}});
        return *this;
    }
};

/// 10.0.k.end
inline std::uint32_t address(std::uint32_t link, std::uint32_t end) { return 0x0A00'0000 + (link << 8) + end; }

inline constexpr Time lab_start{1'775'433'600'000'000'000};

class Lab {
  public:
    explicit Lab(const Wiring& wiring, std::uint64_t seed = 1, run::Level level = run::Level::full)
        : topology(wiring.topology),
          engine(seed, lab_start, host_names(topology)),
          recorder(header(level, seed), spans, std::make_unique<run::MemorySink>()),
          network(engine, recorder, spans, topology)
    {
        engine.handle(engine::DueKind::act, this, [](void* self, const engine::Due& due) {
            const std::function<void()> act = static_cast<Lab*>(self)->acts_[due.subject];
            act();
        });
    }
    ~Lab() { engine.shut_down(); }

    NodeId node(std::string_view name) const
    {
        const NodeId id = engine.find(name);
        REQUIRE(id != NodeId::scenario);
        return id;
    }
    /// The interface of `host` towards `neighbour`.
    NicId nic(std::string_view host, std::string_view neighbour) const
    {
        for (std::size_t h = 0; h < topology.hosts.size(); ++h)
            for (std::size_t i = 0; i < topology.hosts[h].interfaces.size(); ++i)
                if (topology.hosts[h].name == host && topology.hosts[h].interfaces[i].name == neighbour)
                    return network.links.nic_of(h, i);
        FAIL("no such interface");
        return {};
    }
    /// Does something at a host, so long after the start.
    void at(Duration when, std::string_view host, std::function<void()> act)
    {
        acts_.push_back(std::move(act));
        engine.schedule(NodeId::scenario, node(host), lab_start + when, engine::DueKind::act,
                        static_cast<std::uint32_t>(acts_.size() - 1));
    }
    void run(Duration until) { engine.run_until(lab_start + until); }
    Duration now() const { return engine.now() - lab_start; }
    run::Log log() { return run::Log::of(recorder.kept()); }

    void ping(Duration when, std::string_view from, std::uint32_t to, std::uint16_t sequence = 1)
    {
        ping(when, from, wire::Address::v4(to), sequence);
    }
    void ping(Duration when, std::string_view from, const wire::Address& to, std::uint16_t sequence = 1)
    {
        at(when, from, [this, n = node(from), to, sequence] { network.internet.ping(n, to, sequence, {}); });
    }
    /// Puts octets onto the link as if a foreign machine at the other end of `nic`'s link had sent them.
    void inject(Duration when, NicId nic, wire::OctetBuffer octets)
    {
        Frame& frame = network.context.frames.take(octets.size());
        std::ranges::copy(octets, frame.data());
        frame.to = nic;
        const NodeId peer = network.links[network.links[nic].peer].node;
        engine.schedule(peer, network.links[nic].node, lab_start + when, engine::DueKind::arrival, frame.index);
    }
    /// An IPv4 packet that `from` makes by hand and sends like any other.
    void packet(Duration when, std::string_view from, inet::Ipv4Header header, wire::OctetBuffer payload)
    {
        at(when, from, [this, n = node(from), header, payload]() mutable {
            const Path way = network.internet.path(n, header.destination);
            REQUIRE(way.found);
            if (header.source == 0) header.source = way.source.to_v4();
            Frame& frame = network.internet.packet(header, payload.size());
            std::ranges::copy(payload, Internet::payload_of(frame));
            network.internet.send(way, frame);
        });
    }

    struct Noted {
        Duration at;
        run::Event event;
    };
    /// Every fact of a kind, in order. `kept` must outlive the texts in them.
    template <class Fact>
    static std::vector<std::pair<Duration, Fact>> facts(const run::Log& kept, std::optional<NodeId> of = {})
    {
        std::vector<std::pair<Duration, Fact>> all;
        for (const run::Event& event : kept.events())
            if (const auto* fact = std::get_if<Fact>(&event.what); fact && (!of || event.node == *of))
                all.emplace_back(event.at - lab_start, *fact);
        return all;
    }
    static std::size_t drops(const run::Log& kept, run::DropReason reason)
    {
        std::size_t count = 0;
        for (const auto& [when, dropped] : facts<run::FrameDropped>(kept)) count += dropped.reason == reason;
        return count;
    }

    Topology topology;
    engine::Engine engine;
    run::SpanTable spans;
    run::Recorder recorder;
    Network network;

  private:
    run::RunHeader header(run::Level level, std::uint64_t seed) const
    {
        run::RunHeader made;
        made.title = "lab";
        made.seed = seed;
        made.start = lab_start;
        made.level = level;
        for (std::size_t i = 0; i < engine.node_count(); ++i) made.nodes.push_back(engine.name(static_cast<NodeId>(i)));
        made.nics = nic_rows(engine, topology);
        return made;
    }
    std::vector<std::function<void()>> acts_;
};

/// An exact rate for round numbers: 8 microseconds an octet.
inline LinkFigures megabit(Duration delay = wire::milliseconds(10))
{
    return {.bits_per_second = 1'000'000, .delay = delay};
}

} // namespace tegami::net::lab
