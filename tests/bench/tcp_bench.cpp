/// What the TCP machine costs: SMTP-shaped dialogues and bulk between two connections that are handed each other's
/// segments directly, without a network. Prints nanoseconds a segment, its emission and its processing together.

#include "protocols/tcp/connection.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <memory>
#include <string>

namespace {

using namespace tegami;
using namespace tegami::tcp;

std::size_t allocations = 0;

class NoSets final : public SpanAlgebra {
  public:
    Spans unite(Spans one, Spans other) override { return one.id < other.id ? other : one; }
};

/// A segment under way: header and payload as octets in a frame, as a network would hold it.
struct Frame {
    std::uint32_t size = 0;
    std::uint32_t runs = 0;
    int to = 0;
    SpanRun run[Outgoing::run_limit];
    std::uint8_t octets[1600];
};

/// Frames in the order of sending, in memory that is used again.
class Wire {
  public:
    Frame& add()
    {
        if (count_ == size) std::abort();
        return frames_[(first_ + count_++) % size];
    }
    Frame& next()
    {
        Frame& frame = frames_[first_ % size];
        ++first_, --count_;
        return frame;
    }
    bool empty() const { return count_ == 0; }

  private:
    static constexpr std::size_t size = 256;
    std::unique_ptr<Frame[]> frames_ = std::make_unique<Frame[]>(size);
    std::size_t first_ = 0, count_ = 0;
};

struct World {
    BufferPool pool;
    Notes notes;
    NoSets sets;
    Environment environment{pool, notes, sets};
    Config config;
    Wire wire;
    Outgoing out;
    std::uint64_t segments = 0, octets = 0;
    bool checksums = false;

