#pragma once
/// Something that a process waits for and another brings about: an answer, the end of several pieces of work.

#include "sim/engine/engine.hpp"

namespace tegami::nodes {

/// Held by both, the one that waits and the one that gives, so that either may be gone first.
class Signal final : engine::Sleeper {
  public:
    Signal(engine::Engine& engine, engine::NodeId node) : engine_(engine), slot_(engine.open_slot(node, *this)) {}
    ~Signal() { engine_.close_slot(slot_); }
    Signal(const Signal&) = delete;
    Signal& operator=(const Signal&) = delete;

    /// Whoever waits goes on by a due of its own, at this instant.
    void give()
    {
        given_ = true;
        if (waiting_) engine_.wake_at(slot_, engine_.now());
    }
    bool given() const { return given_; }

    /// Awaits until it is given, or `until`. Whether it was given. One process at a time.
    wire::Task<bool> wait(engine::Time until = engine::Time::never())
    {
        while (!given_ && engine_.now() < until) co_await Once{*this, until};
        co_return given_;
    }

  private:
    struct Once {
        Signal& signal;
        engine::Time until;
        bool await_ready() const { return false; }
        void await_suspend(std::coroutine_handle<> waiting) const
        {
            signal.waiting_ = waiting;
            if (until != engine::Time::never()) signal.engine_.wake_at(signal.slot_, until);
        }
        void await_resume() const {}
    };
    void on_time() override
    {
        if (waiting_) std::exchange(waiting_, {}).resume();
    }

    engine::Engine& engine_;
    engine::SlotRef slot_;
    std::coroutine_handle<> waiting_{};
    bool given_ = false;
};

} // namespace tegami::nodes
