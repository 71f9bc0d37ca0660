#include "viz/model/playback.hpp"

#include <algorithm>

namespace tegami::model {

void Playback::seek(Time to) { now_ = std::clamp(to, time_->start(), time_->end()); }

void Playback::change_speed(int notches)
{
    for (; notches > 0; --notches) speed_ = std::min(8.0, speed_ * 2);
    for (; notches < 0; ++notches) speed_ = std::max(0.125, speed_ / 2);
}

void Playback::mark_loop()
{
    if (!loop_)
        loop_ = Loop{now_, std::nullopt};
    else if (!loop_->to && now_ > loop_->from)
        loop_->to = now_;
    else
        loop_.reset();
}

void Playback::advance(double seconds, std::optional<Time> barrier)
{
    if (!playing_ || seconds <= 0) return;
    Time to = time_->at(time_->watched(now_) + seconds * speed_);
    if (barrier && to >= *barrier) {
        now_ = std::max(now_, std::min(to, *barrier));
        playing_ = now_ < *barrier;
        return;
    }
    if (loop_ && loop_->to && now_ < *loop_->to && to >= *loop_->to) to = loop_->from;
    now_ = to;
    if (now_ >= time_->end()) playing_ = false;
}

void Playback::follow(const StoryTime& time)
{
    time_ = &time;
    seek(now_);
}

} // namespace tegami::model
