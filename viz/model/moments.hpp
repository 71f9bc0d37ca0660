#pragma once
/// What one can step to: packets, commands, events of mails, steps of a journey. Each at the time at which it is best
/// looked at: a packet half-way, a command in the packet that carries it.

#include "sim/run/journey.hpp"
#include "viz/model/command.hpp"
#include "viz/model/flights.hpp"

#include <array>
#include <span>
#include <vector>

namespace tegami::model {

struct Moment {
    Time at;
    FrameRef frame{};    ///< that is looked at; none where it is no frame
    run::FactRef fact{}; ///< of a command or an event of a mail
    run::SpanId step{};  ///< of an event of a mail: which step it begins or ends; none for others
    run::MailId mail{};  ///< likewise
    bool ends = false;   ///< of a step: its end, not its beginning
};

class Moments {
  public:
    Moments(const run::Log& log, const Flights& flights);

    std::span<const Moment> of(Unit unit) const { return moments_[static_cast<std::size_t>(unit)]; }
    /// The one that `count` steps lead to from a time: 1 the first behind it, −1 the last before it. The last or first
    /// one where there are not so many; null where there is none that way.
    const Moment* step(Unit unit, Time from, int count) const;
    /// Likewise, among the events of one mail: beginnings of its steps only, or all.
    const Moment* step_of_mail(run::MailId mail, bool beginnings_only, Time from, int count) const;
    /// The last one at or before a time; null where there is none.
    const Moment* last(Unit unit, Time at) const;

  private:
    std::array<std::vector<Moment>, 3> moments_;
};

} // namespace tegami::model
