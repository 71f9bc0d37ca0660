#pragma once
/// What a response means to a resolver that asked a server of some zone. RFC 1034 §5.3.3 step 4, RFC 2181 §5.4.1,
/// RFC 2308 §2; RFC 5452 §6 (what a server has no say in).
///
/// Only records at or below the zone whose server was asked are believed, and of those only what the question called for:
/// the answer with the aliases that lead to it, a referral with the addresses of its name servers, the SOA of what is not
/// there. All else is left lying; what lies outside the zone is named.
///
/// Left out: DNAME (RFC 6672) is followed by the CNAME that comes with it, and not by itself.

#include "protocols/dns/authority.hpp" // Transport, most_aliases
#include "protocols/dns/note.hpp"

namespace tegami::dns {

inline constexpr std::size_t most_servers = 13;         // names of servers taken from one NS set
inline constexpr std::size_t most_server_addresses = 4; // of each family, taken of one server

/// Records of one owner, type and class, and how far they are to be believed.
struct Believed {
    std::vector<Record> records;
    Credibility credibility{};
};

/// The servers of a zone, with the addresses that came along.
struct Delegation {
    Name zone;
    struct Server {
        Name name;
        std::vector<wire::Address> addresses;
    };
    std::vector<Server> servers;
};

enum class Meaning : std::uint8_t {
    answer,       ///< the records asked for, perhaps behind aliases
    alias,        ///< aliases only: `name` is what is to be asked for now
    referral,     ///< `delegation` is nearer
    no_data,      ///< `name` exists, without such records
    no_such_name, ///< `name` does not exist
    truncated,    ///< to be asked again over TCP
    no_edns,      ///< the server does not understand EDNS, or not this version: to be asked without
    lame,         ///< the server is not responsible for the zone
    failed,       ///< SERVFAIL and the like
    looped,       ///< the aliases lead back to themselves, or are too many
};
std::string_view key(Meaning meaning); ///< stable: "no_data"

struct Reading {
    Meaning meaning{};
    Name name;                      ///< the question's, or where its aliases led within the zone
    std::vector<Record> aliases;    ///< in the order in which they were followed
    std::vector<Record> answer;     ///< of `answer`
    std::optional<Record> soa;      ///< of `no_data` and `no_such_name`; without it they are not kept (RFC 2308 §5)
    Delegation delegation;          ///< of `referral`
    std::vector<Believed> believed; ///< all sets that may be kept, those above included
    std::vector<Record> refused;    ///< records that the zone's server has no say in
    bool authoritative = false;
    bool recursive = false; ///< an answer of somebody who asked others: RA and not AA
};

/// What was asked, and of whom.
struct Asked {
    Question question;
    Name zone;              ///< whose server it was; the root's where it was a resolver, which may speak of everything
    bool edns = true;       ///< the query carried OPT
    bool recursion = false; ///< it was a resolver, and asked to ask others (RD)
};

/// `response` came from where `asked` was sent, with its ID and question: `mismatch` has looked.
Reading read_response(const Message& response, const Asked& asked);

/// The aliases at the head of `answers` from `name` on, at most `most_aliases`, and the records of `type` at their end.
struct Chain {
    std::vector<Record> aliases;
    std::vector<Record> records;
    Name name;           ///< where the aliases led
    bool looped = false; ///< or too long
};
/// `zone`: names outside are not followed further.
Chain follow(const std::vector<Record>& answers, const Name& name, Type type, const Name& zone);

// ---- whether it is the response at all: RFC 5452 §9.1 -------------------------------------------------------------------

enum class Mismatch : std::uint8_t {
    address,  ///< from elsewhere than the query went
    no_query, ///< a query, or of another opcode
    id,
    question,
};
std::string_view key(Mismatch mismatch); ///< stable: "wrong.id"

/// Nothing where `response`, from `from`, answers the query `id` and `asked` that went to `to`. The port it came to is the
/// caller's to check: one port serves one query. A question may be missing where the server could not even read it.
std::optional<Mismatch> mismatch(const Message& response, const wire::Endpoint& from, const wire::Endpoint& to,
                                 std::uint16_t id, const Question& asked);

} // namespace tegami::dns
