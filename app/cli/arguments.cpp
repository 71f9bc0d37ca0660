// The one file that sees CLI11.
#include "app/cli/arguments.hpp"

#include "sim/export/page.hpp"
#include "sim/narration/catalogue.hpp"
#include "sim/narration/terminal_text.hpp"
#include "sim/run/choices.hpp"
#include "sim/scenario/amount.hpp"
#include "sim/scenario/problem.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace tegami::cli {
namespace {

using narration::Catalogue;

constexpr std::string_view version = "0.1.0";
constexpr std::array<std::string_view, 7> view_words{"story", "ladder", "dialogue", "packets",
                                                     "dns",   "state",  "filter"};
constexpr std::array<std::string_view, 5> endings{".pcapng", ".pcap", ".txt", ".json", ".svg"};

/// The words as they were written; what they mean is looked at afterwards, so that every mistake has our own sentence.
struct Words {
    std::string file, save, seed = "1", serve_seed, until, record = "full", lang, depth = "plain", view, at, mail, step,
                            host, filter, output, sniff, junit, frame, variant;
    std::vector<std::string> files, taps;
    bool json = false, quiet = false, help = false, version = false, svg = false, list = false;
};

/// "Did you mean" for a word among others, or nothing.
std::string meant(const Catalogue& catalogue, std::string_view word, std::span<const std::string_view> candidates)
{
    const std::string_view near = scenario::closest(word, candidates);
    return near.empty() ? std::string{} : " " + catalogue.text("cli.error.meant", {{"word", near}});
}

class Parser {
  public:
    Parser(narration::Language language, bool utf8) : catalogue_{Catalogue::load(language)}, utf8_{utf8} { describe(); }

    std::expected<Arguments, UsageError> parse(std::span<const std::string> arguments)
    {
        std::vector<std::string> reversed{arguments.rbegin(), arguments.rend()}; // as CLI11 wants them
        try {
            app_.parse(reversed);
        } catch (const CLI::ArgumentMismatch& error) {
            // "--seed: 1 required N missing": the value of the option that stands last, or an option has several values.
            const std::string_view what = error.what();
            if (what.starts_with('-') && what.ends_with("missing"))
                wrong(catalogue_.text("cli.error.no_value", {{"option", what.substr(0, what.find(':'))}}));
            else
                wrong(catalogue_.text("cli.error.parse", {{"detail", what}}));
        } catch (const CLI::ParseError& error) {
            wrong(catalogue_.text("cli.error.parse", {{"detail", error.what()}}));
        }
        if (words_.version) return information(fmt::format("tegami {}\n", version));
        const auto chosen = app_.get_subcommands();
        if (words_.help) return information(chosen.empty() ? help(app_) : help(*chosen.front()));
        if (wrong_.empty()) look_for_strangers(chosen);
        if (wrong_.empty() && chosen.empty()) wrong(catalogue_.text("cli.error.no_command"));
        Arguments result;
        result.language = read_language();
        result.depth = choose<narration::Depth>("--depth", words_.depth, depth_words);
        if (!chosen.empty()) read_command(*chosen.front(), result);
        if (!wrong_.empty()) return std::unexpected(UsageError{std::move(wrong_)});
        return result;
    }

  private:
    static constexpr std::array<std::string_view, 2> language_words{"en", "ja"};
    static constexpr std::array<std::string_view, 3> depth_words{"plain", "exam", "rfc"};

    // ---- what there is

