#include "sim/scenario/read_scenario.hpp"

#include "sim/scenario/meaning.hpp"
#include "sim/scenario/readers.hpp"
#include "sim/scenario/reference.hpp"
#include "sim/scenario/variant.hpp"

namespace tegami::scenario {

namespace {

constexpr std::string_view exam_words[] = {"IP", "FE", "AP", "NW", "SC"};
constexpr std::int64_t first_day = 0;     // 1970-01-01
constexpr std::int64_t last_day = 84'006; // 2200-01-01: with a hundred years behind it still within 64 bits of ns
constexpr std::uint32_t level_max = 5;

void read_exams(Problems& problems, const Node& node, Card& card)
{
    if (node.kind != Node::Kind::list) return problems.report(node.at, "scenario.expects.text_list");
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        const Problems::Inside inside{problems, i + 1};
        if (const auto exam = read_word(problems, node.items[i], exam_words))
            card.exams.emplace_back(exam_words[*exam]);
    }
}

constexpr Key<Card> card_keys[] = {
    {{"group", "text", "none", "\"send\"", "The shelf of the gallery."},
     [](Problems& problems, const Node& node, Card& card) { read_line(problems, node, card.group); }},
    {{"order", "integer, 0 to 10000", "0", "1", "The place on the shelf."},
     [](Problems& problems, const Node& node, Card& card) { read_number(problems, node, 0, 10'000, card.order); }},
    {{"picture", "text", "none", "\"whole\"", "The card's picture."},
     [](Problems& problems, const Node& node, Card& card) { read_line(problems, node, card.picture); }},
    {{"minutes", "integer, 1 to 600", "not shown", "10", "How long the lesson takes."},
     [](Problems& problems, const Node& node, Card& card) { read_number(problems, node, 1, 600, card.minutes); }},
    {{"level", "integer, 1 to 5", "1", "1", "How hard it is."},
     [](Problems& problems, const Node& node, Card& card) { read_number(problems, node, 1, level_max, card.level); }},
    {{"exams", "list of IP, FE, AP, NW, SC", "none", "[\"FE\", \"AP\"]",
      "The Japanese examinations that ask about it."},
     read_exams},
};

void read_start(Problems& problems, const Node& node, Scenario& scenario)
{
    if (node.kind == Node::Kind::other && node.half_date) return problems.report(node.at, "scenario.date.zone");
    if (node.kind != Node::Kind::date) return problems.report(node.at, "scenario.expects.date");
    if (node.date.days < first_day || node.date.days >= last_day)
        return problems.report(node.at, "scenario.date.range", {{"min", "1970-01-01"}, {"max", "2199-12-31"}});
    const std::int64_t local = node.date.days * 86'400'000'000'000 + node.date.nanoseconds;
    scenario.start = Time{local - node.date.zone_minutes * std::int64_t{60'000'000'000}};
    scenario.zone_minutes = node.date.zone_minutes;
}

using ReadNamed = void (*)(Problems&, const Node&, Placed<std::string>, Scenario&);

/// `[kind.NAME]`: a table of tables. A zone's name is a domain, which is looked at later.
void read_named(Problems& problems, const Node& node, std::string_view kind, Scenario& scenario, ReadNamed read)
{
    if (node.kind != Node::Kind::table)
        return problems.report(node.at, "scenario.expects.named", {{"name", std::string{kind}}});
    for (const Entry& entry : node.entries) {
        const Problems::Inside inside{problems, entry.key};
        // `[user] name = …`: a table without a name of its own.
        if (entry.value.kind != Node::Kind::table) {
            problems.report(entry.at, "scenario.expects.named", {{"name", std::string{kind}}});
            continue;
        }
        if (!is_name(entry.key) && kind != "zone")
            problems.report(entry.at, "scenario.name.form", {{"name", entry.key}});
        read(problems, entry.value, {entry.key, entry.at}, scenario);
    }
}

constexpr Key<Scenario> file_keys[] = {
    {{"title", "people's text", required, "{ en = \"Two letters\", ja = \"二通の手紙\" }",
      "What the lesson is called."},
     [](Problems& problems, const Node& node, Scenario& scenario) { read_text(problems, node, scenario.title); }},
    {{"goal", "people's text", "none", "\"Every step from Alice to Bob.\"", "What one learns."},
     [](Problems& problems, const Node& node, Scenario& scenario) {
         read_text(problems, node, scenario.goal.emplace());
     }},
    {{"watch", "people's text", "none", "\"Which server is asked, and on which port?\"", "What to look out for."},
     [](Problems& problems, const Node& node, Scenario& scenario) {
         read_text(problems, node, scenario.watch.emplace());
     }},
    {{"card", "table", "none", "{ group = \"send\", order = 1 }", "Where the lesson stands in the gallery."},
     [](Problems& problems, const Node& node, Scenario& scenario) {
         read_table(problems, node, node.at, "{ group = \"send\", order = 1 }", all(card_keys),
                    scenario.card.emplace());
     }},
    {{"start", "date, time and zone", "2026-04-06T09:00:00+09:00", "2026-04-06T09:00:00+09:00",
      "The world's clock at the beginning, and its time zone."},
     read_start},
    {{"until", "duration, from 1ns", "\"1h\"", "\"5min\"", "How long the world runs, at most."},
     [](Problems& problems, const Node& node, Scenario& scenario) {
         read_duration(problems, node, wire::nanoseconds(1), scenario.until);
     }},
    {{"ip", "list of 4 and 6", "[4, 6]", "[4]", "Which families of addresses this world has."},
     [](Problems& problems, const Node& node, Scenario& scenario) {
         read_families(problems, node, scenario.families);
     }},
    {{"isp", "tables [isp.NAME]", "none", "see below", "A provider, with people at home on its lines."},
     [](Problems& problems, const Node& node, Scenario& scenario) {
         read_named(problems, node, "isp", scenario,
                    [](Problems& p, const Node& n, Placed<std::string> name, Scenario& s) {
                        read_site(p, n, SiteKind::isp, std::move(name), s);
                    });
     }},
    {{"company", "tables [company.NAME]", "none", "see below", "An organisation with its own office and servers."},
     [](Problems& problems, const Node& node, Scenario& scenario) {
         read_named(problems, node, "company", scenario,
                    [](Problems& p, const Node& n, Placed<std::string> name, Scenario& s) {
                        read_site(p, n, SiteKind::company, std::move(name), s);
                    });
     }},
    {{"user", "tables [user.NAME]", "none", "see below", "Someone who sends and reads mail."},
     [](Problems& problems, const Node& node, Scenario& scenario) {
         read_named(problems, node, "user", scenario, read_user);
     }},
    {{"zone", "tables [zone.\"DOMAIN\"]", "none", "see below", "Changes what the name system says."},
     [](Problems& problems, const Node& node, Scenario& scenario) {
         read_named(problems, node, "zone", scenario, read_zone);
     }},
    {{"filter", "tables [filter.NAME]", "none", "see below", "What a router lets through."},
     [](Problems& problems, const Node& node, Scenario& scenario) {
         read_named(problems, node, "filter", scenario, read_filter);
     }},
    {{"link", "tables [link.NAME]", "none", "see below", "Changes a link, or lays one between two routers."},
     [](Problems& problems, const Node& node, Scenario& scenario) {
         read_named(problems, node, "link", scenario, read_link);
     }},
    {{"do", "blocks [[do]]", "none", "see below", "What happens, one block an act."},
     [](Problems& problems, const Node& node, Scenario& scenario) { read_acts(problems, node, scenario.acts); }},
    {{"say", "blocks [[say]]", "none", "see below", "A lesson's own words for a step."},
     [](Problems& problems, const Node& node, Scenario& scenario) { read_says(problems, node, scenario.says); }},
    {{"ask", "blocks [[ask]]", "none", "see below", "Questions, whose answers come from the run itself."},
     [](Problems& problems, const Node& node, Scenario& scenario) { read_asks(problems, node, scenario.asks); }},
    {{"variant", "tables [variant.NAME]", "none", "see below",
      "The same lesson with something else in it: `tegami run --variant NAME`. `tegami check` plays every variant."},
     [](Problems& problems, const Node& node, Scenario& scenario) {
         read_named(problems, node, "variant", scenario, read_variant);
     }},
    {{"check", "blocks [[check]]", "none", "see below", "What must be true in the end, one block a check."},
     [](Problems& problems, const Node& node, Scenario& scenario) { read_checks(problems, node, scenario.checks); }},
};

/// Names below a key that nobody knows: [usr.alice] says once what is wrong, not again at every alice.
void suspect(const Entry& entry, Suspects& suspects)
{
    if (entry.value.kind != Node::Kind::table) return;
    for (const Entry& inner : entry.value.entries) suspects.insert(inner.key);
}

Loaded read_tree(const Node& root, Problems& problems)
{
    Loaded loaded;
    Scenario& scenario = loaded.scenario;
    Suspects suspects;
    std::vector<std::string_view> meant;
    for (const Entry& entry : root.entries) {
        if (read_entry(problems, entry, all(file_keys), scenario)) continue;
        meant.push_back(report_unknown_key(problems, entry, names_of(all(file_keys))));
        suspect(entry, suspects);
    }
    require_keys(problems, root, {}, all(file_keys), meant);
    // isp and company are two tables, sites are one list.
    std::ranges::sort(scenario.sites, {}, [](const Site& site) { return site.name.at; });

    loaded.plan = expand(scenario, problems, suspects);
    check_acts(scenario, loaded.plan, problems, suspects);
    check_lesson(scenario, loaded.plan, problems);
    check_checks(scenario, loaded.plan, problems, suspects);
    return loaded;
}

} // namespace

std::expected<Loaded, ProblemList> read_scenario(std::string_view text, std::string_view variant)
{
    Problems problems;
    const Node root = parse_tree(text, problems);
    if (!problems.empty()) return std::unexpected(problems.take());

    Loaded loaded = read_tree(root, problems);
    if (!problems.empty()) return std::unexpected(problems.take());
    // The file itself is right: now what is set otherwise. Every variant is tried, and only one of them is kept.
    std::optional<Loaded> chosen;
    for (const Variant& each : loaded.scenario.variants) {
        Node changed = root;
        const Problems::Inside inside{problems, "variant." + each.name.value};
        apply_variant(changed, each.name.value, problems);
        if (!problems.empty()) continue;
        Loaded other = read_tree(changed, problems);
        other.variant = each.name.value;
        if (each.name.value == variant) chosen = std::move(other);
    }
    if (!variant.empty() &&
        std::ranges::none_of(loaded.scenario.variants, [&](const Variant& v) { return v.name.value == variant; })) {
        std::vector<std::string_view> known;
        for (const Variant& each : loaded.scenario.variants) known.push_back(each.name.value);
        problems.report({}, known.empty() ? "scenario.variant.none" : "scenario.variant.unknown",
                        known.empty() ? Arguments{{"name", std::string{variant}}}
                                      : Arguments{{"name", std::string{variant}}, {"known", listed(known)}});
    }
    if (!problems.empty()) return std::unexpected(problems.take());
    return chosen ? *std::move(chosen) : std::move(loaded);
}

std::expected<std::vector<Act>, ProblemList> read_added_acts(std::string_view text, const Loaded& loaded)
{
    Problems problems;
    const Node root = parse_tree(text, problems);
    if (!problems.empty()) return std::unexpected(problems.take());

    constexpr std::string_view known[] = {"do"};
    std::vector<Act> added;
    for (const Entry& entry : root.entries) {
        if (entry.key != "do") {
            report_unknown_key(problems, entry, known);
            continue;
        }
        const Problems::Inside inside{problems, entry.key};
        read_acts(problems, entry.value, added);
    }
    for (Act& act : added) act.number += static_cast<std::uint32_t>(loaded.scenario.acts.size());
    Scenario with_added = loaded.scenario;
    with_added.acts.insert(with_added.acts.end(), added.begin(), added.end());
    check_acts(with_added, loaded.plan, problems, {}, loaded.scenario.acts.size());
    if (!problems.empty()) return std::unexpected(problems.take());
    return added;
}

std::vector<Section> every_section()
{
    std::vector<Section> sections{section("The file", all(file_keys)), section("card", all(card_keys))};
    for (auto part : {site_sections(), user_sections(), filter_sections(), link_sections(), act_sections(),
                      deed_sections(), lesson_sections(), check_sections()})
        sections.insert(sections.end(), part.begin(), part.end());
    return sections;
}

} // namespace tegami::scenario
