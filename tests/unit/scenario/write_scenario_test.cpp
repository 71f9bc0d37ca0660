#include "sim/scenario/write_scenario.hpp"

#include "tests/unit/scenario/catalogue.hpp"

#include <catch2/catch.hpp>

using namespace tegami::scenario;

namespace {

Loaded read_right(const std::string& text, std::string_view variant = {})
{
    auto read = read_scenario(text, variant);
    if (!read)
        for (const Problem& problem : read.error()) UNSCOPED_INFO(scenario_tests::in_words(problem, "en"));
    REQUIRE(read);
    return *std::move(read);
}

/// Every node, interface, link, user, filter and zone.
std::string whole(const Plan& plan)
{
    std::string text;
    const auto add = [&](auto&&... parts) { ((text += parts, text += ' '), ...); };
    const auto number = [](auto value) { return std::to_string(static_cast<std::uint64_t>(value)); };
    for (const PlanSite& site : plan.sites) {
        add("\nsite", site.name, site.title.en, site.title.ja, site.domain, number(site.mail_host));
        for (const Net& net : site.nets) add(tegami::inet::format(net));
        for (const auto& kind : site.lines)
            for (const Net& net : kind) add(tegami::inet::format(net));
    }
    for (const PlanNode& node : plan.nodes) {
        add("\nnode", node.name, node.domain_name, number(node.kind), number(node.gateway));
        for (const Role role : node.roles) add(name_of(role));
        for (const auto resolver : node.resolvers) add(number(resolver));
        for (const PlanNic& nic : node.nics) {
            add("\n nic", nic.name, number(nic.link));
            for (const auto octet : nic.mac) add(number(octet));
            for (const PlanAddress& each : nic.addresses)
                add(tegami::wire::format(each.address), number(each.prefix_length));
        }
    }
    for (const PlanLink& link : plan.links)
        add("\nlink", link.name, number(link.rate), number(link.delay.ns), number(link.jitter.ns), number(link.loss),
            number(link.reorder), number(link.duplicate), number(link.mtu), number(link.queue.amount),
            number(link.queue.unit));
    for (const PlanUser& user : plan.users)
        add("\nuser", user.name, user.title.ja, user.address, user.password, user.submit_name,
            number(user.submit_server), number(user.submit_port), number(user.auth), number(user.line),
            number(user.mail_host));
    for (const PlanFilter& filter : plan.filters) {
        add("\nfilter", filter.name, number(filter.node), number(filter.way));
        for (const PlanRow& row : filter.rows) {
            add("\n row", row.from_text, row.to_text, number(row.protocol), number(row.state), number(row.action));
            for (const auto port : row.ports) add(number(port));
            for (const Net& net : row.from) add(tegami::inet::format(net));
        }
    }
    for (const PlanZone& zone : plan.zones) add("\nzone", zone.origin, "\n", zone.text);
    return text;
}

const char* const shorts[] = {"journey.toml", "blocked.toml"};

} // namespace

TEST_CASE("the long form of a scenario", "[expand]")
{
    for (const std::string name : shorts) {
        CAPTURE(name);
        const Loaded read = read_right(scenario_tests::file_text("tests/unit/scenario/golden/" + name));
        const std::string text = long_form(read);
        scenario_tests::hold_golden("long-" + name, text);
    }
}

TEST_CASE("the long form reads as the same world, and its own long form is itself", "[expand]")
{
    std::vector<std::string> texts{scenario_tests::file_text("scenarios/two-letters.toml")};
    for (const std::string name : shorts)
        texts.push_back(scenario_tests::file_text("tests/unit/scenario/golden/" + name));
    for (const std::string& text : texts) {
        const Loaded read = read_right(text);
        const std::string written = long_form(read);
        CAPTURE(written);
        const Loaded again = read_right(written);
        CHECK(whole(again.plan) == whole(read.plan));
        CHECK(again.scenario.acts == read.scenario.acts);
        CHECK(again.scenario.checks.size() == read.scenario.checks.size());
        CHECK(again.scenario.asks.size() == read.scenario.asks.size());
        CHECK(again.scenario.start == read.scenario.start);
        CHECK(long_form(again) == written);
        for (const Variant& variant : read.scenario.variants)
            CHECK(whole(read_right(written, variant.name.value).plan) ==
                  whole(read_right(text, variant.name.value).plan));
    }
}
