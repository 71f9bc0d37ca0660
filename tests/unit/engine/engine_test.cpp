#include "sim/engine/disk.hpp"
#include "sim/engine/engine.hpp"

#include <catch2/catch.hpp>

using namespace tegami::engine;
using namespace tegami::wire;

namespace {

struct Live {
    static inline int count = 0;
    Live() { ++count; }
    ~Live() { --count; }
    Live(const Live&) = delete;
};

Task<int> nested(Engine& engine, NodeId node, int n)
{
    const Live live;
    co_await engine.pause(node, milliseconds(1));
    co_return n * 2;
}

Task<void> worker(Engine& engine, NodeId node, std::vector<std::string>& log)
{
    const Live live;
    for (int i = 0; i < 3; ++i) {
        const int twice = co_await nested(engine, node, i);
        log.push_back(engine.name(node) + std::to_string(twice));
    }
}

Task<void> store(Disk& disk, int& stage)
{
    const Live live;
    const auto made = co_await disk.create("tmp/1", "hello", Spans{7});
    if (!made) co_return;
    stage = 1;
    const auto synced = co_await disk.sync("tmp/1");
    if (!synced) co_return;
    stage = 2;
    const auto renamed = co_await disk.rename("tmp/1", "new/1");
    if (!renamed) co_return;
    stage = 3;
    const auto kept = co_await disk.sync_folder("new");
    if (!kept) co_return;
    stage = 4;
}

} // namespace

TEST_CASE("processes run in simulated time and end")
{
    Engine engine{1, Time{0}, {"b", "a"}};
    const NodeId a = engine.find("a"), b = engine.find("b");
    CHECK(index_of(a) == 2);
    CHECK(engine.find("nobody") == NodeId::scenario);
    std::vector<std::string> log;
    engine.spawn(b, worker(engine, b, log));
    engine.spawn(a, worker(engine, a, log));
    CHECK(engine.process_count(a) == 1);
    engine.run_until(Time{} + seconds(1));
    CHECK(log == std::vector<std::string>{"a0", "b0", "a2", "b2", "a4", "b4"});
    CHECK(engine.now() == Time{} + seconds(1));
    CHECK(engine.process_count(a) == 0);
    CHECK(Live::count == 0);
}

TEST_CASE("a crash at any time destroys every frame, and the node can start again")
{
    for (int at = 0; at < 8; ++at) {
        Engine engine{1, Time{0}, {"a"}};
        const NodeId a = engine.find("a");
        std::vector<std::string> log;
        engine.spawn(a, worker(engine, a, log));
        engine.run_until(Time{} + microseconds(500 * at));
        engine.crash(a);
        CHECK(engine.process_count(a) == 0);
        engine.spawn(a, worker(engine, a, log)); // dying: starts nothing
        engine.run_until(engine.now() + microseconds(1));
        CHECK(Live::count == 0);
        log.clear();
        engine.spawn(a, worker(engine, a, log));
        engine.run_until(engine.now() + seconds(1));
        CHECK(log.size() == 3);
        CHECK(Live::count == 0);
    }
}

TEST_CASE("a world that ends in the middle leaves nothing behind")
{
    std::vector<std::string> log;
    {
        Engine engine{1, Time{0}, {"a"}};
        const NodeId a = engine.find("a");
        engine.spawn(a, worker(engine, a, log));
        engine.run_until(Time{} + microseconds(1500));
        CHECK(Live::count == 2);
    }
    CHECK(Live::count == 0);
}

TEST_CASE("a power cut takes exactly what was not synced")
{
    // stage reached → what is there after a power cut
    for (int steps = 0; steps <= 4; ++steps) {
        Engine engine{1, Time{0}, {"a"}};
        Disk disk{engine, engine.find("a")};
        int stage = 0;
        engine.spawn(engine.find("a"), store(disk, stage));
        while (stage < steps) REQUIRE(engine.step(Time::never()));
        engine.crash(engine.find("a"));
        disk.cut_power();
        engine.run_until(engine.now() + seconds(1));
        CHECK(stage == steps);
        CHECK(Live::count == 0);
        CHECK(disk.names_in("tmp").empty());
        if (steps == 4) {
            CHECK(disk.names_in("new") == std::vector<std::string>{"1"});
            CHECK((*disk.do_read("new/1"))->octets == "hello");
            CHECK((*disk.do_read("new/1"))->spans == Spans{7});
        } else
            CHECK(disk.names_in("new").empty());
    }
}

TEST_CASE("a name that was synced before its content is an empty file after a power cut")
{
    Engine engine{1, Time{0}, {"a"}};
    Disk disk{engine, engine.find("a")};
    engine.spawn(engine.find("a"), [](Disk& d) -> Task<void> {
        const auto made = co_await d.create("new/1", "hello", {});
        CHECK(made.has_value());
        const auto kept = co_await d.sync_folder("new");
        CHECK(kept.has_value());
    }(disk));
    engine.run_until(Time{} + seconds(1));
    disk.cut_power();
    REQUIRE(disk.names_in("new").size() == 1);
    CHECK((*disk.do_read("new/1"))->octets.empty());
}

TEST_CASE("a full or failing disk says so and keeps what it has")
{
    Engine engine{1, Time{0}, {"a"}};
    Disk disk{engine, engine.find("a")};
    disk.set_room(8);
    std::vector<std::string> said;
    engine.spawn(engine.find("a"), [](Disk& d, std::vector<std::string>& log) -> Task<void> {
        const auto one = co_await d.create("a/1", "12345", {});
        log.push_back(one ? "ok" : "error");
        const auto two = co_await d.create("a/2", "1234", {});
        log.push_back(!two && two.error() == DiskError::full ? "full" : "?");
        const auto gone = co_await d.remove("a/1");
        log.push_back(gone ? "ok" : "error");
        const auto again = co_await d.create("a/2", "12345678", {});
        log.push_back(again ? "ok" : "error");
        d.set_failure(DiskError::io);
        const auto broken = co_await d.sync("a/2");
        log.push_back(!broken && broken.error() == DiskError::io ? "io" : "?");
        const auto read = co_await d.read("a/2");
        log.push_back(read ? (*read)->octets : "error");
    }(disk, said));
    engine.run_until(Time{} + seconds(1));
    CHECK(said == std::vector<std::string>{"ok", "full", "ok", "ok", "io", "12345678"});
}
