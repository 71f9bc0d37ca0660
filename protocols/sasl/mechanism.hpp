#pragma once
/// What every SASL mechanism has: a server's side and a client's, which take turns with octets that only the mechanism
/// understands. How these travel is the protocol's that carries them (SMTP: RFC 4954). RFC 4422.
///
/// Simplified: names and passwords compare octet by octet, without preparation (RFC 4616 §2 would have SASLprep). Left out:
/// security layers, and mechanisms without names here (see `registry.hpp`); EXTERNAL and ANONYMOUS.

#include "protocols/wire/octets.hpp"
#include "protocols/wire/result.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace tegami::sasl {

constexpr std::size_t name_limit = 20;      ///< RFC 4422 §3.1: of a mechanism's name
constexpr std::size_t identity_limit = 255; ///< octets; RFC 4616 §2 asks for no more

/// Who somebody is, and as whom they want to act. RFC 4422 §2.
struct Identity {
    std::string authentication; ///< the user whose secret was shown
    std::string authorization;  ///< as whom they act; the same user where nothing else was said

    bool operator==(const Identity&) const = default;
};

/// What a server knows of its users, as far as a mechanism asks. The owner keeps it; no call waits for anything.
class Accounts {
  public:
    virtual bool has_password(std::string_view user, std::string_view password) = 0;
    /// Whether a user may act as another one. Nobody may, unless the owner says so.
    virtual bool may_act_as(std::string_view user, std::string_view other) { return user == other; }

  protected:
    ~Accounts() = default;
};

/// The server's side of one exchange.
class ServerMechanism {
  public:
    virtual ~ServerMechanism() = default;

    enum class Progress : std::uint8_t {
        challenge, ///< say `octets` and hear the next response
        success,
        refused,   ///< these are not the user's credentials, or the user may not act as the other one
        malformed, ///< the response is none of this mechanism's; `rule` says why
    };
    struct Step {
        Progress progress{};
        wire::OctetBuffer octets;
        Identity identity; ///< with success; with `refused` whom it was said to be
        std::string_view rule;
    };
    /// The server speaks first, or wants to hear something first: then the challenge is empty.
    virtual Step begin() = 0;
    virtual Step on_response(wire::Octets response) = 0;
};

/// With what a client identifies itself.
struct Credentials {
    std::string user;
    std::string password;
    std::string act_as; ///< empty: as the user
};

/// The client's side of one exchange.
class ClientMechanism {
  public:
    virtual ~ClientMechanism() = default;

    /// What it says before it is asked; nothing where the server speaks first.
    virtual std::optional<wire::OctetBuffer> initial_response() = 0;
    /// The answer to a challenge; a challenge that makes no sense, or one too many, ends the exchange.
    virtual wire::Decoded<wire::OctetBuffer> on_challenge(wire::Octets challenge) = 0;
};

} // namespace tegami::sasl
