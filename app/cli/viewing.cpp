#include "app/cli/viewing.hpp"

#include "sim/run/choices.hpp"
#include "sim/scenario/amount.hpp"
#include "sim/scenario/problem.hpp"

#include <algorithm>

namespace tegami::cli {
namespace {

/// Digits in [begin, begin + count) as a number; nothing where they are none.
std::optional<std::int64_t> digits_at(std::string_view text, std::size_t begin, std::size_t count)
{
    if (begin + count > text.size()) return std::nullopt;
    std::int64_t value = 0;
    for (const char c : text.substr(begin, count)) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + (c - '0');
    }
    return value;
}

/// "09:00:01.5" as nanoseconds since midnight.
std::optional<std::int64_t> parse_time_of_day(std::string_view text)
{
    constexpr std::int64_t second = 1'000'000'000;
    if (text.size() < 8 || text[2] != ':' || text[5] != ':') return std::nullopt;
    const auto hours = digits_at(text, 0, 2), minutes = digits_at(text, 3, 2), seconds = digits_at(text, 6, 2);
    if (!hours || !minutes || !seconds || *hours > 23 || *minutes > 59 || *seconds > 59) return std::nullopt;
    std::int64_t fraction = 0;
    if (text.size() > 8) {
        const std::size_t length = text.size() - 9;
        if (text[8] != '.' || length == 0 || length > 9) return std::nullopt;
        const auto digits = digits_at(text, 9, length);
        if (!digits) return std::nullopt;
        fraction = *digits;
        for (std::size_t i = length; i < 9; ++i) fraction *= 10;
    }
    return ((*hours * 60 + *minutes) * 60 + *seconds) * second + fraction;
}

/// A time of a run: so long after its start, or a time of day, the first at or after its start.
std::optional<engine::Time> parse_time(const std::string& text, const run::Log& log)
{
    if (const auto length = scenario::parse_amount(text, scenario::duration_amount))
        return log.start() + engine::Duration{static_cast<std::int64_t>(*length)};
    const auto of_day = parse_time_of_day(text);
    if (!of_day) return std::nullopt;
    constexpr std::int64_t day = 86'400'000'000'000;
    const std::int64_t zone = std::int64_t{log.header().zone_minutes} * 60'000'000'000;
    const std::int64_t start = log.start().ns + zone;
    std::int64_t at = start / day * day + *of_day;
    if (at < start) at += day;
    return engine::Time{at - zone};
}

} // namespace

std::optional<exporting::Selection> read_selection(const Wanted& command, const run::Log& log,
                                                   const run::Journeys& journeys, const Context& context,
                                                   const narration::Catalogue& catalogue)
{
    const auto meant = [&](std::string_view word, const std::vector<std::string_view>& candidates) {
        const std::string_view near = scenario::closest(word, candidates);
        return near.empty() ? std::string{} : " " + catalogue.text("cli.error.meant", {{"word", near}});
    };
    bool good = true;
    if (command.mail &&
        std::ranges::find(journeys.mails(), *command.mail, &run::MailRow::number) == journeys.mails().end()) {
        complain(context, catalogue,
                 catalogue.text("cli.error.no_mail", {{"number", *command.mail}, {"count", journeys.mails().size()}}));
        good = false;
    }
    const auto& nodes = log.header().nodes;
    if (!command.host.empty() && std::ranges::find(nodes, command.host) == nodes.end()) {
        const std::vector<std::string_view> candidates{nodes.begin(), nodes.end()};
        complain(context, catalogue,
                 catalogue.text("cli.error.no_host", {{"host", command.host}}) + meant(command.host, candidates));
        good = false;
    }
    if (!command.step.empty()) {
        const exporting::Selection selection{.mail = {}, .step = command.step, .host = {}};
        bool known = false;
        for (std::size_t i = 1; i < run::Choices<run::Step>::count; ++i)
            known |= selection.admits_step(static_cast<run::Step>(i));
        if (!known) {
            complain(context, catalogue, catalogue.text("cli.error.no_step", {{"step", command.step}}));
            good = false;
        }
    }
    exporting::Selection result{command.mail, command.step, command.host, std::nullopt};
    if (!command.at.empty()) {
        result.at = parse_time(command.at, log);
        if (!result.at) {
            complain(context, catalogue, catalogue.text("cli.error.at", {{"word", command.at}}));
            good = false;
        }
    }
    if (!good) return std::nullopt;
    return result;
}

Viewing::Viewing(const run::Log& log, const Context& context, const narration::Catalogue& catalogue,
                 exporting::Medium medium)
    : Viewing{log, scenario_of(log.header()), context, catalogue, medium}
{
}

Viewing::Viewing(const run::Log& log, const std::optional<scenario::Loaded>& loaded, const Context& context,
                 const narration::Catalogue& catalogue, exporting::Medium medium)
    : names_{log.header(), loaded ? people_of(log.header(), *loaded, context.language) : std::vector<std::string>{}},
      narrator_{catalogue, names_},
      header_{loaded ? titled(log.header(), *loaded, context.language) : log.header()},
      book_{log, names_},
      telling_{header_, narrator_, context.depth, medium}
{
    telling_.book = &book_;
    if (!loaded) return;
    telling_.act_lines = act_lines_of(*loaded);
    telling_.filter_rows = filter_rows_of(*loaded);
    telling_.words = lesson_words_of(*loaded, context.language);
    telling_.questions = questions_of(*loaded, context.language);
}

} // namespace tegami::cli
