/// Any packets through a packet filter whose rows are any: limits hold, nothing is established that nobody began, the
/// verdict is the first row's that matches, counters add up, and a second filter says the same.

#include "sim/net/filter.hpp"

#include <cstdlib>

using namespace tegami;
using namespace tegami::net;
using inet::Protocol;

namespace {

void require(bool holds)
{
    if (!holds) std::abort();
}

class Source {
  public:
    Source(const std::uint8_t* data, std::size_t size) : data_(data), left_(size) {}
    bool empty() const { return left_ == 0; }
    std::uint8_t u8()
    {
        if (left_ == 0) return 0;
        --left_;
        return *data_++;
    }
    Octets octets(std::size_t count)
    {
        count = std::min(count, left_);
        const Octets taken{data_, count};
        data_ += count;
        left_ -= count;
        return taken;
    }

  private:
    const std::uint8_t* data_;
    std::size_t left_;
};

wire::Address address(bool v4, std::uint8_t which)
{
    if (v4) return wire::Address::v4(0xC0000200u + which % 8);
    wire::Address a;
    a.octets[0] = 0x20;
    a.octets[15] = which % 8;
    return a;
}

FilterSpec spec_of(Source& in)
{
    FilterSpec spec{.name = "any", .nics = {NicId{1}}, .rows = {}};
    const std::uint8_t head = in.u8();
    spec.way = static_cast<FilterWay>(head % 4);
    for (int i = 0; i < head / 4 % 8; ++i) {
        FilterRow row{.from = {}, .to = {}, .protocol = {}, .source_ports = {}, .ports = {}};
        const std::uint8_t what = in.u8(), more = in.u8();
        row.action = static_cast<FilterAction>(what % 4);
        row.state = static_cast<FilterState>(what / 4 % 3);
        const Protocol protocols[] = {Protocol::tcp, Protocol::udp, Protocol::icmp, Protocol::icmpv6};
        if (what & 0x40) row.protocol = protocols[more % 4];
        if (what & 0x80)
            row.ports = {{static_cast<std::uint16_t>(more / 4 % 4), static_cast<std::uint16_t>(more / 16)}};
        if (more & 0x04)
            row.from = {inet::Prefix::around(address(true, 0), 30), inet::Prefix::around(address(false, 0), 126)};
        if (more & 0x08) row.to = {inet::Prefix{address(true, 1), 32}, inet::Prefix{address(false, 1), 128}};
        row.on = (more & 0x01) == 0;
        spec.rows.push_back(row);
    }
    return spec;
}

/// An IP packet around `payload`, read as a filter reads it.
FilterPacket packet_of(Source& in)
{
    const std::uint8_t head = in.u8(), who = in.u8();
    const bool v4 = (head & 0x80) == 0;
    const Protocol protocols[] = {Protocol::tcp, Protocol::udp, v4 ? Protocol::icmp : Protocol::icmpv6, Protocol{47}};
    const Protocol protocol = protocols[head % 4];
    const bool more = (head & 0x04) != 0;
    const auto offset = static_cast<std::uint16_t>((head & 0x08) != 0 ? (head & 0x70) / 2 : 0);
    const auto source = address(v4, who), destination = address(v4, who >> 4);

    wire::OctetBuffer payload(head % 64 < 60 ? 28 : 6, 0);
    if (protocol == Protocol::tcp) {
        const std::uint8_t ports = in.u8(), flags = in.u8(), numbers = in.u8();
        payload[1] = ports % 4;
        payload[3] = static_cast<std::uint8_t>(ports / 4 % 4);
        if (payload.size() > 20) {
            payload[7] = numbers % 16;
            payload[11] = numbers / 16;
            payload[12] = 0x50;
            payload[13] = flags & 0x17;
        }
    } else if ((head & 0x40) != 0) {
        const Octets any = in.octets(in.u8());
        payload.assign(any.begin(), any.end());
    } else {
        payload[0] = in.u8();
        payload[5] = payload[3] = in.u8() % 4;
    }
    const bool cut = more || offset != 0;
    wire::OctetBuffer octets;
    if (v4) {
        octets.resize(inet::ipv4_header_size);
        inet::encode(inet::Ipv4Header{.source = source.to_v4(),
                                      .destination = destination.to_v4(),
                                      .protocol = protocol,
                                      .fragment_offset = offset,
                                      .dont_fragment = false,
                                      .more_fragments = more},
                     payload.size(), octets.data());
        octets.insert(octets.end(), payload.begin(), payload.end());
        const auto packet = inet::decode_ipv4(octets);
        require(packet.has_value());
        return look_at(*packet);
    }
    if (cut) {
        wire::OctetBuffer fragment(inet::ipv6_fragment_header_size);
        inet::encode(inet::Ipv6FragmentHeader{protocol, offset, more, 1}, fragment.data());
        payload.insert(payload.begin(), fragment.begin(), fragment.end());
    }
    octets.resize(inet::ipv6_header_size);
    inet::encode(inet::Ipv6Header{.source = source,
                                  .destination = destination,
                                  .next_header = cut ? Protocol::fragment : protocol},
                 payload.size(), octets.data());
    octets.insert(octets.end(), payload.begin(), payload.end());
    const auto packet = inet::decode_ipv6(octets);
    require(packet.has_value());
    return look_at(*packet);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    Source in{data, size};
    const FilterSpec spec = spec_of(in);
    Filter filter{spec}, other{spec};
    std::set<FlowName> passed;
    std::uint64_t judged = 0;
    Time now{1'000'000'000};
    while (!in.empty()) {
        const std::uint8_t ways = in.u8();
        now = now + wire::milliseconds(std::int64_t{ways / 4} * (ways / 4) * 50);
        const NicId from{ways % 2 + 1u}, to{ways / 2 % 2 + 1u};
        const FilterPacket packet = packet_of(in);
        const FilterVerdict verdict = filter.judge(now, from, to, packet);
        const FilterVerdict again = other.judge(now, from, to, packet);
        require(verdict.row == again.row && verdict.action == again.action && verdict.answer == again.answer &&
                verdict.why == again.why && verdict.count == again.count);

        using Why = FilterVerdict::Why;
        if (verdict.why == Why::row) {
            const FilterRow& row = spec.rows[verdict.row - 1];
            require(row.on && row.action == verdict.action);
            require(!row.protocol || *row.protocol == packet.flow.protocol);
            require(row.ports.empty() ||
                    row.ports[0].contains(static_cast<std::uint16_t>(packet.flow.destination.port)));
            if (row.state == FilterState::established) {
                const FlowName& flow = packet.about ? *packet.about : packet.flow;
                require(passed.contains(flow) || passed.contains(flow.reversed()));
            }
        } else if (verdict.why == Why::no_row || verdict.why == Why::not_concerned)
            require(verdict.passes() && verdict.row == 0);
        require(verdict.passes() ? verdict.answer == FilterVerdict::Answer::none : true);
        if (verdict.why != Why::not_concerned && verdict.why != Why::tiny_fragment) {
            ++judged;
            require(filter.count(verdict.row).packets() == verdict.count);
        }
        if (verdict.passes() && packet.part != FilterPacket::Part::later_fragment && !packet.about)
            passed.insert(packet.flow);
        require(filter.flows() <= passed.size() && filter.flows() <= filter_flows_at_most);
        require(filter.is_stateful() || filter.flows() == 0);
        require(filter.fragments_remembered() <= filter_fragments_at_most);
    }
    std::uint64_t counted = 0;
    for (std::uint32_t row = 0; row <= spec.rows.size(); ++row) counted += filter.count(row).packets();
    require(counted == judged);
    return 0;
}
