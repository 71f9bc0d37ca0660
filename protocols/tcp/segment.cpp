#include "protocols/tcp/segment.hpp"

#include "protocols/wire/endian.hpp"

#include <cassert>
#include <cstring>

namespace tegami::tcp {

namespace {

/// Option kinds. RFC 9293 §3.2, RFC 7323 §2.2 and §3.2, RFC 2018 §2 and §3.
enum class OptionKind : std::uint8_t {
    end = 0,
    no_operation = 1,
    mss = 2,
    window_scale = 3,
    sack_permitted = 4,
    sack = 5,
    timestamps = 8,
};

constexpr std::size_t offset_of_data_offset = 12;
constexpr std::size_t offset_of_checksum = 16;
constexpr std::uint32_t timestamps_alone = 0x0101'080A; // two no-operations, kind 8, length 10

Timestamps timestamps_at(const std::uint8_t* at) { return {wire::load_u32(at), wire::load_u32(at + 4)}; }

/// The options, from behind the fixed header to the end that Data Offset names. RFC 9293 §3.2.
std::optional<wire::Malformed> read_options(Octets header, Segment& segment)
{
    std::size_t at = smallest_header;
    while (at < header.size()) {
        const auto kind = static_cast<OptionKind>(header[at]);
        if (kind == OptionKind::end) return {};
        if (kind == OptionKind::no_operation) {
            ++at;
            continue;
        }
        if (header.size() - at < 2) return wire::Malformed{at, "RFC 9293 §3.2: an option ends before its length"};
        const std::size_t length = header[at + 1];
        // An illegal length is to be expected and must not do harm (MUST-7).
        if (length < 2) return wire::Malformed{at + 1, "RFC 9293 §3.2: an option is at least two octets long"};
        if (length > header.size() - at)
            return wire::Malformed{at + 1, "RFC 9293 §3.2: an option reaches beyond the header"};
        switch (kind) {
        case OptionKind::mss:
            if (length != 4) return wire::Malformed{at + 1, "RFC 9293 §3.2: Maximum Segment Size is four octets long"};
            segment.mss = wire::load_u16(&header[at + 2]);
            break;
        case OptionKind::window_scale:
            if (length != 3) return wire::Malformed{at + 1, "RFC 7323 §2.2: Window Scale is three octets long"};
            segment.window_scale = std::min(header[at + 2], largest_window_scale);
            break;
        case OptionKind::sack_permitted:
            if (length != 2) return wire::Malformed{at + 1, "RFC 2018 §2: SACK-Permitted is two octets long"};
            segment.sack_permitted = true;
            break;
        case OptionKind::sack:
            // Length 8n + 2, and at least one block.
            if (length < 10 || length % 8 != 2 || length > 2 + 8 * sack_block_limit)
                return wire::Malformed{at + 1, "RFC 2018 §3: SACK holds one to four blocks of eight octets"};
            segment.sack_count = static_cast<std::uint8_t>(length / 8);
            for (std::size_t i = 0; i < segment.sack_count; ++i)
                segment.sack[i] = {wire::load_u32(&header[at + 2 + 8 * i]), wire::load_u32(&header[at + 6 + 8 * i])};
            break;
        case OptionKind::timestamps:
            if (length != 10) return wire::Malformed{at + 1, "RFC 7323 §3.2: Timestamps is ten octets long"};
            segment.timestamps = timestamps_at(&header[at + 2]);
            break;
        default: break;
        }
        at += length;
    }
    return {};
}

} // namespace

wire::Decoded<Segment> decode(Octets octets)
{
    if (octets.size() < smallest_header)
        return std::unexpected(wire::Malformed{octets.size(), "RFC 9293 §3.1: a header is at least 20 octets long"});
    const std::size_t header = std::size_t{4} * (octets[offset_of_data_offset] >> 4);
    if (header < smallest_header)
        return std::unexpected(wire::Malformed{offset_of_data_offset, "RFC 9293 §3.1: Data Offset is at least 5"});
    if (header > octets.size())
        return std::unexpected(
            wire::Malformed{offset_of_data_offset, "RFC 9293 §3.1: Data Offset points behind the segment"});

    const std::uint8_t* const at = octets.data();
    wire::Decoded<Segment> result{std::in_place};
    Segment& segment = *result;
    segment.source = Port{wire::load_u16(at)};
    segment.destination = Port{wire::load_u16(at + 2)};
    segment.seq = wire::load_u32(at + 4);
    segment.ack = wire::load_u32(at + 8);
    segment.flags = Flags::from_bits(at[13]);
    segment.window = wire::load_u16(at + 14);
    segment.urgent = wire::load_u16(at + 18);
    segment.payload = octets.subspan(header);
    if (header == smallest_header + timestamps_octets && wire::load_u32(at + smallest_header) == timestamps_alone)
        segment.timestamps = timestamps_at(at + smallest_header + 4); // what nearly every segment carries
    else if (header != smallest_header)
        if (const auto malformed = read_options(octets.first(header), segment)) return std::unexpected(*malformed);
    return result;
}

bool checksum_is_right(Octets segment, wire::ChecksumSum pseudo_header)
{
    return pseudo_header.add(segment).checksum() == 0;
}

std::size_t header_length(const Segment& segment)
{
    return smallest_header + (segment.mss ? 4u : 0u) + (segment.window_scale ? 4u : 0u) +
           (segment.timestamps       ? timestamps_octets
            : segment.sack_permitted ? 4u
                                     : 0u) +
           (segment.sack_count != 0 ? 4u + 8u * segment.sack_count : 0u);
}

/// Each option stands at the end of whole words, behind no-operations, so nothing is padded. On a SYN, SACK-permitted
/// takes the place of the two no-operations before the timestamps.
void encode_header(const Segment& segment, std::uint8_t* at)
{
    const std::size_t length = header_length(segment);
    assert(length <= largest_header);
    wire::store_u16(at, static_cast<std::uint16_t>(segment.source));
    wire::store_u16(at + 2, static_cast<std::uint16_t>(segment.destination));
    wire::store_u32(at + 4, segment.seq);
    wire::store_u32(at + 8, segment.ack);
    at[12] = static_cast<std::uint8_t>(length / 4 << 4);
    at[13] = segment.flags.bits();
    wire::store_u16(at + 14, segment.window);
    wire::store_u16(at + offset_of_checksum, 0);
    wire::store_u16(at + 18, segment.urgent);
    at += smallest_header;
    if (length == smallest_header) return;
    if (length == smallest_header + timestamps_octets && segment.timestamps && !segment.sack_permitted) {
        wire::store_u32(at, timestamps_alone);
        wire::store_u32(at + 4, segment.timestamps->value);
        wire::store_u32(at + 8, segment.timestamps->echo);
        return;
    }
    const auto head = [&](OptionKind kind, std::size_t octets) {
        at[0] = static_cast<std::uint8_t>(kind);
        at[1] = static_cast<std::uint8_t>(octets);
        at += 2;
    };
    const auto no_operations = [&](int count) {
        while (count-- > 0) *at++ = static_cast<std::uint8_t>(OptionKind::no_operation);
    };
    if (segment.mss) {
        head(OptionKind::mss, 4);
        wire::store_u16(at, *segment.mss);
        at += 2;
    }
    if (segment.sack_permitted && !segment.timestamps) no_operations(2);
    if (segment.sack_permitted) head(OptionKind::sack_permitted, 2);
    if (segment.timestamps) {
        if (!segment.sack_permitted) no_operations(2);
        head(OptionKind::timestamps, 10);
        wire::store_u32(at, segment.timestamps->value);
        wire::store_u32(at + 4, segment.timestamps->echo);
        at += 8;
    }
    if (segment.window_scale) {
        no_operations(1);
        head(OptionKind::window_scale, 3);
        *at++ = *segment.window_scale;
    }
    if (segment.sack_count != 0) {
        no_operations(2);
        head(OptionKind::sack, 2u + 8u * segment.sack_count);
        for (const SequenceRange& block : segment.sack_blocks()) {
            wire::store_u32(at, block.begin);
            wire::store_u32(at + 4, block.end);
            at += 8;
        }
    }
}

void finish_checksum(std::uint8_t* segment, std::size_t length, wire::ChecksumSum pseudo_header)
{
    wire::store_u16(segment + offset_of_checksum, pseudo_header.add({segment, length}).checksum());
}

wire::OctetBuffer encode(const Segment& segment, wire::ChecksumSum pseudo_header)
{
    const std::size_t header = header_length(segment);
    wire::OctetBuffer octets(header);
    encode_header(segment, octets.data());
    octets.insert(octets.end(), segment.payload.begin(), segment.payload.end());
    finish_checksum(octets.data(), octets.size(), pseudo_header);
    return octets;
}

std::optional<Segment> reset_for(const Segment& segment)
{
    if (segment.flags.has(Flag::rst)) return {};
    Segment reset;
    reset.source = segment.destination;
    reset.destination = segment.source;
    if (segment.flags.has(Flag::ack)) {
        reset.seq = segment.ack;
        reset.flags = Flag::rst;
    } else {
        reset.ack = segment.seq + segment.length();
        reset.flags = Flag::rst | Flag::ack;
    }
    return reset;
}

} // namespace tegami::tcp
