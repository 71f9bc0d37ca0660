// A host crashes at any moment of a run, with its power or without, and comes back. No letter is lost that a server has
// promised to keep, none comes a second time without an excuse (second_copies.hpp), and nothing is left behind in the
// machine.

#include "tests/lessons/second_copies.hpp"

#include <cstdlib>
#include <map>

using namespace tegami;
using namespace tegami::lessons;

namespace {

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
constexpr std::size_t slow = 6;
#else
constexpr std::size_t slow = 1;
#endif
#else
constexpr std::size_t slow = 1;
#endif

bool the_whole_grid() { return std::getenv("TEGAMI_LONG") != nullptr; }

enum class Power : std::uint8_t { stays, cut };

struct Crash {
    std::string host;
    Power power{};
    std::uint64_t step = 0;
    wire::Duration down;
};

/// What a run says of its letters.
struct Story {
    std::map<std::string, std::size_t> number; ///< of a letter, by Message-ID
    std::map<run::MailId, std::size_t> letter;
    std::map<std::size_t, bool> put, promised; ///< on the sender's disk; S1 ended done
};

Story story_of(const run::Log& log)
{
    Story story;
    for (const run::Event& event : log.events()) {
        if (const auto* made = std::get_if<run::MailMade>(&event.what)) {
            const auto n = static_cast<std::size_t>(std::stoul(std::string{made->subject.substr(7)})); // "Letter 7"
            story.number["<" + std::string{made->message_id} + ">"] = n;
            story.letter[{event.node, made->number}] = n;
        } else if (const auto* queue = std::get_if<run::QueueChanged>(&event.what)) {
            if (queue->change != run::QueueChange::put) continue;
            // The sender's own queue; a server's has entries of its own.
            const auto entry = static_cast<std::uint32_t>(std::stoul(std::string{queue->entry}));
            const auto own = story.letter.find({event.node, entry});
            if (own != story.letter.end()) story.put[own->second] = true;
        } else if (const auto* ended = std::get_if<run::StepEnded>(&event.what))
            if (ended->step == run::Step::s1_submit && ended->outcome == run::Outcome::done)
                story.promised[story.letter.at(ended->mail)] = true;
    }
    return story;
}

std::string with_crlf(std::string text)
{
    for (std::size_t at = 0; (at = text.find('\n', at)) != text.npos; at += 2) text.insert(at, "\r");
    return text;
}

constexpr std::size_t letters_sent = 20;
constexpr std::size_t letter_octets = 300;

/// Plays `text` with a crash and says what broke the law; empty where nothing did.
std::string play(const std::string& text, const Crash& crash, std::size_t& second_copies)
{
    const auto world = world_of(text, {.level = run::Level::story});
    while (world->engine().steps() < crash.step && world->engine().step(world->end())) {
    }
    nodes::Host& host = *world->find_host(crash.host);
    host.crash(crash.power == Power::cut);
    world->run_until(world->engine().now() + crash.down);
    host.restart();
    const run::Log log = log_of(*world);

    std::string wrong;
    const auto say = [&](const std::string& what) { wrong += what + "; "; };
    const Story story = story_of(log);
    std::map<std::size_t, std::size_t> copies;
    const auto look = [&](const char* where, const std::string& message) {
        const auto known = story.number.find(field_of(message, "Message-ID"));
        if (known == story.number.end())
            return say(std::string{where} + " holds a message with a Message-ID that nobody made");
        if (body_of(message) != with_crlf(letter_text(known->second, letter_octets)))
            say("letter " + std::to_string(known->second) + " is altered in " + where);
        ++copies[known->second];
    };
    for (const std::string& message : messages_in(*world->find_host("example-mail"), "bob"))
        look("the mailbox", message);
    for (const std::string& message : messages_in(*world->find_host("bob-pc"), "bob")) look("the device", message);

    const bool sender_crashed = crash.host == "alice-pc";
    second_copies = 0;
    const Excuses excuses = excuses_of(log);
    std::map<std::size_t, std::size_t> excused;
    for (const auto& [mail, more] : excuses.letters) excused[story.letter.at(mail)] = more;
    std::string doubled;
    std::size_t unexcused = 0;
    for (std::size_t n = 1; n <= letters_sent; ++n) {
        const std::size_t here = copies[n];
        const bool made = std::ranges::any_of(story.number, [&](const auto& known) { return known.second == n; });
        if (!sender_crashed && !made) say("letter " + std::to_string(n) + " was never made");
        if (story.promised.contains(n) && here == 0) say("letter " + std::to_string(n) + " is lost after its 250");
        if (story.put.contains(n) && here == 0)
            say("letter " + std::to_string(n) + " was in the outbox and did not arrive");
        if (here <= 1) continue;
        second_copies += here - 1;
        const std::size_t more = here - 1 - std::min(here - 1, excused[n]);
        unexcused += more;
        if (more > 0) doubled += ' ' + std::to_string(n);
    }
    if (unexcused > excuses.fetched) say("second copies without an excuse:" + doubled);
    if (world->network().context.frames.out() != 0)
        say(std::to_string(world->network().context.frames.out()) + " frames are out of the pool");
    if (world->network().tcp.connections() != 0)
        say(std::to_string(world->network().tcp.connections()) + " connections are left");
    for (const std::string name : {"alice-pc", "bob-pc", "example-mail", "example-mx1", "sakura-msa", "sakura-mta"}) {
        nodes::Host* const there = world->find_host(name);
        if (!there) continue; // the letters go straight
        const std::size_t left = world->engine().process_count(world->engine().find(name));
        if (left != 0) say(std::to_string(left) + " processes are left on " + name);
        for (const char* folder : {"mail/bob/tmp", "mail/alice/tmp", "outbox", "msa-queue", "mta-queue"})
            if (!there->disk().names_in(folder).empty()) say(std::string{folder} + " is not empty on " + name);
    }
    if (!messages_in(*world->find_host("example-mail"), "bob").empty()) say("the mailbox was not emptied");
    return wrong;
}

/// Crashes `host` about `points` times, at steps evenly spread between two times of the run that would be: with its power
/// and without, down for a moment, for half a minute (senders try again) and for 20 minutes (TCP gives up).
void walk(const std::string& text, const std::string& host, wire::Duration from, wire::Duration to, std::size_t points)
{
    std::uint64_t first = 0, last = 0;
    {
        const auto world = world_of(text, {.level = run::Level::none});
        world->run_until(world->start() + from);
        first = world->engine().steps();
        world->run_until(world->start() + to);
        last = world->engine().steps();
    }
    REQUIRE(last > first + 100);
    const std::uint64_t stride = the_whole_grid() ? 1 : std::max<std::uint64_t>(1, (last - first) * slow / points);
    static constexpr wire::Duration downs[] = {wire::milliseconds(1), wire::seconds(30), wire::minutes(20)};
    std::size_t played = 0, copies = 0;
    for (std::uint64_t step = first; step < last; step += stride)
        for (const Power power : {Power::stays, Power::cut}) {
            const Crash crash{host, power, step, downs[played++ % std::size(downs)]};
            INFO(host << " crashes " << (power == Power::cut ? "with a power cut" : "") << " at step " << step
                      << ", down for " << crash.down.ns / 1'000'000 << " ms");
            std::size_t second_copies = 0;
            const std::string wrong = play(text, crash, second_copies);
            copies += second_copies;
            CHECK(wrong == "");
        }
    // RFC 1047's window was met: between a letter that is kept and a sender that knows.
    if (host != "example-mail") CHECK(copies > 0);
}

std::string busy_letters(bool relayed = false)
{
    // Bob asks for mail in the middle, and again when all is over.
    return letters({.mails = letters_sent,
                    .spacing_ms = 40,
                    .octets = letter_octets,
                    .until = "4h",
                    .more = "[[do]]\nat = \"2600ms\"\nbob.reads = {}\n[[do]]\nat = \"2h\"\nbob.reads = {}\n[[do]]\nat "
                            "= \"3h\"\nbob.reads = {}\n",
                    .relayed = relayed});
}

} // namespace

