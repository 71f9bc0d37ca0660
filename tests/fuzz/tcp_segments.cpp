/// libFuzzer: any segments, calls and pauses into a connection in any state. The octets of both directions are functions
/// of their sequence numbers, so whatever leaves or arrives can be held against them.

#include "protocols/tcp/connection.hpp"
#include "protocols/wire/endian.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

using namespace tegami;
using namespace tegami::tcp;

#define HOLDS(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            std::fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                                       \
            std::abort();                                                                                              \
        }                                                                                                              \
    } while (false)

class Union final : public SpanAlgebra {
  public:
    Spans unite(Spans one, Spans other) override
    {
        HOLDS(one.id != other.id && one.id != 0 && other.id != 0);
        return {one.id | other.id};
    }
};

/// The fuzzer's octets, zeros at their end.
class Source {
  public:
    Source(const std::uint8_t* data, std::size_t size) : data_(data), left_(size) {}
    bool empty() const { return left_ == 0; }
    std::uint8_t u8()
    {
        if (left_ == 0) return 0;
        --left_;
        return *data_++;
    }
    std::uint16_t u16() { return static_cast<std::uint16_t>(u8() << 8 | u8()); }
    /// Mostly near zero, seldom anywhere.
    std::uint32_t offset()
    {
        const std::uint8_t kind = u8();
        if (kind < 128) return static_cast<std::uint32_t>(static_cast<std::int32_t>(kind % 16) - 4);
        if (kind < 224) return static_cast<std::uint32_t>(static_cast<std::int16_t>(u16()));
        return std::uint32_t{u16()} << 16 | u16();
    }
    Octets rest() const { return {data_, left_}; }

  private:
    const std::uint8_t* data_;
    std::size_t left_;
};

constexpr Sequence iss = 0xFFFFF000, irs = 0x7FFFF800;

std::uint8_t octet_at(Sequence seq) { return static_cast<std::uint8_t>(seq * 2654435761u >> 24); }
std::uint32_t span_at(Sequence seq) { return 1u << (seq / 7 % 20); }

std::string text_at(Sequence seq, std::size_t size)
{
    std::string text(size, 0);
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(octet_at(seq + static_cast<Sequence>(i)));
    return text;
}

struct Fuzzed {
    BufferPool pool;
    Notes notes;
    Union sets;
    Environment environment{pool, notes, sets};
    Config config;
    Connection c{environment, config};
    Time now = Time{} + wire::seconds(1'000'000);
    Outgoing out;
    Sequence offered = iss + 1; // what comes next from our user
    Sequence read = irs + 1;    // what our user reads next
    bool peer_known = false;
    std::uint32_t peer_clock = 0xFFFFFF00; // so that it wraps

