#pragma once
/// An MRA: hands the mail of its host's mailboxes out by POP3 on port 110. RFC 1939.

#include "protocols/pop3/server.hpp"
#include "sim/nodes/mailboxes.hpp"

#include <map>
#include <set>

namespace tegami::nodes {

class Mra final : public Role {
  public:
    struct Settings {
        std::map<std::string, std::string> passwords; ///< by user
        pop3::Policy policy;
        wire::Port port{110};
        std::string domain{}; ///< of the users' addresses
    };
    Mra(Host& host, Mailboxes& mailboxes, Settings settings)
        : host_(host), mailboxes_(mailboxes), settings_(std::move(settings))
    {
    }

    void start() override;
    void forget() override { locked_.clear(); }

  private:
    class Maildrop;
    Task<void> talk(std::unique_ptr<wire::Stream> stream);

    Host& host_;
    Mailboxes& mailboxes_;
    Settings settings_;
    std::set<std::string> locked_;
};

} // namespace tegami::nodes
