#include "app/cli/interruption.hpp"
#include "app/cli/live_commentator.hpp"
#include "app/cli/simulate.hpp"
#include "sim/bridge/serving.hpp"
#include "sim/narration/clock.hpp"
#include "sim/narration/words.hpp"

#include <algorithm>
#include <random>

namespace tegami::cli {
namespace {

/// A seed that nobody can foresee: what the outside does cannot be foreseen either.
std::uint64_t drawn_seed()
{
    std::random_device system;
    return std::uint64_t{system()} << 32 | system();
}

/// The machines that the world is given: of a run, those that it had, and others.
std::optional<std::vector<scenario::Plug>> plugs_of(const ServeCommand& command, ReadScenario& scenario,
                                                    const Context& context, const narration::Catalogue& catalogue)
{
    std::vector<scenario::Plug> plugs;
    if (scenario.replay) plugs = scenario.replay->plugs;
    std::vector<scenario::Plug> others;
    for (const Tap& tap : command.taps)
        if (const scenario::Plug plug{tap.name, tap.link}; std::ranges::find(plugs, plug) == plugs.end())
            others.push_back(plug);
    if (!plug_in_all(others, scenario.loaded.plan, context, catalogue)) return std::nullopt;
    plugs.insert(plugs.end(), others.begin(), others.end());
    if (!plugs.empty()) return plugs;
    complain(context, catalogue,
             catalogue.text("cli.error.missing", {{"what", "--tap NAME=LINK"}, {"command", "serve"}}));
    return std::nullopt;
}

} // namespace

Status carry_out(const ServeCommand& command, const Context& context)
{
    const auto catalogue = narration::Catalogue::load(context.language);
    auto scenario = read_scenario_file(command.scenario, context, catalogue, command.variant);
    if (!scenario) return Status::wrong_input;
    const auto plugs = plugs_of(command, *scenario, context, catalogue);
    if (!plugs) return Status::wrong_input;

    auto opened = open_sink(command.save, std::make_unique<run::HashSink>(), context, catalogue);
    if (!opened) return Status::wrong_input;
    std::optional<RemovedWhenStopped> removed_when_stopped{std::in_place, opened->temporary};
    // A run's machines are there themselves now: what they sent then is not sent again.
    scenario::WorldOptions options = options_of(*scenario, command.scenario, context);
    options.seed = command.seed.value_or(drawn_seed());
    options.level = command.save.empty() ? run::Level::none : command.record;
    options.plugs = *plugs;
    LiveCommentator commentator{catalogue, scenario->loaded, context};
    auto world = scenario::World::build(scenario->loaded, std::move(options), std::move(opened->sink),
                                        command.save.empty() ? nullptr : &commentator);
    if (!world) {
        complain(context, catalogue, command.scenario, world.error());
        return Status::wrong_input;
    }

    std::vector<bridge::TapDevice> devices;
    for (std::size_t i = 0; i < plugs->size(); ++i) {
        const scenario::PlugHost host = (*world)->plug_host(i);
        auto device = bridge::TapDevice::open(host);
        if (!device) {
            const std::string why = catalogue.text(device.error().key, {{"detail", device.error().detail}});
            complain(context, catalogue, catalogue.text("cli.error.tap.open", {{"name", host.name}, {"why", why}}));
            return Status::wrong_input;
        }
        devices.push_back(std::move(*device));
        exporting::Page page{context.console.medium(context.language)};
        page.paragraph({0, catalogue.text("cli.serve.host", {{"name", host.name}, {"link", (*plugs)[i].link}})});
        page.paragraph({0, catalogue.text("cli.serve.same")});
        for (const std::string& line : bridge::as_commands(host)) page.whole({2, line});
        if (!host.resolvers.empty())
            page.paragraph({0, catalogue.text("cli.serve.resolver", {{"address", wire::format(host.resolvers.front())},
                                                                     {"name", host.a_domain}})});
        page.blank();
        context.console.write(page.take());
    }
    context.console.write(catalogue.text("cli.serve.ready") + "\n");
    context.console.flush();

    removed_when_stopped.reset(); // from here on a signal ends the serving, and the run is kept
    const engine::Time begun = (*world)->engine().now();
    bridge::ServingEnd end;
    {
        bridge::Serving serving{**world, std::move(devices)};
        end = serving.run(command.until);
    }
    const engine::Duration length = (*world)->engine().now() - begun;
    if (const auto finished = (*world)->finish(); !finished) {
        complain_of_writing(command.save, finished.error(), context, catalogue);
        return Status::wrong_input;
    }
    context.console.write(
        catalogue.text("cli.serve.end.stopped", {{"length", narration::duration_text(catalogue, length)},
                                                 {"in", narration::figure_text(end.frames_in)},
                                                 {"out", narration::figure_text(end.frames_out)}}) +
        "\n");
    if (end.refused != 0)
        context.console.write(catalogue.text("cli.serve.refused", {{"count", narration::figure_text(end.refused)}}) +
                              "\n");
    return Status::good;
}

} // namespace tegami::cli
