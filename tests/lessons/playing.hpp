#pragma once
/// Plays scenarios for the laws: from text to a world, and from a world to its run.

#include "sim/run/fold.hpp"
#include "sim/run/journey.hpp"
#include "sim/run/json.hpp"
#include "sim/scenario/world.hpp"

#include <catch2/catch.hpp>

namespace tegami::lessons {

using engine::NodeId;
using engine::Time;
using scenario::World;
using scenario::WorldOptions;

/// The scenarios that come along, by name, in the order of the alphabet.
std::vector<std::string> scenario_names();
/// `scenarios/NAME.toml`, whole.
std::string scenario_text(const std::string& name);
scenario::Loaded loaded(std::string_view text, std::string_view variant = {});

struct Play {
    std::uint64_t seed = 1;
    run::Level level = run::Level::full;
    std::vector<std::string> inputs{};
    std::string variant{};
};

/// A world that keeps its run in memory.
std::unique_ptr<World> world_of(std::string_view text, const Play& play = {});
/// The same, whose run is hashed and not kept. `sink` is the world's.
std::unique_ptr<World> hashed_world_of(std::string_view text, run::HashSink*& sink, const Play& play = {});
/// Runs a world to the scenario's end and gives its run.
run::Log log_of(World& world);
/// What a run's file would hold.
wire::OctetBuffer octets_of(const std::vector<run::Chunk>& kept);
/// The whole run's octets.
wire::OctetBuffer run_octets(std::string_view text, const Play& play = {});
/// The whole run's hash, of a world that keeps nothing.
std::uint64_t run_hash(std::string_view text, const Play& play = {});

/// Alice, at home at an ISP, sends `mails` letters to Bob, at a company with one server, straight to it (or by her own
/// provider's servers to his, where `relayed`): letter k at `spacing`·k
/// milliseconds after 1 s, with a body of about `octets` that no other letter has. `more` is appended.
struct LetterWorld {
    std::size_t mails = 20;
    int spacing_ms = 100;
    std::size_t octets = 400;
    std::string until = "2h";
    std::string more{};
    bool relayed = false;
};
std::string letters(const LetterWorld& what);
/// The body of letter `k` (from 1), as the scenario says it: lines ended by LF.
std::string letter_text(std::size_t k, std::size_t octets);

/// The messages in a mailbox of a host, as octets.
std::vector<std::string> messages_in(nodes::Host& host, std::string_view mailbox);
/// The value of a header field; empty where there is none.
std::string field_of(std::string_view message, std::string_view name);
/// What follows the header's empty line.
std::string body_of(std::string_view message);

} // namespace tegami::lessons
