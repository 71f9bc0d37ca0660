#include "sim/scenario/scenario.hpp"

namespace tegami::scenario {

std::string_view verb_name(const Deed& deed)
{
    constexpr std::array<std::string_view, std::variant_size_v<Deed>> names{
        "sends", "resends", "reads", "asks",       "stops",    "starts", "crashes", "restarts",
        "disk",  "loses",   "loses", "duplicates", "reorders", "goes",   "changes", "switches"};
    return names[deed.index()];
}

std::vector<std::size_t> Scenario::mails() const
{
    std::vector<std::size_t> sending;
    for (std::size_t i = 0; i < acts.size(); ++i)
        if (std::holds_alternative<Sends>(acts[i].deed)) sending.push_back(i);
    return sending;
}

} // namespace tegami::scenario
