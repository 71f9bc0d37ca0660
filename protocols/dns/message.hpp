#pragma once
/// DNS messages: RFC 1035 §4; EDNS by RFC 6891; compression by RFC 1035 §4.1.4 and RFC 3597 §4; truncation by RFC 2181 §9.
///
/// What a message says is kept: any opcode, type, class and count of questions. What it must not be is refused with the
/// rule: a name that does not end, counts that are not true, a second OPT, octets behind the last record.
///
/// Left out: TSIG and SIG(0) are records like others and not verified; the labels of RFC 2673 are refused (RFC 6891 §5).

#include "protocols/dns/record.hpp"
#include "protocols/wire/octets.hpp"
#include "protocols/wire/result.hpp"

#include <optional>
#include <vector>

namespace tegami::dns {

inline constexpr std::size_t message_header_size = 12;  // octets, RFC 1035 §4.1.1
inline constexpr std::size_t largest_message = 0xFFFF;  // octets, over TCP: RFC 1035 §4.2.2
inline constexpr std::size_t plain_udp_payload = 512;   // octets, RFC 1035 §4.2.1
inline constexpr std::uint16_t our_udp_payload = 1'232; // octets that fit the smallest MTU of IPv6

/// RFC 1035 §4.1.1; AD and CD by RFC 4035 §3.1.6 and §3.2.2.
struct Header {
    std::uint16_t id = 0;
    bool response = false; ///< QR
    Opcode opcode = Opcode::query;
    bool authoritative = false;       ///< AA
    bool truncated = false;           ///< TC
    bool recursion_desired = false;   ///< RD
    bool recursion_available = false; ///< RA
    bool reserved = false;            ///< Z: zero in all that we send
    bool authentic_data = false;      ///< AD
    bool checking_disabled = false;   ///< CD
    /// In a message, all twelve bits (RFC 6891 §6.1.3): over 15 only with EDNS.
    Rcode rcode = Rcode::noerror;

    bool operator==(const Header&) const = default;
};

/// RFC 1035 §4.1.2.
struct Question {
    Name name;
    Type type{};
    Class rr_class = Class::in;

    bool operator==(const Question&) const = default;
};

/// RFC 6891 §6.1.2.
struct EdnsOption {
    std::uint16_t code = 0;
    wire::OctetBuffer data;

    bool operator==(const EdnsOption&) const = default;
};

/// The OPT record. RFC 6891 §6.
struct Edns {
    std::uint16_t payload_size = our_udp_payload; ///< the largest UDP payload its sender can take, in octets
    std::uint8_t version = 0;
    bool dnssec_ok = false; ///< DO, RFC 3225
    std::vector<EdnsOption> options;

    bool operator==(const Edns&) const = default;
};

struct Message {
    Header header;
    std::vector<Question> questions;
    std::vector<Record> answers;
    std::vector<Record> authority;
    std::vector<Record> additional; ///< without the OPT record, which is `edns`
    std::optional<Edns> edns;

    /// The question of an ordinary query or its response; null where there is none or more than one (RFC 9619 §4).
    const Question* question() const { return questions.size() == 1 ? &questions.front() : nullptr; }

    bool operator==(const Message&) const = default;
};

/// A query with that one question, RD as told, without EDNS. RFC 1034 §3.7.1.
Message make_query(std::uint16_t id, Question question, bool recursion_desired);
/// A response to `query` with its ID, opcode, RD, CD and questions, and RCODE as told. RFC 1035 §4.1.1, RFC 4035 §3.2.2.
Message make_response(const Message& query, Rcode rcode);

/// A whole message, from its first octet to its last.
wire::Decoded<Message> decode_message(wire::Octets octets);
/// Its first 12 octets alone: enough to answer FORMERR where the rest makes no sense.
wire::Decoded<Header> decode_header(wire::Octets octets);

/// The octets of a message, at most `limit` (never under 512 in use). Names are compressed where that keeps their case.
///
/// What does not fit is left out by whole sets of records, from the end. TC is set where that was an answer, an authority
/// record, or glue that a referral needs (RFC 2181 §9, RFC 9471 §3); additional records are left out silently. OPT stays.
wire::OctetBuffer encode(const Message& message, std::size_t limit = largest_message);

} // namespace tegami::dns
