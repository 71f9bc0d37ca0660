#include "sim/scenario/world.hpp"

#include <algorithm>

namespace tegami::scenario {

// ---- hosts and roles -----------------------------------------------------------------------------------------------

wire::Address World::address_of(std::uint32_t node) const
{
    const auto addresses = plan_.nodes[node].addresses();
    return addresses.empty() ? wire::Address{} : addresses.front();
}

void World::build_hosts(const Plan& plan)
{
    hosts_.resize(plan.nodes.size());
    muas_.resize(plan.nodes.size());
    for (const PlanNode& node : plan.nodes) node_ids_.push_back(engine_.find(node.name));
    for (const PlanLink& link : plan.links)
        link_places_.push_back(static_cast<std::size_t>(
            std::ranges::find(topology_.links, link.name, &net::LinkSpec::name) - topology_.links.begin()));
    engine_.handle(engine::DueKind::begin, this, [](void* self, const engine::Due& due) {
        World& world = *static_cast<World*>(self);
        if (due.by == NodeId::scenario)
            world.hosts_[due.subject]->begin();
        else
            for (const auto& host : world.hosts_)
                if (host && host->node() == due.target) host->came_back();
    });

    const auto parse = [](const std::string& address) { return *mail::parse_mailbox(address); };
    for (std::uint32_t i = 0; i < plan.nodes.size(); ++i) {
        const PlanNode& node = plan.nodes[i];
        if (!node.is_host()) continue;
        hosts_[i] = std::make_unique<nodes::Host>(network_, journal_, node_ids_[i], node.domain_name, zone_minutes_);
        nodes::Host& host = *hosts_[i];
        mailboxes_.push_back(std::make_unique<nodes::Mailboxes>(host));
        nodes::Mailboxes& mailboxes = *mailboxes_.back();

        if (node.kind == NodeKind::server) {
            std::set<std::string> users;
            std::map<std::string, std::string> passwords;
            for (const PlanUser& user : plan.users)
                if (user.mail_host == i) {
                    users.insert(user.name);
                    passwords[user.name] = user.password;
                }
            if (node.has(Role::mta) && node.has(Role::mda))
                host.add(std::make_unique<nodes::Mta>(host, mailboxes,
                                                      nodes::Mta::Settings{plan.sites[node.site].domain, users, {}}));
            if (node.has(Role::mra))
                host.add(std::make_unique<nodes::Mra>(host, mailboxes, nodes::Mra::Settings{passwords, {}}));
        } else {
            const PlanUser& user = plan.users[node.user];
            mailboxes.set_label(node.name);
            nodes::Mua::Settings settings;
            settings.user = user.name;
            settings.self = {user.title.en, parse(user.address)};
            settings.password = user.password;
            if (user.submit_server != nowhere) {
                settings.submit = {address_of(user.submit_server), wire::Port{user.submit_port}};
                settings.submit_name = plan.nodes[user.submit_server].domain_name;
            }
            if (user.mail_host != nowhere) {
                settings.mailbox = {address_of(user.mail_host), wire::Port{110}};
                settings.mailbox_name = plan.nodes[user.mail_host].domain_name;
            }
            auto mua = std::make_unique<nodes::Mua>(host, mailboxes, std::move(settings));
            muas_[i] = mua.get();
            host.add(std::move(mua));
        }
        engine_.schedule(NodeId::scenario, node_ids_[i], engine_.start(), engine::DueKind::begin, i);
    }
}

} // namespace tegami::scenario
