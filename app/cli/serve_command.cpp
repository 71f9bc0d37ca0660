#include "app/cli/common.hpp"
#include "sim/bridge/serving.hpp"
#include "sim/narration/clock.hpp"
#include "sim/narration/words.hpp"

#include <random>

namespace tegami::cli {
namespace {

/// A seed that nobody can foresee: what the outside does cannot be foreseen either.
std::uint64_t drawn_seed()
{
    std::random_device system;
    return std::uint64_t{system()} << 32 | system();
}

bridge::TapSettings settings_of(const scenario::PlugHost& host)
{
    bridge::TapSettings settings;
    settings.name = host.name;
    settings.mac = link::MacAddress{host.mac};
    settings.mtu = host.mtu;
    settings.addresses = host.addresses;
    settings.networks = host.networks;
    settings.gateway_v4 = host.gateway_v4;
    settings.gateway_v6 = host.gateway_v6;
    return settings;
}

} // namespace

Status carry_out(const ServeCommand& command, const Context& context)
{
    const auto catalogue = narration::Catalogue::load(context.language);
    auto scenario = read_scenario_file(command.scenario, context, catalogue);
    if (!scenario) return Status::wrong_input;
    std::vector<scenario::Plug> plugs;
    for (const Tap& tap : command.taps) plugs.push_back({tap.name, tap.link});
    if (!plug_in_all(plugs, scenario->loaded.plan, context, catalogue)) return Status::wrong_input;

    const auto cannot_write = [&](const run::FileError& error) {
        complain(
            context, catalogue,
            catalogue.text("cli.error.file.write", {{"path", command.save}, {"detail", reason_of(error, catalogue)}}));
        return Status::wrong_input;
    };
    std::unique_ptr<run::Sink> sink = std::make_unique<run::HashSink>();
    if (!command.save.empty()) {
        auto file = run::FileSink::create(command.save);
        if (!file) return cannot_write(file.error());
        sink = std::move(*file);
    }
    scenario::WorldOptions options;
    options.seed = command.seed.value_or(drawn_seed());
    options.level = command.save.empty() ? run::Level::none : command.record;
    options.file = file_name_of(command.scenario);
    options.text = scenario->text;
    options.language = narration::name(context.language);
    options.plugs = plugs;
    auto world = scenario::World::build(scenario->loaded, std::move(options), std::move(sink));
    if (!world) {
        complain(context, catalogue, command.scenario, world.error());
        return Status::wrong_input;
    }

    std::vector<bridge::TapDevice> devices;
    for (std::size_t i = 0; i < command.taps.size(); ++i) {
        const scenario::PlugHost host = (*world)->plug_host(i);
        const bridge::TapSettings settings = settings_of(host);
        auto device = bridge::TapDevice::open(settings);
        if (!device) {
            const std::string why = catalogue.text(device.error().key, {{"detail", device.error().detail}});
            complain(context, catalogue, catalogue.text("cli.error.tap.open", {{"name", host.name}, {"why", why}}));
            return Status::wrong_input;
        }
        devices.push_back(std::move(*device));
        exporting::Page page{context.console.medium(context.language)};
        page.paragraph({0, catalogue.text("cli.serve.host", {{"name", host.name}, {"link", command.taps[i].link}})});
        page.paragraph({0, catalogue.text("cli.serve.same")});
        for (const std::string& line : bridge::as_commands(settings)) page.whole({2, line});
        if (!host.resolvers.empty())
            page.paragraph({0, catalogue.text("cli.serve.resolver", {{"address", wire::format(host.resolvers.front())},
                                                                     {"name", host.a_domain}})});
        page.blank();
        context.console.write(page.take());
    }
    context.console.write(catalogue.text("cli.serve.ready") + "\n");
    context.console.flush();

    const engine::Time begun = (*world)->engine().now();
    bridge::ServingEnd end;
    {
        bridge::Serving serving{**world, std::move(devices)};
        end = serving.run(command.until);
    }
    const engine::Duration length = (*world)->engine().now() - begun;
    if (const auto finished = (*world)->finish(); !finished) return cannot_write(finished.error());
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
