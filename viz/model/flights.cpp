#include "viz/model/flights.hpp"

#include "sim/export/sort_stably.hpp"

#include <algorithm>
#include <numeric>

namespace tegami::model {

Flights::Flights(const run::Log& log)
{
    const auto frames = static_cast<std::size_t>(log.frames());
    flights_.resize(frames);
    // Legs are counted first, so that each flight's stand together.
    for (std::size_t i = 0; i < frames; ++i) {
        const auto ref = static_cast<FrameRef>(i + 1);
        const run::Frame& frame = log.frame(ref);
        flights_[i] = {ref, frame.at, frame.at, 0, 0, std::nullopt};
    }
    if (log.is_run()) {
        std::vector<std::pair<std::uint32_t, Leg>> found;
        const auto handed = [&](FrameRef frame, Time at, NicId nic, NicId to, Duration transit, run::Fate fate) {
            const bool lost = fate == run::Fate::lost || fate == run::Fate::down;
            const auto index = static_cast<std::uint32_t>(frame) - 1;
            found.push_back({index, {nic, to, at, at + transit, lost}});
            Flight& flight = flights_[index];
            ++flight.legs;
            flight.over = std::max(flight.over, at + transit);
            // The first copy that comes to grief is not the end of the others.
            if (lost)
                flight.stop = Flight::Stop{at + transit / 2, log.header().nics[static_cast<std::size_t>(nic)].host, {}};
        };
        for (const run::Event& event : log.events()) {
            if (const auto* first = std::get_if<run::FrameSent>(&event.what)) {
                handed(event.frame, event.at, first->nic, first->to, first->transit, first->fate);
            } else if (const auto* crossed = std::get_if<run::FrameCrossed>(&event.what)) {
                handed(crossed->frame, event.at, crossed->nic, crossed->to, crossed->transit, crossed->fate);
            } else if (const auto* dropped = std::get_if<run::FrameDropped>(&event.what)) {
                // A switch floods: for whom a frame is not meant is no stop.
                if (dropped->frame == FrameRef::none || dropped->reason == run::DropReason::not_for_us) continue;
                flights_[static_cast<std::size_t>(dropped->frame) - 1].stop =
                    Flight::Stop{event.at, event.node, dropped->reason};
            } else if (const auto* cut = std::get_if<run::FrameCut>(&event.what)) {
                flights_[static_cast<std::size_t>(cut->frame) - 1].stop = Flight::Stop{event.at, event.node, {}};
                for (auto& [index, leg] : found)
                    if (index + 1 == static_cast<std::uint64_t>(cut->frame) && leg.from == cut->nic &&
                        leg.over >= event.at)
                        leg.over = event.at, leg.lost = true;
            }
        }
        exporting::sort_stably(found, &std::pair<std::uint32_t, Leg>::first);
        legs_.reserve(found.size());
        std::uint32_t at = 0;
        for (Flight& flight : flights_) {
            flight.first_leg = at;
            at += flight.legs;
        }
        for (const auto& [index, leg] : found) legs_.push_back(leg);
        for (Flight& flight : flights_) {
            Time over = flight.begun;
            for (const Leg& leg : legs(flight)) over = std::max(over, leg.over);
            flight.over = over;
        }
    }
    by_begin_.resize(frames);
    std::iota(by_begin_.begin(), by_begin_.end(), 0u);
    exporting::sort_stably(by_begin_, [&](std::uint32_t i) { return flights_[i].begun; });
    latest_over_.reserve(frames);
    Time latest{};
    for (const std::uint32_t i : by_begin_) latest_over_.push_back(latest = std::max(latest, flights_[i].over));
}

std::vector<FrameRef> Flights::under_way(Time at) const
{
    std::vector<FrameRef> result;
    auto i = static_cast<std::size_t>(
        std::ranges::upper_bound(by_begin_, at, {}, [&](std::uint32_t each) { return flights_[each].begun; }) -
        by_begin_.begin());
    // No earlier one reaches so far once the latest end so far does not.
    for (; i > 0 && latest_over_[i - 1] >= at; --i)
        if (flights_[by_begin_[i - 1]].over >= at) result.push_back(flights_[by_begin_[i - 1]].frame);
    std::ranges::reverse(result);
    return result;
}

std::optional<std::size_t> Flights::leg_at(const Flight& flight, Time at) const
{
    const auto all = legs(flight);
    std::optional<std::size_t> result;
    for (std::size_t i = 0; i < all.size(); ++i)
        if (all[i].begun <= at && at <= all[i].over) result = i;
    return result;
}

} // namespace tegami::model
