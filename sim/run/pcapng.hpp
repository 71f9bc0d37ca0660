#pragma once
/// The numbers of pcapng (draft-ietf-opsawg-pcapng) that both its writer and its reader need, and how a run sits in them.

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace tegami::run::pcapng {

enum class BlockType : std::uint32_t {
    interface_description = 1,
    packet = 2, ///< obsolete
    simple_packet = 3,
    name_resolution = 4,
    interface_statistics = 5,
    enhanced_packet = 6,
    section_header = 0x0A0D0D0A,
};

enum class Option : std::uint16_t {
    end = 0,
    comment = 1,
    custom_octets = 2989, ///< copied by whoever rewrites the file
    shb_user_application = 4,
    if_name = 2,
    if_ipv4_address = 4,
    if_mac_address = 6,
    if_time_resolution = 9,
    if_time_offset = 14,
    epb_flags = 2,
};

// Of epb_flags: which way a packet went past the interface.
inline constexpr std::uint32_t flag_inbound = 1;
inline constexpr std::uint32_t flag_outbound = 2;

enum class NameRecord : std::uint16_t { end = 0, ipv4 = 1, ipv6 = 2 };

inline constexpr std::uint32_t byte_order_magic = 0x1A2B3C4D;
inline constexpr std::uint16_t major_version = 1;
inline constexpr std::uint16_t link_type_ethernet = 1;
inline constexpr std::uint32_t snapshot_length = 262'144;

/// Private enterprise number for examples in documentation, RFC 5612; ours are told from others' by what follows it.
inline constexpr std::uint32_t enterprise_number = 32473;
/// What each of our options opens with behind the enterprise number: a name, the version of the format, a zero.
inline constexpr std::string_view signature{"tegami\x01\0", 8};
inline constexpr std::size_t signature_length = 4 + signature.size();

/// Of the log in one option. An option's length is a 16-bit number.
inline constexpr std::size_t option_octets = 60'000;
/// libpcap refuses a block of 16 MiB or more; half of that is the most that is written here.
inline constexpr std::size_t largest_block_written = 8u << 20;

/// Rounded up to a multiple of 4, as bodies and options are padded.
constexpr std::size_t padded(std::size_t octets) { return (octets + 3) & ~std::size_t{3}; }

// Everything is written with the least significant octet first, on any machine, so that a run is the same file on all.

inline void store_u16(std::uint8_t* at, std::uint16_t value)
{
    if constexpr (std::endian::native == std::endian::big) value = std::byteswap(value);
    std::memcpy(at, &value, sizeof value);
}
inline void store_u32(std::uint8_t* at, std::uint32_t value)
{
    if constexpr (std::endian::native == std::endian::big) value = std::byteswap(value);
    std::memcpy(at, &value, sizeof value);
}

} // namespace tegami::run::pcapng
