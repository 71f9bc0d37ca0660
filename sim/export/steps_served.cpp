#include "sim/export/steps_served.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tegami::exporting {

std::vector<ServedStep> steps_served(const run::Log& log, const run::Journeys& journeys, run::Spans spans)
{
    std::vector<ServedStep> steps;
    const auto add = [&](run::SpanId span) {
        const run::StepRow* step = journeys.step(span);
        const run::MailRow* mail = step ? journeys.find(step->what.mail) : nullptr;
        if (mail) steps.push_back({span, mail->number, step->what.step, step->what.tries});
    };
    if (!log.is_run()) return steps;
    for (const run::SpanId span : log.spans().members(spans)) add(span);
    if (steps.empty())
        if (const run::SessionRow* session = journeys.session(log.spans().session_of(spans)))
            if (!session->steps.empty()) add(session->steps.front());
    return steps;
}

std::string serves_text(const run::Log& log, const run::Journeys& journeys, run::Spans spans)
{
    std::string text;
    for (const ServedStep& served : steps_served(log, journeys, spans)) {
        if (!text.empty()) text += ' ';
        text += fmt::format("{}·{}", served.mail, run::step_name(served.step));
    }
    return text;
}

bool admits_spans(const run::Log& log, const run::Journeys& journeys, const Selection& selection, run::Spans spans)
{
    if (!selection.mail && selection.step.empty()) return true;
    return std::ranges::any_of(steps_served(log, journeys, spans), [&](const ServedStep& served) {
        return (!selection.mail || served.mail == *selection.mail) && selection.admits_step(served.step);
    });
}

} // namespace tegami::exporting