    void describe()
    {
        app_.set_help_flag();
        app_.allow_extras();
        flag(app_, "-h,--help", words_.help, "cli.help");
        flag(app_, "--version", words_.version, "cli.version");

        CLI::App& run = subcommand("run", "cli.run.about");
        positional(run, "SCENARIO", words_.file, "cli.run.scenario");
        option(run, "--variant", words_.variant, "NAME", "cli.variant");
        option(run, "--save", words_.save, "FILE", "cli.save");
        option(run, "--seed", words_.seed, "N", "cli.seed");
        option(run, "--until", words_.until, "TIME", "cli.until");
        option(run, "--record", words_.record, "LEVEL", "cli.record");
        common(run, true);
        flag(run, "--json", words_.json, "cli.json");
        flag(run, "-q,--quiet", words_.quiet, "cli.quiet");

        CLI::App& show = subcommand("show", "cli.show.about");
        positional(show, "RUN", words_.file, "cli.run_file");
        option(show, "--view", words_.view, "VIEW", "cli.view");
        option(show, "--at", words_.at, "TIME", "cli.at");
        option(show, "--mail", words_.mail, "N", "cli.mail");
        option(show, "--step", words_.step, "STEP", "cli.step");
        option(show, "--host", words_.host, "HOST", "cli.host");
        option(show, "--filter", words_.filter, "FILTER", "cli.filter");
        option(show, "--frame", words_.frame, "N", "cli.frame");
        common(show, true);
        flag(show, "--svg", words_.svg, "cli.svg");
        flag(show, "--json", words_.json, "cli.json.view");
        flag(show, "--list", words_.list, "cli.list");

        CLI::App& exporting = subcommand("export", "cli.export.about");
        positional(exporting, "RUN", words_.file, "cli.run_file");
        option(exporting, "-o,--output", words_.output, "FILE", "cli.output");
        option(exporting, "--sniff", words_.sniff, "PLACE", "cli.sniff");
        option(exporting, "--filter", words_.filter, "FILTER", "cli.filter.export");
        option(exporting, "--mail", words_.mail, "N", "cli.mail.export");
        option(exporting, "--step", words_.step, "STEP", "cli.step.export");
        option(exporting, "--host", words_.host, "HOST", "cli.host.export");
        option(exporting, "--at", words_.at, "TIME", "cli.at.export");
        common(exporting, true);

        CLI::App& check = subcommand("check", "cli.check.about");
        CLI::Option* const scenarios = check.add_option("SCENARIO", words_.files, catalogue_.text("cli.scenarios"));
        scenarios->type_name("");
        option(check, "--junit", words_.junit, "FILE", "cli.junit");
        option(check, "--seed", words_.seed, "N", "cli.seed");
        common(check, false);
        flag(check, "--json", words_.json, "cli.json");
        flag(check, "-q,--quiet", words_.quiet, "cli.quiet");

        CLI::App& serve = subcommand("serve", "cli.serve.about");
        positional(serve, "SCENARIO", words_.file, "cli.serve.scenario");
        option(serve, "--variant", words_.variant, "NAME", "cli.variant");
        CLI::Option* const taps = serve.add_option("--tap", words_.taps, catalogue_.text("cli.tap"));
        taps->type_name("NAME=LINK")->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
        option(serve, "--save", words_.save, "FILE", "cli.save");
        option(serve, "--seed", words_.serve_seed, "N", "cli.serve.seed");
        option(serve, "--until", words_.until, "TIME", "cli.serve.until");
        option(serve, "--record", words_.record, "LEVEL", "cli.record");
        common(serve, true);

        CLI::App& lessons = subcommand("lessons", "cli.lessons.about");
        common(lessons, false);
        flag(lessons, "--json", words_.json, "cli.json");

        CLI::App& fresh = subcommand("new", "cli.new.about");
        positional(fresh, "FILE", words_.file, "cli.new.file");
        common(fresh, false);

        CLI::App& expand = subcommand("expand", "cli.expand.about");
        positional(expand, "SCENARIO", words_.file, "cli.scenario");
        option(expand, "-o,--output", words_.output, "FILE", "cli.expand.output");
        option(expand, "--variant", words_.variant, "NAME", "cli.variant");
        common(expand, false);
    }

    CLI::App& subcommand(const std::string& name, std::string_view key)
    {
        CLI::App& command = *app_.add_subcommand(name, catalogue_.text(key));
        command.set_help_flag();
        command.allow_extras();
        flag(command, "-h,--help", words_.help, "cli.help");
        return command;
    }
    void common(CLI::App& command, bool deep)
    {
        option(command, "--lang", words_.lang, "LANG", "cli.lang");
        if (deep) option(command, "--depth", words_.depth, "DEPTH", "cli.depth");
    }
    void flag(CLI::App& command, const std::string& names, bool& value, std::string_view key)
    {
        command.add_flag(names, value, catalogue_.text(key));
    }
    void option(CLI::App& command, const std::string& names, std::string& value, const std::string& type,
                std::string_view key)
    {
        command.add_option(names, value, catalogue_.text(key))->type_name(type);
    }
    void positional(CLI::App& command, const std::string& name, std::string& value, std::string_view key)
    {
        command.add_option(name, value, catalogue_.text(key))->type_name("");
    }

    // ---- what it means