    void check()
    {
        HOLDS(at_or_before(c.send_unacknowledged(), c.send_next()));
        HOLDS(at_or_before(c.send_next(), c.send_max()));
        HOLDS(at_or_before(c.send_max(), offered + 1));
        HOLDS(c.unacknowledged_octets() <= config.send_buffer);
        HOLDS(c.arrived().size() <= config.receive_buffer);
        HOLDS(c.early_octets() <= out_of_order_octets);
        HOLDS(c.sacked_ranges() <= scoreboard_ranges);
        HOLDS(c.sacked_octets() <= c.send_max() - c.send_unacknowledged());
        HOLDS(c.pipe() <= 2 * (c.send_max() - c.send_unacknowledged()));
        HOLDS(c.sack() || c.sacked_octets() == 0);
        if (c.state() != State::closed && peer_known) HOLDS(c.receive_window() <= config.receive_buffer);
        HOLDS(c.rto() >= smallest_rto && c.rto() <= largest_rto);
        if (c.state() >= State::established) HOLDS(c.cwnd() >= std::min<std::uint32_t>(c.mss(), smallest_mss));
        if (c.state() == State::closed) {
            HOLDS(c.next_timer() == Time::never());
            HOLDS(!c.holds_buffers() || !c.arrived().empty());
        } else {
            HOLDS(c.ending() == Ending::none);
        }
        // What waits for an answer has a timer.
        if (c.state() != State::closed && c.send_unacknowledged() != c.send_max())
            HOLDS(c.next_timer() != Time::never());
        const Octets arrived = c.arrived();
        for (std::size_t i = 0; i < arrived.size(); ++i) HOLDS(arrived[i] == octet_at(read + static_cast<Sequence>(i)));
        if (!arrived.empty()) HOLDS(c.arrived_spans(1) == Spans{span_at(read)});
    }
    void pump(bool corked)
    {
        for (int sent = 0; c.next_segment(now, out, corked); ++sent) {
            HOLDS(sent < 3000);
            const Segment& s = out.segment;
            HOLDS(header_length(s) <= largest_header);
            HOLDS(s.payload.empty() == (out.run_count == 0));
            HOLDS(s.payload.size() <= c.mss());
            HOLDS(s.payload.empty() || header_length(s) - smallest_header + s.payload.size() <=
                                           c.mss() + (c.timestamps() ? timestamps_octets : 0u));
            HOLDS(s.flags.has(Flag::syn) || s.timestamps.has_value() == c.timestamps());
            HOLDS(!s.flags.has(Flag::urg) || s.urgent != 0);
            HOLDS(s.sack_count == 0 || c.sack());
            for (std::size_t i = 0; i < s.sack_count; ++i) {
                HOLDS(before(s.sack[i].begin, s.sack[i].end));
                if (i == 0) continue; // it may tell of what came twice
                HOLDS(after(s.sack[i].begin, c.receive_next()));
                HOLDS(s.sack[i].size() <= c.early_octets());
            }
            std::uint32_t begin = 0;
            for (const SpanRun& run : out.payload_spans()) {
                HOLDS(run.end > begin);
                for (std::uint32_t i = begin; i < run.end; ++i) HOLDS(run.spans.id == span_at(s.seq + i));
                begin = run.end;
            }
            HOLDS(begin == s.payload.size());
            for (std::size_t i = 0; i < s.payload.size(); ++i)
                HOLDS(s.payload[i] == octet_at(s.seq + static_cast<Sequence>(i)));
            check();
        }
        HOLDS(!c.next_segment(now, out, corked));
        notes.clear();
    }
    Segment segment(Source& in, Sequence seq, std::string& text)
    {
        Segment s;
        s.source = Port{25};
        s.destination = Port{40000};
        s.seq = seq;
        s.flags = Flags::from_bits(in.u8());
        s.window = in.u16();
        const std::uint8_t size = in.u8();
        const std::uint8_t options = in.u8();
        if (options & 1) s.mss = static_cast<std::uint16_t>(in.u16());
        if (options & 2) s.window_scale = in.u8() % 15;
        if (options & 4) s.urgent = in.u16();
        if (options & 8) tell(in, s);
        if (c.timestamps() && !(options & 16)) s.timestamps = stamp(in, (options & 32) != 0);
        if (options & 64) s.sack_permitted = true;
        if (options & 128) s.timestamps = stamp(in, true);
        text = text_at(s.seq + s.flags.has(Flag::syn), size < 128 ? size % 8 : std::size_t{size} * 12);
        s.payload = wire::as_octets(text);
        return s;
    }
    Timestamps stamp(Source& in, bool odd)
    {
        if (!odd) return {++peer_clock, static_cast<std::uint32_t>(now.ns / 1'000'000) - in.u8()};
        return {peer_clock + in.offset(), static_cast<std::uint32_t>(now.ns / 1'000'000) + in.offset()};
    }
    /// Blocks anywhere, mostly of what is in flight.
    void tell(Source& in, Segment& s)
    {
        const std::uint8_t how = in.u8();
        s.sack_count = how % 5;
        for (std::size_t i = 0; i < s.sack_count; ++i) {
            const Sequence begin = c.send_unacknowledged() + (how & 64 ? in.offset() : in.u8() * 37u);
            s.sack[i] = {begin, begin + (how & 128 ? in.offset() : in.u8() * 11u)};
        }
    }
    void offer(std::size_t size)
    {
        while (size != 0) {
            const std::size_t piece = std::min(size, piece_size());
            const std::string text = text_at(offered, piece);
            const std::size_t taken = c.offer(wire::as_octets(text), {span_at(offered)});
            offered += static_cast<Sequence>(taken);
            if (taken != piece) return;
            size -= piece;
        }
    }
    std::size_t piece_size() const
    {
        std::size_t size = 1; // up to where the spans change
        while (span_at(offered) == span_at(offered + static_cast<Sequence>(size))) ++size;
        return size;
    }
    void take(std::size_t size)
    {
        size = std::min(size, c.arrived().size());
        c.consume(size);
        read += static_cast<Sequence>(size);
    }
    void arrive(const Segment& s)
    {
        std::vector<SpanRun> runs;
        const Sequence begin = s.seq + s.flags.has(Flag::syn);
        for (std::uint32_t i = 0; i < s.payload.size(); ++i) {
            const Spans spans{span_at(begin + i)};
            if (!runs.empty() && runs.back().spans == spans)
                ++runs.back().end;
            else
                runs.push_back({i + 1, spans});
        }
        if (s.flags.has(Flag::syn) && (c.state() == State::syn_sent)) {
            // The peer may begin anywhere: only the one beginning that the octets go by is let in.
            if (s.seq != irs) return;
            peer_known = true;
            if (s.timestamps) peer_clock = s.timestamps->value;
        }
        c.on_segment(now, s, runs);
    }
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static_cast<void>(decode({data, size}));

