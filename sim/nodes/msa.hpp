#pragma once
/// An MSA: takes what the users of a site submit, on port 587 from whoever shows a password (RFC 6409 §4.3), and where the
/// provider allows it on port 25 from its own network. It completes a message (`mail/completion`), keeps it in a queue on
/// its disk, and hands it to the site's MTA.

#include "protocols/smtp/server.hpp"
#include "sim/nodes/hop.hpp"
#include "sim/nodes/queue.hpp"

#include <map>

namespace tegami::nodes {

class Msa final : public Role, Queue::Carrier, sasl::Accounts {
  public:
    struct Account {
        std::string password;
        mail::Mailbox address; ///< the only one that its letters may come from
    };
    struct Settings {
        std::string domain;                       ///< of the users' addresses
        std::map<std::string, Account> accounts;  ///< by the local part of the address, in lower case
        Hop mta;                                  ///< to whom it hands letters on
        std::vector<inet::Prefix> own_networks{}; ///< who may submit on port 25
        bool port_25 = false;                     ///< it listens there too
        smtp::Policy policy{};                    ///< the host's name and the accounts are filled in
        wire::Port port{587};
    };
    Msa(Host& host, Settings settings);

    void start() override;
    void forget() override { queue_.forget(); }

  private:
    class Delivery;
    void listen(wire::Port port);
    Task<void> talk(std::unique_ptr<wire::Stream> stream, wire::Endpoint client, wire::Port port);

    const Account* find(std::string_view user) const;
    bool has_password(std::string_view user, std::string_view password) override;

    /// S2.
    Task<Handed> carry(const Queue::Entry& entry) override;
    RetryRule retry(const Queue::Entry&) const override { return near_retry; }

    Host& host_;
    Settings settings_;
    Queue queue_;
};

} // namespace tegami::nodes
