#pragma once
/// Where the playhead is, and how it moves: with real time along the story's, or by steps. It never runs backwards.

#include "viz/model/command.hpp"
#include "viz/model/story_time.hpp"

#include <optional>

namespace tegami::model {

class Playback {
  public:
    /// `time` must outlive it.
    explicit Playback(const StoryTime& time) : time_{&time}, now_{time.start()} {}

    Time now() const { return now_; }
    bool playing() const { return playing_; }
    /// 1/8 to 8.
    double speed() const { return speed_; }
    Unit unit() const { return unit_; }
    struct Loop {
        Time from;
        std::optional<Time> to;
    };
    const std::optional<Loop>& loop() const { return loop_; }

    void play() { playing_ = now_ < time_->end(); }
    void pause() { playing_ = false; }
    void seek(Time to);
    void set_unit(Unit unit) { unit_ = unit; }
    void change_speed(int notches);
    void mark_loop();
    /// Real seconds have gone by. Stops at `barrier`, where there is one: what is computed so far, or a guess's answer.
    void advance(double seconds, std::optional<Time> barrier = std::nullopt);
    /// A new run in the place of the old one: the playhead stays where it is.
    void follow(const StoryTime& time);

  private:
    const StoryTime* time_;
    Time now_;
    bool playing_ = false;
    double speed_ = 1;
    Unit unit_{};
    std::optional<Loop> loop_;
};

} // namespace tegami::model
