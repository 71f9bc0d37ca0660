/// Any octets as a scenario file: they are read, or every problem has its place and words; nothing else may happen. What is
/// read is written back act by act, and whole in its long form, and read again.

#include "sim/scenario/read_scenario.hpp"
#include "sim/scenario/scan.hpp"
#include "sim/scenario/write_act.hpp"
#include "sim/scenario/write_scenario.hpp"

#include <cstdlib>

using namespace tegami::scenario;

namespace {

void demand(bool true_by_right)
{
    if (!true_by_right) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const auto read = read_scenario(text);
    if (!read) {
        demand(!read.error().empty() && read.error().size() <= problem_limit + 1);
        Position before;
        for (const Problem& problem : read.error()) {
            demand(problem.at >= before);
            demand(problem.key.starts_with("scenario.") || problem.key.starts_with("zone."));
            before = problem.at;
        }
        return 0;
    }
    for (const PlanNode& node : read->plan.nodes)
        for (const PlanNic& nic : node.nics) demand(nic.link < read->plan.links.size() || nic.neighbour == "lo");
    // The long form reads as the same world, and its own long form is itself.
    const std::string written = long_form(*read);
    if (written.size() <= size_limit && read->plan.nodes.size() < hosts_limit) {
        const auto whole = read_scenario(written);
        demand(whole.has_value());
        demand(whole->plan.nodes.size() == read->plan.nodes.size() && long_form(*whole) == written);
    }
    std::string copy{text};
    for (const Act& act : read->scenario.acts) copy = append_act(std::move(copy), act);
    if (copy.size() > 1024 * 1024 || read->scenario.acts.empty()) return 0;
    const auto again = read_scenario(copy);
    demand(again.has_value());
    const std::size_t count = read->scenario.acts.size();
    demand(again->scenario.acts.size() == 2 * count);
    for (std::size_t i = 0; i < count; ++i) demand(again->scenario.acts[count + i] == read->scenario.acts[i]);
    return 0;
}