    Source in{data, size};
    const std::uint8_t setup = in.u8();
    Fuzzed f;
    if (setup & 1) f.config.receive_buffer = 1 << 20;
    if (setup & 2) f.config.receive_buffer = 50;
    if (setup & 4) f.config.send_buffer = 3000;
    if (setup & 8) f.config.mss = 100;
    const std::uint8_t agreed = setup & 64 ? in.u8() : 3;
    f.config.timestamps = (agreed & 1) != 0;
    f.config.sack = (agreed & 2) != 0;
    f.config.nagle = (agreed & 4) == 0;
    f.config.initial_window = agreed & 8 ? 40 : 0;
    std::string text;
    if (setup & 16) {
        Segment syn = f.segment(in, irs, text);
        syn.flags = Flag::syn;
        if (setup & 64) syn.timestamps = f.stamp(in, false);
        if (setup & 64) syn.sack_permitted = true;
        f.peer_known = true;
        if (syn.timestamps) f.peer_clock = syn.timestamps->value;
        f.c.open_passive(f.now, syn, {1u << 21}, iss);
    } else {
        f.c.set_session({1u << 21});
        f.c.open_active(f.now, Port{40000}, Port{25}, iss);
    }
    f.pump(false);
    if (setup & 32) { // straight to ESTABLISHED
        Segment s;
        s.seq = setup & 16 ? irs + 1 : irs;
        s.ack = iss + 1;
        s.flags = setup & 16 ? Flags{Flag::ack} : Flag::syn | Flag::ack;
        s.window = in.u16();
        if (setup & 64) s.timestamps = f.stamp(in, false);
        if (setup & 64) s.sack_permitted = s.flags.has(Flag::syn);
        if (f.c.timestamps() && !s.timestamps) s.timestamps = f.stamp(in, false);
        f.arrive(s);
        f.pump(false);
        HOLDS(f.c.state() == State::established);
    }
    bool corked = false;
    while (!in.empty()) {
        switch (in.u8() % 16) {
        case 0: f.offer(in.u8()); break;
        case 1: f.offer(in.u16() % 5000); break;
        case 2: f.take(in.u8()); break;
        case 3: f.take(100'000); break;
        case 4:
            if (in.u8() % 4 == 0) f.c.close();
            break;
        case 5:
            switch (in.u8() % 16) {
            case 0: f.c.abort(); break;
            case 1: f.c.urge(); break;
            case 2: f.c.set_keep_alive(f.now, true); break;
            case 3: f.c.set_keep_alive(f.now, false); break;
            case 4: f.c.abandon(f.now); break;
            case 5: f.c.set_nagle(in.u8() % 2 == 0); break;
            case 6: f.c.set_give_up(in.u16()); break;
            case 7: f.now = f.now + wire::minutes(in.u16()); break;
            default: break;
            }
            break;
        case 6: corked = !corked; break;
        case 7: f.c.limit_mss(in.u16()); break;
        case 8: f.now = f.now + wire::milliseconds(in.u16()); break;
        case 9:
            if (f.c.next_timer() != Time::never()) f.now = std::max(f.now, f.c.next_timer());
            f.c.on_timer(f.now);
            break;
        case 10: { // a good acknowledgment
            Segment s;
            s.seq = f.c.receive_next();
            s.ack = f.c.send_unacknowledged() + in.u8() * 23u;
            if (after(s.ack, f.c.send_max())) s.ack = f.c.send_max();
            s.flags = Flag::ack;
            s.window = in.u16();
            if (f.c.timestamps()) s.timestamps = f.stamp(in, false);
            if (f.c.sack()) f.tell(in, s);
            if (f.c.state() != State::syn_sent) f.arrive(s);
            break;
        }
        default: {
            const std::uint8_t where = in.u8();
            Segment s = f.segment(in, (where & 1 ? irs : f.c.receive_next()) + (where & 2 ? 0 : in.offset()), text);
            s.ack = (where & 4 ? f.c.send_max() : f.c.send_unacknowledged()) + (where & 8 ? 0 : in.offset());
            if (where & 16) s.flags = s.flags | Flag::ack;
            f.arrive(s);
            break;
        }
        }
        if (f.c.next_timer() <= f.now) f.c.on_timer(f.now);
        f.check();
        f.pump(corked);
        f.check();
    }
    return 0;
}
