#include "sim/run/log.hpp"
#include "tests/unit/run/synthetic.hpp"

#include <catch2/catch.hpp>

using namespace tegami;
using namespace tegami::run;
using synthetic::Dialogue;
using synthetic::Synthetic;

namespace {

/// Each fact of the log is the one that was recorded, and each frame too.
void require_same(const Log& log, const Synthetic& live)
{
    REQUIRE(log.is_run());
    REQUIRE(log.header() == live.run);
    REQUIRE(log.facts() == live.expected.size());
    std::size_t i = 0;
    for (const Event& event : log.events()) {
        if (!live.expected[i].empty()) REQUIRE(to_json(event, log.header(), log.spans()) == live.expected[i]);
        ++i;
    }
    REQUIRE(i == live.expected.size());
    REQUIRE(log.frames() == live.frames.size());
}

Log loaded(Synthetic& live)
{
    REQUIRE(live.recorder.finish(live.now));
    return Log::of(synthetic::file_of(live.recorder.kept()));
}

} // namespace

TEST_CASE("a run loaded is the run recorded, fact for fact, at every level")
{
    for (const Level level : {Level::none, Level::story, Level::headers, Level::full}) {
        Synthetic live(std::make_unique<MemorySink>(), synthetic::header(level));
        Dialogue dialogue(live);
        for (std::uint32_t mail = 1; mail <= 5; ++mail) dialogue.play(mail, mail == 3 ? 9 : 0);
        const Log log = loaded(live);
        INFO("level " << choice_name(level));
        REQUIRE_FALSE(log.broken());
        CHECK(log.complete());
        CHECK(log.end() == live.now);
        require_same(log, live);
        CHECK((log.frames() > 0) == (level >= Level::headers));
        for (std::uint64_t f = 1; f <= log.frames(); ++f) {
            const Frame& frame = log.frame(static_cast<FrameRef>(f));
            const auto& sent = live.frames[f - 1];
            REQUIRE(frame.original_length == sent.size());
            REQUIRE(std::ranges::equal(frame.octets, Octets(sent).first(frame.octets.size())));
            if (level == Level::full)
                REQUIRE(frame.octets.size() == sent.size());
            else
                REQUIRE(frame.octets.size() <= 14 + 20 + 24);
        }
        if (level == Level::full) CHECK(log.frame(FrameRef{1}).octets.size() == 42);
    }
}

TEST_CASE("facts of every kind with any fields come back, also those longer than an option")
{
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        for (const Level level : {Level::full, Level::headers, Level::story, Level::none}) {
            Synthetic live(std::make_unique<MemorySink>(), synthetic::header(level));
            synthetic::play_at_random(live, seed, 2000);
            const Log log = loaded(live);
            if (log.broken()) FAIL(log.broken()->rule << " at " << log.broken()->offset);
            require_same(log, live);
        }
    }
}

TEST_CASE("a fact is found by its number, by its time and by its node")
{
    Synthetic live(std::make_unique<MemorySink>());
    synthetic::play_at_random(live, 7, 1500);
    const Log log = loaded(live);
    synthetic::Draws draws(1);
    for (int i = 0; i < 500; ++i) {
        const auto fact = static_cast<FactRef>(1 + draws.below(log.facts()));
        REQUIRE(to_json(log.event(fact), log.header(), log.spans()) ==
                live.expected[static_cast<std::size_t>(fact) - 1]);
        const Time at = log.event(fact).at;
        const FactRef first = log.first_at(at);
        REQUIRE(first <= fact);
        REQUIRE(log.event(first).at == at);
        if (first != FactRef{1})
            REQUIRE(log.event(static_cast<FactRef>(static_cast<std::uint64_t>(first) - 1)).at < at);
    }
    CHECK(log.first_at({0}) == FactRef{1});
    CHECK(log.first_at(log.end() + Duration{1}) == FactRef::none);
    std::size_t sum = 0;
    for (std::size_t node = 0; node < log.header().nodes.size(); ++node) {
        std::uint64_t number = 0;
        for (const std::uint32_t fact : log.facts_of(static_cast<NodeId>(node))) {
            const Event event = log.event(static_cast<FactRef>(fact));
            REQUIRE(index_of(event.node) == node);
            REQUIRE(event.number == ++number);
        }
        sum += number;
    }
    CHECK(sum == log.facts());
    std::size_t some = 0;
    for (const Event& event : log.events(FactRef{100}, FactRef{117}))
        REQUIRE(static_cast<std::uint64_t>(event.ref) == 100 + some++);
    CHECK(some == 17);
    for (const Event& event : log.events(FactRef{5}, FactRef{5})) FAIL(static_cast<std::uint64_t>(event.ref));
}

