#include "sim/run/fold.hpp"

#include <algorithm>

namespace tegami::run {

namespace {

/// How many entries a copy of the state makes: what a keyframe costs.
std::size_t entries(const NodeState& state)
{
    std::size_t count = state.connections.size() + state.neighbours.size() + state.stations.size() +
                        state.path_mtus.size() + state.nics.size() + state.queue.size() + state.disk.files.size() +
                        state.disk.names.size() + state.disk.durable_names.size() + state.disk.unsynced_names.size() +
                        state.sessions.size() + state.steps.size() + state.dns_cache.size() + state.questions.size() +
                        state.filters.size();
    for (const auto& [name, messages] : state.mailboxes) count += 1 + messages.size();
    return count;
}

/// What happens to a disk: names given and taken away, each in about the time of looking it up.
class Disk {
  public:
    explicit Disk(DiskState& state) : state_(state) {}

    void take(const DiskChanged& fact)
    {
        const std::string path(fact.path);
        const std::uint32_t file = at(state_.names, path);
        switch (fact.change) {
        case DiskChange::written: write(path, file != 0 ? file : ++state_.made, fact.size); break;
        case DiskChange::synced:
            if (file != 0) keep_octets(state_.files.at(file));
            break;
        case DiskChange::renamed:
            if (file == 0 || fact.to == path) break;
            name(std::string(fact.to), file); // before its old name goes: a file without a name is gone
            name(path, 0);
            break;
        case DiskChange::removed: name(path, 0); break;
        case DiskChange::folder_synced: sync_folder(path); break;
        case DiskChange::power_cut: cut_power(); break;
        }
    }

  private:
    using Names = std::map<std::string, std::uint32_t>; // files are numbered from 1

    static std::uint32_t at(const Names& names, const std::string& path)
    {
        const auto found = names.find(path);
        return found == names.end() ? 0 : found->second;
    }

    /// Gives a path to a file; 0 takes the name away. The file that had it before, if this was its last, is gone.
    void give(Names& names, const std::string& path, std::uint32_t file)
    {
        const std::uint32_t before = at(names, path);
        if (before == file) return;
        if (file != 0) {
            names[path] = file;
            ++state_.files.at(file).names;
        } else {
            names.erase(path);
        }
        if (before != 0 && --state_.files.at(before).names == 0) state_.files.erase(before);
    }
    void name(const std::string& path, std::uint32_t file)
    {
        give(state_.names, path, file);
        if (at(state_.durable_names, path) == file)
            state_.unsynced_names.erase(path);
        else
            state_.unsynced_names.insert(path);
    }

    void write(const std::string& path, std::uint32_t file, std::uint64_t size)
    {
        FileState& written = state_.files[file];
        written.size = size;
        written.synced = false;
        name(path, file);
    }
    static void keep_octets(FileState& file)
    {
        file.durable = file.size;
        file.synced = true;
    }

    /// A folder's names lie side by side; those of folders inside it, which are not its own, are leapt over.
    void sync_folder(const std::string& folder)
    {
        const std::string inside = folder.empty() ? folder : folder + '/';
        auto& unsynced = state_.unsynced_names;
        auto next = unsynced.lower_bound(inside);
        while (next != unsynced.end() && next->starts_with(inside)) {
            const std::size_t deeper = next->find('/', inside.size());
            if (deeper != next->npos) {
                next = unsynced.lower_bound(next->substr(0, deeper) + static_cast<char>('/' + 1));
                continue;
            }
            give(state_.durable_names, *next, at(state_.names, *next));
            next = unsynced.erase(next);
        }
    }
    void cut_power()
    {
        for (const std::string& path : state_.unsynced_names) give(state_.names, path, at(state_.durable_names, path));
        state_.unsynced_names.clear();
        for (auto& [number, file] : state_.files) {
            file.size = file.durable;
            file.synced = true;
        }
    }

    DiskState& state_;
};

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
    void operator()(const FrameCrossed& fact)
    {
        if (fact.fate != Fate::copied) count_frame(fact.nic, fact.frame, fact.fate);
    }
    void operator()(const FrameDropped& fact) { ++state.nics[fact.nic].drops[fact.reason]; }
    void operator()(const FrameCut& fact) { ++state.nics[fact.nic].lost; }
    void operator()(const LinkChanged& fact)
    {
        NicState& at = state.nics[fact.nic];
        if (fact.change == LinkChange::up || fact.change == LinkChange::down)
            at.down = fact.change == LinkChange::down;
        else if (fact.change == LinkChange::loss)
            at.loss = fact.amount;
        else
            at.changed[fact.change] = fact.amount;
    }

