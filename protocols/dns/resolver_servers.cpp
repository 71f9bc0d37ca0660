// Whom a walk asks next: zones, their servers, and the servers' addresses.

#include "protocols/dns/resolver.hpp"

#include <algorithm>

namespace tegami::dns {

Resolver::Cut Resolver::nearest_cut(Time now, const Name& name, bool strictly_above)
{
    Name zone = strictly_above ? name.parent() : name;
    for (;; zone = zone.parent()) {
        const RecordSet servers = cache_.look(now, zone, Type::ns);
        if (servers.empty()) {
            if (zone.is_root()) break;
            continue;
        }
        Delegation delegation{zone, {}};
        for (const Record& record : servers)
            if (const auto ns = record.as<Ns>(); ns && delegation.servers.size() < most_servers)
                delegation.servers.push_back({ns->nsdname, {}});
        Cut cut = cut_of(now, delegation, true);
        // Servers inside the zone whose addresses have gone can only be found by what is above it.
        const auto is_outside = [&](const Cut::Unknown& unknown) { return !unknown.server.is_at_or_below(zone); };
        if (!cut.choices.empty() || std::ranges::any_of(cut.unknown, is_outside)) return cut;
        if (zone.is_root()) break;
    }
    return cut_of(now, settings_.hints, true);
}

Resolver::Cut Resolver::cut_of(Time now, const Delegation& delegation, bool from_cache)
{
    Cut cut{.zone = delegation.zone,
            .choices = {},
            .unknown = {},
            .from_cache = from_cache,
            .asked = false,
            .in_circles = false};
    const auto add = [&](const wire::Address& address) {
        if (may_ask(address)) cut.add(address);
    };
    for (const Delegation::Server& server : delegation.servers) {
        std::size_t known = server.addresses.size();
        for (const wire::Address& address : server.addresses) add(address);
        if (known == 0)
            for (const Type type : {Type::a, Type::aaaa}) {
                const RecordSet set = cache_.look(now, server.name, type);
                for (std::size_t i = 0; i < std::min(set.size(), most_server_addresses); ++i, ++known) {
                    if (const auto a = set[i].as<A>()) add(a->address);
                    if (const auto aaaa = set[i].as<Aaaa>()) add(aaaa->address);
                }
            }
        if (known > 0) continue;
        Cut::Unknown unknown{server.name, {}};
        if (settings_.ipv4) unknown.left.push_back(Type::a);
        if (settings_.ipv6) unknown.left.push_back(Type::aaaa);
        cut.unknown.push_back(std::move(unknown));
    }
    return cut;
}

void Resolver::Cut::add(const wire::Address& address)
{
    if (std::ranges::find(choices, address, &Choice::address) == choices.end()) choices.push_back({address});
}

bool Resolver::may_ask(const wire::Address& server) const
{
    if (std::ranges::find(settings_.own, server) != settings_.own.end()) return false;
    if (server.is_v4()) {
        const std::uint32_t first = server.to_v4() >> 24;
        return settings_.ipv4 && first != 0 && first != 127 && first < 224; // RFC 1122 §3.2.1.3
    }
    const auto& octets = server.octets;
    const bool link_local = octets[0] == 0xFE && (octets[1] & 0xC0) == 0x80; // RFC 4291 §2.4
    const bool upper_zero =
        std::all_of(octets.begin(), octets.end() - 1, [](std::uint8_t octet) { return octet == 0; });
    return settings_.ipv6 && octets[0] != 0xFF && !link_local && !(upper_zero && octets[15] <= 1);
}

Resolver::Choice* Resolver::best_choice(Time now, Walk& walk)
{
    Choice* best = nullptr;
    for (Choice& choice : walk.cut->choices) {
        if (choice.useless || choice.failures >= tries_a_server) continue;
        if (book_.is_lame(choice.address, walk.cut->zone, now)) continue;
        const auto rank = [&](const Choice& each) { return std::pair{each.failures, book_.expected(each.address)}; };
        if (!best || rank(choice) < rank(*best)) best = &choice;
    }
    return best;
}

void Resolver::ask(Time now, Walk& walk, const wire::Address& server, Transport transport, bool edns)
{
    if (walk.effort->queries >= most_queries) return give_up(now, walk, End::limit_queries);
    ++walk.effort->queries;
    walk.cached = false;
    walk.cut->asked = true;
    unsigned failures = 0;
    for (const Choice& choice : walk.cut->choices) {
        if (choice.address == server)
            failures = choice.failures;
        else
            book_.passed_over(choice.address);
    }
    const Duration wait = transport == Transport::udp ? book_.wait(server, failures) : longest_wait;
    const Time until = std::min(now + wait, walk.effort->until);
    const QueryId id{++queries_sent_};
    walk.sent = Sent{id, server, transport, edns, now, until};
    by_query_[id] = walk.id;
    asks_.push_back({.id = id,
                     .server = server,
                     .transport = transport,
                     .question = {walk.name, walk.question.type},
                     .edns = edns,
                     .until = until,
                     .spans = walk.spans});
}

bool Resolver::seek_server(Time now, Walk& walk)
{
    auto& unknown = walk.cut->unknown;
    while (!unknown.empty()) {
        if (unknown.front().left.empty()) {
            unknown.erase(unknown.begin());
            continue;
        }
        const Question question{unknown.front().server, unknown.front().left.front()};
        unknown.front().left.erase(unknown.front().left.begin());
        if (walk.depth + 1 > deepest_walk) {
            notes_.add(Decision::tries_next, question.name, question.type, "limit.depth");
            continue;
        }
        const auto under_way = by_question_.find({question.name, question.type, true});
        if (under_way == by_question_.end()) {
            Walk& other = begin(now, question, true, walk.effort, walk.depth + 1, walk.spans);
            other.walks.push_back(walk.id);
            walk.waits_for = other.id;
            return true;
        }
        if (leads_to(under_way->second, walk.id)) { // each would wait for the other
            notes_.add(Decision::tries_next, question.name, question.type, "cycle");
            walk.cut->in_circles = true;
            continue;
        }
        Walk& other = walks_.at(under_way->second);
        other.walks.push_back(walk.id);
        walk.waits_for = other.id;
        join(other, walk.spans);
        return true;
    }
    return false;
}

bool Resolver::leads_to(WalkId from, WalkId to) const
{
    for (std::optional<WalkId> at = from; at; at = walks_.at(*at).waits_for)
        if (*at == to) return true;
    return false;
}

void Resolver::useless(Walk& walk, const wire::Address& server, std::string_view why)
{
    for (Choice& choice : walk.cut->choices)
        if (choice.address == server) choice.useless = true;
    notes_.add(Decision::tries_next, walk.name, walk.question.type, wire::format(server) + ' ' + std::string{why});
    ready_.push_back(walk.id);
}

} // namespace tegami::dns
