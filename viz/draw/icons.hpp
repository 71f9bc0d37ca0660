#pragma once
/// What stands on the stage: a silhouette for each role. Drawn on a grid of 24 units, in one colour on its ground.

#include "viz/draw/canvas.hpp"

namespace tegami::draw {

enum class Icon : std::uint8_t {
    mua,
    msa,
    mta,
    mda,
    mailbox,
    mra,
    resolver,
    name_server,
    root_server,
    tld_server,
    router,
    home_router,
    gate, ///< a territory's edge; sits astride its border
    network_switch,
    webmail,
    mailing_list,
    person,
    forger,
};
inline constexpr std::size_t icon_count = 18;

/// `knock`: the colour of the ground, for what is cut out.
void icon(Canvas& canvas, Icon which, Point center, float size, Color color, Color knock);

} // namespace tegami::draw
