#include "sim/net/outside.hpp"

namespace tegami::net {

Outside::Outside(Context& context, Links& links) : context_(context), links_(links)
{
    context.engine.handle(engine::DueKind::injected, this, [](void* self, const engine::Due& due) {
        Outside& outside = *static_cast<Outside*>(self);
        Frame& frame = outside.context_.frames.at(due.subject);
        outside.record_input(due.target, frame);
        outside.links_.transmit(frame.to, frame);
    });
}

void Outside::record_input(NodeId node, Frame& frame)
{
    const std::string what = std::string{frame_input} + context_.engine.name(node);
    frame.cause = context_.record(node, {}, FactRef::none, run::Input{.what = what, .octets = frame.octets()});
}

bool Outside::inject(NicId nic, Octets octets, Time at)
{
    assert(links_[nic].kind == NicKind::outside);
    if (octets.size() < link::ethernet_header_size || octets.size() > largest_frame) return false;
    Frame& frame = context_.frames.take(octets.size());
    std::memcpy(frame.data(), octets.data(), octets.size());
    frame.to = nic; // from where it goes on
    context_.engine.schedule(NodeId::outside, links_[nic].node, at, engine::DueKind::injected, frame.index);
    return true;
}

void Outside::on_frame(NicId nic, Frame& frame)
{
    if (const auto sink = sinks_.find(nic); sink != sinks_.end() && sink->second)
        sink->second(frame.octets(), context_.engine.now());
    context_.frames.give_back(frame);
}

} // namespace tegami::net
