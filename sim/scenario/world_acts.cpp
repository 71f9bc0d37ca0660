#include "sim/scenario/world.hpp"

#include <algorithm>

namespace tegami::scenario {

// ---- acts ----------------------------------------------------------------------------------------------------------

void World::schedule_acts()
{
    engine_.handle(engine::DueKind::act, this, [](void* self, const engine::Due& due) {
        static_cast<World*>(self)->carry_out(due.subject, due.target);
    });
    for (std::size_t i = 0; i < acts_.size(); ++i) {
        if (const auto* after_start = std::get_if<Duration>(&acts_[i].when))
            schedule(i, engine_.start() + *after_start);
        else
            waiting_.push_back({i});
    }
}

/// Whose due it is: a link's ends each do their own half.
std::vector<NodeId> World::doers(const Act& act) const
{
    const auto device = [&](std::uint32_t user, const std::optional<Placed<std::string>>& with) {
        if (with)
            for (const std::uint32_t node : plan_.users[user].devices)
                if (plan_.nodes[node].name == plan_.users[user].name + '-' + with->value ||
                    plan_.nodes[node].name == with->value)
                    return node;
        return plan_.users[user].devices.front();
    };
    const std::uint32_t user = plan_.find_user(act.subject.value);
    const std::uint32_t link = plan_.find_link(act.subject.value);
    if (const auto* reading = std::get_if<Reading>(&act.deed)) return {node_of(device(user, reading->with))};
    if (const auto* asks = std::get_if<Asks>(&act.deed)) return {node_of(device(user, asks->with))};
    if (std::holds_alternative<Sends>(act.deed) || std::holds_alternative<Resends>(act.deed))
        return {node_of(device(user, std::nullopt))};
    if (link != nowhere) {
        const net::LinkSpec& wire = topology_.links[link_places_[link]];
        if (const auto* next = std::get_if<LosesNext>(&act.deed))
            return {plan_.find_host(next->from.value) == wire.a ? node_ids_[wire.a] : node_ids_[wire.b]};
        return {node_ids_[wire.a], node_ids_[wire.b]};
    }
    return {node_of(plan_.find_host(act.subject.value))};
}

net::NicId World::nic_on(std::uint32_t link, std::uint32_t plan_node) const
{
    const net::LinkSpec& wire = topology_.links[link_places_[link]];
    const bool first = wire.a == plan_node;
    return network_.links.nic_of(first ? wire.a : wire.b, first ? wire.a_interface : wire.b_interface);
}

void World::schedule(std::size_t act, Time at)
{
    for (const NodeId doer : doers(acts_[act]))
        engine_.schedule(NodeId::scenario, doer, at, engine::DueKind::act, static_cast<std::uint32_t>(act));
}

void World::carry_out(std::size_t index, NodeId node)
{
    const Act& act = acts_[index];
    const auto number = static_cast<std::uint32_t>(index + 1);
    const std::string what = act.subject.value + '.' + std::string{verb_name(act.deed)};
    const run::FactRef cause =
        recorder_.record(engine_.now(), node, {}, run::FactRef::none, run::Act{.number = number, .what = what});
    journal_.set_cause(cause);

    std::uint32_t plan_node = 0;
    while (node_ids_[plan_node] != node) ++plan_node;
    nodes::Host* const host = hosts_[plan_node].get();
    const std::uint32_t link = plan_.find_link(act.subject.value);
    const auto own_end = [&] { return nic_on(link, plan_node); };

    if (const auto* sends = std::get_if<Sends>(&act.deed)) {
        nodes::Mua::Writing writing;
        for (const auto& to : sends->to) writing.to.push_back(*mail::parse_mailbox(to.value));
        writing.subject = sends->subject;
        writing.text = sends->text;
        const PlanUser& user = plan_.users[plan_.find_user(act.subject.value)];
        if (sends->server || sends->port) {
            const std::uint32_t server = sends->server ? plan_.find_host(sends->server->value) : user.submit_server;
            writing.server = wire::Endpoint{address_of(server), wire::Port{sends->port.value_or(user.submit_port)}};
            writing.server_name = plan_.nodes[server].domain_name;
        }
        std::size_t mail = 0; // the scenario's `sends` are numbered by their place in the file
        for (std::size_t i = 0; i < index; ++i) mail += std::holds_alternative<Sends>(acts_[i].deed);
        if (mails_.size() <= mail) mails_.resize(mail + 1);
        if (host->running()) mails_[mail] = muas_[plan_node]->send(writing);
    } else if (const auto* reading = std::get_if<Reading>(&act.deed)) {
        if (host->running()) muas_[plan_node]->fetch(reading->keep);
    } else if (std::holds_alternative<Stops>(act.deed)) {
        host->stop();
    } else if (std::holds_alternative<Starts>(act.deed)) {
        host->start();
    } else if (const auto* crashes = std::get_if<Crashes>(&act.deed)) {
        host->crash(crashes->power_cut);
    } else if (std::holds_alternative<Restarts>(act.deed)) {
        host->restart();
    } else if (const auto* share = std::get_if<LosesShare>(&act.deed)) {
        network_.links.set_loss(own_end(), share->millionths);
    } else if (const auto* next = std::get_if<LosesNext>(&act.deed)) {
        network_.links.lose_next(own_end(), next->frames, next->skip);
    } else if (const auto* disk = std::get_if<DiskBecomes>(&act.deed)) {
        constexpr std::optional<engine::DiskError> failures[] = {std::nullopt, engine::DiskError::full,
                                                                 engine::DiskError::io};
        host->disk().set_failure(failures[static_cast<std::size_t>(disk->state)]);
    } else if (const auto* goes = std::get_if<Goes>(&act.deed)) {
        network_.links.set_up(own_end(), goes->up);
    }
    journal_.set_cause(run::FactRef::none);
}

} // namespace tegami::scenario
