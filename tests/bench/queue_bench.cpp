/// What the queue of dues takes: holds a second (the earliest due taken, one pushed that lies later), with 100,000 queued,
/// beside a binary heap of the same dues, std::priority_queue. Both have to give the dues in the same order.
///
///     queue_bench [--queued=N] [--holds=N]

#include "sim/engine/queue.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <queue>
#include <string_view>
#include <vector>

namespace {

using namespace tegami;
using engine::Due;
using engine::Time;

/// The order in which a queue's dues came, in one number.
struct Digest {
    std::uint64_t value = 0;
    void add(const Due& due)
    {
        value = (value ^ due.counter) * 0x9E37'79B9'7F4A'7C15ull + static_cast<std::uint64_t>(due.at);
    }
};

/// xorshift64: the same numbers for both.
class Numbers {
  public:
    std::uint64_t next()
    {
        state_ ^= state_ << 13;
        state_ ^= state_ >> 7;
        state_ ^= state_ << 17;
        return state_;
    }

  private:
    std::uint64_t state_ = 88'172'645'463'325'252;
};

/// A network's mix: of 16 dues 15 are frames and timers microseconds to 20 ms ahead, one is a timer up to 2 s away.
std::int64_t ahead(Numbers& numbers)
{
    const std::uint64_t number = numbers.next();
    return static_cast<std::int64_t>((number >> 8) % ((number & 15) != 0 ? 20'000'000 : 2'000'000'000));
}

struct Ours {
    engine::Queue queue{Time{}};
    void push(const Due& due) { queue.push(due); }
    void pop(Due& due) { static_cast<void>(queue.pop(Time::never(), due)); }
};

struct Later {
    bool operator()(const Due& a, const Due& b) const
    {
        return a.at != b.at ? a.at > b.at : engine::before_at_same_time(b, a);
    }
};

struct BinaryHeap {
    std::priority_queue<Due, std::vector<Due>, Later> queue;
    void push(const Due& due) { queue.push(due); }
    void pop(Due& due)
    {
        due = queue.top();
        queue.pop();
    }
};

/// Holds a second, after as many holds as dues are queued: by then the first filling has gone.
template <class Queue>
double measure(std::uint64_t queued, std::uint64_t holds, Digest& digest)
{
    Queue queue;
    Numbers numbers;
    std::uint64_t counter = 0;
    Due due;
    const auto hold = [&] {
        queue.pop(due);
        digest.add(due);
        due.at += ahead(numbers);
        due.counter = counter++;
        queue.push(due);
    };
    for (std::uint64_t i = 0; i < queued; ++i) {
        due = {};
        due.at = ahead(numbers);
        due.counter = counter++;
        due.target = engine::NodeId{static_cast<std::uint32_t>(i % 1'000)};
        queue.push(due);
    }
    for (std::uint64_t i = 0; i < queued; ++i) hold();
    const auto begin = std::chrono::steady_clock::now();
    for (std::uint64_t i = 0; i < holds; ++i) hold();
    return static_cast<double>(holds) / std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

} // namespace

int main(int argc, char** argv)
{
    std::uint64_t queued = 100'000, holds = 4'000'000;
    for (int i = 1; i < argc; ++i) {
        const std::string_view word = argv[i];
        if (word.starts_with("--queued="))
            queued = std::strtoull(argv[i] + 9, nullptr, 10);
        else if (word.starts_with("--holds="))
            holds = std::strtoull(argv[i] + 8, nullptr, 10);
        else {
            std::fprintf(stderr, "queue_bench: I do not know %s\n", argv[i]);
            return 2;
        }
    }
    if (queued == 0 || holds == 0) {
        std::fprintf(stderr, "queue_bench: numbers above zero are wanted\n");
        return 2;
    }
    Digest ours, peers;
    const double our_rate = measure<Ours>(queued, holds, ours);
    const double peer_rate = measure<BinaryHeap>(queued, holds, peers);
    std::printf("queue_bench queued=%llu holds=%llu holds_per_s=%.0f peer_holds_per_s=%.0f\n",
                static_cast<unsigned long long>(queued), static_cast<unsigned long long>(holds), our_rate, peer_rate);
    if (ours.value == peers.value) return 0;
    std::fprintf(stderr, "queue_bench: the two queues differ in their order\n");
    return 1;
}
