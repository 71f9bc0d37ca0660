#pragma once
/// What a dialogue talks over: octets both ways, in order, until one side hangs up. Simulated TCP, TLS and the pipe of a
/// unit test are streams. Beside the octets travels whom they serve (`Spans`), never in them.

#include "protocols/wire/octets.hpp"
#include "protocols/wire/time.hpp"

#include <coroutine>
#include <expected>
#include <string>
#include <utility>

namespace tegami::wire {

/// Whom octets serve: a set of spans that the world knows by this number. 0 is nobody. Protocols only pass it on.
struct Spans {
    std::uint32_t id = 0;

    bool operator==(const Spans&) const = default;
};

/// Why nothing more can be read or written.
enum class Hangup : std::uint8_t {
    closed,    ///< the peer has ended its side in order, and everything before that was read
    reset,     ///< the connection broke: reset by the peer, given up by TCP, or aborted here
    timed_out, ///< the time allowed for this wait is over; the connection itself still stands
};

/// One line, its end removed.
struct Line {
    std::string_view text;  ///< valid until the next read from the same stream
    Spans spans;            ///< whom the line serves; where it was truncated, whom its beginning serves
    bool bare_lf = false;   ///< it ended with LF alone
    bool truncated = false; ///< it was longer than the limit: `text` is its beginning, the rest was thrown away
};

/// Octets that have arrived.
struct Chunk {
    Octets octets; ///< valid until the next read from the same stream
    Spans spans;
};

class Stream {
  public:
    virtual ~Stream() = default;
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    /// Awaits a line ended by LF or CRLF. One longer than `limit` octets (without its end) comes truncated. A last line
    /// that the peer did not end is not a line: the hangup comes instead.
    auto read_line(std::size_t limit) { return ReadLine{*this, limit}; }
    /// Awaits at least one octet and takes all that are there, at most `limit`.
    auto read_some(std::size_t limit = SIZE_MAX) { return ReadSome{*this, limit}; }
    /// Awaits only that something is ahead, and takes nothing: the chunk it gives is empty.
    auto arrival() { return ReadSome{*this, 0}; }

    // What a dialogue that must find the end of something in the octets themselves does instead of reading chunks:
    // it waits for an arrival, looks ahead, and takes what belongs to it.

    /// Octets that have arrived and were not read yet. The view ends with the next await, and with `take`.
    Octets ahead() const { return arrived(); }
    /// Takes the first `count` octets of `ahead()`, and tells whom they serve.
    Spans take(std::size_t count);
    /// Whether a line lies ahead, so that `read_line` would not wait: a server that collects its replies asks this before
    /// it reads on (RFC 2920 §3.2).
    bool line_is_ahead() const;
    /// A line that was taken in this way, for the transcript.
    void hear(std::string_view line, Spans spans) { note_heard({.text = line, .spans = spans}); }

    /// Awaits until the send buffer has taken all the octets, which must live until then. False once the stream broke
    /// or the wait timed out.
    auto write(Octets octets, Spans spans) { return Write{*this, octets, spans}; }
    auto write(std::string_view text, Spans spans) { return Write{*this, as_octets(text), spans}; }

    /// The same for whole lines with their CRLFs, each of which the transcript shows as said.
    auto write_lines(std::string_view lines, Spans spans)
    {
        note_lines(lines, spans);
        return write(lines, spans);
    }

    /// While corked, only full segments leave: what is written piece by piece may share segments. Uncorking sends the rest.
    virtual void cork(bool corked) { static_cast<void>(corked); }

    /// From now on a single wait on this stream may take at most so long; zero or less means for ever. On expiry the
    /// read gives Hangup::timed_out and the write false.
    virtual void allow(Duration each_wait) = 0;
    /// Ends our side in order: what was written is still sent, corked or not. Reading goes on.
    virtual void close() = 0;
    /// Breaks the connection at once.
    virtual void abort() = 0;

  protected:
    Stream() = default;

    // What an implementation provides. -------------------------------------------------------------------------------

