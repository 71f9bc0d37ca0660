#pragma once
/// PLAIN: name and password in one message, as they are. RFC 4616.

#include "protocols/sasl/mechanism.hpp"

#include <memory>

namespace tegami::sasl {

struct PlainMessage {
    std::string act_as; ///< authzid; empty where it was not said
    std::string user;   ///< authcid
    std::string password;

    bool operator==(const PlainMessage&) const = default;
};

/// message = [authzid] UTF8NUL authcid UTF8NUL passwd, each of well-formed UTF-8 and at most 255 octets. RFC 4616 §2.
wire::Decoded<PlainMessage> decode_plain(wire::Octets octets);
wire::OctetBuffer encode(const PlainMessage& message);

std::unique_ptr<ServerMechanism> make_plain_server(Accounts& accounts);
std::unique_ptr<ClientMechanism> make_plain_client(Credentials credentials);

} // namespace tegami::sasl
