#include "sim/run/decode.hpp"

#include <array>
#include <limits>

namespace tegami::run {

SpanId LogSpans::read_span(LogReader& in, DecodeState& state, std::size_t nodes)
{
    const std::uint64_t number = in.below(std::uint64_t{state.spans} + 2, "a span is used before its definition");
    if (number <= state.spans) return static_cast<SpanId>(number);

    Span span;
    span.kind = static_cast<SpanKind>(in.below(Choices<SpanKind>::count, "no such kind of span"));
    span.node = static_cast<NodeId>(in.below(nodes, "no such node"));
    span.number = static_cast<std::uint32_t>(in.below(std::uint64_t{1} << 32, "a number is too great for its field"));
    if (span.kind == SpanKind::step) {
        span.mail.maker = static_cast<NodeId>(in.below(nodes, "no such node"));
        span.mail.number =
            static_cast<std::uint32_t>(in.below(std::uint64_t{1} << 32, "a number is too great for its field"));
        span.step = static_cast<Step>(in.below(Choices<Step>::count, "no such step"));
        span.tries =
            static_cast<std::uint32_t>(in.below(std::uint64_t{1} << 32, "a number is too great for its field"));
    }
    if (in.failed()) return SpanId::none;
    ++state.spans;
    if (table_.size() <= state.spans) table_.add(span);
    return static_cast<SpanId>(state.spans);
}

Spans LogSpans::read_set(LogReader& in, DecodeState& state, std::size_t nodes)
{
    const std::uint64_t number =
        in.below(std::uint64_t{state.sets} + 2, "a set of spans is used before its definition");
    if (number <= state.sets) return sets_[number];

    std::vector<SpanId> members;
    for (std::uint64_t left = in.below(in.left() + 1, "a set of spans is greater than what follows it");
         left > 0 && !in.failed(); --left)
        members.push_back(read_span(in, state, nodes));
    if (in.failed()) return {};
    ++state.sets;
    if (sets_.size() <= state.sets) {
        std::erase(members, SpanId::none);
        sets_.push_back(table_.of(members));
    }
    return sets_[state.sets];
}

namespace {

using ReadFields = void (*)(FieldDecoder&, AnyFact&);

template <class Fact>
void read_fields(FieldDecoder& decoder, AnyFact& what)
{
    for_each_field(what.emplace<Fact>(), decoder);
}

constexpr auto make_readers()
{
    std::array<ReadFields, 128> readers{};
    for_each_kind([&]<class Fact>(const Fact&) { readers[static_cast<std::size_t>(Fact::kind)] = &read_fields<Fact>; });
    return readers;
}

constexpr auto readers = make_readers();

} // namespace

void read_event(LogReader& in, DecodeState& state, LogSpans& spans, const RunHeader& header, Event& event)
{
    const std::uint64_t kind = in.below(readers.size(), "no such kind of fact");
    constexpr auto latest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    // Both may be negative: the difference of two 64-bit times is right as an unsigned number.
    const std::uint64_t room = latest - static_cast<std::uint64_t>(state.at.ns);
    std::uint64_t ahead = in.varint();
    if (ahead > room) in.fail("a time is later than 64 bits can say"), ahead = 0;
    if (in.failed()) return;
    state.at.ns = static_cast<std::int64_t>(static_cast<std::uint64_t>(state.at.ns) + ahead);
    event.at = state.at;
    event.what.emplace<std::monostate>();
    if (kind != 0) {
        if (readers[kind] == nullptr) return in.fail("no such kind of fact");
        ++state.facts;
        event.ref = static_cast<FactRef>(state.facts);
        event.node = static_cast<NodeId>(in.below(header.nodes.size(), "no such node"));
        event.spans = spans.read_set(in, state, header.nodes.size());
        const std::uint64_t back = in.below(state.facts, "no fact so far back");
        event.cause = back == 0 ? FactRef::none : static_cast<FactRef>(state.facts - back);
        event.frame = FrameRef::none;
        if (kind == static_cast<std::uint64_t>(FactKind::frame_sent))
            event.frame = static_cast<FrameRef>(++state.frames);
        FieldDecoder decoder{in, state, spans, header};
        readers[kind](decoder, event.what);
    }
    state.offset = in.offset();
}

} // namespace tegami::run
