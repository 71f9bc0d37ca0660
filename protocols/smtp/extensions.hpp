#pragma once
/// What a server offers in its reply to EHLO. RFC 5321 §4.1.1.1.

#include "protocols/smtp/reply.hpp"

#include <cstdint>
#include <string>

namespace tegami::smtp {

struct Extensions {
    bool extended = false; ///< the server understood EHLO
    std::string host_name; ///< what it calls itself
    bool pipelining = false;
    bool eight_bit_mime = false;
    bool enhanced_status_codes = false;
    bool start_tls = false;
    bool size = false;
    std::uint64_t size_limit = 0; ///< RFC 1870 §4: 0 where there is none, or it is not said
    std::string auth;             ///< SASL mechanisms as listed (RFC 4954 §3)
};

/// Reads the reply to EHLO. Keywords that are not known, or make no sense, are passed over.
Extensions parse_extensions(const Reply& reply);

} // namespace tegami::smtp
