#pragma once
/// The memory of connections that have something in it. A pool lends it out and takes it back with its capacity, so a
/// world of short dialogues allocates nothing, and a connection in TIME-WAIT holds nothing.

#include "protocols/tcp/receive_buffer.hpp"
#include "protocols/tcp/scoreboard.hpp"
#include "protocols/tcp/send_buffer.hpp"

#include <memory>
#include <vector>

namespace tegami::tcp {

/// Where urgent data ends, each way: the number of the first octet that is not urgent. RFC 9293 §3.8.5.
struct Urgent {
    Sequence send_up = 0, receive_up = 0; // SND.UP, RCV.UP
    bool sending = false, receiving = false;
};

struct Buffers {
    SendBuffer send;
    ReceiveBuffer receive;
    Recovery recovery;
    Urgent urgent;
};

/// Must outlive whoever holds a lease.
class BufferPool {
  public:
    struct Return {
        BufferPool* pool = nullptr;
        void operator()(Buffers* buffers) const { pool->take_back(buffers); }
    };
    using Lease = std::unique_ptr<Buffers, Return>;

    BufferPool() = default;
    BufferPool(const BufferPool&) = delete;
    BufferPool& operator=(const BufferPool&) = delete;

    Lease lend()
    {
        ++lent_;
        if (free_.empty()) return Lease{new Buffers, Return{this}};
        Buffers* const buffers = free_.back().release();
        free_.pop_back();
        return Lease{buffers, Return{this}};
    }
    std::size_t lent() const { return lent_; }
    std::size_t idle() const { return free_.size(); }

  private:
    static constexpr std::size_t kept_capacity = 128 * 1024; // octets a direction; more is given back
    static constexpr std::size_t kept_idle = 4096;           // buffers

    void take_back(Buffers* buffers)
    {
        --lent_;
        std::unique_ptr<Buffers> owned{buffers};
        if (free_.size() >= kept_idle) return;
        buffers->send.clear_above(kept_capacity);
        buffers->receive.clear_above(kept_capacity);
        buffers->recovery.board.clear();
        buffers->urgent = {};
        free_.push_back(std::move(owned));
    }

    std::vector<std::unique_ptr<Buffers>> free_; // the last one back is the first lent: it is still in the cache
    std::size_t lent_ = 0;
};

} // namespace tegami::tcp
