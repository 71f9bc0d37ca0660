#include "app/cli/junit.hpp"
#include "app/cli/simulate.hpp"
#include "sim/narration/marks.hpp"
#include "sim/run/json.hpp"
#include "sim/scenario/checks.hpp"

#include <algorithm>

namespace tegami::cli {
namespace {

class Checking {
  public:
    Checking(const CheckCommand& command, const Context& context, const narration::Catalogue& catalogue)
        : command_{command}, context_{context}, catalogue_{catalogue}, page_{context.console.medium(context.language)}
    {
        context_.complaints = &complaints_;
    }

    /// Plays one scenario, and each of its variants, and holds their checks.
    void check(const std::string& file)
    {
        const auto scenario = begin(file, file, {});
        if (!scenario) return;
        hold(file, *scenario);
        for (const scenario::Variant& variant : scenario->loaded.scenario.variants) {
            const auto other = begin(file + " --variant " + variant.name.value, file, variant.name.value);
            if (other) hold(file, *other);
        }
    }

    const std::vector<JunitSuite>& suites() const { return suites_; }
    Status status() const { return status_; }
    std::int64_t held() const { return held_; }
    std::int64_t failed() const { return failed_; }

  private:
    std::optional<ReadScenario> begin(const std::string& name, const std::string& file, std::string_view variant)
    {
        complaints_.clear();
        suites_.push_back({.name = name, .error = {}, .cases = {}});
        auto scenario = read_scenario_file(file, context_, catalogue_, variant);
        if (!scenario) give_up();
        return scenario;
    }

    void hold(const std::string& file, const ReadScenario& scenario)
    {
        const auto log = play(scenario,
                              {.file = file,
                               .seed = command_.seed,
                               .level = scenario::level_for_checks(scenario.loaded.scenario),
                               .until = {},
                               .save = {}},
                              context_, catalogue_);
        if (!log) return give_up();
        const auto results = scenario::hold_checks(scenario.loaded, *log);
        page_.row({{0, suites_.back().name, exporting::Style::strong}});
        for (const scenario::CheckResult& result : results) tell(result, name_of(result, results));
        if (results.empty()) page_.paragraph({3, catalogue_.text("cli.check.none"), exporting::Style::dim});
        if (!command_.quiet && !command_.json) context_.console.write(page_.text());
        page_.take();
    }

    void give_up()
    {
        suites_.back().error = catalogue_.text("cli.check.unusable");
        suites_.back().problems = complaints_;
        if (command_.json) say(run::to_json({{"scenario", suites_.back().name}, {"error", suites_.back().error}}));
        status_ = Status::wrong_input;
    }

    void say(const std::string& line)
    {
        context_.console.write(line);
        context_.console.write("\n");
    }

    /// "check-2", or "check-2/steps" where a check has several results.
    static std::string name_of(const scenario::CheckResult& result, const std::vector<scenario::CheckResult>& all)
    {
        if (std::ranges::count(all, result.id, &scenario::CheckResult::id) == 1) return result.id;
        return result.id + "/" + std::string{result.key.substr(result.key.find('.') + 1)};
    }

    void tell(const scenario::CheckResult& result, std::string name)
    {
        std::string told = catalogue_.text(result.key, result.arguments);
        ++(result.held ? held_ : failed_);
        if (!result.held && status_ == Status::good) status_ = Status::check_failed;
        const auto outcome = result.held ? run::Outcome::done : run::Outcome::failed;
        const auto style = result.held ? exporting::Style::plain : exporting::Style::stop;
        page_.labelled({{0, std::string{narration::mark(outcome)}, style}, {3, result.id}}, {24, told, style});
        std::string why;
        if (result.why && !result.held)
            why = context_.language == narration::Language::ja ? result.why->ja : result.why->en;
        if (!why.empty()) page_.paragraph({24, why, exporting::Style::dim});
        for (const scenario::UnwantedEnd& end : result.unwanted) {
            run::StepEnded ended;
            ended.reason = end.reason;
            ended.detail = end.detail;
            const std::string reason = narrator_.reason(ended, end.peer);
            if (reason.empty()) continue;
            const std::string step{run::step_name(end.step)};
            page_.paragraph({24, catalogue_.text("cli.check.reason", {{"step", step}, {"reason", reason}}), style});
            told += ". " + step + ": " + reason;
        }
        if (!result.unwanted.empty())
            page_.paragraph(
                {24, catalogue_.text("cli.check.more", {{"scenario", suites_.back().name}}), exporting::Style::dim});
        if (command_.json)
            say(run::to_json(
                {{"scenario", suites_.back().name}, {"check", result.id}, {"held", result.held}, {"told", told}}));
        suites_.back().cases.push_back({std::move(name), result.held, std::move(told), std::move(why)});
    }

    const CheckCommand& command_;
    Context context_;
    const narration::Catalogue& catalogue_;
    const narration::Names names_; // of no run: only reasons are told
    const narration::Narrator narrator_{catalogue_, names_};
    exporting::Page page_;
    std::vector<std::string> complaints_; // of the scenario at hand
    std::vector<JunitSuite> suites_;
    Status status_ = Status::good;
    std::int64_t held_ = 0, failed_ = 0;
};

} // namespace

Status carry_out(const CheckCommand& command, const Context& context)
{
    const auto catalogue = narration::Catalogue::load(context.language);
    Checking checking{command, context, catalogue};
    for (const std::string& file : command.scenarios) checking.check(file);
    const bool any = checking.held() + checking.failed() > 0; // else what there is to say has been said
    if (any && !command.quiet && !command.json) {
        std::string sum = catalogue.count("cli.check.good", checking.held());
        if (checking.failed() > 0) sum += " · " + catalogue.count("cli.check.bad", checking.failed());
        exporting::Page page{context.console.medium(context.language)};
        page.paragraph({0, sum});
        context.console.write(page.take());
    }
    if (!command.junit.empty()) {
        const std::string xml = to_junit(checking.suites());
        if (const auto written = run::write_file(command.junit, wire::as_octets(xml)); !written) {
            complain(context, catalogue,
                     catalogue.text("cli.error.file.write",
                                    {{"path", command.junit}, {"detail", reason_of(written.error(), catalogue)}}));
            return Status::wrong_input;
        }
    }
    return checking.status();
}

} // namespace tegami::cli
