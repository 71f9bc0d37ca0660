#include "sim/net/switches.hpp"

namespace tegami::net {

using run::SwitchChange;

std::uint64_t Switches::key(const link::MacAddress& mac)
{
    std::uint64_t number = 0;
    for (const std::uint8_t octet : mac.octets) number = number << 8 | octet;
    return number;
}

void Switches::learn(NicId port, const link::MacAddress& station, const Frame& frame)
{
    if (station.is_group()) return; // nobody has such an address
    const Time now = context_.engine.now();
    const NodeId node = links_[port].node;
    auto& table = tables_[node];
    const auto tell = [&](SwitchChange change) {
        context_.record(node, frame.spans, frame.cause,
                        run::SwitchChanged{.nic = port, .change = change, .mac = station});
    };
    const auto known = table.find(key(station));
    if (known == table.end()) {
        if (table.size() >= stations_remembered) // only then is it worth looking for those that are long silent
            std::erase_if(table, [&](const auto& entry) { return entry.second.until <= now.ns; });
        if (table.size() >= stations_remembered) return;
        table[key(station)] = {port, (now + station_lifetime).ns};
        return tell(SwitchChange::learnt);
    }
    Station& heard = known->second;
    const bool aged = heard.until <= now.ns;
    const bool moved = heard.port != port;
    heard = {port, (now + station_lifetime).ns};
    if (aged)
        tell(SwitchChange::learnt);
    else if (moved)
        tell(SwitchChange::moved);
}

void Switches::on_frame(NicId port, Frame& frame)
{
    const auto ethernet = link::decode_ethernet(frame.octets());
    if (!ethernet) return links_.drop(port, frame, run::DropReason::malformed, ethernet.error().rule);
    learn(port, ethernet->header.source, frame);

    const link::MacAddress to = ethernet->header.destination;
    if (!to.is_group()) {
        if (const auto known = port_of(links_[port].node, to)) {
            if (*known != port) return links_.transmit(*known, frame);
            context_.frames.give_back(frame); // it is where it came from: there is nothing to do
            return;
        }
    }
    NicId last = port;
    for (const NicId other : links_.nics_of(links_[port].node)) {
        if (other == port) continue;
        if (last != port) links_.transmit(last, context_.frames.copy(frame));
        last = other;
    }
    if (last != port)
        links_.transmit(last, frame);
    else
        context_.frames.give_back(frame);
}

std::optional<NicId> Switches::port_of(NodeId node, const link::MacAddress& station) const
{
    const auto table = tables_.find(node);
    if (table == tables_.end()) return std::nullopt;
    const auto known = table->second.find(key(station));
    if (known == table->second.end() || known->second.until <= context_.engine.now().ns) return std::nullopt;
    return known->second.port;
}

void Switches::forget(NicId port)
{
    const auto table = tables_.find(links_[port].node);
    if (table != tables_.end())
        std::erase_if(table->second, [&](const auto& entry) { return entry.second.port == port; });
}

} // namespace tegami::net
