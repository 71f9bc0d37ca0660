#include "sim/scenario/topology.hpp"
#include "sim/scenario/values.hpp"
#include "sim/scenario/world.hpp"

#include <algorithm>

namespace tegami::scenario {

namespace {

/// A user asks by hand; what came back stands in the run.
wire::Task<void> ask(nodes::StubNames& names, const Asks& asks)
{
    constexpr dns::Type types[] = {dns::Type::a,  dns::Type::aaaa, dns::Type::cname, dns::Type::mx,  dns::Type::txt,
                                   dns::Type::ns, dns::Type::soa,  dns::Type::ptr,   dns::Type::srv, dns::Type::any};
    const auto place = std::ranges::find(dns_type_words, asks.type) - std::begin(dns_type_words);
    const auto found = co_await names.ask({*dns::parse_name(asks.name), types[place]}, {});
    static_cast<void>(found);
}

} // namespace

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
        const net::LinkSpec& wire = topology_.links[link];
        if (const auto* next = std::get_if<LosesNext>(&act.deed))
            return {plan_.find_host(next->from.value) == wire.a ? node_ids_[wire.a] : node_ids_[wire.b]};
        return {node_ids_[wire.a], node_ids_[wire.b]};
    }
    if (const std::uint32_t filter = plan_.find_filter(act.subject.value); filter != nowhere)
        return {node_of(plan_.filters[filter].node)};
    return {node_of(plan_.find_host(act.subject.value))};
}

net::NicId World::nic_on(std::uint32_t link, std::uint32_t plan_node) const
{
    const net::LinkSpec& wire = topology_.links[link];
    const bool first = wire.a == plan_node;
    return network_.links.nic_of(first ? wire.a : wire.b, first ? wire.a_interface : wire.b_interface);
}

void World::schedule(std::size_t act, Time at)
{
    for (const NodeId doer : doers(acts_[act]))
        engine_.schedule(NodeId::scenario, doer, at, engine::DueKind::act, static_cast<std::uint32_t>(act));
}

void World::change(net::NicId end, const LinkFigures& figures)
{
    net::Links& links = network_.links;
    if (figures.rate) links.set_rate(end, *figures.rate);
    if (figures.delay) links.set_delay(end, *figures.delay);
    if (figures.jitter) links.set_jitter(end, *figures.jitter);
    if (figures.loss) links.set_loss(end, *figures.loss);
    if (figures.reorder) links.set_reorder(end, *figures.reorder, net::LinkFigures{}.reorder_by);
    if (figures.duplicate) links.set_duplicate(end, *figures.duplicate);
    if (figures.mtu) links.set_mtu(end, static_cast<std::uint16_t>(*figures.mtu));
    if (figures.queue) links.set_queue(end, static_cast<std::uint32_t>(queue_octets(*figures.queue)));
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
        for (const auto& cc : sends->cc) writing.cc.push_back(*mail::parse_mailbox(cc.value));
        for (const auto& bcc : sends->bcc) writing.bcc.push_back(*mail::parse_mailbox(bcc.value));
        writing.subject = sends->subject;
        writing.text = sends->text;
        const PlanUser& user = plan_.users[plan_.find_user(act.subject.value)];
        if (sends->server || sends->port) {
            writing.server_name = user.submit_name;
            if (sends->server) {
                const std::uint32_t server = plan_.find_host(sends->server->value);
                writing.server_name = server == nowhere ? sends->server->value : plan_.nodes[server].domain_name;
            }
            writing.server = wire::Endpoint{wire::parse_address(writing.server_name).value_or(wire::Address{}),
                                            wire::Port{sends->port.value_or(user.submit_port)}};
        }
        std::size_t mail = 0; // the scenario's `sends` are numbered by their place in the file
        for (std::size_t i = 0; i < index; ++i) mail += std::holds_alternative<Sends>(acts_[i].deed);
        if (mails_.size() <= mail) mails_.resize(mail + 1);
        if (host->running()) mails_[mail] = muas_[plan_node]->send(writing);
    } else if (const auto* resends = std::get_if<Resends>(&act.deed)) {
        if (host->running()) muas_[plan_node]->resend(mail(resends->mail.value));
    } else if (const auto* asks = std::get_if<Asks>(&act.deed)) {
        if (host->running()) host->spawn(ask(*stubs_[plan_node], *asks));
    } else if (const auto* reading = std::get_if<Reading>(&act.deed)) {
        std::optional<run::MailId> sought;
        if (reading->mail && mail(reading->mail->value) != run::MailId{}) sought = mail(reading->mail->value);
        if (host->running()) muas_[plan_node]->fetch(reading->keep, sought);
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
    } else if (const auto* twice = std::get_if<DuplicatesShare>(&act.deed)) {
        network_.links.set_duplicate(own_end(), twice->millionths);
    } else if (const auto* late = std::get_if<ReordersShare>(&act.deed)) {
        network_.links.set_reorder(own_end(), late->millionths, net::LinkFigures{}.reorder_by);
    } else if (const auto* changes = std::get_if<Changes>(&act.deed)) {
        change(own_end(), changes->figures);
    } else if (const auto* switches = std::get_if<Switches>(&act.deed)) {
        network_.internet.switch_filter_row(act.subject.value, switches->row.value, switches->on);
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
