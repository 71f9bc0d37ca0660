#pragma once
/// What every server of a site does with a message that it is handed: whose story it is, the line on top, the answer.

#include "protocols/mail/message.hpp"
#include "protocols/smtp/session.hpp"
#include "sim/nodes/host.hpp"

#include <expected>

namespace tegami::nodes {

/// The steps that brought a message, without their session. One from a client that is no node of this world becomes a
/// mail of its own.
Spans story_of(Host& host, const smtp::Envelope& envelope, const mail::Message& message, Spans spans);

/// This hop's Received field. RFC 5321 §4.4.
std::string received_by(Host& host, const smtp::Envelope& envelope, wire::Endpoint client, std::string_view with,
                        const std::string& id);

/// 250 for what is on the disk, 452 or 451 for what the disk would not take.
smtp::Reply kept_reply(const std::expected<void, engine::DiskError>& kept, const std::string& id);
smtp::Reply disk_reply(engine::DiskError error);

void note_authentication(Host& host, const smtp::Authentication& authentication, Spans spans);

} // namespace tegami::nodes
