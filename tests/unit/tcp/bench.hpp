#pragma once
/// A test bench for connections: one machine fed by hand, and two joined by a link that may lose, double and reorder.

#include "protocols/tcp/connection.hpp"

#include <catch2/catch.hpp>
#include <functional>
#include <map>
#include <memory>
#include <queue>
#include <set>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

namespace tegami::tcp::bench {

using wire::as_octets;
using wire::as_text;
using wire::milliseconds;
using wire::minutes;
using wire::seconds;

/// Sets of spans, interned: below 2^20 a number is itself.
class Sets final : public SpanAlgebra {
  public:
    Spans unite(Spans one, Spans other) override
    {
        ++asked;
        std::set<std::uint32_t> all = members(one);
        all.merge(members(other));
        if (all.size() == 1) return {*all.begin()};
        const auto [found, fresh] = numbers_.try_emplace(all, next_);
        if (fresh) {
            sets_[next_] = all;
            ++next_;
        }
        return {found->second};
    }
    std::set<std::uint32_t> members(Spans spans) const
    {
        if (spans.id == 0) return {};
        const auto found = sets_.find(spans.id);
        return found == sets_.end() ? std::set{spans.id} : found->second;
    }
    int asked = 0;

  private:
    std::map<std::set<std::uint32_t>, std::uint32_t> numbers_;
    std::map<std::uint32_t, std::set<std::uint32_t>> sets_;
    std::uint32_t next_ = 1u << 20;
};

/// xorshift64*: small, and the same everywhere.
class Draws {
  public:
    explicit Draws(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15ull + 1) {}
    std::uint64_t next()
    {
        state_ ^= state_ >> 12;
        state_ ^= state_ << 25;
        state_ ^= state_ >> 27;
        return state_ * 0x2545F4914F6CDD1Dull;
    }
    std::uint64_t below(std::uint64_t bound) { return (next() >> 11) % bound; }
    bool chance(unsigned percent) { return below(100) < percent; }

  private:
    std::uint64_t state_;
};

inline std::string letters(Flags flags)
{
    std::string text;
    for (const auto& [flag, letter] : {std::pair{Flag::syn, 'S'},
                                       {Flag::fin, 'F'},
                                       {Flag::rst, 'R'},
                                       {Flag::urg, 'U'},
                                       {Flag::psh, 'P'},
                                       {Flag::ack, 'A'}})
        if (flags.has(flag)) text += letter;
    return text;
}
inline Flags flags_of(std::string_view text)
{
    Flags flags;
    for (const char letter : text)
        flags = flags | (letter == 'S'   ? Flag::syn
                         : letter == 'F' ? Flag::fin
                         : letter == 'R' ? Flag::rst
                         : letter == 'U' ? Flag::urg
                         : letter == 'P' ? Flag::psh
                                         : Flag::ack);
    return flags;
}

constexpr Sequence our_iss = 0xFFFFFF00; // so that numbers wrap within the first octets
constexpr Sequence peer_iss = 5000;
constexpr Spans our_session{7};

inline const std::vector<State> synchronized_states{State::established, State::fin_wait_1, State::fin_wait_2,
                                                    State::close_wait,  State::closing,    State::last_ack,
                                                    State::time_wait};

/// One connection and its surroundings, with the peer played by the test. Numbers are relative to the two ISS. Where
/// timestamps were agreed on, what the peer sends carries its clock and the last of ours that it got.
struct One {
    explicit One(Config c = {}) : config(c) { make(); }

    Config config;
    BufferPool pool;
    Notes notes;
    Sets sets;
    Environment environment{pool, notes, sets};
    std::unique_ptr<Connection> c;
    Time now{};
    Outgoing out;
    std::vector<Outgoing> sent;
    std::vector<std::string> payloads; // of `sent`
    std::vector<Note> log;
    bool corked = false;
    std::uint32_t peer_clock = 100'000; ///< at time 0; a tick is a millisecond
    std::uint32_t our_clock = 0;        ///< as last sent to the peer

