#include "sim/scenario/plan.hpp"

#include <algorithm>
#include <set>

namespace tegami::scenario {

namespace {

constexpr Net core_net{wire::Address::v4(0xC6120000), 15}; // 198.18.0.0, RFC 2544: for measurements
constexpr std::uint32_t core_part = 1;
constexpr std::uint32_t role_parts[] = {edge_part, mta_part, 26, 53, 54, 87, mra_part};

/// What a link of its kind has where its author does not say.
struct LinkDefault {
    std::uint64_t rate;
    Duration delay;
};
constexpr LinkDefault home_line{100'000'000, wire::milliseconds(5)};
constexpr LinkDefault office_line{1'000'000'000, wire::microseconds(500)};
constexpr LinkDefault uplink{1'000'000'000, wire::milliseconds(8)};

/// The addresses of one net that are still free.
class Room {
  public:
    explicit Room(const Net& net) : net_{net}, end_{net.length == 0 ? 0xFFFF'FFFFu : (1u << (32 - net.length)) - 1} {}

    /// Host part `part` if it is free, else the next free one behind it that belongs to no role, else any.
    std::optional<wire::Address> take(std::uint32_t part)
    {
        if (part < end_ && !taken_.contains(part)) return give(part);
        // Nothing becomes free again, so a search goes on where the last one for that part ended.
        for (std::uint32_t& next = next_.try_emplace(part, part).first->second; next < end_; ++next)
            if (!reserved(next) && !taken_.contains(next)) return give(next);
        for (; first_ < end_; ++first_)
            if (!taken_.contains(first_)) return give(first_);
        return std::nullopt;
    }

  private:
    static bool reserved(std::uint32_t part) { return std::ranges::find(role_parts, part) != std::end(role_parts); }

    wire::Address give(std::uint32_t part)
    {
        taken_.insert(part);
        return wire::Address::v4(net_.address.to_v4() + part);
    }

    Net net_;
    std::uint32_t end_; // the broadcast address
    std::set<std::uint32_t> taken_;
    std::map<std::uint32_t, std::uint32_t> next_; // by the part asked for
    std::uint32_t first_ = 1;
};

std::string capitalised(std::string name)
{
    if (!name.empty() && name[0] >= 'a' && name[0] <= 'z') name[0] = static_cast<char>(name[0] - 'a' + 'A');
    return name;
}

Text title_or_name(const Text& title, const std::string& name)
{
    if (!title.en.empty() || !title.ja.empty()) return title;
    return {capitalised(name), capitalised(name)};
}

std::uint32_t index_in(const std::map<std::string, std::uint32_t, std::less<>>& index, std::string_view name)
{
    const auto found = index.find(name);
    return found == index.end() ? nowhere : found->second;
}

std::vector<std::string_view> names_in(const std::map<std::string, std::uint32_t, std::less<>>& index)
{
    std::vector<std::string_view> names;
    for (const auto& [name, place] : index) names.push_back(name);
    return names;
}

PlanNode bare_node(const std::string& name, const std::string& domain_name, NodeKind kind)
{
    PlanNode node;
    node.name = name;
    node.domain_name = domain_name;
    node.kind = kind;
    return node;
}

bool below(std::string_view domain, std::string_view other)
{
    return domain.size() > other.size() && domain.ends_with(other) && domain[domain.size() - other.size() - 1] == '.';
}

class Expansion {
  public:
    Expansion(const Scenario& scenario, Problems& problems, const Suspects& suspects)
        : from_{scenario}, problems_{problems}, suspects_{suspects}
    {
    }

    Plan run()
    {
        add_node(bare_node("core", "core", NodeKind::router));
        core_room_.take(core_part);
        plan_.nodes[0].address = wire::Address::v4(core_net.address.to_v4() + core_part);
        sites();
        users();
        lines();
        own_links();
        return std::move(plan_);
    }

  private:
    // ---- names

    /// Takes a name for this world, and says where it is taken already.
    void claim(const std::string& name, Position at)
    {
        if (name == "at" || name == "after" || name == "plus" || name == "core")
            return problems_.report(at, "scenario.name.reserved", {{"name", name}});
        const auto [place, fresh] = names_.emplace(name, at);
        if (!fresh)
            problems_.report(std::max(at, place->second), "scenario.name.twice",
                             {{"name", name}, {"line", std::to_string(std::min(at, place->second).line)}});
    }

    std::uint32_t add_node(PlanNode node)
    {
        const auto index = static_cast<std::uint32_t>(plan_.nodes.size());
        plan_.node_index.emplace(node.name, index);
        plan_.domain_index.emplace(node.domain_name, index);
        plan_.nodes.push_back(std::move(node));
        return index;
    }

    // ---- sites and their servers

    void sites()
    {
        for (std::size_t i = 0; i < from_.sites.size(); ++i) {
            const Site& site = from_.sites[i];
            if (i == sites_limit) {
                problems_.report(site.name.at, "scenario.sites", {{"limit", std::to_string(sites_limit)}});
                return;
            }
            const Problems::Inside in_sites{problems_, site.kind == SiteKind::isp ? "isp" : "company"};
            const Problems::Inside inside{problems_, site.name.value};
            claim(site.name.value, site.name.at);
            compare_domain(i);
            PlanSite planned{site.name.value,   title_or_name(site.title, site.name.value),
                             site.domain.value, site.net ? site.net->value : default_net(i),
                             nowhere,           nowhere};
            plan_.site_index.emplace(planned.name, static_cast<std::uint32_t>(i));
            compare_net(i, planned.net);
            plan_.sites.push_back(std::move(planned));
            rooms_.emplace_back(plan_.sites[i].net);
            servers(i);
        }
    }

    static Net default_net(std::size_t site)
    {
        constexpr std::uint32_t documentation[] = {0xC0000200, 0xC6336400, 0xCB007100}; // RFC 5737
        if (site < 3) return {wire::Address::v4(documentation[site]), 24};
        return {wire::Address::v4(0x0A000000u + (static_cast<std::uint32_t>(site + 1) << 16)), 16};
    }

    void compare_domain(std::size_t i)
    {
        const std::string& domain = from_.sites[i].domain.value;
        if (domain.empty()) return;
        for (std::size_t k = 0; k < i; ++k) {
            const std::string& other = from_.sites[k].domain.value;
            if (other.empty() || (domain != other && !below(domain, other) && !below(other, domain))) continue;
            const Position one = from_.sites[k].domain.at, two = from_.sites[i].domain.at;
            problems_.report(std::max(one, two), "scenario.domain.shared",
                             {{"domain", two < one ? other : domain},
                              {"other", two < one ? domain : other},
                              {"line", std::to_string(std::min(one, two).line)}});
            return;
        }
    }

    void compare_net(std::size_t i, const Net& net)
    {
        const auto overlap = [&](const Net& other) {
            return net.contains(other.address) || other.contains(net.address);
        };
        const Site& site = from_.sites[i];
        if (overlap(core_net))
            return problems_.report(site.net ? site.net->at : site.name.at, "scenario.net.overlap",
                                    {{"net", format(net)}, {"other", format(core_net) + " (core)"}});
        for (std::size_t k = 0; k < i; ++k) {
            const PlanSite& other = plan_.sites[k];
            if (!overlap(other.net)) continue;
            const Site& guilty = site.net ? site : from_.sites[k]; // two defaults never overlap
            const Net& guilty_net = site.net ? net : other.net;
            return problems_.report(guilty.net ? guilty.net->at : guilty.name.at, "scenario.net.overlap",
                                    {{"net", format(guilty_net)},
                                     {"other", format(site.net ? other.net : net) + " (" +
                                                   (site.net ? other.name : site.name.value) + ")"}});
        }
    }

    std::optional<wire::Address> address_in(std::size_t site, std::uint32_t part, Position at, const std::string& name)
    {
        const auto address = rooms_[site].take(part);
        if (!address && full_.insert(site).second)
            problems_.report(at, "scenario.net.full", {{"net", format(plan_.sites[site].net)}, {"name", name}});
        return address;
    }

    bool one_host_more(Position at)
    {
        if (++hosts_ <= hosts_limit) return true;
        if (hosts_ == hosts_limit + 1) problems_.report(at, "scenario.hosts", {{"limit", std::to_string(hosts_limit)}});
        return false;
    }

    void servers(std::size_t i)
    {
        const Site& site = from_.sites[i];
        const std::string& site_name = site.name.value;
        const auto add = [&](PlanNode node, std::uint32_t part, Position at) {
            node.site = static_cast<std::uint32_t>(i);
            node.domain_name += '.' + site.domain.value;
            claim(node.name, at);
            node.address = address_in(i, part, at, node.name).value_or(wire::Address{});
            return add_node(std::move(node));
        };
        plan_.sites[i].edge = add(bare_node(site_name + "-edge", "edge", NodeKind::router), edge_part, site.name.at);
        std::vector<Server> written;
        if (site.servers)
            written = *site.servers;
        else if (site.kind == SiteKind::company)
            written.push_back({{"mail", site.name.at}, {Role::mta, Role::mda, Role::mra}, site.name.at});
        for (const Server& server : written) {
            if (!one_host_more(server.name.at)) return;
            check_roles(server, plan_.sites[i]);
            const bool mta = std::ranges::find(server.roles, Role::mta) != server.roles.end();
            const bool mda = std::ranges::find(server.roles, Role::mda) != server.roles.end();
            PlanNode planned = bare_node(site_name + '-' + server.name.value, server.name.value, NodeKind::server);
            planned.roles = server.roles;
            const std::uint32_t node = add(std::move(planned), mta ? next_mta_part(i) : mra_part, server.name.at);
            if (mda && plan_.sites[i].mail_host == nowhere) plan_.sites[i].mail_host = node;
        }
    }

    /// The second MTA of a site has its own address too; from the third on they take what is free behind it.
    std::uint32_t next_mta_part(std::size_t site)
    {
        const auto others = std::ranges::count_if(
            plan_.nodes, [&](const PlanNode& node) { return node.site == site && node.has(Role::mta); });
        return others == 0 ? mta_part : mta_part + 1;
    }

    void check_roles(const Server& server, const PlanSite& site)
    {
        const auto has = [&](Role role) { return std::ranges::find(server.roles, role) != server.roles.end(); };
        const std::string host = site.name + '-' + server.name.value;
        if (has(Role::mda) != has(Role::mra))
            problems_.report(server.roles_at, "scenario.roles.mda_mra",
                             {{"host", host}, {"missing", has(Role::mda) ? "mra" : "mda"}});
        else if (has(Role::mta) && !has(Role::mda))
            problems_.report(server.roles_at, "scenario.roles.mta_alone", {{"host", host}});
        if (has(Role::mda) && site.mail_host != nowhere)
            problems_.report(server.roles_at, "scenario.roles.second_store",
                             {{"host", host}, {"other", plan_.nodes[site.mail_host].name}});
    }

    // ---- users and their devices

    std::uint32_t site_named(const Placed<std::string>& name)
    {
        if (name.value.empty()) return nowhere; // said already
        const std::uint32_t site = plan_.find_site(name.value);
        if (site != nowhere) return site;
        if (!suspects_.contains(name.value)) report_unknown(name, names_in(plan_.site_index));
        return nowhere;
    }

    void report_unknown(const Placed<std::string>& name, const std::vector<std::string_view>& known)
    {
        const std::string_view meant = problems_.full() ? std::string_view{} : closest(name.value, known);
        if (meant.empty())
            problems_.report(name.at, "scenario.name.unknown", {{"name", name.value}, {"known", listed(known)}});
        else
            problems_.report(name.at, "scenario.name.unknown.meant",
                             {{"name", name.value}, {"meant", std::string{meant}}});
    }

    void users()
    {
        for (const User& user : from_.users) {
            const std::string& name = user.name.value;
            claim(name, user.name.at);
            PlanUser planned;
            planned.name = name;
            planned.title = title_or_name(user.title, name);
            planned.password = user.password.value_or(name + "-secret");
            const Problems::Inside in_users{problems_, "user"};
            const Problems::Inside in_user{problems_, name};
            {
                const Problems::Inside inside{problems_, "at"};
                planned.site = site_named(user.at);
            }
            planned.mail_site = planned.site;
            if (user.mail_at) {
                const Problems::Inside inside{problems_, "mail_at"};
                planned.mail_site = site_named(*user.mail_at);
            }
            if (planned.mail_site != nowhere) {
                planned.address = name + '@' + plan_.sites[planned.mail_site].domain;
                planned.mail_host = plan_.sites[planned.mail_site].mail_host;
            }
            submission(user, planned);
            devices(user, planned);
            plan_.user_index.emplace(name, static_cast<std::uint32_t>(plan_.users.size()));
            plan_.users.push_back(std::move(planned));
        }
    }

    void submission(const User& user, PlanUser& planned)
    {
        planned.submit_port = user.submits.port;
        if (user.submits.server) {
            const Problems::Inside in_submits{problems_, "submits"};
            const Problems::Inside inside{problems_, "server"};
            const Placed<std::string>& server = *user.submits.server;
            if (server.value.empty()) return;
            planned.submit_server = plan_.find_host(server.value);
            if (planned.submit_server == nowhere) {
                if (!suspects_.contains(server.value)) report_unknown(server, names_in(plan_.node_index));
            } else if (!plan_.nodes[planned.submit_server].has(Role::mta)) {
                problems_.report(server.at, "scenario.server.no_mta", {{"host", server.value}});
            }
            return;
        }
        for (std::uint32_t i = 0; i < plan_.nodes.size() && planned.submit_server == nowhere; ++i)
            if (planned.mail_site != nowhere && plan_.nodes[i].site == planned.mail_site &&
                plan_.nodes[i].has(Role::mta))
                planned.submit_server = i;
    }

    void devices(const User& user, PlanUser& planned)
    {
        std::vector<Device> written{{{"pc", user.name.at}, Reads::pop3}};
        if (user.devices) written = *user.devices;
        for (const Device& device : written) {
            if (!one_host_more(device.name.at)) return;
            const std::string node_name = user.name.value + '-' + device.name.value;
            PlanNode node = bare_node(node_name, node_name, NodeKind::device);
            claim(node.name, device.name.at);
            node.user = static_cast<std::uint32_t>(plan_.users.size());
            node.site = planned.site;
            if (planned.site != nowhere) {
                node.domain_name += '.' + plan_.sites[planned.site].domain;
                node.address =
                    address_in(planned.site, first_user_part, device.name.at, node.name).value_or(wire::Address{});
            }
            planned.devices.push_back(add_node(std::move(node)));
            planned.reads.push_back(device.reads);
        }
    }

    // ---- links

    /// A router carries the same address on several lines: they are ports of one interface, with one MAC address.
    Mac mac_for(const PlanNode& node, const PlanNic& nic)
    {
        const bool port = node.kind == NodeKind::router;
        if (port)
            for (const PlanNic& other : node.nics)
                if (other.address == nic.address) return other.mac;
        const std::string name = port ? node.name + ':' + wire::format(nic.address) : nic.name;
        Mac mac{};
        for (unsigned again = 0; again == 0 || macs_.contains(mac); ++again) mac = mac_of(name, again);
        macs_.insert(mac);
        return mac;
    }

    PlanEnd add_nic(std::uint32_t node, std::uint32_t neighbour, const wire::Address& address, std::uint32_t link)
    {
        PlanNic nic;
        nic.neighbour = plan_.nodes[neighbour].name;
        nic.name = plan_.nodes[node].name + ':' + nic.neighbour;
        nic.address = address;
        nic.mac = mac_for(plan_.nodes[node], nic);
        nic.link = link;
        plan_.nodes[node].nics.push_back(std::move(nic));
        return {node, static_cast<std::uint32_t>(plan_.nodes[node].nics.size() - 1)};
    }

    std::uint32_t add_link(const std::string& name, std::uint32_t one, const wire::Address& one_address,
                           std::uint32_t two, const wire::Address& two_address, const LinkDefault& defaults)
    {
        const auto index = static_cast<std::uint32_t>(plan_.links.size());
        PlanLink link;
        link.name = name;
        link.rate = defaults.rate;
        link.delay = defaults.delay;
        link.ends = {add_nic(one, two, one_address, index), add_nic(two, one, two_address, index)};
        plan_.link_index.emplace(name, index);
        by_ends_.emplace(std::minmax(one, two), index);
        plan_.links.push_back(std::move(link));
        return index;
    }

    wire::Address between_routers() { return core_room_.take(core_part).value_or(wire::Address{}); }

    void line_of_host(std::uint32_t host, const std::string& name, Position at, const LinkDefault& defaults)
    {
        const std::uint32_t edge = plan_.sites[plan_.nodes[host].site].edge;
        line_places_.emplace(name, at);
        plan_.nodes[host].gateway = plan_.nodes[edge].address;
        add_link(name, host, plan_.nodes[host].address, edge, plan_.nodes[edge].address, defaults);
    }

    void lines()
    {
        // The core's address is taken; the edges get the next ones, in order. A router's first NIC is towards the core,
        // and its own address is the site's.
        for (std::uint32_t i = 0; i < plan_.sites.size(); ++i) {
            const std::string name = "uplink-" + plan_.sites[i].name;
            line_places_.emplace(name, from_.sites[i].name.at);
            add_link(name, plan_.sites[i].edge, between_routers(), 0, plan_.nodes[0].address, uplink);
        }
        for (std::uint32_t i = 0; i < plan_.nodes.size(); ++i)
            if (plan_.nodes[i].kind == NodeKind::server)
                line_of_host(i, "lan-" + plan_.nodes[i].name, from_.sites[plan_.nodes[i].site].name.at, office_line);
        for (std::uint32_t u = 0; u < plan_.users.size(); ++u) {
            const PlanUser& user = plan_.users[u];
            if (user.site == nowhere) { // that is said; a line that would have been there is not unknown too
                for (const char* kind : {"home-", "office-"}) plan_.link_index.emplace(kind + user.name, nowhere);
                continue;
            }
            const bool home = from_.sites[user.site].kind == SiteKind::isp;
            for (const std::uint32_t device : user.devices) {
                // "home-alice"; with several computers "home-alice-pc".
                std::string name = home ? "home-" : "office-";
                name += user.devices.size() == 1 ? user.name : plan_.nodes[device].name;
                line_of_host(device, name, from_.users[u].name.at, home ? home_line : office_line);
            }
        }
    }

    void own_links()
    {
        for (const Link& link : from_.links) {
            const Problems::Inside in_links{problems_, "link"};
            const Problems::Inside inside{problems_, link.name.value};
            const std::uint32_t index = link_meant(link);
            if (index == nowhere) continue;
            PlanLink& planned = plan_.links[index];
            if (link.rate) planned.rate = *link.rate;
            if (link.delay) planned.delay = *link.delay;
            if (link.loss) planned.loss = *link.loss;
            if (link.reorder) planned.reorder = *link.reorder;
            if (link.queue) planned.queue = *link.queue;
        }
        for (const auto& [name, index] : plan_.link_index) {
            const auto generated = line_places_.find(name);
            if (generated != line_places_.end()) claim(name, generated->second);
        }
    }

    /// The generated link that is meant, or a new one.
    std::uint32_t link_meant(const Link& link)
    {
        const std::string& name = link.name.value;
        const std::uint32_t same_name = plan_.find_link(name);
        if (!link.between) {
            if (same_name != nowhere) return same_name;
            const auto known = names_in(plan_.link_index);
            const std::string_view meant = problems_.full() ? std::string_view{} : closest(name, known);
            if (meant.empty())
                problems_.report(link.name.at, "scenario.link.no_ends", {{"name", name}, {"known", listed(known)}});
            else
                problems_.report(link.name.at, "scenario.link.no_ends.meant",
                                 {{"name", name}, {"meant", std::string{meant}}});
            claim(name, link.name.at);
            plan_.link_index.emplace(name, nowhere);
            return nowhere;
        }
        const Problems::Inside inside{problems_, "between"};
        std::array<std::uint32_t, 2> ends{nowhere, nowhere};
        for (std::size_t i = 0; i < 2; ++i) {
            const Placed<std::string>& end = (*link.between)[i];
            if (end.value.empty()) continue;
            ends[i] = plan_.find_host(end.value);
            if (ends[i] == nowhere && !suspects_.contains(end.value)) report_unknown(end, names_in(plan_.node_index));
        }
        if (ends[0] == nowhere || ends[1] == nowhere) {
            if (same_name == nowhere) {
                claim(name, link.name.at);
                plan_.link_index.emplace(name, nowhere);
            }
            return nowhere;
        }
        if (ends[0] == ends[1]) {
            problems_.report((*link.between)[1].at, "scenario.link.same_ends");
            return nowhere;
        }
        const auto existing = by_ends_.find(std::minmax(ends[0], ends[1]));
        if (same_name != nowhere && (existing == by_ends_.end() || existing->second != same_name)) {
            const auto& there = plan_.links[same_name].ends;
            problems_.report(
                (*link.between)[0].at, "scenario.link.other_ends",
                {{"name", name}, {"ends", plan_.nodes[there[0].node].name + ", " + plan_.nodes[there[1].node].name}});
            return nowhere;
        }
        if (existing != by_ends_.end()) {
            const std::uint32_t index = existing->second;
            if (same_name == index && owned_.contains(index)) return index; // the parser refuses a second table
            if (!owned_.insert(index).second) {
                problems_.report(link.name.at, "scenario.link.ends_twice",
                                 {{"name", name}, {"other", plan_.links[index].name}});
                return nowhere;
            }
            if (same_name == nowhere) {
                claim(name, link.name.at);
                plan_.link_index.erase(plan_.links[index].name);
                plan_.links[index].name = name;
                plan_.link_index.emplace(name, index);
            }
            return index;
        }
        for (std::size_t i = 0; i < 2; ++i)
            if (plan_.nodes[ends[i]].kind != NodeKind::router) {
                problems_.report((*link.between)[i].at, "scenario.link.host_end", {{"name", (*link.between)[i].value}});
                claim(name, link.name.at);
                plan_.link_index.emplace(name, nowhere);
                return nowhere;
            }
        claim(name, link.name.at);
        const wire::Address one = between_routers(), two = between_routers();
        const std::uint32_t index = add_link(name, ends[0], one, ends[1], two, uplink);
        owned_.insert(index);
        return index;
    }

    const Scenario& from_;
    Problems& problems_;
    const Suspects& suspects_;
    Plan plan_;
    std::map<std::string, Position> names_;
    std::map<std::string, Position> line_places_; // of the entry that a generated link comes from
    std::vector<Room> rooms_;
    Room core_room_{core_net};
    std::set<std::size_t> full_;
    std::set<Mac> macs_;
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> by_ends_;
    std::set<std::uint32_t> owned_;
    std::size_t hosts_ = 0;
};

} // namespace

Mac mac_of(std::string_view nic, unsigned again)
{
    std::string name{nic};
    if (again != 0) name += '#' + std::to_string(again + 1);
    std::uint64_t hash = 0xCBF2'9CE4'8422'2325; // FNV-1a
    for (const char c : name) {
        hash ^= static_cast<unsigned char>(c);
        hash *= 0x100'0000'01B3;
    }
    hash ^= hash >> 40;
    Mac mac{0x02};
    for (std::size_t i = 0; i < 5; ++i) mac[1 + i] = static_cast<std::uint8_t>(hash >> (32 - 8 * i));
    return mac;
}

bool PlanNode::has(Role role) const { return std::ranges::find(roles, role) != roles.end(); }

std::uint32_t Plan::find_site(std::string_view name) const { return index_in(site_index, name); }
std::uint32_t Plan::find_user(std::string_view name) const { return index_in(user_index, name); }
std::uint32_t Plan::find_link(std::string_view name) const { return index_in(link_index, name); }
std::uint32_t Plan::find_node(std::string_view name) const { return index_in(node_index, name); }

std::uint32_t Plan::find_host(std::string_view name) const
{
    const std::uint32_t node = find_node(name);
    return node != nowhere ? node : index_in(domain_index, name);
}

std::uint32_t Plan::find_nic(std::uint32_t node, std::string_view neighbour) const
{
    const auto& nics = nodes[node].nics;
    const auto nic = std::ranges::find(nics, neighbour, &PlanNic::neighbour);
    return nic == nics.end() ? nowhere : static_cast<std::uint32_t>(nic - nics.begin());
}

Plan expand(const Scenario& scenario, Problems& problems, const Suspects& suspects)
{
    return Expansion{scenario, problems, suspects}.run();
}

} // namespace tegami::scenario
