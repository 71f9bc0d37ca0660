#include "sim/net/links.hpp"

#include "sim/net/internet.hpp"
#include "sim/net/neighbours.hpp"
#include "sim/net/outside.hpp"
#include "sim/net/switches.hpp"

#include <algorithm>

namespace tegami::net {

namespace {

// Of what a loopback interface sends; nothing there is slow, and nothing takes no time.
constexpr LinkFigures loopback_figures{.bits_per_second = 10'000'000'000, .delay = wire::microseconds(5)};

} // namespace

Links::Links(Context& context, const Topology& topology) : context_(context)
{
    const std::vector<InterfacePlace> places = interfaces_in_order(topology);
    nic_of_.resize(topology.hosts.size());
    for (std::size_t h = 0; h < topology.hosts.size(); ++h) nic_of_[h].resize(topology.hosts[h].interfaces.size());
    nics_.resize(places.size());
    direction_names_.resize(places.size());
    troubles_.emplace_back();
    power_.resize(context.engine.node_count());
    nics_of_.resize(context.engine.node_count());

    const auto set_figures = [&](Nic& nic, const LinkFigures& figures) {
        nic.delay = std::max<std::int64_t>(figures.delay.ns, 1);
        nic.picoseconds_an_octet = 8'000'000'000'000 / figures.bits_per_second;
        nic.queue_octets = static_cast<std::uint32_t>(std::min<std::uint64_t>(figures.queue_octets, UINT32_MAX));
        nic.queue = static_cast<std::int64_t>(nic.queue_octets * nic.picoseconds_an_octet / 1000);
        nic.mtu = std::clamp(figures.mtu, smallest_mtu, largest_mtu);
    };
    for (std::uint32_t i = 0; i < places.size(); ++i) {
        const HostSpec& host = topology.hosts[places[i].host];
        const InterfaceSpec& interface = host.interfaces[places[i].interface];
        Nic& nic = nics_[i];
        nic_of_[places[i].host][places[i].interface] = NicId{i};
        nic.node = context.engine.find(host.name);
        nic.mac = interface.mac;
        nic.kind = interface.loopback               ? NicKind::loopback
                   : host.is_switch()               ? NicKind::port
                   : host.kind == HostKind::outside ? NicKind::outside
                                                    : NicKind::end;
        nics_of_[engine::index_of(nic.node)].push_back(NicId{i});
        refresh_plain(nic);
        if (!interface.loopback) continue;
        nic.peer = NicId{i};
        set_figures(nic, loopback_figures);
        direction_names_[i] = host.name + ":lo";
    }
    for (const LinkSpec& l : topology.links) {
        const NicId a = nic_of_[l.a][l.a_interface];
        const NicId b = nic_of_[l.b][l.b_interface];
        for (const auto& [from, to] : {std::pair{a, b}, std::pair{b, a}}) {
            Nic& nic = nics_[index_of(from)];
            nic.peer = to;
            set_figures(nic, l.figures);
            direction_names_[index_of(from)] = l.name + '>' + context.engine.name(nic.node);
            const LinkFigures& f = l.figures;
            if (f.loss == 0 && f.reorder == 0 && f.duplicate == 0 && f.jitter.ns == 0) continue;
            Troubles& troubles = troubles_of(from);
            troubles.loss = f.loss;
            troubles.reorder = f.reorder;
            troubles.reorder_by = f.reorder_by;
            troubles.duplicate = f.duplicate;
            troubles.jitter = f.jitter;
        }
    }

    context.engine.handle(engine::DueKind::arrival, this,
                          [](void* self, const engine::Due& due) { static_cast<Links*>(self)->on_arrival(due); });
}

// ---- sending -------------------------------------------------------------------------------------------------------

void Links::resolve(NicId nic, const wire::Address& neighbour, Frame& frame)
{
    neighbours_->resolve(nic, neighbour, frame);
}

void Links::transmit(NicId id, Frame& frame)
{
    Nic& nic = nics_[index_of(id)];
    const std::int64_t now = context_.engine.now().ns;
    if (!nic.up) [[unlikely]]
        return drop(id, frame, run::DropReason::link_down);
    const std::int64_t begins = std::max(now, nic.busy_until);
    if (begins != now && begins - now > nic.queue) [[unlikely]]
        return drop(id, frame, run::DropReason::queue_full);
    ++handed_over_;
    nic.busy_until = begins + static_cast<std::int64_t>((frame.length * nic.picoseconds_an_octet + 999) / 1000);
    frame.left = nic.busy_until;

    const Duration transit{nic.busy_until + nic.delay - now};
    if (nic.troubles != 0) return transmit_troubled(nic, id, frame, transit);
    if (context_.recorder.wants(run::FactKind::frame_sent)) record_sent(nic, id, frame, transit, run::Fate::arrives);
    frame.to = nic.peer;
    context_.engine.schedule(nic.node, nics_[index_of(nic.peer)].node, {now + transit.ns}, engine::DueKind::arrival,
                             frame.index, nic.send_tag);
}

void Links::transmit_troubled(Nic& nic, NicId id, Frame& frame, Duration transit)
{
    Passage passage{run::Fate::arrives, transit, false, {}};
    trouble(nic, passage);
    if (context_.recorder.wants(run::FactKind::frame_sent)) record_sent(nic, id, frame, passage.transit, passage.fate);
    if (passage.fate != run::Fate::arrives) return context_.frames.give_back(frame);
    frame.to = nic.peer;
    context_.engine.schedule(nic.node, nics_[index_of(nic.peer)].node, context_.engine.now() + passage.transit,
                             engine::DueKind::arrival, frame.index, nic.send_tag);
    if (passage.twice) send_copy(nic, id, frame, passage.copy_transit);
}

/// The link made two of one.
void Links::send_copy(const Nic& nic, NicId id, const Frame& frame, Duration transit)
{
    Frame& copy = context_.frames.copy(frame);
    copy.left = frame.left;
    const FactRef recorded = context_.record(nic.node, copy.spans, copy.cause,
                                             run::FrameCrossed{.frame = copy.number,
                                                               .nic = id,
                                                               .to = nic.peer,
                                                               .transit = transit,
                                                               .fate = run::Fate::copied,
                                                               .rewritten = {}});
    if (recorded != FactRef::none) copy.cause = recorded;
    context_.engine.schedule(nic.node, nics_[index_of(nic.peer)].node, context_.engine.now() + transit,
                             engine::DueKind::arrival, copy.index, nic.send_tag);
}

void Links::trouble(Nic& nic, Passage& passage)
{
    Troubles& t = troubles_[nic.troubles];
    if (t.skip != 0) {
        --t.skip;
    } else if (t.lose_next != 0) {
        --t.lose_next;
        passage.fate = run::Fate::lost;
        return;
    }
    if (t.loss != 0) {
        const std::uint64_t drawn = t.loss_draws.below(1'000'000);
        if (drawn < t.loss) passage.fate = run::Fate::lost;
    }
    if (passage.fate == run::Fate::lost) return;
    if (t.duplicate != 0) {
        const std::uint64_t drawn = t.duplicate_draws.below(1'000'000);
        passage.twice = drawn < t.duplicate;
    }
    passage.copy_transit = passage.transit;
    const auto later = [&](Duration& transit) {
        if (t.jitter.ns <= 0) return;
        const std::uint64_t drawn = t.jitter_draws.below(static_cast<std::uint64_t>(t.jitter.ns) + 1);
        transit = transit + Duration{static_cast<std::int64_t>(drawn)};
    };
    later(passage.transit);
    if (passage.twice) later(passage.copy_transit);
    if (t.reorder != 0) {
        const std::uint64_t drawn = t.reorder_draws.below(1'000'000);
        if (drawn < t.reorder) passage.transit = passage.transit + t.reorder_by;
    }
}

namespace {

/// Where a frame's transport header ends: what the level `headers` keeps.
std::size_t header_end(Octets frame)
{
    constexpr std::size_t ip = link::ethernet_header_size;
    if (frame.size() < ip) return frame.size();
    const auto type = static_cast<link::EtherType>(wire::load_u16(&frame[12]));
    std::size_t transport = 0;
    inet::Protocol protocol{};
    if (type == link::EtherType::ipv4 && frame.size() >= ip + inet::ipv4_header_size) {
        transport = ip + 4 * (frame[ip] & 0x0Fu);
        protocol = static_cast<inet::Protocol>(frame[ip + 9]);
    } else if (type == link::EtherType::ipv6 && frame.size() >= ip + inet::ipv6_header_size) {
        const auto glance = inet::glance_at_headers(inet::detail::load_ipv6_header(&frame[ip]),
                                                    frame.subspan(ip + inet::ipv6_header_size));
        if (!glance || (glance->fragment && glance->fragment->fragment_offset != 0)) return frame.size();
        transport = ip + glance->offset;
        protocol = glance->protocol;
        if (protocol == inet::Protocol::icmpv6) return frame.size(); // neighbour discovery is header throughout
    } else
        return frame.size();
    if (protocol == inet::Protocol::tcp && frame.size() >= transport + 20)
        return transport + 4 * (frame[transport + 12] >> 4);
    return std::min(frame.size(), transport + 8);
}

} // namespace

void Links::record_sent(const Nic& nic, NicId id, Frame& frame, Duration transit, run::Fate fate)
{
    run::Recorder& recorder = context_.recorder;
    const Time now = context_.engine.now();
    const Octets octets = frame.octets();
    if (frame.number == FrameRef::none) {
        const std::size_t header = recorder.level() == run::Level::full ? octets.size() : header_end(octets);
        frame.number =
            recorder.frame(now, nic.node, frame.spans, frame.cause,
                           run::FrameSent{.nic = id, .to = nic.peer, .transit = transit, .fate = fate}, octets, header);
        frame.cause = recorder.last();
        return;
    }
    // A reader knows what a switch does, which is nothing, and what a router does. It takes the interface at the link's
    // other end for the next one; behind a switch it is another.
    const bool elsewhere =
        nic.kind == NicKind::end && std::memcmp(frame.data(), nics_[index_of(nic.peer)].mac.octets.data(), 6) != 0;
    frame.cause = recorder.record(now, nic.node, frame.spans, frame.cause,
                                  run::FrameCrossed{.frame = frame.number,
                                                    .nic = id,
                                                    .to = nic.peer,
                                                    .transit = transit,
                                                    .fate = fate,
                                                    .rewritten = elsewhere ? octets.first(6) : Octets{}});
}

void Links::drop(NicId nic, Frame& frame, run::DropReason reason, std::string_view rule)
{
    const bool sent = frame.number != FrameRef::none;
    context_.record(nics_[index_of(nic)].node, frame.spans, frame.cause,
                    run::FrameDropped{.frame = frame.number,
                                      .nic = nic,
                                      .reason = reason,
                                      .rule = rule,
                                      .octets = sent ? Octets{} : frame.octets()});
    context_.frames.give_back(frame);
}

// ---- receiving -----------------------------------------------------------------------------------------------------

/// Whether a frame that was on its way when something was cut is gone.
bool Links::is_cut(const Nic& nic, const Frame& frame, std::uint16_t tag) const
{
    if (!nic.up || static_cast<std::uint8_t>(tag) != static_cast<std::uint8_t>(nic.receive_tag)) return true;
    if (tag == nic.receive_tag) return false;
    // Its sender lost power since: what had left before is on its way all the same.
    return frame.left > power_[engine::index_of(nics_[index_of(nic.peer)].node)].gone_at;
}

/// Frames that are cut, that nobody hears, or that no host takes. False where it goes on as any other.
bool Links::take_elsewhere(const engine::Due& due, NicId id, Frame& frame)
{
    const Nic& nic = nics_[index_of(id)];
    if (is_cut(nic, frame, due.tag)) {
        context_.record(nic.node, frame.spans, frame.cause, run::FrameCut{.frame = frame.number, .nic = nic.peer});
        context_.frames.give_back(frame);
        return true;
    }
    if (!power_[engine::index_of(nic.node)].on) {
        drop(id, frame, run::DropReason::host_off);
        return true;
    }
    if (nic.kind != NicKind::port && nic.kind != NicKind::outside) return false;
    if (nic.kind == NicKind::port)
        switches_->on_frame(id, frame);
    else
        outside_->on_frame(id, frame);
    return true;
}

void Links::refresh_plain(Nic& nic)
{
    nic.plain =
        nic.up && power_[engine::index_of(nic.node)].on && nic.kind != NicKind::port && nic.kind != NicKind::outside;
}

void Links::on_arrival(const engine::Due& due)
{
    Frame& frame = context_.frames.at(due.subject);
    const NicId id = frame.to;
    const Nic& nic = nics_[index_of(id)];
    if ((!nic.plain || due.tag != nic.receive_tag) && take_elsewhere(due, id, frame)) [[unlikely]]
        return;

    const auto ethernet = link::decode_ethernet(frame.octets());
    if (!ethernet) [[unlikely]]
        return drop(id, frame, run::DropReason::malformed, ethernet.error().rule);
    const link::EthernetHeader& header = ethernet->header;
    if (header.destination != nic.mac && !header.destination.is_broadcast()) [[unlikely]] {
        if (!header.destination.is_group()) return drop(id, frame, run::DropReason::not_for_us);
        if (!neighbours_->takes_group(id, header.destination)) { // no interface passes such a frame up
            context_.frames.give_back(frame);
            return;
        }
    }
    const bool to_a_group = header.destination.is_group();
    switch (header.type) {
    case link::EtherType::ipv4: return internet_->on_packet(id, frame, to_a_group);
    case link::EtherType::ipv6: return internet_->on_packet6(id, frame, to_a_group);
    case link::EtherType::arp: return neighbours_->on_arp(id, frame);
    default: return drop(id, frame, run::DropReason::no_protocol);
    }
}

// ---- what a scenario may do ----------------------------------------------------------------------------------------

Troubles& Links::troubles_of(NicId id)
{
    Nic& nic = nics_[index_of(id)];
    if (nic.troubles == 0) {
        nic.troubles = static_cast<std::uint32_t>(troubles_.size());
        // Loss belongs to the link: a host that sends more or draws otherwise shifts nothing here.
        Troubles& t = troubles_.emplace_back();
        const auto draws = [&](std::string_view what) {
            return engine::Random{context_.engine.seed(), {}, what, direction_names_[index_of(id)]};
        };
        t.loss_draws = draws("loss");
        t.reorder_draws = draws("reorder");
        t.duplicate_draws = draws("duplicate");
        t.jitter_draws = draws("jitter");
    }
    return troubles_[nic.troubles];
}

void Links::changed(NicId nic, run::LinkChange change, std::uint64_t amount)
{
    context_.record(nics_[index_of(nic)].node, {}, FactRef::none,
                    run::LinkChanged{.nic = nic, .change = change, .amount = amount});
}

void Links::set_loss(NicId nic, std::uint32_t of_a_million)
{
    troubles_of(nic).loss = of_a_million;
    changed(nic, run::LinkChange::loss, of_a_million);
}

void Links::set_duplicate(NicId nic, std::uint32_t of_a_million)
{
    troubles_of(nic).duplicate = of_a_million;
    changed(nic, run::LinkChange::duplicate, of_a_million);
}

void Links::set_reorder(NicId nic, std::uint32_t of_a_million, Duration by)
{
    Troubles& troubles = troubles_of(nic);
    troubles.reorder = of_a_million;
    troubles.reorder_by = by;
    changed(nic, run::LinkChange::reorder, of_a_million);
}

void Links::set_jitter(NicId nic, Duration at_most)
{
    troubles_of(nic).jitter = at_most;
    changed(nic, run::LinkChange::jitter, static_cast<std::uint64_t>(std::max<std::int64_t>(at_most.ns, 0)));
}

void Links::set_delay(NicId nic, Duration delay)
{
    nics_[index_of(nic)].delay = std::max<std::int64_t>(delay.ns, 1);
    changed(nic, run::LinkChange::delay, static_cast<std::uint64_t>(nics_[index_of(nic)].delay));
}

void Links::set_rate(NicId id, std::uint64_t bits_per_second)
{
    assert(bits_per_second > 0);
    Nic& nic = nics_[index_of(id)];
    nic.picoseconds_an_octet = 8'000'000'000'000 / bits_per_second;
    nic.queue = static_cast<std::int64_t>(nic.queue_octets * nic.picoseconds_an_octet / 1000);
    changed(id, run::LinkChange::rate, bits_per_second);
}

void Links::set_queue(NicId id, std::uint32_t octets)
{
    Nic& nic = nics_[index_of(id)];
    nic.queue_octets = octets;
    nic.queue = static_cast<std::int64_t>(octets * nic.picoseconds_an_octet / 1000);
    changed(id, run::LinkChange::queue, octets);
}

void Links::set_mtu(NicId id, std::uint16_t octets)
{
    Nic& nic = nics_[index_of(id)];
    nic.mtu = std::clamp(octets, smallest_mtu, largest_mtu);
    changed(id, run::LinkChange::mtu, nic.mtu);
}

void Links::set_up(NicId nic, bool up)
{
    Nic& n = nics_[index_of(nic)];
    if (n.up && !up) // both ends count alike
        for (std::uint16_t* tag : {&n.send_tag, &n.receive_tag})
            *tag = static_cast<std::uint16_t>((*tag & 0xFF00) | ((*tag + 1) & 0x00FF));
    n.up = up;
    refresh_plain(n);
    changed(nic, up ? run::LinkChange::up : run::LinkChange::down, 0);
}

void Links::lose_next(NicId nic, std::uint64_t frames, std::uint64_t skip)
{
    Troubles& troubles = troubles_of(nic);
    troubles.lose_next = frames;
    troubles.skip = skip;
}

void Links::set_power(NodeId host, bool on)
{
    Power& power = power_[engine::index_of(host)];
    if (power.on == on) return;
    power.on = on;
    const std::int64_t now = context_.engine.now().ns;
    if (!on) {
        power.gone_at = now;
        internet_->forget_all(host);
    }
    for (const NicId id : nics_of(host)) {
        refresh_plain(nics_[index_of(id)]);
        if (on) {
            neighbours_->check_addresses(id);
            continue;
        }
        Nic& nic = nics_[index_of(id)];
        neighbours_->forget(id);
        neighbours_->suspend_addresses(id);
        if (nic.kind == NicKind::port) switches_->forget(id);
        // What has not left yet never will.
        nic.busy_until = std::min(nic.busy_until, now);
        nic.send_tag = static_cast<std::uint16_t>(nic.send_tag + 0x0100);
        nics_[index_of(nic.peer)].receive_tag =
            static_cast<std::uint16_t>(nics_[index_of(nic.peer)].receive_tag + 0x0100);
    }
}

} // namespace tegami::net