    void operator()(const ArpChanged& fact)
    {
        if (fact.change == ArpChange::expired || fact.change == ArpChange::unanswered)
            state.neighbours.erase(fact.address);
        else
            state.neighbours[fact.address] = {fact.mac, event.ref};
    }
    void operator()(const NeighbourChanged& fact)
    {
        if (fact.change == NeighbourChange::expired || fact.change == NeighbourChange::unanswered)
            state.neighbours.erase(fact.address);
        else
            state.neighbours[fact.address] = {fact.mac, event.ref};
    }
    void operator()(const AddressChanged& fact)
    {
        if (fact.change == AddressChange::removed)
            state.nics[fact.nic].addresses.erase(fact.address);
        else
            state.nics[fact.nic].addresses[fact.address] = fact.change;
    }
    void operator()(const SwitchChanged& fact) { state.stations[fact.mac] = {fact.nic, event.ref}; }
    void operator()(const PathMtuChanged& fact) { state.path_mtus[fact.destination] = fact.mtu; }
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
    void operator()(const TcpRemarked&) {}
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
    void operator()(const DiskChanged& fact) { Disk{state.disk}.take(fact); }

    void operator()(const ProcessChanged& fact)
    {
        state.process = fact.change;
        state.process_since = event.ref;
        if (state.running()) ++state.starts;
        // What lives in memory alone is gone with it: silently, so no fact says so.
        if (fact.change == ProcessChange::crashed || fact.change == ProcessChange::power_cut) {
            state.connections.clear();
            state.sessions.clear();
            state.dns_cache.clear();
            state.questions.clear();
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
    void operator()(const DnsAsked& fact)
    {
        state.questions[{fact.id, std::string(fact.name), fact.type}] = {fact.server, fact.port, event.ref};
    }
    void operator()(const DnsAnswered& fact)
    {
        if (fact.outcome != DnsOutcome::forged) // the right one may still come
            state.questions.erase({fact.id, std::string(fact.name), fact.type});
    }
    void operator()(const DnsCached& fact)
    {
        const std::pair key{std::string(fact.name), fact.type};
        switch (fact.change) {
        case CacheChange::put:
            state.dns_cache[key] = {event.at, fact.ttl, fact.negative, fact.credibility, std::string(fact.records),
                                    0,        event.ref};
            break;
        case CacheChange::hit:
            if (const auto at = state.dns_cache.find(key); at != state.dns_cache.end()) ++at->second.hits;
            break;
        case CacheChange::expired:
        case CacheChange::evicted: state.dns_cache.erase(key); break;
        }
    }
    void operator()(const FilterMatched& fact)
    {
        FilterRowState& at = state.filters[{std::string(fact.filter), fact.row}];
        at.count = fact.count;
        at.action = fact.action;
        at.last = event.ref;
    }
    void operator()(const FilterChanged& fact) { state.filters[{std::string(fact.filter), fact.row}].on = fact.on; }

    void operator()(const Input&) { ++state.inputs; }
    void operator()(const Act&) { ++state.acts; }

    void operator()(const MailCompleted&) {}
    void operator()(const AuthJudged&) {}
    void operator()(const MailRouted&) {}
    void operator()(const DnsServed&) {}
    void operator()(const DnsDecided&) {}
    void operator()(const Content&) {}
    void operator()(const PacketFragmented&) {}
    void operator()(const PacketReassembled&) {}
    void operator()(const Joined&) {}
    void operator()(const std::monostate&) {}

  private:
    ConnectionState& connection(ConnectionId id) { return state.connections[id]; }
};

} // namespace

std::uint32_t CachedNames::left(Time now) const
{
    const std::int64_t gone = (now - at).ns / 1'000'000'000; // a second counts once it is over
    if (gone <= 0) return ttl;
    return gone >= ttl ? 0 : ttl - static_cast<std::uint32_t>(gone);
}

const FileState* DiskState::find(const std::string& path) const
{
    const auto at = names.find(path);
    return at == names.end() ? nullptr : &files.at(at->second);
}

void apply(NodeState& state, const Event& event, const Log& log) { std::visit(Apply{state, event, log}, event.what); }

const Fold::Kept& Fold::folded(NodeId node, std::size_t count)
{
    // A copied entry costs about what a folded fact does; the constant keeps keyframes of small states apart.
    constexpr std::size_t at_least = 64;

    Kept& kept = kept_[node];
    auto& [keyframes, last, due] = kept;
    const auto facts = log_.facts_of(node);
    if (keyframes.empty()) {
        keyframes.emplace_back();
        due = at_least + 1;
    }
    while (last.facts < count) {
        apply(last.state, log_.event(static_cast<FactRef>(facts[last.facts])), log_);
        if (++last.facts < due) continue;
        const std::size_t cost = entries(last.state) + at_least; // counted when it may be time, not each fact
        if (last.facts - keyframes.back().facts > cost) keyframes.push_back(last);
        due = keyframes.back().facts + cost + 1;
    }
    return kept;
}

NodeState Fold::after(NodeId node, std::size_t count)
{
    count = std::min(count, log_.facts_of(node).size());
    const Kept& kept = folded(node, count);
    if (count == kept.last.facts) return kept.last.state;
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

std::size_t Fold::folded_facts(NodeId node) const
{
    const auto kept = kept_.find(node);
    return kept == kept_.end() ? 0 : kept->second.last.facts;
}

std::size_t Fold::keyframes(NodeId node) const
{
    const auto kept = kept_.find(node);
    return kept == kept_.end() ? 0 : kept->second.keyframes.size();
}

} // namespace tegami::run
