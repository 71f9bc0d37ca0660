#include "sim/scenario/world.hpp"

#include <algorithm>

namespace tegami::scenario {

namespace {

net::Topology topology_of(const Plan& plan)
{
    net::Topology topology;
    for (const PlanNode& node : plan.nodes) {
        net::HostSpec host{.name = node.name,
                           .kind = node.kind == NodeKind::router ? net::HostKind::router : net::HostKind::host,
                           .interfaces = {},
                           .announces = {}};
        for (const PlanNic& nic : node.nics)
            host.interfaces.push_back({nic.neighbour, link::MacAddress{nic.mac}, {{nic.address, 32}}});
        if (host.is_router() && node.site != nowhere) {
            const Net& net = plan.sites[node.site].net;
            host.announces.push_back({net.address, net.length});
        }
        topology.hosts.push_back(std::move(host));
    }
    for (const PlanLink& link : plan.links) {
        const std::uint64_t queue =
            link.queue.unit == QueueLimit::Unit::octets ? link.queue.amount : link.queue.amount * net::largest_frame;
        topology.links.push_back({.name = link.name,
                                  .a = link.ends[0].node,
                                  .a_interface = link.ends[0].nic,
                                  .b = link.ends[1].node,
                                  .b_interface = link.ends[1].nic,
                                  .figures = {.bits_per_second = link.rate,
                                              .delay = link.delay,
                                              .loss = link.loss,
                                              .reorder = link.reorder,
                                              .queue_octets = queue}});
    }
    return topology;
}

run::RunHeader header_of(const Loaded& loaded, const WorldOptions& options, const engine::Engine& engine,
                         const net::Topology& topology)
{
    const Scenario& scenario = loaded.scenario;
    run::RunHeader header;
    header.title = options.language == "ja" && !scenario.title.ja.empty() ? scenario.title.ja : scenario.title.en;
    header.scenario_file = options.file;
    header.scenario = options.text;
    header.seed = options.seed;
    header.start = scenario.start;
    header.zone_minutes = scenario.zone_minutes;
    header.level = options.level;
    for (std::size_t i = 0; i < engine.node_count(); ++i) header.nodes.push_back(engine.name(static_cast<NodeId>(i)));
    header.nics = net::nic_rows(engine, topology);
    for (const PlanNode& node : loaded.plan.nodes)
        if (!node.nics.empty()) header.names.emplace_back(node.nics[0].address, node.domain_name);
    return header;
}

Step scenario_step(run::Step step)
{
    switch (step) {
    case run::Step::s1_submit: return Step::s1;
    case run::Step::r1_hand_over: return Step::r1;
    case run::Step::r2_store: return Step::r2;
    case run::Step::r3_request: return Step::r3;
    default: return Step::r4;
    }
}

} // namespace

std::expected<std::unique_ptr<World>, ProblemList> World::build(const Loaded& loaded, WorldOptions options,
                                                                std::unique_ptr<run::Sink> sink,
                                                                run::Commentator* commentator)
{
    std::vector<Act> added;
    for (const std::string& input : options.inputs) {
        auto acts = read_added_acts(input, loaded);
        if (!acts) return std::unexpected(std::move(acts.error()));
        for (Act& act : *acts) added.push_back(std::move(act));
    }
    return std::unique_ptr<World>{
        new World{loaded, std::move(options), std::move(added), std::move(sink), commentator}};
}

World::World(const Loaded& loaded, WorldOptions options, std::vector<Act> added, std::unique_ptr<run::Sink> sink,
             run::Commentator* commentator)
    : plan_(loaded.plan),
      acts_(loaded.scenario.acts),
      end_(loaded.scenario.start + loaded.scenario.until),
      zone_minutes_(loaded.scenario.zone_minutes),
      topology_(topology_of(plan_)),
      engine_(options.seed, loaded.scenario.start, net::host_names(topology_)),
      recorder_(header_of(loaded, options, engine_, topology_), spans_, std::move(sink), commentator),
      network_(engine_, recorder_, spans_, topology_),
      journal_(network_.context)
{
    for (Act& act : added) acts_.push_back(std::move(act));
    for (const std::string& input : options.inputs)
        recorder_.record(engine_.now(), NodeId::outside, {}, run::FactRef::none,
                         run::Input{.what = input, .octets = {}});
    build_hosts(plan_);
    journal_.set_watcher(this);
    schedule_acts();
}

World::~World() { engine_.shut_down(); }

nodes::Host* World::find_host(std::string_view name)
{
    const std::uint32_t node = plan_.find_host(name);
    return node == nowhere ? nullptr : hosts_[node].get();
}

// ---- hosts and roles -----------------------------------------------------------------------------------------------

void World::build_hosts(const Plan& plan)
{
    hosts_.resize(plan.nodes.size());
    muas_.resize(plan.nodes.size());
    for (const PlanNode& node : plan.nodes) node_ids_.push_back(engine_.find(node.name));
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
        if (node.kind == NodeKind::router) continue;
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
            if (node.has(Role::mta))
                host.add(std::make_unique<nodes::SiteMta>(
                    host, mailboxes, nodes::SiteMta::Settings{plan.sites[node.site].domain, users, {}}));
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
                settings.submit = {plan.nodes[user.submit_server].address, wire::Port{user.submit_port}};
                settings.submit_name = plan.nodes[user.submit_server].domain_name;
            }
            if (user.mail_host != nowhere) {
                settings.mailbox = {plan.nodes[user.mail_host].address, wire::Port{110}};
                settings.mailbox_name = plan.nodes[user.mail_host].domain_name;
            }
            auto mua = std::make_unique<nodes::Mua>(host, mailboxes, std::move(settings));
            muas_[i] = mua.get();
            host.add(std::move(mua));
        }
        engine_.schedule(NodeId::scenario, node_ids_[i], engine_.start(), engine::DueKind::begin, i);
    }
}

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
    if (std::holds_alternative<Sends>(act.deed)) return {node_of(device(user, std::nullopt))};
    if (const auto* next = std::get_if<LosesNext>(&act.deed)) return {node_of(plan_.find_host(next->from.value))};
    if (std::holds_alternative<LosesShare>(act.deed) || std::holds_alternative<Goes>(act.deed))
        return {node_of(plan_.links[link].ends[0].node), node_of(plan_.links[link].ends[1].node)};
    return {node_of(plan_.find_host(act.subject.value))};
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
    const auto own_end = [&] {
        const PlanLink& l = plan_.links[link];
        return nic_of(l.ends[0].node == plan_node ? l.ends[0] : l.ends[1]);
    };

    if (const auto* sends = std::get_if<Sends>(&act.deed)) {
        nodes::Mua::Writing writing;
        for (const auto& to : sends->to) writing.to.push_back(*mail::parse_mailbox(to.value));
        writing.subject = sends->subject;
        writing.text = sends->text;
        const PlanUser& user = plan_.users[plan_.find_user(act.subject.value)];
        if (sends->server || sends->port) {
            const std::uint32_t server = sends->server ? plan_.find_host(sends->server->value) : user.submit_server;
            writing.server =
                wire::Endpoint{plan_.nodes[server].address, wire::Port{sends->port.value_or(user.submit_port)}};
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
    } else if (const auto* goes = std::get_if<Goes>(&act.deed)) {
        network_.links.set_up(own_end(), goes->up);
    }
    journal_.set_cause(run::FactRef::none);
}