    void wrong(std::string sentence) { wrong_.push_back(std::move(sentence)); }

    std::expected<Arguments, UsageError> information(std::string text) const
    {
        Arguments result;
        result.language = catalogue_.language();
        result.command = Information{std::move(text)};
        return result;
    }

    /// Words that nothing took: a wrong command, a wrong option, a second file.
    void look_for_strangers(const std::vector<CLI::App*>& chosen)
    {
        const CLI::App& command = chosen.empty() ? app_ : *chosen.front();
        std::vector<std::string> names;
        if (chosen.empty())
            for (const CLI::App* sub : app_.get_subcommands({})) names.push_back(sub->get_name());
        for (const CLI::Option* option : command.get_options())
            if (!option->get_lnames().empty()) names.push_back("--" + option->get_lnames().front());
        const std::vector<std::string_view> candidates{names.begin(), names.end()};
        for (const std::string& word : app_.remaining(true)) {
            const std::string name = word.substr(0, word.find('='));
            wrong(catalogue_.text("cli.error.unknown", {{"word", word}}) + meant(catalogue_, name, candidates));
            if (chosen.empty()) break; // what follows a wrong command belongs to it
        }
    }

    narration::Language read_language()
    {
        if (words_.lang.empty()) return catalogue_.language();
        return choose<narration::Language>("--lang", words_.lang, language_words);
    }

    template <class Choice>
    Choice choose(std::string_view option, const std::string& word, std::span<const std::string_view> words)
    {
        const auto found = std::ranges::find(words, word);
        if (found != words.end()) return static_cast<Choice>(found - words.begin());
        wrong(catalogue_.text("cli.error.choice",
                              {{"option", option}, {"choices", scenario::listed(words)}, {"word", word}}) +
              meant(catalogue_, word, words));
        return {};
    }

    template <class Number>
    Number number(std::string_view option, const std::string& word)
    {
        Number value{};
        const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
        if (error == std::errc{} && end == word.data() + word.size()) return value;
        wrong(catalogue_.text("cli.error.number", {{"option", option}, {"word", word}}));
        return {};
    }

    void need(bool there, std::string_view what, const CLI::App& command)
    {
        if (!there && wrong_.empty())
            wrong(catalogue_.text("cli.error.missing", {{"what", what}, {"command", command.get_name()}}));
    }

    void read_command(const CLI::App& command, Arguments& result)
    {
        const std::string& name = command.get_name();
        if (name == "run") result.command = read_run(command);
        if (name == "show") result.command = read_show(command);
        if (name == "export") result.command = read_export(command);
        if (name == "check") result.command = read_check(command);
        if (name == "serve") result.command = read_serve(command);
        if (name == "lessons") result.command = LessonsCommand{words_.json};
        if (name == "new") result.command = NewCommand{words_.file};
        if (name == "expand") {
            need(!words_.file.empty(), "SCENARIO", command);
            result.command = ExpandCommand{words_.file, words_.output, words_.variant};
        }
    }

    std::optional<engine::Duration> until()
    {
        if (words_.until.empty()) return std::nullopt;
        const auto length = scenario::parse_amount(words_.until, scenario::duration_amount);
        if (length) return engine::Duration{static_cast<std::int64_t>(*length)};
        wrong(catalogue_.text("cli.error.duration", {{"option", "--until"}, {"word", words_.until}}));
        return std::nullopt;
    }

    RunCommand read_run(const CLI::App& command)
    {
        need(!words_.file.empty(), "SCENARIO", command);
        RunCommand run;
        run.scenario = words_.file;
        run.variant = words_.variant;
        run.save = words_.save;
        run.seed = number<std::uint64_t>("--seed", words_.seed);
        run.until = until();
        run.record = choose<run::Level>("--record", words_.record, run::Choices<run::Level>::names);
        run.json = words_.json;
        run.quiet = words_.quiet;
        return run;
    }

