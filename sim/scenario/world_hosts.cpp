#include "protocols/dns/zone_text.hpp"
#include "protocols/lmtp/server.hpp"
#include "sim/nodes/echo.hpp"
#include "sim/nodes/mda.hpp"
#include "sim/nodes/mra.hpp"
#include "sim/nodes/msa.hpp"
#include "sim/nodes/mta.hpp"
#include "sim/nodes/name_server.hpp"
#include "sim/nodes/recursive_resolver.hpp"
#include "sim/scenario/world.hpp"

#include <algorithm>

namespace tegami::scenario {

namespace {

mail::Mailbox mailbox_of(const PlanUser& user) { return *mail::parse_mailbox(user.address); }

const wire::Address loopback_v4 = wire::Address::v4(0x7F000001);
constexpr wire::Address loopback_v6{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};

/// A service of the own site: on the own host over its loopback interface, elsewhere by name.
nodes::Hop hop_to(const Plan& plan, std::uint32_t from, std::uint32_t to, wire::Port port)
{
    if (to == nowhere) return {};
    nodes::Hop hop{plan.nodes[to].domain_name, {{}, port}};
    if (from == to) hop.at.address = plan.nodes[to].v4 ? loopback_v4 : loopback_v6;
    return hop;
}

std::uint32_t first_with(const Plan& plan, std::uint32_t site, Role role)
{
    for (const std::uint32_t node : plan.sites[site].servers)
        if (plan.nodes[node].has(role)) return node;
    return nowhere;
}

dns::Zones zones_of(const Plan& plan, std::uint32_t node)
{
    dns::Zones zones;
    for (const PlanZone& zone : plan.zones) {
        if (std::ranges::find(zone.servers, node) == zone.servers.end()) continue;
        const dns::Name origin = *dns::parse_name(zone.origin);
        dns::ZoneProblems none; // what is wrong was said when the scenario was read
        std::vector<dns::Record> records;
        for (dns::PlacedRecord& each : dns::parse_zone_text(zone.text, origin, none, {.default_ttl = zone_ttl}))
            records.push_back(std::move(each.record));
        zones.add(dns::Zone{origin, records});
    }
    return zones;
}

nodes::RecursiveResolver::Settings resolver_of(const Plan& plan, std::uint32_t node, run::SpanTable& spans)
{
    const PlanNode& host = plan.nodes[node];
    nodes::RecursiveResolver::Settings settings;
    for (const std::uint32_t root : plan.roots)
        settings.resolver.hints.servers.push_back(
            {*dns::parse_name(plan.nodes[root].domain_name), plan.nodes[root].addresses()});
    settings.resolver.ipv4 = host.v4.has_value();
    settings.resolver.ipv6 = host.v6.has_value();
    settings.resolver.own = host.addresses();
    settings.resolver.algebra = &spans;
    settings.clients = plan.sites[host.site].nets;
    settings.clients.push_back({wire::Address::v4(0x7F000000), 8});
    settings.clients.push_back({loopback_v6, 128});
    return settings;
}

nodes::StubNames::Settings stub_of(const Plan& plan, std::uint32_t node)
{
    const PlanNode& host = plan.nodes[node];
    nodes::StubNames::Settings settings;
    for (const std::uint32_t resolver : host.resolvers) {
        const PlanNode& server = plan.nodes[resolver];
        if (resolver == node)
            settings.resolvers.push_back({host.v4 ? loopback_v4 : loopback_v6, wire::Port{53}});
        else
            for (const wire::Address& address : server.addresses())
                if (address.is_v4() ? host.v4.has_value() : host.v6.has_value())
                    settings.resolvers.push_back({address, wire::Port{53}});
    }
    for (const PlanNic& nic : host.nics)
        for (const PlanAddress& each : nic.addresses) settings.sources.push_back({each.address, each.prefix_length});
    return settings;
}

} // namespace

void World::build_hosts()
{
    hosts_.resize(plan_.nodes.size());
    muas_.resize(plan_.nodes.size());
    stubs_.resize(plan_.nodes.size());
    for (const PlanNode& node : plan_.nodes) node_ids_.push_back(engine_.find(node.name));
    engine_.handle(engine::DueKind::begin, this, [](void* self, const engine::Due& due) {
        World& world = *static_cast<World*>(self);
        if (due.by == NodeId::scenario)
            world.hosts_[due.subject]->begin();
        else
            for (const auto& host : world.hosts_)
                if (host && host->node() == due.target) host->came_back();
    });

    for (std::uint32_t i = 0; i < plan_.nodes.size(); ++i) {
        const PlanNode& node = plan_.nodes[i];
        if (!node.is_host()) continue;
        hosts_[i] = std::make_unique<nodes::Host>(network_, journal_, node_ids_[i], node.domain_name, zone_minutes_);
        nodes::Host& host = *hosts_[i];
        if (!node.resolvers.empty()) {
            auto stub = std::make_unique<nodes::StubNames>(host, stub_of(plan_, i));
            stubs_[i] = stub.get();
            host.set_names(std::move(stub));
        }
        mailboxes_.push_back(std::make_unique<nodes::Mailboxes>(host));
        if (node.kind == NodeKind::server)
            add_server_roles(i, host, *mailboxes_.back());
        else
            add_mail_program(i, host, *mailboxes_.back());
        engine_.schedule(NodeId::scenario, node_ids_[i], engine_.start(), engine::DueKind::begin, i);
    }
}

void World::add_server_roles(std::uint32_t i, nodes::Host& host, nodes::Mailboxes& mailboxes)
{
    const PlanNode& node = plan_.nodes[i];
    if (node.has(Role::ns))
        host.add(std::make_unique<nodes::NameServer>(host, nodes::NameServer::Settings{zones_of(plan_, i)}));
    if (node.site == nowhere) return;
    const PlanSite& site = plan_.sites[node.site];
    if (node.has(Role::echo)) host.add(std::make_unique<nodes::Echo>(host));
    if (node.has(Role::resolver))
        host.add(std::make_unique<nodes::RecursiveResolver>(host, resolver_of(plan_, i, spans_)));

    std::set<std::string> users;
    std::map<std::string, std::string> passwords;
    std::map<std::string, nodes::Msa::Account> accounts;
    for (const PlanUser& user : plan_.users) {
        if (user.mail_site != node.site) continue;
        users.insert(user.name);
        passwords[user.name] = user.password;
        accounts[user.name] = {user.password, mailbox_of(user)};
    }
    if (node.has(Role::msa)) {
        nodes::Msa::Settings settings;
        settings.domain = site.domain;
        settings.accounts = accounts;
        settings.mta = hop_to(plan_, i, first_with(plan_, node.site, Role::mta), wire::Port{25});
        settings.own_networks = site.nets;
        settings.port_25 = !node.has(Role::mta);
        host.add(std::make_unique<nodes::Msa>(host, std::move(settings)));
    }
    if (node.has(Role::mta)) {
        nodes::Mta::Settings settings;
        if (site.mail_host != nowhere) settings.domain = site.domain;
        settings.users = users;
        settings.mda = hop_to(plan_, i, site.mail_host, lmtp::port);
        if (site.mail_host != nowhere && site.mail_host != i) // as in its configuration: nobody asks for it
            settings.mda.at.address = plan_.nodes[site.mail_host].addresses().front();
        settings.own_networks = site.nets;
        host.add(std::make_unique<nodes::Mta>(host, std::move(settings)));
    }
    if (node.has(Role::mda)) {
        nodes::Mda::Settings settings;
        settings.domain = site.domain;
        settings.users = users;
        settings.own_networks = site.nets;
        host.add(std::make_unique<nodes::Mda>(host, mailboxes, std::move(settings)));
    }
    if (node.has(Role::mra)) {
        nodes::Mra::Settings settings;
        settings.passwords = passwords;
        settings.domain = site.domain;
        host.add(std::make_unique<nodes::Mra>(host, mailboxes, std::move(settings)));
    }
}

void World::add_mail_program(std::uint32_t i, nodes::Host& host, nodes::Mailboxes& mailboxes)
{
    const PlanNode& node = plan_.nodes[i];
    const PlanUser& user = plan_.users[node.user];
    mailboxes.set_label(node.name);
    nodes::Mua::Settings settings;
    settings.user = user.name;
    settings.self = {user.title.en, mailbox_of(user)};
    settings.password = user.password;
    settings.submit_name = user.submit_name;
    settings.submit.port = wire::Port{user.submit_port};
    if (const auto address = wire::parse_address(user.submit_name)) settings.submit.address = *address;
    if (user.mail_host != nowhere) {
        settings.mailbox_name = plan_.nodes[user.mail_host].domain_name;
        settings.mailbox.port = wire::Port{110};
    }
    if (user.auth != Auth::none) {
        settings.login = sasl::Credentials{user.name, user.password, {}};
        settings.mechanism = auth_words[static_cast<std::size_t>(user.auth)];
    }
    auto mua = std::make_unique<nodes::Mua>(host, mailboxes, std::move(settings));
    muas_[i] = mua.get();
    host.add(std::move(mua));
}

void World::add_filters()
{
    const auto protocol_of = [](RowProtocol protocol) -> std::optional<inet::Protocol> {
        switch (protocol) {
        case RowProtocol::any: break;
        case RowProtocol::tcp: return inet::Protocol::tcp;
        case RowProtocol::udp: return inet::Protocol::udp;
        case RowProtocol::icmp: return inet::Protocol::icmp;
        }
        return std::nullopt;
    };
    constexpr net::FilterState states[] = {net::FilterState::any, net::FilterState::begins,
                                           net::FilterState::established};
    constexpr run::FilterAction actions[] = {run::FilterAction::pass, run::FilterAction::drop, run::FilterAction::reset,
                                             run::FilterAction::prohibit};
    constexpr net::FilterWay ways[] = {net::FilterWay::out, net::FilterWay::in, net::FilterWay::both};
    const Net nobody{{}, 128}; // where a target means no address at all, such as the lines of a provider without homes
    for (const PlanFilter& filter : plan_.filters) {
        net::FilterSpec spec;
        spec.name = filter.name;
        spec.way = ways[static_cast<std::size_t>(filter.way)];
        spec.nics = {network_.links.nic_of(filter.node, filter.nic)};
        for (const PlanRow& row : filter.rows) {
            net::FilterRow& made = spec.rows.emplace_back();
            made.from = row.from;
            made.to = row.to;
            if (!row.from_any && row.from.empty()) made.from = {nobody};
            if (!row.to_any && row.to.empty()) made.to = {nobody};
            made.protocol = protocol_of(row.protocol);
            for (const std::uint16_t port : row.ports) made.ports.push_back({port, port});
            made.state = states[static_cast<std::size_t>(row.state)];
            made.action = actions[static_cast<std::size_t>(row.action)];
        }
        network_.internet.add_filter(node_of(filter.node), std::move(spec));
    }
}

} // namespace tegami::scenario
