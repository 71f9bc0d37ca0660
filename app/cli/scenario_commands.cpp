/// Commands for whoever writes scenarios: lessons, new, expand.
#include "app/cli/common.hpp"
#include "app/cli/lessons.hpp"
#include "sim/export/page.hpp"
#include "sim/narration/terminal_text.hpp"
#include "sim/run/json.hpp"
#include "sim/run/sink.hpp"
#include "sim/scenario/write_scenario.hpp"

#include <algorithm>
#include <filesystem>

namespace tegami::cli {
namespace {

const std::string& in(const scenario::Text& text, narration::Language language)
{
    return language == narration::Language::ja ? text.ja : text.en;
}

/// To a file, or the standard output where none is named.
Status put(const std::string& path, const std::string& text, const Context& context,
           const narration::Catalogue& catalogue)
{
    if (path.empty()) {
        context.console.write(text);
        return Status::good;
    }
    if (const auto written = run::write_file(path, wire::as_octets(text)); !written) {
        complain(context, catalogue,
                 catalogue.text("cli.error.file.write",
                                {{"path", path}, {"detail", reason_of(written.error(), catalogue)}}));
        return Status::wrong_input;
    }
    return Status::good;
}

} // namespace

Status carry_out(const LessonsCommand& command, const Context& context)
{
    const auto catalogue = narration::Catalogue::load(context.language);
    const auto rows = gallery();
    if (command.json) {
        for (const LessonRow& row : rows) {
            const auto& card = row.scenario.card;
            context.console.write(run::to_json({{"lesson", row.name},
                                                {"group", card ? std::string_view{card->group} : std::string_view{}},
                                                {"order", std::uint64_t{card ? card->order : 0}},
                                                {"title", in(row.scenario.title, context.language)},
                                                {"minutes", std::uint64_t{card ? card->minutes : 0}}}) +
                                  "\n");
        }
        return Status::good;
    }
    exporting::Page page{context.console.medium(context.language)};
    int column = 0;
    for (const LessonRow& row : rows) column = std::max(column, narration::width(row.name) + 2);
    std::string_view group;
    for (const LessonRow& row : rows) {
        const scenario::Scenario& lesson = row.scenario;
        if (lesson.card && lesson.card->group != group) {
            if (!group.empty()) page.blank();
            group = lesson.card->group;
        }
        std::string title = in(lesson.title, context.language);
        if (lesson.card && lesson.card->minutes != 0)
            title += " (" + catalogue.count("cli.lessons.minutes", lesson.card->minutes) + ")";
        page.labelled({{0, std::string{row.name}, exporting::Style::strong}}, {column, title, exporting::Style::plain});
        if (lesson.goal) page.paragraph({column, in(*lesson.goal, context.language), exporting::Style::dim});
        for (const scenario::Variant& variant : lesson.variants)
            page.paragraph({column, "--variant " + variant.name.value + ": " + in(variant.title, context.language),
                            exporting::Style::dim});
    }
    page.blank();
    page.paragraph({0, catalogue.text("cli.lessons.play",
                                      {{"lesson", rows.empty() ? std::string_view{"NAME"} : rows.front().name}})});
    context.console.write(page.take());
    return Status::good;
}

Status carry_out(const NewCommand& command, const Context& context)
{
    const auto catalogue = narration::Catalogue::load(context.language);
    // What somebody has written is never lost.
    if (!command.file.empty() && std::filesystem::exists(command.file)) {
        complain(context, catalogue, catalogue.text("cli.error.exists", {{"path", command.file}}));
        return Status::wrong_input;
    }
    const Status status =
        put(command.file, std::string{template_text(narration::name(context.language))}, context, catalogue);
    if (status == Status::good && !command.file.empty()) {
        exporting::Page page{context.console.medium(context.language)};
        page.paragraph({0, catalogue.text("cli.new.written", {{"path", command.file}})});
        context.console.write(page.take());
    }
    return status;
}

Status carry_out(const ExpandCommand& command, const Context& context)
{
    const auto catalogue = narration::Catalogue::load(context.language);
    const auto scenario = read_scenario_file(command.scenario, context, catalogue, command.variant);
    if (!scenario) return Status::wrong_input;
    return put(command.output, scenario::long_form(scenario->loaded), context, catalogue);
}

} // namespace tegami::cli
