#pragma once
/// What every layer of the network works with: the clock, the run, the spans, and the frames.

#include "sim/engine/engine.hpp"
#include "sim/net/frame.hpp"
#include "sim/run/recorder.hpp"

#include <set>

namespace tegami::net {

struct Context {
    engine::Engine& engine;
    run::Recorder& recorder;
    run::SpanTable& spans;
    FramePool frames{};
    /// Sessions of which a filter has stopped a packet. The run knows; neither of the two ends does.
    std::set<run::SpanId> filtered{};

    /// Records what `node` decided now.
    template <class Fact>
    FactRef record(NodeId node, Spans serves, FactRef cause, const Fact& fact)
    {
        if (!recorder.wants(Fact::kind)) return FactRef::none;
        return recorder.record(engine.now(), node, serves, cause, fact);
    }
};

} // namespace tegami::net
