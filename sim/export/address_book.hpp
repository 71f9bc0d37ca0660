#pragma once
/// Whose an address is.

#include "sim/narration/names.hpp"
#include "sim/run/log.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>

namespace tegami::exporting {

class AddressBook {
  public:
    /// By the addresses of interfaces, and for others by the host's domain name. Of somebody else's capture: what its name
    /// resolution blocks say. Both must outlive it.
    AddressBook(const run::Log& log, const narration::Names& names);

    /// The host's name; of a host that nothing names, the address as people write it.
    std::string name_of(const wire::Address& address) const;
    /// The same as a node of the run sees it: a loopback address is its own.
    std::string name_of(const wire::Address& address, run::NodeId seen_from) const;
    bool knows(const wire::Address& address) const { return names_.contains(address); }
    /// The node that has the address, where it is one of the run's.
    std::optional<run::NodeId> node_of(const wire::Address& address) const;
    /// The host's domain name, without the dot at its end; empty where none is known.
    std::string domain_name_of(const wire::Address& address) const;

  private:
    const narration::Names& node_names_;
    std::set<wire::Address> loopbacks_;
    std::map<wire::Address, std::string> names_;
    std::map<wire::Address, run::NodeId> nodes_;
    std::map<wire::Address, std::string> domain_names_;
};

} // namespace tegami::exporting