    void make()
    {
        c = std::make_unique<Connection>(environment, config);
        c->set_session(our_session);
    }
    /// What leaves, as "PA 1+10 ack 1": flags, relative number, octets, relative acknowledgment.
    std::vector<std::string> pump()
    {
        std::vector<std::string> lines;
        while (c->next_segment(now, out, corked)) {
            sent.push_back(out);
            if (out.segment.timestamps) our_clock = out.segment.timestamps->value;
            const Octets payload = out.segment.payload;
            payloads.emplace_back(as_text(payload));
            lines.push_back(line(out.segment));
            REQUIRE(lines.size() < 1000);
        }
        for (const Note& n : notes.all()) log.push_back(n);
        notes.clear();
        return lines;
    }
    std::string line(const Segment& s) const
    {
        std::string text = letters(s.flags) + " " + std::to_string(static_cast<std::int32_t>(s.seq - our_iss));
        if (!s.payload.empty()) text += "+" + std::to_string(s.payload.size());
        if (s.flags.has(Flag::ack)) text += " ack " + std::to_string(static_cast<std::int32_t>(s.ack - peer_iss));
        for (const SequenceRange& block : s.sack_blocks())
            text += (&block == s.sack.data() ? " sack " : " ") + std::to_string(block.begin - peer_iss) + "-" +
                    std::to_string(block.end - peer_iss);
        return text;
    }
    Segment segment(std::string_view flags, std::int64_t seq, std::int64_t ack, std::string_view text = {},
                    std::uint16_t window = 65535) const
    {
        Segment s;
        s.source = Port{25};
        s.destination = Port{40000};
        s.flags = flags_of(flags);
        s.seq = peer_iss + static_cast<Sequence>(seq);
        if (s.flags.has(Flag::ack)) s.ack = our_iss + static_cast<Sequence>(ack);
        s.window = window;
        s.payload = as_octets(text);
        if (c->timestamps()) s.timestamps = Timestamps{peer_time(), our_clock};
        return s;
    }
    std::uint32_t peer_time() const { return peer_clock + static_cast<std::uint32_t>(now.ns / 1'000'000); }
    /// Blocks that the peer tells of: of our octets.
    static void tell(Segment& s, const std::vector<std::pair<std::int64_t, std::int64_t>>& blocks)
    {
        s.sack_count = 0;
        for (const auto& [begin, end] : blocks)
            s.sack[s.sack_count++] = {our_iss + static_cast<Sequence>(begin), our_iss + static_cast<Sequence>(end)};
    }
    std::vector<std::string> in(std::string_view flags, std::int64_t seq, std::int64_t ack, std::string_view text = {},
                                std::uint16_t window = 65535, Spans spans = {9})
    {
        return in(segment(flags, seq, ack, text, window), spans);
    }
    std::vector<std::string> in(const Segment& s, Spans spans = {9})
    {
        const SpanRun run{static_cast<std::uint32_t>(s.payload.size()), spans};
        c->on_segment(now, s, {&run, s.payload.empty() ? 0u : 1u});
        return pump();
    }
    /// Lets time pass, serving every timer; what left, each with its time in milliseconds before it.
    std::vector<std::string> pass(Duration length)
    {
        std::vector<std::string> lines;
        const Time end = now + length;
        while (c->next_timer() <= end) {
            now = std::max(now, c->next_timer());
            c->on_timer(now);
            for (const std::string& l : pump()) lines.push_back(std::to_string(now.ns / 1'000'000) + " " + l);
        }
        now = end;
        return lines;
    }
    void offer(std::string_view text, Spans spans = {3}) { REQUIRE(c->offer(as_octets(text), spans) == text.size()); }
    std::vector<std::string> say(std::string_view text, Spans spans = {3})
    {
        offer(text, spans);
        return pump();
    }

