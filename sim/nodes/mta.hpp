#pragma once
/// An MTA: takes mail on port 25 from its own network for anywhere and from anybody for its own site, keeps it in a queue
/// on its disk, and passes it on: to the MDA of its site by LMTP, to other sites by SMTP, whose hosts it finds by MX.
/// RFC 5321 §3.6, §5.

#include "protocols/smtp/server.hpp"
#include "sim/nodes/hop.hpp"
#include "sim/nodes/queue.hpp"
#include "sim/nodes/route.hpp"

#include <set>

namespace tegami::nodes {

class Mta final : public Role, Queue::Carrier {
  public:
    struct Settings {
        std::string domain;                       ///< whose mail it takes from anybody; empty: nobody's, it only relays
        std::set<std::string> users;              ///< local parts of that domain, in lower case
        Hop mda;                                  ///< to whom their mail goes, by LMTP
        std::vector<inet::Prefix> own_networks{}; ///< whose hosts may relay through it
        std::set<std::string> other_names{};      ///< of this host, as MX records may have it, in lower case
        smtp::Policy policy{};                    ///< the host's name is filled in
        wire::Port port{25};
        wire::Port relay_port{25}; ///< of other sites' servers
    };
    Mta(Host& host, Settings settings);

    void start() override;
    void forget() override { queue_.forget(); }

  private:
    class Delivery;
    Task<void> talk(std::unique_ptr<wire::Stream> stream, wire::Endpoint client);
    bool is_local(std::string_view domain) const;

    Task<Handed> carry(const Queue::Entry& entry) override;
    RetryRule retry(const Queue::Entry& entry) const override;
    Task<Handed> deliver(const Queue::Entry& entry);
    Task<Handed> relay(const Queue::Entry& entry);
    Task<Route> find_route(const Queue::Entry& entry);
    Task<std::expected<std::vector<wire::Address>, Names::Failure>> find_addresses(const Queue::Entry& entry,
                                                                                   const RouteHost& to);
    Task<Handed> transfer(const Queue::Entry& entry, const RouteHost& to, std::vector<wire::Address> addresses,
                          QueueFile& file, bool is_last_host);
    void note(const Queue::Entry& entry, Spans serves, run::RouteChoice choice, const RouteHost& host = {},
              std::string_view detail = {});

    Host& host_;
    Settings settings_;
    Queue queue_;
};

} // namespace tegami::nodes
