#include "sim/scenario/addresses.hpp"

#include <algorithm>

namespace tegami::scenario {

namespace {

constexpr std::uint32_t role_parts[] = {edge_part, mta_part, 26, resolver_part, ns_part, msa_part, mra_part};

/// 2001:db8:n::/48.
constexpr Net documentation_v6(std::uint16_t third)
{
    wire::Address address;
    address.octets[0] = 0x20;
    address.octets[1] = 0x01;
    address.octets[2] = 0x0D;
    address.octets[3] = 0xB8;
    address.octets[4] = static_cast<std::uint8_t>(third >> 8);
    address.octets[5] = static_cast<std::uint8_t>(third);
    return {address, 48};
}

/// 129 becomes 0x129: the digits that people write.
constexpr std::uint16_t digits(std::uint32_t number)
{
    std::uint32_t value = 0;
    for (std::uint32_t place = 1, shift = 0; place <= number; place *= 10, shift += 4)
        value |= (number / place % 10) << shift;
    return static_cast<std::uint16_t>(value);
}

} // namespace

const Net core_net_v4{wire::Address::v4(0xC6120000), 15};
const Net core_net_v6 = documentation_v6(0xFFFF);

Net default_net_v4(std::size_t site)
{
    constexpr std::uint32_t documentation[] = {0xC0000200, 0xC6336400, 0xCB007100};
    if (site < 3) return {wire::Address::v4(documentation[site]), 24};
    return {wire::Address::v4(0x0A000000u + (static_cast<std::uint32_t>(site + 1) << 16)), 16};
}

Net default_net_v6(std::size_t site) { return documentation_v6(digits(static_cast<std::uint32_t>(site + 1))); }

wire::Address with_digits_of(const Net& net, const wire::Address& v4, std::uint8_t v4_length)
{
    wire::Address address = net.address;
    const std::size_t octets = (32u - std::min<std::uint8_t>(v4_length, 31) + 7) / 8;
    for (std::size_t i = 0; i < octets; ++i) {
        const std::uint16_t group = digits(v4.to_v4() >> 8 * i & 0xFF);
        address.octets[15 - 2 * i] = static_cast<std::uint8_t>(group);
        address.octets[14 - 2 * i] = static_cast<std::uint8_t>(group >> 8);
    }
    return address;
}

bool overlap(const Net& one, const Net& other) { return one.contains(other.address) || other.contains(one.address); }

Mac mac_of(std::string_view nic, unsigned again)
{
    std::string name{nic};
    if (again != 0) name += '#' + std::to_string(again + 1);
    std::uint64_t hash = 0xCBF2'9CE4'8422'2325; // FNV-1a
    for (const char c : name) {
        hash ^= static_cast<unsigned char>(c);
        hash *= 0x100'0000'01B3;
    }
    hash ^= hash >> 40;
    Mac mac{0x02};
    for (std::size_t i = 0; i < 5; ++i) mac[1 + i] = static_cast<std::uint8_t>(hash >> (32 - 8 * i));
    return mac;
}

// ---- a site's addresses --------------------------------------------------------------------------------------------

Room::Room(std::optional<Net> v4, std::optional<Net> v6)
    : v4_{v4},
      v6_{v6},
      counting_{v4.value_or(Net{wire::Address::v4(0), 16})},
      end_{counting_.length == 0 ? 0xFFFF'FFFFu : (1u << (32 - counting_.length)) - 1}
{
}

bool Room::reserved(std::uint32_t part) { return std::ranges::find(role_parts, part) != std::end(role_parts); }

wire::Address Room::v4_of(std::uint32_t part) const { return wire::Address::v4(counting_.address.to_v4() + part); }
wire::Address Room::v6_of(std::uint32_t part) const { return with_digits_of(*v6_, v4_of(part), counting_.length); }

bool Room::free(std::uint32_t part) const
{
    return (!v4_ || !taken_.contains(v4_of(part))) && (!v6_ || !taken_.contains(v6_of(part)));
}

std::optional<std::uint32_t> Room::part_near(std::uint32_t part)
{
    if (part < end_ && free(part)) return part;
    // Nothing becomes free again, so a search goes on where the last one for that part ended.
    for (std::uint32_t& next = next_.try_emplace(part, part).first->second; next < end_; ++next)
        if (!reserved(next) && free(next)) return next;
    for (; first_ < end_; ++first_)
        if (free(first_)) return first_;
    return std::nullopt;
}

Room::Given Room::take(std::uint32_t part, const std::vector<Placed<wire::Address>>& own,
                       const std::vector<Placed<Net>>& ranges)
{
    Given given;
    for (const Placed<wire::Address>& address : own) (address.value.is_v4() ? given.v4 : given.v6) = address.value;
    const auto range = [&](bool v4) {
        const auto found = std::ranges::find_if(ranges, [&](const auto& net) { return net.value.is_v4() == v4; });
        return found == ranges.end() ? std::optional<Net>{} : std::optional<Net>{found->value};
    };

    // A line's address: the first free one of the ranges.
    for (const Placed<Net>& net : ranges) {
        if (given.v4 || !v4_ || !net.value.is_v4()) continue;
        const std::uint32_t base = net.value.address.to_v4();
        const std::uint32_t last = net.value.length == 0 ? 0xFFFF'FFFFu : (1u << (32 - net.value.length)) - 1;
        for (std::uint32_t k = net.value.length < 31 ? 1 : 0;
             !given.v4 && k < (net.value.length < 31 ? last : last + 1); ++k) {
            const wire::Address candidate = wire::Address::v4(base + k);
            if (counting_.contains(candidate) && reserved(base + k - counting_.address.to_v4())) continue;
            if (!taken_.contains(candidate)) given.v4 = candidate;
        }
    }
    const bool wants_v4 = v4_ && !given.v4, wants_v6 = v6_ && !given.v6;
    if (wants_v4 && range(true)) {
        given.full = true;
        return given;
    }
    if (wants_v6 && given.v4) { // the same digits
        const Net net = range(false).value_or(*v6_);
        wire::Address candidate = with_digits_of(net, *given.v4, counting_.length);
        for (std::uint8_t k = 1; taken_.contains(candidate); ++k) candidate.octets[12] = k; // another host has them
        given.v6 = candidate;
    } else if (wants_v4 || wants_v6) {
        const auto found = part_near(part);
        if (!found) {
            given.full = true;
            return given;
        }
        if (wants_v4) given.v4 = v4_of(*found);
        if (wants_v6)
            given.v6 = range(false) ? with_digits_of(*range(false), v4_of(*found), counting_.length) : v6_of(*found);
    }
    if (given.v4) taken_.insert(*given.v4);
    if (given.v6) taken_.insert(*given.v6);
    return given;
}

} // namespace tegami::scenario
