#include "sim/run/fold.hpp"

#include <algorithm>

namespace tegami::run {

namespace {

std::string_view parent_of(std::string_view path)
{
    const std::size_t slash = path.rfind('/');
    return slash == path.npos ? std::string_view{} : path.substr(0, slash);
}

/// How many entries a copy of the state makes: what a keyframe costs.
std::size_t entries(const NodeState& state)
{
    std::size_t count = state.connections.size() + state.neighbours.size() + state.nics.size() + state.queue.size() +
                        state.disk.files.size() + state.disk.names.size() + state.disk.durable_names.size() +
                        state.sessions.size() + state.steps.size();
    for (const auto& [name, messages] : state.mailboxes) count += 1 + messages.size();
    return count;
}

/// One overload a kind of fact. Those that change no state of their node are named at the end.
struct Apply {
    NodeState& state;
    const Event& event;
    const Log& log;

    void count_frame(NicId nic, FrameRef frame, Fate fate)
    {
        NicState& at = state.nics[nic];
        ++at.frames;
        if (frame != FrameRef::none) at.octets += log.frame(frame).original_length;
        if (fate != Fate::arrives) ++at.lost;
    }
    void operator()(const FrameSent& fact) { count_frame(fact.nic, event.frame, fact.fate); }
    void operator()(const FrameCrossed& fact) { count_frame(fact.nic, fact.frame, fact.fate); }
    void operator()(const FrameDropped& fact) { ++state.nics[fact.nic].drops[fact.reason]; }
    void operator()(const FrameCut& fact) { ++state.nics[fact.nic].lost; }
    void operator()(const LinkChanged& fact)
    {
        NicState& at = state.nics[fact.nic];
        if (fact.change == LinkChange::loss)
            at.loss = fact.amount;
        else
            at.down = fact.change == LinkChange::down;
    }

    void operator()(const ArpChanged& fact)
    {
        if (fact.change == ArpChange::expired || fact.change == ArpChange::unanswered)
            state.neighbours.erase(fact.address);
        else
            state.neighbours[fact.address] = {fact.mac, event.ref};
    }
    void operator()(const IcmpNoted& fact)
    {
        ++(fact.direction == Direction::sent ? state.icmp_sent : state.icmp_received);
    }

    void operator()(const TcpOpened& fact)
    {
        ConnectionState& at = state.connections[fact.connection] = {};
        at.local = fact.local;
        at.local_port = fact.local_port;
        at.remote = fact.remote;
        at.remote_port = fact.remote_port;
        at.passive = fact.passive;
        at.initial_send = fact.initial_send;
        at.state = fact.passive ? tcp::State::syn_received : tcp::State::syn_sent;
        at.opened = event.ref;
    }
    void operator()(const TcpSent& fact) { connection(fact.connection).next += fact.advance; }
    void operator()(const TcpReceived& fact)
    {
        ConnectionState& at = connection(fact.connection);
        at.unacknowledged += fact.acknowledged;
        at.received += fact.advance;
        at.window = fact.window;
        at.cwnd = fact.cwnd;
        at.ssthresh = fact.ssthresh;
        at.srtt = fact.srtt;
        at.rto = fact.rto;
    }
    void operator()(const TcpState& fact)
    {
        ConnectionState& at = connection(fact.connection);
        at.state = fact.to;
        at.rule = fact.rule;
    }
    void operator()(const TcpRetransmission& fact) { ++connection(fact.connection).retransmissions; }
    void operator()(const TcpTimer& fact) { ++connection(fact.connection).timeouts; }
    void operator()(const TcpRefused&) { ++state.resets; }
    void operator()(const TcpClosed& fact) { state.connections.erase(fact.connection); }

    void operator()(const SessionBegun& fact)
    {
        state.sessions[fact.session] = {fact.protocol, fact.connection, fact.client, event.ref};
    }
    void operator()(const LineSaid& fact)
    {
        ConnectionState& at = connection(fact.connection);
        ++at.lines_said;
        at.last_said = event.ref;
    }
    void operator()(const LineHeard& fact)
    {
        ConnectionState& at = connection(fact.connection);
        ++at.lines_heard;
        at.last_heard = event.ref;
    }

    void operator()(const MailMade&) { ++state.mails_made; }
    void operator()(const MailboxChanged& fact)
    {
        auto& messages = state.mailboxes[std::string(fact.mailbox)];
        const std::string file(fact.file);
        if (fact.change == MailboxChange::delivered)
            messages[file] = {fact.size, fact.content, false};
        else if (fact.change == MailboxChange::deleted)
            messages.erase(file);
        else if (const auto at = messages.find(file); at != messages.end())
            at->second.seen = true;
    }
    void operator()(const QueueChanged& fact)
    {
        const std::string entry(fact.entry);
        if (fact.change == QueueChange::put || fact.change == QueueChange::deferred)
            state.queue[entry] = {fact.change, fact.tries, event.ref};
        else
            state.queue.erase(entry);
    }
    void operator()(const DiskChanged& fact) { disk(state.disk, fact); }

