#pragma once
/// The client's side of an LMTP connection: SMTP's, with LHLO and an answer for each recipient. RFC 2033 §4.

#include "protocols/smtp/client.hpp"
#include "protocols/wire/address.hpp"

namespace tegami::lmtp {

constexpr wire::Port port{24}; ///< not named by RFC 2033, and in use for it

/// As `smtp::deliver`; `options.dialect` is filled in.
wire::Task<smtp::SessionEnd> deliver(wire::Stream& peer, smtp::ClientOptions options, smtp::Outbox& outbox);

} // namespace tegami::lmtp
