#pragma once
/// Writes a run while it happens: facts and frames, encoded once, straight into blocks of a pcapng file that go to a sink.

#include "sim/run/facts.hpp"

namespace tegami::run {

/// Where encoded blocks go: memory for a view, a file for --save.
class Sink;

/// One interface of the world, for its interface block.
struct NicRow {
    NodeId host{};
    std::string name;      ///< "alice-pc:sakura-edge"
    link::MacAddress mac;
    wire::Address address; ///< its IPv4 address, for name resolution blocks
    std::uint8_t prefix_length = 0;
    NicId peer{};
};

/// What stands at the head of a run: everything needed to run it again.
struct RunHeader {
    std::string title;
    std::string scenario_file; ///< name only
    std::string scenario;      ///< the text, whole
    std::uint64_t seed = 0;
    Time start{};
    std::int32_t zone_minutes = 0;
    Level level = Level::full;
    std::vector<std::string> nodes; ///< by NodeId; scenario and outside first
    std::vector<NicRow> nics;       ///< by NicId
    std::vector<std::pair<wire::Address, std::string>> names; ///< for the name resolution block
};

} // namespace tegami::run
