// The same scenario, seed and inputs give the same octets, whatever else the machine, the process or the world holds.

#include "tests/lessons/playing.hpp"

#include "sim/run/choices.hpp"

#include <array>
#include <clocale>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <locale>
#include <thread>
#include <unistd.h>

using namespace tegami;
using namespace tegami::lessons;

namespace {

/// A home line that loses and reorders, so that chance is drawn all the time.
std::string rough_letters(std::size_t mails = 6)
{
    return letters({.mails = mails,
                    .until = "20min",
                    .more = "[link.home-alice]\nloss = \"10%\"\nreorder = \"10%\"\n"
                            "[[do]]\nat = \"15min\"\nbob.reads = {}\n"});
}

/// Every scenario that comes along, and one in which chance is drawn all the time.
std::vector<std::string> all_texts()
{
    std::vector<std::string> texts{rough_letters()};
    for (const std::string& name : scenario_names()) texts.push_back(scenario_text(name));
    return texts;
}

/// One fact as every view may show it, without what counts over the whole run: its place, its cause's, its frame's.
std::string told(const run::Event& event, const run::Log& log)
{
    run::Event alone = event;
    alone.ref = {};
    alone.cause = {};
    alone.frame = {};
    alone.number = 0;
    if (auto* changed = std::get_if<run::MailboxChanged>(&alone.what))
        changed->content = {}; // levels keep different parts
    if (auto* matched = std::get_if<run::FilterMatched>(&alone.what)) matched->frame = {};
    return run::to_json(alone, log.header(), log.spans());
}

run::Level level_of(const run::Event& event)
{
    return std::visit(
        []<class Fact>(const Fact&) {
            if constexpr (std::is_same_v<Fact, std::monostate>)
                return run::Level::none;
            else
                return Fact::level;
        },
        event.what);
}

/// Facts that `level` holds, up to a time, except those that name a frame's number or come from outside.
std::vector<std::string> facts_told(const run::Log& log, run::Level level, Time until = Time::never())
{
    std::vector<std::string> all;
    for (const run::Event& event : log.events()) {
        if (event.at >= until) break;
        if (level_of(event) > level || std::holds_alternative<run::FrameDropped>(event.what) ||
            std::holds_alternative<run::Content>(event.what) || std::holds_alternative<run::Input>(event.what))
            continue;
        all.push_back(told(event, log));
    }
    return all;
}

/// Where two lists of facts first differ, in words; empty where they do not.
std::string difference(const std::vector<std::string>& one, const std::vector<std::string>& other)
{
    for (std::size_t i = 0; i < std::max(one.size(), other.size()); ++i)
        if (i >= one.size() || i >= other.size() || one[i] != other[i])
            return "fact " + std::to_string(i) + ": " + (i < one.size() ? one[i] : "nothing") + "\nagainst " +
                   (i < other.size() ? other[i] : "nothing");
    return {};
}

/// Every frame: when, from which interface, and its octets.
struct Seen {
    Time at;
    std::string nic;
    wire::OctetBuffer octets;
    bool operator==(const Seen&) const = default;
};
std::vector<Seen> frames_seen(const run::Log& log, std::size_t at_most = SIZE_MAX)
{
    std::vector<Seen> all;
    for (std::uint64_t f = 1; f <= log.frames(); ++f) {
        const run::Frame& frame = log.frame(static_cast<run::FrameRef>(f));
        const wire::Octets octets = frame.octets.first(std::min(at_most, frame.octets.size()));
        all.push_back(
            {frame.at, log.header().nics[static_cast<std::size_t>(frame.nic)].name, {octets.begin(), octets.end()}});
    }
    return all;
}

struct Grouping : std::numpunct<char> {
    char do_decimal_point() const override { return ','; }
    char do_thousands_sep() const override { return '.'; }
    std::string do_grouping() const override { return "\1"; }
};

/// Restores the machine's habits when a case ends, however it ends.
struct Habits {
    std::locale locale;
    std::string zone;
    bool had_zone;
    Habits() : zone(std::getenv("TZ") ? std::getenv("TZ") : ""), had_zone(std::getenv("TZ")) {}
    ~Habits()
    {
        std::locale::global(std::locale::classic());
        std::setlocale(LC_ALL, "C");
        had_zone ? ::setenv("TZ", zone.c_str(), 1) : ::unsetenv("TZ");
        ::tzset();
    }
};

} // namespace

