#pragma once
/// A coroutine that gives one value to whoever awaits it. A task owns its frame, and a frame owns the tasks it awaits, so
/// destroying the outermost task destroys the whole chain, wherever it is suspended. Starting a task and resuming it
/// later is the work of whoever owns the outermost one.

#include <coroutine>
#include <cstdlib>
#include <optional>
#include <utility>

namespace tegami::wire {

template <class T = void>
class Task;

namespace detail {

struct PromiseBase {
    std::coroutine_handle<> awaiting;

    struct Final {
        bool await_ready() const noexcept { return false; }
        template <class Promise>
        std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> done) const noexcept
        {
            const auto next = done.promise().awaiting;
            return next ? next : std::noop_coroutine();
        }
        void await_resume() const noexcept {}
    };
    std::suspend_always initial_suspend() const noexcept { return {}; }
    Final final_suspend() const noexcept { return {}; }
    // Exceptions never cross a coroutine: one that gets here is our own mistake.
    void unhandled_exception() const noexcept { std::abort(); }
};

template <class T>
struct Promise : PromiseBase {
    std::optional<T> value;

    Task<T> get_return_object() noexcept;
    template <class U>
    void return_value(U&& result)
    {
        value.emplace(std::forward<U>(result));
    }
    T take() { return std::move(*value); }
};

template <>
struct Promise<void> : PromiseBase {
    Task<void> get_return_object() noexcept;
    void return_void() const noexcept {}
    void take() const noexcept {}
};

} // namespace detail

template <class T>
class [[nodiscard]] Task {
  public:
    using promise_type = detail::Promise<T>;

    explicit Task(std::coroutine_handle<promise_type> frame) noexcept : frame_(frame) {}
    Task(Task&& other) noexcept : frame_(std::exchange(other.frame_, {})) {}
    Task& operator=(Task&& other) noexcept
    {
        std::swap(frame_, other.frame_);
        return *this;
    }
    ~Task()
    {
        if (frame_) frame_.destroy();
    }

    /// Runs a task that nobody awaits, up to its first wait.
    void start() { frame_.resume(); }
    bool done() const { return !frame_ || frame_.done(); }
    /// The value of a task that is done.
    T take() { return frame_.promise().take(); }

    auto operator co_await() && noexcept
    {
        struct Awaiter {
            std::coroutine_handle<promise_type> frame;

            bool await_ready() const noexcept { return false; }
            std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting) const noexcept
            {
                frame.promise().awaiting = awaiting;
                return frame;
            }
            T await_resume() const { return frame.promise().take(); }
        };
        return Awaiter{frame_};
    }

  private:
    std::coroutine_handle<promise_type> frame_;
};

template <class T>
Task<T> detail::Promise<T>::get_return_object() noexcept
{
    return Task<T>{std::coroutine_handle<Promise>::from_promise(*this)};
}
inline Task<void> detail::Promise<void>::get_return_object() noexcept
{
    return Task<void>{std::coroutine_handle<Promise>::from_promise(*this)};
}

} // namespace tegami::wire