    void open(std::uint16_t mss = 1460, std::uint16_t window = 65535)
    {
        c->open_active(now, Port{40000}, Port{25}, our_iss);
        pump();
        Segment s = segment("SA", 0, 1, {}, window);
        s.mss = mss;
        in(s);
        REQUIRE(c->state() == State::established);
        sent.clear(), payloads.clear(), log.clear();
    }
    /// The same with a peer that agrees to whatever we offer.
    void open_whole(std::uint16_t mss = 1460)
    {
        c->open_active(now, Port{40000}, Port{25}, our_iss);
        pump();
        Segment s = segment("SA", 0, 1);
        s.mss = mss;
        s.sack_permitted = sent[0].segment.sack_permitted;
        if (sent[0].segment.timestamps) s.timestamps = Timestamps{peer_time(), our_clock};
        in(s);
        REQUIRE(c->state() == State::established);
        sent.clear(), payloads.clear(), log.clear();
    }
    void listen(std::string_view flags = "S")
    {
        Segment s = segment(flags, 0, 0);
        s.mss = 1460;
        c->open_passive(now, s, our_session, our_iss);
        pump();
        REQUIRE(c->state() == State::syn_received);
    }
    /// To the state of interest, from ESTABLISHED on.
    void reach(State state)
    {
        switch (state) {
        case State::syn_sent:
            c->open_active(now, Port{40000}, Port{25}, our_iss);
            pump();
            break;
        case State::syn_received: listen(); break;
        case State::established: open(); break;
        case State::fin_wait_1:
            open();
            c->close();
            pump();
            break;
        case State::fin_wait_2:
            reach(State::fin_wait_1);
            in("A", 1, 2);
            break;
        case State::close_wait:
            open();
            in("FA", 1, 1);
            break;
        case State::closing:
            reach(State::fin_wait_1);
            in("FA", 1, 1);
            break;
        case State::last_ack:
            reach(State::close_wait);
            c->close();
            pump();
            break;
        case State::time_wait:
            reach(State::fin_wait_2);
            in("FA", 1, 2);
            break;
        default: break;
        }
        REQUIRE(c->state() == state);
        log.clear();
    }
    /// The rules of the notes of one kind so far.
    std::vector<std::string> rules(NoteKind kind) const
    {
        std::vector<std::string> keys;
        for (const Note& n : log)
            if (n.kind == kind) keys.emplace_back(describe(n.rule).key);
        return keys;
    }
    std::vector<std::string> states() const
    {
        std::vector<std::string> names;
        for (const Note& n : log)
            if (n.kind == NoteKind::state_entered) names.emplace_back(name(n.to));
        return names;
    }
};

using Lines = std::vector<std::string>;

/// At a time in milliseconds something comes in, and this leaves. Before it, nothing may. What may come in: a segment as
/// "PA 1+10 ack 1 win 500 sack 20-30 40-50" (without "win": 65535), or a call: "say 100", "take 5", "close", "abort",
/// "cork", "uncork"; or nothing, and the time itself is what matters.
struct Row {
    std::int64_t at;
    std::string in;
    Lines out;
};

inline Lines act(One& one, const std::string& what)
{
    std::istringstream words{what};
    std::string word;
    if (!(words >> word)) return one.pump();
    std::size_t count = 0;
    if (word == "say" && words >> count) return one.say(std::string(count, 's'));
    if (word == "take" && words >> count) return one.c->consume(count), one.pump();
    if (word == "close") return one.c->close(), one.pump();
    if (word == "abort") return one.c->abort(), one.pump();
    if (word == "cork" || word == "uncork") return one.corked = word == "cork", one.pump();
    Segment s = one.segment(word, 0, 0);
    words >> word;
    const auto plus = word.find('+', 1);
    s.seq = peer_iss + static_cast<Sequence>(std::stoll(word));
    const std::string text(plus == std::string::npos ? 0 : std::stoul(word.substr(plus + 1)), 'p');
    s.payload = as_octets(text);
    std::vector<std::pair<std::int64_t, std::int64_t>> blocks;
    while (words >> word) {
        std::int64_t value = 0;
        if (word == "sack") {
            while (words >> word) blocks.emplace_back(std::stoll(word), std::stoll(word.substr(word.find('-', 1) + 1)));
        } else {
            words >> value;
            if (word == "ack") s.ack = our_iss + static_cast<Sequence>(value);
            if (word == "win") s.window = static_cast<std::uint16_t>(value);
            if (word == "up") s.urgent = static_cast<std::uint16_t>(value);
        }
    }
    One::tell(s, blocks);
    return one.in(s);
}

inline void play(One& one, const std::vector<Row>& rows)
{
    for (const Row& row : rows) {
        INFO("at " << row.at << " ms: " << row.in);
        const Time at = Time{} + milliseconds(row.at);
        if (at > one.now) CHECK(one.pass(at - one.now - wire::nanoseconds(1)) == Lines{});
        one.now = at;
        Lines out;
        while (one.c->next_timer() <= at) {
            one.c->on_timer(at);
            for (const std::string& line : one.pump()) out.push_back(line);
        }
        for (const std::string& line : act(one, row.in)) out.push_back(line);
        CHECK(out == row.out);
    }
}

/// Two connections and the link between them. Segments travel as octets with checksums.
class Link {
  public:
    struct Side {
        Config config;
        BufferPool pool;
        Notes notes;
        Environment environment;
        Connection connection;
        std::vector<Note> log;
        std::function<void()> user = [] {};
        bool corked = false;
        std::size_t sent = 0;
        std::size_t retransmitted = 0;

