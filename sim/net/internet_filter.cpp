// What a router's filters make of the packets that it forwards.

#include "sim/net/internet.hpp"

namespace tegami::net {

/// A row's count is told when so many more packets have matched, where they serve no mail and pass.
constexpr std::uint64_t packets_between_counts = 1'000;

void Internet::add_filter(NodeId router, FilterSpec spec)
{
    hosts_[engine::index_of(router)].guarded = true;
    filters_[router].emplace_back(std::move(spec));
}

const Filter* Internet::filter(std::string_view name) const
{
    for (const auto& [router, filters] : filters_)
        for (const Filter& filter : filters)
            if (filter.spec().name == name) return &filter;
    return nullptr;
}

bool Internet::switch_filter_row(std::string_view name, std::uint32_t row, bool on)
{
    for (auto& [router, filters] : filters_)
        for (Filter& filter : filters) {
            if (filter.spec().name != name) continue;
            if (row == 0 || row > filter.spec().rows.size()) return false;
            filter.switch_row(row, on);
            context_.record(router, {}, FactRef::none, run::FilterChanged{.filter = name, .row = row, .on = on});
            return true;
        }
    return false;
}

/// True where a filter stops the packet: then the frame is gone.
bool Internet::is_filtered(NicId nic, NicId out, Frame& frame, const Packet& packet)
{
    const NodeId node = links_[nic].node;
    const FilterPacket seen = packet.v4 ? look_at(*packet.v4) : look_at(*packet.v6);
    for (Filter& filter : filters_[node]) {
        const FilterVerdict verdict = filter.judge(context_.engine.now(), nic, out, seen);
        const bool followed = context_.spans.steps_of(frame.spans) != Spans{};
        const bool counts = verdict.row != 0 && verdict.count % packets_between_counts == 0;
        if (!verdict.passes() || (verdict.row != 0 && followed) || counts) {
            const FactRef told = context_.record(node, frame.spans, frame.cause,
                                                 run::FilterMatched{.filter = filter.spec().name,
                                                                    .row = verdict.row,
                                                                    .action = verdict.action,
                                                                    .frame = frame.number,
                                                                    .nic = nic,
                                                                    .count = verdict.count});
            if (told != FactRef::none) frame.cause = told;
        }
        if (verdict.passes()) continue;
        if (const run::SpanId session = context_.spans.session_of(frame.spans); session != run::SpanId::none)
            context_.filtered.insert(session);
        if (verdict.answer == FilterVerdict::Answer::reset) reset_refused(nic, frame, packet);
        if (verdict.answer == FilterVerdict::Answer::prohibit) send_error(nic, frame, packet, PacketError::prohibited);
        links_.drop(nic, frame, run::DropReason::filtered);
        return true;
    }
    return false;
}

/// As if whom the segment was for had answered it.
void Internet::reset_refused(NicId nic, const Frame& frame, const Packet& packet)
{
    const auto reset = reset_for_refused(packet.payload);
    const Path back = path(links_[nic].node, packet.source, nic);
    if (!reset || !back.found) return;
    const std::size_t size = tcp::header_length(*reset);
    Frame& answer = this->packet(
        IpHeader{.source = packet.destination, .destination = packet.source, .protocol = inet::Protocol::tcp}, size);
    std::uint8_t* const at = payload_of(answer);
    tcp::encode_header(*reset, at);
    tcp::finish_checksum(at, size,
                         inet::pseudo_header_sum(packet.destination, packet.source, inet::Protocol::tcp, size));
    answer.spans = frame.spans;
    answer.cause = frame.cause;
    send(back, answer);
}

} // namespace tegami::net
