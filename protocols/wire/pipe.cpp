#include "protocols/wire/pipe.hpp"

#include <algorithm>

namespace tegami::wire {

std::pair<std::unique_ptr<PipeEnd>, std::unique_ptr<PipeEnd>> PipeEnd::make_pair(std::size_t room)
{
    std::unique_ptr<PipeEnd> one{new PipeEnd};
    std::unique_ptr<PipeEnd> other{new PipeEnd};
    one->peer_ = other.get();
    other->peer_ = one.get();
    one->room_ = other->room_ = room;
    return {std::move(one), std::move(other)};
}

PipeEnd::~PipeEnd()
{
    waiting_ = {};
    if (!peer_) return;
    PipeEnd* const peer = std::exchange(peer_, nullptr);
    peer->peer_ = nullptr;
    if (!closed_) peer->broken_ = true;
    peer->look();
}

void PipeEnd::close()
{
    if (std::exchange(closed_, true) || !peer_) return;
    peer_->peer_closed_ = true;
    peer_->look();
}

void PipeEnd::abort()
{
    broken_ = true;
    if (peer_) {
        peer_->broken_ = true;
        peer_->look();
    }
    look();
}

void PipeEnd::expire()
{
    if (!waiting_) return;
    time_is_over();
    std::exchange(waiting_, {}).resume();
}

void PipeEnd::consume(std::size_t count)
{
    head_ += count;
    if (head_ == in_.size()) {
        in_.clear();
        head_ = 0;
    }
    if (peer_) peer_->look();
}

bool PipeEnd::ended(Hangup& why) const
{
    if (broken_) {
        why = Hangup::reset;
        return true;
    }
    if (peer_closed_ || !peer_) {
        why = Hangup::closed;
        return true;
    }
    return false;
}

std::size_t PipeEnd::offer(Octets octets, Spans spans)
{
    if (!peer_) return 0;
    PipeEnd& to = *peer_;
    const std::size_t unread = to.in_.size() - to.head_;
    const std::size_t taken = std::min(octets.size(), to.room_ - std::min(to.room_, unread));
    to.in_.insert(to.in_.end(), octets.begin(), octets.begin() + static_cast<std::ptrdiff_t>(taken));
    to.spans_ = spans;
    to.look();
    return taken;
}

void PipeEnd::look()
{
    // Consuming wakes the peer, and what the peer writes then leads here again: the look under way will see it.
    if (!waiting_ || looking_) return;
    looking_ = true;
    const bool over = wait_is_over();
    looking_ = false;
    if (over) std::exchange(waiting_, {}).resume();
}

} // namespace tegami::wire
