#pragma once
/// What a host's programs ask for names: its stub resolver, as they see it.

#include "protocols/wire/address.hpp"
#include "protocols/wire/stream.hpp"
#include "protocols/wire/task.hpp"

#include <expected>
#include <string>
#include <vector>

namespace tegami::nodes {

class Names {
  public:
    virtual ~Names() = default;

    enum class Failure : std::uint8_t {
        no_such_name,  ///< NXDOMAIN
        no_data,       ///< the name is there, without such records
        server_failed, ///< an answer that is none
        timed_out,     ///< no answer
    };
    /// An MX record. RFC 1035 §3.3.9.
    struct Exchange {
        std::uint16_t preference = 0;
        std::string host; ///< without the dot at its end; empty: this domain takes no mail

        bool operator==(const Exchange&) const = default;
    };

    /// The MX records of a domain, as they came. An alias is followed.
    virtual wire::Task<std::expected<std::vector<Exchange>, Failure>> exchanges(std::string domain,
                                                                                wire::Spans spans) = 0;
    /// The addresses of a name in the families that the host has (A and AAAA are asked together), in the order in which
    /// to try them. Never empty where it is a value.
    virtual wire::Task<std::expected<std::vector<wire::Address>, Failure>> addresses(std::string name,
                                                                                     wire::Spans spans) = 0;
};

} // namespace tegami::nodes
