#pragma once
/// A machine outside the world plugged into it: it becomes a host of the plan beside a line that is there already, with
/// the next free address of that site and a line like that one.

#include "protocols/inet/prefix.hpp"
#include "sim/scenario/plan.hpp"

#include <expected>

namespace tegami::scenario {

/// Which machine, and beside which link: `--tap NAME=LINK`.
struct Plug {
    std::string name;
    std::string link;

    bool operator==(const Plug&) const = default;
};

/// Why it cannot be plugged in: a key of the catalogue and what it speaks of.
struct PlugProblem {
    std::string_view key;
    std::vector<std::pair<std::string_view, std::string>> arguments;
};

/// What the machine has to know about itself to be that host.
struct PlugHost {
    std::string name; ///< the kernel's for the interface too: at most 15 octets
    Mac mac{};
    std::uint16_t mtu = 1'500;
    std::vector<inet::InterfaceAddress> addresses;
    std::vector<inet::Prefix> networks; ///< every site's, and the internet's own: behind the gateway of their family
    std::optional<wire::Address> gateway_v4, gateway_v6;
    std::vector<wire::Address> resolvers;
    std::string a_domain; ///< somebody to ask about; empty where there is none
};

/// Adds the machine to the plan. Its name is the kernel's for the interface: at most 15 characters.
std::expected<void, PlugProblem> plug_in(Plan& plan, const Plug& plug);
/// Of a machine that was plugged in.
PlugHost plug_host(const Plan& plan, std::string_view name);

} // namespace tegami::scenario
