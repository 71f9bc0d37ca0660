#include "app/cli/common.hpp"

#include "app/cli/lessons.hpp"
#include "sim/scenario/plan.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace tegami::cli {
namespace {

void say(const Context& context, const std::string& line)
{
    context.console.note(line);
    if (context.complaints) context.complaints->push_back(line);
}

const std::string& in_language(const scenario::Text& text, narration::Language language)
{
    return language == narration::Language::ja ? text.ja : text.en;
}

} // namespace

std::string file_name_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }

void complain(const Context& context, const narration::Catalogue& catalogue, std::string_view sentence)
{
    say(context, catalogue.text("cli.error", {{"what", sentence}}));
}

void complain(const Context& context, const narration::Catalogue& catalogue, const std::string& file,
              const scenario::ProblemList& problems)
{
    for (const scenario::Problem& problem : problems) {
        narration::NamedTexts arguments = problem.arguments;
        arguments.emplace_back("path", problem.path);
        say(context, catalogue.text("cli.problem", {{"file", file},
                                                    {"line", problem.at.line},
                                                    {"column", problem.at.column},
                                                    {"what", catalogue.text(problem.key, arguments)}}));
    }
}

std::string reason_of(const run::FileError& error, const narration::Catalogue& catalogue)
{
    switch (error.number) {
    case ENOENT: return catalogue.text("cli.file.missing");
    case EACCES:
    case EPERM:
    case EROFS: return catalogue.text("cli.file.denied");
    case EISDIR: return catalogue.text("cli.file.folder");
    case ENOSPC:
    case EDQUOT: return catalogue.text("cli.file.full");
    default: return std::strerror(error.number); // in the words of the C library
    }
}

namespace {

/// The first octets of a pcapng file: a section header.
bool is_capture(const wire::OctetBuffer& octets)
{
    return octets.size() >= 4 && wire::load_u32(octets.data()) == 0x0A0D'0D0A;
}

/// A run's scenario with all that came from outside.
std::optional<ReadScenario> read_run_again(const std::string& path, const Context& context,
                                           const narration::Catalogue& catalogue)
{
    const auto log = open_run(path, context, catalogue);
    if (!log) return std::nullopt;
    auto replay = scenario::replay_of(*log);
    if (!replay) {
        complain(context, catalogue, catalogue.text("cli.error.not_a_run", {{"path", path}}));
        return std::nullopt;
    }
    std::string text = replay->text;
    const std::size_t sign = replay->file.find('#'); // NAME#VARIANT
    auto loaded = scenario::read_scenario(
        text, sign == std::string::npos ? std::string_view{} : std::string_view{replay->file}.substr(sign + 1));
    if (!loaded) {
        complain(context, catalogue, path, loaded.error());
        return std::nullopt;
    }
    if (!plug_in_all(replay->plugs, loaded->plan, context, catalogue)) return std::nullopt;
    return ReadScenario{std::move(text), std::move(*loaded), std::move(replay)};
}

} // namespace

std::optional<ReadScenario> read_scenario_file(const std::string& path, const Context& context,
                                               const narration::Catalogue& catalogue, std::string_view variant)
{
    const auto octets = run::read_file(path);
    const auto lesson = octets ? std::nullopt : find_lesson(path);
    if (!octets && !lesson) {
        std::string sentence =
            catalogue.text("cli.error.file.read", {{"path", path}, {"detail", reason_of(octets.error(), catalogue)}});
        std::vector<std::string_view> names;
        for (const LessonRow& row : gallery()) names.push_back(row.name);
        const std::string_view meant = scenario::closest(file_name_of(path), names);
        if (!meant.empty()) sentence += " " + catalogue.text("cli.error.meant", {{"word", meant}});
        complain(context, catalogue, sentence);
        return std::nullopt;
    }
    if (octets && is_capture(*octets)) return read_run_again(path, context, catalogue);
    std::string text{lesson ? *lesson : wire::as_text(*octets)};
    auto loaded = scenario::read_scenario(text, variant);
    if (!loaded) {
        complain(context, catalogue, path, loaded.error());
        return std::nullopt;
    }
    return ReadScenario{std::move(text), std::move(*loaded), std::nullopt};
}

bool plug_in_all(const std::vector<scenario::Plug>& plugs, scenario::Plan& plan, const Context& context,
                 const narration::Catalogue& catalogue)
{
    for (const scenario::Plug& plug : plugs) {
        const auto plugged = scenario::plug_in(plan, plug);
        if (plugged) continue;
        narration::NamedTexts arguments = plugged.error().arguments;
        complain(context, catalogue,
                 catalogue.text("cli.error.tap.open",
                                {{"name", plug.name}, {"why", catalogue.text(plugged.error().key, arguments)}}));
        return false;
    }
    return true;
}

std::optional<run::Log> open_run(const std::string& path, const Context& context, const narration::Catalogue& catalogue)
{
    auto log = run::Log::open(path);
    if (!log) {
        complain(
            context, catalogue,
            catalogue.text("cli.error.file.read", {{"path", path}, {"detail", reason_of(log.error(), catalogue)}}));
        return std::nullopt;
    }
    if (log->broken()) {
        const wire::Malformed& broken = *log->broken();
        if (!log->is_run() && log->frames() == 0) {
            complain(context, catalogue,
                     catalogue.text("cli.error.unreadable", {{"path", path}, {"rule", broken.rule}}));
            return std::nullopt;
        }
        complain(context, catalogue,
                 catalogue.text("cli.note.broken", {{"path", path}, {"offset", broken.offset}, {"rule", broken.rule}}));
    }
    return std::move(*log);
}

std::vector<std::string> people_of(const run::RunHeader& header, const scenario::Loaded& loaded,
                                   narration::Language language)
{
    std::vector<std::string> people(header.nodes.size());
    for (const scenario::PlanNode& node : loaded.plan.nodes) {
        if (node.user == scenario::nowhere) continue;
        const auto place = std::ranges::find(header.nodes, node.name);
        if (place == header.nodes.end()) continue;
        const scenario::PlanUser& user = loaded.plan.users[node.user];
        const std::string& name = in_language(user.title, language);
        people[static_cast<std::size_t>(place - header.nodes.begin())] = name.empty() ? user.name : name;
    }
    return people;
}

std::vector<std::string> people_of(const run::RunHeader& header, narration::Language language)
{
    const auto loaded = scenario::read_scenario(header.scenario);
    return loaded ? people_of(header, *loaded, language) : std::vector<std::string>{};
}

std::vector<std::uint32_t> act_lines_of(const scenario::Loaded& loaded)
{
    std::vector<std::uint32_t> lines;
    for (const scenario::Act& act : loaded.scenario.acts) {
        if (act.number > lines.size()) lines.resize(act.number);
        if (act.number > 0) lines[act.number - 1] = act.at.line;
    }
    return lines;
}

std::vector<std::uint32_t> act_lines_of(const run::RunHeader& header)
{
    const auto loaded = scenario::read_scenario(header.scenario);
    return loaded ? act_lines_of(*loaded) : std::vector<std::uint32_t>{};
}

std::vector<exporting::FilterRow> filter_rows_of(const run::RunHeader&) { return {}; }

run::RunHeader titled(run::RunHeader header, narration::Language language)
{
    if (const auto loaded = scenario::read_scenario(header.scenario))
        if (const std::string& title = in_language(loaded->scenario.title, language); !title.empty())
            header.title = title;
    return header;
}

} // namespace tegami::cli