    /// Octets that arrived and were not consumed, all in one piece.
    virtual Octets arrived() const = 0;
    /// Whom the first `count` octets of `arrived()` serve.
    virtual Spans arrived_spans(std::size_t count) const = 0;
    virtual void consume(std::size_t count) = 0;
    /// Once nothing more can arrive behind `arrived()`: why. Nothing while more may come.
    virtual bool ended(Hangup& why) const = 0;
    /// Takes as many octets into the send buffer as it has room for.
    virtual std::size_t offer(Octets octets, Spans spans) = 0;
    /// Nothing written from now on will be sent.
    virtual bool broken() const = 0;
    /// The coroutine waits until `wait_is_over()`; the implementation resumes it then, or when the time is over.
    virtual void wait(std::coroutine_handle<> waiting) = 0;

    /// What a transcript shows of the dialogue. Nothing by default.
    virtual void note_said(std::string_view line, Spans spans) { static_cast<void>(line), static_cast<void>(spans); }
    virtual void note_heard(const Line& line) { static_cast<void>(line); }

    /// To be asked by the implementation whenever octets arrived, room was made, or the end came: true when the waiting
    /// coroutine is to be resumed.
    bool wait_is_over()
    {
        switch (waiting_for_) {
        case WaitingFor::line: return try_line();
        case WaitingFor::octets: return try_some();
        case WaitingFor::room: return try_write();
        case WaitingFor::nothing: break;
        }
        return false;
    }
    /// To be called by the implementation before it resumes a coroutine whose time is over.
    void time_is_over() { timed_out_ = true; }

  private:
    enum class WaitingFor : std::uint8_t { nothing, line, octets, room };

    struct ReadLine {
        Stream& stream;
        std::size_t limit;

        bool await_ready() { return stream.begin(WaitingFor::line, limit) && stream.try_line(); }
        void await_suspend(std::coroutine_handle<> waiting) { stream.wait(waiting); }
        std::expected<Line, Hangup> await_resume() { return stream.take_line(); }
    };
    struct ReadSome {
        Stream& stream;
        std::size_t limit;

        bool await_ready() { return stream.begin(WaitingFor::octets, limit) && stream.try_some(); }
        void await_suspend(std::coroutine_handle<> waiting) { stream.wait(waiting); }
        std::expected<Chunk, Hangup> await_resume() { return stream.take_some(); }
    };
    struct Write {
        Stream& stream;
        Octets octets;
        Spans spans;

        bool await_ready()
        {
            stream.to_write_ = octets;
            stream.write_spans_ = spans;
            return stream.begin(WaitingFor::room, 0) && stream.try_write();
        }
        void await_suspend(std::coroutine_handle<> waiting) { stream.wait(waiting); }
        bool await_resume() { return stream.take_written(); }
    };

    void note_lines(std::string_view lines, Spans spans);
    bool begin(WaitingFor what, std::size_t limit);
    bool try_line();
    bool try_some();
    bool try_write();
    std::expected<Line, Hangup> take_line();
    std::expected<Chunk, Hangup> take_some();
    bool take_written();
    Hangup why_ended() const;

    WaitingFor waiting_for_ = WaitingFor::nothing;
    bool timed_out_ = false;
    bool have_line_ = false;
    bool discarding_ = false;   // a line was too long: throw away up to and including its LF
    bool discarded_cr_ = false; // the last octet thrown away was a CR
    std::size_t limit_ = 0;
    std::size_t scanned_ = 0; // octets of arrived() known to hold no LF
    Line line_;
    std::string text_; // what Line::text and Chunk::octets view
    Octets to_write_;
    Spans write_spans_;
};

/// How two sets of spans become one. A world provides it; it is asked only where the sets differ.
class SpanAlgebra {
  public:
    virtual Spans unite(Spans one, Spans other) = 0;

  protected:
    ~SpanAlgebra() = default;
};

/// Up to octet `end` of a piece of octets (counted from its beginning), from where the run before it ended, they serve
/// `spans`.
struct SpanRun {
    std::uint32_t end = 0;
    Spans spans;

    bool operator==(const SpanRun&) const = default;
};

} // namespace tegami::wire