TEST_CASE("a run can be read while it goes on, and what comes then is added")
{
    Synthetic live(std::make_unique<MemorySink>());
    Log log = Log::of(live.recorder.kept());
    CHECK(log.facts() == 0);
    CHECK(log.header() == live.run);
    Dialogue dialogue(live);
    for (std::uint32_t mail = 1; mail <= 400; ++mail) {
        dialogue.play(mail);
        if (mail % 7 == 0) {
            log.extend(live.recorder.kept());
            REQUIRE(log.facts() == live.recorder.facts());
            REQUIRE(log.frames() == live.recorder.frames());
            REQUIRE_FALSE(log.complete());
            REQUIRE_FALSE(log.broken());
        }
    }
    log.extend(live.recorder.kept());
    log.extend(live.recorder.kept());
    require_same(log, live);
    REQUIRE(live.recorder.finish(live.now));
    log.extend(live.recorder.kept());
    CHECK(log.complete());
    require_same(log, live);
    // Looking on changed nothing in what was written.
    Synthetic alone(std::make_unique<MemorySink>());
    Dialogue again(alone);
    for (std::uint32_t mail = 1; mail <= 400; ++mail) again.play(mail);
    REQUIRE(alone.recorder.finish(alone.now));
    CHECK(synthetic::file_of(alone.recorder.kept()) == synthetic::file_of(live.recorder.kept()));
    CHECK(live.recorder.kept().size() > 1); // or the chunks were not tried
}

TEST_CASE("a level leaves out what it leaves out")
{
    const auto kept = [](Level level, FactKind kind) {
        SpanTable spans;
        Recorder recorder(synthetic::header(level), spans, std::make_unique<MemorySink>());
        return recorder.wants(kind);
    };
    CHECK(kept(Level::none, FactKind::step_ended));
    CHECK(kept(Level::none, FactKind::act));
    CHECK_FALSE(kept(Level::none, FactKind::line_said));
    CHECK(kept(Level::story, FactKind::line_said));
    CHECK_FALSE(kept(Level::story, FactKind::frame_sent));
    CHECK(kept(Level::headers, FactKind::frame_sent));

    SpanTable spans;
    Recorder recorder(synthetic::header(Level::story), spans, std::make_unique<MemorySink>());
    CHECK(recorder.record({synthetic::start}, NodeId{2}, {}, FactRef::none, TcpSent{}) == FactRef::none);
    CHECK(recorder.frame({synthetic::start}, NodeId{2}, {}, FactRef::none, FrameSent{}, {}, 0) == FrameRef::none);
    CHECK(recorder.facts() == 0);
    CHECK(recorder.record({synthetic::start}, NodeId{2}, {}, FactRef::none, ProcessChanged{}) == FactRef{1});
}

TEST_CASE("a content is recorded once, by its octets")
{
    Synthetic live(std::make_unique<MemorySink>());
    std::string big(3'000'000, 'x');
    for (std::size_t i = 0; i < big.size(); i += 70) big[i] = static_cast<char>('a' + i % 23);
    const ContentId one = live.content(synthetic::server, {}, FactRef::none, wire::as_octets("Subject: 1\r\n\r\nBody"));
    const ContentId two = live.content(synthetic::server, {}, FactRef::none, wire::as_octets(big));
    const std::uint64_t facts = live.recorder.facts();
    CHECK(one != two);
    CHECK(live.content(synthetic::client, {}, FactRef::none, wire::as_octets("Subject: 1\r\n\r\nBody")) == one);
    CHECK(live.content(synthetic::client, {}, FactRef::none, wire::as_octets(big)) == two);
    CHECK(live.recorder.facts() == facts);
    const ContentId none = live.content(synthetic::client, {}, FactRef::none, {});
    CHECK(none != one);
    const Log log = loaded(live);
    REQUIRE_FALSE(log.broken());
    CHECK(log.message(one).whole);
    CHECK(wire::as_text(log.message(one).octets) == "Subject: 1\r\n\r\nBody");
    CHECK(log.message(two).whole);
    CHECK(wire::as_text(log.message(two).octets) == big);
    CHECK(log.message(none).whole);
    CHECK(log.message(none).octets.empty());
    CHECK_FALSE(log.message(ContentId{99}).whole);
}

