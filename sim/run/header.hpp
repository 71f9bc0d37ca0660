#pragma once
/// What stands at the head of a run: everything needed to run it again, and who is who in it.

#include "sim/run/codec.hpp"

#include <string>
#include <utility>
#include <vector>

namespace tegami::run {

/// What takes in a frame at an interface, and so what becomes of it there.
enum class NicKind : std::uint8_t {
    end,      ///< a host, or a router that changes what it passes on
    loopback, ///< a host that sends to itself
    port,     ///< a switch, which changes nothing
};

struct NicAddress {
    wire::Address address;
    std::uint8_t prefix_length = 0;

    bool operator==(const NicAddress&) const = default;
};

/// One interface of the world, for its interface block.
struct NicRow {
    NodeId host{};
    std::string name; ///< "alice-pc:sakura-edge"
    std::string link; ///< the name of the link that it is plugged into
    link::MacAddress mac;
    wire::Address address; ///< its first address: IPv4 where it has one
    std::uint8_t prefix_length = 0;
    NicId peer{}; ///< the interface at the link's other end; a loopback's own
    NicKind kind = NicKind::end;
    std::vector<NicAddress> others{}; ///< its other addresses

    bool operator==(const NicRow&) const = default;
};

struct RunHeader {
    std::string title;
    std::string scenario_file; ///< name only
    std::string variant;       ///< of the scenario, that was played; empty: as it stands
    std::string scenario;      ///< the text, whole
    std::uint64_t seed = 0;
    Time start{};
    std::int32_t zone_minutes = 0;
    Level level = Level::full;
    std::vector<std::string> nodes;                           ///< by NodeId; scenario and outside first
    std::vector<NicRow> nics;                                 ///< by NicId
    std::vector<std::pair<wire::Address, std::string>> names; ///< for the name resolution block

    bool operator==(const RunHeader&) const = default;
};

/// Appends the header as the log opens with it.
void encode(const RunHeader& header, wire::OctetBuffer& out);
/// Reads it; the reader has failed where it makes no sense.
RunHeader read_header(LogReader& in);

} // namespace tegami::run
