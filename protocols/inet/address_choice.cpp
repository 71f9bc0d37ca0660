#include "protocols/inet/address_choice.hpp"

#include <algorithm>
#include <bit>

namespace tegami::inet {

namespace {

/// RFC 6724 §2.1's default, the longest prefixes first. IPv4 is known by how such addresses are kept: mapped.
struct PolicyRow {
    std::array<std::uint8_t, 2> first_octets;
    std::uint8_t length;
    Policy policy;
};
constexpr PolicyRow policy_rows[] = {
    {{0x20, 0x01}, 32, {5, 5}},  // Teredo: two octets of zeros follow
    {{0x20, 0x02}, 16, {30, 2}}, // 6to4
    {{0x3F, 0xFE}, 16, {1, 12}}, // 6bone
    {{0xFE, 0xC0}, 10, {1, 11}}, // site-local
    {{0xFC, 0x00}, 7, {3, 13}},  // unique local
};

bool begins_with(const wire::Address& address, const PolicyRow& row)
{
    std::array<std::uint8_t, 4> octets{row.first_octets[0], row.first_octets[1], 0, 0};
    const std::uint32_t difference = wire::load_u32(octets.data()) ^ wire::load_u32(address.octets.data());
    return std::countl_zero(difference) >= row.length;
}

} // namespace

Scope scope_of(const wire::Address& address)
{
    const auto& octets = address.octets;
    if (address.is_v4()) {
        const std::uint32_t v4 = address.to_v4();
        const bool link = v4 >> 16 == 0xA9FE || v4 >> 24 == 127; // 169.254/16, 127/8
        return link ? Scope::link_local : Scope::global;
    }
    if (octets[0] == 0xFF) return static_cast<Scope>(octets[1] & 0x0F);
    if (octets[0] == 0xFE && (octets[1] & 0xC0) == 0x80) return Scope::link_local;
    if (octets[0] == 0xFE && (octets[1] & 0xC0) == 0xC0) return Scope::site_local;
    wire::Address loopback;
    loopback.octets[15] = 1;
    return address == loopback ? Scope::link_local : Scope::global;
}

Policy policy_of(const wire::Address& address)
{
    if (address.is_v4()) return {35, 4};
    if (std::all_of(address.octets.begin(), address.octets.begin() + 12, [](std::uint8_t o) { return o == 0; })) {
        const bool loopback = wire::load_u32(&address.octets[12]) == 1;
        return loopback ? Policy{50, 0} : Policy{1, 3}; // ::/96: IPv4-compatible, of old
    }
    for (const PolicyRow& row : policy_rows)
        if (begins_with(address, row)) return row.policy;
    return {40, 1};
}

std::uint8_t common_prefix_length(const wire::Address& own, std::uint8_t prefix_length, const wire::Address& other)
{
    if (own.is_v4() != other.is_v4()) return 0;
    std::size_t bits = 0;
    for (std::size_t i = own.is_v4() ? 12 : 0; i < 16; ++i) {
        const auto difference = static_cast<std::uint8_t>(own.octets[i] ^ other.octets[i]);
        bits += static_cast<std::size_t>(std::countl_zero(difference));
        if (difference != 0) break;
    }
    return static_cast<std::uint8_t>(std::min<std::size_t>(bits, prefix_length));
}

std::optional<std::size_t> choose_source(const Destination& destination, std::span<const OwnSource> sources)
{
    const wire::Address& to = destination.address;
    const Scope scope = scope_of(to);
    const std::uint8_t label = policy_of(to).label;
    /// Whether `b` is better than `a`, which stood before it.
    const auto better = [&](const OwnSource& a, const OwnSource& b) {
        if ((a.address == to) != (b.address == to)) return b.address == to; // rule 1
        const Scope sa = scope_of(a.address), sb = scope_of(b.address);
        if (sa < sb) return sa < scope; // rule 2: the smallest that reaches that far, else the largest
        if (sb < sa) return !(sb < scope);
        if (a.deprecated != b.deprecated) return a.deprecated; // rule 3
        const bool out_a = a.interface == destination.interface, out_b = b.interface == destination.interface;
        if (out_a != out_b) return out_b; // rule 5
        const bool label_a = policy_of(a.address).label == label, label_b = policy_of(b.address).label == label;
        if (label_a != label_b) return label_b; // rule 6
        return common_prefix_length(b.address, b.prefix_length, to) >
               common_prefix_length(a.address, a.prefix_length, to); // rule 8
    };
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < sources.size(); ++i) {
        if (sources[i].address.is_v4() != to.is_v4()) continue;
        if (!best || better(sources[*best], sources[i])) best = i;
    }
    return best;
}

std::vector<Destination> order_destinations(std::vector<Destination> destinations, std::span<const OwnSource> sources)
{
    struct Judged {
        Destination destination;
        const OwnSource* source = nullptr; ///< none: unusable
        Scope scope{};
        Policy policy;
        std::size_t place = 0; ///< in which it came
    };
    std::vector<Judged> judged;
    judged.reserve(destinations.size());
    for (const Destination& each : destinations) {
        const auto source = each.reachable ? choose_source(each, sources) : std::nullopt;
        judged.push_back({each, source ? &sources[*source] : nullptr, scope_of(each.address), policy_of(each.address),
                          judged.size()});
    }
    const auto before = [](const Judged& a, const Judged& b) {
        if (!a.source != !b.source) return a.source != nullptr; // rule 1
        if (!a.source) return a.place < b.place;
        const bool scope_a = scope_of(a.source->address) == a.scope, scope_b = scope_of(b.source->address) == b.scope;
        if (scope_a != scope_b) return scope_a;                                        // rule 2
        if (a.source->deprecated != b.source->deprecated) return b.source->deprecated; // rule 3
        const bool label_a = policy_of(a.source->address).label == a.policy.label;
        const bool label_b = policy_of(b.source->address).label == b.policy.label;
        if (label_a != label_b) return label_a;                                                           // rule 5
        if (a.policy.precedence != b.policy.precedence) return a.policy.precedence > b.policy.precedence; // rule 6
        if (a.scope != b.scope) return a.scope < b.scope;                                                 // rule 8
        // Rule 9 is for one family, and two families have no precedence in common.
        const auto common_a = common_prefix_length(a.source->address, a.source->prefix_length, a.destination.address);
        const auto common_b = common_prefix_length(b.source->address, b.source->prefix_length, b.destination.address);
        if (common_a != common_b) return common_a > common_b;
        return a.place < b.place; // rule 10
    };
    std::ranges::sort(judged, before);
    for (std::size_t i = 0; i < judged.size(); ++i) destinations[i] = judged[i].destination;
    return destinations;
}

} // namespace tegami::inet
