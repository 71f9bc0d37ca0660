// A disk that is full or broken at any call of a store: the sender is told to come again (452, 451), nothing half
// written is ever seen, and once the disk is mended every letter comes, once.

#include "tests/lessons/playing.hpp"

#include <set>

using namespace tegami;
using namespace tegami::lessons;

namespace {

constexpr std::size_t disk_letters = 3;

struct Fault {
    engine::DiskError error{};
    std::uint64_t step = 0;
    bool by_room = false; ///< full because there is no room, and not by decree
};

/// Every message in the mailbox must be one whole letter, at any time.
std::string half_visible(World& world)
{
    for (const std::string& message : messages_in(*world.find_host("example-mail"), "bob")) {
        const std::string subject = field_of(message, "Subject");
        if (!message.starts_with("Return-Path: ") || !subject.starts_with("Letter ") || !message.ends_with("\r\n"))
            return "half a message is to be seen";
        std::string whole = letter_text(std::stoul(subject.substr(7)), 300);
        for (std::size_t at = 0; (at = whole.find('\n', at)) != whole.npos; at += 2) whole.insert(at, "\r");
        if (body_of(message) != whole) return "an altered message is to be seen";
    }
    return {};
}

struct Outcome {
    std::string wrong;
    std::set<std::string> replies; ///< that put a letter off
};

Outcome play_fault(const std::string& text, const Fault& fault)
{
    const auto world = world_of(text, {.level = run::Level::story});
    engine::Disk& disk = world->find_host("example-mail")->disk();
    Outcome outcome;
    const auto look = [&] {
        if (outcome.wrong.empty()) outcome.wrong = half_visible(*world);
    };
    while (world->engine().steps() < fault.step && world->engine().step(world->end())) look();
    if (fault.by_room)
        disk.set_room(0);
    else
        disk.set_failure(fault.error);
    const Time mended = world->engine().now() + wire::minutes(10);
    while (world->engine().step(mended)) look();
    disk.set_failure(std::nullopt);
    disk.set_room(UINT64_MAX);
    while (world->engine().step(world->end())) look();
    const run::Log log = log_of(*world);

    for (const run::Event& event : log.events())
        if (const auto* queue = std::get_if<run::QueueChanged>(&event.what);
            queue && queue->change == run::QueueChange::deferred)
            outcome.replies.insert(std::string{queue->reply.substr(0, 9)});
    const std::vector<std::string> kept = messages_in(*world->find_host("example-mail"), "bob");
    if (outcome.wrong.empty() && kept.size() != disk_letters)
        outcome.wrong = std::to_string(kept.size()) + " messages in the end";
    if (!disk.names_in("mail/bob/tmp").empty()) outcome.wrong += "; something is left in tmp";
    if (world->network().context.frames.out() != 0 || world->network().tcp.connections() != 0)
        outcome.wrong += "; something is left in the network";
    return outcome;
}

void walk_faults(engine::DiskError error, bool by_room, const std::set<std::string>& replies)
{
    const std::string text = letters({.mails = disk_letters, .octets = 300});
    std::uint64_t first = 0, last = 0;
    {
        const auto world = world_of(text, {.level = run::Level::none});
        world->run_until(world->start() + wire::milliseconds(999));
        first = world->engine().steps();
        world->run_until(world->start() + wire::seconds(3));
        last = world->engine().steps();
    }
    std::set<std::string> all;
    for (std::uint64_t step = first; step < last; ++step) {
        INFO("from step " << step << " of " << last);
        const Outcome outcome = play_fault(text, {error, step, by_room});
        CHECK(outcome.wrong == "");
        all.insert(outcome.replies.begin(), outcome.replies.end());
    }
    CHECK(all == replies);
}

} // namespace

TEST_CASE("a full disk at any call puts letters off with 452", "[disk]")
{
    walk_faults(engine::DiskError::full, false, {"452 4.3.1"});
    walk_faults(engine::DiskError::full, true, {"452 4.3.1"});
}

TEST_CASE("a broken disk at any call puts letters off with 451", "[disk]")
{
    walk_faults(engine::DiskError::io, false, {"451 4.3.0"});
}

TEST_CASE("a sender's full disk keeps no letter back", "[disk]")
{
    const auto world = world_of(letters({.mails = disk_letters, .octets = 300}), {.level = run::Level::story});
    world->find_host("alice-pc")->disk().set_room(0);
    const run::Log log = log_of(*world);
    CHECK(messages_in(*world->find_host("example-mail"), "bob").size() == disk_letters);
}

TEST_CASE("a reader's full disk leaves the letters on the server", "[disk]")
{
    const auto world =
        world_of(letters({.mails = disk_letters,
                          .octets = 300,
                          .more = "[[do]]\nat = \"1min\"\nbob.reads = {}\n[[do]]\nat = \"2min\"\nbob.reads = {}\n"}),
                 {.level = run::Level::story});
    engine::Disk& disk = world->find_host("bob-pc")->disk();
    disk.set_room(1200); // one letter and a bit
    world->run_until(world->start() + wire::seconds(90));
    CHECK(messages_in(*world->find_host("bob-pc"), "bob").size() == 1);
    CHECK(messages_in(*world->find_host("example-mail"), "bob").size() == disk_letters - 1);
    disk.set_room(UINT64_MAX);
    const run::Log log = log_of(*world);
    CHECK(messages_in(*world->find_host("bob-pc"), "bob").size() == disk_letters);
    CHECK(messages_in(*world->find_host("example-mail"), "bob").empty());
}
