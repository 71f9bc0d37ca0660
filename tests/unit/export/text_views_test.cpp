#include "sim/export/dialogue.hpp"
#include "sim/export/packets.hpp"
#include "sim/export/state_view.hpp"
#include "sim/narration/terminal_text.hpp"
#include "tests/unit/export/text_golden.hpp"
#include "tests/unit/export/text_sample_run.hpp"

#include <catch2/catch.hpp>

using namespace tegami;
using namespace tegami::exporting;
using exporting::testing::golden;
using exporting::testing::SampleRun;
using narration::Catalogue;
using narration::Language;

namespace {

namespace views_test {

/// Calls `view(log, journeys, telling)` with everything that a view needs.
template <class View>
std::string show(SampleRun& sample, Language language, View&& view, Selection selection = {})
{
    const run::Log log = sample.log();
    const run::Journeys journeys{log};
    const Catalogue catalogue = Catalogue::load(language);
    const narration::Names names{log.header()};
    const narration::Narrator narrator{catalogue, names};
    const Telling telling{log.header(), narrator, narration::Depth::plain, {}, std::move(selection)};
    return view(log, journeys, telling);
}

void check(const std::string& name, const std::string& text)
{
    CHECK(text == golden(name, text));
    CHECK(text.find("⟦") == std::string::npos);
    std::istringstream lines{text};
    for (std::string line; std::getline(lines, line);) {
        INFO(line);
        CHECK(narration::width(line) <= page_columns);
        CHECK(narration::terminal_safe(line) == line);
    }
}

const auto dialogue = [](const run::Log& log, const run::Journeys& journeys, const Telling& telling) {
    return dialogue_text(log, journeys, telling);
};
const auto packets = [](const run::Log& log, const run::Journeys& journeys, const Telling& telling) {
    return packets_text(log, journeys, telling);
};
auto state_at(engine::Duration after)
{
    return [after](const run::Log& log, const run::Journeys&, const Telling& telling) {
        run::Fold fold{log};
        return state_text(log, run::Journeys{log}, fold, log.header().start + after, telling);
    };
}

std::size_t lines_of(const std::string& text) { return static_cast<std::size_t>(std::ranges::count(text, '\n')); }

} // namespace views_test

} // namespace

TEST_CASE("the views read in both languages as they were kept", "[views]")
{
    SampleRun sample;
    for (const Language language : {Language::en, Language::ja}) {
        const std::string ending = "." + std::string{narration::name(language)} + ".txt";
        views_test::check("dialogue" + ending, views_test::show(sample, language, views_test::dialogue));
        views_test::check("packets" + ending, views_test::show(sample, language, views_test::packets));
        views_test::check("state.1.27s" + ending,
                          views_test::show(sample, language, views_test::state_at(wire::milliseconds(1'270))));
    }
}

TEST_CASE("a thinner run's packets say what they lack", "[views]")
{
    SampleRun headers{run::Level::headers};
    views_test::check("packets.level-headers.en.txt", views_test::show(headers, Language::en, views_test::packets));
    SampleRun story{run::Level::story};
    const std::string told = views_test::show(story, Language::en, views_test::packets);
    CHECK(told.find("--record story") != std::string::npos);
}

TEST_CASE("packets are chosen by mail, step, host and libpcap's language", "[views]")
{
    SampleRun sample;
    const auto with = [&](Selection selection) {
        return views_test::show(sample, Language::en, views_test::packets, std::move(selection));
    };
    const std::string all = with({});
    CHECK(with({.mail = 2, .step = {}, .host = {}}).find("1·S1 ") != std::string::npos); // what both share
    CHECK(views_test::lines_of(with({.mail = 2, .step = {}, .host = {}})) < views_test::lines_of(all));
    CHECK(with({.mail = {}, .step = "R4", .host = {}}).find("·S1") == std::string::npos);
    CHECK(with({.mail = {}, .step = {}, .host = "bob-pc"}).find("SMTP") == std::string::npos);

    const auto filtered = [&](const char* expression) {
        const auto filter = Filter::compile(expression);
        REQUIRE(filter.has_value());
        return views_test::show(sample, Language::en, [&](const auto& log, const auto& journeys, const auto& telling) {
            return packets_text(log, journeys, telling, &*filter);
        });
    };
    CHECK(filtered("tcp port 110").find("25.") == std::string::npos);
    CHECK(views_test::lines_of(filtered("arp")) == 3 + 4);
    CHECK(filtered("udp").find("0 frames") != std::string::npos);
    // Numbers stay those of the run, and acknowledgments count from the SYN, though that is not shown.
    CHECK(filtered("tcp[tcpflags] == tcp-ack and tcp port 25").find("Arrived up to 1") != std::string::npos);

    const auto wrong = Filter::compile("tcp port letters");
    REQUIRE_FALSE(wrong.has_value());
    CHECK_FALSE(wrong.error().empty());
}

TEST_CASE("a stranger's capture shows its packets", "[views]")
{
    SampleRun sample;
    const run::Log own = sample.log();
    // A classic pcap of the run's first frames, made by hand.
    wire::OctetBuffer file;
    const auto u32 = [&](std::uint32_t value) {
        for (int i = 0; i < 4; ++i) file.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    };
    u32(0xA1B2C3D4), u32(0x0004'0002), u32(0), u32(0), u32(65'535), u32(1);
    for (std::uint64_t i = 1; i <= 7; ++i) {
        const run::Frame& frame = own.frame(static_cast<run::FrameRef>(i));
        u32(static_cast<std::uint32_t>(frame.at.ns / 1'000'000'000)),
            u32(static_cast<std::uint32_t>(frame.at.ns / 1'000 % 1'000'000));
        u32(static_cast<std::uint32_t>(frame.octets.size())), u32(frame.original_length);
        file.insert(file.end(), frame.octets.begin(), frame.octets.end());
    }
    const run::Log log = run::Log::of(std::move(file));
    REQUIRE_FALSE(log.is_run());
    REQUIRE(log.frames() == 7);
    const run::Journeys journeys{log};
    const Catalogue catalogue = Catalogue::load(Language::en);
    const narration::Names names{log.header()};
    const narration::Narrator narrator{catalogue, names};
    views_test::check("packets.stranger.en.txt", packets_text(log, journeys, {log.header(), narrator}));
}

TEST_CASE("dialogues are chosen by mail and host", "[views]")
{
    SampleRun sample;
    const std::string bob =
        views_test::show(sample, Language::en, views_test::dialogue, {.mail = {}, .step = {}, .host = "bob-pc"});
    CHECK(bob.find("POP3") != std::string::npos);
    CHECK(bob.find("SMTP") == std::string::npos);
    CHECK(views_test::show(sample, Language::en, views_test::dialogue, {.mail = 3, .step = {}, .host = {}})
              .find("EHLO") == std::string::npos);
}
