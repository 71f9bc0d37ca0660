#include "sim/scenario/world.hpp"

#include <algorithm>

namespace tegami::scenario {

// ---- acts that wait for a fact -------------------------------------------------------------------------------------

void World::on_step_ended(run::MailId mail_id, run::Step step, run::Outcome outcome)
{
    const auto becomes_so = [&](Ending ending) {
        if (ending == Ending::done) return outcome == Ending::done && step == run::Step::r2_store;
        if (ending != Ending::failed) return outcome == ending;
        // What its sender sees as an error: any try of hers that came to nothing, and whatever else is over for good.
        return outcome != Ending::done && (outcome != Ending::deferred || step == run::Step::s1_submit);
    };
    for (Waiting& waiting : waiting_) {
        if (waiting.happened) continue;
        const After& after = std::get<After>(acts_[waiting.act].when);
        bool happens = false;
        if (const auto* ends = std::get_if<MailStepEnds>(&after.what))
            happens = outcome == run::Outcome::done && ends->step == step && mail(ends->mail.value) == mail_id;
        else if (const auto* becomes = std::get_if<MailBecomes>(&after.what))
            happens = mail(becomes->mail.value) == mail_id && becomes_so(becomes->ending);
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
