#pragma once
/// An MTA and MDA in one program, which takes mail for its own site on port 25 and files it. RFC 5321.
/// `Mta` and `Mda` are the two as programs of their own.

#include "protocols/smtp/server.hpp"
#include "sim/nodes/mailboxes.hpp"

#include <set>

namespace tegami::nodes {

class SiteMta final : public Role {
  public:
    struct Settings {
        std::string domain;          ///< whose mail it takes
        std::set<std::string> users; ///< local parts, in lower case
        smtp::Policy policy;         ///< the host's name is filled in
        wire::Port port{25};
    };
    SiteMta(Host& host, Mailboxes& mailboxes, Settings settings);

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