    ShowCommand read_show(const CLI::App& command)
    {
        need(!words_.file.empty(), "RUN", command);
        ShowCommand show;
        show.run = words_.file;
        if (!words_.view.empty()) show.view = choose<View>("--view", words_.view, view_words);
        show.at = words_.at;
        if (!words_.mail.empty()) show.mail = number<std::uint32_t>("--mail", words_.mail);
        show.step = words_.step;
        show.host = words_.host;
        show.filter = words_.filter;
        show.json = words_.json;
        show.svg = words_.svg;
        show.list = words_.list;
        if (!words_.frame.empty()) show.frames = frames(words_.frame);
        const View view = show.view.value_or(View::story);
        goes_with("--filter", !words_.filter.empty(), view == View::packets || view == View::ladder,
                  "--view packets, --view ladder");
        goes_with("--frame", show.frames.has_value(), view == View::packets, "--view packets");
        goes_with("--svg", show.svg, view == View::ladder, "--view ladder");
        if (view == View::state) {
            not_with("--mail", !words_.mail.empty());
            not_with("--step", !words_.step.empty());
        }
        return show;
    }
    void goes_with(std::string_view option, bool given, bool fits, std::string_view with)
    {
        if (given && !fits) wrong(catalogue_.text("cli.error.goes_with", {{"option", option}, {"with", with}}));
    }
    /// A state is of hosts.
    void not_with(std::string_view option, bool given)
    {
        if (given) wrong(catalogue_.text("cli.error.not_of_state", {{"option", option}}));
    }
    /// "14", or "14-18".
    std::pair<std::uint64_t, std::uint64_t> frames(const std::string& word)
    {
        const std::size_t hyphen = word.find('-');
        const auto first = number<std::uint64_t>("--frame", word.substr(0, hyphen));
        if (hyphen == word.npos) return {first, first};
        return {first, number<std::uint64_t>("--frame", word.substr(hyphen + 1))};
    }

    ExportCommand read_export(const CLI::App& command)
    {
        need(!words_.file.empty(), "RUN", command);
        need(!words_.output.empty(), "-o FILE", command);
        ExportCommand exporting;
        exporting.run = words_.file;
        exporting.output = words_.output;
        exporting.sniff = words_.sniff;
        exporting.filter = words_.filter;
        if (!words_.mail.empty()) exporting.mail = number<std::uint32_t>("--mail", words_.mail);
        exporting.step = words_.step;
        exporting.host = words_.host;
        exporting.at = words_.at;
        const auto ending = std::ranges::find_if(
            endings, [&](std::string_view candidate) { return words_.output.ends_with(candidate); });
        if (ending != endings.end())
            exporting.form = static_cast<Form>(ending - endings.begin());
        else if (!words_.output.empty())
            wrong(catalogue_.text("cli.error.ending", {{"path", words_.output}}));
        const bool is_view = exporting.form == Form::text || exporting.form == Form::svg;
        goes_with("--mail", !words_.mail.empty(), is_view, ".txt, .svg");
        goes_with("--step", !words_.step.empty(), is_view, ".txt, .svg");
        goes_with("--host", !words_.host.empty(), is_view, ".txt, .svg");
        goes_with("--at", !words_.at.empty(), is_view, ".txt, .svg");
        return exporting;
    }

    CheckCommand read_check(const CLI::App& command)
    {
        need(!words_.files.empty(), "SCENARIO", command);
        return {words_.files, words_.junit, number<std::uint64_t>("--seed", words_.seed), words_.json, words_.quiet};
    }

    ServeCommand read_serve(const CLI::App& command)
    {
        need(!words_.file.empty(), "SCENARIO", command);
        ServeCommand serve;
        serve.scenario = words_.file;
        serve.variant = words_.variant;
        for (const std::string& word : words_.taps) {
            const std::size_t sign = word.find('=');
            if (sign == std::string::npos || sign == 0 || sign + 1 == word.size())
                wrong(catalogue_.text("cli.error.tap", {{"word", word}}));
            else
                serve.taps.push_back({word.substr(0, sign), word.substr(sign + 1)});
        }
        serve.save = words_.save;
        if (!words_.serve_seed.empty()) serve.seed = number<std::uint64_t>("--seed", words_.serve_seed);
        serve.until = until();
        serve.record = choose<run::Level>("--record", words_.record, run::Choices<run::Level>::names);
        return serve;
    }

    // ---- help

