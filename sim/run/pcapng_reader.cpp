#include "sim/run/capture.hpp"
#include "sim/run/pcapng.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

namespace tegami::run {

using pcapng::BlockType;
using pcapng::NameRecord;
using pcapng::Option;

namespace {

__extension__ using Wide = __int128;

constexpr std::size_t smallest_block = 12;

/// The time of a packet in nanoseconds; held to what 64 bits can say.
wire::Time to_time(std::uint64_t units, std::uint8_t resolution, std::int64_t offset_seconds)
{
    Wide ns = units;
    const unsigned power = resolution & 0x7F;
    if ((resolution & 0x80) != 0) {
        ns = ns * 1'000'000'000 >> power;
    } else {
        for (unsigned i = 9; i < power && ns != 0; ++i) ns /= 10;
        for (unsigned i = power; i < 9; ++i) ns *= 10;
    }
    ns += Wide{offset_seconds} * 1'000'000'000;
    constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min(),
                           most = std::numeric_limits<std::int64_t>::max();
    return {static_cast<std::int64_t>(std::clamp(ns, Wide{least}, Wide{most}))};
}

} // namespace

struct PcapngReader::Block {
    Octets octets; // whole, with both lengths
    std::size_t file_offset;

    BlockType type{};
    const std::uint8_t* body() const { return octets.data() + 8; }
    std::size_t body_size() const { return octets.size() - smallest_block; }
};

std::size_t Capture::file_offset(std::size_t log_offset) const
{
    auto piece = std::ranges::upper_bound(log_pieces, log_offset, {}, &std::pair<std::size_t, std::size_t>::first);
    if (piece == log_pieces.begin()) return 0;
    --piece;
    return piece->second + (log_offset - piece->first);
}

std::uint16_t PcapngReader::u16(const std::uint8_t* at) const
{
    std::uint16_t value;
    std::memcpy(&value, at, sizeof value);
    return swapped_ ? std::byteswap(value) : value;
}

std::uint32_t PcapngReader::u32(const std::uint8_t* at) const
{
    std::uint32_t value;
    std::memcpy(&value, at, sizeof value);
    return swapped_ ? std::byteswap(value) : value;
}

bool PcapngReader::fail(std::size_t file_offset, std::string_view rule)
{
    if (!into_->broken) into_->broken = wire::Malformed{file_offset, rule};
    return false;
}

bool PcapngReader::read(Octets piece, std::size_t file_offset, Capture& into)
{
    into_ = &into;
    std::size_t at = 0;
    while (at < piece.size()) {
        const Octets left = piece.subspan(at);
        const std::size_t here = file_offset + at;
        if (left.size() < smallest_block)
            return fail(here, "pcapng §3.1: a block has at least 12 octets; the file is cut");
        // A section header's type reads the same in both byte orders; its length needs the magic behind it.
        if (u32(left.data()) == static_cast<std::uint32_t>(BlockType::section_header)) {
            std::uint32_t magic;
            std::memcpy(&magic, left.data() + 8, sizeof magic);
            if (magic == pcapng::byte_order_magic)
                swapped_ = false;
            else if (std::byteswap(magic) == pcapng::byte_order_magic)
                swapped_ = true;
            else
                return fail(here + 8, "pcapng §4.1: the byte-order magic of a section header is 1A2B3C4D");
        } else if (!in_section_) {
            return fail(here, "pcapng §4.1: a file begins with a section header");
        }
        const std::uint32_t length = u32(left.data() + 4);
        if (length < smallest_block) return fail(here + 4, "pcapng §3.1: a block has at least 12 octets");
        if (length % 4 != 0) return fail(here + 4, "pcapng §3.1: the length of a block is a multiple of 4");
        if (length > limits::capture_block)
            return fail(here + 4, "a block is longer than 16 MiB, which is the most that is read");
        if (length > left.size())
            return fail(here, "pcapng §3.1: a block is longer than what is left; the file is cut");
        if (u32(left.data() + length - 4) != length)
            return fail(here + length - 4, "pcapng §3.1: the two lengths of a block are the same");

        Block block{left.first(length), here, static_cast<BlockType>(u32(left.data()))};
        options_ = 0;
        last_block_ = at;
        frames_before_ = into.frames.size();
        comments_before_ = into.comments.size();
        log_before_ = into.log.size();
        pieces_before_ = into.log_pieces.size();
        interfaces_before_ = into.interfaces.size();
        names_before_ = into.names.size();
        if (!read_block(block)) return false;
        at += length;
    }
    return true;
}

void PcapngReader::forget_last_block(Capture& capture) const
{
    capture.frames.resize(frames_before_);
    capture.comments.resize(comments_before_);
    capture.log.resize(log_before_);
    capture.log_pieces.resize(pieces_before_);
    capture.interfaces.resize(interfaces_before_);
    capture.names.resize(names_before_);
}

bool PcapngReader::read_block(const Block& block)
{
    switch (block.type) {
    case BlockType::section_header: return read_section(block);
    case BlockType::interface_description: return read_interface(block);
    case BlockType::enhanced_packet: return read_packet(block);
    case BlockType::simple_packet: return read_simple_packet(block);
    case BlockType::packet: return read_obsolete_packet(block);
    case BlockType::name_resolution: return read_names(block);
    case BlockType::interface_statistics:
        if (block.body_size() < 12)
            return fail(block.file_offset, "pcapng §4.6: an interface statistics block is too short");
        return read_options(block, 12);
    }
    return true; // what one does not know is skipped (§3.2)
}

bool PcapngReader::read_section(const Block& block)
{
    if (block.body_size() < 16) return fail(block.file_offset, "pcapng §4.1: a section header is too short");
    if (u16(block.body() + 4) != pcapng::major_version)
        return fail(block.file_offset + 12, "pcapng §4.1: only version 1 is known");
    in_section_ = true;
    first_interface_ = into_->interfaces.size();
    return read_options(block, 16);
}

bool PcapngReader::read_interface(const Block& block)
{
    if (block.body_size() < 8) return fail(block.file_offset, "pcapng §4.2: an interface description is too short");
    if (into_->interfaces.size() == limits::capture_interfaces)
        return fail(block.file_offset, "more interfaces than 65,536, which is the most that is read");
    CapturedInterface& interface = into_->interfaces.emplace_back();
    interface.link_type = u16(block.body());
    interface.snapshot_length = u32(block.body() + 4);
    return read_options(block, 8);
}

bool PcapngReader::read_packet(const Block& block)
{
    if (block.body_size() < 20) return fail(block.file_offset, "pcapng §4.3: an enhanced packet block is too short");
    const std::uint8_t* const body = block.body();
    const std::uint64_t time = static_cast<std::uint64_t>(u32(body + 4)) << 32 | u32(body + 8);
    return add_frame(block, u32(body), time, 20, u32(body + 12), u32(body + 16));
}

bool PcapngReader::read_obsolete_packet(const Block& block)
{
    if (block.body_size() < 20) return fail(block.file_offset, "pcapng appendix A: a packet block is too short");
    const std::uint8_t* const body = block.body();
    const std::uint64_t time = static_cast<std::uint64_t>(u32(body + 4)) << 32 | u32(body + 8);
    return add_frame(block, u16(body), time, 20, u32(body + 12), u32(body + 16));
}

bool PcapngReader::read_simple_packet(const Block& block)
{
    if (block.body_size() < 4) return fail(block.file_offset, "pcapng §4.4: a simple packet block is too short");
    if (into_->interfaces.size() == first_interface_)
        return fail(block.file_offset, "pcapng §4.4: a packet before its interface's description");
    const std::uint32_t original = u32(block.body());
    std::uint32_t captured = std::min(original, static_cast<std::uint32_t>(block.body_size() - 4));
    if (const std::uint32_t most = into_->interfaces[first_interface_].snapshot_length; most != 0)
        captured = std::min(captured, most);
    into_->frames.push_back(
        {Octets(block.body() + 4, captured), original, static_cast<std::uint32_t>(first_interface_), {}});
    return true;
}

bool PcapngReader::add_frame(const Block& block, std::uint32_t interface, std::uint64_t time, std::size_t data,
                             std::uint32_t captured, std::uint32_t original)
{
    if (interface >= into_->interfaces.size() - first_interface_)
        return fail(block.file_offset + 8, "pcapng §4.3: a packet names an interface that was not described before it");
    if (captured > block.body_size() - data)
        return fail(block.file_offset + 20, "pcapng §4.3: a packet is longer than its block");
    const std::size_t index = first_interface_ + interface;
    const CapturedInterface& on = into_->interfaces[index];
    into_->frames.push_back({Octets(block.body() + data, captured), original, static_cast<std::uint32_t>(index),
                             to_time(time, on.resolution, on.offset)});
    return read_options(block, std::min(data + pcapng::padded(captured), block.body_size()));
}

bool PcapngReader::read_names(const Block& block)
{
    std::size_t at = 0;
    while (at + 4 <= block.body_size()) {
        const std::uint8_t* const record = block.body() + at;
        const auto type = static_cast<NameRecord>(u16(record));
        const std::size_t length = u16(record + 2);
        at += 4;
        if (type == NameRecord::end) return read_options(block, at);
        if (length > block.body_size() - at)
            return fail(block.file_offset + 8 + at, "pcapng §4.5: a name record is longer than its block");
        const std::size_t address_length = type == NameRecord::ipv4 ? 4 : type == NameRecord::ipv6 ? 16 : 0;
        if (address_length != 0 && length >= address_length) {
            wire::Address address;
            if (address_length == 4)
                address = wire::Address::v4(wire::load_u32(record + 4));
            else
                std::memcpy(address.octets.data(), record + 4, 16);
            // One address may have several names, each ended by a zero.
            std::string_view names = wire::as_text({record + 4 + address_length, length - address_length});
            while (!names.empty()) {
                const std::string_view name = names.substr(0, names.find('\0'));
                if (!name.empty()) into_->names.emplace_back(address, name);
                names.remove_prefix(std::min(names.size(), name.size() + 1));
            }
        }
        at = std::min(at + pcapng::padded(length), block.body_size());
    }
    return true;
}

bool PcapngReader::read_options(const Block& block, std::size_t from)
{
    while (from + 4 <= block.body_size()) {
        const std::uint8_t* const option = block.body() + from;
        const std::uint16_t code = u16(option);
        const std::size_t length = u16(option + 2);
        from += 4;
        if (code == static_cast<std::uint16_t>(Option::end)) return true;
        const std::size_t file_offset = block.file_offset + 8 + from;
        if (++options_ > limits::capture_options)
            return fail(file_offset - 4, "more options in a block than 1,024, which is the most that is read");
        if (length > block.body_size() - from)
            return fail(file_offset - 4, "pcapng §3.5: an option is longer than its block");
        if (!take_option(block, code, {option + 4, length}, file_offset)) return false;
        from = std::min(from + pcapng::padded(length), block.body_size());
    }
    return true;
}

bool PcapngReader::take_option(const Block& block, std::uint16_t code, Octets value, std::size_t file_offset)
{
    const auto option = static_cast<Option>(code);
    if (option == Option::custom_octets) {
        // Ours are told by the name behind the enterprise number. The number is in the section's byte order.
        constexpr std::size_t name = pcapng::signature.size() - 2;
        if (value.size() < pcapng::signature_length || u32(value.data()) != pcapng::enterprise_number) return true;
        const std::string_view opening = wire::as_text(value.subspan(4, pcapng::signature.size()));
        if (opening.substr(0, name) != pcapng::signature.substr(0, name)) return true;
        if (opening != pcapng::signature)
            return fail(file_offset, "the run was recorded in another version of its format");
        const Octets log = value.subspan(pcapng::signature_length);
        into_->log_pieces.emplace_back(into_->log.size(), file_offset + pcapng::signature_length);
        into_->log.insert(into_->log.end(), log.begin(), log.end());
        return true;
    }
    if (option == Option::comment && (block.type == BlockType::enhanced_packet || block.type == BlockType::packet)) {
        into_->comments.push_back({into_->frames.size() - 1, wire::as_text(value)});
        return true;
    }
    if (block.type != BlockType::interface_description) return true;
    CapturedInterface& interface = into_->interfaces.back();
    switch (option) {
    case Option::if_name: interface.name = wire::as_text(value); break;
    case Option::if_ipv4_address:
        if (value.size() == 8) interface.address = wire::Address::v4(wire::load_u32(value.data()));
        break;
    case Option::if_mac_address:
        if (value.size() == 6) std::memcpy(interface.mac.octets.data(), value.data(), 6);
        break;
    case Option::if_time_resolution:
        if (value.size() != 1) return fail(file_offset, "pcapng §4.2: if_tsresol is one octet");
        interface.resolution = value[0];
        break;
    case Option::if_time_offset:
        if (value.size() != 8) return fail(file_offset, "pcapng §4.2: if_tsoffset is 8 octets");
        std::uint64_t offset;
        std::memcpy(&offset, value.data(), 8);
        interface.offset = static_cast<std::int64_t>(swapped_ ? std::byteswap(offset) : offset);
        break;
    default: break;
    }
    return true;
}

} // namespace tegami::run
