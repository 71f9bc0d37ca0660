#include "app/cli/live_commentator.hpp"
#include "app/cli/simulate.hpp"
#include "app/cli/viewing.hpp"
#include "sim/export/json_export.hpp"
#include "sim/export/story.hpp"
#include "sim/narration/terminal_text.hpp"
#include "sim/run/journey.hpp"

#include <cstdlib>

namespace tegami::cli {
namespace {

/// How whoever sits there calls this program: a wrapper that is called otherwise says so.
std::string called_name()
{
    const char* const name = std::getenv("TEGAMI_COMMAND");
    return name && *name ? narration::terminal_safe(name) : std::string{"tegami"};
}

/// On what to try next: two lines, fewer where the run was recorded without what they would show.
void say_what_next(const RunCommand& command, Console& console, const narration::Catalogue& catalogue,
                   exporting::Medium medium)
{
    const std::string tegami = called_name();
    exporting::Page page{medium};
    page.blank();
    if (command.save.empty()) {
        page.whole({0, catalogue.text("cli.next.save", {{"tegami", tegami}, {"scenario", command.scenario}})});
        page.whole({0, catalogue.text("cli.next.depth", {{"tegami", tegami}, {"scenario", command.scenario}})});
    } else if (command.record < run::Level::headers) {
        const std::string_view key = command.record == run::Level::story ? "cli.next.show.story" : "cli.next.show.none";
        page.whole({0, catalogue.text(key, {{"tegami", tegami}, {"path", command.save}})});
    } else {
        page.whole({0, catalogue.text("cli.next.saved", {{"path", command.save}})});
        page.whole({0, catalogue.text("cli.next.show", {{"tegami", tegami}, {"path", command.save}})});
    }
    console.write(page.take());
}

} // namespace

Status carry_out(const RunCommand& command, const Context& context)
{
    const auto catalogue = narration::Catalogue::load(context.language);
    const auto scenario = read_scenario_file(command.scenario, context, catalogue, command.variant);
    if (!scenario) return Status::wrong_input;

    LiveCommentator commentator{catalogue, scenario->loaded, context};
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

    const exporting::Medium medium = context.console.medium(context.language);
    const run::Journeys journeys{*log};
    Viewing viewing{*log, scenario->loaded, context, catalogue, medium};
    const exporting::Telling& telling = viewing.telling();
    context.console.write(exporting::story_text(exporting::tale_of(*log, journeys), telling));
    say_what_next(command, context.console, catalogue, medium);
    return Status::good;
}

} // namespace tegami::cli
