#include "app/cli/interruption.hpp"
#include "app/cli/simulate.hpp"
#include "app/cli/viewing.hpp"
#include "sim/export/capture_export.hpp"
#include "sim/export/json_export.hpp"
#include "sim/export/ladder.hpp"
#include "sim/export/story.hpp"
#include "sim/narration/commentator.hpp"
#include "sim/run/journey.hpp"
#include "sim/scenario/problem.hpp"

namespace tegami::cli {
namespace {

/// The place that --sniff names; nothing where it names none. False, after saying so, where there is no such place.
bool read_place(const ExportCommand& command, const run::Log& log, const Context& context,
                const narration::Catalogue& catalogue, std::optional<exporting::Place>& place)
{
    if (command.sniff.empty()) return true;
    auto found = exporting::parse_place(log, command.sniff);
    if (found) {
        place = std::move(*found);
        return true;
    }
    std::string sentence = catalogue.text("cli.error.no_place", {{"place", command.sniff}});
    if (!found.error().near.empty())
        sentence += " " + catalogue.text("cli.error.meant", {{"word", found.error().near.front()}});
    complain(context, catalogue, sentence);
    return false;
}

} // namespace

Status carry_out(const ExportCommand& command, const Context& context)
{
    const auto catalogue = narration::Catalogue::load(context.language);
    const auto log = open_or_play(command.run, context, catalogue);
    if (!log) return Status::wrong_input;
    if (!log->is_run() && command.form == Form::text) {
        complain(context, catalogue, catalogue.text("cli.error.not_a_run", {{"path", command.run}}));
        return Status::wrong_input;
    }
    Viewing viewing{*log, context, catalogue, {}};
    narration::Commentator commentator{viewing.narrator(), context.depth};
    const run::Journeys journeys{*log};
    if (log->is_run()) {
        const auto selection =
            read_selection({command.mail, command.step, command.host, command.at}, *log, journeys, context, catalogue);
        if (!selection) return Status::wrong_input;
        viewing.telling().selection = *selection;
    }

    const auto filter = exporting::Filter::compile(command.filter);
    if (!filter) {
        complain(context, catalogue, catalogue.text("cli.error.filter", {{"detail", filter.error()}}));
        return Status::wrong_input;
    }
    exporting::CaptureChoice choice;
    choice.filter = command.filter.empty() ? nullptr : &*filter;
    choice.commentator = log->is_run() ? &commentator : nullptr;
    if (!read_place(command, *log, context, catalogue, choice.place)) return Status::wrong_input;

    const auto cannot_write = [&](const run::FileError& error) {
        complain(context, catalogue,
                 catalogue.text("cli.error.file.write",
                                {{"path", command.output}, {"detail", reason_of(error, catalogue)}}));
        return Status::wrong_input;
    };
    auto file = run::FileSink::create(command.output);
    if (!file) return cannot_write(file.error());
    const RemovedWhenStopped removed_when_stopped{(*file)->temporary()};
    const auto output = [&](wire::Octets octets) { (*file)->write(octets); };

    std::expected<void, exporting::ExportProblem> written;
    switch (command.form) {
    case Form::pcapng: written = exporting::write_pcapng(*log, choice, output); break;
    case Form::pcap: written = exporting::write_pcap(*log, choice, output); break;
    case Form::json:
        exporting::write_json(*log, [&](std::string_view line) {
            output(wire::as_octets(line));
            output(wire::as_octets("\n"));
        });
        break;
    case Form::text:
        output(wire::as_octets(exporting::story_text(exporting::tale_of(*log, journeys, viewing.telling().selection.at),
                                                     viewing.telling())));
        break;
    case Form::svg:
        output(wire::as_octets(exporting::ladder_svg(
            exporting::ladder_of(*log, journeys, viewing.telling(), choice.filter), viewing.telling())));
        break;
    }
    if (!written) {
        complain(context, catalogue, catalogue.text(written.error().key(), {{"about", written.error().about}}));
        return Status::wrong_input;
    }
    if (const auto finished = (*file)->finish(); !finished) return cannot_write(finished.error());
    return Status::good;
}

} // namespace tegami::cli
