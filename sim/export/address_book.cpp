#include "sim/export/address_book.hpp"

namespace tegami::exporting {

AddressBook::AddressBook(const run::Log& log, const narration::Names& names) : node_names_{names}
{
    const run::RunHeader& header = log.header();
    for (const run::NicRow& nic : header.nics) {
        if (nic.kind == run::NicKind::loopback) { // everybody's own, and so nobody's name
            loopbacks_.insert(nic.address);
            for (const run::NicAddress& other : nic.others) loopbacks_.insert(other.address);
            continue;
        }
        if (nic.address != wire::Address{}) nodes_.emplace(nic.address, nic.host);
        for (const run::NicAddress& other : nic.others) nodes_.emplace(other.address, nic.host);
    }
    std::map<std::string_view, run::NodeId> by_name;
    for (const auto& [address, name] : header.names) {
        domain_names_.emplace(address, name);
        if (const auto known = nodes_.find(address); known != nodes_.end()) by_name.emplace(name, known->second);
    }
    for (const auto& [address, name] : header.names)
        if (const auto host = by_name.find(name); host != by_name.end()) nodes_.emplace(address, host->second);
    for (const auto& [address, node] : nodes_) names_.emplace(address, names.node(node));
    for (const auto& [address, name] : log.capture().names) {
        names_.emplace(address, name);
        domain_names_.emplace(address, name);
    }
}

std::string AddressBook::name_of(const wire::Address& address) const
{
    const auto known = names_.find(address);
    return known != names_.end() ? known->second : format(address);
}

std::string AddressBook::name_of(const wire::Address& address, run::NodeId seen_from) const
{
    return loopbacks_.contains(address) ? node_names_.node(seen_from) : name_of(address);
}

std::optional<run::NodeId> AddressBook::node_of(const wire::Address& address) const
{
    const auto known = nodes_.find(address);
    return known != nodes_.end() ? std::optional{known->second} : std::nullopt;
}

std::string AddressBook::domain_name_of(const wire::Address& address) const
{
    const auto known = domain_names_.find(address);
    return known != domain_names_.end() ? known->second : std::string{};
}

} // namespace tegami::exporting
