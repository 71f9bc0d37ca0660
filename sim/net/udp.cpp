#include "sim/net/udp.hpp"

#include "sim/net/tcp.hpp"

namespace tegami::net {

class Udp::Binding final : public wire::Datagram, public engine::Sleeper {
  public:
    enum class Side : std::uint8_t { client, server };

    Binding(Udp& udp, NodeId node, const wire::Endpoint& at, Side side) : udp_(udp), node_(node), at_(at), side_(side)
    {
        slot_ = udp.context_.engine.open_slot(node, *this);
        udp.bound_[{node, at}] = this;
    }
    ~Binding()
    {
        udp_.context_.engine.close_slot(slot_);
        if (const auto at = udp_.bound_.find({node_, at_}); at != udp_.bound_.end() && at->second == this)
            udp_.bound_.erase(at);
    }

    bool alive() const { return udp_.context_.engine.alive(slot_); }

    void send(wire::Endpoint to, Octets octets, Spans spans) override
    {
        if (!alive()) return;
        last_to_ = to;
        if (udp_.send(node_, at_, to, octets, spans) || !udp_.internet_.neighbours().checking(node_)) return;
        // Its host has just been switched on, and may soon have an address.
        if (held_.size() >= datagrams_held) held_.pop_front();
        held_.push_back({wire::OctetBuffer(octets.begin(), octets.end()), to, spans});
    }
    void send_held()
    {
        std::erase_if(held_, [this](const wire::Received& datagram) {
            return udp_.send(node_, at_, datagram.from, datagram.octets, datagram.spans);
        });
    }

    wire::Task<std::expected<wire::Received, wire::Hangup>> receive(Duration at_most) override
    {
        const Time until = at_most.ns > 0 ? udp_.context_.engine.now() + at_most : Time::never();
        while (waiting_.empty()) {
            if (!alive() || std::exchange(refused_, false)) co_return std::unexpected(wire::Hangup::reset);
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
    /// Nobody is there, says `to`'s host.
    void refuse(const wire::Endpoint& to)
    {
        if (side_ != Side::client || to != last_to_) return;
        refused_ = true;
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
    wire::Endpoint at_;
    Side side_;
    wire::Endpoint last_to_;
    bool refused_ = false;
    engine::SlotRef slot_;
    std::coroutine_handle<> handle_{};
    std::deque<wire::Received> waiting_;
    std::deque<wire::Received> held_; // to be sent: `from` says whom to
};

bool Udp::taken(NodeId node, const wire::Endpoint& at) const
{
    const auto known = bound_.find({node, at});
    return known != bound_.end() && known->second->alive();
}

std::unique_ptr<wire::Datagram> Udp::bind(NodeId node, wire::Endpoint at)
{
    if (at.port != wire::Port{})
        return taken(node, at) ? nullptr : std::make_unique<Binding>(*this, node, at, Binding::Side::server);
    auto draws = port_draws_.find(node);
    if (draws == port_draws_.end()) draws = port_draws_.emplace(node, context_.engine.random(node, "udp port")).first;
    for (int tries = 0; tries < 1'000; ++tries) {
        const std::uint64_t drawn = draws->second.below(65536 - first_ephemeral_port);
        at.port = wire::Port{static_cast<std::uint16_t>(first_ephemeral_port + drawn)};
        if (!taken(node, at)) return std::make_unique<Binding>(*this, node, at, Binding::Side::client);
    }
    return nullptr;
}

std::unique_ptr<wire::Datagram> Udp::bind_client(NodeId node, wire::Port port)
{
    const wire::Endpoint at{{}, port};
    return taken(node, at) ? nullptr : std::make_unique<Binding>(*this, node, at, Binding::Side::client);
}

Udp::Binding* Udp::find(NodeId node, const wire::Endpoint& at)
{
    for (const wire::Address& address : {at.address, wire::Address{}})
        if (const auto known = bound_.find({node, {address, at.port}}); known != bound_.end() && known->second->alive())
            return known->second;
    return nullptr;
}

/// False where the host knows no way there, or has no address for it.
bool Udp::send(NodeId node, const wire::Endpoint& from, const wire::Endpoint& to, Octets octets, Spans spans)
{
    const Path way = internet_.path(node, to.address);
    if (!way.found) return false;
    const wire::Address source = from.address == wire::Address{} ? way.source : from.address;
    if (octets.size() > inet::udp_largest_payload) return true; // for no path
    wire::OctetBuffer datagram(inet::udp_header_size + octets.size());
    inet::encode_udp_header({source, from.port}, to, octets, datagram.data());
    std::ranges::copy(octets, datagram.begin() + inet::udp_header_size);
    internet_.send_whole(way, node, {source, to.address, inet::Protocol::udp}, datagram, spans, FactRef::none);
    return true;
}

void Udp::on_address(NodeId host)
{
    for (auto at = bound_.lower_bound({host, {}}); at != bound_.end() && at->first.first == host; ++at)
        if (at->second->alive()) at->second->send_held();
}

void Udp::on_packet(NicId nic, Frame& frame, const Packet& packet)
{
    const auto datagram = packet.v4 ? inet::decode_udp(packet.v4->header, packet.payload)
                                    : inet::decode_udp(packet.v6->header, packet.payload);
    if (!datagram) return links_.drop(nic, frame, run::DropReason::malformed, datagram.error().rule);
    Binding* const binding = find(links_[nic].node, {packet.destination, datagram->destination});
    if (!binding) return internet_.port_unreachable(nic, frame, packet);
    wire::Received received{wire::OctetBuffer(datagram->payload.begin(), datagram->payload.end()),
                            {packet.source, datagram->source},
                            frame.spans};
    context_.frames.give_back(frame);
    binding->take(std::move(received));
}

void Udp::on_error(NodeId host, const ErrorReport& report, FactRef)
{
    if (report.what != PacketError::no_port && report.what != PacketError::prohibited) return;
    const wire::Port ours{wire::load_u16(&report.payload[0])}, theirs{wire::load_u16(&report.payload[2])};
    if (Binding* const binding = find(host, {report.source, ours})) binding->refuse({report.destination, theirs});
}

} // namespace tegami::net
