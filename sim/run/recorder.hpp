#pragma once
/// Writes a run while it happens: facts and frames, encoded once, straight into blocks of a pcapng file that go to a
/// sink. docs/run-format.md draws the file.
///
/// One block is open at any time: that of the frame sent last, or an interface statistics block. Facts are appended to
/// our option at its end, so nothing is written twice and nothing waits. The next frame closes it.

#include "sim/run/header.hpp"
#include "sim/run/pcapng.hpp"
#include "sim/run/sink.hpp"

#include <array>
#include <bitset>
#include <cassert>
#include <initializer_list>
#include <optional>

namespace tegami::run {

/// Some kinds of fact.
using FactKinds = std::bitset<128>;
inline FactKinds fact_kinds(std::initializer_list<FactKind> kinds)
{
    FactKinds set;
    for (const FactKind kind : kinds) set.set(static_cast<std::size_t>(kind));
    return set;
}

/// Says a fact in a language, for whoever opens the run in Wireshark.
class Commentator {
  public:
    virtual ~Commentator() = default;

    /// A run begins whose nodes and interfaces the header names.
    virtual void begin(const RunHeader&) {}
    /// Asked about these only.
    virtual FactKinds kinds() const = 0;
    /// UTF-8, rides on the next frame; empty for nothing. `event.number` is 0 while a run is being recorded. `spans`
    /// holds what `event` names.
    virtual std::string comment(const Event& event, const SpanTable& spans) = 0;
};

class Recorder {
  public:
    /// `spans` and `commentator` (null for none) must outlive the recorder. What goes wrong is told by `finish`: also a
    /// world of more than 65,536 interfaces, of which nothing is recorded.
    Recorder(const RunHeader& header, const SpanTable& spans, std::unique_ptr<Sink> sink,
             Commentator* commentator = nullptr);
    ~Recorder();
    Recorder(const Recorder&) = delete;
    Recorder& operator=(const Recorder&) = delete;

    Level level() const { return level_; }
    /// False where this run's level leaves such facts out: then their arguments need not be made.
    bool wants(FactKind kind) const { return treatment_[static_cast<std::size_t>(kind)] != Treatment::leave_out; }

    /// `at` is never before that of the fact before. Gives none where the level leaves the fact out.
    template <class Fact>
    FactRef record(Time at, NodeId node, Spans spans, FactRef cause, const Fact& fact)
    {
        const Treatment treatment = treatment_[static_cast<std::size_t>(Fact::kind)];
        if (treatment == Treatment::leave_out) return FactRef::none;
        static_assert(Fact::kind != FactKind::frame_sent, "a frame is recorded with its octets, by frame()");
        const FactRef ref = put(at, node, spans, cause, fact);
        if (treatment == Treatment::comment_on) [[unlikely]]
            comment({ref, at, node, 0, spans, cause, {}, fact});
        return ref;
    }

    /// A frame handed to its first link. `header_length`: its link, network and transport headers, of which level
    /// `headers` keeps no more. Gives none where the level leaves frames out. Its fact is `last()`.
    FrameRef frame(Time at, NodeId node, Spans spans, FactRef cause, const FrameSent& sent, Octets octets,
                   std::size_t header_length);

    /// The octets of a message, recorded if no message before had the same. Level `headers` keeps only its header.
    ContentId content(Time at, NodeId node, Spans spans, FactRef cause, Octets message);

    /// The fact recorded last.
    FactRef last() const { return static_cast<FactRef>(facts_); }
    FrameRef last_frame() const { return static_cast<FrameRef>(frames_); }
    /// Facts, a frame's own included.
    std::uint64_t facts() const { return facts_; }
    std::uint64_t frames() const { return frames_; }

    /// The run ends. Nothing can be recorded any more; the sink keeps the run, or says why not.
    std::expected<void, FileError> finish(Time end);
    /// The first thing that went wrong with the sink; null while all is well.
    const FileError* failure() const { return refused_ ? &*refused_ : sink_->failure(); }

    /// Everything recorded so far, where the sink keeps it, else nothing: whole blocks, readable at once and while the
    /// run goes on.
    std::vector<Chunk> kept();

    /// Message contents are remembered to be recognised up to so many octets, the oldest forgotten first.
    static constexpr std::size_t remembered_content = 64u << 20;
    /// The octets of a content in one fact.
    static constexpr std::size_t content_part = 512u << 10;
    static constexpr std::size_t chunk_octets = 1u << 20;

  private:
    enum class Treatment : std::uint8_t { leave_out, record, comment_on };

    /// What closing a block writes behind the cursor: padding, end of options, length.
    static constexpr std::size_t trailer = 3 + 4 + 4;

    template <class Fact>
    FactRef put(Time at, NodeId node, Spans spans, FactRef cause, const Fact& fact)
    {
        assert(at >= last_at_ && "facts come in the order of time");
        const std::size_t longest = 1 + 3 * longest_varint + numbers_.longest(spans) + longest_fields(fact);
        if (longest <= static_cast<std::size_t>(limit_ - cursor_)) [[likely]] {
            cursor_ = encode(cursor_, at, node, spans, cause, fact);
        } else if (longest <= pcapng::option_octets) {
            make_room(longest);
            cursor_ = encode(cursor_, at, node, spans, cause, fact);
        } else {
            scratch_.resize(longest);
            const auto* const end = encode(scratch_.data(), at, node, spans, cause, fact);
            append({scratch_.data(), static_cast<std::size_t>(end - scratch_.data())});
        }
        return static_cast<FactRef>(facts_);
    }
    template <class Fact>
    std::uint8_t* encode(std::uint8_t* to, Time at, NodeId node, Spans spans, FactRef cause, const Fact& fact)
    {
        ++facts_;
        *to++ = static_cast<std::uint8_t>(Fact::kind);
        to = put_varint(to, static_cast<std::uint64_t>((at - last_at_).ns));
        last_at_ = at;
        to = put_varint(to, index_of(node));
        to = numbers_.put(to, spans);
        to = put_varint(to, cause == FactRef::none ? 0 : facts_ - static_cast<std::uint64_t>(cause));
        FieldEncoder encoder{to, facts_, frames_, numbers_};
        for_each_field(fact, encoder);
        return encoder.at;
    }

    void make_room(std::size_t octets);
    void append(Octets log);
    void open_chunk(std::size_t octets);
    void open_statistics(std::size_t octets);
    void open_option();
    void close_option();
    void close_block();
    void write_head(const RunHeader& header);
    void write_comments();
    void comment(const Event& event);

    std::unique_ptr<Sink> sink_;
    const SpanTable& spans_;
    Commentator* commentator_;
    Level level_;
    std::array<Treatment, 128> treatment_{};

    std::uint8_t* cursor_ = nullptr; // where the next fact goes
    std::uint8_t* limit_ = nullptr;  // up to where it may
    std::uint8_t* option_ = nullptr; // our open option
    std::uint8_t* block_ = nullptr;  // the open block; null for none
    Chunk chunk_;                    // its size: what closed blocks take

    Time last_at_{};
    std::uint64_t facts_ = 0;
    std::uint64_t frames_ = 0;
    SpanNumbers numbers_;
    wire::OctetBuffer scratch_;
    std::vector<std::string> comments_; // for the next frame
    bool finished_ = false;
    std::optional<FileError> refused_; // the world is larger than a file can say

    struct Remembered;
    std::unique_ptr<Remembered> remembered_;
};

} // namespace tegami::run
