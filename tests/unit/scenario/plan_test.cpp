#include "sim/scenario/read_scenario.hpp"

#include "tests/unit/scenario/catalogue.hpp"

#include <catch2/catch.hpp>

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

std::string address_of(const Plan& plan, std::string_view node)
{
    REQUIRE(plan.find_node(node) != nowhere);
    return tegami::wire::format(plan.nodes[plan.find_node(node)].address);
}

/// Addresses by node, MACs and addresses by NIC, figures by link: all that is frozen.
std::map<std::string, std::string> everything(const Plan& plan)
{
    std::map<std::string, std::string> rows;
    for (const PlanNode& node : plan.nodes) {
        rows["node " + node.name] =
            node.domain_name + ' ' + tegami::wire::format(node.address) + ' ' + tegami::wire::format(node.gateway);
        for (const PlanNic& nic : node.nics) {
            std::string row = tegami::wire::format(nic.address) + '/' + std::to_string(nic.prefix_length);
            for (const auto octet : nic.mac) row += ' ' + std::to_string(octet);
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
    const std::map<std::string, std::string> wanted = {
        {"node core", "core 198.18.0.1 ::"},
        {"node sakura-edge", "edge.sakura.example.jp 192.0.2.1 ::"},
        {"node example-edge", "edge.example.com 198.51.100.1 ::"},
        {"node example-mail", "mail.example.com 198.51.100.25 198.51.100.1"},
        {"node alice-pc", "alice-pc.sakura.example.jp 192.0.2.65 192.0.2.1"},
        {"node bob-pc", "bob-pc.example.com 198.51.100.65 198.51.100.1"},
        {"nic core:sakura-edge", "198.18.0.1/32 2 168 59 140 191 66"},
        {"nic core:example-edge", "198.18.0.1/32 2 168 59 140 191 66"},
        {"nic sakura-edge:core", "198.18.0.2/32 2 210 127 196 206 34"},
        {"nic sakura-edge:alice-pc", "192.0.2.1/32 2 146 34 124 191 197"},
        {"nic example-edge:core", "198.18.0.3/32 2 30 40 1 153 136"},
        {"nic example-edge:example-mail", "198.51.100.1/32 2 177 43 63 201 179"},
        {"nic example-edge:bob-pc", "198.51.100.1/32 2 177 43 63 201 179"},
        {"nic example-mail:example-edge", "198.51.100.25/32 2 196 55 160 117 207"},
        {"nic alice-pc:sakura-edge", "192.0.2.65/32 2 134 43 86 34 65"},
        {"nic bob-pc:example-edge", "198.51.100.65/32 2 28 37 186 242 243"},
        {"link uplink-sakura", "1000000000 8000000"},
        {"link uplink-example", "1000000000 8000000"},
        {"link lan-example-mail", "1000000000 500000"},
        {"link home-alice", "100000000 5000000"},
        {"link office-bob", "1000000000 500000"},
    };
    CHECK(everything(plan) == wanted);
    for (const PlanLink& link : plan.links) {
        CHECK(link.loss == 0);
        CHECK(link.queue == QueueLimit{100, QueueLimit::Unit::frames});
    }
    CHECK(plan.users[0].address == "alice@sakura.example.jp");
    CHECK(plan.users[0].password == "alice-secret");
    CHECK(plan.users[0].mail_host == nowhere);
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
    CHECK(tegami::wire::format(plan.nodes[plan.find_node("sakura-edge")].nics.back().address) == "198.18.0.4");
    for (const PlanNode& node : plan.nodes)
        if (node.kind != NodeKind::router) CHECK(node.nics.size() == 1);
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
    for (std::size_t i = 0; i < 6; ++i) CHECK(format(plan.sites[i].net) == nets[i]);
    CHECK(address_of(plan, "s4-edge") == "10.4.0.1");
}

TEST_CASE("roles have host parts of their own, and users go round them", "[plan]")
{
    std::string text = "[isp.a]\ndomain = \"a.example\"\nhosts = { m = [\"mta\", \"mda\", \"mra\"] }\n"
                       "[company.b]\ndomain = \"b.example\"\nhosts = { box = [\"mda\", \"mra\"] }\n";
    for (int i = 0; i < 60; ++i) text += "[user.u" + std::to_string(i) + "]\nat = \"a\"\n";
    const Plan plan = planned(text);
    CHECK(address_of(plan, "a-m") == "192.0.2.25");
    CHECK(address_of(plan, "b-box") == "198.51.100.110");
    CHECK(address_of(plan, "u0-pc") == "192.0.2.65");
    CHECK(address_of(plan, "u21-pc") == "192.0.2.86");
    CHECK(address_of(plan, "u22-pc") == "192.0.2.88");  // .87 is kept for a submission server
    CHECK(address_of(plan, "u44-pc") == "192.0.2.111"); // .110 for an mra
}

TEST_CASE("a small net is used up to its last address", "[plan]")
{
    std::string text = "[isp.a]\ndomain = \"a.example\"\nnet = \"192.0.2.64/29\"\n"; // .65 to .70, .65 the edge
    for (int i = 0; i < 5; ++i) text += "[user.u" + std::to_string(i) + "]\nat = \"a\"\n";
    const Plan plan = planned(text);
    std::set<std::string> addresses;
    for (const PlanNode& node : plan.nodes) addresses.insert(tegami::wire::format(node.address));
    CHECK(addresses.size() == 7);
    const auto full = read_scenario("title = \"x\"\n" + text + "[user.u5]\nat = \"a\"\n[user.u6]\nat = \"a\"\n");
    REQUIRE(!full);
    REQUIRE(full.error().size() == 1);
    CHECK(full.error()[0].key == "scenario.net.full");
    CHECK(full.error()[0].at == Position{15, 7});
}

TEST_CASE("a link's figures are changed by its own table", "[plan]")
{
    const Plan plan = planned(two_sites + R"([link.home-alice]
rate = "2.5Mbit/s"
delay = "20ms"
loss = "10%"
reorder = "0.5%"
queue = "64KiB"
[link.backbone]
between = ["core", "sakura-edge"]
delay = "80ms"
)");
    const PlanLink& line = plan.links[plan.find_link("home-alice")];
    CHECK(line.rate == 2'500'000);
    CHECK(line.delay == tegami::wire::milliseconds(20));
    CHECK(line.loss == 100'000);
    CHECK(line.reorder == 5'000);
    CHECK(line.queue == QueueLimit{65'536, QueueLimit::Unit::octets});
    CHECK(plan.find_link("uplink-sakura") == nowhere);
    CHECK(plan.links[plan.find_link("backbone")].delay == tegami::wire::milliseconds(80));
    CHECK(plan.links.size() == 5);
}

TEST_CASE("hosts and sites, on both sides of the line", "[plan]")
{
    std::string hosts = "[isp.a]\ndomain = \"a.example\"\nnet = \"10.0.0.0/8\"\n";
    for (std::size_t i = 0; i < hosts_limit; ++i) hosts += "[user.u" + std::to_string(i) + "]\nat = \"a\"\n";
    const Plan plan = planned(hosts);
    CHECK(plan.nodes.size() == hosts_limit + 2);
    std::set<Mac> macs;
    std::set<std::string> names;
    for (const PlanNode& node : plan.nodes)
        for (const PlanNic& nic : node.nics) {
            macs.insert(nic.mac);
            names.insert(nic.name);
        }
    CHECK(names.size() == 2 * (hosts_limit + 1));
    CHECK(macs.size() == hosts_limit + 3); // the edge's lines to hosts are ports of one interface
    const auto more =
        read_scenario("title = \"x\"\n" + hosts + "[user.last]\nat = \"a\"\n[user.really-last]\nat = \"a\"\n");
    REQUIRE(!more);
    REQUIRE(more.error().size() == 1);
    CHECK(more.error()[0].key == "scenario.hosts");

    std::string sites;
    for (std::size_t i = 0; i < sites_limit; ++i)
        sites += "[isp.s" + std::to_string(i) + "]\ndomain = \"s" + std::to_string(i) + ".example\"\n";
    const Plan many = planned(sites);
    CHECK(format(many.sites.back().net) == "10.255.0.0/16");
    std::set<std::string> uplinks;
    for (const PlanNode& node : many.nodes)
        if (node.site != nowhere) uplinks.insert(tegami::wire::format(node.nics.at(0).address));
    CHECK(uplinks.size() == sites_limit);
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
