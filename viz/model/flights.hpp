#pragma once
/// Where every frame was at any time: on which link, how far along it, and where it went no further.

#include "sim/run/log.hpp"

#include <optional>
#include <span>
#include <vector>

namespace tegami::model {

using run::Duration;
using run::FrameRef;
using run::NicId;
using run::NodeId;
using run::Time;

/// A frame on one link, or on a host's loopback.
struct Leg {
    NicId from{}, to{};
    Time begun, over;  ///< handed to the link; arrived, or went no further
    bool lost = false; ///< it did not arrive
};

/// A frame from its first sending to its last arrival.
struct Flight {
    FrameRef frame{};
    Time begun, over;
    std::uint32_t first_leg = 0, legs = 0;
    /// It went no further: where, and by whom.
    struct Stop {
        Time at;
        NodeId node{};
        std::optional<run::DropReason> reason; ///< none: the link lost it
    };
    std::optional<Stop> stop;

    /// Half-way: when it is best looked at.
    Time middle() const { return begun + (over - begun) / 2; }
};

class Flights {
  public:
    /// Of a stranger's capture, which says nothing of links, every frame is a flight without length.
    explicit Flights(const run::Log& log);

    std::span<const Flight> all() const { return flights_; } ///< by frame: frame 1 is the first
    const Flight& of(FrameRef frame) const { return flights_[static_cast<std::size_t>(frame) - 1]; }
    std::span<const Leg> legs(const Flight& flight) const
    {
        return std::span{legs_}.subspan(flight.first_leg, flight.legs);
    }
    /// Frames begun at or before a time and not over before it, in the order in which they were sent.
    std::vector<FrameRef> under_way(Time at) const;
    /// The leg that a flight is on at a time; none between two, or where it is over.
    std::optional<std::size_t> leg_at(const Flight& flight, Time at) const;

  private:
    std::vector<Flight> flights_;
    std::vector<Leg> legs_;
    std::vector<std::uint32_t> by_begin_; // indices of flights
    std::vector<Time> latest_over_;       // of the first so many in that order
};

} // namespace tegami::model
