#include "app/cli/common.hpp"

#include "app/cli/lessons.hpp"
#include "protocols/inet/prefix.hpp"
#include "sim/scenario/plan.hpp"

#include <fmt/format.h>

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

/// "sakura.dynamic (192.0.2.64/26)": as the author wrote it, and where that is one prefix, which.
std::string end_text(const std::string& written, const std::vector<scenario::Net>& nets)
{
    const bool is_prefix = nets.size() == 1 && nets.front().length < inet::address_bits(nets.front().address);
    if (!is_prefix || inet::format(nets.front()) == written) return written;
    return fmt::format("{} ({})", written, inet::format(nets.front()));
}

/// "out  sakura.dynamic (192.0.2.64/26) → any  tcp 25"
std::string row_text(scenario::Way way, const scenario::PlanRow& row)
{
    std::string text = fmt::format("{}  {} → {}", scenario::way_of_filter_words[static_cast<std::size_t>(way)],
                                   end_text(row.from_text, row.from), end_text(row.to_text, row.to));
    if (row.protocol != scenario::RowProtocol::any)
        text += fmt::format("  {}", scenario::row_protocol_words[static_cast<std::size_t>(row.protocol)]);
    if (!row.ports.empty()) text += fmt::format(" {}", fmt::join(row.ports, ","));
    if (row.state != scenario::RowState::any)
        text += fmt::format(" {}", scenario::row_state_words[static_cast<std::size_t>(row.state)]);
    return text;
}

/// Where a site says that it blocks port 25; 0 where none does in a filter of that name.
std::uint32_t op25b_line_of(const scenario::Loaded& loaded, std::string_view filter)
{
    for (const scenario::Site& site : loaded.scenario.sites)
        if (site.op25b && filter == site.name.value + "-op25b") return site.op25b->at.line;
    return 0;
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
    auto loaded = scenario::read_scenario(text, replay->variant);
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
    if (octets && is_capture(*octets)) {
        if (variant.empty()) return read_run_again(path, context, catalogue);
        complain(context, catalogue, catalogue.text("cli.error.variant_of_run", {{"path", path}}));
        return std::nullopt;
    }
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

std::optional<scenario::Loaded> scenario_of(const run::RunHeader& header)
{
    auto loaded = scenario::read_scenario(header.scenario, header.variant);
    if (!loaded) return std::nullopt;
    return std::move(*loaded);
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

std::vector<std::uint32_t> act_lines_of(const scenario::Loaded& loaded)
{
    std::vector<std::uint32_t> lines;
    for (const scenario::Act& act : loaded.scenario.acts) {
        if (act.number > lines.size()) lines.resize(act.number);
        if (act.number > 0) lines[act.number - 1] = act.at.line;
    }
    return lines;
}

std::vector<exporting::FilterRow> filter_rows_of(const scenario::Loaded& loaded)
{
    std::vector<exporting::FilterRow> rows;
    for (const scenario::PlanFilter& filter : loaded.plan.filters) {
        const auto written = std::ranges::find(loaded.scenario.filters, filter.name,
                                               [](const scenario::Filter& each) { return each.name.value; });
        for (std::size_t i = 0; i < filter.rows.size(); ++i) {
            exporting::FilterRow row;
            row.filter = filter.name;
            row.row = static_cast<std::uint32_t>(i) + 1;
            if (filter.node != scenario::nowhere) row.host = loaded.plan.nodes[filter.node].name;
            row.says = row_text(filter.way, filter.rows[i]);
            row.action = static_cast<run::FilterAction>(filter.rows[i].action);
            row.line = written != loaded.scenario.filters.end() ? written->rows[i].at.line
                                                                : op25b_line_of(loaded, filter.name);
            rows.push_back(std::move(row));
        }
    }
    return rows;
}

std::vector<exporting::LessonWords> lesson_words_of(const scenario::Loaded& loaded, narration::Language language)
{
    std::vector<exporting::LessonWords> words;
    for (const scenario::Say& say : loaded.scenario.says)
        words.push_back({.step = say.step,
                         .mail = say.mail ? std::optional{say.mail->value} : std::nullopt,
                         .head = say.head ? in_language(*say.head, language) : std::string{},
                         .text = say.text ? in_language(*say.text, language) : std::string{}});
    return words;
}

std::vector<std::string> questions_of(const scenario::Loaded& loaded, narration::Language language)
{
    std::vector<std::string> questions;
    for (const scenario::Ask& ask : loaded.scenario.asks) {
        std::string question = in_language(ask.text, language);
        std::string choices;
        for (const auto& choice : ask.choices)
            choices += (choices.empty() ? "" : " / ") + in_language(choice.value, language);
        if (!choices.empty()) question += "   [" + choices + "]";
        questions.push_back(std::move(question));
    }
    return questions;
}

run::RunHeader titled(run::RunHeader header, const scenario::Loaded& loaded, narration::Language language)
{
    if (const std::string& title = in_language(loaded.scenario.title, language); !title.empty()) header.title = title;
    return header;
}

} // namespace tegami::cli