TEST_CASE("without a crash every letter comes once", "[crash]")
{
    const auto world = world_of(busy_letters());
    const run::Log log = log_of(*world);
    CHECK(messages_in(*world->find_host("example-mail"), "bob").empty());
    CHECK(messages_in(*world->find_host("bob-pc"), "bob").size() == letters_sent);
    CHECK(world->network().context.frames.out() == 0);
    CHECK(world->network().tcp.connections() == 0);
}

TEST_CASE("the server crashes at any step", "[crash]")
{
    walk(busy_letters(), "example-mail", wire::milliseconds(999), wire::milliseconds(4500), 400);
}
TEST_CASE("the sender crashes at any step", "[crash]")
{
    walk(busy_letters(), "alice-pc", wire::milliseconds(999), wire::milliseconds(3500), 400);
}
TEST_CASE("a server on the way crashes at any step", "[crash]")
{
    for (const char* relay : {"sakura-msa", "sakura-mta", "example-mx1", "example-mail"})
        walk(busy_letters(true), relay, wire::milliseconds(1100), wire::milliseconds(4000), 120);
}
TEST_CASE("the reader crashes at any step", "[crash]")
{
    walk(busy_letters(), "bob-pc", wire::milliseconds(2599), wire::milliseconds(4500), 200);
}
