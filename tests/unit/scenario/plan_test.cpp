#include "sim/scenario/read_scenario.hpp"

#include "tests/unit/scenario/catalogue.hpp"

#include <catch2/catch.hpp>

#include <fmt/format.h>

#include <set>

using namespace tegami::scenario;

namespace {

Plan planned(const std::string& text)
{
    auto read = read_scenario("title = \"x\"\n" + text);
    if (!read)
        for (const Problem& problem : read.error()) UNSCOPED_INFO(scenario_tests::in_words(problem, "en"));
    REQUIRE(read);
    return std::move(read->plan);
}

std::string in_words(const std::vector<tegami::wire::Address>& addresses)
{
    std::string text;
    for (const auto& address : addresses) text += (text.empty() ? "" : " ") + tegami::wire::format(address);
    return text;
}

std::string address_of(const Plan& plan, std::string_view node)
{
    REQUIRE(plan.find_node(node) != nowhere);
    return in_words(plan.nodes[plan.find_node(node)].addresses());
}

/// Addresses by node, MACs and addresses by NIC, figures by link: all that is frozen.
std::map<std::string, std::string> everything(const Plan& plan)
{
    std::map<std::string, std::string> rows;
    for (const PlanNode& node : plan.nodes) {
        rows["node " + node.name] = node.domain_name + ' ' + in_words(node.addresses()) +
                                    (node.gateway == nowhere ? "" : " by " + plan.nodes[node.gateway].name);
        for (const PlanNic& nic : node.nics) {
            std::string row;
            for (const PlanAddress& each : nic.addresses)
                row += tegami::wire::format(each.address) + '/' + std::to_string(each.prefix_length) + ' ';
            for (const auto octet : nic.mac) row += fmt::format("{:02x}", octet);
            rows["nic " + nic.name] = row;
        }
    }
    for (const PlanLink& link : plan.links)
        rows["link " + link.name] = std::to_string(link.rate) + ' ' + std::to_string(link.delay.ns);
    return rows;
}

const std::string two_sites = R"([isp.sakura]
domain = "sakura.example.jp"
[company.example]
domain = "example.com"
[user.alice]
at = "sakura"
[user.bob]
at = "example"
)";

} // namespace

TEST_CASE("defaults are the frozen ones", "[plan]")
{
    const Plan plan = planned(two_sites);
    std::string text;
    for (const auto& [name, row] : everything(plan)) text += name + ": " + row + '\n';
    for (const PlanZone& zone : plan.zones) text += "\n; " + zone.origin + "\n" + zone.text;
    scenario_tests::hold_golden("two-sites.txt", text);
    for (const PlanLink& link : plan.links) {
        CHECK(link.loss == 0);
        CHECK(link.queue == QueueLimit{100, QueueLimit::Unit::frames});
    }
    CHECK(plan.users[0].address == "alice@sakura.example.jp");
    CHECK(plan.users[0].password == "alice-secret");
    CHECK(plan.users[0].mail_host == plan.find_node("sakura-mail"));
    CHECK(plan.users[0].submit_name == "msa.sakura.example.jp");
    CHECK(plan.users[0].submit_port == 587);
    CHECK(plan.users[0].auth == Auth::plain);
    CHECK(plan.users[1].submit_name == "mx1.example.com");
    CHECK(plan.users[1].submit_port == 25);
    CHECK(plan.users[1].auth == Auth::none);
    CHECK(plan.users[0].title.en == "Alice");
    CHECK(plan.find_host("mail.example.com") == plan.find_node("example-mail"));
}