TEST_CASE("contents are remembered up to a limit, and no longer")
{
    Synthetic live(std::make_unique<MemorySink>());
    std::string part(Recorder::remembered_content / 2, 'a');
    const ContentId a = live.content(synthetic::server, {}, FactRef::none, wire::as_octets(part));
    part[0] = 'b';
    const ContentId b = live.content(synthetic::server, {}, FactRef::none, wire::as_octets(part));
    CHECK(live.content(synthetic::server, {}, FactRef::none, wire::as_octets(part)) == b); // both fit, to the octet
    part[0] = 'a';
    CHECK(live.content(synthetic::server, {}, FactRef::none, wire::as_octets(part)) == a);
    live.content(synthetic::server, {}, FactRef::none, wire::as_octets("x")); // one more: the oldest goes
    CHECK(live.content(synthetic::server, {}, FactRef::none, wire::as_octets(part)) != a);
}

TEST_CASE("level headers keeps a message's header")
{
    Synthetic live(std::make_unique<MemorySink>(), synthetic::header(Level::headers));
    const ContentId id = live.content(synthetic::server, {}, FactRef::none, wire::as_octets("Subject: 1\r\n\r\nBody"));
    const Log log = loaded(live);
    CHECK(wire::as_text(log.message(id).octets) == "Subject: 1\r\n\r\n");
    CHECK_FALSE(log.message(id).whole);
}

