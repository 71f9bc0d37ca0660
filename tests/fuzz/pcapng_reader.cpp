/// Any octets as a capture or a run: read, then looked at from every side that a view has. Beside not crashing: what is
/// said of a fact by its number is what going through them all says, and a state from keyframes is one from the beginning.

#include "sim/run/fold.hpp"
#include "sim/run/journey.hpp"
#include "sim/run/json.hpp"

#include <cstdlib>

using namespace tegami;
using namespace tegami::run;

namespace {

void hold(bool condition)
{
    if (!condition) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const Log log = Log::of(wire::OctetBuffer(data, data + size));
    if (log.broken()) {
        hold(log.broken()->offset <= size);
        hold(!log.broken()->rule.empty());
    }
    hold(!log.complete() || log.is_run());

    std::vector<NodeState> states(log.header().nodes.size());
    Time last = log.start();
    std::uint64_t count = 0;
    for (const Event& event : log.events()) {
        hold(static_cast<std::uint64_t>(event.ref) == ++count);
        hold(event.at >= last);
        last = event.at;
        apply(states[index_of(event.node)], event, log);
        const std::string json = to_json(event, log.header(), log.spans());
        if (count % 64 == 0) hold(to_json(log.event(event.ref), log.header(), log.spans()) == json);
    }
    hold(count == log.facts());
    Fold fold(log);
    for (std::size_t node = 0; node < states.size() && node < 64; ++node)
        hold(fold.state(static_cast<NodeId>(node), log.end()) == states[node]);

    for (std::uint64_t number = 1; number <= log.frames(); ++number) {
        const auto frame = static_cast<FrameRef>(number);
        const auto hops = log.hops(frame);
        hold(!hops.empty());
        hold(log.octets_on(frame, hops.size() - 1).size() == log.frame(frame).octets.size());
    }
    const Journeys journeys(log);
    for (const MailRow& mail : journeys.mails())
        for (const SpanId step : mail.steps) hold(journeys.step(step) != nullptr);
    return 0;
}
