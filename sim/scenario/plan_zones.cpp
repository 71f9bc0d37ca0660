#include "protocols/dns/zone_text.hpp"
#include "sim/scenario/expansion.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace tegami::scenario {

namespace {

constexpr std::uint32_t core_ttl = 172'800; ///< of root and TLDs: two days

/// Writes a zone's records, each on a line of its own.
class ZoneWriter {
  public:
    explicit ZoneWriter(std::uint32_t ttl) : ttl_{ttl} {}

    void add(std::string_view owner, std::string_view type, std::string_view data)
    {
        text_ += fmt::format("{:<15} {:>6} IN {:<5} {}\n", owner, ttl_, type, data);
    }
    /// RFC 1035 §3.3.13; the last number is how long a "no" is remembered (RFC 2308 §4).
    void add_soa(std::string_view server, std::string_view mailbox)
    {
        add("@", "SOA", fmt::format("{} {} 1 3600 900 604800 300", server, mailbox));
    }
    void add_addresses(std::string_view owner, const PlanNode& node)
    {
        if (node.v4) add(owner, "A", wire::format(*node.v4));
        if (node.v6) add(owner, "AAAA", wire::format(*node.v6));
    }
    std::string take() { return std::move(text_); }

  private:
    std::uint32_t ttl_;
    std::string text_;
};

bool has_domain(std::string_view name, std::string_view domain)
{
    return name.size() > domain.size() && name.ends_with(domain) && name[name.size() - domain.size() - 1] == '.';
}

/// "2.0.192.in-addr.arpa" of 192.0.2.0/24 (RFC 1035 §3.5), "1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa" of 2001:db8:1::/48
/// (RFC 3596 §2.5), without what stands before them: of a net whose length is no whole number of labels nothing.
std::optional<std::string> reverse_origin(const Net& net)
{
    std::string origin;
    if (net.is_v4()) {
        if (net.length % 8 != 0 || net.length == 0) return std::nullopt;
        for (int octet = 0; octet < net.length / 8; ++octet)
            origin = std::to_string(net.address.to_v4() >> (24 - 8 * octet) & 0xFF) + '.' + origin;
        return origin + "in-addr.arpa";
    }
    if (net.length % 4 != 0 || net.length == 0) return std::nullopt;
    for (std::size_t nibble = 0; nibble < net.length / 4u; ++nibble)
        origin = fmt::format("{:x}.", net.address.octets[nibble / 2] >> (nibble % 2 == 0 ? 4 : 0) & 15) + origin;
    return origin + "ip6.arpa";
}

/// The address as an owner in the reverse zone of its net.
std::string reverse_owner(const Net& net, const wire::Address& address)
{
    const std::string whole = *reverse_origin({address, inet::address_bits(address)});
    const std::string origin = *reverse_origin(net);
    return whole.substr(0, whole.size() - origin.size() - 1);
}

} // namespace

