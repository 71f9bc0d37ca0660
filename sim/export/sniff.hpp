#pragma once
/// What a sniffer somewhere in the world would have seen of a run.

#include "sim/run/log.hpp"

#include <expected>
#include <string>
#include <variant>

namespace tegami::exporting {

using run::FactRef;
using run::FrameRef;
using run::Log;
using run::NicId;
using run::NodeId;
using run::Time;
using wire::Octets;

/// Where somebody listens: at some interfaces of one host, or on a link.
///
/// At an interface one sees what it sends when it is handed to the link, lost later or not, and what arrives when it
/// arrives. On a link one sees both directions, each at its own beginning: every frame that is handed to the link, when
/// it is, lost later or not.
struct Place {
    enum class Kind : std::uint8_t { interfaces, link };
    Kind kind{};
    std::vector<NicId> nics; ///< the host's; of a link: all that are plugged into it
};

/// What is wrong with a place: nothing of that name, and what is near it.
struct NoSuchPlace {
    std::string text;
    std::vector<std::string> near;
};

/// "HOST" (all its interfaces), "HOST:NIC" (an interface by its name) or "LINK".
std::expected<Place, NoSuchPlace> parse_place(const Log& log, std::string_view text);

/// One frame seen.
struct Sighting {
    FrameRef frame{};
    std::uint32_t hop = 0; ///< which of its links: an index into Log::hops
    bool inbound = false;  ///< it arrived here
    NicId nic{};           ///< here
    Time at{};
};

/// In the order of time.
std::vector<Sighting> sniff(const Log& log, const Place& place);

} // namespace tegami::exporting
