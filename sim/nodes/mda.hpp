#pragma once
/// An MDA: is handed mail by LMTP on port 24 and files it in its host's mailboxes. RFC 2033. An answer for each recipient,
/// a file in each mailbox, with Return-Path and Delivered-To on top.

#include "protocols/lmtp/server.hpp"
#include "sim/nodes/hop.hpp"
#include "sim/nodes/mailboxes.hpp"

#include <set>

namespace tegami::nodes {

class Mda final : public Role {
  public:
    struct Settings {
        std::string domain;                       ///< whose mailboxes these are
        std::set<std::string> users;              ///< local parts, in lower case
        std::vector<inet::Prefix> own_networks{}; ///< who may hand it mail; the host itself always may
        smtp::Policy policy{};                    ///< the host's name is filled in
        wire::Port port = lmtp::port;
    };
    Mda(Host& host, Mailboxes& mailboxes, Settings settings);

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
