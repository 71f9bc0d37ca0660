// The resolver against the scenarios of Deckard that are not about DNSSEC.

#include "tests/unit/dns/resolver_lab.hpp"
#include "tests/unit/dns/rpl.hpp"
#include "tests/unit/skip.hpp"

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

using namespace tegami;
using namespace tegami::dns;
using namespace tegami::dns::lab;

namespace {

Rcode deckard_rcode(const rpl::Entry& entry)
{
    using enum Rcode;
    for (const Rcode rcode : {formerr, servfail, nxdomain, notimp, refused, yxdomain, notauth})
        if (entry.says(format(rcode))) return rcode;
    return noerror;
}

std::optional<Question> deckard_question(const rpl::Entry& entry)
{
    if (entry.question.empty()) return std::nullopt;
    std::istringstream in{entry.question[0]};
    std::string name, word;
    in >> name;
    Question question{n(name.ends_with('.') ? name : name + '.'), Type::a};
    while (in >> word)
        if (const auto type = parse_type(word)) question.type = *type;
    return question;
}

std::vector<Record> deckard_records(const std::vector<std::string>& lines)
{
    std::string all;
    for (const std::string& line : lines) all += line.substr(line.find_first_not_of(" \t")) + '\n';
    return rr(all);
}

/// Whether an entry's MATCH line lets it answer the query.
bool deckard_answers(const rpl::Entry& entry, const Question& asked)
{
    const auto of = deckard_question(entry);
    const bool all = entry.matches_on("all") || entry.matches_on("question");
    if ((all || entry.matches_on("qname")) && (!of || of->name != asked.name)) return false;
    if ((all || entry.matches_on("qtype")) && (!of || of->type != asked.type)) return false;
    if (entry.matches_on("subdomain") && (!of || !asked.name.is_at_or_below(of->name))) return false;
    return true;
}

Message deckard_response(const rpl::Entry& entry, const Message& query)
{
    Message response = make_response(query, deckard_rcode(entry));
    response.header.recursion_desired = entry.says("RD");
    response.header.recursion_available = entry.says("RA");
    response.header.authoritative = entry.says("AA");
    response.header.truncated = entry.says("TC");
    response.header.response = entry.says("QR");
    if (!entry.adjusts("copy_query")) {
        response.questions.clear();
        if (const auto question = deckard_question(entry)) response.questions.push_back(*question);
    }
    response.answers = deckard_records(entry.answer);
    response.authority = deckard_records(entry.authority);
    response.additional = deckard_records(entry.additional);
    return response;
}

/// As sets: owner, type and data of each record.
std::multiset<std::string> deckard_set(std::vector<Record> records)
{
    std::multiset<std::string> set;
    for (Record& record : records) {
        record.ttl = 0;
        record.owner = record.owner.lower_case();
        std::string line = format(record);
        for (char& c : line) c = static_cast<char>(std::tolower(c));
        set.insert(line);
    }
    return set;
}

/// Plays a scenario. Gives what went wrong; empty where all went right.
std::string deckard_play(const rpl::Scenario& scenario)
{
    std::uint32_t step = 0;
    std::set<const rpl::Entry*> used; // of STEP … REPLY, each good for one response
    const auto internet = [&](const Asking& asking, const Message& query) -> std::optional<Message> {
        for (const rpl::Range& range : scenario.ranges) {
            const std::string address = wire::format(asking.server);
            const bool here = step >= range.from && step <= range.to &&
                              std::ranges::find(range.addresses, address) != range.addresses.end();
            if (!here) continue;
            for (const rpl::Entry& entry : range.entries)
                if (deckard_answers(entry, asking.question)) {
                    if (entry.adjusts("do_not_answer")) return std::nullopt;
                    return deckard_response(entry, query);
                }
        }
        for (const rpl::Step& each : scenario.steps)
            if (each.what == rpl::Step::What::reply && each.number > step && !used.contains(&each.entry) &&
                deckard_answers(each.entry, asking.question)) {
                used.insert(&each.entry);
                return deckard_response(each.entry, query);
            }
        return std::nullopt;
    };
    Resolver::Settings settings{.hints = root_at({ip(scenario.setting("stub-addr"))})};
    settings.ipv6 = scenario.setting("do-ip6") != "no";
    ResolverLab lab{internet, settings};
    std::optional<Resolver::Answer> answer;
    std::size_t checks = 0;
    for (const rpl::Step& each : scenario.steps) {
        step = each.number;
        using What = rpl::Step::What;
        if (each.what == What::time_passes) {
            lab.now = lab.now + wire::seconds(each.seconds);
        } else if (each.what == What::query && each.entry.raw.empty()) {
            answer = lab.ask(*deckard_question(each.entry));
        } else if (each.what == What::check_answer) {
            ++checks;
            if (!answer) return "no answer to check in step " + std::to_string(step);
            const rpl::Entry& want = each.entry;
            const bool all = want.matches_on("all");
            const std::string where = "step " + std::to_string(step) + ": ";
            std::string got = format(answer->rcode) + ' ' + std::string{key(answer->end)};
            for (const std::string& line : text(answer->answers)) got += " | " + line;
            if ((all || want.matches_on("rcode")) && answer->rcode != deckard_rcode(want))
                return where + format(deckard_rcode(want)) + " wanted, got " + got;
            if ((all || want.matches_on("answer")) &&
                deckard_set(answer->answers) != deckard_set(deckard_records(want.answer)))
                return where + "other answer wanted, got " + got;
        }
    }
    return checks == 0 ? "it checks nothing" : "";
}

/// Why a scenario is not this resolver's to pass; empty where it is.
std::string deckard_leaves_out(const std::string& name, const std::string& content, const rpl::Scenario& scenario)
{
    if (!scenario.setting("trust-anchor").empty() || name.starts_with("val_") || content.contains("trust-anchor:"))
        return "DNSSEC";
    if (scenario.setting("query-minimization") == "on") return "names are not minimised here";
    if (name.starts_with("module_")) return "a policy of Knot Resolver";
    if (name == "iter_cycle_noh") return "glue from outside the zone, which it wants believed (harden-glue: no)";
    if (name == "iter_dname_insec") return "DNAME";
    if (name == "iter_minmaxttl" || name == "iter_nottl") return "a shortest TTL that overrides the zone's";
    // The child's name server set leaves out the server that works. Asking the parent again is what this scenario wants,
    // and what RFC 4697 §2.1.1 forbids for a zone all of whose servers fail.
    if (name == "iter_pcnamerec") return "asks the parent of a zone whose servers all fail";
    return {};
}

} // namespace

TEST_CASE("Deckard's scenarios without DNSSEC", "[dns][resolver][vectors]")
{
    const std::filesystem::path folder = TEGAMI_VECTORS "/dns-deckard/CZ-NIC+deckard/sets/resolver";
    if (!std::filesystem::exists(folder)) return test::skip("the scenarios of Deckard are not here");

    std::size_t played = 0;
    std::map<std::string, std::size_t> left_out;
    std::set<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator{folder})
        if (entry.path().extension() == ".rpl") files.insert(entry.path());
    for (const std::filesystem::path& file : files) {
        std::ifstream in{file};
        const std::string content{std::istreambuf_iterator<char>{in}, {}};
        const rpl::Scenario scenario = rpl::read(content);
        const std::string why = deckard_leaves_out(file.stem(), content, scenario);
        if (!why.empty()) {
            ++left_out[why];
            continue;
        }
        ++played;
        INFO(file.stem());
        CHECK(deckard_play(scenario) == "");
    }
    CHECK(files.size() == 191);
    CHECK(played == 42);
    CHECK(left_out["DNSSEC"] == 131);
}
