#include "sim/narration/names.hpp"

#include "sim/narration/terminal_text.hpp"
#include "sim/run/header.hpp"

#include <fmt/format.h>

namespace tegami::narration {
namespace {

template <class T, class Id>
const T* at(const std::vector<T>& rows, Id id)
{
    const auto index = static_cast<std::size_t>(id);
    return index < rows.size() ? &rows[index] : nullptr;
}

} // namespace

Names::Names(const run::RunHeader& header, std::vector<std::string> people) : people_{std::move(people)}
{
    // A run from elsewhere may bear names that nobody checked.
    for (const std::string& node : header.nodes) nodes_.push_back(terminal_safe(node));
    for (const run::NicRow& nic : header.nics) nics_.push_back({nic.host, terminal_safe(nic.name), nic.peer});
    for (std::string& person : people_) person = terminal_safe(person);
}

std::string Names::node(run::NodeId node) const
{
    const std::string* name = at(nodes_, node);
    return name ? *name : fmt::format("node {}", engine::index_of(node));
}

std::string Names::host_of(run::NicId nic) const
{
    const Nic* row = at(nics_, nic);
    return row ? node(row->host) : this->nic(nic);
}

std::string Names::nic(run::NicId nic) const
{
    const Nic* row = at(nics_, nic);
    return row ? row->name : fmt::format("interface {}", static_cast<std::uint32_t>(nic));
}

run::NicId Names::peer_of(run::NicId nic) const
{
    const Nic* row = at(nics_, nic);
    return row ? row->peer : nic;
}

std::string Names::person(run::NodeId node) const
{
    const std::string* name = at(people_, node);
    return name ? *name : std::string{};
}

} // namespace tegami::narration
