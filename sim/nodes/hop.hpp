#pragma once
/// A server of the own site that others hand letters to: by its address, or by a name that is asked for.

#include "protocols/inet/prefix.hpp"
#include "sim/nodes/handing_over.hpp"

#include <algorithm>

namespace tegami::nodes {

struct Hop {
    std::string name;  ///< as people call it
    wire::Endpoint at; ///< without an address it is asked for by its name

    bool operator==(const Hop&) const = default;
};

/// Whether a client is one of the own network; the host itself always is.
inline bool is_own(const std::vector<inet::Prefix>& networks, const wire::Address& client)
{
    const bool itself = client.is_v4() ? client.to_v4() >> 24 == 127
                                       : client == wire::Address{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};
    return itself || std::ranges::any_of(networks, [&](const inet::Prefix& own) { return own.contains(client); });
}

/// The addresses of a hop: its own, or the answer to `question`, a step that begins and ends here where there is one.
/// On failure `Handed` says why, for `file`.
Task<std::expected<std::vector<wire::Address>, Handed>> find_hop(Host& host, const Hop& hop, Step question,
                                                                 const std::vector<MailId>& mails, Steps& waiting,
                                                                 const QueueFile& file);

} // namespace tegami::nodes
