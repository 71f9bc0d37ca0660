// What the views of any run must hold to, whatever happened in it: looked at on every scenario and every variant.

#include "sim/export/address_book.hpp"
#include "sim/export/dns_walk.hpp"
#include "sim/export/ladder.hpp"
#include "sim/export/story.hpp"
#include "tests/lessons/playing.hpp"

#include <optional>
#include <set>

using namespace tegami;
using namespace tegami::lessons;
using exporting::Ladder;
using exporting::LadderRow;

namespace {

/// Calls `look(name, log, journeys)` with the run of every scenario, as it stands and in each of its variants.
template <class Look>
void with_every_run(Look&& look)
{
    for (const std::string& name : scenario_names()) {
        const std::string text = scenario_text(name);
        std::vector<std::string> variants{""};
        for (const scenario::Variant& variant : loaded(text).scenario.variants) variants.push_back(variant.name.value);
        for (const std::string& variant : variants) {
            INFO(name << " " << variant);
            const auto world = world_of(text, {.variant = variant});
            const run::Log log = log_of(*world);
            look(name, log, run::Journeys{log});
        }
    }
}

void check_pieces(const Ladder& ladder, std::size_t most_hosts)
{
    std::size_t next = 0;
    for (const exporting::LadderPiece& piece : pieces_of(ladder, most_hosts)) {
        REQUIRE(piece.begin == next);
        REQUIRE(piece.end > piece.begin);
        next = piece.end;
        CHECK(piece.hosts.size() <= most_hosts);
        std::set<std::size_t> needed;
        for (std::size_t i = piece.begin; i < piece.end; ++i)
            if (ladder.rows[i].kind != LadderRow::Kind::step) needed.insert({ladder.rows[i].from, ladder.rows[i].to});
        CHECK(std::set(piece.hosts.begin(), piece.hosts.end()) == needed);
        // Whoever names a step shows what it is, too.
        CHECK(ladder.rows[piece.end - 1].kind != LadderRow::Kind::step);
    }
    CHECK(next == ladder.rows.size());
}

/// Each step is named once, above its first row; a row that serves others than the one before says so.
void check_ladder(const Ladder& ladder, const run::Log& log)
{
    std::set<std::size_t> named;
    std::vector<std::size_t> last;
    for (const LadderRow& row : ladder.rows) {
        INFO(row.label);
        if (row.kind == LadderRow::Kind::step) {
            for (const std::size_t step : row.steps) CHECK(named.insert(step).second);
            last = row.steps;
            continue;
        }
        CHECK((row.from == row.to) == (row.kind == LadderRow::Kind::note));
        if (row.steps.empty()) continue;
        for (const std::size_t step : row.steps) CHECK(named.contains(step));
        CHECK(row.resumes == (row.steps != last));
        if (row.resumes) CHECK_FALSE(steps_mark(ladder, row).empty());
        last = row.steps;
    }
    CHECK(named.size() == ladder.steps.size());
    for (const std::string& host : ladder.hosts) {
        const auto& nodes = log.header().nodes;
        CHECK(std::ranges::find(nodes, host) != nodes.end());
    }
    for (const std::size_t most_hosts : {2u, 5u, 100u}) check_pieces(ladder, most_hosts);
}

} // namespace

TEST_CASE("a ladder names each step once, and the hosts of the run alone", "[view]")
{
    with_every_run([](const std::string&, const run::Log& log, const run::Journeys& journeys) {
        const auto catalogue = narration::Catalogue::load(narration::Language::en);
        const narration::Names names{log.header()};
        const narration::Narrator narrator{catalogue, names};
        const exporting::AddressBook book{log, names};
        exporting::Telling telling{log.header(), narrator};
        telling.book = &book;
        for (const auto depth : {narration::Depth::plain, narration::Depth::exam}) {
            telling.depth = depth;
            check_ladder(ladder_of(log, journeys, telling, nullptr), log);
        }
    });
}

TEST_CASE("what a host says to itself has two sides", "[view]")
{
    const auto world = world_of(scenario_text("two-letters"));
    const run::Log log = log_of(*world);
    const run::Journeys journeys{log};
    const exporting::Tale tale = exporting::tale_of(log, journeys);
    std::size_t dialogues = 0;
    for (const exporting::Passage& passage : tale.passages) {
        if (passage.step != run::Step::r1_hand_over) continue;
        ++dialogues;
        std::vector<std::string> client, server;
        for (const exporting::Evidence& evidence : passage.evidence)
            if (const auto* said = std::get_if<exporting::Said>(&evidence.what))
                (said->by_client ? client : server).push_back(said->letter ? "letter" : said->text.substr(0, 4));
        CHECK(client == std::vector<std::string>{"LHLO", "MAIL", "RCPT", "DATA", "letter", "QUIT"});
        CHECK(server == std::vector<std::string>{"220 ", "250-", "250-", "250-", "250-", "250 ", "250 ", "250 ", "354 ",
                                                 "250 ", "221 "});
    }
    CHECK(dialogues == 2);
}

