#include "protocols/dns/server_book.hpp"

#include <algorithm>

namespace tegami::dns {

const ServerBook::Server* ServerBook::find(const Address& server) const
{
    const auto found = servers_.find(server);
    return found == servers_.end() ? nullptr : &found->second;
}

ServerBook::Server& ServerBook::at(const Address& server)
{
    if (const auto found = servers_.find(server); found != servers_.end()) {
        by_use_.splice(by_use_.begin(), by_use_, found->second.used);
        return found->second;
    }
    if (servers_.size() == servers_remembered) {
        servers_.erase(by_use_.back());
        by_use_.pop_back();
    }
    by_use_.push_front(server);
    Server& made = servers_[server];
    made.used = by_use_.begin();
    return made;
}

Duration ServerBook::expected(const Address& server) const
{
    const Server* const known = find(server);
    return known ? known->expected : Duration{};
}

Duration ServerBook::wait(const Address& server, unsigned failures) const
{
    const Server* const known = find(server);
    Duration wait = first_wait;
    if (known && known->smoothed.ns > 0)
        wait = std::clamp(known->smoothed + known->variation * 4, shortest_wait, longest_wait);
    for (; failures > 0 && wait < longest_wait; --failures) wait = wait * 2;
    return std::min(wait, longest_wait);
}

bool ServerBook::speaks_edns(const Address& server) const
{
    const Server* const known = find(server);
    return !known || known->edns;
}

bool ServerBook::is_lame(const Address& server, const Name& zone, Time now) const
{
    const Server* const known = find(server);
    if (!known) return false;
    const auto found = known->lame.find(zone);
    return found != known->lame.end() && now < found->second;
}

void ServerBook::answered(const Address& server, Duration after)
{
    Server& known = at(server);
    after = std::max(after, wire::nanoseconds(1));
    if (known.smoothed.ns == 0) { // RFC 6298 §2.2: the first measurement
        known.smoothed = after;
        known.variation = after / 2;
    } else { // §2.3
        const Duration off = after > known.smoothed ? after - known.smoothed : known.smoothed - after;
        known.variation = (known.variation * 3 + off) / 4;
        known.smoothed = (known.smoothed * 7 + after) / 8;
    }
    known.expected = known.smoothed;
}

void ServerBook::was_silent(const Address& server)
{
    Server& known = at(server);
    known.expected = std::clamp(known.expected * 2, first_wait, longest_wait);
}

void ServerBook::passed_over(const Address& server)
{
    if (const auto found = servers_.find(server); found != servers_.end())
        found->second.expected = found->second.expected - found->second.expected / 64;
}

void ServerBook::without_edns(const Address& server) { at(server).edns = false; }

void ServerBook::is_lame_until(const Address& server, const Name& zone, Time until)
{
    auto& lame = at(server).lame;
    if (lame.size() >= lame_zones_remembered && !lame.contains(zone))
        lame.erase(std::ranges::min_element(lame, {}, [](const auto& each) { return each.second; }));
    lame[zone] = until;
}

void ServerBook::clear()
{
    servers_.clear();
    by_use_.clear();
}

} // namespace tegami::dns
