#pragma once
/// A world's clockwork: the clock, the queue, and the processes of every node. It knows nothing of networks or mail; the
/// layers above register a handler for each kind of due.
///
/// Who owns a coroutine: the process it belongs to. The queue, timers and TCP know a waiting coroutine only as (node,
/// incarnation, slot). A node that crashes counts its incarnation up at once, so that nothing wakes it any more; the
/// coroutine then running goes on to its next wait, and the frames are destroyed by the node's next due, never from
/// within one of them.

#include "protocols/wire/task.hpp"
#include "sim/engine/queue.hpp"
#include "sim/engine/random.hpp"

#include <memory>
#include <string>

namespace tegami::engine {

using wire::Task;

/// Something that waits in a slot of its node.
class Sleeper {
  public:
    /// Its time has come.
    virtual void on_time() = 0;

  protected:
    ~Sleeper() = default;
};

/// A slot of a node's table of waits, as others may hold it.
struct SlotRef {
    NodeId node{};
    std::uint16_t incarnation = 0;
    std::uint32_t slot = 0;
};

class Engine {
  public:
    /// `names` of the scenario's nodes, in any order; ids follow their order.
    Engine(std::uint64_t seed, Time start, std::vector<std::string> names);
    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    Time now() const { return now_; }
    Time start() const { return start_; }
    std::uint64_t seed() const { return seed_; }
    /// Ids run from 0 (the scenario) to this, exclusive.
    std::size_t node_count() const { return nodes_.size(); }
    const std::string& name(NodeId node) const { return names_[index_of(node)]; }
    /// NodeId::scenario where no node is called so.
    NodeId find(std::string_view name) const;
    Random random(NodeId node, std::string_view purpose, std::string_view object = {}) const;

    // ---- the queue -------------------------------------------------------------------------------------------------

    using Handler = void (*)(void* self, const Due& due);
    void handle(DueKind kind, void* self, Handler handler)
    {
        handlers_[static_cast<std::size_t>(kind)] = {self, handler};
    }

    /// For another node, `at` must lie in the future.
    void schedule(NodeId by, NodeId target, Time at, DueKind kind, std::uint32_t subject, std::uint16_t tag = 0)
    {
        assert(by == target || at > now_ || !running_);
        const bool itself = by == target && at == now_ && running_;
        queue_.push({at.ns, target, itself ? itself_now : by, nodes_[index_of(by)].dues++, subject, tag, kind});
    }

    /// Runs all that is due up to and including `limit`; the clock then stands at `limit`, or at the last due where
    /// `limit` is Time::never().
    void run_until(Time limit);
    /// Runs on until `stop()` says so after a due, or `limit`. Whether it said so.
    template <class Condition>
    bool run_until(Time limit, Condition&& stop)
    {
        while (step(limit))
            if (stop()) return true;
        return false;
    }
    /// Carries out the next due, if it lies at or before `limit`.
    bool step(Time limit);
    Time next_time() const { return queue_.next_time(); }
    std::uint64_t steps() const { return steps_; }

    // ---- processes -------------------------------------------------------------------------------------------------

    /// Starts a process of `node`: runs it at once up to its first wait. It ends when the task does.
    void spawn(NodeId node, Task<void> work);
    /// How many processes of the node have not ended.
    std::size_t process_count(NodeId node) const;
    /// All processes of the node end here, mid-work.
    void crash(NodeId node);
    /// True from a crash until the frames of the node's processes are destroyed.
    bool dying(NodeId node) const { return nodes_[index_of(node)].dying; }
    std::uint16_t incarnation(NodeId node) const { return nodes_[index_of(node)].incarnation; }
    bool alive(const SlotRef& slot) const { return incarnation(slot.node) == slot.incarnation; }

    /// Ends every process of every node, while what they use is still there.
    void shut_down();

    // ---- waits -----------------------------------------------------------------------------------------------------

    /// A slot for as long as the sleeper lives; it must close it. In a dying node it is one that nothing wakes.
    SlotRef open_slot(NodeId node, Sleeper& sleeper);
    void close_slot(const SlotRef& slot);
    /// Wakes the sleeper at `at`. A slot has one such due at most: an earlier wish is served by waking early, and the
    /// sleeper asks again.
    void wake_at(const SlotRef& slot, Time at);
    /// The sleeper in a slot; nothing when it is gone.
    Sleeper* sleeper(const SlotRef& slot) const;

    /// `co_await engine.after(node, length, action)`: lets time pass, then does `action` and gives its value. A process
    /// that dies meanwhile has not done it.
    template <class Action>
    auto after(NodeId node, Duration length, Action action)
    {
        struct Awaiter final : Sleeper {
            Engine& engine;
            NodeId node;
            Duration length;
            Action action;
            SlotRef slot{};
            std::coroutine_handle<> waiting{};

            Awaiter(Engine& e, NodeId n, Duration l, Action a) : engine(e), node(n), length(l), action(std::move(a)) {}
            Awaiter(const Awaiter&) = delete;
            ~Awaiter()
            {
                if (waiting) engine.close_slot(slot);
            }
            bool await_ready() const { return false; }
            void await_suspend(std::coroutine_handle<> handle)
            {
                waiting = handle;
                slot = engine.open_slot(node, *this);
                engine.wake_at(slot, engine.now() + length);
            }
            auto await_resume() { return action(); }
            void on_time() override
            {
                engine.close_slot(slot);
                std::exchange(waiting, {}).resume();
            }
        };
        return Awaiter{*this, node, length, std::move(action)};
    }
    /// `co_await engine.pause(node, length)`.
    auto pause(NodeId node, Duration length)
    {
        return after(node, length, [] {});
    }

  private:
    struct Slot {
        Sleeper* sleeper = nullptr;
        std::int64_t wish = 0; // when the sleeper wants to be woken
        std::int64_t due = 0;  // when the one due outstanding lies; 0: none
    };
    struct Processes {
        std::vector<std::coroutine_handle<>> roots; // by place; empty: free
        std::vector<std::uint32_t> free_roots;
        std::size_t alive = 0;
        std::vector<Slot> slots;
        std::vector<std::uint32_t> free_slots;
    };
    struct Node {
        std::uint64_t dues = 0; // scheduled by this node so far
        std::unique_ptr<Processes> processes;
        std::uint16_t incarnation = 0;
        bool dying = false;
    };
    struct Root;

    Processes& processes(NodeId node);
    void release_slot(Processes& p, std::uint32_t slot);
    void on_wake(const Due& due);
    void reap(NodeId node);

    std::uint64_t seed_;
    Time start_;
    Time now_;
    bool running_ = false; // a due is being carried out
    std::uint64_t steps_ = 0;
    std::vector<std::string> names_;
    std::vector<Node, BigMemory<Node>> nodes_;
    Queue queue_;
    struct Registered {
        void* self = nullptr;
        Handler handler = nullptr;
    };
    std::array<Registered, static_cast<std::size_t>(DueKind::count)> handlers_{};
};

} // namespace tegami::engine