void Expansion::zones()
{
    const std::vector<PlanNode>& nodes = plan_.nodes;
    const PlanNode& root = nodes[plan_.roots.front()];
    const auto full = [](const std::string& name) { return name + '.'; };

    // Which servers each site's zones are asked of.
    std::vector<std::vector<std::uint32_t>> site_servers(plan_.sites.size());
    for (std::size_t i = 0; i < plan_.sites.size(); ++i)
        for (const std::uint32_t node : plan_.sites[i].servers)
            if (nodes[node].has(Role::ns)) site_servers[i].push_back(node);

    std::vector<PlanZone> tops, sites, reverses;
    std::vector<std::pair<std::string, std::size_t>> reverse_sites; // origin and site
    for (std::size_t i = 0; i < plan_.sites.size(); ++i) {
        const PlanSite& site = plan_.sites[i];
        if (site.domain.empty() || site_servers[i].empty()) continue; // what is missing is said
        std::vector<std::uint32_t> hosts{site.edge};
        hosts.insert(hosts.end(), site.servers.begin(), site.servers.end());
        for (const PlanUser& user : plan_.users)
            if (user.site == i) hosts.insert(hosts.end(), user.devices.begin(), user.devices.end());
        const auto label = [&](std::uint32_t node) {
            return nodes[node].domain_name.substr(0, nodes[node].domain_name.size() - site.domain.size() - 1);
        };

        ZoneWriter zone{zone_ttl};
        zone.add_soa(label(site_servers[i].front()), "hostmaster");
        for (const std::uint32_t node : site_servers[i]) zone.add("@", "NS", label(node));
        std::uint32_t preference = 10;
        for (const std::uint32_t node : site.servers)
            if (nodes[node].has(Role::mta) && site.mail_host != nowhere) {
                zone.add("@", "MX", fmt::format("{} {}", preference, label(node)));
                preference += 10;
            }
        for (const std::uint32_t node : hosts) zone.add_addresses(label(node), nodes[node]);
        sites.push_back({site.domain, zone.take(), site_servers[i]});

        for (const Net& net : site.nets) {
            const auto origin = reverse_origin(net);
            if (!origin) continue;
            ZoneWriter reverse{zone_ttl};
            reverse.add_soa(full(nodes[site_servers[i].front()].domain_name), full("hostmaster." + site.domain));
            for (const std::uint32_t node : site_servers[i]) reverse.add("@", "NS", full(nodes[node].domain_name));
            for (const std::uint32_t node : hosts)
                for (const wire::Address& address : nodes[node].addresses())
                    if (net.contains(address))
                        reverse.add(reverse_owner(net, address), "PTR", full(nodes[node].domain_name));
            reverses.push_back({*origin, reverse.take(), site_servers[i]});
            reverse_sites.emplace_back(*origin, i);
        }
    }

    const auto delegate = [&](ZoneWriter& zone, const std::string& owner, std::size_t site, std::string_view above) {
        for (const std::uint32_t node : site_servers[site]) zone.add(owner, "NS", full(nodes[node].domain_name));
        for (const std::uint32_t node : site_servers[site]) // glue: RFC 1034 §4.2.1
            if (has_domain(nodes[node].domain_name, above))
                zone.add_addresses(full(nodes[node].domain_name), nodes[node]);
    };
    std::vector<std::string> order; // of TLDs, as their first sites stand in the file
    for (const PlanSite& site : plan_.sites) {
        const std::string top = site.domain.substr(site.domain.rfind('.') + 1);
        if (!top.empty() && std::ranges::find(order, top) == order.end()) order.push_back(top);
    }
    for (const std::string& top : order) {
        const std::uint32_t server = top_levels_.at(top);
        ZoneWriter zone{core_ttl};
        zone.add_soa(full(nodes[server].domain_name), full("hostmaster." + nodes[server].domain_name.substr(2)));
        zone.add("@", "NS", full(nodes[server].domain_name));
        if (top == "example") { // the servers' own names are here
            zone.add_addresses(full(root.domain_name), root);
            for (const std::string& other : order)
                zone.add_addresses(full(nodes[top_levels_.at(other)].domain_name), nodes[top_levels_.at(other)]);
        }
        for (std::size_t i = 0; i < plan_.sites.size(); ++i)
            if (has_domain(plan_.sites[i].domain, top)) delegate(zone, full(plan_.sites[i].domain), i, top);
        tops.push_back({top, zone.take(), {server}});
    }

    ZoneWriter zone{core_ttl};
    zone.add_soa(full(root.domain_name), "hostmaster.root-servers.example.");
    zone.add("@", "NS", full(root.domain_name));
    zone.add_addresses(full(root.domain_name), root);
    for (const std::string& top : order) {
        const PlanNode& server = nodes[top_levels_.at(top)];
        zone.add(top + '.', "NS", full(server.domain_name));
        zone.add_addresses(full(server.domain_name), server);
    }
    std::vector<PlanZone> arpas;
    for (const std::string_view arpa : {"in-addr.arpa", "ip6.arpa"}) {
        if (std::ranges::none_of(reverse_sites, [&](const auto& each) { return each.first.ends_with(arpa); })) continue;
        zone.add(std::string{arpa} + '.', "NS", full(root.domain_name));
        ZoneWriter above{core_ttl};
        above.add_soa(full(root.domain_name), "hostmaster.root-servers.example.");
        above.add("@", "NS", full(root.domain_name));
        for (const auto& [origin, site] : reverse_sites)
            if (has_domain(origin, arpa)) delegate(above, full(origin), site, arpa);
        arpas.push_back({std::string{arpa}, above.take(), plan_.roots});
    }
    plan_.zones.push_back({".", zone.take(), plan_.roots});
    for (auto* part : {&arpas, &tops, &sites, &reverses})
        for (PlanZone& each : *part) plan_.zones.push_back(std::move(each));
    own_zones();
}

