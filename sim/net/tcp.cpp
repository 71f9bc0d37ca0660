#include "sim/net/tcp.hpp"

#include "sim/net/tcp_stream.hpp"

namespace tegami::net {

namespace {

/// Whether one host can be meant: no group, nor everybody, nor nobody. RFC 9293 §3.9.1.1 (MUST-46) and §3.9.2.3.
bool is_for_one(const wire::Address& address)
{
    if (!address.is_v4()) return address.octets[0] != 0xFF && address != wire::Address{};
    const std::uint32_t v4 = address.to_v4();
    return !inet::is_v4_multicast(v4) && !inet::is_v4_limited_broadcast(v4) && v4 >> 24 != 0;
}

} // namespace

Tcp::Tcp(Context& context, Links& links, Internet& internet)
    : context_(context),
      links_(links),
      internet_(internet),
      environment_{buffers_, notes_, context.spans},
      table_(1024),
      ports_(context.engine.node_count()),
      connection_count_(context.engine.node_count())
{
    listeners_.emplace_back();
    context.engine.handle(engine::DueKind::tcp, this,
                          [](void* self, const engine::Due& due) { static_cast<Tcp*>(self)->on_timer(due.subject); });
}

Tcp::~Tcp() = default;

/// What nobody outside the host can compute from the connection's four numbers: RFC 9293 §3.4.1, RFC 7323 §7.1.
std::uint64_t Tcp::secret_of(const SocketName& name)
{
    std::array<std::uint8_t, 36> four;
    std::size_t size = 0;
    for (const wire::Address& address : {name.local, name.remote}) {
        const Octets octets = Octets{address.octets}.subspan(address.is_v4() ? 12 : 0);
        std::ranges::copy(octets, four.begin() + static_cast<std::ptrdiff_t>(size));
        size += octets.size();
    }
    wire::store_u16(&four[size], static_cast<std::uint16_t>(name.local_port));
    wire::store_u16(&four[size + 2], static_cast<std::uint16_t>(name.remote_port));
    engine::Random secret = context_.engine.random(name.node, "iss", wire::as_text(Octets{four}.first(size + 4)));
    return secret.draw();
}

// ---- opening -------------------------------------------------------------------------------------------------------

void Tcp::listen(NodeId node, wire::Port port, run::Protocol protocol, Accept accept)
{
    listen(node, {{}, port}, protocol, std::move(accept));
}

void Tcp::listen(NodeId node, wire::Endpoint at, run::Protocol protocol, Accept accept)
{
    auto& ports = ports_[engine::index_of(node)];
    if (!ports) ports = std::make_unique<Ports>();
    std::uint32_t index = 0;
    for (const std::uint32_t known : ports->listeners)
        if (listeners_[known].at == at) index = known;
    if (index == 0) {
        index = static_cast<std::uint32_t>(listeners_.size());
        for (std::uint32_t i = 1; i < listeners_.size(); ++i)
            if (!listeners_[i].accept && listeners_[i].node == node && listeners_[i].at == at) index = i;
        if (index == listeners_.size()) listeners_.emplace_back();
        ports->listeners.push_back(index);
    }
    // Where it listens already, connections that are being opened go on (RFC 9293 §3.9.1.1, MUST-41).
    Listener& listener = listeners_[index];
    listener.node = node;
    listener.at = at;
    listener.protocol = protocol;
    listener.accept = std::move(accept);
}

std::uint32_t Tcp::find_listener(NodeId node, const wire::Endpoint& at)
{
    const auto& ports = ports_[engine::index_of(node)];
    if (!ports) return 0;
    std::uint32_t everywhere = 0;
    for (const std::uint32_t index : ports->listeners) {
        if (listeners_[index].at.port != at.port) continue;
        if (listeners_[index].at.address == at.address) return index;
        if (listeners_[index].at.address == wire::Address{}) everywhere = index;
    }
    return everywhere;
}

wire::Port Tcp::free_port(NodeId node, const wire::Address& local, wire::Endpoint to)
{
    auto& ports = ports_[engine::index_of(node)];
    if (!ports) ports = std::make_unique<Ports>();
    constexpr std::uint32_t count = 65536 - first_ephemeral_port;
    if (!ports->has_draws) {
        // After a power cut other ones than before it: a peer may still hold a connection from the port used first.
        const std::uint16_t life = context_.engine.incarnation(node);
        ports->draws = context_.engine.random(node, "tcp port", life == 0 ? std::string{} : std::to_string(life));
        ports->has_draws = true;
    }
    // RFC 6056 §3.3.1: a random one, and from there the next that is free for these addresses.
    const std::uint64_t drawn = ports->draws.below(count);
    for (std::uint64_t tries = 0; tries < count; ++tries) {
        const wire::Port port{static_cast<std::uint16_t>(first_ephemeral_port + (drawn + tries) % count)};
        if (!find({node, local, to.address, port, to.port})) return port;
    }
    return {};
}

wire::Task<void> Tcp::addresses_checked(NodeId node, wire::Address destination)
{
    while (!internet_.path(node, destination).found && internet_.neighbours().checking(node))
        co_await context_.engine.pause(node, wire::milliseconds(100));
}

std::expected<std::unique_ptr<TcpStream>, wire::ConnectError> Tcp::open(NodeId node, wire::Endpoint to,
                                                                        run::Protocol protocol, Spans spans)
{
    const Path way = internet_.path(node, to.address);
    if (!is_for_one(to.address) || !way.found) return std::unexpected(wire::ConnectError::unreachable);
    const wire::Port port = free_port(node, way.source, to);
    if (port == wire::Port{}) return std::unexpected(wire::ConnectError::no_port);

    Socket& socket = make({node, way.source, to.address, port, to.port}, way);
    const run::SpanId session = context_.spans.begin(
        {.kind = run::SpanKind::session, .node = node, .number = 0, .mail = {}, .step = {}, .tries = 0});
    socket.connection.set_session(context_.spans.only(session));
    socket.connection.open_active(context_.engine.now(), port, to.port, socket.initial_send);
    insert(socket);
    record_opened(socket, false);
    begin_session(socket, session, protocol, true);
    const auto steps = context_.spans.members(context_.spans.steps_of(spans));
    for (const run::SpanId step : std::vector(steps.begin(), steps.end())) // making a set ends the view
        context_.record(node, context_.spans.with(context_.spans.only(step), session), socket.cause,
                        run::Joined{.step = step, .other = session});

    auto stream = std::make_unique<TcpStream>(*this, socket);
    push(socket);
    return stream;
}

std::optional<wire::ConnectError> Tcp::failure(const TcpStream& stream) const
{
    const Socket& opened = *stream.socket_;
    switch (opened.connection.ending()) {
    case tcp::Ending::none: return std::nullopt;
    case tcp::Ending::refused:
    case tcp::Ending::reset: return wire::ConnectError::refused;
    default: break;
    }
    if (opened.prohibited) return wire::ConnectError::prohibited;
    return opened.unreachable != 0 ? wire::ConnectError::unreachable : wire::ConnectError::timed_out;
}

wire::Task<std::expected<std::unique_ptr<wire::Stream>, wire::ConnectError>> Tcp::connect(NodeId node,
                                                                                          wire::Endpoint to,
                                                                                          run::Protocol protocol,
                                                                                          Spans spans)
{
    if (!internet_.path(node, to.address).found) co_await addresses_checked(node, to.address);
    auto opening = open(node, to, protocol, spans);
    if (!opening) co_return std::unexpected(opening.error());
    co_await (*opening)->established();
    if (const auto failed = failure(**opening)) co_return std::unexpected(*failed);
    co_return std::move(*opening);
}

void Tcp::begin_session(Socket& socket, run::SpanId session, run::Protocol protocol, bool client)
{
    socket.cause = context_.record(
        socket.name.node, socket.connection.session(), socket.cause,
        run::SessionBegun{.session = session, .protocol = protocol, .connection = socket.number, .client = client});
}

void Tcp::on_syn(NicId nic, Frame& frame, const Packet& packet, const tcp::Segment& segment, Socket* replaced)
{
    const NodeId node = links_[nic].node;
    const std::uint32_t index = find_listener(node, {packet.destination, segment.destination});
    Listener& listener = listeners_[index];
    const Path back = internet_.path(node, packet.source, nic);
    if (!back.found) return links_.drop(nic, frame, run::DropReason::no_route);
    tcp::Sequence behind = 0;
    if (replaced) {
        behind = replaced->connection.send_max();
        erase(*replaced);
        replaced->connection.abort();
        release(*replaced);
    }
    // Those at the front that stand by now, or are gone, need no place in the line.
    const auto waits = [&](const auto& entry) {
        const Socket& socket = at(entry.first);
        return socket.number == entry.second && socket.name.node == node && socket.listener == index;
    };
    while (!listener.half_open.empty() && !waits(listener.half_open.front())) listener.half_open.pop_front();
    if (listener.half_open.size() >= 2 * half_open_limit) // and behind one that waits long, no more than as many again
        std::erase_if(listener.half_open, [&](const auto& entry) { return !waits(entry); });
    if (listener.half_open_count >= half_open_limit) { // the oldest goes, without a word
        Socket& oldest = at(listener.half_open.front().first);
        listener.half_open.pop_front();
        oldest.listener = 0;
        --listener.half_open_count;
        erase(oldest);
        oldest.connection.abort();
        tcp::Outgoing unsent;
        while (oldest.connection.next_segment(context_.engine.now(), unsent, false)) {
        }
        notes_.clear();
        release(oldest);
    }
    Socket& socket = make({node, packet.destination, packet.source, segment.destination, segment.source}, back);
    if (replaced && static_cast<std::int32_t>(socket.initial_send - behind) <= 0)
        socket.initial_send = behind + 1; // RFC 9293 §3.10.7.4
    socket.cause = frame.cause;
    socket.listener = index;
    listener.half_open.emplace_back(socket.index, socket.number);
    ++listener.half_open_count;
    const Spans serves = frame.spans;
    context_.frames.give_back(frame);
    socket.connection.open_passive(context_.engine.now(), segment, serves, socket.initial_send);
    insert(socket);
    record_opened(socket, true);
    record_notes(socket, serves);
    after_event(socket);
}

void Tcp::accept(Socket& socket)
{
    Listener& listener = listeners_[std::exchange(socket.listener, 0)];
    --listener.half_open_count;
    if (listener.half_open_count == 0) listener.half_open.clear();
    begin_session(socket, context_.spans.session_of(socket.connection.session()), listener.protocol, false);
    const Accept& taken = listener.accept;
    taken(std::make_unique<TcpStream>(*this, socket), {socket.name.remote, socket.name.remote_port});
}

// ---- segments in ---------------------------------------------------------------------------------------------------

void Tcp::on_packet(NicId nic, Frame& frame, const Packet& packet)
{
    const auto pseudo = packet.v4 ? inet::pseudo_header_sum(packet.v4->header.source, packet.v4->header.destination,
                                                            inet::Protocol::tcp, packet.payload.size())
                                  : inet::pseudo_header_sum(packet.source, packet.destination, inet::Protocol::tcp,
                                                            packet.payload.size());
    if (!tcp::checksum_is_right(packet.payload, pseudo)) [[unlikely]]
        return links_.drop(nic, frame, run::DropReason::bad_checksum, "RFC 9293 §3.1: the checksum is wrong");
    const auto segment = tcp::decode(packet.payload);
    if (!segment) [[unlikely]]
        return links_.drop(nic, frame, run::DropReason::malformed, segment.error().rule);

    const NodeId node = links_[nic].node;
    Socket* const found = find({node, packet.destination, packet.source, segment->destination, segment->source});
    const bool replaces = found && found->connection.may_be_replaced_by(*segment) &&
                          find_listener(node, {packet.destination, segment->destination}) != 0;
    if (!found || replaces) [[unlikely]] {
        using tcp::Flag;
        const bool opens =
            segment->flags.has(Flag::syn) && !segment->flags.has(Flag::ack) && !segment->flags.has(Flag::rst);
        if (!is_for_one(packet.source) || !is_for_one(packet.destination) || packet.to_a_group) // MUST-63, MUST-57
            return links_.drop(nic, frame, run::DropReason::no_listener,
                               "RFC 9293 §3.9.2.3: no single host has such an address");
        if (opens && find_listener(node, {packet.destination, segment->destination}) != 0)
            return on_syn(nic, frame, packet, *segment, found);
        answer_with_reset(nic, packet, *segment, frame);
        return links_.drop(nic, frame, run::DropReason::no_listener);
    }

    Socket& socket = *found;
    const tcp::Sequence una = socket.connection.send_unacknowledged();
    const tcp::Sequence receive_next = socket.connection.receive_next();
    socket.cause = frame.cause;
    socket.busy = true;
    socket.connection.on_segment(context_.engine.now(), *segment, {frame.runs.data(), frame.run_count});
    if (!socket.v4 && socket.connection.send_unacknowledged() != una)
        internet_.neighbours().confirm(socket.path.nic, socket.path.neighbour);
    if (context_.recorder.wants(run::FactKind::tcp_received)) record_received(socket, una, receive_next, frame.spans);
    if (!notes_.empty()) record_notes(socket, frame.spans);
    context_.frames.give_back(frame);
    after_event(socket);
}

void Tcp::answer_with_reset(NicId nic, const Packet& packet, const tcp::Segment& segment, const Frame& frame)
{
    const auto reset = tcp::reset_for(segment);
    if (!reset) return;
    const NodeId node = links_[nic].node;
    const Path back = internet_.path(node, packet.source, nic);
    if (!back.found) return;
    const std::size_t size = tcp::header_length(*reset);
    Frame& answer = internet_.packet(
        IpHeader{.source = packet.destination, .destination = packet.source, .protocol = inet::Protocol::tcp}, size);
    std::uint8_t* const at = Internet::payload_of(answer);
    tcp::encode_header(*reset, at);
    tcp::finish_checksum(at, size,
                         inet::pseudo_header_sum(packet.destination, packet.source, inet::Protocol::tcp, size));
    answer.spans = frame.spans;
    answer.cause = context_.record(
        node, frame.spans, frame.cause,
        run::TcpRefused{.connection = {}, .direction = run::Direction::sent, .rule = tcp::Rule::connection_closed});
    internet_.send(back, answer);
}

Socket* Tcp::find_quoted(NodeId host, const ErrorReport& report)
{
    const wire::Port local{wire::load_u16(&report.payload[0])};
    const wire::Port remote{wire::load_u16(&report.payload[2])};
    return find({host, report.source, report.destination, local, remote});
}

bool Tcp::has_in_flight(NodeId host, const ErrorReport& report)
{
    const Socket* const socket = find_quoted(host, report);
    if (!socket) return false;
    // A stranger does not know which numbers are in flight (RFC 5927 §4.1).
    return socket->connection.is_in_flight(wire::load_u32(&report.payload[4]));
}

void Tcp::take_path(Socket& socket, const inet::PathMtu& path)
{
    const std::size_t headers = (socket.v4 ? inet::ipv4_header_size : inet::ipv6_header_size) + 20;
    socket.mss_of_path = static_cast<std::uint16_t>(path.mtu - headers);
    socket.dont_fragment = path.dont_fragment;
}

void Tcp::on_path_mtu(NodeId host, const ErrorReport& report, const inet::PathMtu& path, FactRef cause)
{
    Socket* const socket = find_quoted(host, report);
    if (!socket) return;
    socket->cause = cause;
    take_path(*socket, path);
    after_event(*socket);
}

void Tcp::on_error(NodeId host, const ErrorReport& report, FactRef cause)
{
    Socket* const socket = find_quoted(host, report);
    if (!socket || !has_in_flight(host, report)) return;
    socket->cause = cause;
    // RFC 1122 §4.2.3.9 and RFC 5461: network, host and time are soft errors; a connection being opened remembers them for
    // when it gives up. That no such protocol or port is there, or that it is forbidden, ends it, while it is being opened.
    if (report.what == PacketError::hop_limit || report.what == PacketError::incomplete) return;
    ++socket->unreachable;
    const bool hard = report.what == PacketError::no_protocol || report.what == PacketError::no_port ||
                      report.what == PacketError::prohibited;
    if (!hard || socket->connection.state() != tcp::State::syn_sent) return;
    socket->prohibited = report.what == PacketError::prohibited;
    socket->connection.abort(tcp::Rule::icmp_error);
    record_notes(*socket, socket->connection.session());
    after_event(*socket);
}

// ---- after every event ---------------------------------------------------------------------------------------------

void Tcp::after_event(Socket& socket)
{
    socket.busy = true;
    if (socket.listener != 0) {
        const tcp::State state = socket.connection.state();
        if (state == tcp::State::closed) {
            --listeners_[std::exchange(socket.listener, 0)].half_open_count;
        } else if (state != tcp::State::syn_received)
            accept(socket);
    }
    if (socket.stream)
        socket.stream->look();
    else if (socket.listener == 0 && !socket.connection.arrived().empty())
        socket.connection.abort(); // RFC 1122 §4.2.2.13: nobody is left to read it, and the sender shall know
    socket.busy = false;
    push(socket);
}

void Tcp::push(Socket& socket)
{
    if (socket.busy) return;
    if (socket.mss_of_path != 0) socket.connection.limit_mss(socket.mss_of_path); // options come off it
    tcp::Outgoing out;
    while (socket.connection.next_segment(context_.engine.now(), out, socket.corked)) emit(socket, out);
    if (!notes_.empty()) record_notes(socket, socket.connection.session());
    if (socket.connection.finished() && !socket.stream) return release(socket);
    arm(socket);
}

void Tcp::emit(Socket& socket, const tcp::Outgoing& out)
{
    const std::size_t header = tcp::header_length(out.segment);
    const Octets payload = out.segment.payload;
    const std::size_t size = header + payload.size();
    Frame& frame = socket.v4 ? internet_.packet(inet::Ipv4Header{.source = socket.name.local.to_v4(),
                                                                 .destination = socket.name.remote.to_v4(),
                                                                 .protocol = inet::Protocol::tcp,
                                                                 .dont_fragment = socket.dont_fragment},
                                                size)
                             : internet_.packet(inet::Ipv6Header{.source = socket.name.local,
                                                                 .destination = socket.name.remote,
                                                                 .next_header = inet::Protocol::tcp},
                                                size);
    std::uint8_t* const at = Internet::payload_of(frame);
    tcp::encode_header(out.segment, at);
    if (!payload.empty()) std::memcpy(at + header, payload.data(), payload.size());
    tcp::finish_checksum(at, size,
                         inet::pseudo_header_sum(socket.name.local, socket.name.remote, inet::Protocol::tcp, size));
    frame.spans = out.serves;
    frame.run_count = out.run_count;
    for (std::size_t i = 0; i < out.run_count; ++i) frame.runs[i] = out.runs[i];
    frame.cause = socket.cause;
    if (!notes_.empty()) {
        record_notes(socket, out.serves);
        frame.cause = socket.cause;
    }
    if (context_.recorder.wants(run::FactKind::tcp_sent)) {
        const auto length = out.segment.length();
        frame.cause = context_.record(
            socket.name.node, out.serves, frame.cause,
            run::TcpSent{.connection = socket.number,
                         .advance = out.again == tcp::Again::no ? length : 0,
                         .in_flight = socket.connection.send_max() - socket.connection.send_unacknowledged()});
    }
    internet_.send(socket.path, frame);
}

void Tcp::arm(Socket& socket)
{
    const Time next = socket.connection.next_timer();
    if (next == Time::never() || (socket.due != 0 && socket.due <= next.ns)) return;
    const Time at = std::max(next, context_.engine.now());
    socket.due = at.ns;
    context_.engine.schedule(socket.name.node, socket.name.node, at, engine::DueKind::tcp, socket.index);
}

void Tcp::on_timer(std::uint32_t index)
{
    Socket& socket = at(index);
    const Time now = context_.engine.now();
    if (socket.due != now.ns) return; // an earlier one overtook this
    socket.due = 0;
    if (socket.connection.next_timer() > now) return arm(socket);
    socket.busy = true;
    socket.connection.on_timer(now);
    if (!notes_.empty()) record_notes(socket, socket.connection.session());
    after_event(socket);
}

// ---- the end -------------------------------------------------------------------------------------------------------

void Tcp::detach(Socket& socket)
{
    socket.stream = nullptr;
    socket.corked = false;
    // RFC 9293 §3.6.1 (MUST-27) and RFC 2525 §2.17: what will never be read is answered with a reset.
    if (!socket.connection.arrived().empty())
        socket.connection.abort();
    else
        socket.connection.close();
    socket.connection.abandon(context_.engine.now());
    push(socket);
}

/// Connections of a host that can be found, in the order of their places.
template <class Do>
void Tcp::for_each_of(NodeId node, Do act)
{
    for (Sockets& piece : sockets_)
        for (Socket& socket : piece)
            if (socket.name.node == node && socket.found) act(socket);
}

std::size_t Tcp::half_open_places(NodeId node, wire::Endpoint at)
{
    return listeners_[find_listener(node, at)].half_open.size();
}

void Tcp::close_all(NodeId node)
{
    if (auto& ports = ports_[engine::index_of(node)]) {
        for (const std::uint32_t index : ports->listeners) {
            listeners_[index].accept = nullptr;
            listeners_[index].half_open.clear();
            listeners_[index].half_open_count = 0;
        }
        ports->listeners.clear();
    }
    for_each_of(node, [this](Socket& socket) {
        if (socket.listener != 0) {
            socket.listener = 0;
            socket.connection.abort();
            push(socket);
        } else if (socket.stream)
            detach(socket);
    });
}

void Tcp::forget_all(NodeId node)
{
    if (auto& ports = ports_[engine::index_of(node)]) ports.reset();
    for (Listener& listener : listeners_)
        if (listener.node == node) listener.accept = nullptr;
    for_each_of(node, [this](Socket& socket) {
        socket.listener = 0;
        socket.stream = nullptr;
        socket.connection.abort();
        tcp::Outgoing unsent;
        while (socket.connection.next_segment(context_.engine.now(), unsent, false)) {
        }
        notes_.clear();
        socket.recorded = false; // nobody is left to say so
        release(socket);
    });
}

} // namespace tegami::net
