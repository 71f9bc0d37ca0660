// The model of every lesson that comes along: where things stand, what moves, how far the letters have come.

#include "sim/scenario/world.hpp"
#include "viz/model/flights.hpp"
#include "viz/model/journey_strip.hpp"
#include "viz/model/moments.hpp"
#include "viz/model/stage.hpp"
#include "viz/model/story_time.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace tegami;
using namespace tegami::model;

namespace {

struct Lesson {
    std::string name;
    scenario::Loaded loaded;
    run::Log log;
    run::Journeys journeys;
    Flights flights;
    Moments moments;

    Lesson(std::string lesson, scenario::Loaded from, run::Log of)
        : name{std::move(lesson)},
          loaded{std::move(from)},
          log{std::move(of)},
          journeys{log},
          flights{log},
          moments{log, flights}
    {
    }
};

std::unique_ptr<Lesson> play(const std::filesystem::path& path)
{
    std::ifstream in{path};
    std::stringstream text;
    text << in.rdbuf();
    auto loaded = scenario::read_scenario(text.str());
    REQUIRE(loaded);
    scenario::WorldOptions options;
    options.file = path.filename();
    options.text = text.str();
    auto world = scenario::World::build(*loaded, options, std::make_unique<run::MemorySink>());
    REQUIRE(world);
    (*world)->run_until((*world)->end());
    REQUIRE((*world)->finish());
    return std::make_unique<Lesson>(path.stem(), std::move(*loaded), run::Log::of((*world)->recorder().kept()));
}

std::vector<std::unique_ptr<Lesson>> lessons()
{
    std::vector<std::unique_ptr<Lesson>> all;
    for (const auto& entry : std::filesystem::directory_iterator{std::string{TEGAMI_SOURCE_DIR} + "/scenarios"})
        if (entry.path().extension() == ".toml") all.push_back(play(entry.path()));
    REQUIRE(all.size() >= 7);
    return all;
}

} // namespace

TEST_CASE("every machine of a lesson stands in its territory, and every cable leads from one to the other", "[stage]")
{
    for (const auto& lesson : lessons())
        for (const Point room : {Point{844, 356}, Point{1280, 540}, Point{1900, 800}}) {
            INFO(lesson->name << ' ' << room.x);
            const Stage stage = lay_out(lesson->log.header(), lesson->loaded, room);
            CHECK(stage.bounds.w >= room.x - 1);
            CHECK(stage.places.size() == lesson->loaded.plan.nodes.size());
            for (const Place& place : stage.places) {
                INFO(lesson->loaded.plan.nodes[place.plan_node].name);
                CHECK(stage.bounds.contains(place.at));
                const bool astride = place.figures.front() == Figure::gate;
                CHECK((astride || stage.territories[place.territory].rect.contains(place.at)));
            }
            // Territories do not lie on each other.
            for (std::size_t i = 0; i < stage.territories.size(); ++i)
                for (std::size_t j = i + 1; j < stage.territories.size(); ++j)
                    CHECK(stage.territories[i].rect.shared(stage.territories[j].rect).empty());
            std::size_t cables = 0;
            const auto& nics = lesson->log.header().nics;
            for (std::size_t i = 0; i < nics.size(); ++i) cables += static_cast<std::size_t>(nics[i].peer) > i;
            CHECK(stage.cables.size() == cables);
            for (const Cable& cable : stage.cables) {
                REQUIRE(cable.points.size() >= 2);
                const Place* const near = stage.place_of(nics[static_cast<std::size_t>(cable.near)].host);
                REQUIRE(near);
                CHECK(cable.points.front() == near->at);
                CHECK(cable.at(0) == cable.points.front());
                CHECK(geometry::length(cable.at(1) - cable.points.back()) < 0.01f);
            }
            // The same again is the same.
            CHECK(lay_out(lesson->log.header(), lesson->loaded, room).places.back().at == stage.places.back().at);
        }
}

