#include "app/cli/simulate.hpp"
#include "app/cli/viewing.hpp"
#include "sim/export/dialogue.hpp"
#include "sim/export/dns_view.hpp"
#include "sim/export/filter_view.hpp"
#include "sim/export/json_export.hpp"
#include "sim/export/ladder.hpp"
#include "sim/export/packet_detail.hpp"
#include "sim/export/packets.hpp"
#include "sim/export/state_view.hpp"
#include "sim/export/story.hpp"
#include "sim/export/view_json.hpp"
#include "sim/narration/words.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tegami::cli {
namespace {

/// Which views there are, and what this run lacks for them.
std::string views_text(const run::Log& log, const narration::Catalogue& catalogue, exporting::Medium medium)
{
    exporting::Page page{medium};
    page.paragraph({0, catalogue.text("cli.list.head")});
    page.blank();
    for (const std::string_view view : {"story", "ladder", "dialogue", "packets", "dns", "state", "filter"})
        page.hanging({2, std::string{view}, exporting::Style::strong},
                     {12, catalogue.text(fmt::format("cli.list.{}", view))});
    page.blank();
    if (!log.is_run())
        page.paragraph({0, catalogue.text("cli.list.capture")});
    else
        page.paragraph({0, catalogue.text(fmt::format("cli.list.level.{}", narration::word(log.header().level)))});
    return page.take();
}

/// The frames whose numbers were asked for must be there.
bool frames_are_there(const ShowCommand& command, const run::Log& log, const Context& context,
                      const narration::Catalogue& catalogue)
{
    if (!command.frames) return true;
    const auto [first, last] = *command.frames;
    if (first >= 1 && first <= last && last <= log.frames()) return true;
    complain(context, catalogue, catalogue.text("cli.error.no_frame", {{"count", log.frames()}}));
    return false;
}

} // namespace

Status carry_out(const ShowCommand& command, const Context& context)
{
    const auto catalogue = narration::Catalogue::load(context.language);
    const auto log = open_or_play(command.run, context, catalogue);
    if (!log) return Status::wrong_input;
    const exporting::Medium medium = context.console.medium(context.language);
    if (command.list) {
        context.console.write(views_text(*log, catalogue, medium));
        return Status::good;
    }
    const auto write_line = [&](std::string_view line) {
        context.console.write(line);
        context.console.write("\n");
    };
    if (command.json && !command.view) { // the run itself: each fact
        exporting::write_json(*log, write_line);
        return Status::good;
    }
    const View view = command.view.value_or(log->is_run() ? View::story : View::packets);
    if (!log->is_run() && view != View::packets && view != View::ladder) {
        complain(context, catalogue, catalogue.text("cli.error.not_a_run", {{"path", command.run}}));
        return Status::wrong_input;
    }
    const run::Journeys journeys{*log};
    Viewing viewing{*log, context, catalogue, medium};
    exporting::Telling& telling = viewing.telling();
    if (log->is_run()) {
        const auto selection =
            read_selection({command.mail, command.step, command.host, command.at}, *log, journeys, context, catalogue);
        if (!selection) return Status::wrong_input;
        telling.selection = *selection;
    } else {
        telling.selection.host = command.host;
    }
    const auto filter = exporting::Filter::compile(command.filter);
    if (!filter) {
        complain(context, catalogue, catalogue.text("cli.error.filter", {{"detail", filter.error()}}));
        return Status::wrong_input;
    }
    const exporting::Filter* const chosen = command.filter.empty() ? nullptr : &*filter;
    if (!frames_are_there(command, *log, context, catalogue)) return Status::wrong_input;
    const auto first = static_cast<run::FrameRef>(command.frames ? command.frames->first : 0);
    const auto last = static_cast<run::FrameRef>(command.frames ? command.frames->second : 0);
    run::Fold fold{*log};

    if (command.json) {
        using namespace exporting;
        switch (view) {
        case View::story: story_json(tale_of(*log, journeys, telling.selection.at), telling, write_line); break;
        case View::ladder: ladder_json(ladder_of(*log, journeys, telling, chosen), telling, write_line); break;
        case View::dialogue: dialogue_json(*log, journeys, telling, write_line); break;
        case View::packets: packets_json(*log, journeys, telling, chosen, first, last, write_line); break;
        case View::dns: dns_json(*log, journeys, fold, telling, write_line); break;
        case View::state: state_json(*log, fold, telling, write_line); break;
        case View::filter: filter_json(*log, fold, telling, write_line); break;
        }
        return Status::good;
    }
    const auto text = [&]() -> std::string {
        using namespace exporting;
        switch (view) {
        case View::story: return story_text(tale_of(*log, journeys, telling.selection.at), telling);
        case View::ladder: {
            const Ladder ladder = ladder_of(*log, journeys, telling, chosen);
            return command.svg ? ladder_svg(ladder, telling) : ladder_text(ladder, telling);
        }
        case View::dialogue: return dialogue_text(*log, journeys, telling);
        case View::packets:
            return command.frames ? packet_detail_text(*log, journeys, telling, first, last)
                                  : packets_text(*log, journeys, telling, chosen);
        case View::dns: return dns_text(*log, journeys, fold, telling);
        case View::state: return state_text(*log, journeys, fold, telling.selection.at.value_or(log->end()), telling);
        case View::filter: return filter_text(*log, journeys, fold, telling);
        }
        return {};
    };
    context.console.write(text());
    return Status::good;
}

} // namespace tegami::cli