TEST_CASE("a fetch begins with its RETR: each frame of a POP3 session belongs to one step", "[view]")
{
    with_every_run([](const std::string&, const run::Log& log, const run::Journeys& journeys) {
        const exporting::Tale tale = exporting::tale_of(log, journeys);
        // Told from the octets alone: what goes over port 110, and from which frame on a letter is being fetched.
        std::map<run::MailId, std::uint64_t> in_fetches;
        std::uint64_t in_all_fetches = 0;
        for (const exporting::Passage& passage : tale.passages)
            if (passage.step == run::Step::r4_fetch) in_all_fetches += passage.frames;
        std::uint64_t behind_retr = 0;
        for (const auto& [span, session] : journeys.sessions()) {
            if (session.protocol != run::Protocol::pop3 || session.steps.empty()) continue;
            bool is_fetching = false;
            for (std::uint64_t f = 1; f <= log.frames(); ++f) {
                const run::Frame& frame = log.frame(static_cast<run::FrameRef>(f));
                if (log.spans().session_of(frame.spans) != span) continue;
                const std::string_view text = wire::as_text(frame.octets);
                is_fetching = is_fetching || text.find("RETR ") != text.npos;
                behind_retr += is_fetching ? 1 : 0;
            }
        }
        CHECK(in_all_fetches == behind_retr);
    });
}

TEST_CASE("what is asked by hand is told, and what is asked together is one question", "[view]")
{
    const auto world = world_of(scenario_text("dns-records"));
    const run::Log log = log_of(*world);
    const run::Journeys journeys{log};
    const auto catalogue = narration::Catalogue::load(narration::Language::en);
    const narration::Names names{log.header()};
    const narration::Narrator narrator{catalogue, names};
    const exporting::AddressBook book{log, names};
    exporting::Telling telling{log.header(), narrator};
    telling.book = &book;
    const exporting::Tale tale = exporting::tale_of(log, journeys);
    CHECK(tale.inquiries.size() == 9);
    const std::string story = exporting::story_text(tale, telling);
    for (const char* question : {"www.example.com CNAME?", "example.com TXT?", "nobody.example.com A?"}) {
        INFO(question);
        CHECK(story.find(question) != story.npos);
    }
    std::size_t together = 0;
    for (const exporting::NameWalk& walk : exporting::walks_of(log, book, {})) {
        CHECK(walk.by_hand == log.spans().members(walk.spans).empty());
        if (walk.questions.size() == 1) continue;
        ++together;
        CHECK(walk.questions[0].type == 1);
        CHECK(walk.questions[1].type == 28);
        CHECK(walk.questions.size() == 2);
    }
    CHECK(together == 3); // of the letter, at S1, S2 and S3.2
}

namespace {

/// The whole story of a scenario, with the lines of its acts left out of it.
std::string story_of(std::string_view text, narration::Language language = narration::Language::en,
                     const std::string& variant = {}, narration::Depth depth = narration::Depth::plain,
                     std::optional<engine::Time> at = {})
{
    const auto world = world_of(text, {.variant = variant});
    const run::Log log = log_of(*world);
    const auto catalogue = narration::Catalogue::load(language);
    const narration::Names names{log.header()};
    const narration::Narrator narrator{catalogue, names};
    exporting::Telling telling{log.header(), narrator};
    telling.depth = depth;
    telling.selection.at = at;
    // One paragraph a story: where lines break is no matter here.
    std::string told, page = exporting::story_text(exporting::tale_of(log, run::Journeys{log}, at), telling);
    for (const char c : page)
        if (c != ' ' && c != '\n')
            told += c;
        else if (!told.empty() && told.back() != ' ')
            told += ' ';
    return told;
}

std::size_t times_in(std::string_view text, std::string_view part)
{
    std::size_t times = 0;
    for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++times;
    return times;
}

} // namespace

