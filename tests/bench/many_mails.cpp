// Worlds made in code: ISPs with homes in them, each home sending one mail to a home of another ISP, with all that it
// takes: look-ups from the root down, submission, relay, transfer, delivery.
//
//   many_mails --hosts=10000 --isps=200 [--record=none|story|headers|full]

#include "sim/scenario/meaning.hpp"
#include "sim/scenario/world.hpp"
#include "tests/bench/bench_world.hpp"

#include <cstdio>
#include <cstdlib>

namespace {

using namespace tegami;
using namespace tegami::scenario;

struct Options {
    std::size_t hosts = 10'000, isps = 200;
    run::Level level = run::Level::none;
};

/// Home k of ISP i writes to home k of the next ISP, all within a minute.
Scenario many_mails(const Options& options)
{
    Scenario scenario;
    scenario.title = {"Many mails", "たくさんの手紙"};
    scenario.until = wire::minutes(10);
    const auto isp_of = [&](std::size_t host) { return host % options.isps; };
    for (std::size_t i = 0; i < options.isps; ++i) {
        Site site;
        site.kind = SiteKind::isp;
        site.name.value = "isp" + std::to_string(i);
        site.domain.value = site.name.value + ".example";
        scenario.sites.push_back(std::move(site));
    }
    for (std::size_t h = 0; h < options.hosts; ++h) {
        User user;
        user.name.value = "u" + std::to_string(h);
        user.at.value = "isp" + std::to_string(isp_of(h));
        scenario.users.push_back(std::move(user));
        Act act;
        act.number = static_cast<std::uint32_t>(h + 1);
        act.when = wire::milliseconds(1'000) + wire::microseconds(60'000'000 * static_cast<std::int64_t>(h) /
                                                                  static_cast<std::int64_t>(options.hosts));
        act.subject.value = "u" + std::to_string(h);
        Sends sends;
        const std::size_t to = (h + 1) % options.hosts;
        sends.to.push_back({"u" + std::to_string(to) + "@isp" + std::to_string(isp_of(to)) + ".example", {}});
        sends.subject = "Letter " + std::to_string(h);
        sends.text = std::string(1'000, 'x') + '\n';
        act.deed = std::move(sends);
        scenario.acts.push_back(std::move(act));
    }
    return scenario;
}

} // namespace

int main(int argc, char** argv)
{
    Options options;
    for (int i = 1; i < argc; ++i) {
        const std::string_view word = argv[i];
        const auto value = [&](std::string_view key) { return word.starts_with(key) ? argv[i] + key.size() : nullptr; };
        if (const char* hosts = value("--hosts=")) {
            options.hosts = static_cast<std::size_t>(std::atoi(hosts));
        } else if (const char* isps = value("--isps=")) {
            options.isps = static_cast<std::size_t>(std::atoi(isps));
        } else if (const char* level = value("--record=")) {
            options.level = bench::level_named(level);
        } else {
            std::fprintf(stderr, "many_mails: I do not know %s\n", argv[i]);
            return 2;
        }
    }
    const double begin = bench::wall_s();
    const auto since = [&] { return bench::wall_s() - begin; };
    Loaded loaded;
    loaded.scenario = many_mails(options);
    Problems problems;
    loaded.plan = expand(loaded.scenario, problems, {}, {.hosts = SIZE_MAX, .sites = sites_limit});
    if (!problems.empty()) {
        std::fprintf(stderr, "many_mails: the plan has problems: %s\n", std::string{problems.take()[0].key}.c_str());
        return 1;
    }
    const double planned = since();
    WorldOptions world_options;
    world_options.level = options.level;
    auto world = World::build(loaded, std::move(world_options), std::make_unique<run::HashSink>());
    if (!world) return 1;
    const double built = since(), built_mb = bench::peak_mb();
    const double cpu_before = bench::cpu_s();
    (*world)->run_until((*world)->end());
    const bool finished = (*world)->finish().has_value();
    const double used = bench::cpu_s() - cpu_before;

    std::size_t arrived = 0;
    for (std::size_t h = 0; h < options.hosts; ++h) {
        const PlanUser& user = loaded.plan.users[h];
        nodes::Host* const host = (*world)->find_host(loaded.plan.nodes[user.mail_host].name);
        arrived += host->disk().names_in("mail/" + user.name + "/new").size();
    }
    std::printf(
        "many_mails hosts=%zu isps=%zu nodes=%zu plan_s=%.2f build_s=%.2f run_cpu_s=%.2f mails=%zu mails_per_s=%.0f "
        "events=%llu events_per_mail=%.0f built_MB=%.0f peak_MB=%.0f\n",
        options.hosts, options.isps, loaded.plan.nodes.size(), planned, built - planned, used, arrived,
        static_cast<double>(arrived) / used, static_cast<unsigned long long>((*world)->engine().steps()),
        static_cast<double>((*world)->engine().steps()) / static_cast<double>(options.hosts), built_mb,
        bench::peak_mb());
    if (arrived != options.hosts || !finished) {
        std::fprintf(stderr, "many_mails: %zu of %zu mails arrived\n", arrived, options.hosts);
        return 1;
    }
    return 0;
}