TEST_CASE("ends of links and NICs point at each other", "[plan]")
{
    const Plan plan = planned(two_sites + "[link.short-cut]\nbetween = [\"sakura-edge\", \"example-edge\"]\n");
    for (std::uint32_t i = 0; i < plan.links.size(); ++i)
        for (int end = 0; end < 2; ++end) {
            const PlanEnd here = plan.links[i].ends[static_cast<std::size_t>(end)];
            const PlanEnd there = plan.links[i].ends[static_cast<std::size_t>(1 - end)];
            const PlanNic& nic = plan.nodes[here.node].nics.at(here.nic);
            CHECK(nic.link == i);
            CHECK(nic.neighbour == plan.nodes[there.node].name);
            CHECK(nic.name == plan.nodes[here.node].name + ':' + nic.neighbour);
        }
    const PlanNic& short_cut = plan.nodes[plan.find_node("sakura-edge")].nics.back();
    CHECK(tegami::wire::format(short_cut.addresses.at(0).address) == "198.18.0.4");
    CHECK(tegami::wire::format(short_cut.addresses.at(1).address) == "2001:db8:ffff::4");
    for (const PlanNode& node : plan.nodes)
        if (node.is_host()) // programs that share a host talk over its loopback interface
            CHECK(node.nics.size() == (node.roles.size() > 1 ? 2 : 1));
}

TEST_CASE("a new entry moves nobody", "[plan]")
{
    const auto before = everything(planned(two_sites));
    const char* more[] = {
        "[user.carol]\nat = \"sakura\"\n",
        "[company.third]\ndomain = \"third.example\"\n[user.dave]\nat = \"third\"\n",
        "[link.short-cut]\nbetween = [\"sakura-edge\", \"example-edge\"]\n",
        "[[do]]\nat = \"1s\"\nbob.reads = {}\n",
    };
    for (const char* added : more) {
        CAPTURE(added);
        const auto after = everything(planned(two_sites + added));
        for (const auto& [name, row] : before) {
            CAPTURE(name);
            CHECK(after.at(name) == row);
        }
    }
}

TEST_CASE("sites take the documentation nets, then 10.n", "[plan]")
{
    std::string text;
    for (int i = 1; i <= 6; ++i)
        text += "[isp.s" + std::to_string(i) + "]\ndomain = \"s" + std::to_string(i) + ".example\"\n";
    const Plan plan = planned(text);
    const char* nets[] = {"192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24",
                          "10.4.0.0/16",  "10.5.0.0/16",     "10.6.0.0/16"};
    for (std::size_t i = 0; i < 6; ++i) {
        CHECK(tegami::inet::format(*plan.sites[i].net_v4()) == nets[i]);
        CHECK(tegami::inet::format(*plan.sites[i].net_v6()) == "2001:db8:" + std::to_string(i + 1) + "::/48");
    }
    CHECK(address_of(plan, "s4-edge") == "10.4.0.1 2001:db8:4::1");
}

TEST_CASE("roles have host parts of their own, and users go round them", "[plan]")
{
    std::string text =
        "[isp.a]\ndomain = \"a.example\"\nhosts = { m = [\"mta\", \"mda\", \"mra\"] }\n"
        "[company.b]\ndomain = \"b.example\"\nhosts = { box = [\"mda\", \"mra\"], out = [\"msa\"], mx1 = "
        "[\"mta\"], mx2 = [\"mta\"], mx3 = [\"mta\"] }\n";
    for (int i = 0; i < 60; ++i) text += "[user.u" + std::to_string(i) + "]\nat = \"a\"\n";
    const Plan plan = planned(text);
    CHECK(address_of(plan, "a-m") == "192.0.2.25 2001:db8:1::25");
    CHECK(address_of(plan, "b-box") == "198.51.100.110 2001:db8:2::110");
    CHECK(address_of(plan, "b-out") == "198.51.100.87 2001:db8:2::87");
    CHECK(address_of(plan, "b-mx1") == "198.51.100.25 2001:db8:2::25");
    CHECK(address_of(plan, "b-mx2") == "198.51.100.26 2001:db8:2::26");
    CHECK(address_of(plan, "b-mx3") == "198.51.100.27 2001:db8:2::27");
    CHECK(address_of(plan, "b-resolver") == "198.51.100.53 2001:db8:2::53");
    CHECK(address_of(plan, "b-ns1") == "198.51.100.54 2001:db8:2::54");
    CHECK(address_of(plan, "root") == "198.18.0.53 2001:db8:ffff::53");
    CHECK(address_of(plan, "tld-example") == "198.18.0.54 2001:db8:ffff::54");
    CHECK(address_of(plan, "u0-pc") == "192.0.2.65 2001:db8:1::65");
    CHECK(address_of(plan, "u21-pc") == "192.0.2.86 2001:db8:1::86");
    CHECK(address_of(plan, "u22-pc") == "192.0.2.88 2001:db8:1::88");   // .87 is kept for a submission server
    CHECK(address_of(plan, "u44-pc") == "192.0.2.111 2001:db8:1::111"); // .110 for an mra
}

