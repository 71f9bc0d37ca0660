#include "viz/model/story_time.hpp"

#include <algorithm>
#include <cmath>
#include <queue>

namespace tegami::model {

namespace {

double seconds_of(Duration length) { return static_cast<double>(length.ns) * 1e-9; }

/// How long silence is watched that is not folded.
double of_silence(Duration length) { return rest + 0.12 * std::log10(1 + seconds_of(length) * 1'000); }

} // namespace

StoryTime::StoryTime(Time start, Time end, std::vector<Crossing> crossings, std::vector<Time> instants)
    : start_{start}, end_{std::max(start, end)}
{
    // Everything between two knots is alike: the same frames are under way.
    std::vector<Time> at{start_, end_};
    std::erase_if(crossings, [&](const Crossing& each) { return each.to <= each.from || each.from >= end_; });
    for (Crossing& each : crossings) {
        each.to = std::min(each.to, end_);
        at.push_back(each.from);
        at.push_back(each.to);
    }
    for (const Time each : instants)
        if (each > start_ && each < end_) at.push_back(each);
    std::ranges::sort(at);
    at.erase(std::ranges::unique(at).begin(), at.end());
    std::ranges::sort(crossings, {}, &Crossing::from);

    /// A frame under way, and how many seconds a second of it is watched.
    struct UnderWay {
        double pace;
        Time to;
        bool operator<(const UnderWay& other) const { return pace < other.pace; }
    };
    std::priority_queue<UnderWay> under_way; // the one that wants most time first
    std::size_t next = 0;
    Time busy_until = start_;
    for (std::size_t i = 0; i + 1 < at.size(); ++i) {
        for (; next < crossings.size() && crossings[next].from <= at[i]; ++next) {
            const double truly = seconds_of(crossings[next].to - crossings[next].from);
            under_way.push({std::clamp(truly, least_hop, most_hop) / truly, crossings[next].to});
            busy_until = std::max(busy_until, crossings[next].to);
        }
        while (!under_way.empty() && under_way.top().to <= at[i]) under_way.pop();
        Stretch stretch{at[i], at[i + 1], 0, busy_until <= at[i]};
        const Duration length = stretch.to - stretch.from;
        stretch.length = stretch.silent ? of_silence(length) : seconds_of(length) * under_way.top().pace;
        stretches_.push_back(stretch);
    }
    lay_out();
}

void StoryTime::lay_out()
{
    std::vector<TimeFold> before = std::move(folds_);
    folds_.clear();
    knots_.clear();
    double watched = 0;
    for (const Stretch& stretch : stretches_) {
        knots_.push_back({stretch.from, watched});
        if (linear_) {
            watched += seconds_of(stretch.to - stretch.from);
            continue;
        }
        if (!stretch.silent || stretch.to - stretch.from < fold_silence) {
            watched += stretch.length;
            continue;
        }
        const auto known = std::ranges::find(before, stretch.from, &TimeFold::from);
        TimeFold fold{stretch.from, stretch.to, watched, watched, known != before.end() && known->open};
        watched += fold.open ? std::min(seconds_of(stretch.to - stretch.from), 30.0) : fold_crossing;
        fold.watched_to = watched;
        folds_.push_back(fold);
    }
    knots_.push_back({end_, watched});
}

double StoryTime::watched(Time at) const
{
    if (at <= start_) return 0;
    if (at >= end_) return length();
    const auto behind = std::ranges::upper_bound(knots_, at, {}, &Knot::at);
    const Knot& to = *behind;
    const Knot& from = *std::prev(behind);
    const double part = static_cast<double>((at - from.at).ns) / static_cast<double>((to.at - from.at).ns);
    return from.watched + (to.watched - from.watched) * part;
}

Time StoryTime::at(double watched) const
{
    if (watched <= 0) return start_;
    if (watched >= length()) return end_;
    const auto behind = std::ranges::upper_bound(knots_, watched, {}, &Knot::watched);
    const Knot& to = *behind;
    const Knot& from = *std::prev(behind);
    const double part = (watched - from.watched) / (to.watched - from.watched);
    return from.at +
           Duration{static_cast<std::int64_t>(std::llround(part * static_cast<double>((to.at - from.at).ns)))};
}

double StoryTime::length() const { return knots_.empty() ? 0 : knots_.back().watched; }

const TimeFold* StoryTime::fold_at(Time at) const
{
    const auto behind = std::ranges::upper_bound(folds_, at, {}, &TimeFold::from);
    if (behind == folds_.begin()) return nullptr;
    const TimeFold& fold = *std::prev(behind);
    return at < fold.to ? &fold : nullptr;
}

void StoryTime::open_fold(std::size_t fold, bool open)
{
    if (fold >= folds_.size()) return;
    folds_[fold].open = open;
    lay_out();
}

void StoryTime::set_linear(bool linear)
{
    linear_ = linear;
    lay_out();
}

} // namespace tegami::model
