#include "sim/net/udp.hpp"

#include "sim/net/tcp.hpp"

namespace tegami::net {

class Udp::Binding final : public wire::Datagram, public engine::Sleeper {
  public:
    Binding(Udp& udp, NodeId node, wire::Port port) : udp_(udp), node_(node), port_(port)
    {
        slot_ = udp.context_.engine.open_slot(node, *this);
        udp.bound_[key(node, port)] = this;
    }
    ~Binding()
    {
        udp_.context_.engine.close_slot(slot_);
        if (const auto at = udp_.bound_.find(key(node_, port_)); at != udp_.bound_.end() && at->second == this)
            udp_.bound_.erase(at);
    }

    bool alive() const { return udp_.context_.engine.alive(slot_); }

    void send(wire::Endpoint to, Octets octets, Spans spans) override
    {
        if (!alive() || octets.size() > link::ethernet_mtu - inet::ipv4_header_size - inet::udp_header_size) return;
        const std::uint32_t destination = to.address.to_v4();
        const Path way = udp_.internet_.path(node_, destination);
        if (!way.found) return;
        Frame& frame =
            udp_.internet_.packet({.source = way.source, .destination = destination, .protocol = inet::Protocol::udp},
                                  inet::udp_header_size + octets.size());
        std::uint8_t* const at = Internet::payload_of(frame);
        inet::encode_udp_header(port_, to.port, way.source, destination, octets, at);
        std::memcpy(at + inet::udp_header_size, octets.data(), octets.size());
        frame.spans = spans;
        udp_.internet_.send(way, frame);
    }

    wire::Task<std::expected<wire::Received, wire::Hangup>> receive(Duration at_most) override
    {
        const Time until = at_most.ns > 0 ? udp_.context_.engine.now() + at_most : Time::never();
        while (waiting_.empty()) {
            if (!alive()) co_return std::unexpected(wire::Hangup::reset);
            if (udp_.context_.engine.now() >= until) co_return std::unexpected(wire::Hangup::timed_out);
            co_await Wait{*this, until};
        }
        wire::Received first = std::move(waiting_.front());
        waiting_.pop_front();
        co_return first;
    }

    void take(wire::Received datagram)
    {
        if (waiting_.size() >= datagrams_waiting) return;
        waiting_.push_back(std::move(datagram));
        resume();
    }
    void on_time() override { resume(); }

  private:
    struct Wait {
        Binding& binding;
        Time until;
        bool await_ready() const { return false; }
        void await_suspend(std::coroutine_handle<> handle) const
        {
            binding.handle_ = handle;
            if (until != Time::never()) binding.udp_.context_.engine.wake_at(binding.slot_, until);
        }
        void await_resume() const {}
    };
    void resume()
    {
        if (handle_) std::exchange(handle_, {}).resume();
    }

    Udp& udp_;
    NodeId node_;
    wire::Port port_;
    engine::SlotRef slot_;
    std::coroutine_handle<> handle_{};
    std::deque<wire::Received> waiting_;
};

std::unique_ptr<wire::Datagram> Udp::bind(NodeId node, wire::Port port)
{
    if (port == wire::Port{}) {
        const std::string how_manieth = std::to_string(++drawn_[node]);
        engine::Random draws = context_.engine.random(node, "udp port", how_manieth);
        for (int tries = 0; tries < 1'000; ++tries) {
            const auto drawn = static_cast<std::uint16_t>(draws.below(65536 - first_ephemeral_port));
            port = wire::Port{static_cast<std::uint16_t>(first_ephemeral_port + drawn)};
            if (!bound_.contains(key(node, port))) return std::make_unique<Binding>(*this, node, port);
        }
        return nullptr;
    }
    if (const auto at = bound_.find(key(node, port)); at != bound_.end() && at->second->alive()) return nullptr;
    return std::make_unique<Binding>(*this, node, port);
}

void Udp::on_packet(NicId nic, Frame& frame, const inet::Ipv4Packet& packet)
{
    const auto datagram = inet::decode_udp(packet.header, packet.payload);
    if (!datagram) return links_.drop(nic, frame, run::DropReason::malformed, datagram.error().rule);
    const auto at = bound_.find(key(links_[nic].node, datagram->destination));
    if (at == bound_.end() || !at->second->alive()) return internet_.port_unreachable(nic, frame, packet);
    wire::Received received{wire::OctetBuffer(datagram->payload.begin(), datagram->payload.end()),
                            {wire::Address::v4(packet.header.source), datagram->source},
                            frame.spans};
    Binding& binding = *at->second;
    context_.frames.give_back(frame);
    binding.take(std::move(received));
}

} // namespace tegami::net
