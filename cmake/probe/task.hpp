#pragma once
/// The least coroutine that can wait, give a value, and own what it awaits: what the probes are made of. The project's
/// own `Task` is left out on purpose, so that a probe tells about the compiler alone.

#include <coroutine>
#include <cstdlib>
#include <optional>
#include <utility>

namespace probe {

inline std::coroutine_handle<> waiting; // whoever waits for `resume_all`

template <class T>
class Task {
  public:
    struct promise_type {
        std::optional<T> value;
        std::coroutine_handle<> awaiting;

        struct Final {
            bool await_ready() noexcept { return false; }
            std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> done) noexcept
            {
                return done.promise().awaiting ? done.promise().awaiting : std::noop_coroutine();
            }
            void await_resume() noexcept {}
        };
        Task get_return_object() { return Task{std::coroutine_handle<promise_type>::from_promise(*this)}; }
        std::suspend_always initial_suspend() noexcept { return {}; }
        Final final_suspend() noexcept { return {}; }
        void return_value(T result) { value.emplace(std::move(result)); }
        void unhandled_exception() { std::abort(); }
    };

    explicit Task(std::coroutine_handle<promise_type> frame) : frame_(frame) {}
    Task(Task&& other) noexcept : frame_(std::exchange(other.frame_, {})) {}
    ~Task()
    {
        if (frame_) frame_.destroy();
    }

    auto operator co_await() && noexcept
    {
        struct Awaiter {
            std::coroutine_handle<promise_type> frame;

            bool await_ready() { return false; }
            std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting)
            {
                frame.promise().awaiting = awaiting;
                return frame;
            }
            T await_resume() { return std::move(*frame.promise().value); }
        };
        return Awaiter{frame_};
    }

    /// Runs to the end, however often it waits; gives up, as a failed probe, after a thousand waits.
    T run()
    {
        frame_.resume();
        for (int waits = 0; !frame_.done(); ++waits) {
            if (waits == 1000 || !waiting) std::abort();
            std::exchange(waiting, {}).resume();
        }
        return std::move(*frame_.promise().value);
    }

  private:
    std::coroutine_handle<promise_type> frame_;
};

/// Waits until `run` resumes.
struct Pause {
    bool await_ready() { return false; }
    void await_suspend(std::coroutine_handle<> handle) { waiting = handle; }
    void await_resume() {}
};

/// Counts what lives: a miscompiled await destroys a temporary twice, or never.
struct Counted {
    static inline int alive = 0;

    int value = 0;
    int* own;

    Counted(int v = 0) : value(v), own(new int(v)) { ++alive; }
    Counted(const Counted& other) : value(other.value), own(new int(*other.own)) { ++alive; }
    Counted(Counted&& other) noexcept : value(other.value), own(std::exchange(other.own, new int(0))) { ++alive; }
    Counted& operator=(Counted) = delete;
    ~Counted()
    {
        --alive;
        delete own;
    }
};

inline bool sound() { return Counted::alive == 0; }

} // namespace probe
