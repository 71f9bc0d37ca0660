#pragma once
/// A capture file as anybody may have written it: interfaces, frames, names, and our own log where there is one.
/// pcapng (draft-ietf-opsawg-pcapng) is read here, classic pcap by libpcap.

#include "protocols/link/mac_address.hpp"
#include "protocols/wire/address.hpp"
#include "protocols/wire/octets.hpp"
#include "protocols/wire/time.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tegami::run {

using wire::Octets;

/// What is read of a stranger's file, and no more.
namespace limits {
inline constexpr std::size_t capture_block = 16u << 20;
inline constexpr std::size_t capture_interfaces = 65'536;
inline constexpr std::size_t capture_options = 1'024; ///< a block
} // namespace limits

struct CapturedInterface {
    std::uint16_t link_type = 0; ///< 1 is Ethernet
    std::string_view name;
    link::MacAddress mac;
    wire::Address address;
    std::uint32_t snapshot_length = 0;
    std::uint8_t resolution = 6; ///< as in if_tsresol: 10 to the minus this; 2 where the top bit is set
    std::int64_t offset = 0;     ///< seconds to add to every time
};

struct CapturedFrame {
    Octets octets;
    std::uint32_t original_length = 0; ///< of which `octets` may be the beginning only
    std::uint32_t interface = 0;       ///< index into Capture::interfaces
    wire::Time at{};
};

struct CapturedComment {
    std::uint64_t frame = 0; ///< index into Capture::frames
    std::string_view text;
};

/// Octets and texts are views of what was read.
struct Capture {
    std::vector<CapturedInterface> interfaces;
    std::vector<CapturedFrame> frames;
    std::vector<CapturedComment> comments;
    std::vector<std::pair<wire::Address, std::string_view>> names;
    wire::OctetBuffer log; ///< our options, one behind the other; empty in a stranger's file
    /// Where in the file the log's pieces were: (offset in the log, offset in the file).
    std::vector<std::pair<std::size_t, std::size_t>> log_pieces;
    /// Where the file stops making sense; everything before it was read.
    std::optional<wire::Malformed> broken;
    std::deque<wire::OctetBuffer> copies; ///< octets that are no view of the file

    /// Where an offset of the log is in the file.
    std::size_t file_offset(std::size_t log_offset) const;
};

/// Reads pcapng, all at once or as it grows: pieces of whole blocks, one behind the other.
class PcapngReader {
  public:
    /// `file_offset`: of the piece's first octet. False once the file is broken.
    bool read(Octets piece, std::size_t file_offset, Capture& into);

    /// Where the block read last begins in its piece.
    std::size_t last_block() const { return last_block_; }
    void shift_last_block(std::size_t by) { last_block_ += by; }
    /// Takes back what that block gave, so that it can be read again when more has been written to it.
    void forget_last_block(Capture& capture) const;

  private:
    struct Block;

    std::uint16_t u16(const std::uint8_t* at) const;
    std::uint32_t u32(const std::uint8_t* at) const;
    bool read_block(const Block& block);
    bool read_section(const Block& block);
    bool read_interface(const Block& block);
    bool read_packet(const Block& block);
    bool read_simple_packet(const Block& block);
    bool read_obsolete_packet(const Block& block);
    bool read_names(const Block& block);
    bool read_options(const Block& block, std::size_t from);
    bool take_option(const Block& block, std::uint16_t code, Octets value, std::size_t file_offset);
    bool add_frame(const Block& block, std::uint32_t interface, std::uint64_t time, std::size_t data,
                   std::uint32_t captured, std::uint32_t original);
    bool fail(std::size_t file_offset, std::string_view rule);

    Capture* into_ = nullptr;
    bool swapped_ = false;
    bool in_section_ = false;
    std::size_t first_interface_ = 0; // of this section
    std::size_t options_ = 0;         // of this block
    std::size_t last_block_ = 0;
    std::size_t frames_before_ = 0, comments_before_ = 0, log_before_ = 0, pieces_before_ = 0; // that block
    std::size_t interfaces_before_ = 0, names_before_ = 0;
};

/// Reads a classic pcap file through libpcap.
void read_pcap(Octets file, Capture& into);

/// Reads either, told apart by the first four octets; broken at 0 where it is neither.
Capture read_capture(Octets file);

} // namespace tegami::run
