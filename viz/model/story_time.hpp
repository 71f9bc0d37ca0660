#pragma once
/// How the world's time is watched. What happens within microseconds is stretched until an eye can follow it, silence is
/// shortened, and a long silence is folded. It is also where things stand on the timeline.

#include "protocols/wire/time.hpp"

#include <span>
#include <vector>

namespace tegami::model {

using wire::Duration;
using wire::Time;

// How long a frame is seen on a link at speed 1, whatever it took; and how long it rests in a node.
inline constexpr double least_hop = 0.35, most_hop = 1.6, rest = 0.08; // seconds
/// Silence as long as this is folded.
inline constexpr Duration fold_silence = wire::seconds(5);
/// How long the playhead takes to cross a fold.
inline constexpr double fold_crossing = 0.6; // seconds

/// A frame on a link: from when to when.
struct Crossing {
    Time from, to;
};

/// A silence that is skipped.
struct TimeFold {
    Time from, to;
    double watched_from = 0, watched_to = 0; ///< seconds
    bool open = false;                       ///< somebody wants to see it at its true length
};

class StoryTime {
  public:
    /// All of one run: frames on links, and other instants at which something happens. In any order.
    StoryTime(Time start, Time end, std::vector<Crossing> crossings, std::vector<Time> instants);

    /// Seconds since the beginning, as watched at speed 1. Times outside the run are those of its ends.
    double watched(Time at) const;
    Time at(double watched) const;
    double length() const;

    std::span<const TimeFold> folds() const { return folds_; }
    /// The fold that a time lies in, or null.
    const TimeFold* fold_at(Time at) const;
    void open_fold(std::size_t fold, bool open);
    /// The purist's: a second is a second, and nothing is folded.
    void set_linear(bool linear);
    bool is_linear() const { return linear_; }

    Time start() const { return start_; }
    Time end() const { return end_; }

  private:
    /// From here to the next one, watched at an even pace.
    struct Knot {
        Time at;
        double watched = 0;
    };
    struct Stretch {
        Time from, to;
        double length = 0; // seconds, where it is not folded
        bool silent = false;
    };
    void lay_out();

    Time start_, end_;
    std::vector<Stretch> stretches_;
    std::vector<Knot> knots_;
    std::vector<TimeFold> folds_;
    bool linear_ = false;
};

} // namespace tegami::model
