#pragma once
/// What travels. The shape says the protocol; hollow asks, solid answers. The followed letter rides as an envelope.

#include "viz/draw/canvas.hpp"

#include <optional>

namespace tegami::draw {

enum class Packet : std::uint8_t {
    dns_query,
    dns_answer,
    dns_no_name, ///< NXDOMAIN
    syn,
    ack, ///< and FIN
    rst,
    command,
    reply,
    data,
    tls,
    retrieval, ///< POP3, IMAP
    http,
    neighbour, ///< ARP, NDP
    icmp,
};
inline constexpr std::size_t packet_count = 14;

struct PacketLook {
    Color ground;
    float direction = 1; ///< 1 to the right, −1 to the left
    /// Of plumbing, in place of `node_dim`: a stopped SYN.
    std::optional<Color> color{};
};

/// `size`: 10 on the timeline, 14 in a legend, 15 to 22 on the stage, 27 where it is now.
void packet(Canvas& canvas, const Theme& theme, Packet which, Point center, float size, const PacketLook& look);

struct EnvelopeLook {
    bool followed = true; ///< gold seal; of other mails: paper
    bool shadow = true;
    float seal = 0.27f; ///< radius, as a part of the width
};
/// `number` empty: no seal.
void envelope(Canvas& canvas, const Theme& theme, Point center, float width, std::string_view number,
              const EnvelopeLook& look = {});

/// The gold ring around what is now.
void now_ring(Canvas& canvas, const Theme& theme, Point center, Color ground, float radius = 22);

} // namespace tegami::draw
