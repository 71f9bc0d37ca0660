#include "sim/scenario/readers.hpp"

namespace tegami::scenario {

namespace {

void read_net(Problems& problems, const Node& node, Site& site)
{
    if (node.kind == Node::Kind::list) {
        if (node.items.size() != 1) return problems.report(node.at, "scenario.net.one");
        return read_net(problems, node.items[0], site);
    }
    if (node.kind != Node::Kind::text) return problems.report(node.at, "scenario.expects.text");
    const std::string_view text = node.text;
    const std::size_t slash = text.find('/');
    const auto address = wire::parse_address(text.substr(0, slash));
    const std::string_view digits = slash == text.npos ? std::string_view{} : text.substr(slash + 1);
    const bool number = !digits.empty() && digits.size() <= 2 && digits[0] != '0' &&
                        std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
    Net net;
    if (address && address->is_v4() && number) {
        net = {*address, static_cast<std::uint8_t>(digits.size() == 1 ? digits[0] - '0'
                                                                      : (digits[0] - '0') * 10 + digits[1] - '0')};
        // A net of more than 2^24 addresses leaves no room for others, one of less than 8 none for hosts.
        if (net.length >= 8 && net.length <= 29 && (address->to_v4() & ~net.mask()) == 0) {
            site.net = {net, node.at};
            return;
        }
    }
    problems.report(node.at, "scenario.net", {{"net", node.text}});
}

void read_roles(Problems& problems, const Node& node, Server& server)
{
    server.roles_at = node.at;
    if (node.kind != Node::Kind::list) return problems.report(node.at, "scenario.expects.text_list");
    if (node.items.empty()) return problems.report(node.at, "scenario.roles.none", {{"host", server.name.value}});
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        const Problems::Inside inside{problems, i + 1};
        const auto place = read_word(problems, node.items[i], role_words);
        if (!place) continue;
        const auto role = static_cast<Role>(*place);
        if (std::ranges::find(server.roles, role) != server.roles.end())
            problems.report(node.items[i].at, "scenario.roles.twice", {{"role", std::string{name_of(role)}}});
        else
            server.roles.push_back(role);
    }
}

void read_hosts(Problems& problems, const Node& node, Site& site)
{
    site.servers.emplace();
    if (node.kind != Node::Kind::table)
        return problems.report(node.at, "scenario.expects.table",
                               {{"example", "{ mail = [\"mta\", \"mda\", \"mra\"] }"}});
    for (const Entry& entry : node.entries) {
        const Problems::Inside inside{problems, entry.key};
        Server server;
        server.name = {entry.key, entry.at};
        if (!is_name(entry.key)) problems.report(entry.at, "scenario.name.form", {{"name", entry.key}});
        read_roles(problems, entry.value, server);
        site.servers->push_back(std::move(server));
    }
}

constexpr Key<Site> site_keys[] = {
    {{"name", "people's text", "NAME with a capital letter", "{ en = \"Sakura Net\", ja = \"さくらネット\" }",
      "What people call it."},
     [](Problems& problems, const Node& node, Site& site) { read_text(problems, node, site.title); }},
    {{"domain", "domain", required, "\"sakura.example.jp\"",
      "Its part of mail addresses, and the end of its hosts' names. Small letters, digits, hyphens. Two sites never "
      "have the same domain, nor one below the other's."},
     [](Problems& problems, const Node& node, Site& site) {
         if (node.kind != Node::Kind::text) return problems.report(node.at, "scenario.expects.text");
         if (!is_domain(node.text)) return problems.report(node.at, "scenario.domain", {{"domain", node.text}});
         site.domain = {node.text, node.at};
     }},
    {{"net", "IPv4 prefix, /8 to /29",
      "192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24, then 10.n.0.0/16 for the n-th site", "\"192.0.2.0/24\"",
      "The addresses of its hosts. May also stand in a list of one."},
     read_net},
    {{"hosts", "table: host = list of roles", "a company: { mail = [\"mta\", \"mda\", \"mra\"] }; an isp: none",
      "{ mail = [\"mta\", \"mda\", \"mra\"] }",
      "Its servers. The world calls each SITE-HOST, its domain name is HOST.DOMAIN. Roles: mta takes mail by SMTP on "
      "port 25, mda keeps it in mailboxes, mra gives it out by POP3 on port 110. mda and mra share one host, for they "
      "share the mailboxes; an mta stands on that host too, for it hands mail to its mda there."},
     read_hosts},
};

} // namespace

void read_site(Problems& problems, const Node& node, SiteKind kind, Placed<std::string> name, Scenario& scenario)
{
    Site site;
    site.kind = kind;
    site.name = std::move(name);
    read_table(problems, node, site.name.at, kind == SiteKind::isp ? "[isp.sakura]" : "[company.example]",
               all(site_keys), site);
    scenario.sites.push_back(std::move(site));
}

std::vector<Section> site_sections() { return {section("[isp.NAME], [company.NAME]", all(site_keys))}; }

} // namespace tegami::scenario
