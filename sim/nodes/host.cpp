#include "sim/nodes/host.hpp"

namespace tegami::nodes {

Host::Host(net::Network& network, Journal& journal, NodeId node, std::string domain_name, int zone_minutes)
    : network_(network),
      journal_(journal),
      engine_(network.context.engine),
      node_(node),
      domain_name_(std::move(domain_name)),
      zone_minutes_(zone_minutes),
      disk_(engine_, node)
{
    disk_.set_witness(this);
}

run::ContentId Host::keep_content(Spans serves, Octets octets)
{
    run::Recorder& recorder = network_.context.recorder;
    if (engine_.dying(node_) || !recorder.wants(run::FactKind::content)) return {};
    return recorder.content(engine_.now(), node_, serves, run::FactRef::none, octets);
}

void Host::start(run::ProcessChange change, bool tell)
{
    if (running_) return;
    running_ = true;
    network_.links.set_power(node_, true);
    if (tell) journal_.process_changed(node_, change);
    for (const auto& role : roles_) role->start();
}

void Host::end(run::ProcessChange change)
{
    if (!running_) return;
    running_ = false;
    engine_.crash(node_);
    if (change == run::ProcessChange::power_cut)
        network_.tcp.forget_all(node_);
    else
        network_.tcp.close_all(node_);
    for (const auto& role : roles_) role->forget();
    if (change == run::ProcessChange::power_cut) {
        network_.links.set_power(node_, false);
        disk_.cut_power();
    }
    journal_.process_changed(node_, change);
}

void Host::start() { start(run::ProcessChange::started); }
void Host::stop() { end(run::ProcessChange::stopped); }
void Host::crash(bool power_cut) { end(power_cut ? run::ProcessChange::power_cut : run::ProcessChange::crashed); }

void Host::restart()
{
    if (running_) end(run::ProcessChange::stopped);
    // The frames of the old processes go first, at this same instant.
    engine_.schedule(node_, node_, engine_.now(), engine::DueKind::begin, 0);
}

void Host::on_disk(NodeId, engine::DiskAction action, std::string_view path, std::string_view to, std::uint64_t size,
                   Spans spans)
{
    static_assert(static_cast<int>(run::DiskChange::power_cut) == static_cast<int>(engine::DiskAction::power_cut));
    network_.context.record(
        node_, spans, run::FactRef::none,
        run::DiskChanged{.change = static_cast<run::DiskChange>(action), .path = path, .to = to, .size = size});
}

} // namespace tegami::nodes
