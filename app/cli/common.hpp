#pragma once
/// What several commands do alike: reading scenarios and runs, names in a language, complaints.

#include "app/cli/commands.hpp"
#include "sim/export/view.hpp"
#include "sim/narration/catalogue.hpp"
#include "sim/run/log.hpp"
#include "sim/scenario/read_scenario.hpp"
#include "sim/scenario/replay.hpp"

#include <optional>
#include <string>
#include <vector>

namespace tegami::cli {

/// The path's last part: what a run remembers of where its scenario came from.
std::string file_name_of(const std::string& path);

/// "tegami: …" on the standard error.
void complain(const Context& context, const narration::Catalogue& catalogue, std::string_view sentence);
/// Each problem with file, line and column, in their order.
void complain(const Context& context, const narration::Catalogue& catalogue, const std::string& file,
              const scenario::ProblemList& problems);

/// Why a file cannot be read or written, in a few words.
std::string reason_of(const run::FileError& error, const narration::Catalogue& catalogue);

struct ReadScenario {
    std::string text;
    scenario::Loaded loaded;
    std::optional<scenario::Replay> replay; ///< where it came from a run, which is to be played again
};
/// A file, or where there is none of that name a lesson; a run file gives its scenario in the variant that was played.
/// Nothing, after saying why, where it cannot be used.
std::optional<ReadScenario> read_scenario_file(const std::string& path, const Context& context,
                                               const narration::Catalogue& catalogue, std::string_view variant = {});

/// Gives the plan the machines that are plugged in; false, after saying why, where one cannot be.
bool plug_in_all(const std::vector<scenario::Plug>& plugs, scenario::Plan& plan, const Context& context,
                 const narration::Catalogue& catalogue);

/// A run or capture; nothing, after saying why. One that is broken in the middle is noted and given.
std::optional<run::Log> open_run(const std::string& path, const Context& context,
                                 const narration::Catalogue& catalogue);

/// The scenario that a run carries, in the variant that was played; nothing where it has none that can be read.
std::optional<scenario::Loaded> scenario_of(const run::RunHeader& header);

/// Whose machine each node of a run is, in a language.
std::vector<std::string> people_of(const run::RunHeader& header, const scenario::Loaded& loaded,
                                   narration::Language language);

/// By act of a scenario: the line of the file that it stands in.
std::vector<std::uint32_t> act_lines_of(const scenario::Loaded& loaded);

/// The rows of its packet filters, as tables show them.
std::vector<exporting::FilterRow> filter_rows_of(const scenario::Loaded& loaded);

/// A lesson's own words for its steps, and what it asks, in a language.
std::vector<exporting::LessonWords> lesson_words_of(const scenario::Loaded& loaded, narration::Language language);
std::vector<std::string> questions_of(const scenario::Loaded& loaded, narration::Language language);

/// The header with its title in a language.
run::RunHeader titled(run::RunHeader header, const scenario::Loaded& loaded, narration::Language language);

} // namespace tegami::cli