TEST_CASE("the same scenario and seed give the same octets", "[determinism]")
{
    for (const std::string& text : all_texts()) {
        INFO(text.substr(0, text.find('\n')));
        const std::uint64_t first = run_hash(text);
        CHECK(run_hash(text) == first);
        run::HashSink hashed;
        const wire::OctetBuffer octets = run_octets(text);
        run::Chunk chunk = run::Chunk::of(octets.size());
        std::copy(octets.begin(), octets.end(), chunk.memory.get());
        chunk.size = octets.size();
        hashed.take(std::move(chunk));
        CHECK(hashed.hash() == first); // kept or not: the same octets
    }
}

TEST_CASE("the machine's locale, time zone and language change nothing", "[determinism]")
{
    const std::string text = rough_letters(3);
    const std::uint64_t before = run_hash(text);
    const Habits restored;
    for (const char* zone : {"Asia/Tokyo", "America/St_Johns", "<+1245>-12:45"}) {
        ::setenv("TZ", zone, 1);
        ::tzset();
        CHECK(run_hash(text) == before);
    }
    for (const char* locale : {"C.UTF-8", "ja_JP.UTF-8", "de_DE.UTF-8", "tr_TR.UTF-8"})
        if (std::setlocale(LC_ALL, locale)) CHECK(run_hash(text) == before);
    std::locale::global(std::locale(std::locale::classic(), new Grouping)); // what 1.2.3,5 would break
    CHECK(run_hash(text) == before);
}

TEST_CASE("two worlds interleaved in one process are as alone", "[determinism]")
{
    const std::string one = scenario_text("first-mail"), other = rough_letters();
    const std::uint64_t one_alone = run_hash(one, {.seed = 5}), other_alone = run_hash(other, {.seed = 6});
    run::HashSink *one_sink = nullptr, *other_sink = nullptr;
    const auto one_world = hashed_world_of(one, one_sink, {.seed = 5});
    const auto other_world = hashed_world_of(other, other_sink, {.seed = 6});
    // Step by step, turn by turn, in uneven turns.
    for (int turn = 1;; ++turn) {
        bool more = false;
        for (int i = 0; i < turn % 3 + 1; ++i) more |= one_world->engine().step(one_world->end());
        for (int i = 0; i < turn % 5 + 1; ++i) more |= other_world->engine().step(other_world->end());
        if (!more) break;
    }
    for (World* world : {one_world.get(), other_world.get()}) {
        world->run_until(world->end());
        REQUIRE(world->finish());
    }
    CHECK(one_sink->hash() == one_alone);
    CHECK(other_sink->hash() == other_alone);
}

TEST_CASE("worlds in threads of their own are as alone", "[determinism]")
{
    // No world shares anything that changes with another.
    const std::string text = rough_letters();
    constexpr std::size_t count = 4;
    std::array<run::HashSink*, count> sinks{};
    std::array<bool, count> finished{};
    std::vector<std::unique_ptr<World>> worlds;
    for (std::size_t i = 0; i < count; ++i) worlds.push_back(hashed_world_of(text, sinks[i], {.seed = i / 2 + 1}));
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < count; ++i)
        threads.emplace_back([&, i] {
            worlds[i]->run_until(worlds[i]->end());
            finished[i] = worlds[i]->finish().has_value();
        });
    for (std::thread& thread : threads) thread.join();
    for (std::size_t i = 0; i < count; ++i) {
        CHECK(finished[i]);
        CHECK(sinks[i]->hash() == run_hash(text, {.seed = i / 2 + 1}));
    }
}

