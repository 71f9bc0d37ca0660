#include "sim/engine/engine.hpp"

namespace tegami::engine {

/// The outermost frame of a process: awaits its work, then takes itself off the list and is gone.
struct Engine::Root {
    struct promise_type {
        Root get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
        std::suspend_always initial_suspend() const noexcept { return {}; }
        std::suspend_never final_suspend() const noexcept { return {}; }
        void return_void() const noexcept {}
        void unhandled_exception() const noexcept { std::abort(); }
    };
    std::coroutine_handle<promise_type> frame;

    static Root run(Engine& engine, NodeId node, std::uint16_t incarnation, std::uint32_t place, Task<void> work)
    {
        co_await std::move(work);
        Processes& p = engine.processes(node);
        // One that crashed while it ran its last stretch is off the list already, all but its place.
        p.roots[place] = {};
        if (engine.incarnation(node) == incarnation) {
            p.free_roots.push_back(place);
            --p.alive;
        }
    }
};

Engine::Engine(std::uint64_t seed, Time start, std::vector<std::string> names)
    : seed_(seed), start_(start), now_(start), names_(std::move(names)), queue_(start)
{
    std::sort(names_.begin(), names_.end());
    names_.insert(names_.begin(), {std::string{}, std::string{}});
    nodes_.resize(names_.size());
    handle(DueKind::wake, this, [](void* self, const Due& due) { static_cast<Engine*>(self)->on_wake(due); });
    handle(DueKind::reap, this, [](void* self, const Due& due) { static_cast<Engine*>(self)->reap(due.target); });
}

Engine::~Engine() { shut_down(); }

void Engine::shut_down()
{
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
        ++nodes_[i].incarnation; // destructors of frames find their slots gone
        reap(static_cast<NodeId>(i));
    }
}

NodeId Engine::find(std::string_view name) const
{
    const auto at = std::lower_bound(names_.begin() + 2, names_.end(), name);
    if (at == names_.end() || *at != name) return NodeId::scenario;
    return static_cast<NodeId>(at - names_.begin());
}

Random Engine::random(NodeId node, std::string_view purpose, std::string_view object) const
{
    return {seed_, name(node), purpose, object};
}

bool Engine::step(Time limit)
{
    Due due;
    if (!queue_.pop(limit, due)) return false;
    now_ = {due.at};
    ++steps_;
    running_ = true;
    const Registered& to = handlers_[static_cast<std::size_t>(due.kind)];
    assert(to.handler);
    to.handler(to.self, due);
    running_ = false;
    return true;
}

void Engine::run_until(Time limit)
{
    while (step(limit)) {
    }
    if (limit != Time::never()) now_ = limit;
}

// ---- processes -----------------------------------------------------------------------------------------------------

Engine::Processes& Engine::processes(NodeId node)
{
    auto& p = nodes_[index_of(node)].processes;
    if (!p) p = std::make_unique<Processes>();
    return *p;
}

void Engine::spawn(NodeId node, Task<void> work)
{
    if (dying(node)) return; // a process that dies starts no other
    Processes& p = processes(node);
    if (p.free_roots.empty()) {
        p.free_roots.push_back(static_cast<std::uint32_t>(p.roots.size()));
        p.roots.emplace_back();
    }
    const std::uint32_t place = p.free_roots.back();
    p.free_roots.pop_back();
    ++p.alive;
    const Root root = Root::run(*this, node, incarnation(node), place, std::move(work));
    p.roots[place] = root.frame;
    root.frame.resume();
}

std::size_t Engine::process_count(NodeId node) const
{
    const Node& n = nodes_[index_of(node)];
    return n.dying || !n.processes ? 0 : n.processes->alive;
}

void Engine::crash(NodeId node)
{
    Node& n = nodes_[index_of(node)];
    if (n.dying) return;
    ++n.incarnation;
    n.dying = true;
    schedule(node, node, now_, DueKind::reap, 0);
}

void Engine::reap(NodeId node)
{
    Node& n = nodes_[index_of(node)];
    if (!n.processes) {
        n.dying = false;
        return;
    }
    const std::unique_ptr<Processes> gone = std::move(n.processes);
    n.processes = std::make_unique<Processes>();
    for (const auto& root : gone->roots)
        if (root) root.destroy();
    n.processes.reset();
    n.dying = false;
}

// ---- waits ---------------------------------------------------------------------------------------------------------

SlotRef Engine::open_slot(NodeId node, Sleeper& sleeper)
{
    if (dying(node)) return {node, static_cast<std::uint16_t>(incarnation(node) - 1), 0};
    Processes& p = processes(node);
    if (p.free_slots.empty()) {
        p.free_slots.push_back(static_cast<std::uint32_t>(p.slots.size()));
        p.slots.emplace_back();
    }
    const std::uint32_t slot = p.free_slots.back();
    p.free_slots.pop_back();
    p.slots[slot] = {.sleeper = &sleeper};
    return {node, incarnation(node), slot};
}

void Engine::release_slot(Processes& p, std::uint32_t slot)
{
    if (!p.slots[slot].sleeper && p.slots[slot].due == 0) p.free_slots.push_back(slot);
}

void Engine::close_slot(const SlotRef& slot)
{
    if (!alive(slot)) return;
    Processes& p = processes(slot.node);
    p.slots[slot.slot].sleeper = nullptr;
    release_slot(p, slot.slot);
}

void Engine::wake_at(const SlotRef& slot, Time at)
{
    if (!alive(slot)) return;
    Slot& s = processes(slot.node).slots[slot.slot];
    s.wish = at.ns;
    if (s.due != 0 && s.due <= at.ns) return; // that one looks at the wish when it comes
    // An earlier wish needs a due of its own; the later one still outstanding will find nothing to do.
    s.due = at.ns;
    schedule(slot.node, slot.node, at, DueKind::wake, slot.slot, slot.incarnation);
}

Sleeper* Engine::sleeper(const SlotRef& slot) const
{
    if (!alive(slot)) return nullptr;
    const auto& p = nodes_[index_of(slot.node)].processes;
    return p ? p->slots[slot.slot].sleeper : nullptr;
}

void Engine::on_wake(const Due& due)
{
    if (due.tag != incarnation(due.target)) return;
    Processes& p = processes(due.target);
    Slot& s = p.slots[due.subject];
    if (s.due != due.at) return; // a later due that an earlier wish overtook
    s.due = 0;
    if (!s.sleeper) {
        release_slot(p, due.subject);
        return;
    }
    if (s.wish > due.at) {
        wake_at({due.target, due.tag, due.subject}, {s.wish});
        return;
    }
    s.sleeper->on_time();
}

} // namespace tegami::engine