TEST_CASE("a small net is used up to its last address", "[plan]")
{
    // .65 to .70, of which .65 is the edge's and .66 the server's.
    std::string text = "[isp.a]\ndomain = \"a.example\"\nnet = \"192.0.2.64/29\"\n"
                       "hosts = { all = [\"msa\", \"mta\", \"mda\", \"mra\", \"ns\", \"resolver\"] }\n";
    for (int i = 0; i < 4; ++i) text += "[user.u" + std::to_string(i) + "]\nat = \"a\"\n";
    const Plan plan = planned(text);
    std::set<tegami::wire::Address> v4, v6;
    for (const PlanNode& node : plan.nodes) {
        if (node.site != 0) continue;
        CHECK(plan.sites[0].net_v4()->contains(*node.v4));
        v4.insert(*node.v4);
        v6.insert(*node.v6);
    }
    CHECK(v4.size() == 6);
    CHECK(v6.size() == 6);
    CHECK(address_of(plan, "a-edge") == "192.0.2.65 2001:db8:1::65");
    const auto full = read_scenario("title = \"x\"\n" + text + "[user.u5]\nat = \"a\"\n[user.u6]\nat = \"a\"\n");
    REQUIRE(!full);
    REQUIRE(full.error().size() == 1);
    CHECK(full.error()[0].key == "scenario.net.full");
    CHECK(full.error()[0].at == Position{14, 7});
}

TEST_CASE("a world, and a site, of one family", "[plan]")
{
    const Plan old = planned("ip = [4]\n" + two_sites);
    for (const PlanNode& node : old.nodes) {
        CHECK(!node.v6);
        for (const PlanNic& nic : node.nics)
            for (const PlanAddress& address : nic.addresses) CHECK(address.address.is_v4());
    }
    for (const PlanZone& zone : old.zones) CHECK(zone.text.find("AAAA") == std::string::npos);
    CHECK(old.find_zone("ip6.arpa") == nullptr);

    const Plan mixed = planned("[isp.sakura]\ndomain = \"sakura.example.jp\"\nip = [6]\n[company.example]\ndomain = "
                               "\"example.com\"\n[user.alice]\nat = \"sakura\"\n");
    CHECK(address_of(mixed, "alice-pc") == "2001:db8:1::65");
    CHECK(address_of(mixed, "sakura-msa") == "2001:db8:1::87");
    CHECK(address_of(mixed, "example-mx1") == "198.51.100.25 2001:db8:2::25");
    CHECK(mixed.nodes[mixed.find_node("sakura-edge")].nics[0].addresses.size() == 1);
    CHECK(mixed.nodes[mixed.find_node("example-edge")].nics[0].addresses.size() == 2);
}

