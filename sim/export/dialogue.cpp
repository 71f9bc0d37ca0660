#include "sim/export/dialogue.hpp"

#include "sim/export/transcript.hpp"
#include "sim/narration/clock.hpp"
#include "sim/narration/words.hpp"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

namespace tegami::exporting {
namespace {

constexpr int dialogue_speaker_column = 14;
constexpr int dialogue_line_column = 17;

bool admits_session(const run::SessionRow& session, const run::Journeys& journeys, const Telling& telling)
{
    const Selection& selection = telling.selection;
    const narration::Names& names = telling.narrator.names();
    if (!selection.host.empty() && names.node(session.client) != selection.host &&
        names.node(session.server) != selection.host)
        return false;
    if (!selection.mail && selection.step.empty()) return true;
    return std::ranges::any_of(session.steps, [&](run::SpanId id) {
        const run::StepRow* step = journeys.step(id);
        const run::MailRow* mail = step ? journeys.find(step->what.mail) : nullptr;
        return mail && (!selection.mail || mail->number == *selection.mail) && selection.admits_step(step->what.step);
    });
}

} // namespace

std::string dialogue_text(const run::Log& log, const run::Journeys& journeys, const Telling& telling)
{
    std::map<std::pair<run::NodeId, run::ConnectionId>, run::SpanId> by_connection;
    for (const auto& [id, session] : journeys.sessions()) {
        by_connection[{session.client, session.client_connection}] = id;
        by_connection[{session.server, session.server_connection}] = id;
    }
    std::map<std::uint32_t, std::pair<run::SpanId, std::vector<run::FactRef>>> sessions; // by number
    for (const run::Event& event : log.events()) {
        if (telling.selection.at && event.at > *telling.selection.at) break;
        const auto* said = std::get_if<run::LineSaid>(&event.what);
        if (!said) continue;
        run::SpanId id = log.spans().session_of(event.spans);
        if (const auto known = by_connection.find({event.node, said->connection});
            id == run::SpanId::none && known != by_connection.end())
            id = known->second;
        auto& [span, lines] = sessions[journeys.number_of(id)];
        span = id;
        lines.push_back(event.ref);
    }

    const narration::Catalogue& catalogue = telling.narrator.catalogue();
    const narration::Names& names = telling.narrator.names();
    Page page{telling.medium};
    bool any = false;
    for (const auto& [number, lines] : sessions) {
        const run::SessionRow* session = journeys.session(lines.first);
        if (!session || !admits_session(*session, journeys, telling)) continue;
        if (std::exchange(any, true)) page.blank();
        page.row({{0,
                   catalogue.text("dialogue.head", {{"number", number},
                                                    {"protocol", narration::protocol_name(session->protocol)},
                                                    {"client", names.node(session->client)},
                                                    {"server", names.node(session->server)}}),
                   Style::strong}});
        Transcript transcript;
        transcript.protocol = session->protocol;
        for (const run::FactRef line : lines.second) {
            const run::Event event = log.event(line);
            const auto& fact = std::get<run::LineSaid>(event.what);
            const bool by_client = session->is_client(event.node, fact.connection);
            const auto said = transcript.hear(by_client, fact.text, fact.offset);
            Cell text{dialogue_line_column, std::string{fact.text}};
            if (said && !said->decoded.empty())
                text.text = catalogue.text("said.base64", {{"line", text.text}, {"text", said->decoded}});
            page.labelled({{0, narration::clock_text(event.at, telling.header.zone_minutes), Style::dim},
                           {dialogue_speaker_column, by_client ? "C:" : "S:", Style::strong}},
                          text);
        }
    }
    if (!any) page.paragraph({0, catalogue.text(sessions.empty() ? "dialogue.none" : "story.none_chosen")});
    return page.take();
}

} // namespace tegami::exporting
