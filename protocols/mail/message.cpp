#include "protocols/mail/message.hpp"

namespace tegami::mail {

wire::Spans unite(wire::SpanAlgebra* algebra, wire::Spans one, wire::Spans other)
{
    if (one == other || other == wire::Spans{}) return one;
    if (one == wire::Spans{}) return other;
    return algebra ? algebra->unite(one, other) : one;
}

void Message::mark(wire::Spans spans)
{
    const auto end = static_cast<std::uint32_t>(octets.size());
    if (end == (runs.empty() ? 0 : runs.back().end)) return;
    if (!runs.empty() && runs.back().spans == spans)
        runs.back().end = end;
    else
        runs.push_back({end, spans});
}

wire::Spans Message::spans(wire::SpanAlgebra* algebra) const
{
    wire::Spans all;
    for (const wire::SpanRun& run : runs) all = unite(algebra, all, run.spans);
    return all;
}

} // namespace tegami::mail
