#pragma once
/// Learning switches: which port a station was heard on, and where a frame goes that came in. What is not known, and what
/// goes to many, goes to every other port. IEEE 802.1D §7.7 to §7.9.
///
/// Simplified: a frame is passed on at once, as a whole. Left out: spanning tree (a topology with a loop of switches is
/// refused), VLANs, listening in on who joins which group.

#include "sim/net/links.hpp"

#include <unordered_map>

namespace tegami::net {

inline constexpr Duration station_lifetime = wire::seconds(300);
inline constexpr std::size_t stations_remembered = 8192; ///< of a switch; no further one is learnt

class Switches {
  public:
    Switches(Context& context, Links& links) : context_(context), links_(links) {}

    /// Takes the frame.
    void on_frame(NicId port, Frame& frame);
    /// The switch forgets what it heard on that port.
    void forget(NicId port);

    /// On which port of a switch a station is known to be; nothing where it would be sought everywhere.
    std::optional<NicId> port_of(NodeId node, const link::MacAddress& station) const;

  private:
    struct Station {
        NicId port{};
        std::int64_t until = 0;
    };
    static std::uint64_t key(const link::MacAddress& mac);
    void learn(NicId port, const link::MacAddress& station, const Frame& frame);

    Context& context_;
    Links& links_;
    std::unordered_map<NodeId, std::unordered_map<std::uint64_t, Station>> tables_;
};

} // namespace tegami::net
