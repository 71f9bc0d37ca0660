#pragma once
/// A run to look at: loaded from a file, or the memory of one that is going on. Everything that anybody sees is a view of
/// this. Somebody else's capture opens too; it has frames and no facts.

#include "sim/run/capture.hpp"
#include "sim/run/decode.hpp"
#include "sim/run/sink.hpp"

#include <expected>
#include <iterator>
#include <memory>
#include <span>

namespace tegami::run {

/// A frame as it was first sent.
struct Frame {
    Octets octets;                     ///< as captured
    std::uint32_t original_length = 0; ///< on the wire
    NicId nic{};                       ///< its interface; of a stranger's capture: the interface's number in it
    Time at{};
    FactRef fact{}; ///< its FrameSent; none in a stranger's capture
    NodeId node{};
    Spans spans;
};

/// One link that a frame was handed to.
struct Hop {
    FactRef fact{}; ///< FrameSent or FrameCrossed
    NodeId node{};
    Time at{};
    NicId nic{}, to{};
    Duration transit{};
    Fate fate{};
    bool cut = false; ///< the link went down while the frame was on it

    bool arrived() const { return (fate == Fate::arrives || fate == Fate::copied) && !cut; }
    Time arrival() const { return at + transit; }
};

class Log {
  public:
    /// Reads a file: a run, or a capture by anyone. An error only where the file cannot be read at all; for one that
    /// makes no sense from some point on see `broken`.
    static std::expected<Log, FileError> open(const std::string& path);
    static Log of(wire::OctetBuffer file);
    /// What a recorder has kept so far.
    static Log of(const std::vector<Chunk>& kept);

    /// Takes in what was recorded since. Views of octets and texts in events decoded before end here.
    void extend(const std::vector<Chunk>& kept);

    /// A run of ours, with a header and facts.
    bool is_run() const { return is_run_; }
    /// The run was recorded to its end. False for one that is going on, or was cut.
    bool complete() const { return complete_; }
    /// Where and why the file stops making sense; everything before it is here. A run without its end is broken too.
    const std::optional<wire::Malformed>& broken() const { return broken_; }

    const RunHeader& header() const { return header_; }
    /// Interfaces and names as the capture says them: all there is of a stranger's.
    const Capture& capture() const { return *capture_; }
    const SpanTable& spans() const { return spans_->table(); }

    Time start() const;
    /// When the run ended; of one without an end, and of a capture, when the last thing happened.
    Time end() const { return end_; }

    std::uint64_t facts() const { return state_.facts; }
    /// `fact` must be one of this run. About a microsecond; for many in a row, `events`.
    Event event(FactRef fact) const;
    /// The first fact at or after a time; none where there is no such.
    FactRef first_at(Time at) const;
    /// A node's facts, in order.
    std::span<const std::uint32_t> facts_of(NodeId node) const;

    std::uint64_t frames() const { return frames_.size(); }
    const Frame& frame(FrameRef frame) const { return frames_[static_cast<std::size_t>(frame) - 1]; }
    /// The links that a frame was handed to, in the order of time: first where it was first sent.
    std::vector<Hop> hops(FrameRef frame) const;
    /// What was recorded of a frame beside its first sending, in order: crossings, drops, cuts.
    std::vector<FactRef> about(FrameRef frame) const;
    /// The frame as it was on `hop`, an index into `hops`.
    wire::OctetBuffer octets_on(FrameRef frame, std::size_t hop) const;

    /// The octets of a message as far as they were recorded; `whole` false where only a part (level `headers`).
    struct Message {
        wire::OctetBuffer octets;
        bool whole = false;
    };
    Message message(ContentId content) const;

    class Events;
    /// Facts `from` up to and not including `to`; none stands for the first, and for behind the last.
    Events events(FactRef from = FactRef::none, FactRef to = FactRef::none) const;

  private:
    struct About {
        std::uint32_t fact = 0;
        std::uint32_t before = 0; // index of the one before about the same frame; 0 for none
    };

    Log();
    void decode(bool growing);
    void index(const Event& event);
    void break_at(std::size_t file_offset, std::string_view rule);
    DecodeState state_before(std::uint64_t fact) const;
    void read(DecodeState& state, Event& event) const;

    static constexpr std::uint64_t facts_a_mark = 16;

    wire::OctetBuffer file_;
    std::vector<Chunk> chunks_;
    PcapngReader pcapng_;
    std::unique_ptr<Capture> capture_;
    bool header_read_ = false;
    bool is_run_ = false;
    bool complete_ = false;
    std::optional<wire::Malformed> broken_;
    RunHeader header_;
    Time end_{};

    std::unique_ptr<LogSpans> spans_; // decoding a set anew changes nothing in it
    DecodeState state_;               // behind the last fact
    std::vector<DecodeState> marks_;  // before every 16th fact
    std::vector<Frame> frames_;
    std::vector<std::uint32_t> last_about_; // by frame: index into about_
    std::vector<About> about_ = {About{}};
    std::vector<std::vector<std::uint32_t>> facts_of_;
    std::vector<std::vector<std::uint32_t>> contents_; // facts, by ContentId
};

/// Facts one after the other. `for (const Event& event : log.events())`
class Log::Events {
  public:
    class Iterator {
      public:
        using value_type = Event;
        using difference_type = std::ptrdiff_t;

        const Event& operator*() const { return event_; }
        Iterator& operator++();
        void operator++(int) { ++*this; }
        bool operator==(std::default_sentinel_t) const { return state_.facts >= last_; }

      private:
        friend class Events;
        Iterator(const Log& log, std::uint64_t first, std::uint64_t behind);
        void read();

        const Log* log_;
        DecodeState state_; // its `facts`: of those before the current one
        DecodeState next_;
        std::uint64_t last_; // facts before the end
        Event event_;
    };

    Iterator begin() const { return {*log_, first_, behind_}; }
    std::default_sentinel_t end() const { return {}; }

  private:
    friend class Log;
    Events(const Log& log, std::uint64_t first, std::uint64_t behind) : log_(&log), first_(first), behind_(behind) {}

    const Log* log_;
    std::uint64_t first_, behind_;
};

} // namespace tegami::run