    void pump(Connection& c, int to, Time now)
    {
        while (c.next_segment(now, out, false)) {
            Frame& frame = wire.add();
            const std::size_t header = header_length(out.segment);
            encode_header(out.segment, frame.octets);
            if (!out.segment.payload.empty())
                std::memcpy(frame.octets + header, out.segment.payload.data(), out.segment.payload.size());
            frame.size = static_cast<std::uint32_t>(header + out.segment.payload.size());
            frame.runs = out.run_count;
            std::memcpy(frame.run, out.runs.data(), out.run_count * sizeof(SpanRun));
            frame.to = to;
            if (checksums) finish_checksum(frame.octets, frame.size, {});
            ++segments;
            octets += frame.size;
        }
        notes.clear();
    }
};

const std::string line(58, 'x');

/// One dialogue: 15 lines of 60 octets each way in turns, 4 KiB in the middle, closed by the server.
struct Dialogue {
    std::unique_ptr<Connection> ends[2];
    int said = 0;
    Time now{};
};

void dialogue(World& world, Dialogue& d, std::uint32_t number)
{
    static const std::string text = line + "\r\n", message = std::string(4094, 'm') + "\r\n";
    d.ends[0] = std::make_unique<Connection>(world.environment, world.config);
    d.ends[1] = std::make_unique<Connection>(world.environment, world.config);
    Connection& client = *d.ends[0];
    Connection& server = *d.ends[1];
    client.set_session({number});
    client.open_active(d.now, Port{40000}, Port{25}, number * 64000u);
    world.pump(client, 1, d.now);
    int said = 0;
    bool greeted = false;
    while (!world.wire.empty()) {
        Frame& frame = world.wire.next();
        d.now = d.now + wire::microseconds(100);
        Connection& c = *d.ends[frame.to];
        const Octets octets{frame.octets, frame.size};
        if (world.checksums && !checksum_is_right(octets, {})) std::abort();
        const auto segment = decode(octets);
        if (!segment) std::abort();
        if (c.state() == State::closed)
            c.open_passive(d.now, *segment, {number}, number);
        else
            c.on_segment(d.now, *segment, {frame.run, frame.runs});
        const Octets arrived = c.arrived();
        const bool whole = !arrived.empty() && arrived.back() == '\n';
        if (frame.to == 1) {
            if (!greeted && server.state() == State::established) {
                greeted = true;
                server.offer(wire::as_octets(text), {number});
            } else if (whole) {
                server.consume(arrived.size());
                server.offer(wire::as_octets(text), {number + 1});
                if (said == 16) server.close();
            }
        } else if (whole) {
            client.consume(arrived.size());
            if (said < 16) {
                ++said;
                client.offer(wire::as_octets(said == 12 ? message : text),
                             {number + static_cast<std::uint32_t>(said) / 4});
            }
            if (client.fin_received()) client.close();
        }
        world.pump(c, 1 - frame.to, d.now);
    }
    if (said != 16 || client.state() != State::closed || server.state() != State::time_wait) {
        std::fprintf(stderr, "%d %d %d\n", said, int(client.state()), int(server.state()));
        std::abort();
    }
}

double seconds_since(std::chrono::steady_clock::time_point begin)
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

void dialogues(const char* title, bool checksums, std::uint32_t count, std::size_t alive)
{
    World world;
    world.checksums = checksums;
    std::deque<Dialogue> open(alive); // earlier connections stay in TIME-WAIT: the caches see more than one
    for (std::uint32_t i = 0; i < 1000; ++i) dialogue(world, open[i % alive], i);
    world.segments = 0;
    const std::size_t allocations_before = allocations;
    const auto begin = std::chrono::steady_clock::now();
    for (std::uint32_t i = 0; i < count; ++i) {
        Dialogue& d = open[i % alive];
        d.now = {};
        dialogue(world, d, i);
    }
    const double seconds = seconds_since(begin);
    std::printf("%-34s %6.1f ns a segment, %4.1f segments and %5.2f us a dialogue, %.2f allocations a dialogue\n",
                title, seconds * 1e9 / double(world.segments), double(world.segments) / count, seconds * 1e6 / count,
                double(allocations - allocations_before) / count);
}

void bulk(const char* title, bool checksums, std::uint64_t size)
{
    World world;
    world.checksums = checksums;
    Connection client{world.environment, world.config}, server{world.environment, world.config};
    Connection* ends[2]{&client, &server};
    Time now{};
    const std::string block(16384, 'b');
    client.open_active(now, Port{40000}, Port{25}, 1);
    world.pump(client, 1, now);
    std::uint64_t offered = 0, heard = 0;
    const auto begin = std::chrono::steady_clock::now();
    while (heard < size) {
        if (world.wire.empty()) std::abort();
        Frame& frame = world.wire.next();
        now = now + wire::microseconds(10);
        Connection& c = *ends[frame.to];
        const Octets octets{frame.octets, frame.size};
        if (world.checksums && !checksum_is_right(octets, {})) std::abort();
        const auto segment = decode(octets);
        if (c.state() == State::closed)
            c.open_passive(now, *segment, {1}, 7);
        else
            c.on_segment(now, *segment, {frame.run, frame.runs});
        if (frame.to == 1) {
            heard += server.arrived().size();
            server.consume(server.arrived().size());
        } else {
            while (offered < size) {
                const std::size_t taken = client.offer(wire::as_octets(block), {1});
                offered += taken;
                if (taken == 0) break;
            }
        }
        world.pump(c, 1 - frame.to, now);
    }
    const double seconds = seconds_since(begin);
    std::printf("%-34s %6.1f ns a segment, %.2f s for %llu MB\n", title, seconds * 1e9 / double(world.segments),
                seconds, static_cast<unsigned long long>(size / 1'000'000));
}

} // namespace

void* operator new(std::size_t size)
{
    ++allocations;
    if (void* at = std::malloc(size)) return at;
    throw std::bad_alloc{};
}
void operator delete(void* at) noexcept { std::free(at); }
void operator delete(void* at, std::size_t) noexcept { std::free(at); }

int main()
{
    std::printf("sizeof(Connection) %zu, sizeof(Buffers) %zu, sizeof(Outgoing) %zu\n", sizeof(Connection),
                sizeof(Buffers), sizeof(Outgoing));
    dialogues("dialogues", false, 200'000, 1);
    dialogues("dialogues, 10,000 in TIME-WAIT", false, 200'000, 10'000);
    dialogues("dialogues, checksums", true, 200'000, 1);
    bulk("bulk", false, 400'000'000);
    bulk("bulk, checksums", true, 400'000'000);
}