TEST_CASE("addresses that the author gives, and those of lines", "[plan]")
{
    const Plan plan = planned(R"([isp.sakura]
domain = "sakura.example.jp"
net    = ["192.0.2.0/24", "2001:db8:5::/48"]
lines  = { dynamic = ["192.0.2.64/26"], static = ["192.0.2.128/26", "2001:db8:5:f::/64"] }
hosts  = { mta = { roles = ["mta"], address = "192.0.2.9" }, mail = { roles = ["mda", "mra"], address = ["192.0.2.65", "2001:db8:5::7"] } }
[user.alice]
at = "sakura"
[user.carol]
at = "sakura"
line = "static"
[user.dave]
at = "sakura"
devices = { pc = {}, phone = { address = "192.0.2.70" } }
)");
    CHECK(address_of(plan, "sakura-edge") == "192.0.2.1 2001:db8:5::1");
    CHECK(address_of(plan, "sakura-mta") == "192.0.2.9 2001:db8:5::9");
    CHECK(address_of(plan, "sakura-mail") == "192.0.2.65 2001:db8:5::7");
    CHECK(address_of(plan, "alice-pc") == "192.0.2.66 2001:db8:5::66");
    CHECK(address_of(plan, "carol-pc") == "192.0.2.129 2001:db8:5:f::129");
    CHECK(address_of(plan, "dave-pc") == "192.0.2.67 2001:db8:5::67");
    CHECK(address_of(plan, "dave-phone") == "192.0.2.70 2001:db8:5::70");
    const auto in_words_of = [](const std::vector<Net>& nets) {
        std::string text;
        for (const Net& net : nets) text += tegami::inet::format(net) + ' ';
        return text;
    };
    CHECK(in_words_of(plan.sites[0].lines[0]) ==
          "192.0.2.64/26 2001:db8:5::66/128 2001:db8:5::67/128 2001:db8:5::70/128 ");
    CHECK(in_words_of(plan.sites[0].lines[1]) == "192.0.2.128/26 2001:db8:5:f::/64 ");
}

TEST_CASE("records of the same owner and type are the author's", "[plan]")
{
    const Plan plan =
        planned(two_sites + "[zone.\"example.com\"]\ntext = '''\n; ours\n@ 60 MX 5 mail\nwww CNAME mx1\n'''\n");
    const PlanZone& zone = *plan.find_zone("example.com");
    CHECK(zone.text.find("10 mx1") == std::string::npos);
    CHECK(zone.text.find("mx1               3600 IN A     198.51.100.25\n") != std::string::npos);
    CHECK(zone.text.ends_with("; ours\n@ 60 MX 5 mail\nwww CNAME mx1\n"));
    REQUIRE(zone.servers.size() == 1);
    CHECK(plan.nodes[zone.servers[0]].name == "example-ns1");
}

TEST_CASE("port 25 is blocked by three rows", "[plan]")
{
    const Plan plan = planned("[isp.sakura]\ndomain = \"sakura.example.jp\"\nop25b = true\n[user.alice]\nat = "
                              "\"sakura\"\n[user.carol]\nat = \"sakura\"\nline = \"static\"\n");
    REQUIRE(plan.filters.size() == 1);
    const PlanFilter& filter = plan.filters[0];
    CHECK(filter.name == "sakura-op25b");
    CHECK(plan.nodes[filter.node].name == "sakura-edge");
    CHECK(plan.nodes[filter.node].nics[filter.nic].name == "sakura-edge:internet");
    CHECK(filter.way == Way::out);
    REQUIRE(filter.rows.size() == 3);
    CHECK(filter.rows[0].from_text == "sakura-mta");
    CHECK(filter.rows[0].action == RowAction::pass);
    CHECK(filter.rows[1].from.size() == 2); // alice's addresses, and not carol's
    CHECK(filter.rows[1].action == RowAction::drop);
    CHECK(filter.rows[1].ports == std::vector<std::uint16_t>{25});
    CHECK(filter.rows[2].from_any);
}

