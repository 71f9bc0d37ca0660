#include "sim/scenario/readers.hpp"

namespace tegami::scenario {

namespace {

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

constexpr Key<Server> server_keys[] = {
    {{"roles", "list of roles", required, "[\"mta\"]", "What runs on it."}, read_roles},
    {{"address", "address, or one of each family", "by its first role, see above",
      "[\"198.51.100.25\", \"2001:db8:2::25\"]",
      "Where it is reached. Of a family not named it has the default address."},
     [](Problems& problems, const Node& node, Server& server) { read_addresses(problems, node, server.addresses); }},
};

void read_hosts(Problems& problems, const Node& node, Site& site)
{
    site.servers.emplace();
    if (node.kind != Node::Kind::table)
        return problems.report(node.at, "scenario.expects.table",
                               {{"example", "{ mx1 = [\"mta\"], mail = [\"mda\", \"mra\"] }"}});
    for (const Entry& entry : node.entries) {
        const Problems::Inside inside{problems, entry.key};
        Server server;
        server.name = {entry.key, entry.at};
        if (!is_name(entry.key)) problems.report(entry.at, "scenario.name.form", {{"name", entry.key}});
        if (entry.value.kind == Node::Kind::table)
            read_table(problems, entry.value, entry.at, "{ roles = [\"mta\"] }", all(server_keys), server);
        else
            read_roles(problems, entry.value, server);
        site.servers->push_back(std::move(server));
    }
}

constexpr Key<Site> lines_keys[] = {
    {{"dynamic", "prefix, or a list of them", "the addresses of the homes themselves", "[\"192.0.2.64/26\"]",
      "Where the homes of users with `line = \"dynamic\"` get their addresses."},
     [](Problems& problems, const Node& node, Site& site) { read_nets(problems, node, site.lines[0]); }},
    {{"static", "prefix, or a list of them", "the addresses of the homes themselves", "[\"192.0.2.128/26\"]",
      "The same for `line = \"static\"`."},
     [](Problems& problems, const Node& node, Site& site) { read_nets(problems, node, site.lines[1]); }},
};

constexpr Key<Site> site_keys[] = {
    {{"name", "people's text", "NAME with a capital letter", "{ en = \"Sakura Net\", ja = \"さくらネット\" }",
      "What people call it."},
     [](Problems& problems, const Node& node, Site& site) { read_text(problems, node, site.title); }},
    {{"domain", "domain", required, "\"sakura.example.jp\"",
      "Its part of mail addresses, and the end of its hosts' names. Small letters, digits, hyphens. No two sites share "
      "a domain that one registers, such as sakura.co.jp, and none lies below another's. Below example.com, "
      "example.net, example.org, example.jp and example.co.jp each is one of its own: sakura.example.jp, "
      "fuji.example.jp."},
     [](Problems& problems, const Node& node, Site& site) {
         if (node.kind != Node::Kind::text) return problems.report(node.at, "scenario.expects.text");
         if (!is_domain(node.text)) return problems.report(node.at, "scenario.domain", {{"domain", node.text}});
         site.domain = {node.text, node.at};
     }},
    {{"net", "prefix, or a list of them", "see above", "[\"192.0.2.0/24\", \"2001:db8:1::/48\"]",
      "Its addresses. Hosts are numbered in the first net of each family: IPv4 from /8 to /29, IPv6 from /32 to /64."},
     [](Problems& problems, const Node& node, Site& site) { read_nets(problems, node, site.nets); }},
    {{"ip", "list of 4 and 6", "as the file's `ip`", "[4]", "Which families of addresses its hosts have."},
     [](Problems& problems, const Node& node, Site& site) { read_families(problems, node, site.families.emplace()); }},
    {{"hosts", "table: host = list of roles, or a table",
      "isp: { msa = [\"msa\"], mta = [\"mta\"], mail = [\"mda\", \"mra\"] }; company: { mx1 = [\"mta\"], mail = "
      "[\"mda\", \"mra\"] }; where none has them, ns1 = [\"ns\"] and resolver = [\"resolver\"] are added",
      "{ mail = [\"mta\", \"mda\", \"mra\"] }",
      "Its servers. The world calls each SITE-HOST, its domain name is HOST.DOMAIN. Roles: `msa` takes mail of its own "
      "users (SMTP, ports 587 and 25), `mta` takes mail from other servers (port 25) and finds the way for what "
      "leaves, "
      "`mda` files it in mailboxes (LMTP, port 24), `mra` gives it out (POP3, port 110), `ns` answers for the site's "
      "zones, `resolver` looks names up for the site's hosts (port 53), `echo` sends back whatever comes (TCP and UDP, "
      "port 7), to try a network. Several may share a host; only mda and mra have to, for they share the mailboxes."},
     read_hosts},
    {{"lines", "table", "none", "{ dynamic = [\"192.0.2.64/26\"], static = [\"192.0.2.128/26\"] }",
      "Of an isp: the addresses of its customers' lines. A filter names them NAME.dynamic and NAME.static."},
     [](Problems& problems, const Node& node, Site& site) {
         if (site.kind == SiteKind::company) return problems.report(node.at, "scenario.isp_only", {{"key", "lines"}});
         read_table(problems, node, node.at, "{ dynamic = [\"192.0.2.64/26\"] }", all(lines_keys), site);
     }},
    {{"op25b", "true or false", "false", "true",
      "Of an isp: outbound port 25 blocking. `true` writes the filter NAME-op25b at its edge: TCP to port 25 passes "
      "from "
      "its mtas, is dropped from NAME.dynamic, and everything else passes."},
     [](Problems& problems, const Node& node, Site& site) {
         if (site.kind == SiteKind::company) return problems.report(node.at, "scenario.isp_only", {{"key", "op25b"}});
         site.op25b.emplace().at = node.at;
         read_truth(problems, node, site.op25b->value);
     }},
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

std::vector<Section> site_sections()
{
    return {section("[isp.NAME], [company.NAME]", all(site_keys)),
            section("[isp.NAME], [company.NAME] hosts.HOST", all(server_keys)),
            section("[isp.NAME] lines", all(lines_keys))};
}

} // namespace tegami::scenario
