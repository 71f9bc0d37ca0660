#include "sim/net/frame.hpp"

#include <new>

namespace tegami::net {

void FramePool::grow(std::size_t which)
{
    Size& size = sizes_[which];
    const auto first = static_cast<std::uint32_t>(size.chunks.size() * per_chunk);
    size.chunks.push_back(std::make_unique_for_overwrite<std::byte[]>(per_chunk * stride(which)));
    for (std::uint32_t i = per_chunk; i-- > 0;) {
        Frame* const frame = new (size.chunks.back().get() + i * stride(which)) Frame;
        frame->index = (first + i + 1) << 1 | static_cast<std::uint32_t>(which);
        frame->small = static_cast<std::uint8_t>(which);
        frame->next = size.free;
        size.free = frame->index;
    }
}

} // namespace tegami::net
