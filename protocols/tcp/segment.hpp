#pragma once
/// The TCP segment: RFC 9293 §3.1 (header) and §3.2 (options); RFC 7323 §2.2 (window scale) and §3.2 (timestamps);
/// RFC 2018 §2 and §3 (selective acknowledgment). Options that are not known are skipped.

#include "protocols/tcp/sequence.hpp"
#include "protocols/wire/address.hpp"
#include "protocols/wire/checksum.hpp"
#include "protocols/wire/octets.hpp"
#include "protocols/wire/result.hpp"

#include <array>
#include <optional>
#include <span>

namespace tegami::tcp {

using wire::Octets;
using wire::Port;

/// Control bits. RFC 9293 §3.1.
enum class Flag : std::uint8_t { fin = 1, syn = 2, rst = 4, psh = 8, ack = 16, urg = 32, ece = 64, cwr = 128 };

/// A set of control bits.
class Flags {
  public:
    constexpr Flags() = default;
    constexpr Flags(Flag flag) : bits_(static_cast<std::uint8_t>(flag)) {}
    static constexpr Flags from_bits(std::uint8_t bits)
    {
        Flags flags;
        flags.bits_ = bits;
        return flags;
    }
    constexpr std::uint8_t bits() const { return bits_; }
    constexpr bool has(Flag flag) const { return (bits_ & static_cast<std::uint8_t>(flag)) != 0; }
    constexpr Flags operator|(Flags other) const { return from_bits(bits_ | other.bits_); }
    constexpr bool operator==(const Flags&) const = default;

  private:
    std::uint8_t bits_ = 0;
};
constexpr Flags operator|(Flag one, Flag other) { return Flags{one} | Flags{other}; }

inline constexpr std::size_t smallest_header = 20;       // octets, RFC 9293 §3.1
inline constexpr std::size_t largest_header = 60;        // octets: Data Offset has four bits
inline constexpr std::uint8_t largest_window_scale = 14; // RFC 7323 §2.3

inline constexpr std::size_t sack_block_limit = 4;   // RFC 2018 §3: as many as 40 octets of options hold
inline constexpr std::size_t timestamps_octets = 12; // RFC 7323 Appendix A: the option behind two no-operations

/// RFC 7323 §3.2.
struct Timestamps {
    std::uint32_t value = 0; ///< TSval: the sender's clock
    std::uint32_t echo =
        0; ///< TSecr: a clock reading of the receiver's, back again; means something only with Flag::ack

    bool operator==(const Timestamps&) const = default;
};

/// One segment, as decoded or to be encoded. `payload` views somebody else's octets.
struct Segment {
    Port source{}, destination{};
    Sequence seq = 0;
    Sequence ack = 0; ///< means something only with Flag::ack
    Flags flags;
    std::uint16_t window = 0; ///< as in the header, not scaled
    std::optional<std::uint16_t> mss;
    std::optional<std::uint8_t> window_scale; ///< shift count, at most 14
    std::optional<Timestamps> timestamps;
    std::uint16_t urgent = 0; ///< the urgent pointer, counted from `seq`; means something only with Flag::urg
    bool sack_permitted = false;
    std::uint8_t sack_count = 0;                      ///< of `sack`, how many were set
    std::array<SequenceRange, sack_block_limit> sack; ///< left and right edges, RFC 2018 §3
    Octets payload;

    std::span<const SequenceRange> sack_blocks() const { return {sack.data(), sack_count}; }

    /// SEG.LEN of RFC 9293 §3.4: SYN and FIN count.
    std::uint32_t length() const
    {
        return static_cast<std::uint32_t>(payload.size()) + flags.has(Flag::syn) + flags.has(Flag::fin);
    }
};

/// Reads a segment; its checksum is a question of its own (`checksum_is_right`). Reserved bits are ignored (RFC 9293
/// §3.1), a window scale above 14 is read as 14 (RFC 7323 §2.3).
wire::Decoded<Segment> decode(Octets segment);

/// True where the octets, with the sum of the pseudo-header (RFC 9293 §3.1), carry a right checksum.
bool checksum_is_right(Octets segment, wire::ChecksumSum pseudo_header);

/// Octets of the header with its options: a multiple of four from 20 to 60.
std::size_t header_length(const Segment& segment);

/// Writes exactly `header_length(segment)` octets at `at`, the checksum as zero.
void encode_header(const Segment& segment, std::uint8_t* at);

/// Computes the checksum over a whole segment whose checksum field is zero, and writes it there.
void finish_checksum(std::uint8_t* segment, std::size_t length, wire::ChecksumSum pseudo_header);

/// The whole segment with its payload and checksum: for tests and for what is seldom sent.
wire::OctetBuffer encode(const Segment& segment, wire::ChecksumSum pseudo_header);

/// The RST that answers a segment for which there is no connection; nothing where it is itself a RST. RFC 9293 §3.10.7.1.
std::optional<Segment> reset_for(const Segment& segment);

} // namespace tegami::tcp
