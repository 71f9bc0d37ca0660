// Tables of neighbours. Their own addresses: own_addresses.cpp.

#include "sim/net/neighbours.hpp"

#include "sim/net/internet.hpp"

#include <algorithm>

namespace tegami::net {

using run::ArpChange;
using run::NeighbourChange;

Neighbours::Neighbours(Context& context, Links& links, const Topology& topology)
    : context_(context), links_(links), tables_(links.size()), own_(links.size()), router_(links.size())
{
    for (std::size_t h = 0; h < topology.hosts.size(); ++h) {
        const HostSpec& host = topology.hosts[h];
        for (std::size_t i = 0; i < host.interfaces.size(); ++i) {
            const NicId nic = links.nic_of(h, i);
            router_[index_of(nic)] = host.is_router();
            std::vector<Own>& own = own_[index_of(nic)];
            const std::vector<InterfaceAddress> addresses = addresses_of(host.interfaces[i]);
            own.reserve(addresses.size());
            for (const InterfaceAddress& address : addresses) own.emplace_back().what = address;
            refresh_first(nic);
        }
    }
    context.engine.handle(engine::DueKind::neighbour, this, [](void* self, const engine::Due& due) {
        static_cast<Neighbours*>(self)->on_timer(NicId{due.subject});
    });
}

Neighbours::Neighbour* Neighbours::find(NicId nic, const wire::Address& address)
{
    const auto at = std::ranges::find(tables_[index_of(nic)], address, &Neighbour::address);
    return at == tables_[index_of(nic)].end() ? nullptr : &*at;
}

Neighbours::Neighbour& Neighbours::find_or_add(NicId nic, const wire::Address& address)
{
    if (Neighbour* const known = find(nic, address)) return *known;
    auto& table = tables_[index_of(nic)];
    if (table.size() >= neighbour_table_limit) {
        Neighbour& least = worth_least(nic);
        drive_out(nic, least);
        least = {};
        least.address = address;
        return least;
    }
    Neighbour& neighbour = table.emplace_back();
    neighbour.address = address;
    return neighbour;
}

Neighbours::Neighbour& Neighbours::worth_least(NicId id)
{
    const Nic& nic = links_[id];
    const auto worth = [&](const Neighbour& n) {
        // Frames to the one used last do not come by here.
        const bool used_last = n.is_v4() ? nic.neighbour == n.address.to_v4() && nic.neighbour_until != 0
                                         : nic.neighbour6 == n.address && nic.neighbour6_until != 0;
        const int rank = n.entry.state == State::none         ? 0
                         : n.sendable() && n.used == 0        ? 1
                         : n.entry.state == State::incomplete ? 2
                         : used_last                          ? 4
                                                              : 3;
        return std::pair{rank, n.used};
    };
    return *std::ranges::min_element(tables_[index_of(id)], {}, worth);
}

void Neighbours::drive_out(NicId id, Neighbour& neighbour)
{
    forget_last(id, neighbour.address);
    if (neighbour.sendable())
        record(id, neighbour, NeighbourChange::expired, {}, FactRef::none);
    else if (neighbour.entry.state == State::incomplete)
        record(id, neighbour, NeighbourChange::unanswered, {}, FactRef::none);
    neighbour.waiting = 0;
    for (std::uint32_t waiting = std::exchange(neighbour.first_waiting, 0); waiting != 0;) {
        Frame& frame = context_.frames.at(waiting);
        waiting = frame.next;
        links_.drop(id, frame, run::DropReason::arp_queue_full);
    }
}

void Neighbours::wake(NicId nic, Time at)
{
    const NodeId node = links_[nic].node;
    context_.engine.schedule(node, node, at, engine::DueKind::neighbour, index_of(nic));
}

/// RFC 4861 §6.3.2: half to one and a half times the base, so that not all neighbours ask at once.
Duration Neighbours::reachable_time(NicId nic) const
{
    engine::Random draw =
        context_.engine.random(links_[nic].node, "reachable time", links_.direction_names_[index_of(nic)]);
    const std::uint64_t more = draw.below(static_cast<std::uint64_t>(inet::reachable_for.ns));
    return Duration{inet::reachable_for.ns / 2 + static_cast<std::int64_t>(more)};
}

/// `change` as NeighbourChanged has it; of ARP there are fewer.
FactRef Neighbours::record(NicId nic, const Neighbour& neighbour, NeighbourChange change, Spans serves, FactRef cause)
{
    const bool knows_mac =
        change != NeighbourChange::asked && change != NeighbourChange::unanswered && change != NeighbourChange::expired;
    const link::MacAddress mac = knows_mac ? neighbour.entry.mac : link::MacAddress{};
    const auto arp_change = [&] {
        switch (change) {
        case NeighbourChange::asked: return ArpChange::asked;
        case NeighbourChange::expired: return ArpChange::expired;
        case NeighbourChange::unanswered: return ArpChange::unanswered;
        default: return ArpChange::learnt;
        }
    };
    const NodeId node = links_[nic].node;
    const wire::Address& address = neighbour.address;
    const FactRef recorded =
        neighbour.is_v4()
            ? context_.record(node, serves, cause,
                              run::ArpChanged{.nic = nic, .change = arp_change(), .address = address, .mac = mac})
            : context_.record(node, serves, cause,
                              run::NeighbourChanged{.nic = nic, .change = change, .address = address, .mac = mac});
    return recorded == FactRef::none ? cause : recorded;
}

// ---- sending -------------------------------------------------------------------------------------------------------

/// Most frames to the neighbour used last look no further than the interface.
void Neighbours::remember(NicId id, const Neighbour& neighbour)
{
    Nic& nic = nic_at(id);
    if (neighbour.is_v4()) {
        nic.neighbour = neighbour.address.to_v4();
        nic.neighbour_mac = neighbour.entry.mac;
        nic.neighbour_until = Nic::coarse(neighbour.until);
    } else {
        nic.neighbour6 = neighbour.address;
        nic.neighbour6_mac = neighbour.entry.mac;
        nic.neighbour6_until = neighbour.until;
    }
}

void Neighbours::forget_last(NicId id, const wire::Address& address)
{
    Nic& nic = nic_at(id);
    if (nic.neighbour6 == address) nic.neighbour6_until = 0;
    if (address.is_v4() && nic.neighbour == address.to_v4()) nic.neighbour_until = 0;
}

void Neighbours::resolve(NicId id, const wire::Address& address, Frame& frame)
{
    const Nic& nic = links_[id];
    const auto type = address.is_v4() ? link::EtherType::ipv4 : link::EtherType::ipv6;
    const auto send_to = [&](const link::MacAddress& mac) {
        link::encode({mac, nic.mac, type}, frame.data());
        links_.transmit(id, frame);
    };
    if (nic.kind == NicKind::loopback) return send_to(nic.mac);
    if (type == link::EtherType::ipv6 && inet::is_v6_multicast(address)) return send_to(inet::multicast_mac(address));

    const Time now = context_.engine.now();
    Neighbour* const neighbour = &find_or_add(id, address);
    neighbour->used = now.ns;
    if (neighbour->entry.state == State::reachable && now.ns >= neighbour->until) {
        if (neighbour->is_v4()) {
            record(id, *neighbour, NeighbourChange::expired, frame.spans, frame.cause);
            neighbour->entry.state = State::none;
            neighbour->tries = 0;
        } else
            neighbour->entry.state = State::stale;
    }
    if (neighbour->entry.state == State::stale) { // RFC 4861 §7.3.3: used all the same, and asked for soon
        neighbour->entry.state = State::delay;
        neighbour->doubts_serve = frame.spans;
        neighbour->doubted_for = frame.cause;
        neighbour->until = (now + inet::first_probe_after).ns;
        wake(id, Time{neighbour->until});
    }
    if (neighbour->sendable()) {
        remember(id, *neighbour);
        return send_to(neighbour->entry.mac);
    }
    wait(id, *neighbour, frame);
}

void Neighbours::wait(NicId id, Neighbour& neighbour, Frame& frame)
{
    if (neighbour.waiting >= frames_waiting_for_neighbour) {
        // RFC 1122 §2.3.2.2, RFC 4861 §7.2.2: keep at least the latest.
        Frame& oldest = context_.frames.at(neighbour.first_waiting);
        neighbour.first_waiting = oldest.next;
        --neighbour.waiting;
        links_.drop(id, oldest, run::DropReason::arp_queue_full);
    }
    frame.next = 0;
    if (neighbour.waiting++ == 0)
        neighbour.first_waiting = frame.index;
    else
        context_.frames.at(neighbour.last_waiting).next = frame.index;
    neighbour.last_waiting = frame.index;
    if (neighbour.tries == 0) ask(id, neighbour, frame.spans, frame.cause);
}

/// From which of our addresses a neighbour is asked for: that of the packet that waits, where it is ours on this link
/// (RFC 4861 §7.2.2); else one of the same prefix.
wire::Address Neighbours::source_for(NicId nic, const wire::Address& target, const Neighbour& neighbour)
{
    const auto usable = [&](const Own& own) { return own.usable() && own.what.address.is_v4() == target.is_v4(); };
    if (!target.is_v4() && neighbour.first_waiting != 0) {
        wire::Address source;
        std::memcpy(source.octets.data(),
                    context_.frames.at(neighbour.first_waiting).data() + link::ethernet_header_size + 8, 16);
        for (const Own& own : addresses(nic))
            if (usable(own) && own.what.address == source) return source;
    }
    const Own* best = nullptr;
    for (const Own& own : addresses(nic))
        if (usable(own) && (!best || (own.what.network().contains(target) && !best->what.network().contains(target))))
            best = &own;
    return best ? best->what.address : target.is_v4() ? wire::Address::v4(0) : wire::Address{};
}

void Neighbours::ask(NicId id, Neighbour& neighbour, Spans serves, FactRef cause)
{
    const Nic& nic = links_[id];
    ++neighbour.tries;
    neighbour.entry.state = State::incomplete;
    const Time again = context_.engine.now() + neighbour_retry;
    neighbour.until = again.ns;
    wake(id, again);
    const FactRef asked = record(id, neighbour, NeighbourChange::asked, serves, cause);
    const wire::Address source = source_for(id, neighbour.address, neighbour);
    if (neighbour.is_v4())
        return send_arp(id, link::MacAddress::broadcast(), link::arp_request(nic.mac, source, neighbour.address),
                        serves, asked);
    const wire::Address target = neighbour.address;
    send_nd(id, inet::multicast_mac(inet::solicited_node(target)),
            inet::neighbour_solicitation(nic.mac, source, target), serves, asked);
}

/// RFC 4861 §7.3.3: asks the neighbour alone, whether it is still there.
void Neighbours::probe(NicId id, Neighbour& neighbour)
{
    ++neighbour.tries;
    neighbour.entry.state = State::probe;
    const Time again = context_.engine.now() + inet::retransmission_wait;
    neighbour.until = again.ns;
    wake(id, again);
    const Spans serves = neighbour.doubts_serve; // work for whoever waits to know
    const FactRef probed = record(id, neighbour, NeighbourChange::probed, serves, neighbour.doubted_for);
    remember(id, neighbour);
    send_nd(id, neighbour.entry.mac,
            inet::neighbour_probe(links_[id].mac, source_for(id, neighbour.address, neighbour), neighbour.address),
            serves, probed);
}

void Neighbours::send_arp(NicId nic, const link::MacAddress& to, const link::ArpPacket& packet, Spans serves,
                          FactRef cause)
{
    Frame& frame = context_.frames.take(link::ethernet_header_size + link::arp_packet_size);
    frame.spans = serves;
    frame.cause = cause;
    std::uint8_t* const payload = link::encode({to, links_[nic].mac, link::EtherType::arp}, frame.data());
    link::encode(packet, payload);
    links_.transmit(nic, frame);
}

void Neighbours::send_nd(NicId nic, const link::MacAddress& to, const inet::NdPacket& packet, Spans serves,
                         FactRef cause)
{
    Frame& frame = context_.frames.take(link::ethernet_header_size + inet::encoded_size(packet));
    frame.spans = serves;
    frame.cause = cause;
    std::uint8_t* const payload = link::encode({to, links_[nic].mac, link::EtherType::ipv6}, frame.data());
    inet::encode(packet, payload);
    links_.transmit(nic, frame);
}

// ---- learning ------------------------------------------------------------------------------------------------------

void Neighbours::send_waiting(NicId nic, const Neighbour& neighbour, std::uint32_t waiting)
{
    const wire::Address address = neighbour.address; // sending may make the table grow
    while (waiting != 0) {
        Frame& frame = context_.frames.at(waiting);
        waiting = frame.next;
        if (address.is_v4())
            links_.send(nic, address.to_v4(), frame);
        else
            links_.send(nic, address, frame);
    }
}

void Neighbours::on_arp(NicId id, Frame& frame)
{
    const Nic& nic = links_[id];
    const auto packet = link::decode_arp(frame.octets().subspan(link::ethernet_header_size));
    if (!packet) return links_.drop(id, frame, run::DropReason::malformed, packet.error().rule);
    const Spans serves = frame.spans;
    const FactRef cause = frame.cause;
    context_.frames.give_back(frame);

    link::ArpReaction all{};
    for (Own& own : own_[index_of(id)]) {
        if (!own.what.address.is_v4() || own.state == Own::State::duplicate) continue;
        const link::ArpReaction reaction = link::on_arp_packet(*packet, own.what.address, nic.mac);
        if (own.state == Own::State::tentative) {
            // RFC 5227 §2.1.1: somebody has it, or is about to take it as we are.
            const bool probes_it = packet->target_address == own.what.address && packet->sender_mac != nic.mac &&
                                   packet->sender_address.to_v4() == 0;
            if (reaction.conflict || probes_it) on_conflict(id, own, packet->sender_mac, serves, cause);
            continue;
        }
        if (reaction.conflict) on_conflict(id, own, packet->sender_mac, serves, cause);
        all.update_entry |= reaction.update_entry;
        all.add_entry |= reaction.add_entry;
        all.answer |= reaction.answer && own.usable();
    }
    if (all.update_entry || all.add_entry)
        learn_v4(id, packet->sender_address, packet->sender_mac, all.add_entry, serves, cause);
    if (all.answer) send_arp(id, packet->sender_mac, link::arp_reply(*packet, nic.mac), serves, cause);
}

void Neighbours::learn_v4(NicId id, const wire::Address& address, const link::MacAddress& mac, bool add, Spans serves,
                          FactRef cause)
{
    Neighbour* const neighbour = add ? &find_or_add(id, address) : find(id, address);
    if (!neighbour) return;
    const bool news = neighbour->entry.state != State::reachable || neighbour->entry.mac != mac;
    neighbour->entry.mac = mac;
    neighbour->entry.state = State::reachable;
    if (news) record(id, *neighbour, NeighbourChange::learnt, serves, cause);
    neighbour->tries = 0;
    neighbour->until = (context_.engine.now() + neighbour_lifetime).ns;
    if (links_[id].neighbour == address.to_v4()) remember(id, *neighbour); // others when something is sent there
    neighbour->waiting = 0;
    send_waiting(id, *neighbour, std::exchange(neighbour->first_waiting, 0));
}

void Neighbours::on_nd(NicId id, Frame& frame, const inet::Ipv6Header& ip, const inet::Icmpv6Message& message)
{
    const auto decoded = inet::decode_nd(ip, message);
    if (!decoded) return links_.drop(id, frame, run::DropReason::malformed, decoded.error().rule);
    link::MacAddress from;
    std::memcpy(from.octets.data(), frame.data() + 6, 6);
    const Nic& nic = links_[id];
    const Spans serves = frame.spans;
    const FactRef cause = frame.cause;
    const inet::Ipv6Header header = ip; // a view of the frame it is not, but what follows outlives it
    context_.frames.give_back(frame);

    const auto rule_for = [](const Own& own) {
        return own.state == Own::State::tentative ? inet::OwnAddress::tentative : inet::OwnAddress::assigned;
    };
    if (const auto* asked = std::get_if<inet::NeighbourSolicitation>(&*decoded)) {
        bool answers = false, learns = false;
        for (Own& own : own_[index_of(id)]) {
            if (own.what.address.is_v4() || own.state == Own::State::duplicate) continue;
            const auto reaction =
                inet::on_neighbour_solicitation(header, *asked, own.what.address, rule_for(own), nic.mac, from);
            if (reaction.conflict) on_conflict(id, own, from, serves, cause);
            answers |= reaction.answer;
            learns |= reaction.learn;
        }
        if (learns && asked->source_mac) {
            Neighbour& neighbour = find_or_add(id, header.source);
            update(id, neighbour, inet::on_source_mac(neighbour.entry, *asked->source_mac), serves, cause);
        }
        if (!answers) return;
        const inet::NdPacket answer = inet::neighbour_answer(header, *asked, nic.mac, router_[index_of(id)] != 0);
        const bool to_all = inet::is_v6_multicast(answer.ip.destination);
        send_nd(id, to_all ? inet::multicast_mac(answer.ip.destination) : asked->source_mac.value_or(from), answer,
                serves, cause);
    } else if (const auto* told = std::get_if<inet::NeighbourAdvertisement>(&*decoded)) {
        for (Own& own : own_[index_of(id)])
            if (own.state != Own::State::duplicate && inet::claims_our_address(*told, own.what.address, nic.mac, from))
                on_conflict(id, own, from, serves, cause);
        if (Neighbour* const neighbour = find(id, told->target))
            update(id, *neighbour, inet::on_neighbour_advertisement(neighbour->entry, *told), serves, cause);
    }
    // Routers are configured here, not discovered: solicitations and advertisements of routers change nothing.
}

void Neighbours::update(NicId id, Neighbour& neighbour, const inet::NeighbourUpdate& update, Spans serves,
                        FactRef cause)
{
    const inet::NeighbourEntry before = neighbour.entry;
    neighbour.entry = update.entry;
    if (update.resolved || update.mac_changed || (before.state == State::none && neighbour.sendable()))
        cause = record(id, neighbour, NeighbourChange::learnt, serves, cause);
    else if (neighbour.entry.state == State::reachable && before.state != State::reachable)
        cause = record(id, neighbour, NeighbourChange::confirmed, serves, cause);
    if (neighbour.entry.state == State::reachable) neighbour.until = (context_.engine.now() + reachable_time(id)).ns;
    if (neighbour.sendable()) {
        if (neighbour.entry.state != State::probe) neighbour.tries = 0;
        if (neighbour.entry.state == State::stale)
            forget_last(id, neighbour.address); // the next packet begins to doubt it
        else
            remember(id, neighbour);
        neighbour.waiting = 0;
        if (neighbour.first_waiting != 0) send_waiting(id, neighbour, std::exchange(neighbour.first_waiting, 0));
    }
}

void Neighbours::confirm_now(NicId id, const wire::Address& address)
{
    if (links_[id].kind != NicKind::end) return;
    Neighbour* const neighbour = find(id, address);
    if (!neighbour || !neighbour->sendable()) return;
    const bool doubted = neighbour->entry.state != State::reachable;
    neighbour->entry.state = State::reachable;
    neighbour->tries = 0;
    neighbour->until = (context_.engine.now() + reachable_time(id)).ns;
    if (doubted) record(id, *neighbour, NeighbourChange::confirmed, {}, FactRef::none);
    remember(id, *neighbour);
}

// ---- time ----------------------------------------------------------------------------------------------------------

void Neighbours::on_timer(NicId id)
{
    if (!links_.has_power(links_[id].node)) return;
    const std::int64_t now = context_.engine.now().ns;
    auto& table = tables_[index_of(id)];
    for (std::size_t i = 0; i < table.size(); ++i) { // the table may grow meanwhile
        const State state = table[i].entry.state;
        if ((state == State::incomplete || state == State::delay || state == State::probe) && now >= table[i].until)
            on_neighbour_due(id, table[i]);
    }
    auto& all = own_[index_of(id)];
    for (std::size_t i = 0; i < all.size(); ++i)
        if (all[i].next != 0 && now >= all[i].next) on_own_due(id, all[i]);
}

void Neighbours::on_neighbour_due(NicId id, Neighbour& neighbour)
{
    if (neighbour.entry.state == State::delay ||
        (neighbour.entry.state == State::probe && neighbour.tries < inet::unicast_solicitations))
        return probe(id, neighbour);
    if (neighbour.entry.state == State::probe || neighbour.tries >= neighbour_tries) return give_up(id, neighbour);
    Spans serves;
    FactRef cause{};
    if (neighbour.first_waiting != 0) {
        const Frame& first = context_.frames.at(neighbour.first_waiting);
        serves = first.spans;
        cause = first.cause;
    }
    ask(id, neighbour, serves, cause);
}

void Neighbours::give_up(NicId id, Neighbour& neighbour)
{
    neighbour.tries = 0;
    neighbour.entry = {};
    forget_last(id, neighbour.address);
    Spans serves;
    FactRef cause{};
    std::uint32_t waiting = std::exchange(neighbour.first_waiting, 0);
    neighbour.waiting = 0;
    if (waiting != 0) {
        serves = context_.frames.at(waiting).spans;
        cause = context_.frames.at(waiting).cause;
    }
    record(id, neighbour, NeighbourChange::unanswered, serves, cause);
    while (waiting != 0) {
        Frame& frame = context_.frames.at(waiting);
        waiting = frame.next;
        internet_->on_no_neighbour(id, frame);
    }
}

void Neighbours::forget(NicId id)
{
    for (Neighbour& neighbour : tables_[index_of(id)])
        for (std::uint32_t waiting = neighbour.first_waiting; waiting != 0;) {
            Frame& frame = context_.frames.at(waiting);
            waiting = frame.next;
            context_.frames.give_back(frame);
        }
    tables_[index_of(id)].clear();
    nic_at(id).neighbour_until = 0;
    nic_at(id).neighbour6_until = 0;
}

} // namespace tegami::net