TEST_CASE("a link's figures are changed by its own table", "[plan]")
{
    const Plan plan = planned(two_sites + R"([link.home-alice]
rate = "2.5Mbit/s"
delay = "20ms"
loss = "10%"
reorder = "0.5%"
duplicate = "1%"
jitter = "3ms"
mtu = 1400
queue = "64KiB"
[link.backbone]
between = ["internet", "sakura-edge"]
delay = "80ms"
)");
    const PlanLink& line = plan.links[plan.find_link("home-alice")];
    CHECK(line.rate == 2'500'000);
    CHECK(line.delay == tegami::wire::milliseconds(20));
    CHECK(line.loss == 100'000);
    CHECK(line.reorder == 5'000);
    CHECK(line.duplicate == 10'000);
    CHECK(line.jitter == tegami::wire::milliseconds(3));
    CHECK(line.mtu == 1'400);
    CHECK(line.queue == QueueLimit{65'536, QueueLimit::Unit::octets});
    CHECK(plan.find_link("uplink-sakura") == nowhere);
    CHECK(plan.links[plan.find_link("backbone")].delay == tegami::wire::milliseconds(80));
    CHECK(plan.links.size() == planned(two_sites).links.size());
}

TEST_CASE("hosts and sites, on both sides of the line", "[plan]")
{
    std::string hosts = "[isp.a]\ndomain = \"a.example\"\nnet = \"10.0.0.0/8\"\n";
    for (std::size_t i = 0; i < hosts_limit; ++i) hosts += "[user.u" + std::to_string(i) + "]\nat = \"a\"\n";
    const Plan plan = planned(hosts);
    const std::size_t others = 1 + 2 + 1 + 5; // internet; root and a TLD; the edge; the provider's servers
    CHECK(plan.nodes.size() == hosts_limit + others);
    std::set<Mac> macs;
    std::set<std::string> names;
    for (const PlanNode& node : plan.nodes)
        for (const PlanNic& nic : node.nics) {
            macs.insert(nic.mac);
            names.insert(nic.name);
        }
    CHECK(names.size() == 2 * plan.links.size() + 1); // and a-mail:lo
    macs.erase(Mac{});                                // of loopback interfaces
    CHECK(macs.size() == hosts_limit + others + 1);   // a router's lines of one address are ports of one interface
    const auto more =
        read_scenario("title = \"x\"\n" + hosts + "[user.last]\nat = \"a\"\n[user.really-last]\nat = \"a\"\n");
    REQUIRE(!more);
    REQUIRE(more.error().size() == 1);
    CHECK(more.error()[0].key == "scenario.hosts");

    std::string sites;
    for (std::size_t i = 0; i < sites_limit; ++i)
        sites += "[isp.s" + std::to_string(i) + "]\ndomain = \"s" + std::to_string(i) + ".example\"\n";
    const Plan many = planned(sites);
    CHECK(tegami::inet::format(many.sites.back().nets.at(0)) == "10.255.0.0/16");
    CHECK(tegami::inet::format(many.sites.back().nets.at(1)) == "2001:db8:255::/48");
    std::set<std::string> uplinks;
    for (const PlanNode& node : many.nodes)
        if (node.kind == NodeKind::router && node.site != nowhere)
            for (const PlanAddress& each : node.nics.at(0).addresses)
                uplinks.insert(tegami::wire::format(each.address));
    CHECK(uplinks.size() == 2 * sites_limit);
    CHECK(!uplinks.contains("::"));
    const auto one_more = read_scenario("title = \"x\"\n" + sites + "[isp.last]\ndomain = \"last.example\"\n");
    REQUIRE(!one_more);
    CHECK(one_more.error()[0].key == "scenario.sites");
}

TEST_CASE("a MAC address is a hash of the NIC's name", "[plan]")
{
    CHECK(mac_of("") == Mac{0x02, 0xE4, 0x84, 0xE9, 0xD1, 0xB9}); // the offset basis CBF29CE484222325, folded
    CHECK(mac_of("a:b") != mac_of("a:b", 1));
    CHECK(mac_of("a:b", 1) == mac_of("a:b#2"));
    CHECK(mac_of("a:b", 2) == mac_of("a:b#3"));
}
