// Where a request for mail ends and the fetching of a letter begins. RETR begins it (RFC 1939 §5), though its client says
// RETR while the request is the step at hand: which letter it will get, only the server knows.
#include "sim/export/tale.hpp"

#include <algorithm>

namespace tegami::exporting {
namespace {

/// From `from` on a session serves the fetching of one letter.
struct Turn {
    SpanId session{};
    Time from{};
    std::size_t fetch = 0; // a passage
};

/// The fetch of a session that began next, but before `limit`.
const Passage* fetch_behind(const std::vector<Passage>& passages, SpanId session, Time from, Time limit)
{
    const Passage* next = nullptr;
    for (const Passage& passage : passages)
        if (passage.step == Step::r4_fetch && passage.known && passage.begun >= from && passage.begun < limit &&
            (!next || passage.begun < next->begun) &&
            std::ranges::find(passage.sessions, session) != passage.sessions.end())
            next = &passage;
    return next;
}

/// By session and time.
std::vector<Turn> turns_of(const std::vector<Passage>& passages)
{
    std::vector<std::pair<SpanId, Time>> retrievals;
    for (const Passage& request : passages) {
        if (request.step != Step::r3_request) continue;
        for (const Evidence& evidence : request.evidence) {
            const auto* said = std::get_if<Said>(&evidence.what);
            if (said && said->by_client && said->text.starts_with("RETR "))
                retrievals.emplace_back(said->session, evidence.at);
        }
    }
    std::ranges::sort(retrievals);
    const auto repeated = std::ranges::unique(retrievals); // said for several letters' requests
    retrievals.erase(repeated.begin(), repeated.end());
    std::vector<Turn> turns;
    for (std::size_t i = 0; i < retrievals.size(); ++i) {
        const auto [session, from] = retrievals[i];
        const bool is_last = i + 1 == retrievals.size() || retrievals[i + 1].first != session;
        const Passage* const fetch =
            fetch_behind(passages, session, from, is_last ? Time::never() : retrievals[i + 1].second);
        if (fetch) turns.push_back({session, from, static_cast<std::size_t>(fetch - passages.data())});
    }
    return turns;
}

} // namespace

/// What a request's session carries once a letter is being fetched is that fetch's; where another letter is being fetched,
/// it is told there.
void TaleFold::give_fetching_its_own()
{
    const std::vector<Turn> turns = turns_of(tale_.passages);
    for (std::size_t index = 0; index < tale_.passages.size(); ++index) {
        Passage& request = tale_.passages[index];
        if (request.step != Step::r3_request) continue;
        const auto fetch_at = [&](Time at) -> Passage* {
            Passage* fetch = nullptr;
            for (const Turn& turn : turns)
                if (turn.from <= at && std::ranges::find(request.sessions, turn.session) != request.sessions.end())
                    fetch = &tale_.passages[turn.fetch];
            return fetch;
        };
        std::erase_if(request.evidence, [&](Evidence& evidence) {
            Passage* const fetch = fetch_at(evidence.at);
            if (fetch && fetch->mail == request.mail) fetch->evidence.push_back(std::move(evidence));
            return fetch != nullptr;
        });
        for (const auto& [at, frame] : request_frames_[index]) {
            Passage* const fetch = fetch_at(at);
            if (!fetch)
                request.count(frame);
            else if (fetch->mail == request.mail)
                fetch->count(frame);
        }
    }
}

} // namespace tegami::exporting
