#include "sim/scenario/replay.hpp"

#include "sim/net/outside.hpp"

namespace tegami::scenario {

namespace {

constexpr std::string_view plug_word = "plug ";

} // namespace

std::string format_plug_input(const Plug& plug) { return std::string{plug_word} + plug.name + '=' + plug.link; }

std::optional<Replay> replay_of(const run::Log& log)
{
    if (!log.is_run() || log.header().scenario.empty()) return std::nullopt;
    Replay replay;
    replay.file = log.header().scenario_file;
    replay.variant = log.header().variant;
    replay.text = log.header().scenario;
    replay.seed = log.header().seed;
    replay.end = log.end();
    for (const run::Event& event : log.events()) {
        const auto* const input = std::get_if<run::Input>(&event.what);
        if (!input) continue;
        if (input->what.starts_with(plug_word)) {
            const std::string_view words = input->what.substr(plug_word.size());
            const std::size_t sign = words.find('=');
            if (sign == words.npos) return std::nullopt;
            replay.plugs.push_back({std::string{words.substr(0, sign)}, std::string{words.substr(sign + 1)}});
        } else if (input->what.starts_with(net::frame_input)) {
            replay.frames.push_back({std::string{input->what.substr(net::frame_input.size())},
                                     event.at,
                                     {input->octets.begin(), input->octets.end()}});
        } else
            replay.acts.emplace_back(input->what);
    }
    return replay;
}

} // namespace tegami::scenario
