#include "app/cli/simulate.hpp"
#include "sim/export/json_export.hpp"
#include "sim/export/story.hpp"
#include "sim/narration/commentator.hpp"
#include "sim/run/journey.hpp"

namespace tegami::cli {
namespace {

/// Two lines on what to try next.
void say_what_next(const RunCommand& command, Console& console, const narration::Catalogue& catalogue,
                   exporting::Medium medium)
{
    exporting::Page page{medium};
    page.blank();
    if (command.save.empty()) {
        page.whole({0, catalogue.text("cli.next.save", {{"scenario", command.scenario}})});
        page.whole({0, catalogue.text("cli.next.depth", {{"scenario", command.scenario}})});
    } else {
        page.whole({0, catalogue.text("cli.next.saved", {{"path", command.save}})});
        page.whole({0, catalogue.text("cli.next.show", {{"path", command.save}})});
    }
    console.write(page.take());
}

/// The names of a run before there is one: as the world will call its nodes.
class NamesToCome {
  public:
    static narration::Names of(const scenario::Loaded& loaded, narration::Language language)
    {
        run::RunHeader header;
        header.nodes = {"scenario", "outside"};
        for (const scenario::PlanNode& node : loaded.plan.nodes) header.nodes.push_back(node.name);
        std::sort(header.nodes.begin() + 2, header.nodes.end());
        return narration::Names{header, people_of(header, loaded, language)};
    }
};

} // namespace

Status carry_out(const RunCommand& command, const Context& context)
{
    const auto catalogue = narration::Catalogue::load(context.language);
    const auto scenario = read_scenario_file(command.scenario, context, catalogue);
    if (!scenario) return Status::wrong_input;

    const narration::Names names_to_come = NamesToCome::of(scenario->loaded, context.language);
    const narration::Narrator to_come{catalogue, names_to_come};
    narration::Commentator commentator{to_come, context.depth};
    const auto log = play(*scenario,
                          {.file = command.scenario,
                           .seed = command.seed,
                           .level = command.record,
                           .until = command.until,
                           .save = command.save,
                           .commentator = command.save.empty() ? nullptr : &commentator},
                          context, catalogue);
    if (!log) return Status::wrong_input;
    if (command.json) {
        exporting::write_json(*log, [&](std::string_view line) {
            context.console.write(line);
            context.console.write("\n");
        });
        return Status::good;
    }
    if (command.quiet) return Status::good;

    const narration::Names names{log->header(), people_of(log->header(), scenario->loaded, context.language)};
    const narration::Narrator narrator{catalogue, names};
    const run::RunHeader header = titled(log->header(), context.language);
    const exporting::Medium medium = context.console.medium(context.language);
    const run::Journeys journeys{*log};
    context.console.write(
        exporting::story_text(exporting::tale_of(*log, journeys), {header, narrator, context.depth, medium, {}}));
    say_what_next(command, context.console, catalogue, medium);
    return Status::good;
}

} // namespace tegami::cli
