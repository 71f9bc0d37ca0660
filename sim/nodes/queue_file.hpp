#pragma once
/// A letter as it lies in an outbox or a queue on a disk: its envelope in a few lines, an empty line, and the message.

#include "protocols/mail/address.hpp"
#include "protocols/wire/address.hpp"
#include "protocols/wire/time.hpp"

#include <string>
#include <vector>

namespace tegami::nodes {

struct QueueFile {
    mail::Path reverse_path;
    std::vector<mail::Mailbox> forward_paths; ///< for whom no server has taken it yet
    wire::Endpoint server;                    ///< where to; without an address it is asked for by its name
    std::string server_name;                  ///< or the domain that it is on its way to
    std::uint32_t tries = 0;                  ///< that have begun
    wire::Time written;
    std::string message; ///< header and body with CRLF line ends
};

std::string format(const QueueFile& file);
wire::Decoded<QueueFile> parse_queue_file(std::string_view text);

} // namespace tegami::nodes
