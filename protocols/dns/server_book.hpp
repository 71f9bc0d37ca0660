#pragma once
/// What a resolver has learnt of the servers it asks: how fast they answer, whether they understand EDNS, and for which
/// zones they are of no use. RFC 1035 §7.2 (choice by past response), RFC 2308 §7 (lame and dead servers are remembered).
///
/// Times to answer are smoothed as RFC 6298 §2 does, and drive both the choice and the wait for an answer. A server nobody
/// has asked yet counts as the fastest, so each is tried once; one that is passed over for others slowly looks better, so
/// that it is tried again some day.

#include "protocols/dns/name.hpp"
#include "protocols/wire/address.hpp"
#include "protocols/wire/time.hpp"

#include <list>
#include <map>

namespace tegami::dns {

using wire::Address;
using wire::Duration;
using wire::Time;

inline constexpr std::size_t servers_remembered = 4'096;
/// Before a server has answered. RFC 1123 §6.1.3.3 (5) has five seconds. Simplified: of the ten that a question may take
/// (`longest_question`), that would leave one server in three its turn.
inline constexpr Duration first_wait = wire::milliseconds(800);
inline constexpr Duration shortest_wait = wire::milliseconds(200);
inline constexpr Duration longest_wait = wire::seconds(5);
/// A server that is lame for a zone is left alone so long: RFC 2308 §7.1 allows at most five minutes for failures.
inline constexpr Duration lame_for = wire::minutes(5);

class ServerBook {
  public:
    /// What the choice goes by: expected time to answer.
    Duration expected(const Address& server) const;
    /// How long to wait for it, after `failures` waits in vain on behalf of the same question: doubled each time.
    Duration wait(const Address& server, unsigned failures) const;
    bool speaks_edns(const Address& server) const;
    bool is_lame(const Address& server, const Name& zone, Time now) const;

    void answered(const Address& server, Duration after);
    /// It did not answer, and will be expected to be half as fast. How long to wait for it is not changed by that.
    void was_silent(const Address& server);
    /// Others were chosen while it stood ready.
    void passed_over(const Address& server);
    void without_edns(const Address& server);
    void is_lame_until(const Address& server, const Name& zone, Time until);

    std::size_t size() const { return servers_.size(); }
    void clear();

  private:
    struct Server {
        Duration smoothed{}, variation{}; // of its answers; 0: never answered
        Duration expected{};              // what the choice goes by; 0: never answered and never silent
        bool edns = true;
        std::map<Name, Time> lame; // zone: until when; at most `lame_zones_remembered`
        std::list<Address>::iterator used;
    };
    static constexpr std::size_t lame_zones_remembered = 16;

    const Server* find(const Address& server) const;
    /// Makes it the one used last; forgets the one not used for longest where there are too many.
    Server& at(const Address& server);

    std::map<Address, Server> servers_;
    std::list<Address> by_use_; // the last used first
};

} // namespace tegami::dns
