#pragma once
/// A frame taken apart: its layers from the outside in, each field with the octets it stands in and what they say. For
/// views that show octets beside their meaning. Nothing here is in a language: labels and meanings are keys of the
/// catalogue, values are as they are written everywhere.
///
/// It reads anybody's frames, also ones that were cut or make no sense: then it says where and by which rule, and shows
/// what came before. Ethernet II, ARP, IPv4, IPv6 with its extension headers, ICMP, ICMPv6 with neighbour discovery, UDP,
/// TCP, DNS, and the lines of SMTP, LMTP and POP3.

#include "protocols/link/mac_address.hpp"
#include "protocols/wire/address.hpp"
#include "protocols/wire/octets.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tegami::exporting {

using wire::Octets;

/// Some octets of a frame, and what they say. A stranger's text in `value` is raw.
struct Field {
    std::string_view key;       ///< of its label
    std::string value;          ///< a number, an address, a name; empty where the word says all
    std::string_view word = {}; ///< key of what the value means; empty where it needs no word
    std::size_t offset = 0;     ///< in the frame
    std::size_t size = 0;       ///< 0 for what stands in no octet of its own
    std::vector<Field> parts = {};
};

struct Layer {
    std::string_view
        protocol; ///< "IPv4": the name of a protocol, or of an extension header, is the same in any language
    std::size_t offset = 0;
    std::size_t size = 0; ///< of its header; of the innermost layer: of all of it
    std::vector<Field> fields = {};
    std::string_view wrong = {}; ///< the rule that it breaks; empty where it breaks none
    std::size_t wrong_at = 0;
    bool cut = false; ///< the capture ends within it
};

/// A question or an answer of the name system, as far as one line tells it.
struct DnsSummary {
    bool response = false;
    bool truncated = false;
    std::uint16_t rcode = 0;
    std::string name;                 ///< of the first question
    std::uint16_t type = 0;           ///< likewise
    std::vector<std::string> answers; ///< data of the answer section's records
    std::string referred_to;          ///< of a referral: the first name server
};

struct Dissection {
    std::deque<Layer> layers; ///< grows while readers of earlier ones are still at work

    // What whoever tells a frame in one line needs, as far as the layers went.
    link::MacAddress mac_source, mac_destination;
    std::optional<std::uint16_t> unknown_type; ///< an EtherType that nobody here reads
    struct Arp {
        bool request = false;
        wire::Address sender, target;
        link::MacAddress sender_mac;
    };
    std::optional<Arp> arp;
    std::optional<wire::Address> source, destination;
    std::uint8_t protocol = 0;         ///< of the innermost network header
    std::uint32_t fragment_offset = 0; ///< octets; not 0: no transport header here
    bool more_fragments = false;
    std::optional<std::pair<std::uint8_t, std::uint8_t>> icmp; ///< type and code
    bool icmpv6 = false;
    wire::Address neighbour; ///< whom neighbour discovery asks for, or who answers
    std::optional<std::pair<std::uint16_t, std::uint16_t>> ports;
    bool tcp = false;
    std::uint8_t tcp_flags = 0;
    std::uint32_t seq = 0, ack = 0;
    std::size_t payload_offset = 0; ///< of what the transport carries
    std::size_t payload_size = 0;
    std::optional<DnsSummary> dns;

    /// The first layer that makes no sense, or null.
    const Layer* wrong() const;
};

/// What the frame alone does not say.
struct DissectionContext {
    std::uint32_t original_length = 0; ///< on the wire; `frame` may be the beginning only
    std::string_view application =
        {};                      ///< "SMTP", "LMTP", "POP3", "DNS": what this connection speaks; by port where empty
    bool authenticating = false; ///< lines are SASL's base64 (RFC 4954 §4, RFC 5034 §4)
};

Dissection dissect(Octets frame, const DissectionContext& context);

/// Base64 of SASL in readable form: a NUL, which separates names and passwords in PLAIN (RFC 4616 §2), as "·". Nothing
/// where it is no base64.
std::optional<std::string> readable_base64(std::string_view text);

/// What a line of a mail protocol says in base64: in AUTH with an initial response, in the challenges and responses
/// behind it (RFC 4954 §4, RFC 5034 §4). `authenticating`: the line stands between AUTH and its outcome.
std::optional<std::string> sasl_in_line(std::string_view line, bool authenticating);
/// Whether the next line stands between an AUTH and its outcome, after this one.
bool still_authenticating(std::string_view line, bool by_client, bool before);

/// The protocol that is spoken at a well-known port; empty where none of ours is.
std::string_view protocol_by_port(std::uint16_t port);

} // namespace tegami::exporting