TEST_CASE("no block is over 8 MiB, no option over 60,012 octets, whatever is recorded")
{
    RunHeader run = synthetic::header();
    run.scenario = std::string(6'000'000, '#'); // more than fits into the section header
    for (int i = 0; i < 1000; ++i)
        run.names.emplace_back(wire::Address::v4(static_cast<std::uint32_t>(i)), std::string(30'000, 'n'));
    Synthetic live(std::make_unique<MemorySink>(), run);
    const std::string big(9'000'000, 'x');
    live.content(synthetic::server, {}, FactRef::none, wire::as_octets(big));
    live.note(synthetic::server, {}, FactRef::none, Input{"bytes", wire::as_octets(big).first(4u << 20)});
    const Log log = loaded(live);
    if (log.broken()) FAIL(log.broken()->rule << " at " << log.broken()->offset);
    require_same(log, live);
    CHECK(log.capture().names.size() == 1002);
    const auto file = synthetic::file_of(live.recorder.kept());
    std::size_t blocks = 0;
    for (std::size_t at = 0; at < file.size(); ++blocks) {
        std::uint32_t length;
        std::memcpy(&length, &file[at + 4], 4);
        REQUIRE(length <= pcapng::largest_block_written);
        at += length;
    }
    CHECK(blocks > 10);
}

TEST_CASE("a frame on later links is rebuilt from what was recorded of them")
{
    Synthetic live(std::make_unique<MemorySink>());
    Dialogue(live).play(1, 5);
    const Log log = loaded(live);
    std::size_t lost = 0;
    for (std::uint64_t f = 3; f <= log.frames(); ++f) { // 1 and 2 are ARP
        const auto frame = static_cast<FrameRef>(f);
        const auto hops = log.hops(frame);
        REQUIRE(hops.size() == 2);
        CHECK(hops[0].arrived());
        CHECK(hops[1].at == hops[0].arrival());
        lost += !hops[1].arrived();
        const auto first = log.octets_on(frame, 0), second = log.octets_on(frame, 1);
        CHECK(std::ranges::equal(first, log.frame(frame).octets));
        const auto ip = inet::decode_ipv4(Octets(second).subspan(14));
        REQUIRE(ip);
        CHECK(ip->header.time_to_live == 63);
        CHECK(wire::internet_checksum(Octets(second).subspan(14, 20)) == 0);
        CHECK(std::equal(second.begin(), second.begin() + 6,
                         log.header().nics[static_cast<std::size_t>(hops[1].to)].mac.octets.begin()));
        CHECK(std::equal(second.begin() + 6, second.begin() + 12,
                         log.header().nics[static_cast<std::size_t>(hops[1].nic)].mac.octets.begin()));
        CHECK(std::ranges::equal(Octets(second).subspan(34), Octets(first).subspan(34)));
    }
    CHECK(lost == 1);
}

TEST_CASE("what a crossing rewrote beyond forwarding is kept, and only that")
{
    const auto run = synthetic::header();
    wire::OctetBuffer before(60, 0x11);
    before[12] = 0x08, before[13] = 0x00, before[14] = 0x45, before[22] = 64;
    wire::OctetBuffer after = before;
    forward(after, run.nics[2].mac, run.nics[3].mac);
    CHECK(after[22] == 63);
    CHECK(rewritten_part(before, after, run.nics[2].mac, run.nics[3].mac).empty());
    // Not forwarded at all: up to the last octet of the checksum that forwarding would have changed.
    CHECK(rewritten_part(before, before, run.nics[2].mac, run.nics[3].mac).size() == 25);
    after[15] = 0x03; // congestion experienced
    CHECK(rewritten_part(before, after, run.nics[2].mac, run.nics[3].mac).size() == 16);
    after[50] = 0x03;
    CHECK(rewritten_part(before, after, run.nics[2].mac, run.nics[3].mac).size() == 51);

    Synthetic live(std::make_unique<MemorySink>());
    const FrameRef frame = live.send(synthetic::client, {}, FactRef::none,
                                     {synthetic::client_nic, synthetic::router_in, {5}, Fate::arrives}, before, 34);
    live.note(synthetic::router, {}, FactRef::none,
              FrameCrossed{frame,
                           synthetic::router_out,
                           synthetic::server_nic,
                           {100},
                           Fate::arrives,
                           rewritten_part(before, after, run.nics[2].mac, run.nics[3].mac)});
    live.now = live.now + Duration{50};
    live.note(synthetic::router, {}, FactRef::none, FrameCut{frame, synthetic::router_out});
    const Log log = loaded(live);
    CHECK(log.octets_on(frame, 1) == after);
    const auto hops = log.hops(frame);
    REQUIRE(hops.size() == 2);
    CHECK(hops[0].arrived());
    CHECK_FALSE(hops[1].arrived());
    CHECK(hops[1].cut);
    CHECK(log.about(frame).size() == 2);
}

TEST_CASE("the same run is the same octets, and a sink that keeps nothing shows nothing")
{
    const auto hash = [](std::uint64_t seed) {
        auto sink = std::make_unique<HashSink>();
        const HashSink* const seen = sink.get();
        Synthetic live(std::move(sink));
        synthetic::play_at_random(live, seed, 3000);
        CHECK(live.recorder.kept().empty());
        REQUIRE(live.recorder.finish(live.now));
        return std::pair(seen->hash(), seen->octets());
    };
    CHECK(hash(1) == hash(1));
    CHECK(hash(1) != hash(2));
    Synthetic kept(std::make_unique<MemorySink>());
    synthetic::play_at_random(kept, 1, 3000);
    REQUIRE(kept.recorder.finish(kept.now));
    CHECK(synthetic::file_of(kept.recorder.kept()).size() == hash(1).second);
}

TEST_CASE("a world of 65,536 interfaces is recorded, a larger one is refused in words")
{
    RunHeader run = synthetic::header();
    run.nics.resize(limits::capture_interfaces, NicRow{NodeId{2}, "", "", {}, {}, 0, {}});
    Synthetic live(std::make_unique<MemorySink>(), run);
    live.note(synthetic::client, {}, FactRef::none, ProcessChanged{});
    const Log log = loaded(live);
    CHECK_FALSE(log.broken());
    CHECK(log.facts() == 1);

    run.nics.push_back(run.nics.back());
    Synthetic larger(std::make_unique<MemorySink>(), run);
    CHECK(larger.note(synthetic::client, {}, FactRef::none, ProcessChanged{}) == FactRef::none);
    REQUIRE(larger.recorder.failure() != nullptr);
    const auto result = larger.recorder.finish(larger.now);
    REQUIRE_FALSE(result);
    CHECK(result.error().text().find("cannot record more than 65,536 interfaces of two-letters.toml") == 0);
}