    std::string help(const CLI::App& command) const
    {
        using exporting::Cell;
        using exporting::Style;
        exporting::Page page{{.utf8 = utf8_, .colour = false}};
        const bool whole = &command == &app_;
        page.paragraph({0, whole ? catalogue_.text("cli.about") : command.get_description()});
        page.blank();
        std::string usage = "tegami " + (whole ? std::string{"COMMAND"} : command.get_name()) + " " +
                            catalogue_.text("cli.options.word");
        for (const CLI::Option* option : command.get_options())
            if (option->get_positional())
                usage += " " + option->get_name() + (option->get_items_expected_max() > 1 ? "…" : "");
        page.paragraph({0, catalogue_.text("cli.usage") + ":  " + usage});

        const auto section = [&](std::string_view key, const std::vector<std::pair<std::string, std::string>>& rows) {
            if (rows.empty()) return;
            int column = 0;
            for (const auto& [name, about] : rows) column = std::max(column, narration::width(name));
            page.blank();
            page.paragraph({0, catalogue_.text(key) + ":"});
            for (const auto& [name, about] : rows) page.hanging({2, name}, {column + 4, about});
        };
        std::vector<std::pair<std::string, std::string>> commands, arguments, options;
        if (whole)
            for (const CLI::App* sub : command.get_subcommands({}))
                commands.emplace_back(sub->get_name(), sub->get_description());
        for (const CLI::Option* option : command.get_options()) {
            std::string name = option->get_name(option->get_positional(), true);
            std::ranges::replace(name, ',', ' ');
            const std::string type = option->get_type_name();
            if (!option->get_positional() && !type.empty()) name += " " + type;
            (option->get_positional() ? arguments : options).emplace_back(std::move(name), option->get_description());
        }
        section("cli.commands", commands);
        section("cli.arguments", arguments);
        section("cli.options", options);
        page.blank();
        page.paragraph({0, catalogue_.text("cli.examples") + ":"});
        for (const std::string_view example : examples_of(whole ? "" : command.get_name()))
            page.row({{2, std::string{example}}});
        page.blank();
        if (whole) page.paragraph({0, catalogue_.text("cli.more")});
        page.paragraph({0, catalogue_.text("cli.status")});
        return page.take();
    }

    static std::vector<std::string_view> examples_of(std::string_view command)
    {
        if (command == "run")
            return {"tegami run first-mail", "tegami run first-mail --depth exam --lang ja",
                    "tegami run first-mail --variant port-25", "tegami run first-mail --save run.pcapng",
                    "tegami run letter.toml --json | jq .key"};
        if (command == "show")
            return {"tegami show first-mail --view dns",
                    "tegami show run.pcapng --mail 1 --depth exam",
                    "tegami show run.pcapng --view ladder --step S3",
                    "tegami show run.pcapng --view ladder --svg > ladder.svg",
                    "tegami show run.pcapng --view packets --filter 'tcp port 25'",
                    "tegami show run.pcapng --view packets --frame 14",
                    "tegami show run.pcapng --view state --at 2s --host example-mail"};
        if (command == "export")
            return {"tegami export run.pcapng -o wire.pcap --sniff alice-pc", "tegami export run.pcapng -o story.txt",
                    "tegami export run.pcapng -o ladder.svg --mail 1 --lang ja"};
        if (command == "check")
            return {"tegami check letter.toml", "tegami check scenarios/*.toml --junit results.xml"};
        if (command == "serve")
            return {"tegami serve first-mail --tap kernel=home-alice",
                    "tegami serve first-mail --tap kernel=home-alice --save run.pcapng", "tegami serve run.pcapng"};
        if (command == "lessons") return {"tegami lessons --lang ja"};
        if (command == "new") return {"tegami new letter.toml"};
        if (command == "expand") return {"tegami expand first-mail -o long.toml"};
        return {"tegami lessons", "tegami run first-mail", "tegami run first-mail --save run.pcapng",
                "tegami show run.pcapng --view ladder"};
    }

    Catalogue catalogue_;
    bool utf8_;
    Words words_;
    CLI::App app_{"", "tegami"};
    std::vector<std::string> wrong_;
};

/// --lang decides the language of help and of complaints too, so it is looked for first.
narration::Language language_asked_for(std::span<const std::string> arguments, narration::Language otherwise)
{
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        std::string_view word = arguments[i];
        if (word == "--lang" && i + 1 < arguments.size())
            word = arguments[i + 1];
        else if (word.starts_with("--lang="))
            word.remove_prefix(7);
        else
            continue;
        return narration::parse_language(word).value_or(otherwise);
    }
    return otherwise;
}

} // namespace

std::expected<Arguments, UsageError> parse_arguments(std::span<const std::string> arguments,
                                                     narration::Language language, bool utf8)
{
    return Parser{language_asked_for(arguments, language), utf8}.parse(arguments);
}

} // namespace tegami::cli
