#include "sim/run/forwarding.hpp"

#include "protocols/wire/checksum.hpp"
#include "protocols/wire/endian.hpp"

#include <algorithm>
#include <array>

namespace tegami::run {

namespace {

constexpr std::size_t ethernet_header = 14;
constexpr std::uint16_t ethertype_ipv4 = 0x0800;
constexpr std::uint16_t ethertype_ipv6 = 0x86DD;

} // namespace

void forward(std::span<std::uint8_t> frame, const link::MacAddress& from, const link::MacAddress& to)
{
    if (frame.size() < ethernet_header) return;
    std::ranges::copy(to.octets, frame.begin());
    std::ranges::copy(from.octets, frame.begin() + 6);
    const std::uint16_t type = wire::load_u16(&frame[12]);
    const auto packet = frame.subspan(ethernet_header);
    if (type == ethertype_ipv4 && packet.size() >= 20 && packet[8] > 0) {
        const std::uint16_t before = wire::load_u16(&packet[8]);
        --packet[8];
        wire::store_u16(&packet[10],
                        wire::checksum_after_change(wire::load_u16(&packet[10]), before, wire::load_u16(&packet[8])));
    } else if (type == ethertype_ipv6 && packet.size() >= 40 && packet[7] > 0) {
        --packet[7];
    }
}

Octets rewritten_part(Octets before, Octets after, const link::MacAddress& from, const link::MacAddress& to)
{
    // Headers only: 14 of Ethernet, at most 60 of IPv4 or 40 of IPv6, and what a rule may change behind them.
    std::array<std::uint8_t, 128> head;
    const std::size_t size = std::min({before.size(), after.size(), head.size()});
    std::ranges::copy(before.first(size), head.begin());
    forward(std::span(head).first(size), from, to);
    std::size_t differing = std::min(before.size(), after.size());
    while (differing > size && before[differing - 1] == after[differing - 1]) --differing;
    if (differing <= size)
        while (differing > 0 && head[differing - 1] == after[differing - 1]) --differing;
    return after.first(differing);
}

} // namespace tegami::run
