#pragma once
/// A frame under way, and the pool that frames come from. Beside the octets lies what travels with the work and never on
/// the wire: whom it serves, its number in the run and the fact that it came from.

#include "protocols/tcp/connection.hpp"
#include "protocols/wire/stream.hpp"
#include "sim/run/facts.hpp"

#include <cassert>
#include <cstring>
#include <memory>
#include <vector>

namespace tegami::net {

using engine::Duration;
using engine::NodeId;
using engine::Time;
using run::FactRef;
using run::FrameRef;
using run::NicId;
using wire::Octets;
using wire::Spans;

constexpr std::uint32_t index_of(NicId nic) { return static_cast<std::uint32_t>(nic); }

/// The most runs of spans that one segment carries; where more would fall into it, it is cut short.
inline constexpr std::size_t runs_in_frame = tcp::Outgoing::run_limit;
/// The largest frame: an Ethernet header and an MTU of 1,500.
inline constexpr std::size_t largest_frame = 1514;

struct Frame {
    std::uint32_t index = 0; ///< in the pool
    std::uint32_t next = 0;  ///< in the free list, or among frames that wait for an address
    NicId to{};              ///< the interface that it is on its way to
    std::uint16_t length = 0;
    std::uint8_t run_count = 0;
    std::uint8_t small = 0;
    Spans spans;
    std::int64_t left = 0;                           ///< when its last octet has left the interface it was sent from
    FrameRef number{};                               ///< none until it was first sent, or where frames are not recorded
    FactRef cause{};                                 ///< the last thing that happened to it
    std::array<wire::SpanRun, runs_in_frame> runs{}; ///< of a TCP segment's payload

    std::uint8_t* data() { return reinterpret_cast<std::uint8_t*>(this + 1); }
    const std::uint8_t* data() const { return reinterpret_cast<const std::uint8_t*>(this + 1); }
    Octets octets() const { return {data(), length}; }
};
static_assert(sizeof(Frame) == 96);

/// Frames of two sizes in chunks that are never given back while the pool lives. Frames are known by index, which fits
/// into a due, or by pointer, which stays.
class FramePool {
  public:
    FramePool() = default;
    FramePool(const FramePool&) = delete;
    FramePool& operator=(const FramePool&) = delete;

    /// A frame of `length` octets, which are not set.
    Frame& take(std::size_t length)
    {
        assert(length <= largest_frame);
        const std::size_t which = length <= small_room ? 1 : 0;
        Size& size = sizes_[which];
        if (size.free == 0) grow(which);
        Frame& frame = at(size.free);
        size.free = frame.next;
        ++out_;
        frame.length = static_cast<std::uint16_t>(length);
        frame.run_count = 0;
        frame.spans = {};
        frame.number = {};
        frame.cause = {};
        return frame;
    }
    void give_back(Frame& frame)
    {
        Size& size = sizes_[frame.small];
        frame.next = size.free;
        size.free = frame.index;
        --out_;
    }
    Frame& at(std::uint32_t index)
    {
        const std::uint32_t which = index & 1;
        const std::uint32_t place = (index >> 1) - 1;
        return *reinterpret_cast<Frame*>(sizes_[which].chunks[place / per_chunk].get() +
                                         place % per_chunk * stride(which));
    }
    /// The same frame once more, with everything beside it.
    Frame& copy(const Frame& of)
    {
        Frame& frame = take(of.length);
        std::memcpy(frame.data(), of.data(), of.length);
        frame.to = of.to;
        frame.run_count = of.run_count;
        frame.runs = of.runs;
        frame.spans = of.spans;
        frame.number = of.number;
        frame.cause = of.cause;
        return frame;
    }
    /// Frames taken and not given back.
    std::size_t out() const { return out_; }

  private:
    static constexpr std::size_t small_room = 160; // with the header a multiple of a cache line
    static constexpr std::uint32_t per_chunk = 128;
    static constexpr std::size_t stride(std::size_t which)
    {
        return which == 1 ? sizeof(Frame) + small_room : (sizeof(Frame) + largest_frame + 63) / 64 * 64;
    }
    struct Size {
        std::vector<std::unique_ptr<std::byte[]>> chunks;
        std::uint32_t free = 0; // index of the first free frame; 0: none
    };
    void grow(std::size_t which);

    std::array<Size, 2> sizes_; // large, small: also the lowest bit of an index
    std::size_t out_ = 0;
};

} // namespace tegami::net
