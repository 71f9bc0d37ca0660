#include "sim/run/fold.hpp"
#include "sim/run/journey.hpp"
#include "tests/unit/run/synthetic.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <set>

using namespace tegami;
using namespace tegami::run;
using synthetic::Dialogue;
using synthetic::Synthetic;

namespace {

Log folded_log(Synthetic& live)
{
    REQUIRE(live.recorder.finish(live.now));
    return Log::of(synthetic::file_of(live.recorder.kept()));
}

/// From the run's beginning, without keyframes.
NodeState plain_fold(const Log& log, NodeId node, Time until)
{
    NodeState state;
    for (const Event& event : log.events()) {
        if (event.at > until) break;
        if (event.node == node) apply(state, event, log);
    }
    return state;
}

/// A disk as its definition reads: what has no name is looked for through all names, after every fact.
struct PlainDisk {
    struct File {
        std::uint64_t size = 0, durable = 0;
        bool synced = false;
    };
    std::map<std::uint32_t, File> files;
    std::map<std::string, std::uint32_t> names, durable_names;
    std::uint32_t made = 0;

    void take(const DiskChanged& fact)
    {
        const std::string path{fact.path};
        const bool is_there = names.contains(path);
        switch (fact.change) {
        case DiskChange::written:
            if (!is_there) names[path] = ++made;
            files[names[path]].size = fact.size;
            files[names[path]].synced = false;
            break;
        case DiskChange::synced:
            if (is_there) files[names[path]] = {files[names[path]].size, files[names[path]].size, true};
            break;
        case DiskChange::renamed:
            if (is_there) {
                const std::uint32_t file = names[path];
                names.erase(path);
                names[std::string{fact.to}] = file;
            }
            break;
        case DiskChange::removed: names.erase(path); break;
        case DiskChange::folder_synced: {
            const auto inside = [&](const auto& entry) {
                const std::size_t slash = entry.first.rfind('/');
                return (slash == std::string::npos ? "" : entry.first.substr(0, slash)) == fact.path;
            };
            std::erase_if(durable_names, inside);
            for (const auto& entry : names)
                if (inside(entry)) durable_names.insert(entry);
            break;
        }
        case DiskChange::power_cut:
            names = durable_names;
            for (auto& [number, file] : files) file = {file.durable, file.durable, true};
            break;
        }
        std::erase_if(files, [&](const auto& entry) {
            const auto named = [&](const auto& name) { return name.second == entry.first; };
            return std::ranges::none_of(names, named) && std::ranges::none_of(durable_names, named);
        });
    }

    bool agrees_with(const DiskState& disk) const
    {
        const auto same = [](const auto& mine, const auto& its) {
            return mine.first == its.first && mine.second.size == its.second.size &&
                   mine.second.durable == its.second.durable && mine.second.synced == its.second.synced;
        };
        std::set<std::string> differ;
        for (const auto* one : {&names, &durable_names})
            for (const auto& [path, file] : *one) {
                const auto now = names.find(path), then = durable_names.find(path);
                if (now == names.end() || then == durable_names.end() || now->second != then->second)
                    differ.insert(path);
            }
        return names == disk.names && durable_names == disk.durable_names && made == disk.made &&
               differ == disk.unsynced_names && std::ranges::equal(files, disk.files, same);
    }
};

} // namespace