// ---- what authors write --------------------------------------------------------------------------------------------

namespace {

constexpr std::uint32_t by_default = 1'000'000; // more lines than a file may have: of records that nobody wrote

/// What the name system lets pass, and a world does not: such a record is hardly meant.
bool is_mistake(const dns::ZoneProblem& problem)
{
    constexpr std::string_view mistakes[] = {"zone.host_is_address", "zone.missing_glue", "zone.mx_without_address",
                                             "zone.srv_without_address", "zone.out_of_zone"};
    return problem.severity == dns::Severity::error || std::ranges::find(mistakes, problem.key) != std::end(mistakes);
}

} // namespace

void Expansion::own_zones()
{
    const Problems::Inside in_zones{problems_, "zone"};
    for (const Zone& written : from_.zones) {
        std::string origin = written.origin.value;
        if (origin.size() > 1 && origin.ends_with('.')) origin.pop_back();
        const Problems::Inside inside{problems_, written.origin.value};
        const auto zone = std::ranges::find(plan_.zones, origin, &PlanZone::origin);
        if (zone != plan_.zones.end()) {
            own_zone(written, *zone);
        } else if (!suspects_.contains(origin)) {
            std::vector<std::string_view> known;
            for (const PlanZone& each : plan_.zones) known.push_back(each.origin);
            report_unknown(written.origin, known);
        }
    }
}

/// Records of an owner and type that the author writes take the place of the default ones.
void Expansion::own_zone(const Zone& written, PlanZone& zone)
{
    const Problems::Inside inside{problems_, "text"};
    const auto origin = dns::parse_name(zone.origin);
    if (!origin || written.text.value.empty()) return;
    dns::ZoneProblems told, none;
    const auto own = dns::parse_zone_text(written.text.value, *origin, told, {.default_ttl = zone_ttl});
    const auto defaults = dns::parse_zone_text(zone.text, *origin, none);

    const auto replaced = [&](const dns::Record& record) {
        return std::ranges::any_of(own, [&](const dns::PlacedRecord& mine) {
            // An alias has nothing beside it (RFC 1034 §3.6.2).
            return mine.record.owner == record.owner &&
                   (mine.record.type == record.type || mine.record.type == dns::Type::cname);
        });
    };
    std::string text;
    std::vector<dns::PlacedRecord> all;
    std::string_view left = zone.text;
    for (const dns::PlacedRecord& each : defaults) { // a line each
        const std::string_view line = left.substr(0, left.find('\n') + 1);
        left.remove_prefix(line.size());
        if (replaced(each.record)) continue;
        text += line;
        all.push_back({each.record, {by_default, 1}});
    }
    all.insert(all.end(), own.begin(), own.end());
    if (!told.has_errors()) dns::check_zone(*origin, all, told);

    const auto place = [&](const dns::ZonePlace& at) {
        if (at.line >= by_default) return written.origin.at;
        const Position first = written.text.at;
        return Position{first.line + at.line - 1, at.line == 1 ? first.column + at.column - 1 : at.column};
    };
    auto found = told.take();
    const auto said_better = [&](const dns::ZoneProblem& problem) { // that an address has no address is no news
        return problem.key != "zone.host_is_address" && std::ranges::any_of(found, [&](const dns::ZoneProblem& other) {
                   return other.key == "zone.host_is_address" && other.at.line == problem.at.line;
               });
    };
    for (dns::ZoneProblem& problem : found) {
        if (!is_mistake(problem) || said_better(problem)) continue;
        Arguments arguments;
        for (auto& [name, value] : problem.arguments) {
            std::uint32_t line = 0;
            if (name == "line" && std::from_chars(value.data(), value.data() + value.size(), line).ec == std::errc{})
                value = std::to_string(place({line, 1}).line);
            arguments.emplace_back(name, std::move(value));
        }
        problems_.report(place(problem.at), problem.key, std::move(arguments));
    }
    zone.text = std::move(text);
    zone.text += written.text.value;
    if (!zone.text.ends_with('\n')) zone.text += '\n';
}

} // namespace tegami::scenario
