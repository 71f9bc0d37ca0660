#pragma once
/// Builds the blocks at the head of a pcapng file, which are written once: section header, interfaces, names.
/// Packets are written where speed matters, by the Recorder and by sim/export.

#include "protocols/link/mac_address.hpp"
#include "protocols/wire/address.hpp"
#include "protocols/wire/octets.hpp"
#include "sim/run/pcapng.hpp"

#include <span>
#include <string>
#include <utility>
#include <vector>

namespace tegami::run::pcapng {

/// Appends blocks to a buffer.
class BlockWriter {
  public:
    explicit BlockWriter(wire::OctetBuffer& out) : out_(out) {}

    void begin(BlockType type);
    void end(); ///< with the end of options where there were any, and the length

    void u16(std::uint16_t value);
    void u32(std::uint32_t value);
    void octets(wire::Octets value); ///< padded
    void option(Option code, wire::Octets value);
    void option(Option code, std::string_view value) { option(code, wire::as_octets(value)); }

  private:
    wire::OctetBuffer& out_;
    std::size_t block_ = 0;
    bool has_options_ = false;
};

struct InterfaceRow {
    std::string_view name;
    link::MacAddress mac;
    wire::Address address; ///< IPv4, or none
    std::uint8_t prefix_length = 0;
};

/// Interface description with times in nanoseconds.
void write_interface(wire::OctetBuffer& out, const InterfaceRow& row, std::uint16_t link_type = link_type_ethernet);
/// Name resolution blocks, as many as needed; a name too long for a record (65,535 octets) is left out.
void write_names(wire::OctetBuffer& out, std::span<const std::pair<wire::Address, std::string>> names);
/// The text up to `limit` octets, without half a UTF-8 character at its end.
std::string_view fitting(std::string_view text, std::size_t limit);

} // namespace tegami::run::pcapng