TEST_CASE("another seed is another run", "[determinism]")
{
    const std::string text = rough_letters();
    const auto first = world_of(text, {.seed = 1}), second = world_of(text, {.seed = 2});
    const run::Log one = log_of(*first), two = log_of(*second);
    CHECK((frames_seen(one) != frames_seen(two)));
    // Ports, sequence numbers and what is lost are drawn; the letters themselves are not.
    const run::Journeys story_one{one}, story_two{two};
    REQUIRE(story_one.mails().size() == story_two.mails().size());
    for (std::size_t i = 0; i < story_one.mails().size(); ++i) {
        CHECK(story_one.mails()[i].subject == story_two.mails()[i].subject);
        CHECK(story_one.mails()[i].message_id != story_two.mails()[i].message_id);
    }
}

TEST_CASE("a host that does nothing shifts nobody's numbers", "[determinism]")
{
    const std::string text = rough_letters();
    const auto plain = world_of(text);
    const run::Log before = log_of(*plain);
    REQUIRE(before.frames() > 70);
    for (const char* added : {"[user.aaron]\nat = \"sakura\"\n", "[user.zoe]\nat = \"example\"\n",
                              "[isp.fuji]\ndomain = \"fuji.example.net\"\n[user.carol]\nat = \"fuji\"\n"}) {
        const auto more = world_of(text + added);
        const run::Log after = log_of(*more);
        INFO(added);
        CHECK((frames_seen(after) == frames_seen(before)));
    }
}

TEST_CASE("what is recorded does not change what happens", "[determinism]")
{
    for (const std::string& text : all_texts()) {
        INFO(text.substr(0, text.find('\n')));
        const auto world = world_of(text);
        const run::Log full = log_of(*world);
        for (const run::Level level : {run::Level::none, run::Level::story, run::Level::headers}) {
            INFO(run::choice_name(level));
            const auto other = world_of(text, {.level = level});
            const run::Log log = log_of(*other);
            CHECK(log.end() == full.end());
            CHECK(other->engine().steps() == world->engine().steps());
            CHECK(difference(facts_told(log, level), facts_told(full, level)) == "");
            if (level == run::Level::headers)
                CHECK((frames_seen(log, 42) == frames_seen(full, 42))); // Ethernet, IPv4 and UDP
            else
                CHECK(log.frames() == 0);
        }
    }
}

TEST_CASE("a loaded run is the live one, fact for fact, of every scenario and at every level", "[determinism]")
{
    struct Played {
        std::string text;
        run::Level level;
    };
    std::vector<Played> all;
    for (const run::Level level : {run::Level::none, run::Level::story, run::Level::headers})
        all.push_back({rough_letters(3), level});
    for (std::string& text : all_texts()) all.push_back({std::move(text), run::Level::full});
    const std::string path = "lessons-" + std::to_string(::getpid()) + ".pcapng";
    for (const auto& [text, level] : all) {
        INFO(run::choice_name(level) << ", " << text.substr(0, text.find('\n')));
        const auto world = world_of(text, {.level = level});
        // Looked at while it goes on, as a window would.
        world->run_until(world->start() + wire::milliseconds(1300));
        run::Log live = run::Log::of(world->recorder().kept());
        for (int s = 2; s < 40; ++s) {
            world->run_until(world->start() + wire::seconds(s));
            live.extend(world->recorder().kept());
        }
        world->run_until(world->end());
        REQUIRE(world->finish());
        live.extend(world->recorder().kept());
        const wire::OctetBuffer octets = octets_of(world->recorder().kept());
        CHECK(octets == run_octets(text, {.level = level})); // looking changes nothing

        REQUIRE(run::write_file(path, octets));
        const auto opened = run::Log::open(path);
        std::filesystem::remove(path);
        REQUIRE(opened);
        CHECK(opened->complete());
        REQUIRE(opened->facts() == live.facts());
        REQUIRE(opened->frames() == live.frames());
        std::uint64_t different = 0;
        for (std::uint64_t f = 1; f <= live.facts(); ++f) {
            const auto fact = static_cast<run::FactRef>(f);
            different += run::to_json(opened->event(fact), opened->header(), opened->spans()) !=
                         run::to_json(live.event(fact), live.header(), live.spans());
        }
        CHECK(different == 0);
        CHECK((frames_seen(*opened) == frames_seen(live)));

        run::Fold fold_live{live}, fold_opened{*opened};
        for (int i = 0; i < 20; ++i) {
            const Time at = live.start() + wire::milliseconds(317) * (i * i * i);
            for (std::uint32_t n = 0; n < live.header().nodes.size(); ++n)
                CHECK(fold_live.state(NodeId{n}, at) == fold_opened.state(NodeId{n}, at));
        }
    }
}

