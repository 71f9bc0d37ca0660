#include "sim/net/links.hpp"

#include "protocols/link/arp.hpp"
#include "sim/net/internet.hpp"

#include <algorithm>

namespace tegami::net {

Links::Links(Context& context, const Topology& topology) : context_(context)
{
    const std::vector<InterfacePlace> places = interfaces_in_order(topology);
    nic_of_.resize(topology.hosts.size());
    for (std::size_t h = 0; h < topology.hosts.size(); ++h) nic_of_[h].resize(topology.hosts[h].interfaces.size());
    nics_.resize(places.size());
    neighbours_.resize(places.size());
    direction_names_.resize(places.size());
    troubles_.emplace_back();
    powered_.assign(context.engine.node_count(), 1);
    for (std::uint32_t i = 0; i < places.size(); ++i) {
        const HostSpec& host = topology.hosts[places[i].host];
        const InterfaceSpec& interface = host.interfaces[places[i].interface];
        nic_of_[places[i].host][places[i].interface] = NicId{i};
        nics_[i].node = context.engine.find(host.name);
        nics_[i].mac = interface.mac;
        nics_[i].address = interface.address.to_v4();
    }
    for (const LinkSpec& l : topology.links) {
        const NicId a = nic_of_[l.a][l.a_interface];
        const NicId b = nic_of_[l.b][l.b_interface];
        for (const auto& [from, to] : {std::pair{a, b}, std::pair{b, a}}) {
            Nic& nic = nics_[index_of(from)];
            nic.peer = to;
            nic.delay = std::max<std::int64_t>(l.figures.delay.ns, 1);
            nic.picoseconds_an_octet = 8'000'000'000'000 / l.figures.bits_per_second;
            nic.queue = static_cast<std::int64_t>(l.figures.queue_octets * nic.picoseconds_an_octet / 1000);
            direction_names_[index_of(from)] = l.name + '>' + context.engine.name(nic.node);
            if (l.figures.loss == 0 && l.figures.reorder == 0) continue;
            Troubles& troubles = troubles_of(from);
            troubles.loss = l.figures.loss;
            troubles.reorder = l.figures.reorder;
            troubles.reorder_by = l.figures.reorder_by;
        }
    }

    context.engine.handle(engine::DueKind::arrival, this,
                          [](void* self, const engine::Due& due) { static_cast<Links*>(self)->on_arrival(due); });
    context.engine.handle(engine::DueKind::neighbour, this, [](void* self, const engine::Due& due) {
        static_cast<Links*>(self)->on_neighbour_timer(NicId{due.subject});
    });
}

// ---- sending -------------------------------------------------------------------------------------------------------

void Links::transmit(NicId id, Frame& frame)
{
    Nic& nic = nics_[index_of(id)];
    const std::int64_t now = context_.engine.now().ns;
    if (!nic.up) [[unlikely]]
        return drop(id, frame, run::DropReason::link_down);
    const std::int64_t begins = std::max(now, nic.busy_until);
    if (begins - now > nic.queue) [[unlikely]]
        return drop(id, frame, run::DropReason::queue_full);
    ++handed_over_;
    nic.busy_until = begins + static_cast<std::int64_t>((frame.length * nic.picoseconds_an_octet + 999) / 1000);

    Duration transit{nic.busy_until + nic.delay - now};
    const run::Fate fate = nic.troubles != 0 ? trouble(nic, transit) : run::Fate::arrives;
    if (context_.recorder.wants(run::FactKind::frame_sent)) record_sent(nic, id, frame, transit, fate);
    if (fate != run::Fate::arrives) {
        context_.frames.give_back(frame);
        return;
    }
    frame.to = nic.peer;
    context_.engine.schedule(nic.node, nics_[index_of(nic.peer)].node, {now + transit.ns}, engine::DueKind::arrival,
                             frame.index, nic.cuts);
}

run::Fate Links::trouble(Nic& nic, Duration& transit)
{
    Troubles& t = troubles_[nic.troubles];
    if (t.skip != 0) {
        --t.skip;
    } else if (t.lose_next != 0) {
        --t.lose_next;
        return run::Fate::lost;
    }
    if (t.loss != 0) {
        const std::uint64_t drawn = t.loss_draws.below(1'000'000);
        if (drawn < t.loss) return run::Fate::lost;
    }
    if (t.reorder != 0) {
        const std::uint64_t drawn = t.reorder_draws.below(1'000'000);
        if (drawn < t.reorder) transit = transit + t.reorder_by;
    }
    return run::Fate::arrives;
}

namespace {

/// Where a frame's transport header ends: what the level `headers` keeps.
std::size_t header_end(Octets frame)
{
    constexpr std::size_t ip = link::ethernet_header_size;
    if (frame.size() < ip + inet::ipv4_header_size || wire::load_u16(&frame[12]) != 0x0800) return frame.size();
    const std::size_t transport = ip + 4 * (frame[ip] & 0x0Fu);
    if (frame[ip + 9] == 6 && frame.size() >= transport + 20) return transport + 4 * (frame[transport + 12] >> 4);
    return std::min(frame.size(), transport + 8);
}

} // namespace

void Links::record_sent(const Nic& nic, NicId id, Frame& frame, Duration transit, run::Fate fate)
{
    run::Recorder& recorder = context_.recorder;
    const Time now = context_.engine.now();
    if (frame.number == FrameRef::none) {
        const Octets octets = frame.octets();
        const std::size_t header = recorder.level() == run::Level::full ? octets.size() : header_end(octets);
        frame.number =
            recorder.frame(now, nic.node, frame.spans, frame.cause,
                           run::FrameSent{.nic = id, .to = nic.peer, .transit = transit, .fate = fate}, octets, header);
        frame.cause = recorder.last();
    } else
        frame.cause = recorder.record(
            now, nic.node, frame.spans, frame.cause,
            run::FrameCrossed{
                .frame = frame.number, .nic = id, .to = nic.peer, .transit = transit, .fate = fate, .rewritten = {}});
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

void Links::on_arrival(const engine::Due& due)
{
    Frame& frame = context_.frames.at(due.subject);
    const NicId id = frame.to;
    const Nic& nic = nics_[index_of(id)];
    if (!nic.up || due.tag != nic.cuts) [[unlikely]] {
        context_.record(nic.node, frame.spans, frame.cause, run::FrameCut{.frame = frame.number, .nic = nic.peer});
        context_.frames.give_back(frame);
        return;
    }
    if (!powered_[engine::index_of(nic.node)]) [[unlikely]]
        return drop(id, frame, run::DropReason::host_off);

    const auto ethernet = link::decode_ethernet(frame.octets());
    if (!ethernet) [[unlikely]]
        return drop(id, frame, run::DropReason::malformed, ethernet.error().rule);
    const link::EthernetHeader& header = ethernet->header;
    if (header.destination != nic.mac && !header.destination.is_broadcast()) [[unlikely]]
        return drop(id, frame, run::DropReason::not_for_us);
    switch (header.type) {
    case link::EtherType::ipv4: return internet_->on_packet(id, frame, header.destination.is_group());
    case link::EtherType::arp: return on_arp(id, frame);
    default: return drop(id, frame, run::DropReason::no_protocol);
    }
}

// ---- neighbours ----------------------------------------------------------------------------------------------------

Links::Neighbour* Links::find_neighbour(NicId nic, std::uint32_t address)
{
    const auto at = std::ranges::find(neighbours_[index_of(nic)], address, &Neighbour::address);
    return at == neighbours_[index_of(nic)].end() ? nullptr : &*at;
}

void Links::resolve(NicId id, std::uint32_t address, Frame& frame)
{
    Nic& nic = nics_[index_of(id)];
    const std::int64_t now = context_.engine.now().ns;
    Neighbour* neighbour = find_neighbour(id, address);
    if (neighbour && neighbour->known && now >= neighbour->until) {
        context_.record(
            nic.node, frame.spans, frame.cause,
            run::ArpChanged{
                .nic = id, .change = run::ArpChange::expired, .address = wire::Address::v4(address), .mac = {}});
        neighbour->known = false;
        neighbour->tries = 0;
    }
    if (neighbour && neighbour->known) {
        nic.neighbour = address;
        nic.neighbour_mac = neighbour->mac;
        nic.neighbour_until = neighbour->until;
        link::encode({neighbour->mac, nic.mac, link::EtherType::ipv4}, frame.data());
        return transmit(id, frame);
    }
    auto& table = neighbours_[index_of(id)];
    if (!neighbour) {
        if (table.size() >= neighbour_table_limit) return drop(id, frame, run::DropReason::arp_queue_full);
        neighbour = &table.emplace_back();
        neighbour->address = address;
    }
    if (neighbour->waiting >= frames_waiting_for_neighbour) {
        // RFC 1122 §2.3.2.2: keep at least the latest.
        Frame& oldest = context_.frames.at(neighbour->first_waiting);
        neighbour->first_waiting = oldest.next;
        --neighbour->waiting;
        drop(id, oldest, run::DropReason::arp_queue_full);
    }
    frame.next = 0;
    if (neighbour->waiting++ == 0)
        neighbour->first_waiting = frame.index;
    else
        context_.frames.at(neighbour->last_waiting).next = frame.index;
    neighbour->last_waiting = frame.index;
    if (neighbour->tries == 0) ask(id, *neighbour, frame.spans, frame.cause);
}

void Links::ask(NicId id, Neighbour& neighbour, Spans serves, FactRef cause)
{
    const Nic& nic = nics_[index_of(id)];
    ++neighbour.tries;
    const Time again = context_.engine.now() + neighbour_retry;
    neighbour.until = again.ns;
    context_.engine.schedule(nic.node, nic.node, again, engine::DueKind::neighbour, index_of(id));
    const wire::Address address = wire::Address::v4(neighbour.address);
    const FactRef asked =
        context_.record(nic.node, serves, cause,
                        run::ArpChanged{.nic = id, .change = run::ArpChange::asked, .address = address, .mac = {}});
    Frame& frame = context_.frames.take(link::ethernet_header_size + link::arp_packet_size);
    frame.spans = serves;
    frame.cause = asked;
    std::uint8_t* const payload =
        link::encode({link::MacAddress::broadcast(), nic.mac, link::EtherType::arp}, frame.data());
    link::encode(link::arp_request(nic.mac, wire::Address::v4(nic.address), address), payload);
    transmit(id, frame);
}

void Links::on_arp(NicId id, Frame& frame)
{
    const Nic& nic = nics_[index_of(id)];
    const auto packet = link::decode_arp(frame.octets().subspan(link::ethernet_header_size));
    if (!packet) return drop(id, frame, run::DropReason::malformed, packet.error().rule);
    const link::ArpReaction reaction = link::on_arp_packet(*packet, wire::Address::v4(nic.address), nic.mac);
    const Spans serves = frame.spans;
    const FactRef cause = frame.cause;
    context_.frames.give_back(frame);

    if (reaction.update_entry || reaction.add_entry)
        learn(id, packet->sender_address.to_v4(), packet->sender_mac, reaction.add_entry, serves, cause);
    if (!reaction.answer) return;
    Frame& answer = context_.frames.take(link::ethernet_header_size + link::arp_packet_size);
    answer.spans = serves;
    answer.cause = cause;
    std::uint8_t* const payload = link::encode({packet->sender_mac, nic.mac, link::EtherType::arp}, answer.data());
    link::encode(link::arp_reply(*packet, nic.mac), payload);
    transmit(id, answer);
}

void Links::learn(NicId id, std::uint32_t address, const link::MacAddress& mac, bool add, Spans serves, FactRef cause)
{
    Nic& nic = nics_[index_of(id)];
    auto& table = neighbours_[index_of(id)];
    Neighbour* neighbour = find_neighbour(id, address);
    if (!neighbour) {
        if (!add || table.size() >= neighbour_table_limit) return;
        neighbour = &table.emplace_back();
        neighbour->address = address;
    }
    if (!neighbour->known || neighbour->mac != mac)
        cause = context_.record(
            nic.node, serves, cause,
            run::ArpChanged{
                .nic = id, .change = run::ArpChange::learnt, .address = wire::Address::v4(address), .mac = mac});
    neighbour->known = true;
    neighbour->tries = 0;
    neighbour->mac = mac;
    neighbour->until = (context_.engine.now() + neighbour_lifetime).ns;
    nic.neighbour = address;
    nic.neighbour_mac = mac;
    nic.neighbour_until = neighbour->until;

    std::uint32_t waiting = std::exchange(neighbour->first_waiting, 0);
    neighbour->waiting = 0;
    while (waiting != 0) {
        Frame& frame = context_.frames.at(waiting);
        waiting = frame.next;
        send(id, address, frame);
    }
}

void Links::on_neighbour_timer(NicId id)
{
    auto& table = neighbours_[index_of(id)];
    const std::int64_t now = context_.engine.now().ns;
    for (std::size_t i = 0; i < table.size(); ++i) {
        Neighbour& neighbour = table[i];
        if (neighbour.known || neighbour.tries == 0 || now < neighbour.until) continue;
        Spans serves;
        FactRef cause{};
        if (neighbour.first_waiting != 0) {
            const Frame& first = context_.frames.at(neighbour.first_waiting);
            serves = first.spans;
            cause = first.cause;
        }
        if (neighbour.tries < neighbour_tries) {
            ask(id, neighbour, serves, cause);
            continue;
        }
        neighbour.tries = 0;
        context_.record(nics_[index_of(id)].node, serves, cause,
                        run::ArpChanged{.nic = id,
                                        .change = run::ArpChange::unanswered,
                                        .address = wire::Address::v4(neighbour.address),
                                        .mac = {}});
        std::uint32_t waiting = std::exchange(neighbour.first_waiting, 0);
        neighbour.waiting = 0;
        while (waiting != 0) {
            Frame& frame = context_.frames.at(waiting);
            waiting = frame.next;
            internet_->on_no_neighbour(id, frame);
        }
    }
}

void Links::forget_neighbours(NicId id)
{
    for (Neighbour& neighbour : neighbours_[index_of(id)])
        for (std::uint32_t waiting = neighbour.first_waiting; waiting != 0;) {
            Frame& frame = context_.frames.at(waiting);
            waiting = frame.next;
            context_.frames.give_back(frame);
        }
    neighbours_[index_of(id)].clear();
    nics_[index_of(id)].neighbour_until = 0;
}

// ---- what a scenario may do ----------------------------------------------------------------------------------------

Troubles& Links::troubles_of(NicId id)
{
    Nic& nic = nics_[index_of(id)];
    if (nic.troubles == 0) {
        nic.troubles = static_cast<std::uint32_t>(troubles_.size());
        // Loss belongs to the link: a host that sends more or draws otherwise shifts nothing here.
        Troubles& t = troubles_.emplace_back();
        t.loss_draws = {context_.engine.seed(), {}, "loss", direction_names_[index_of(id)]};
        t.reorder_draws = {context_.engine.seed(), {}, "reorder", direction_names_[index_of(id)]};
    }
    return troubles_[nic.troubles];
}

void Links::set_loss(NicId nic, std::uint32_t of_a_million)
{
    troubles_of(nic).loss = of_a_million;
    context_.record(nics_[index_of(nic)].node, {}, FactRef::none,
                    run::LinkChanged{.nic = nic, .change = run::LinkChange::loss, .amount = of_a_million});
}

void Links::set_up(NicId nic, bool up)
{
    Nic& n = nics_[index_of(nic)];
    if (n.up && !up) ++n.cuts; // both ends count alike
    n.up = up;
    context_.record(
        nics_[index_of(nic)].node, {}, FactRef::none,
        run::LinkChanged{.nic = nic, .change = up ? run::LinkChange::up : run::LinkChange::down, .amount = 0});
}

void Links::lose_next(NicId nic, std::uint64_t frames, std::uint64_t skip)
{
    Troubles& troubles = troubles_of(nic);
    troubles.lose_next = frames;
    troubles.skip = skip;
}

void Links::set_power(NodeId host, bool on)
{
    powered_[engine::index_of(host)] = on;
    if (on) return;
    for (std::uint32_t i = 0; i < nics_.size(); ++i)
        if (nics_[i].node == host) forget_neighbours(NicId{i});
}

} // namespace tegami::net
