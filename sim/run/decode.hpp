#pragma once
/// Facts from a log. The mirror of FieldEncoder and Recorder: what is refused here can never have been recorded.

#include "sim/run/choices.hpp"
#include "sim/run/header.hpp"

namespace tegami::run {

/// What decoding the next fact rests on.
struct DecodeState {
    std::size_t offset = 0; ///< in the log
    Time at{};
    std::uint64_t facts = 0;
    std::uint64_t frames = 0;
    std::uint32_t sets = 0; ///< defined so far
    std::uint32_t spans = 0;
};

/// The spans and sets that a log defines, numbered as it numbers them.
class LogSpans {
  public:
    const SpanTable& table() const { return table_; }
    /// Reads a set or a span, with its definition where `state` says that it comes here. One met for the first time is
    /// added to the table.
    Spans read_set(LogReader& in, DecodeState& state, std::size_t nodes);
    SpanId read_span(LogReader& in, DecodeState& state, std::size_t nodes);

  private:
    SpanTable table_;
    std::vector<Spans> sets_ = {Spans{}}; // by number in the log
};

struct FieldDecoder {
    LogReader& in;
    DecodeState& state;
    LogSpans& spans;
    const RunHeader& header;

    template <class T>
    void operator()(std::string_view, T& value)
    {
        constexpr FieldType type = field_type<T>();
        if constexpr (type == FieldType::text)
            value = wire::as_text(in.octets(in.varint()));
        else if constexpr (type == FieldType::octets)
            value = in.octets(in.varint());
        else if constexpr (type == FieldType::time || type == FieldType::duration)
            value = {wire::unzigzag(in.varint())};
        else if constexpr (type == FieldType::address)
            value = in.address();
        else if constexpr (type == FieldType::mac)
            value = in.mac();
        else if constexpr (type == FieldType::mail) {
            value.maker = static_cast<NodeId>(in.below(header.nodes.size(), "no such node"));
            value.number =
                static_cast<std::uint32_t>(in.below(std::uint64_t{1} << 32, "a number is too great for its field"));
        } else if constexpr (type == FieldType::span)
            value = spans.read_span(in, state, header.nodes.size());
        else if constexpr (type == FieldType::frame_ref) {
            const std::uint64_t back = in.below(state.frames + 1, "no frame so far back");
            value = back == 0 ? FrameRef::none : static_cast<FrameRef>(state.frames + 1 - back);
        } else if constexpr (type == FieldType::fact_ref) {
            const std::uint64_t back = in.below(state.facts, "no fact so far back");
            value = back == 0 ? FactRef::none : static_cast<FactRef>(state.facts - back);
        } else if constexpr (type == FieldType::node)
            value = static_cast<T>(in.below(header.nodes.size(), "no such node"));
        else if constexpr (type == FieldType::nic)
            value = static_cast<T>(in.below(header.nics.size(), "no such interface"));
        else if constexpr (type == FieldType::choice)
            value = static_cast<T>(in.below(Choices<T>::count, "no such choice"));
        else if constexpr (type == FieldType::boolean)
            value = in.below(2, "a truth value is 0 or 1") != 0;
        else if constexpr (sizeof(T) == 8)
            value = static_cast<T>(in.varint());
        else
            value =
                static_cast<T>(in.below(std::uint64_t{1} << (8 * sizeof(T)), "a number is too great for its field"));
    }
};

/// Calls `visit` with each fact's default value: a list of all kinds.
template <class Visit>
constexpr void for_each_kind(Visit&& visit)
{
    [&]<class... Facts>(std::type_identity<std::variant<std::monostate, Facts...>>) {
        (visit(Facts{}), ...);
    }(std::type_identity<AnyFact>{});
}

/// Reads the fact at `state.offset` and moves `state` behind it. At the log's end marker `what` stays monostate, and
/// `at` is when the run ended. `event.number` is left to who counts.
void read_event(LogReader& in, DecodeState& state, LogSpans& spans, const RunHeader& header, Event& event);

} // namespace tegami::run