// ---- acts that wait for a fact -------------------------------------------------------------------------------------

void World::on_step_ended(run::MailId mail_id, run::Step step, run::Outcome outcome)
{
    const auto outcome_of = [](Ending ending) {
        switch (ending) {
        case Ending::done: return run::Outcome::done;
        case Ending::deferred: return run::Outcome::deferred;
        case Ending::refused: return run::Outcome::refused;
        case Ending::failed: break;
        }
        return run::Outcome::failed;
    };
    for (Waiting& waiting : waiting_) {
        if (waiting.happened) continue;
        const After& after = std::get<After>(acts_[waiting.act].when);
        bool happens = false;
        if (const auto* ends = std::get_if<MailStepEnds>(&after.what))
            happens =
                outcome == run::Outcome::done && ends->step == scenario_step(step) && mail(ends->mail.value) == mail_id;
        else if (const auto* becomes = std::get_if<MailBecomes>(&after.what))
            happens = mail(becomes->mail.value) == mail_id && outcome_of(becomes->ending) == outcome &&
                      (outcome != run::Outcome::done || step == run::Step::r2_store);
        if (!happens) continue;
        waiting.happened = true;
        schedule(waiting.act, engine_.now() + std::max(after.plus, wire::nanoseconds(1)));
    }
}

void World::on_process_changed(NodeId node, run::ProcessChange change)
{
    const auto is = [&](HostState state) {
        switch (change) {
        case run::ProcessChange::started: return state == HostState::started;
        case run::ProcessChange::stopped: return state == HostState::stopped;
        case run::ProcessChange::crashed:
        case run::ProcessChange::power_cut: return state == HostState::crashed;
        case run::ProcessChange::restarted: return state == HostState::restarted || state == HostState::started;
        }
        return false;
    };
    for (Waiting& waiting : waiting_) {
        if (waiting.happened) continue;
        const After& after = std::get<After>(acts_[waiting.act].when);
        const auto* becomes = std::get_if<HostBecomes>(&after.what);
        if (!becomes || node_of(plan_.find_host(becomes->host.value)) != node || !is(becomes->state)) continue;
        waiting.happened = true;
        schedule(waiting.act, engine_.now() + std::max(after.plus, wire::nanoseconds(1)));
    }
}

} // namespace tegami::scenario