TEST_CASE("a fact more, of a kind that nobody else records, shifts nobody's numbers", "[determinism]")
{
    const std::string text = rough_letters();
    const auto plain = world_of(text);
    const run::Log before = log_of(*plain);
    const auto world = world_of(text);
    const std::size_t nodes = before.header().nodes.size();
    std::size_t steps = 0, added = 0;
    while (world->engine().step(world->end())) {
        if (++steps % 3 != 0) continue;
        // Every node in turn, the scenario itself among them.
        const auto node = static_cast<NodeId>(added++ % nodes);
        world->recorder().record(world->engine().now(), node, {}, run::FactRef::none, run::Input{"a fact more", {}});
    }
    const run::Log after = log_of(*world);
    REQUIRE(added > 5 * nodes);
    CHECK(after.facts() == before.facts() + added);
    CHECK(after.end() == before.end());
    CHECK(world->engine().steps() == plain->engine().steps());
    CHECK((frames_seen(after) == frames_seen(before)));
    // Nor what is said of them: every other fact is as it was.
    CHECK(difference(facts_told(after, run::Level::full), facts_told(before, run::Level::full)) == "");
}

TEST_CASE("states at 200 times of a rough run are the same live, loaded, forwards, backwards and from keyframes",
          "[determinism]")
{
    // Loss, reordering, a crash with its power cut and a link that goes down: states grow, shrink and fall back.
    const std::string text = letters({.mails = 30,
                                      .octets = 3'000,
                                      .until = "1h",
                                      .more = "[link.home-alice]\nloss = \"10%\"\nreorder = \"10%\"\n"
                                              "[[do]]\nat = \"2500ms\"\nexample-mail.crashes = { power = \"cut\" }\n"
                                              "[[do]]\nat = \"40s\"\nexample-mail.starts = {}\n"
                                              "[[do]]\nat = \"3min\"\nhome-alice.goes = \"down\"\n"
                                              "[[do]]\nat = \"5min\"\nhome-alice.goes = \"up\"\n"
                                              "[[do]]\nat = \"50min\"\nbob.reads = {}\n"});
    const auto world = world_of(text);
    run::Log live = run::Log::of(world->recorder().kept());
    run::Fold fold_live{live}; // asked while the run goes on
    for (int s = 1; s < 90; ++s) {
        world->run_until(world->start() + wire::seconds(s));
        live.extend(world->recorder().kept());
        for (std::size_t n = 0; n < live.header().nodes.size(); ++n)
            fold_live.state(static_cast<NodeId>(n), live.end() - wire::seconds(s % 7));
    }
    world->run_until(world->end());
    REQUIRE(world->finish());
    live.extend(world->recorder().kept());
    const run::Log opened = run::Log::of(octets_of(world->recorder().kept()));
    REQUIRE(opened.complete());
    std::size_t lost = 0, cuts = 0;
    for (const run::Event& event : live.events()) {
        if (const auto* sent = std::get_if<run::FrameSent>(&event.what)) lost += sent->fate != run::Fate::arrives;
        if (const auto* process = std::get_if<run::ProcessChanged>(&event.what))
            cuts += process->change == run::ProcessChange::power_cut;
    }
    REQUIRE(lost >= 10);
    REQUIRE(cuts == 1);

    // A nanosecond before, at, and behind facts anywhere in the run.
    std::uint64_t draw = 20;
    const auto below = [&](std::uint64_t behind) {
        draw = draw * 6'364'136'223'846'793'005 + 1'442'695'040'888'963'407;
        return (draw >> 33) % behind;
    };
    std::vector<Time> times;
    for (int i = 0; i < 200; ++i)
        times.push_back(live.event(static_cast<run::FactRef>(1 + below(live.facts()))).at +
                        wire::Duration{static_cast<std::int64_t>(below(3)) - 1});
    std::vector<std::size_t> order(times.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::sort(order, {}, [&](std::size_t i) { return times[i]; });

    std::size_t keyframes = 0;
    for (std::size_t n = 0; n < live.header().nodes.size(); ++n) {
        const auto node = static_cast<NodeId>(n);
        INFO(live.header().nodes[n]);
        std::vector<run::NodeState> wanted(times.size());
        run::NodeState state; // folded once, from the beginning, without keyframes
        std::size_t folded = 0;
        const auto facts = live.facts_of(node);
        for (const std::size_t i : order) {
            for (; folded < facts.size(); ++folded) {
                const run::Event event = live.event(static_cast<run::FactRef>(facts[folded]));
                if (event.at > times[i]) break;
                run::apply(state, event, live);
            }
            wanted[i] = state;
        }
        run::Fold at_random{opened}, forwards{opened}, backwards{opened};
        std::size_t different = 0;
        for (std::size_t i = 0; i < times.size(); ++i) {
            different += fold_live.state(node, times[i]) != wanted[i];
            different += at_random.state(node, times[i]) != wanted[i];
        }
        for (const std::size_t i : order) different += forwards.state(node, times[i]) != wanted[i];
        for (auto i = order.rbegin(); i != order.rend(); ++i)
            different += backwards.state(node, times[*i]) != wanted[*i];
        CHECK(different == 0);
        keyframes = std::max(keyframes, backwards.keyframes(node));
    }
    CHECK(keyframes > 3);
}

TEST_CASE("a run stopped in the middle and gone on with is the run in one go", "[determinism]")
{
    const std::string text = rough_letters();
    const std::uint64_t whole = run_hash(text);
    for (const std::int64_t ms : {0, 1, 1'000, 1'037, 1'500, 60'000, 900'012}) {
        INFO(ms);
        run::HashSink* sink = nullptr;
        const auto world = hashed_world_of(text, sink);
        world->run_until(world->start() + wire::milliseconds(ms));
        world->run_until(world->start() + wire::milliseconds(ms)); // nothing more is due
        world->engine().run_until(world->end(), [n = 0]() mutable { return ++n == 100; });
        world->run_until(world->end());
        REQUIRE(world->finish());
        CHECK(sink->hash() == whole);
    }
}

TEST_CASE("a rerun with one more input is the old run up to that input", "[determinism]")
{
    const std::string text = rough_letters();
    const auto old_world = world_of(text);
    const run::Log before = log_of(*old_world);
    struct Added {
        const char* act;
        wire::Duration at;
    };
    for (const Added& added :
         {Added{"[[do]]\nat = \"1200ms\"\nalice.sends = { to = [\"bob@example.com\"], subject = \"Added\", text = "
                "\"One more.\" }\n",
                wire::milliseconds(1200)},
          Added{"[[do]]\nat = \"1350ms\"\nexample-mail.crashes = { power = \"cut\" }\n", wire::milliseconds(1350)},
          Added{"[[do]]\nat = \"5s\"\nhome-alice.goes = \"down\"\n", wire::seconds(5)}}) {
        INFO(added.act);
        const auto world = world_of(text, {.inputs = {added.act}});
        const run::Log after = log_of(*world);
        const Time at = before.start() + added.at;
        const std::vector<std::string> then = facts_told(before, run::Level::full, at);
        REQUIRE(then.size() > 40);
        CHECK(difference(facts_told(after, run::Level::full, at), then) == "");
        CHECK(difference(facts_told(after, run::Level::full), facts_told(before, run::Level::full)) != "");
        // The input is in the run, so that the run says how to make it again.
        std::size_t inputs = 0;
        for (const run::Event& event : after.events())
            if (const auto* input = std::get_if<run::Input>(&event.what)) inputs += input->what == added.act;
        CHECK(inputs == 1);
        CHECK(octets_of(world->recorder().kept()) == run_octets(text, {.inputs = {added.act}}));
    }
}