        Side(const Config& c, Sets& sets) : config(c), environment{pool, notes, sets}, connection(environment, config)
        {
        }
    };
    struct Frame {
        Time at;
        std::uint64_t order;
        int to;
        wire::OctetBuffer octets;
        std::vector<SpanRun> runs;
        Spans serves;
        bool operator>(const Frame& other) const { return std::tie(at.ns, order) > std::tie(other.at.ns, other.order); }
    };
    /// What was sent, before the link decided about it.
    struct Record {
        Time at;
        int from;
        Sequence seq, ack;
        Flags flags;
        std::size_t size;
        Again again;
        Spans serves;
        bool lost;
    };

    explicit Link(const Config& config = {}, std::uint64_t seed = 1) : draws(seed), a(config, sets), b(config, sets) {}

    Sets sets;
    Draws draws;
    Side a, b;
    Time now{};
    Duration delay = milliseconds(10);
    unsigned loss = 0, doubled = 0, reordered = 0; // percent
    std::function<bool(const Record&)> lose = [](const Record&) { return false; };
    std::vector<Record> records;
    bool keep_records = true;

    void connect()
    {
        a.connection.set_session({1});
        a.connection.open_active(now, Port{40000}, Port{25}, 0xFFFF0000);
        pump(0);
    }
    Side& side(int which) { return which == 0 ? a : b; }

    /// User, then everything that wants to leave.
    void pump(int which)
    {
        Side& s = side(which);
        s.user();
        while (s.connection.next_segment(now, out_, s.corked)) transmit(which);
        for (const Note& n : s.notes.all()) s.log.push_back(n);
        s.notes.clear();
    }
    /// The next thing that happens; false where nothing will by `end`.
    bool step(Time end)
    {
        const Time timer_a = a.connection.next_timer(), timer_b = b.connection.next_timer();
        const Time frame = frames_.empty() ? Time::never() : frames_.top().at;
        const Time next = std::min({timer_a, timer_b, frame});
        if (next > end || next == Time::never()) return false;
        now = std::max(now, next);
        if (frame == next) {
            const Frame f = frames_.top();
            frames_.pop();
            arrive(f);
        } else {
            const int which = timer_a == next ? 0 : 1;
            side(which).connection.on_timer(now);
            pump(which);
        }
        return true;
    }
    void run(Duration length)
    {
        const Time end = now + length;
        while (step(end)) {
        }
        now = end;
    }
    bool run_until(const std::function<bool()>& done, Duration length)
    {
        const Time end = now + length;
        while (!done())
            if (!step(end)) return false;
        return true;
    }

  private:
    void transmit(int from)
    {
        Side& s = side(from);
        ++s.sent;
        if (out_.again != Again::no) ++s.retransmitted;
        const Segment& g = out_.segment;
        Frame f{now, 0, 1 - from, encode(g, {}), {}, out_.serves};
        f.runs.assign(out_.payload_spans().begin(), out_.payload_spans().end());
        if (!g.payload.empty()) {
            REQUIRE(!f.runs.empty());
            REQUIRE(f.runs.back().end == g.payload.size());
        }
        Record r{now, from, g.seq, g.ack, g.flags, g.payload.size(), out_.again, out_.serves, false};
        r.lost = lose(r) || draws.chance(loss);
        if (keep_records) records.push_back(r);
        if (r.lost) return;
        const int copies = draws.chance(doubled) ? 2 : 1;
        for (int i = 0; i < copies; ++i) {
            Duration way = delay;
            if (draws.chance(reordered)) way = way + delay * static_cast<std::int64_t>(1 + draws.below(4)) / 2;
            f.at = now + way;
            f.order = ++order_;
            frames_.push(f);
        }
    }
    void arrive(const Frame& f)
    {
        REQUIRE(checksum_is_right(f.octets, {}));
        const auto segment = decode(f.octets);
        REQUIRE(segment);
        Side& s = side(f.to);
        if (s.connection.state() == State::closed && s.connection.ending() == Ending::none &&
            segment->flags == Flags{Flag::syn})
            s.connection.open_passive(now, *segment, f.serves, 77);
        else
            s.connection.on_segment(now, *segment, f.runs);
        pump(f.to);
    }

    std::priority_queue<Frame, std::vector<Frame>, std::greater<>> frames_;
    std::uint64_t order_ = 0;
    Outgoing out_;
};

} // namespace tegami::tcp::bench
