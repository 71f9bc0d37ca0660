#include "app/cli/junit.hpp"
#include "app/cli/simulate.hpp"
#include "sim/check/checks.hpp"
#include "sim/narration/marks.hpp"
#include "sim/run/journey.hpp"

namespace tegami::cli {
namespace {

class Checking {
  public:
    Checking(const CheckCommand& command, const Context& context, const narration::Catalogue& catalogue)
        : command_{command}, context_{context}, catalogue_{catalogue}, page_{context.console.medium(context.language)}
    {
    }

    /// Plays one scenario and holds its checks.
    void check(const std::string& file)
    {
        suites_.push_back({.name = file, .error = {}, .cases = {}});
        const auto scenario = read_scenario_file(file, context_, catalogue_);
        if (!scenario) return give_up();
        const auto log = play(*scenario,
                              {.file = file,
                               .seed = command_.seed,
                               .level = check::level_needed(scenario->loaded.scenario),
                               .until = {},
                               .save = {}},
                              context_, catalogue_);
        if (!log) return give_up();
        const run::Journeys journeys{*log};
        const auto findings = check::hold(scenario->loaded, *log, journeys);
        page_.row({{0, file, exporting::Style::strong}});
        for (const check::Finding& finding : findings) tell(finding);
        if (findings.empty()) page_.paragraph({3, catalogue_.text("cli.check.none"), exporting::Style::dim});
        if (!command_.quiet) context_.console.write(page_.text());
        page_.take();
    }

    const std::vector<JunitSuite>& suites() const { return suites_; }
    Status status() const { return status_; }
    std::int64_t held() const { return held_; }
    std::int64_t failed() const { return failed_; }

  private:
    void give_up()
    {
        suites_.back().error = suites_.back().name;
        status_ = Status::wrong_input;
    }

    void tell(const check::Finding& finding)
    {
        std::string told = catalogue_.text(finding.key, finding.arguments);
        ++(finding.held ? held_ : failed_);
        if (!finding.held && status_ == Status::good) status_ = Status::check_failed;
        const auto outcome = finding.held ? run::Outcome::done : run::Outcome::failed;
        const auto style = finding.held ? exporting::Style::plain : exporting::Style::stop;
        page_.labelled({{0, std::string{narration::mark(outcome)}, style}, {3, finding.id}}, {24, told, style});
        if (finding.why && !finding.held) {
            const std::string& why = context_.language == narration::Language::ja ? finding.why->ja : finding.why->en;
            if (!why.empty()) page_.paragraph({24, why, exporting::Style::dim});
        }
        suites_.back().cases.push_back({finding.id, finding.held, std::move(told)});
    }

    const CheckCommand& command_;
    const Context& context_;
    const narration::Catalogue& catalogue_;
    exporting::Page page_;
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
    if (!command.quiet) {
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
                     catalogue.text("cli.error.file.write", {{"path", command.junit}, {"detail", written.error().text()}}));
            return Status::wrong_input;
        }
    }
    return checking.status();
}

} // namespace tegami::cli
