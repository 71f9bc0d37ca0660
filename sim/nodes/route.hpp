#pragma once
/// To which hosts mail for a domain goes, and in what order. RFC 5321 §5.1, RFC 7505.

#include "sim/engine/random.hpp"
#include "sim/nodes/names.hpp"

#include <optional>
#include <set>

namespace tegami::nodes {

struct RouteHost {
    std::uint16_t preference = 0;
    std::string name;
    std::optional<wire::Address> address; ///< where it stands there instead of a name

    bool operator==(const RouteHost&) const = default;
};

/// A mail server that is not tried. `reason` is a stable key: `own`, `behind_own`, `address`.
struct LeftOut {
    RouteHost host;
    std::string_view reason;

    bool operator==(const LeftOut&) const = default;
};

struct Route {
    enum class Kind : std::uint8_t {
        listed,   ///< by MX records
        implicit, ///< without any: the domain itself is the host
        literal,  ///< an address literal stands in the domain's place
        null_mx,  ///< it takes no mail: 556 5.1.10
        loop,     ///< this host is the best of them, or none would be left behind it: 554 5.4.6
        unusable, ///< nothing in the list is a host: 550 5.4.4
        nowhere,  ///< there is no such domain: 550 5.1.2
        unknown,  ///< the name system gave no answer: later
    };
    Kind kind{};
    std::vector<RouteHost> hosts; ///< in the order in which to try them; only of the first three kinds
    std::vector<LeftOut> left_out;
};

/// An address in brackets, as a domain may be (RFC 5321 §4.1.3).
std::optional<wire::Address> address_of_literal(std::string_view domain);

/// `answer` is what the name system said of the domain's MX records; it is not asked for a literal. Hosts of equal
/// preference come in an order that `draws` decide, so that they share the load. `own`: this host's names, in lower case.
Route choose_route(std::string_view domain, const std::expected<std::vector<Names::Exchange>, Names::Failure>& answer,
                   const std::set<std::string>& own, engine::Random& draws);
Route literal_route(std::string_view domain, const wire::Address& address);

/// "10 mx1.example.com, 20 mx2.example.com"
std::string format(const std::vector<RouteHost>& hosts);

} // namespace tegami::nodes
