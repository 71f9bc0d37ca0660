// Whether an interface's addresses are its alone: RFC 5227 for IPv4, RFC 4862 §5.4 for IPv6.

#include "sim/net/internet.hpp"
#include "sim/net/neighbours.hpp"

#include <algorithm>

namespace tegami::net {

using run::AddressChange;

FactRef Neighbours::record(NicId nic, const Own& own, AddressChange change, const link::MacAddress& other, Spans serves,
                           FactRef cause)
{
    const FactRef recorded = context_.record(
        links_[nic].node, serves, cause,
        run::AddressChanged{.nic = nic,
                            .change = change,
                            .address = own.what.address,
                            .prefix_length = std::min(own.what.prefix_length, inet::address_bits(own.what.address)),
                            .mac = other});
    return recorded == FactRef::none ? cause : recorded;
}

/// Waits are drawn for each address and life of its host.
engine::Random Neighbours::draws(NicId nic, const Own& own) const
{
    const NodeId node = links_[nic].node;
    return context_.engine.random(node, "address check",
                                  format(own.what.address) + ' ' + std::to_string(links_[nic].send_tag >> 8) + ' ' +
                                      std::to_string(own.sent));
}

/// The first IPv4 address that may be used stands at the interface, where most packets look for it.
void Neighbours::refresh_first(NicId nic)
{
    std::uint32_t first = 0;
    for (const Own& own : own_[index_of(nic)])
        if (first == 0 && own.usable() && own.what.address.is_v4()) first = own.what.address.to_v4();
    nic_at(nic).address = first;
}

void Neighbours::begin_check(NicId nic, Own& own)
{
    own.state = Own::State::tentative;
    own.sent = 0;
    const Duration at_most = own.what.address.is_v4() ? arp_probe_wait : duplicate_probe_wait;
    engine::Random draw = draws(nic, own);
    const std::uint64_t wait = draw.below(static_cast<std::uint64_t>(at_most.ns));
    const Time first = context_.engine.now() + Duration{static_cast<std::int64_t>(wait) + 1};
    own.next = first.ns;
    record(nic, own, AddressChange::checking, {}, {}, FactRef::none);
    wake(nic, first);
}

void Neighbours::check_addresses(NicId nic)
{
    if (links_[nic].kind != NicKind::end) return;
    suspend_addresses(nic);
    for (Own& own : own_[index_of(nic)]) begin_check(nic, own);
}

void Neighbours::suspend_addresses(NicId nic)
{
    if (links_[nic].kind != NicKind::end) return;
    for (Own& own : own_[index_of(nic)]) {
        const bool was_usable = own.usable();
        own.state = Own::State::tentative;
        own.next = 0;
        if (was_usable) internet_->on_address(nic, own.what, false);
    }
    refresh_first(nic);
}

void Neighbours::add_address(NicId nic, const InterfaceAddress& address)
{
    auto& all = own_[index_of(nic)];
    if (std::ranges::any_of(all, [&](const Own& own) { return own.what.address == address.address; })) return;
    Own& own = all.emplace_back();
    own.what = address;
    begin_check(nic, own);
}

void Neighbours::remove_address(NicId nic, const wire::Address& address)
{
    auto& all = own_[index_of(nic)];
    const auto at = std::ranges::find_if(all, [&](const Own& own) { return own.what.address == address; });
    if (at == all.end()) return;
    const Own gone = *at;
    all.erase(at);
    refresh_first(nic);
    if (gone.usable()) internet_->on_address(nic, gone.what, false);
    record(nic, gone, AddressChange::removed, {}, {}, FactRef::none);
}

bool Neighbours::checking(NodeId host) const
{
    for (const NicId nic : links_.nics_of(host))
        for (const Own& own : own_[index_of(nic)])
            if (own.state == Own::State::tentative && own.next != 0) return true;
    return false;
}

void Neighbours::on_own_due(NicId nic, Own& own)
{
    const Time now = context_.engine.now();
    const link::MacAddress mac = links_[nic].mac;
    const bool v4 = own.what.address.is_v4();
    const auto again = [&](Duration after) {
        own.next = (now + after).ns;
        wake(nic, now + after);
    };
    const int probes = v4 ? arp_probes : inet::duplicate_probes;
    if (own.state == Own::State::tentative && own.sent < probes) {
        const bool last = ++own.sent == probes;
        if (v4) { // RFC 5227 §2.1.1
            engine::Random draw = draws(nic, own);
            const std::uint64_t more = draw.below(static_cast<std::uint64_t>((arp_probe_most - arp_probe_least).ns));
            again(last ? arp_announce_wait : arp_probe_least + Duration{static_cast<std::int64_t>(more)});
            return send_arp(nic, link::MacAddress::broadcast(),
                            link::arp_request(mac, wire::Address::v4(0), own.what.address), {}, FactRef::none);
        }
        again(inet::retransmission_wait);
        const inet::NdPacket probe = inet::duplicate_probe(own.what.address);
        return send_nd(nic, inet::multicast_mac(probe.ip.destination), probe, {}, FactRef::none);
    }
    FactRef cause{};
    if (own.state == Own::State::tentative) { // nobody objected
        own.state = Own::State::assigned;
        own.sent = 0;
        own.next = 0;
        refresh_first(nic);
        cause = record(nic, own, AddressChange::assigned, {}, {}, FactRef::none);
        internet_->on_address(nic, own.what, true);
    }
    if (!v4 || own.sent >= arp_announcements) {
        own.next = 0;
        return;
    }
    // RFC 5227 §2.3: so that whoever knows another MAC address for it learns ours.
    ++own.sent;
    if (own.sent < arp_announcements)
        again(arp_announce_wait);
    else
        own.next = 0;
    send_arp(nic, link::MacAddress::broadcast(), link::arp_request(mac, own.what.address, own.what.address), {}, cause);
}

/// Somebody else on the link has the address.
void Neighbours::on_conflict(NicId nic, Own& own, const link::MacAddress& other, Spans serves, FactRef cause)
{
    const std::int64_t now = context_.engine.now().ns;
    if (own.state == Own::State::tentative) {
        own.state = Own::State::duplicate;
        own.next = 0;
        record(nic, own, AddressChange::duplicate, other, serves, cause);
        return;
    }
    // An IPv6 address that was found to be ours alone stays ours: whoever comes later must see that (RFC 4862 §5.4).
    if (!own.what.address.is_v4()) {
        record(nic, own, AddressChange::disputed, other, serves, cause);
        return;
    }
    // RFC 5227 §2.4 (b): defended once in ten seconds, given up when it is disputed again before.
    if (now - own.defended > arp_defend_interval.ns) {
        own.defended = now;
        const FactRef disputed = record(nic, own, AddressChange::disputed, other, serves, cause);
        return send_arp(nic, link::MacAddress::broadcast(),
                        link::arp_request(links_[nic].mac, own.what.address, own.what.address), serves, disputed);
    }
    own.state = Own::State::duplicate;
    own.next = 0;
    refresh_first(nic);
    record(nic, own, AddressChange::duplicate, other, serves, cause);
    internet_->on_address(nic, own.what, false);
}

// ---- groups --------------------------------------------------------------------------------------------------------

bool Neighbours::takes_group(NicId nic, const link::MacAddress& group) const
{
    if (links_[nic].kind != NicKind::end) return true;
    bool speaks_v6 = false;
    for (const Own& own : own_[index_of(nic)]) {
        if (own.what.address.is_v4()) continue;
        speaks_v6 = true;
        if (group == inet::multicast_mac(inet::solicited_node(own.what.address))) return true;
    }
    if (speaks_v6 && (group == inet::multicast_mac(inet::all_nodes) ||
                      (router_[index_of(nic)] != 0 && group == inet::multicast_mac(inet::all_routers))))
        return true;
    return std::ranges::any_of(joined_, [&](const auto& joined) {
        return joined.first == nic && group == inet::multicast_mac(joined.second);
    });
}

bool Neighbours::has_joined(NicId nic, const wire::Address& group) const
{
    if (group == inet::all_nodes || (group == inet::all_routers && router_[index_of(nic)] != 0)) return true;
    for (const Own& own : own_[index_of(nic)])
        if (!own.what.address.is_v4() && group == inet::solicited_node(own.what.address)) return true;
    return std::ranges::find(joined_, std::pair{nic, group}) != joined_.end();
}

} // namespace tegami::net
