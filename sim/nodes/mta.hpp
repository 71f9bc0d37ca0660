#pragma once
/// An MTA that takes mail for its own site on port 25 and hands it to the MDA of the same host. RFC 5321.
/// Relaying to other sites comes with the name system.

#include "protocols/smtp/server.hpp"
#include "sim/nodes/mailboxes.hpp"

#include <set>

namespace tegami::nodes {

class Mta final : public Role {
  public:
    struct Settings {
        std::string domain;          ///< whose mail it takes
        std::set<std::string> users; ///< local parts, in lower case
        smtp::Policy policy;         ///< the host's name is filled in
        wire::Port port{25};
    };
    Mta(Host& host, Mailboxes& mailboxes, Settings settings);

    void start() override;
    void forget() override { mailboxes_.forget(); }

  private:
    class Delivery;
    Task<void> talk(std::unique_ptr<wire::Stream> stream, wire::Endpoint client);

    Host& host_;
    Mailboxes& mailboxes_;
    Settings settings_;
};

} // namespace tegami::nodes