TEST_CASE("a frame's loss has the cause that it had", "[view]")
{
    const std::string lossy = story_of(scenario_text("lossy-line"));
    CHECK(lossy.find("The scenario lets home-alice lose frame 25.") != lossy.npos);
    CHECK(lossy.find("loses 0 %") == lossy.npos);
    CHECK(story_of(scenario_text("lossy-line"), narration::Language::ja).find("シナリオが home-alice に") !=
          std::string::npos);
    // A share alone: in whole percent, and what would mend it where the letter did not get through.
    std::string text = scenario_text("lossy-line");
    const std::string_view next = "home-alice.loses = { next = 1, from = \"alice-pc\" }";
    const std::size_t place = text.find(next);
    REQUIRE(place != text.npos);
    text.replace(place, next.size(), "home-alice.loses = \"100%\"");
    const std::string all = story_of(text);
    CHECK(all.find("now loses 100 % of its frames") != all.npos);
    CHECK(all.find("lets home-alice lose") == all.npos);
    CHECK(all.find("home-alice.loses = \"0%\"") != all.npos);
    CHECK(all.find("home-alice.goes") == all.npos);
    const std::string two = story_of(scenario_text("two-letters"));
    CHECK(two.find("The scenario lets home-alice lose frame ") != two.npos);
}

TEST_CASE("a sender that goes on to another server does not wait, and nothing is to mend", "[view]")
{
    const std::string text = scenario_text("mx-preference");
    const std::string told = story_of(text);
    CHECK(told.find("mx1.example.com did not take it; sakura-mta goes on to mx2.example.com.") != told.npos);
    CHECK(told.find("tries again later") == told.npos);
    CHECK(told.find("start it again") == told.npos);
    CHECK(story_of(text, narration::Language::ja).find("続けて mx2.example.com に向かいます") != std::string::npos);
    CHECK(story_of(text, narration::Language::en, {}, narration::Depth::rfc).find("RFC 5321 §5.1: a client tries") !=
          std::string::npos);
    // Both are down: the first goes on, the second waits, and so it is round after round.
    const std::string both = story_of(text + "[[do]]\nat = \"0s\"\nexample-mx2.stops = {}\n");
    CHECK(times_in(both, "goes on to mx2.example.com") >= 1);
    CHECK(both.find("goes on to mx1.example.com") == both.npos);
    CHECK(both.find("tries again later") != both.npos);
    CHECK(both.find("start it again") != both.npos);
}

TEST_CASE("steps that a letter did not need are called that", "[view]")
{
    const std::string two = story_of(scenario_text("two-letters"));
    CHECK(two.find("not needed: ") != two.npos);
    CHECK(two.find("went to mail.example.com itself") != two.npos);
    CHECK(two.find("no name server") == two.npos);
    const std::string open = story_of(scenario_text("port-25-blocked"), narration::Language::en, "no-filter");
    CHECK(open.find("went to mx1.example.com itself") != open.npos);
    CHECK(open.find("S2 S3.1 S3.2 S3.3: not reached") == open.npos);
    const std::string first = story_of(scenario_text("first-mail"));
    CHECK(first.find("not needed") == first.npos);
    CHECK(times_in(two, "told only here") == 1); // though there are two letters
}

TEST_CASE("a story that is asked for beyond the run's end says that the run ends", "[view]")
{
    const std::string text = scenario_text("first-mail");
    const engine::Time start{1'775'433'600'000'000'000}; // the scenario's own: 2026-04-06, 09:00 in Japan
    const auto at = [&](std::int64_t seconds) { return start + wire::seconds(seconds); };
    const auto told = [&](std::int64_t seconds) {
        return story_of(text, narration::Language::en, {}, narration::Depth::plain, at(seconds));
    };
    CHECK(told(9 * 3'600).find("The run ends at 09:00:30") != std::string::npos);
    CHECK(told(30).find("The run ends at 09:00:30") != std::string::npos);
    CHECK(told(2).find("The run ends at") == std::string::npos);
}

TEST_CASE("a file that goes away goes away with the step that it served", "[view]")
{
    with_every_run([](const std::string&, const run::Log& log, const run::Journeys& journeys) {
        const exporting::Tale tale = exporting::tale_of(log, journeys);
        for (const run::Event& event : log.events()) {
            const auto* disk = std::get_if<run::DiskChanged>(&event.what);
            if (!disk || disk->change != run::DiskChange::removed) continue;
            const auto spans = log.spans().members(event.spans);
            const std::set<run::SpanId> served(spans.begin(), spans.end());
            if (served.empty()) continue;
            for (const exporting::Passage& passage : tale.passages) {
                const bool is_told = std::ranges::any_of(passage.evidence, [&](const exporting::Evidence& evidence) {
                    const auto* written = std::get_if<exporting::Written>(&evidence.what);
                    return written && evidence.at == event.at && written->node == event.node &&
                           written->change == disk->change && written->path == disk->path;
                });
                INFO(run::step_name(passage.step) << ' ' << disk->path);
                if (is_told) CHECK(served.contains(passage.span));
                if (served.contains(passage.span)) CHECK(is_told);
            }
        }
    });
}
