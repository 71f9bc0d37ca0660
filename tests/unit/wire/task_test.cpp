#include "protocols/wire/task.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <vector>

using namespace tegami::wire;

namespace {

/// Counts what lives in coroutine frames.
struct FrameWitness {
    explicit FrameWitness(int& count) : alive(&count) { ++*alive; }
    FrameWitness(const FrameWitness& other) : alive(other.alive) { ++*alive; }
    FrameWitness& operator=(const FrameWitness&) = delete;
    ~FrameWitness() { --*alive; }
    int* alive;
};

/// Suspends whoever awaits it, until `resume`.
struct Gate {
    std::coroutine_handle<> waiting;

    auto operator co_await()
    {
        struct Awaiter {
            Gate& gate;
            bool await_ready() const { return false; }
            void await_suspend(std::coroutine_handle<> handle) { gate.waiting = handle; }
            void await_resume() const {}
        };
        return Awaiter{*this};
    }
    void resume() { std::exchange(waiting, {}).resume(); }
};

Task<int> task_add(int a, int b) { co_return a + b; }

Task<std::unique_ptr<std::string>> task_make(std::string text)
{
    co_return std::make_unique<std::string>(std::move(text));
}

Task<int> task_fold(int count)
{
    int sum = 0;
    for (int i = 0; i < count; ++i) {
        const int next = co_await task_add(sum, 1);
        sum = next;
    }
    co_return sum;
}

Task<int> task_deep(int depth)
{
    if (depth == 0) co_return 0;
    const int below = co_await task_deep(depth - 1);
    co_return below + 1;
}

Task<void> task_note(std::vector<int>& notes, Gate& gate, int& alive)
{
    const FrameWitness witness{alive};
    notes.push_back(1);
    co_await gate;
    notes.push_back(2);
}

Task<int> task_outer(std::vector<int>& notes, Gate& gate, int& alive)
{
    const FrameWitness witness{alive};
    co_await task_note(notes, gate, alive);
    notes.push_back(3);
    co_return 7;
}

} // namespace

TEST_CASE("a task does nothing before it is started, and gives its value once")
{
    Task<int> task = task_add(2, 3);
    CHECK_FALSE(task.done());
    task.start();
    REQUIRE(task.done());
    CHECK(task.take() == 5);

    Task<std::unique_ptr<std::string>> moved = task_make("only moves");
    moved.start();
    CHECK(*moved.take() == "only moves");
}

TEST_CASE("many tasks in a row, and one in another, need no stack")
{
    Task<int> row = task_fold(200'000);
    row.start();
    CHECK(row.take() == 200'000);
    Task<int> deep = task_deep(1'000);
    deep.start();
    CHECK(deep.take() == 1'000);
}

TEST_CASE("a chain waits at its innermost await and goes on from there")
{
    std::vector<int> notes;
    Gate gate;
    int alive = 0;
    Task<int> task = task_outer(notes, gate, alive);
    CHECK(notes.empty());
    task.start();
    CHECK(notes == std::vector{1});
    CHECK(alive == 2);
    CHECK_FALSE(task.done());
    gate.resume();
    CHECK(notes == std::vector{1, 2, 3});
    REQUIRE(task.done());
    CHECK(task.take() == 7);
    CHECK(alive == 0);
}

TEST_CASE("destroying the outermost task destroys the whole chain, started or not")
{
    std::vector<int> notes;
    Gate gate;
    int alive = 0;
    {
        Task<int> task = task_outer(notes, gate, alive);
        task.start();
        CHECK(alive == 2);
    }
    CHECK(alive == 0);
    CHECK(notes == std::vector{1});
    {
        const Task<int> never_started = task_outer(notes, gate, alive);
    }
    CHECK(alive == 0);
    CHECK(notes == std::vector{1});
}

TEST_CASE("a moved task keeps running where it was, and the one it replaced is destroyed with the other")
{
    std::vector<int> notes;
    Gate one, two;
    int alive = 0;
    {
        Task<int> first = task_outer(notes, one, alive);
        first.start();
        Task<int> second = std::move(first);
        CHECK(first.done()); // NOLINT: a moved-from task is done
        Task<int> third = task_outer(notes, two, alive);
        third.start();
        CHECK(alive == 4);
        third = std::move(second);
        one.resume();
        CHECK(third.done());
        CHECK(third.take() == 7);
    }
    CHECK(alive == 0);
}
