#include "sim/run/pcapng_writer.hpp"

#include <array>

namespace tegami::run::pcapng {

void BlockWriter::u16(std::uint16_t value)
{
    std::array<std::uint8_t, 2> octets;
    store_u16(octets.data(), value);
    out_.insert(out_.end(), octets.begin(), octets.end());
}

void BlockWriter::u32(std::uint32_t value)
{
    std::array<std::uint8_t, 4> octets;
    store_u32(octets.data(), value);
    out_.insert(out_.end(), octets.begin(), octets.end());
}

void BlockWriter::octets(wire::Octets value)
{
    out_.insert(out_.end(), value.begin(), value.end());
    out_.insert(out_.end(), padded(value.size()) - value.size(), 0);
}

void BlockWriter::begin(BlockType type)
{
    block_ = out_.size();
    has_options_ = false;
    u32(static_cast<std::uint32_t>(type));
    u32(0);
}

void BlockWriter::option(Option code, wire::Octets value)
{
    has_options_ = true;
    u16(static_cast<std::uint16_t>(code));
    u16(static_cast<std::uint16_t>(value.size()));
    octets(value);
}

void BlockWriter::end()
{
    if (has_options_) u32(0);
    const auto length = static_cast<std::uint32_t>(out_.size() - block_ + 4);
    u32(length);
    store_u32(out_.data() + block_ + 4, length);
}

void write_interface(wire::OctetBuffer& out, const InterfaceRow& row, std::uint16_t link_type)
{
    BlockWriter block(out);
    block.begin(BlockType::interface_description);
    block.u16(link_type);
    block.u16(0);
    block.u32(snapshot_length);
    if (!row.name.empty()) block.option(Option::if_name, fitting(row.name, option_octets));
    if (row.address.is_v4()) {
        std::array<std::uint8_t, 8> address_and_mask;
        wire::store_u32(address_and_mask.data(), row.address.to_v4());
        const std::uint64_t ones = 0xFFFFFFFFull << (32 - std::min<unsigned>(row.prefix_length, 32));
        wire::store_u32(address_and_mask.data() + 4, static_cast<std::uint32_t>(ones));
        block.option(Option::if_ipv4_address, address_and_mask);
    }
    if (row.mac != link::MacAddress{}) block.option(Option::if_mac_address, row.mac.octets);
    const std::array<std::uint8_t, 1> nanoseconds = {9};
    block.option(Option::if_time_resolution, nanoseconds);
    block.end();
}

void write_names(wire::OctetBuffer& out, std::span<const std::pair<wire::Address, std::string>> names)
{
    constexpr std::size_t block_limit = largest_block_written - 0x1'0000 - 64; // room for one more record
    for (std::size_t i = 0; i < names.size();) {
        BlockWriter block(out);
        const std::size_t begin = out.size();
        block.begin(BlockType::name_resolution);
        for (; i < names.size() && out.size() - begin < block_limit; ++i) {
            const auto& [address, name] = names[i];
            const wire::Octets octets = wire::Octets(address.octets).subspan(address.is_v4() ? 12 : 0);
            if (name.empty() || octets.size() + name.size() + 1 > 0xFFFF) continue;
            wire::OctetBuffer record(octets.begin(), octets.end());
            record.insert(record.end(), name.begin(), name.end());
            record.push_back(0);
            block.u16(static_cast<std::uint16_t>(address.is_v4() ? NameRecord::ipv4 : NameRecord::ipv6));
            block.u16(static_cast<std::uint16_t>(record.size()));
            block.octets(record);
        }
        block.u32(0); // the end of records
        block.end();
    }
}

std::string_view fitting(std::string_view text, std::size_t limit)
{
    if (text.size() <= limit) return text;
    while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0) == 0x80) --limit;
    return text.substr(0, limit);
}

} // namespace tegami::run::pcapng
