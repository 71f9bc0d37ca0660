#pragma once
/// A host's stub resolver, for its programs. RFC 1034 §5.3.1, RFC 1123 §6.1.3, RFC 6724.

#include "protocols/dns/stub.hpp"
#include "protocols/inet/address_choice.hpp"
#include "sim/nodes/host.hpp"
#include "sim/nodes/names.hpp"

namespace tegami::nodes {

class StubNames final : public Names {
  public:
    struct Settings {
        std::vector<wire::Endpoint> resolvers; ///< in the order in which to ask them
        /// The host's own addresses: the families it has, and what RFC 6724 orders others by.
        std::vector<inet::OwnSource> sources;
    };
    StubNames(Host& host, Settings settings) : host_(host), settings_(std::move(settings)) {}

    wire::Task<std::expected<std::vector<Exchange>, Failure>> exchanges(std::string domain, Spans spans) override;
    wire::Task<std::expected<std::vector<wire::Address>, Failure>> addresses(std::string name, Spans spans) override;

    using Found = std::expected<dns::StubQuestion::Found, dns::StubQuestion::Failure>;
    /// Any question of a name and type in class IN.
    Task<Found> ask(dns::Question question, Spans spans);

  private:
    struct Pair;
    Task<void> ask_into(std::shared_ptr<Pair> pair, std::size_t which, dns::Question question, Spans spans);
    bool has_family(bool v4) const;
    std::vector<wire::Address> ordered(const std::vector<wire::Address>& found) const;

    Host& host_;
    Settings settings_;
};

} // namespace tegami::nodes