    void operator()(const ProcessChanged& fact)
    {
        state.process = fact.change;
        state.process_since = event.ref;
        if (state.running()) ++state.starts;
        // What lives in memory alone is gone with it: silently, so no fact says so.
        if (fact.change == ProcessChange::crashed || fact.change == ProcessChange::power_cut) {
            state.connections.clear();
            state.sessions.clear();
        }
        if (fact.change == ProcessChange::power_cut) state.neighbours.clear();
    }

    void operator()(const StepBegun& fact) { state.steps[fact.span] = {event.ref, {}, {}}; }
    void operator()(const StepEnded& fact)
    {
        StepState& at = state.steps[fact.span];
        at.ended = event.ref;
        at.outcome = fact.outcome;
    }
    void operator()(const Input&) { ++state.inputs; }
    void operator()(const Act&) { ++state.acts; }

    void operator()(const Content&) {}
    void operator()(const Joined&) {}
    void operator()(const std::monostate&) {}

  private:
    ConnectionState& connection(ConnectionId id) { return state.connections[id]; }

    static void disk(DiskState& disk, const DiskChanged& fact)
    {
        const std::string path(fact.path);
        const auto at = disk.names.find(path);
        switch (fact.change) {
        case DiskChange::written: {
            const std::uint32_t file = at != disk.names.end() ? at->second : ++disk.made;
            disk.names[path] = file;
            FileState& written = disk.files[file];
            written.size = fact.size;
            written.synced = false;
            break;
        }
        case DiskChange::synced:
            if (at != disk.names.end()) {
                FileState& file = disk.files[at->second];
                file.durable = file.size;
                file.synced = true;
            }
            break;
        case DiskChange::renamed:
            if (at != disk.names.end()) {
                const std::uint32_t file = at->second;
                disk.names.erase(at);
                disk.names[std::string(fact.to)] = file;
                forget_nameless(disk);
            }
            break;
        case DiskChange::removed:
            if (at != disk.names.end()) {
                disk.names.erase(at);
                forget_nameless(disk);
            }
            break;
        case DiskChange::folder_synced: {
            const auto inside = [&](const auto& entry) { return parent_of(entry.first) == fact.path; };
            std::erase_if(disk.durable_names, inside);
            for (const auto& entry : disk.names)
                if (inside(entry)) disk.durable_names.insert(entry);
            forget_nameless(disk);
            break;
        }
        case DiskChange::power_cut:
            disk.names = disk.durable_names;
            forget_nameless(disk);
            for (auto& [number, file] : disk.files) {
                file.size = file.durable;
                file.synced = true;
            }
            break;
        }
    }
    /// A file that has no name, now or after a power cut, is gone.
    static void forget_nameless(DiskState& disk)
    {
        std::erase_if(disk.files, [&](const auto& entry) {
            const auto named = [&](const auto& name) { return name.second == entry.first; };
            return std::ranges::none_of(disk.names, named) && std::ranges::none_of(disk.durable_names, named);
        });
    }
};

} // namespace

const FileState* DiskState::find(const std::string& path) const
{
    const auto at = names.find(path);
    return at == names.end() ? nullptr : &files.at(at->second);
}

void apply(NodeState& state, const Event& event, const Log& log) { std::visit(Apply{state, event, log}, event.what); }

Fold::Kept& Fold::kept(NodeId node)
{
    Kept& kept = kept_[node];
    const auto facts = log_.facts_of(node);
    if (kept.keyframes.empty()) kept.keyframes.emplace_back();
    while (kept.last.facts < facts.size()) {
        apply(kept.last.state, log_.event(static_cast<FactRef>(facts[kept.last.facts])), log_);
        ++kept.last.facts;
        // A copied entry costs about what a folded fact does; the constant keeps keyframes of small states apart.
        if (kept.last.facts - kept.keyframes.back().facts > entries(kept.last.state) + 64)
            kept.keyframes.push_back(kept.last);
    }
    return kept;
}

NodeState Fold::after(NodeId node, std::size_t count)
{
    const Kept& kept = this->kept(node);
    if (count >= kept.last.facts) return kept.last.state;
    auto keyframe = std::ranges::upper_bound(kept.keyframes, count, {}, &Keyframe::facts);
    --keyframe; // the first is at 0
    NodeState state = keyframe->state;
    const auto facts = log_.facts_of(node);
    for (std::size_t i = keyframe->facts; i < count; ++i)
        apply(state, log_.event(static_cast<FactRef>(facts[i])), log_);
    return state;
}

std::size_t Fold::facts_until(NodeId node, Time at) const
{
    const auto facts = log_.facts_of(node);
    const auto behind = std::ranges::partition_point(
        facts, [&](std::uint32_t fact) { return log_.event(static_cast<FactRef>(fact)).at <= at; });
    return static_cast<std::size_t>(behind - facts.begin());
}

NodeState Fold::state(NodeId node, Time at) { return after(node, facts_until(node, at)); }

std::size_t Fold::keyframes(NodeId node) const
{
    const auto kept = kept_.find(node);
    return kept == kept_.end() ? 0 : kept->second.keyframes.size();
}

} // namespace tegami::run