TEST_CASE("flights are the log's hops", "[flights]")
{
    for (const auto& lesson : lessons()) {
        INFO(lesson->name);
        REQUIRE(lesson->flights.all().size() == lesson->log.frames());
        for (const Flight& flight : lesson->flights.all()) {
            const auto hops = lesson->log.hops(flight.frame);
            const auto legs = lesson->flights.legs(flight);
            REQUIRE(legs.size() == hops.size());
            for (std::size_t i = 0; i < legs.size(); ++i) {
                CHECK(legs[i].from == hops[i].nic);
                CHECK(legs[i].to == hops[i].to);
                CHECK(legs[i].begun == hops[i].at);
                CHECK(legs[i].lost == !hops[i].arrived());
            }
            CHECK(flight.begun <= flight.over);
        }
        // Who is under way at a time is who has begun and is not over.
        for (int i = 0; i <= 200; ++i) {
            const Time at = lesson->log.start() + (lesson->log.end() - lesson->log.start()) * i / 200;
            std::vector<FrameRef> expected;
            for (const Flight& flight : lesson->flights.all())
                if (flight.begun <= at && flight.over >= at) expected.push_back(flight.frame);
            auto found = lesson->flights.under_way(at);
            std::ranges::sort(found);
            CHECK(found == expected);
        }
    }
}

TEST_CASE("stepping visits every packet and every command, forwards and back", "[moments]")
{
    for (const auto& lesson : lessons())
        for (const Unit unit : {Unit::packet, Unit::command, Unit::mail_event}) {
            INFO(lesson->name << ' ' << static_cast<int>(unit));
            std::vector<Time> forwards, back;
            Time at = lesson->log.start() - wire::seconds(1);
            while (const Moment* next = lesson->moments.step(unit, at, 1)) forwards.push_back(at = next->at);
            at = lesson->log.end() + wire::seconds(1'000);
            while (const Moment* before = lesson->moments.step(unit, at, -1)) back.push_back(at = before->at);
            std::ranges::reverse(back);
            CHECK(forwards == back);
            CHECK_FALSE(forwards.empty());
            CHECK(std::ranges::is_sorted(forwards));
        }
}

TEST_CASE("the strip ends as the journey did", "[strip]")
{
    for (const auto& lesson : lessons())
        for (const run::MailRow& mail : lesson->journeys.mails()) {
            INFO(lesson->name << " mail " << mail.number);
            const JourneyStrip before = journey_strip(lesson->journeys, mail.id, mail.at - wire::seconds(1));
            CHECK_FALSE(before.at);
            const JourneyStrip strip = journey_strip(lesson->journeys, mail.id, lesson->log.end());
            for (const JourneyCell& cell : strip.cells) {
                const run::StepRow* last = nullptr;
                std::uint32_t tries = 0;
                for (const run::SpanId span : mail.steps)
                    if (const run::StepRow* step = lesson->journeys.step(span); step && step->what.step == cell.step) {
                        ++tries;
                        if (!last || step->from >= last->from) last = step;
                    }
                CHECK(cell.tries == tries);
                if (last && last->ended != run::FactRef::none) CHECK(cell.standing == standing_of(last->outcome));
            }
        }
    CHECK_FALSE(journey_strip(lessons().front()->journeys, std::nullopt, Time{}).at);
}

TEST_CASE("a lesson is watched in minutes, not in microseconds", "[story-time]")
{
    for (const auto& lesson : lessons()) {
        INFO(lesson->name);
        std::vector<Crossing> crossings;
        for (const Flight& flight : lesson->flights.all())
            for (const Leg& leg : lesson->flights.legs(flight)) crossings.push_back({leg.begun, leg.over});
        const StoryTime time{lesson->log.start(), lesson->log.end(), crossings, {}};
        CHECK(time.length() > 20);
        CHECK(time.length() < 20 * 60);
        for (const Crossing& each : crossings)
            if (each.to <= lesson->log.end() && each.to > each.from)
                CHECK(time.watched(each.to) - time.watched(each.from) >= least_hop - 0.001);
    }
}
