#include "sim/net/filter.hpp"

#include <algorithm>

namespace tegami::net {

using inet::Protocol;
using Part = FilterPacket::Part;
using Why = FilterVerdict::Why;
using Answer = FilterVerdict::Answer;

namespace {

// ---- packets ---------------------------------------------------------------------------------------------------------

constexpr std::size_t tcp_ports_and_sequence = 8; // what an ICMP error quotes at least

void set_ports(FlowName& flow, std::uint16_t source, std::uint16_t destination)
{
    flow.source.port = wire::Port{source};
    flow.destination.port = wire::Port{destination};
}

/// The flow of a packet that an ICMP error quotes: the first octets behind its IP header are there.
FlowName quoted_flow(Protocol protocol, const wire::Address& source, const wire::Address& destination, Octets octets)
{
    FlowName flow{.protocol = protocol, .source = {source, {}}, .destination = {destination, {}}};
    if (octets.size() < tcp_ports_and_sequence) return flow;
    if (protocol == Protocol::tcp || protocol == Protocol::udp)
        set_ports(flow, wire::load_u16(&octets[0]), wire::load_u16(&octets[2]));
    else if (protocol == Protocol::icmp || protocol == Protocol::icmpv6)
        set_ports(flow, wire::load_u16(&octets[4]), wire::load_u16(&octets[4])); // an echo's identifier
    return flow;
}

void look_at_tcp(FilterPacket& packet, Octets octets)
{
    if (octets.size() < tcp::smallest_header) return;
    packet.readable = packet.has_ports = true;
    set_ports(packet.flow, wire::load_u16(&octets[0]), wire::load_u16(&octets[2]));
    packet.seq = wire::load_u32(&octets[4]);
    packet.ack = wire::load_u32(&octets[8]);
    packet.flags = tcp::Flags::from_bits(octets[13]);
    const std::size_t header = std::size_t{octets[12]} / 16 * 4;
    packet.length = static_cast<std::uint32_t>(octets.size() - std::min(octets.size(), header)) +
                    packet.flags.has(tcp::Flag::syn) + packet.flags.has(tcp::Flag::fin);
}

void look_at_icmp(FilterPacket& packet, Octets octets)
{
    if (octets.size() < inet::icmp_header_size) return;
    packet.readable = true;
    const auto type = static_cast<inet::IcmpType>(octets[0]);
    packet.echo_request = type == inet::IcmpType::echo;
    packet.echo_reply = type == inet::IcmpType::echo_reply;
    if (packet.echo_request || packet.echo_reply)
        set_ports(packet.flow, wire::load_u16(&octets[4]), wire::load_u16(&octets[4]));
    if (!inet::is_error(type)) return;
    const auto quoted = inet::decode_icmp_quotation(octets.subspan(inet::icmp_header_size));
    if (quoted && quoted->header.fragment_offset == 0)
        packet.about = quoted_flow(quoted->header.protocol, wire::Address::v4(quoted->header.source),
                                   wire::Address::v4(quoted->header.destination), quoted->payload);
}

void look_at_icmpv6(FilterPacket& packet, Octets octets)
{
    if (octets.size() < inet::icmpv6_header_size) return;
    packet.readable = true;
    const auto type = static_cast<inet::Icmpv6Type>(octets[0]);
    packet.echo_request = type == inet::Icmpv6Type::echo_request;
    packet.echo_reply = type == inet::Icmpv6Type::echo_reply;
    if (packet.echo_request || packet.echo_reply)
        set_ports(packet.flow, wire::load_u16(&octets[4]), wire::load_u16(&octets[4]));
    if (!inet::is_error(type)) return;
    const auto quoted = inet::decode_icmpv6_quotation(octets.subspan(inet::icmpv6_header_size));
    if (quoted)
        packet.about =
            quoted_flow(quoted->protocol, quoted->header.source, quoted->header.destination, quoted->payload);
}

/// What stands behind the IP headers of a whole packet or a first fragment.
void look_above(FilterPacket& packet, Octets octets)
{
    packet.readable = false;
    switch (packet.flow.protocol) {
    case Protocol::tcp: return look_at_tcp(packet, octets);
    case Protocol::udp:
        if (octets.size() < inet::udp_header_size) return;
        packet.readable = packet.has_ports = true;
        return set_ports(packet.flow, wire::load_u16(&octets[0]), wire::load_u16(&octets[2]));
    case Protocol::icmp: return look_at_icmp(packet, octets);
    case Protocol::icmpv6: return look_at_icmpv6(packet, octets);
    default: packet.readable = true;
    }
}

Part part_of(bool more, std::uint16_t offset)
{
    if (offset != 0) return Part::later_fragment;
    return more ? Part::first_fragment : Part::whole;
}

inet::FragmentKey fragment_key(const FilterPacket& packet)
{
    return {.source = packet.flow.source.address,
            .destination = packet.flow.destination.address,
            .protocol = packet.is_v4() ? packet.flow.protocol : Protocol{},
            .identification = packet.identification};
}

bool any_contains(const std::vector<inet::Prefix>& prefixes, const wire::Address& address)
{
    return prefixes.empty() ||
           std::ranges::any_of(prefixes, [&](const inet::Prefix& prefix) { return prefix.contains(address); });
}

bool any_contains(const std::vector<PortRange>& ranges, wire::Port port)
{
    return ranges.empty() || std::ranges::any_of(ranges, [&](const PortRange& range) {
               return range.contains(static_cast<std::uint16_t>(port));
           });
}

} // namespace

FilterPacket look_at(const inet::Ipv4Packet& packet)
{
    FilterPacket seen;
    seen.flow.protocol = packet.header.protocol;
    seen.flow.source.address = wire::Address::v4(packet.header.source);
    seen.flow.destination.address = wire::Address::v4(packet.header.destination);
    seen.octets = packet.header_size() + packet.payload.size();
    seen.part = part_of(packet.header.more_fragments, packet.header.fragment_offset);
    seen.identification = packet.header.identification;
    seen.fragment_offset = packet.header.fragment_offset;
    if (seen.part != Part::later_fragment) look_above(seen, packet.payload);
    return seen;
}

FilterPacket look_at(const inet::Ipv6Packet& packet)
{
    FilterPacket seen;
    seen.flow.protocol = packet.header.next_header;
    seen.flow.source.address = packet.header.source;
    seen.flow.destination.address = packet.header.destination;
    seen.octets = inet::ipv6_header_size + packet.payload.size();
    const auto glance = inet::glance_at_headers(packet.header, packet.payload);
    if (!glance) {
        seen.readable = false;
        return seen;
    }
    seen.flow.protocol = glance->protocol;
    if (glance->fragment) {
        seen.part = part_of(glance->fragment->more_fragments, glance->fragment->fragment_offset);
        seen.identification = glance->fragment->identification;
        seen.fragment_offset = glance->fragment->fragment_offset;
    }
    if (seen.part != Part::later_fragment) look_above(seen, glance->payload);
    return seen;
}

std::optional<tcp::Segment> reset_for_refused(Octets segment)
{
    const auto read = tcp::decode(segment);
    if (!read) return {};
    return tcp::reset_for(*read);
}

// ---- flows -----------------------------------------------------------------------------------------------------------

namespace {

/// One name for both directions.
FlowName both_ways(const FlowName& name) { return name.destination < name.source ? name.reversed() : name; }

bool begins_tcp(const FilterPacket& packet)
{
    return packet.flags.has(tcp::Flag::syn) && !packet.flags.has(tcp::Flag::ack) && !packet.flags.has(tcp::Flag::rst);
}

} // namespace

FlowTable::Flow* FlowTable::find(Time now, const FlowName& name, bool& from_first)
{
    const auto at = places_.find(both_ways(name));
    if (at == places_.end()) return nullptr;
    Flow& flow = flows_[at->second];
    if (flow.until <= now) {
        remove(at->second);
        return nullptr;
    }
    // A host that talks to the same port of its own address: whoever does, began.
    from_first = flow.name == name;
    return &flow;
}

FilterState FlowTable::state_of(Time now, const FilterPacket& packet)
{
    if (packet.part == Part::later_fragment || !packet.readable) return FilterState::any;
    bool from_first = false;
    if (packet.about) {
        // The error goes to who sent the packet that it quotes; anything else is made up.
        const bool home = packet.about->source.address == packet.flow.destination.address;
        return home && find(now, *packet.about, from_first) ? FilterState::established : FilterState::any;
    }
    const bool is_tcp = packet.flow.protocol == Protocol::tcp;
    const bool icmp = packet.flow.protocol == Protocol::icmp || packet.flow.protocol == Protocol::icmpv6;
    if (icmp && !packet.echo_request && !packet.echo_reply) return FilterState::any;

    const Flow* const flow = find(now, packet.flow, from_first);
    if (!flow || (is_tcp && flow->stage >= Stage::closing && begins_tcp(packet))) {
        // What nobody saw begin is neither: a segment of an unknown connection, an answer to no question.
        const bool begins = is_tcp ? begins_tcp(packet) : !packet.echo_reply;
        return begins ? FilterState::begins : FilterState::any;
    }
    return from_first && !flow->second.heard ? FilterState::begins : FilterState::established;
}

void FlowTable::note(Time now, const FilterPacket& packet)
{
    if (packet.about) return; // an error keeps nothing alive
    const FilterState state = state_of(now, packet);
    if (state == FilterState::any) return;
    bool from_first = true;
    Flow* flow = find(now, packet.flow, from_first);
    if (flow && packet.flow.protocol == Protocol::tcp && flow->stage >= Stage::closing && begins_tcp(packet)) {
        remove(place_of(*flow)); // the ports are used again
        flow = nullptr;
    }
    if (!flow) {
        flow = &add(now, packet.flow);
        from_first = true;
    }
    Side& side = from_first ? flow->first : flow->second;

    if (packet.flow.protocol != Protocol::tcp) {
        side.heard = true;
        const bool both = flow->first.heard && flow->second.heard;
        keep_until(place_of(*flow), now + (both ? filter_both_ways_for : filter_one_way_for));
        return;
    }
    follow(*flow, packet, from_first);
    switch (flow->stage) {
    case Stage::opening: return keep_until(place_of(*flow), now + filter_tcp_opening_for);
    case Stage::open: return keep_until(place_of(*flow), now + filter_tcp_open_for);
    case Stage::closing: return keep_until(place_of(*flow), now + filter_tcp_closing_for);
    case Stage::closed: return keep_until(place_of(*flow), std::min(flow->until, now + filter_tcp_reset_for));
    }
}

/// Moves a TCP flow on by a segment of one side.
void FlowTable::follow(Flow& flow, const FilterPacket& packet, bool from_first)
{
    if (flow.stage == Stage::closed) return;
    Side& side = from_first ? flow.first : flow.second;
    Side& other = from_first ? flow.second : flow.first;
    const bool has_ack = packet.flags.has(tcp::Flag::ack);
    if (packet.flags.has(tcp::Flag::rst)) {
        // Only one that its receiver would believe (RFC 9293 §3.5.3): a forger ends no flow here.
        const bool refuses = !side.heard && has_ack && packet.ack == other.next;
        const bool fits =
            side.heard && tcp::at_or_after(packet.seq, side.acked) && tcp::at_or_before(packet.seq, side.next);
        if (refuses || fits) flow.stage = Stage::closed;
        return;
    }
    const tcp::Sequence end = packet.seq + packet.length;
    if (!side.heard) {
        side.next = end;
        side.acked = packet.seq;
        side.heard = true;
    } else
        side.next = tcp::later(side.next, end);
    if (has_ack && other.heard && tcp::at_or_before(packet.ack, other.next))
        other.acked = tcp::later(other.acked, packet.ack);
    // The handshake is over with the first side's first segment that is no SYN.
    if (flow.stage == Stage::opening && from_first && other.heard && has_ack && !packet.flags.has(tcp::Flag::syn))
        flow.stage = Stage::open;
    if (packet.flags.has(tcp::Flag::fin)) side.finished = true;
    if (side.finished && other.finished) flow.stage = Stage::closing;
}

FlowTable::Flow& FlowTable::add(Time now, const FlowName& name)
{
    if (places_.size() == filter_flows_at_most) make_room();
    std::uint32_t place = 0;
    if (free_.empty()) {
        place = static_cast<std::uint32_t>(flows_.size());
        flows_.emplace_back();
    } else {
        place = free_.back();
        free_.pop_back();
    }
    flows_[place] = {.name = name, .until = now, .registered = now, .first = {}, .second = {}};
    places_[both_ways(name)] = place;
    ends_.insert({now, place});
    return flows_[place];
}

void FlowTable::remove(std::uint32_t place)
{
    ends_.erase({flows_[place].registered, place});
    places_.erase(both_ways(flows_[place].name));
    free_.push_back(place);
}

void FlowTable::make_room()
{
    for (;;) {
        const std::uint32_t place = ends_.begin()->second;
        Flow& flow = flows_[place];
        if (flow.until == flow.registered) return remove(place);
        ends_.erase(ends_.begin());
        flow.registered = flow.until;
        ends_.insert({flow.registered, place});
    }
}

void FlowTable::keep_until(std::uint32_t place, Time until)
{
    Flow& flow = flows_[place];
    flow.until = until;
    if (until >= flow.registered) return; // put right when somebody asks
    ends_.erase({flow.registered, place});
    flow.registered = until;
    ends_.insert({until, place});
}

void FlowTable::clear() { *this = {}; }

// ---- the filter ------------------------------------------------------------------------------------------------------

Filter::Filter(FilterSpec spec) : spec_(std::move(spec)), counts_(spec_.rows.size() + 1)
{
    stateful_ = std::ranges::any_of(spec_.rows, [](const FilterRow& row) { return row.state != FilterState::any; });
}

bool Filter::is_inside(NicId nic) const { return std::ranges::find(spec_.nics, nic) == spec_.nics.end(); }

bool Filter::concerns(NicId in, NicId out) const
{
    switch (spec_.way) {
    case FilterWay::in: return !is_inside(in) && is_inside(out);
    case FilterWay::out: return is_inside(in) && !is_inside(out);
    case FilterWay::both: return crosses(in, out);
    case FilterWay::forward: return true;
    }
    return false;
}

bool Filter::matches(const FilterRow& row, const FilterPacket& packet, FilterState state) const
{
    if (!row.on) return false;
    if (row.protocol && (*row.protocol != packet.flow.protocol)) return false;
    if (!row.source_ports.empty() || !row.ports.empty()) {
        if (!packet.has_ports || !any_contains(row.source_ports, packet.flow.source.port) ||
            !any_contains(row.ports, packet.flow.destination.port))
            return false;
    }
    if (row.state != FilterState::any && row.state != state) return false;
    return any_contains(row.from, packet.flow.source.address) && any_contains(row.to, packet.flow.destination.address);
}

FilterVerdict Filter::judge(Time now, NicId in, NicId out, const FilterPacket& packet)
{
    if (!concerns(in, out)) {
        // The other direction of flows that it follows.
        if (stateful_ && crosses(in, out)) flows_.note(now, packet);
        return {};
    }
    // RFC 1858 §3.2: the flags are in the first fragment, or nowhere. RFC 3128 §3: nor may a second one bring others.
    if (packet.flow.protocol == Protocol::tcp && ((packet.part == Part::first_fragment && !packet.readable) ||
                                                  (packet.part == Part::later_fragment && packet.fragment_offset < 16)))
        return {.action = FilterAction::drop, .why = Why::tiny_fragment};

    if (packet.part == Part::later_fragment)
        if (const auto row = recall(now, packet)) return decide(*row, Why::first_fragment, packet);

    const FilterState state = stateful_ ? flows_.state_of(now, packet) : FilterState::any;
    const auto found =
        std::ranges::find_if(spec_.rows, [&](const FilterRow& row) { return matches(row, packet, state); });
    const auto row = found == spec_.rows.end() ? 0u : static_cast<std::uint32_t>(found - spec_.rows.begin()) + 1;
    if (packet.part == Part::first_fragment) remember(now, packet, row);
    const FilterVerdict verdict = decide(row, row == 0 ? Why::no_row : Why::row, packet);
    if (stateful_ && verdict.passes()) flows_.note(now, packet);
    return verdict;
}

FilterVerdict Filter::decide(std::uint32_t row, Why why, const FilterPacket& packet)
{
    FilterCount& count = counts_[row];
    ++(packet.is_v4() ? count.v4_packets : count.v6_packets);
    (packet.is_v4() ? count.v4_octets : count.v6_octets) += packet.octets;

    FilterVerdict verdict{.action = row == 0 ? FilterAction::pass : spec_.rows[row - 1].action,
                          .why = why,
                          .row = row,
                          .count = count.packets()};
    const bool says = verdict.action == FilterAction::reset || verdict.action == FilterAction::prohibit;
    if (!says || packet.part == Part::later_fragment) return verdict; // the first fragment's sender was told
    if (verdict.action == FilterAction::prohibit || packet.flow.protocol != Protocol::tcp)
        verdict.answer = Answer::prohibit;
    else if (packet.readable && !packet.flags.has(tcp::Flag::rst))
        verdict.answer = Answer::reset;
    return verdict;
}

void Filter::remember(Time now, const FilterPacket& packet, std::uint32_t row)
{
    const auto forget_oldest = [&] {
        first_fragments_.erase(fragment_ends_.front().second);
        fragment_ends_.pop_front();
    };
    while (!fragment_ends_.empty() && fragment_ends_.front().first <= now) forget_oldest();
    const inet::FragmentKey key = fragment_key(packet);
    const auto [at, is_new] = first_fragments_.insert_or_assign(key, row);
    if (!is_new) return;
    if (fragment_ends_.size() == filter_fragments_at_most) forget_oldest();
    fragment_ends_.push_back({now + inet::reassembly_timeout, key});
}

std::optional<std::uint32_t> Filter::recall(Time now, const FilterPacket& packet)
{
    while (!fragment_ends_.empty() && fragment_ends_.front().first <= now) {
        first_fragments_.erase(fragment_ends_.front().second);
        fragment_ends_.pop_front();
    }
    const auto at = first_fragments_.find(fragment_key(packet));
    if (at == first_fragments_.end()) return {};
    return at->second;
}

void Filter::restart()
{
    flows_.clear();
    first_fragments_.clear();
    fragment_ends_.clear();
    std::ranges::fill(counts_, FilterCount{});
}

} // namespace tegami::net
