#include "sim/nodes/route.hpp"

#include "sim/nodes/words.hpp"

#include <algorithm>

namespace tegami::nodes {

std::optional<wire::Address> address_of_literal(std::string_view domain)
{
    if (!domain.starts_with('[') || !domain.ends_with(']')) return std::nullopt;
    domain = domain.substr(1, domain.size() - 2);
    const bool v6 = mail::starts_ignoring_case(domain, "IPv6:");
    const auto address = wire::parse_address(v6 ? domain.substr(5) : domain);
    if (!address || address->is_v4() == v6) return std::nullopt;
    return *address;
}

Route literal_route(std::string_view domain, const wire::Address& address)
{
    return {Route::Kind::literal, {{0, std::string{domain}, address}}, {}};
}

Route choose_route(std::string_view domain, const std::expected<std::vector<Names::Exchange>, Names::Failure>& answer,
                   const std::set<std::string>& own, engine::Random& draws)
{
    const auto implicit = [&]() -> Route {
        RouteHost host{0, std::string{domain}, {}};
        if (own.contains(lower(domain))) return {Route::Kind::loop, {}, {{std::move(host), "own"}}};
        return {Route::Kind::implicit, {std::move(host)}, {}};
    };
    if (!answer) {
        switch (answer.error()) {
        case Names::Failure::no_data: return implicit();
        case Names::Failure::no_such_name: return {Route::Kind::nowhere, {}, {}};
        case Names::Failure::server_failed:
        case Names::Failure::timed_out: break;
        }
        return {Route::Kind::unknown, {}, {}};
    }
    if (answer->empty()) return implicit();
    // RFC 7505 §3: one record, of no host. Beside others such a record says nothing.
    if (answer->size() == 1 && answer->front().host.empty()) return {Route::Kind::null_mx, {}, {}};

    Route route;
    for (const Names::Exchange& exchange : *answer) {
        if (exchange.host.empty()) continue;
        RouteHost host{exchange.preference, exchange.host, {}};
        // RFC 1035 §3.3.9: a name, though some people write addresses.
        if (wire::parse_address(exchange.host) || address_of_literal(exchange.host)) {
            route.left_out.push_back({std::move(host), "address"});
            continue;
        }
        const auto again = std::ranges::find_if(
            route.hosts, [&](const RouteHost& other) { return mail::equal_ignoring_case(other.name, host.name); });
        if (again == route.hosts.end())
            route.hosts.push_back(std::move(host));
        else
            again->preference = std::min(again->preference, host.preference);
    }
    if (route.hosts.empty()) {
        route.kind = Route::Kind::unusable;
        return route;
    }
    // First by name, so that the order in which a server gave them changes nothing; then equals change places by draw.
    std::ranges::sort(route.hosts, {},
                      [](const RouteHost& host) { return std::pair(host.preference, lower(host.name)); });
    for (std::size_t i = route.hosts.size(); i > 1; --i) {
        const std::size_t at = i - 1;
        const std::size_t first = static_cast<std::size_t>(
            std::ranges::lower_bound(route.hosts, route.hosts[at].preference, {}, &RouteHost::preference) -
            route.hosts.begin());
        if (first == at) continue;
        const std::size_t other = first + draws.below(at - first + 1);
        std::swap(route.hosts[at], route.hosts[other]);
    }

    // §5.1: whoever is in the list himself hands on to better ones only, or mail would go in circles.
    const auto self =
        std::ranges::find_if(route.hosts, [&](const RouteHost& host) { return own.contains(lower(host.name)); });
    if (self == route.hosts.end()) return route;
    const std::uint16_t limit = self->preference;
    std::vector<RouteHost> better;
    for (RouteHost& host : route.hosts) {
        if (host.preference < limit)
            better.push_back(std::move(host));
        else
            route.left_out.push_back({host, own.contains(lower(host.name)) ? "own" : "behind_own"});
    }
    route.hosts = std::move(better);
    if (route.hosts.empty()) route.kind = Route::Kind::loop;
    return route;
}

std::string format(const std::vector<RouteHost>& hosts)
{
    std::string text;
    for (const RouteHost& host : hosts) {
        if (!text.empty()) text += ", ";
        text += std::to_string(host.preference) + ' ' + host.name;
    }
    return text;
}

} // namespace tegami::nodes
