#pragma once
/// The answers of an authoritative name server: RFC 1034 §4.3.2, without recursion. RFC 2308 (answers that say no), RFC 4592
/// (wildcards), RFC 6604 §3 (RCODE behind an alias), RFC 6891 (EDNS), RFC 8482 (ANY), RFC 8906 (what must not confuse it),
/// RFC 5936 (AXFR), RFC 7766 (TCP).
///
/// ANY gets one set over UDP and all of them over TCP. A question outside of all zones is REFUSED: there are no referrals
/// upwards. Simplified: a wildcard's NS set is data like any (RFC 4592 §4.2 leaves it open).
/// Left out: DNAME (RFC 6672), DNSSEC, IXFR (RFC 1995), NOTIFY and UPDATE: NOTIMP.

#include "protocols/dns/message.hpp"
#include "protocols/dns/zone.hpp"

namespace tegami::dns {

/// A chain of aliases is followed that far in the server's own zones; the rest is for the asker.
inline constexpr int most_aliases = 11;
/// Messages of a zone transfer are filled up to about this size, in octets, for compression reaches no further.
inline constexpr std::size_t transfer_message_size = 16'384;

enum class Transport : std::uint8_t { udp, tcp };

/// How a message was dealt with, and why.
enum class Outcome : std::uint8_t {
    answer,           ///< records of the type that was asked for
    alias,            ///< a CNAME that leads out of the server's zones, or too far
    referral,         ///< the name is another server's
    no_data,          ///< the name exists, and has no such type
    no_such_name,     ///< NXDOMAIN
    refused,          ///< a question about no zone of ours, or of another class
    transfer,         ///< the whole zone
    transfer_refused, ///< not allowed, or not over TCP
    malformed,        ///< FORMERR
    not_implemented,  ///< NOTIMP: another opcode, or a type that stands for an operation
    bad_version,      ///< BADVERS: EDNS of a version after ours
    ignored,          ///< no answer at all: it was itself a response, or no message
};

struct Answer {
    Outcome outcome = Outcome::ignored;
    std::vector<Message> messages;       ///< none where ignored, several of a transfer, else one
    std::size_t limit = largest_message; ///< octets that each may take: for `encode`
    const Zone* zone = nullptr;          ///< whose answer it is; null where it is none's
};

/// Answers a query.
Answer answer(const Zones& zones, const Message& query, Transport transport);

/// The same from octets to octets.
struct Response {
    Outcome outcome = Outcome::ignored;
    std::vector<wire::OctetBuffer> messages;
    bool truncated = false;       ///< TC is set
    std::optional<Message> query; ///< what was asked, where it could be read
    Rcode rcode = Rcode::noerror; ///< of the response
    std::optional<wire::Malformed> malformed;
};
Response respond(const Zones& zones, wire::Octets query, Transport transport);

// Over TCP each message has its length before it. RFC 1035 §4.2.2, RFC 7766 §8. ----------------------------------------

/// The two octets and the message, so that both leave in one segment where they fit.
void append_tcp_message(wire::OctetBuffer& out, wire::Octets message);
/// Takes the first message off what has been received; nothing where it is not all there.
std::optional<wire::Octets> next_tcp_message(wire::Octets& received);

} // namespace tegami::dns
