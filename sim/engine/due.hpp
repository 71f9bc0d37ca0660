#pragma once
/// An entry of the queue, and the order in which entries come due.

#include "sim/engine/ids.hpp"

namespace tegami::engine {

/// What a due is about: which handler of the engine it goes to. The layers above register theirs by these names.
enum class DueKind : std::uint8_t {
    wake,       ///< a waiting coroutine's time has come; subject: its slot, tag: its node's incarnation
    reap,       ///< a crashed node's coroutine frames are to be destroyed
    arrival,    ///< a frame reaches an interface; subject: the frame
    tcp,        ///< a connection's timer; subject: the connection
    neighbour,  ///< an address resolution timer; subject: the interface
    reassembly, ///< fragments that waited for others; subject: the node
    injected,   ///< a frame from outside the world leaves an interface; subject: the frame
    act,        ///< something that the scenario does; subject: its number
    begin,      ///< a node's roles start
    count       ///< not a kind: how many there are
};

/// One entry. It comes due by (at, target, by, counter): the time, the node it is for, the node that scheduled it, and
/// that node's own count. This order does not change when the world is split among threads or processes, as long as a
/// due for another node lies at least 1 ns ahead.
struct Due {
    std::int64_t at = 0;
    NodeId target{};
    NodeId by{};
    std::uint64_t counter = 0;
    std::uint32_t subject = 0;
    std::uint16_t tag = 0;
    DueKind kind{};
};
static_assert(sizeof(Due) == 32);

/// `by` of a due that a node scheduled for itself at the same instant: it comes after what was already due to that node.
constexpr NodeId itself_now{0xFFFF'FFFF};

/// Whether `a` comes before `b`, both due at the same time.
inline bool before_at_same_time(const Due& a, const Due& b)
{
    const std::uint64_t who_a = static_cast<std::uint64_t>(a.target) << 32 | static_cast<std::uint32_t>(a.by);
    const std::uint64_t who_b = static_cast<std::uint64_t>(b.target) << 32 | static_cast<std::uint32_t>(b.by);
    return who_a != who_b ? who_a < who_b : a.counter < b.counter;
}

} // namespace tegami::engine
