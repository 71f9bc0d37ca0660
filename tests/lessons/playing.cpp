#include "tests/lessons/playing.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace tegami::lessons {

std::vector<std::string> scenario_names()
{
    std::vector<std::string> names;
    for (const auto& file : std::filesystem::directory_iterator(TEGAMI_SOURCE_DIR "/scenarios"))
        if (file.path().extension() == ".toml") names.push_back(file.path().stem().string());
    std::ranges::sort(names);
    REQUIRE(names.size() >= 7);
    return names;
}

std::string scenario_text(const std::string& name)
{
    std::ifstream file(TEGAMI_SOURCE_DIR "/scenarios/" + name + ".toml");
    REQUIRE(file);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

scenario::Loaded loaded(std::string_view text, std::string_view variant)
{
    auto read = scenario::read_scenario(text, variant);
    if (!read) {
        for (const scenario::Problem& problem : read.error()) UNSCOPED_INFO(problem.at.line << ": " << problem.key);
        FAIL("the scenario cannot be read");
    }
    return std::move(*read);
}

namespace {

std::unique_ptr<World> built(std::string_view text, const Play& play, std::unique_ptr<run::Sink> sink)
{
    WorldOptions options;
    options.seed = play.seed;
    options.level = play.level;
    options.file = "scenario.toml";
    options.text = text;
    options.inputs = play.inputs;
    auto world = World::build(loaded(text, play.variant), std::move(options), std::move(sink));
    REQUIRE(world);
    return std::move(*world);
}

} // namespace

std::unique_ptr<World> world_of(std::string_view text, const Play& play)
{
    return built(text, play, std::make_unique<run::MemorySink>());
}

std::unique_ptr<World> hashed_world_of(std::string_view text, run::HashSink*& sink, const Play& play)
{
    auto made = std::make_unique<run::HashSink>();
    sink = made.get();
    return built(text, play, std::move(made));
}

run::Log log_of(World& world)
{
    world.run_until(world.end());
    REQUIRE(world.finish());
    run::Log log = run::Log::of(world.recorder().kept());
    if (log.broken())
        UNSCOPED_INFO("the run is broken at octet " << log.broken()->offset << ": " << log.broken()->rule);
    REQUIRE(log.complete());
    REQUIRE_FALSE(log.broken());
    return log;
}

wire::OctetBuffer octets_of(const std::vector<run::Chunk>& kept)
{
    wire::OctetBuffer all;
    for (const run::Chunk& chunk : kept) all.insert(all.end(), chunk.octets().begin(), chunk.octets().end());
    return all;
}

wire::OctetBuffer run_octets(std::string_view text, const Play& play)
{
    const auto world = world_of(text, play);
    world->run_until(world->end());
    REQUIRE(world->finish());
    return octets_of(world->recorder().kept());
}

std::uint64_t run_hash(std::string_view text, const Play& play)
{
    run::HashSink* sink = nullptr;
    const auto world = hashed_world_of(text, sink, play);
    world->run_until(world->end());
    REQUIRE(world->finish());
    return sink->hash();
}

std::string letter_text(std::size_t k, std::size_t octets)
{
    // Words that differ from letter to letter and place to place, so that octets lost, doubled or out of place show.
    std::string text = "Letter " + std::to_string(k) + "\n";
    std::uint64_t draw = k * 0x9E37'79B9'7F4A'7C15 + 1;
    while (text.size() < octets) {
        std::string line;
        while (line.size() < 64) {
            draw = draw * 6'364'136'223'846'793'005 + 1'442'695'040'888'963'407;
            line += "abcdefghijklmnopqrstuvwxyz.. "[(draw >> 33) % 29];
        }
        while (line.ends_with(' ')) line.pop_back();
        text += line + '\n';
    }
    return text;
}

std::string letters(const LetterWorld& what)
{
    std::string text = "title = \"Letters\"\nuntil = \"" + what.until +
                       "\"\n"
                       "[isp.sakura]\ndomain = \"sakura.example.jp\"\n"
                       "[company.example]\ndomain = \"example.com\"\n" +
                       (what.relayed ? "" : "hosts = { mail = [\"mta\", \"mda\", \"mra\"] }\n") +
                       "[user.alice]\nat = \"sakura\"\n" +
                       (what.relayed ? "" : "submits = { server = \"mail.example.com\", port = 25 }\n") +
                       "[user.bob]\nat = \"example\"\n";
    for (std::size_t k = 1; k <= what.mails; ++k) {
        text += "[[do]]\nat = \"" + std::to_string(1000 + what.spacing_ms * static_cast<int>(k - 1)) + "ms\"\n";
        text += "alice.sends = { to = [\"bob@example.com\"], subject = \"Letter " + std::to_string(k) +
                "\", text = '''\n" + letter_text(k, what.octets) + "''' }\n";
    }
    return text + what.more;
}

std::vector<std::string> messages_in(nodes::Host& host, std::string_view mailbox)
{
    std::vector<std::string> messages;
    const std::string folder = "mail/" + std::string{mailbox} + "/new";
    for (const std::string& name : host.disk().names_in(folder))
        messages.push_back((*host.disk().do_read(folder + '/' + name))->octets);
    return messages;
}

std::string field_of(std::string_view message, std::string_view name)
{
    const std::string wanted = "\r\n" + std::string{name} + ": ";
    const std::string_view header = message.substr(0, message.find("\r\n\r\n") + 2);
    const std::size_t at = header.find(wanted);
    if (at == header.npos) return {};
    const std::string_view rest = header.substr(at + wanted.size());
    return std::string{rest.substr(0, rest.find("\r\n"))};
}

std::string body_of(std::string_view message)
{
    const std::size_t end = message.find("\r\n\r\n");
    return end == message.npos ? std::string{} : std::string{message.substr(end + 4)};
}

} // namespace tegami::lessons