TEST_CASE("names that come, go and are synced at random leave the disk that the definition says")
{
    // Few names, so that they meet; folders in folders, and names that sort between a folder and what is in it.
    static constexpr std::string_view folders[] = {"", "q", "q/in", "q/in/side", "q-", "q0"};
    for (const std::uint64_t seed : {1u, 2u, 3u}) {
        synthetic::Draws draws(seed);
        const auto folder = [&] { return std::string{folders[draws.below(std::size(folders))]}; };
        const auto path = [&] {
            const std::string in = folder();
            return (in.empty() ? in : in + '/') + static_cast<char>('a' + draws.below(3));
        };
        Synthetic live(std::make_unique<MemorySink>());
        std::vector<PlainDisk> wanted(1);
        for (int i = 0; i < 2'000; ++i) {
            const auto change = draws.below(40) == 0 ? DiskChange::power_cut
                                                     : static_cast<DiskChange>(draws.below(Choices<DiskChange>::count));
            const std::string from = change == DiskChange::folder_synced ? folder() : path(), to = path();
            const DiskChanged fact{change == DiskChange::power_cut && draws.below(4) != 0 ? DiskChange::written
                                                                                          : change,
                                   from, to, draws.below(1'000)};
            live.note(synthetic::server, {}, FactRef::none, fact);
            wanted.push_back(wanted.back());
            wanted.back().take(fact);
        }
        const Log log = folded_log(live);
        Fold fold(log);
        std::size_t most = 0;
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            INFO("seed " << seed << ", fact " << i);
            REQUIRE(wanted[i].agrees_with(fold.after(synthetic::server, i).disk));
            most = std::max(most, wanted[i].files.size());
        }
        CHECK(most > 8);
    }
}

TEST_CASE("a fold goes no further than it is asked to")
{
    Synthetic live(std::make_unique<MemorySink>());
    synthetic::play_at_random(live, 5, 3'000);
    const Log log = folded_log(live);
    const std::size_t facts = log.facts_of(synthetic::server).size();
    REQUIRE(facts > 500);
    Fold fold(log);
    fold.after(synthetic::server, 60);
    CHECK(fold.folded_facts(synthetic::server) == 60);
    CHECK(fold.keyframes(synthetic::server) == 1); // the empty state
    fold.after(synthetic::server, facts / 2);
    CHECK(fold.folded_facts(synthetic::server) == facts / 2);
    fold.after(synthetic::server, 10); // earlier: from a keyframe, and nothing is folded anew
    CHECK(fold.folded_facts(synthetic::server) == facts / 2);
    const std::size_t keyframes = fold.keyframes(synthetic::server);
    CHECK(fold.state(synthetic::server, log.end()) == plain_fold(log, synthetic::server, log.end()));
    CHECK(fold.folded_facts(synthetic::server) == facts);
    CHECK(fold.keyframes(synthetic::server) > keyframes);
    CHECK(fold.folded_facts(synthetic::client) == 0); // nobody asked
    CHECK(fold.after(synthetic::server, facts + 1) == fold.after(synthetic::server, facts));
}

TEST_CASE("states at 200 random times are the same forwards, backwards and from keyframes")
{
    Synthetic live(std::make_unique<MemorySink>());
    Dialogue dialogue(live);
    for (std::uint32_t mail = 1; mail <= 40; ++mail) dialogue.play(mail, mail % 5 == 0 ? 7 : 0);
    synthetic::play_at_random(live, 3, 1000);
    const Log log = folded_log(live);
    REQUIRE_FALSE(log.broken());

    synthetic::Draws draws(9);
    std::vector<Time> times;
    // Half of them among the dialogues, which take little time, and half anywhere.
    for (int i = 0; i < 200; ++i) {
        const auto fact = static_cast<FactRef>(1 + draws.below(log.facts()));
        times.push_back(log.event(fact).at + Duration{static_cast<std::int64_t>(draws.below(3)) - 1});
    }
    for (std::size_t node = 0; node < log.header().nodes.size(); ++node) {
        const auto id = static_cast<NodeId>(node);
        std::vector<NodeState> wanted;
        for (const Time time : times) wanted.push_back(plain_fold(log, id, time));

        Fold at_random(log);
        for (std::size_t i = 0; i < times.size(); ++i) REQUIRE(at_random.state(id, times[i]) == wanted[i]);
        if (log.facts_of(id).size() > 500) CHECK(at_random.keyframes(id) > 2);

        std::vector<std::size_t> order(times.size());
        for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
        std::ranges::sort(order, {}, [&](std::size_t i) { return times[i]; });
        Fold forwards(log);
        for (const std::size_t i : order) REQUIRE(forwards.state(id, times[i]) == wanted[i]);
        Fold backwards(log);
        for (auto i = order.rbegin(); i != order.rend(); ++i) REQUIRE(backwards.state(id, times[*i]) == wanted[*i]);
    }
}

TEST_CASE("each prefix of a node's facts folds to the state after the prefix before and one fact")
{
    Synthetic live(std::make_unique<MemorySink>());
    synthetic::play_at_random(live, 11, 600);
    const Log log = folded_log(live);
    Fold fold(log);
    for (std::size_t node = 0; node < log.header().nodes.size(); ++node) {
        const auto id = static_cast<NodeId>(node);
        const auto facts = log.facts_of(id);
        NodeState state;
        REQUIRE(fold.after(id, 0) == state);
        for (std::size_t i = 0; i < facts.size(); ++i) {
            apply(state, log.event(static_cast<FactRef>(facts[i])), log);
            REQUIRE(fold.after(id, i + 1) == state);
        }
    }
}

TEST_CASE("a fold goes on where the log grows")
{
    Synthetic live(std::make_unique<MemorySink>());
    Dialogue dialogue(live);
    dialogue.play(1);
    Log log = Log::of(live.recorder.kept());
    Fold fold(log);
    const NodeState before = fold.state(synthetic::server, log.end());
    for (std::uint32_t mail = 2; mail <= 20; ++mail) dialogue.play(mail);
    log.extend(live.recorder.kept());
    CHECK(fold.state(synthetic::server, log.end()) == plain_fold(log, synthetic::server, log.end()));
    CHECK_FALSE(fold.state(synthetic::server, log.end()) == before);
}

TEST_CASE("a dialogue leaves its traces in both hosts")
{
    Synthetic live(std::make_unique<MemorySink>());
    Dialogue(live).play(1, 8);
    const Log log = folded_log(live);
    Fold fold(log);

    const NodeState server = fold.state(synthetic::server, log.end());
    REQUIRE(server.mailboxes.at("bob/INBOX").size() == 1);
    const auto& [file, message] = *server.mailboxes.at("bob/INBOX").begin();
    CHECK(log.message(message.content).octets.size() == message.size);
    CHECK(server.disk.find("bob/new/" + file) != nullptr);
    CHECK(server.disk.find("bob/new/" + file)->synced);
    CHECK(server.disk.find("bob/tmp/" + file) == nullptr);
    CHECK(server.connections.empty());
    CHECK(server.sessions.size() == 1);

    const NodeState client = fold.state(synthetic::client, log.end());
    CHECK(client.mails_made == 1);
    REQUIRE(client.steps.size() == 1);
    CHECK(client.steps.begin()->second.outcome == Outcome::done);
    CHECK(client.neighbours.size() == 1);
    REQUIRE(client.connections.size() == 1);
    const ConnectionState& connection = client.connections.begin()->second;
    CHECK(connection.state == tcp::State::time_wait);
    CHECK(connection.lines_said == 5);
    CHECK(connection.lines_heard == 7);
    CHECK(connection.next > 100);
    const NodeState server_late = fold.after(synthetic::server, log.facts_of(synthetic::server).size() - 1);
    CHECK(server_late.connections.begin()->second.received + 1 == connection.next); // the SYN came before it was opened

    std::uint64_t octets = 0;
    for (std::uint64_t f = 1; f <= log.frames(); ++f)
        if (log.frame(static_cast<FrameRef>(f)).node == synthetic::client)
            octets += log.frame(static_cast<FrameRef>(f)).original_length;
    CHECK(client.nics.at(synthetic::client_nic).octets == octets);
    CHECK(fold.state(synthetic::router, log.end()).nics.at(synthetic::router_out).lost +
              fold.state(synthetic::router, log.end()).nics.at(synthetic::router_in).lost ==
          1);
    CHECK(fold.state(synthetic::client, {synthetic::start - 1}) == NodeState{});
}

TEST_CASE("a power cut leaves what was synced under names that were synced")
{
    Synthetic live(std::make_unique<MemorySink>());
    const auto disk = [&](DiskChange change, std::string_view path, std::string_view to = "", std::uint64_t size = 0) {
        live.note(synthetic::server, {}, FactRef::none, DiskChanged{change, path, to, size});
    };
    disk(DiskChange::written, "q/a", "", 10);
    disk(DiskChange::synced, "q/a");
    disk(DiskChange::folder_synced, "q");
    disk(DiskChange::written, "q/a", "", 20); // more, not synced
    disk(DiskChange::written, "q/b", "", 5);  // synced, but not its name
    disk(DiskChange::synced, "q/b");
    disk(DiskChange::written, "tmp/c", "", 7);
    disk(DiskChange::synced, "tmp/c");
    disk(DiskChange::folder_synced, "tmp");
    disk(DiskChange::renamed, "tmp/c", "new/c"); // neither folder synced since
    const std::size_t before = live.recorder.facts();
    disk(DiskChange::power_cut, "");
    live.note(synthetic::server, {}, FactRef::none, ProcessChanged{ProcessChange::power_cut});
    const Log log = folded_log(live);
    Fold fold(log);
    const DiskState running = fold.after(synthetic::server, before).disk;
    CHECK(running.find("q/a")->size == 20);
    CHECK(running.find("q/b") != nullptr);
    CHECK(running.find("new/c") != nullptr);
    const NodeState after = fold.state(synthetic::server, log.end());
    CHECK_FALSE(after.running());
    CHECK(after.disk.find("q/a")->size == 10);
    CHECK(after.disk.find("q/b") == nullptr);
    CHECK(after.disk.find("tmp/c")->size == 7);
    CHECK(after.disk.find("new/c") == nullptr);
    CHECK(after.disk.files.size() == 2);
}

TEST_CASE("mails are numbered by the scenario's order, then as they came")
{
    Synthetic live(std::make_unique<MemorySink>());
    const auto act = [&](std::uint32_t number) {
        return live.note(NodeId::scenario, {}, FactRef::none, Act{number, "x.sends"});
    };
    const auto mail = [&](NodeId node, std::uint32_t number, FactRef cause, std::string_view subject) {
        live.note(node, {}, cause, MailMade{number, "", "", subject, ""});
    };
    mail(synthetic::server, 1, FactRef::none, "a bounce");
    const FactRef second = act(2);
    mail(synthetic::client, 1, second, "sent second in the file, first in time");
    const FactRef first = act(1);
    mail(synthetic::client, 2, first, "sent first in the file");
    mail(synthetic::client, 3, FactRef::none, "composed");
    const Log log = folded_log(live);
    const Journeys journeys(log);
    REQUIRE(journeys.mails().size() == 4);
    CHECK(journeys.mails()[0].subject == "sent first in the file");
    CHECK(journeys.mails()[1].subject == "sent second in the file, first in time");
    CHECK(journeys.mails()[2].subject == "a bounce");
    CHECK(journeys.mails()[3].subject == "composed");
    CHECK(journeys.mails()[3].number == 4);
    CHECK(journeys.find({synthetic::server, 1})->number == 3);
    CHECK(journeys.find({synthetic::server, 2}) == nullptr);
}

TEST_CASE("a journey names its steps, its session and the frames that served them")
{
    Synthetic live(std::make_unique<MemorySink>());
    Dialogue dialogue(live);
    for (std::uint32_t i = 1; i <= 3; ++i) dialogue.play(i);
    const Log log = folded_log(live);
    const Journeys journeys(log);
    REQUIRE(journeys.mails().size() == 3);
    std::uint64_t frames = 0;
    for (const MailRow& mail : journeys.mails()) {
        CHECK(mail.act == mail.number);
        REQUIRE(mail.steps.size() == 1);
        const StepRow* const step = journeys.step(mail.steps[0]);
        REQUIRE(step != nullptr);
        CHECK(step->what.step == Step::s1_submit);
        CHECK(step->outcome == Outcome::done);
        CHECK(step->peer == "mx.example.com");
        CHECK(step->to > step->from);
        REQUIRE(step->joined.size() == 1);
        const SessionRow* const session = journeys.session(step->joined[0]);
        REQUIRE(session != nullptr);
        CHECK(session->client == synthetic::client);
        CHECK(session->server == synthetic::server);
        CHECK(session->server_connection == static_cast<ConnectionId>(mail.number));
        CHECK(session->steps == std::vector{step->span});
        CHECK(step->frames == frames_serving(log, step->span).size());
        CHECK(step->frames > 15);
        CHECK(facts_serving(log, step->span).size() > 3 * step->frames);
        CHECK(journeys.number_of(session->span) == mail.number);
        frames += step->frames;
    }
    CHECK(frames == log.frames());
}
